#!/usr/bin/env bash
# Sets up a checkout for one make target: Debian packages first, then .venv from the lock file.
#
#   tools/bootstrap.sh demo|run|test|xcb
#
# Does nothing when all is there, so every target calls it. What is missing is looked up by library and program name,
# not by package, so that other distributions pass as well.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin:/sbin"

target="${1:-demo}"
stamp=.venv/.set-up-for

# What Qt loads without a screen, then with one: library:package.
qt_libraries=(
    libGL.so.1:libgl1 libEGL.so.1:libegl1 libglib-2.0.so.0:libglib2.0-0 libfontconfig.so.1:libfontconfig1
    libfreetype.so.6:libfreetype6 libxkbcommon.so.0:libxkbcommon0 libdbus-1.so.3:libdbus-1-3
)
screen_libraries=(
    libX11-xcb.so.1:libx11-xcb1 libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4
    libxcb-image.so.0:libxcb-image0 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-randr.so.0:libxcb-randr0
    libxcb-render-util.so.0:libxcb-render-util0 libxcb-shape.so.0:libxcb-shape0 libxcb-sync.so.1:libxcb-sync1
    libxcb-xfixes.so.0:libxcb-xfixes0 libxcb-xkb.so.1:libxcb-xkb1 libxkbcommon-x11.so.0:libxkbcommon-x11-0
)
# Tests render papers with poppler and read the codes back with readers that are not ours: program:package.
test_programs=(pdftoppm:poppler-utils dmtxread:dmtx-utils zbarimg:zbar-tools)
# Real windows and keystrokes, and keyboards of other countries.
xcb_programs=(Xvfb:xvfb xauth:xauth xdotool:xdotool openbox:openbox setxkbmap:x11-xkb-utils)

needed=()   # Packages this target cannot do without,
useful=()   # and those it can: the demo only writes papers, but the desktop is opened next.

add_missing_libraries() {
    local -n list="$1"
    local pair
    shift
    for pair in "$@"; do
        grep -q "^[[:space:]]*${pair%%:*} " <<<"$known_libraries" || list+=("${pair#*:}")
    done
}

add_missing_programs() {
    local -n list="$1"
    local pair
    shift
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || list+=("${pair#*:}")
    done
}

look_for_packages() {
    local known_libraries
    needed=() useful=()
    known_libraries="$(ldconfig -p 2>/dev/null || true)"
    case "$target" in
        demo) add_missing_libraries useful "${qt_libraries[@]}" "${screen_libraries[@]}" ;;
        run) add_missing_libraries needed "${qt_libraries[@]}" "${screen_libraries[@]}" ;;
        test)
            add_missing_libraries needed "${qt_libraries[@]}"
            add_missing_libraries useful "${screen_libraries[@]}"
            add_missing_programs needed "${test_programs[@]}"
            # Without these the tests with real keystrokes are skipped, and say so.
            add_missing_programs useful "${xcb_programs[@]}"
            ;;
        xcb)
            add_missing_libraries needed "${qt_libraries[@]}" "${screen_libraries[@]}"
            add_missing_programs needed "${test_programs[@]}" "${xcb_programs[@]}"
            ;;
        *)
            echo "usage: tools/bootstrap.sh demo|run|test|xcb" >&2
            exit 2
            ;;
    esac
}

# Prints the words that must stand before apt-get; fails when there is no way to install.
as_root() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" = 0 ]; then
        echo "env"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        echo "sudo env" # On a terminal sudo may ask for the password.
    else
        return 1
    fi
}

install_packages() {
    local before
    before="$(as_root)" || return 1
    echo "Installing Debian packages: $*"
    local apt="$before DEBIAN_FRONTEND=noninteractive apt-get -qq"
    # The package lists of a fresh machine are empty or old: fetch them only when the first try fails.
    $apt install -y --no-install-recommends "$@" >/dev/null 2>&1 && return
    $apt update && $apt install -y --no-install-recommends "$@" >/dev/null
}

ensure_packages() {
    look_for_packages
    [ "${#needed[@]}" = 0 ] && [ "${#useful[@]}" = 0 ] && return
    if install_packages "${needed[@]}" "${useful[@]}"; then
        look_for_packages
        [ "${#needed[@]}" = 0 ] && return
    fi
    if [ "${#needed[@]}" -gt 0 ]; then
        echo "error: these Debian packages are missing: ${needed[*]}" >&2
        echo "Install them: sudo apt-get install ${needed[*]} ${useful[*]}" >&2
        exit 1
    fi
    echo "The desktop and its tests will also need: sudo apt-get install ${useful[*]}" >&2
}

# The lock files are made for Python 3.11 and hold the wheels of later ones too.
find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "error: Python 3.11 or later is missing. Install it: sudo apt-get install python3 python3-venv" >&2
    return 1
}

# Debian keeps the venv module in a package of its own, named by version on some releases.
ensure_venv_module() {
    local python="$1" version
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    install_packages "python$version-venv" || install_packages python3-venv || true
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    echo "error: $python has no venv module. Install it: sudo apt-get install python$version-venv" >&2
    exit 1
}

ensure_venv() {
    local wanted python
    wanted="$(cat requirements/dev.txt pyproject.toml | sha256sum | cut -d' ' -f1) $PWD"
    if [ -x .venv/bin/warehouse-app ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python="$(find_python)"
        ensure_venv_module "$python"
        echo "Creating .venv with $("$python" --version)"
        "$python" -m venv --clear .venv
    fi
    echo "Installing the locked packages into .venv; this takes a minute or two the first time"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
    echo "$wanted" >"$stamp"
}

has_node() {
    command -v node >/dev/null && command -v npm >/dev/null
}

# The tests of ZPL print to a renderer that runs in Node; without it they say so and are skipped.
ensure_zpl_renderer() {
    local folder=tools/zpl
    [ "$target" = test ] || return 0
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.set-up-for" && return
    has_node || install_packages nodejs npm || true
    if has_node && npm ci --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts; then
        cp "$folder/package-lock.json" "$folder/node_modules/.set-up-for"
    else
        echo "The tests that draw ZPL are skipped: they need Node.js with npm (sudo apt-get install nodejs npm)" >&2
    fi
}

ensure_packages
ensure_venv
ensure_zpl_renderer
