#!/usr/bin/env bash
# Writes requirements/run.txt and requirements/dev.txt afresh from pyproject.toml.
#
# Only the public index is asked and pip's own settings are put aside, so that the files are the same on every machine
# and hold the hashes of every published wheel. setuptools and pip are pinned too: hash-checking mode wants all or none.
set -euo pipefail
cd "$(dirname "$0")/.."

unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL PIP_INDEX_URL
export PIP_CONFIG_FILE=/dev/null
export CUSTOM_COMPILE_COMMAND="make lock"

compile=(.venv/bin/python -m piptools compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe
    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header)

lock() {
    local file="$1"
    shift
    "${compile[@]}" --output-file "$file" "$@"
    sed -i '1i # Written by "make lock" from pyproject.toml; Python 3.11 on Linux.' "$file"
}

lock requirements/run.txt pyproject.toml
# pip-compile cannot read a dependency group itself, so it gets the group's lines on standard input.
.venv/bin/python -c '
import pathlib, tomllib
print(*tomllib.loads(pathlib.Path("pyproject.toml").read_text())["dependency-groups"]["dev"], sep="\n")
' | lock requirements/dev.txt --constraint requirements/run.txt pyproject.toml -
sed -i 's/-r -$/warehouse-app (group dev)/; s/ (pyproject.toml)//' requirements/*.txt

if grep -nE '://|^--|(^|[[:space:](])/' requirements/*.txt; then
    echo "error: a lock file names a host or a local path; see the lines above" >&2
    exit 1
fi
