#!/bin/sh
# Builds the shim, and the first process of containers with --init.
#   build.sh            build/cairn-shim, build/cairn-init: static, small, with musl where there is one
#   build.sh sanitize   build/cairn-shim-sanitized, build/cairn-init-sanitized: address and undefined-behaviour sanitizers, for shim/test/run
set -eu
cd "$(dirname "$0")"
./generate

warnings="-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror"
flags="-std=gnu17 -D_GNU_SOURCE -Ibuild -fno-common $warnings"
sources="main.c launch.c plan.c steps.c paths.c netlink.c mounts.c process.c user.c monitor.c report.c"

case "${1-}" in
sanitize)
    for compiler in clang gcc; do
        command -v "$compiler" >/dev/null && break
    done
    sanitizers="-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
    $compiler $flags $sanitizers $sources log*.c -o build/cairn-shim-sanitized
    $compiler $flags $sanitizers init.c -o build/cairn-init-sanitized
    ;;
"")
    if command -v musl-gcc >/dev/null; then
        # musl's compiler wrapper knows none of the kernel's headers.
        compiler="musl-gcc -idirafter /usr/include -idirafter /usr/include/$(gcc -print-multiarch)"
    else
        compiler=gcc
    fi
    small="-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fstack-protector-strong"
    # Only the log is worth speed: every byte of output passes through it.
    for source in log log_json log_local; do
        $compiler $flags $small -O2 -c $source.c -o build/$source.o
    done
    $compiler $flags $small -Os -static -s -Wl,--gc-sections -Wl,-z,noexecstack \
        $sources build/log*.o -o build/cairn-shim.new
    mv build/cairn-shim.new build/cairn-shim
    $compiler $flags $small -Os -static -s -Wl,--gc-sections -Wl,-z,noexecstack init.c -o build/cairn-init.new
    mv build/cairn-init.new build/cairn-init
    ;;
*) echo "usage: build.sh [sanitize]" >&2 && exit 2 ;;
esac
