# Everything here sets itself up: the first target that is made creates .venv and installs what Qt needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

OUT ?= out/demo
BIN := .venv/bin
# Tests and pictures need no screen.
OFFSCREEN := QT_QPA_PLATFORM=offscreen

.PHONY: help demo run test test-xcb check bench soak screenshots dist translations lock

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-13s %s\n", $$1, $$2 }'

demo: ## Run one whole day of real orders through the sample warehouse; papers go to OUT (out/demo)
	@tools/bootstrap.sh demo
	@$(BIN)/warehouse-app demo --out $(OUT)

run: ## Open the desktop
	@tools/bootstrap.sh run
	@$(BIN)/warehouse-app desktop

test: ## Run the tests
	@tools/bootstrap.sh test
	@$(OFFSCREEN) $(BIN)/python -m pytest -q -n 2 --dist worksteal

test-xcb: ## Run only the tests with real windows and keystrokes, on an X server of their own
	@tools/bootstrap.sh xcb
	@QT_QPA_PLATFORM=xcb xvfb-run --auto-servernum $(BIN)/python -m pytest -q -m xcb

check: ## Check style, types, import rules, migrations and translations
	@tools/bootstrap.sh test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.check_migrations
	$(BIN)/python -m tools.check_words

bench: ## Measure the figures of docs/performance.md
	@tools/bootstrap.sh test
	@$(OFFSCREEN) $(BIN)/python -m tools.with_postgres $(BIN)/warehouse-app bench

soak: ## Run the long tests and fill in the table of docs/reliability.md (hours; ROWS="seeds; backup", SCALE=0.01, RESUME=1)
	@tools/bootstrap.sh test
	@$(OFFSCREEN) $(BIN)/python -m tools.soak --only "$(ROWS)" --scale $(or $(SCALE),1) $(if $(RESUME),--resume)

screenshots: ## Take the pictures of the README and the manual
	@tools/bootstrap.sh test
	@$(OFFSCREEN) $(BIN)/python -m tools.screenshots

dist: ## Build the wheel and the frozen program of this system into dist/
	@tools/bootstrap.sh run
	$(BIN)/python -m build --wheel --no-isolation --outdir dist
	$(BIN)/pyinstaller --noconfirm --log-level WARN build.spec

translations: ## Collect the words of the program into the catalogues and compile them
	@tools/bootstrap.sh test
	$(BIN)/python -m tools.words

lock: ## Write the lock files afresh from pyproject.toml
	@tools/bootstrap.sh test
	tools/lock.sh
