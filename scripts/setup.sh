#!/usr/bin/env bash
# Installs what Cellar is built with, as far as it is missing: Debian packages, by apt-get. Swift itself it only
# looks for. Does nothing, and needs no rights and no network, where all is there. With `check`: what `make check` needs too.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }

# A Debian package, and the end of the path of a file that it brings.
needed=(
    "libhdf5-dev    /libhdf5_serial.a"  # linked statically, see docs/decisions.md
    "libhdf5-dev    /serial/hdf5.h"
    "libpng-dev     /libpng16.a"
    "libjpeg62-turbo-dev /libjpeg.a"
    "libsqlite3-dev /libsqlite3.a"
    "nettle-dev     /libnettle.a"
    "nettle-dev     /libhogweed.a"
    "libgmp-dev     /libgmp.a"
    "zlib1g-dev     /libz.a"
    "libcairo2      /libcairo.so.2"  # PNG and PDF files of figures, loaded when one is drawn
    "libpangocairo-1.0-0 /libpangocairo-1.0.so.0"
    "fonts-dejavu-core /DejaVuSans.ttf"
    "fonts-droid-fallback /DroidSansFallbackFull.ttf"  # Chinese, Japanese and Korean names
    "g++            /charconv"  # the C++ library's headers, which most Swift installations already have
)
[[ ${1-} != check ]] || needed+=("hunspell /bin/hunspell" "hunspell-en-gb /en_GB.dic")
places=(/usr/share/fonts /usr/share/hunspell /usr/include /usr/lib /usr/bin /usr/local/include /usr/local/lib /usr/local/bin)

missing=()
for line in "${needed[@]}"; do
    read -r package file <<<"$line"
    [[ -n $(find -L "${places[@]}" -maxdepth 4 -path "*$file" -print -quit 2>/dev/null) ]] ||
        [[ " ${missing[*]-} " == *" $package "* ]] || missing+=("$package")
done

if ((${#missing[@]})); then
    if ! command -v apt-get >/dev/null; then
        say "these are missing: ${missing[*]} (Debian's names), and there is no apt-get here to install them."
        say "Cellar is built on Debian 12 or a relative of it; elsewhere install their like by hand."
        exit 69
    fi
    as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || {
            say "these are missing: ${missing[*]}. Run as root: apt-get install ${missing[*]}"
            exit 77
        }
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq >&2 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 || {
        say "apt-get could not install ${missing[*]}; its message stands above."
        exit 69
    }
fi

if ! command -v swift >/dev/null; then
    say "no \`swift\` on PATH. Cellar needs Swift 6.2 or newer: https://www.swift.org/install/linux"
    exit 69
fi
