#!/usr/bin/env bash
# Installs what the tests need and runs all of them. Needs a Rust toolchain and, on Debian or
# Ubuntu, the right to install packages where some are missing.
set -euo pipefail
cd "$(dirname "$0")"

# The window and the network's GPU path are tested on a software Vulkan driver.
have_vulkan() {
    ldconfig -p | grep libvulkan.so.1 >/dev/null &&
        { compgen -G '/usr/share/vulkan/icd.d/*.json' || compgen -G '/etc/vulkan/icd.d/*.json'; } \
            >/dev/null
}
if [ "$(uname)" = Linux ] && ! have_vulkan; then
    if ! command -v apt-get >/dev/null; then
        echo "No Vulkan driver: install mesa-vulkan-drivers and libvulkan1 (or vulkan-loader)." >&2
        exit 1
    fi
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -q
    $as_root apt-get install -qy --no-install-recommends mesa-vulkan-drivers libvulkan1
fi

cargo test --release "$@"
