#!/bin/sh
# Builds cairn-ports.
#   build.sh            build/cairn-ports: static, small, with musl where there is one
#   build.sh sanitize   build/cairn-ports-sanitized: address and undefined-behaviour sanitizers, for test
set -eu
cd "$(dirname "$0")"
mkdir -p build

warnings="-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror"
flags="-std=gnu17 -D_GNU_SOURCE -fno-common $warnings"
sources="main.c holders.c streams.c datagrams.c watch.c"

case "${1-}" in
sanitize)
    for compiler in clang gcc; do
        command -v "$compiler" >/dev/null && break
    done
    $compiler $flags -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
        $sources -o build/cairn-ports-sanitized
    ;;
"")
    if command -v musl-gcc >/dev/null; then
        # musl's compiler wrapper knows none of the kernel's headers.
        compiler="musl-gcc -idirafter /usr/include -idirafter /usr/include/$(gcc -print-multiarch)"
    else
        compiler=gcc
    fi
    $compiler $flags -O2 -fstack-protector-strong -static -s -Wl,-z,noexecstack $sources -o build/cairn-ports.new
    mv build/cairn-ports.new build/cairn-ports
    ;;
*) echo "usage: build.sh [sanitize]" >&2 && exit 2 ;;
esac
