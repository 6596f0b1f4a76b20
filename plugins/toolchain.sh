#!/usr/bin/env bash
# Makes sure that the active Rust toolchain can build for wasm32-wasip2. Does nothing when it can.
#
# First choice is rustup. Where rustup has no way to its servers, but Debian's package mirror is
# reachable, the target's standard library is built here from Debian's rust-src and wasi-libc. Nothing
# is installed by the package manager, and the toolchain changes only at the very end, in one rename.
set -euo pipefail

readonly target=wasm32-wasip2
readonly suite=trixie-backports
cd "$(dirname "$0")"

say() { printf 'toolchain: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
need() { command -v "$1" >/dev/null || fail "needs the command '$1'; install it and run again"; }

need rustc
need cargo
sysroot=$(rustc --print sysroot)
version=$(rustc --version | cut -d' ' -f2)
readonly sysroot version
readonly rustlib=$sysroot/lib/rustlib

have_target() { compgen -G "$rustlib/$target/lib/libstd-*.rlib" >/dev/null; }

if have_target; then
    exit 0
fi

if command -v rustup >/dev/null; then
    say "adding $target with rustup"
    if rustup target add "$target" && have_target; then
        say "done"
        exit 0
    fi
    say "rustup could not add it; building it from Debian's sources instead"
fi

need apt-get
need apt-cache
need dpkg-deb
need tar
[ -w "$rustlib" ] || fail "no right to write to $rustlib; run again as the toolchain's owner"

work=$(mktemp -d)
staged=$(mktemp -d "$rustlib/.$target.XXXXXX")
linked=
readonly work staged
clean_up() {
    trap '' INT TERM HUP
    if [ -n "$linked" ]; then
        rm -f "$linked"
        rmdir "$rustlib/src/rust" "$rustlib/src" 2>/dev/null || true
    fi
    rm -rf "$work" "$staged"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# The machine's own mirror and keys, with another suite.
write_sources() {
    local file uri=
    shopt -s nullglob
    for file in /etc/apt/sources.list.d/*.sources; do
        uri=$(awk 'tolower($1) == "uris:" && $2 ~ /\/debian\/?$/ { print $2; exit }' "$file")
        if [ -n "$uri" ]; then
            signed=$(awk 'tolower($1) == "signed-by:" && $2 ~ /^\// { print $2; exit }' "$file")
            break
        fi
    done
    if [ -z "$uri" ] && [ -f /etc/apt/sources.list ]; then
        uri=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /\/debian\/?$/) { print $i; exit } }' \
            /etc/apt/sources.list)
    fi
    shopt -u nullglob
    [ -n "$uri" ] || fail "found no Debian mirror in /etc/apt/sources.list or sources.list.d/*.sources"
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
        "$uri" "$suite" "${signed:-/usr/share/keyrings/debian-archive-keyring.gpg}" \
        >"$work/apt/kapok.sources"
}

mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/apt/parts" "$work/root"
write_sources
# The machine's proxy settings and keys stay in force; its lists, cache and sources are left alone.
readonly apt_options=(
    -o "Dir::Etc::SourceList=$work/apt/kapok.sources"
    -o "Dir::Etc::SourceParts=$work/apt/parts"
    -o "Dir::State::Lists=$work/apt/lists"
    -o "Dir::Cache=$work/apt/cache"
    -o "APT::Sandbox::User=root"
    -o "Acquire::Languages=none"
)

say "reading the package list of Debian $suite"
apt-get "${apt_options[@]}" -qq update
source_version=$(apt-cache "${apt_options[@]}" madison rust-src |
    awk -v want="$version" '{ split($3, part, /[+~-]/); if (part[1] == want) { print $3; exit } }')
[ -n "$source_version" ] ||
    fail "Debian $suite has no rust-src $version, which rustc here is; use a rustc that rustup or Debian offers"
say "fetching rust-src $source_version and wasi-libc"
(cd "$work" && apt-get "${apt_options[@]}" -qq download "rust-src=$source_version" wasi-libc)
# Of the compiler's sources only the standard library is needed.
library=$work/root/usr/src/rustc-$version/library
dpkg-deb --fsys-tarfile "$work"/rust-src_*.deb |
    tar --extract --directory "$work/root" "./usr/src/rustc-$version/library"
[ -f "$library/std/Cargo.toml" ] || fail "the package rust-src holds no standard library"
dpkg-deb --extract "$work"/wasi-libc_*.deb "$work/root"
start_file=$(find "$work/root/usr" -path "*$target/crt1-command.o" -print -quit)
[ -n "$start_file" ] || fail "the package wasi-libc holds nothing for $target"

# -Zbuild-std looks for the sources in this one place.
if [ ! -e "$rustlib/src/rust/library/std" ]; then
    mkdir -p "$rustlib/src/rust"
    rm -f "$rustlib/src/rust/library"
    linked=$rustlib/src/rust/library
    ln -s "$library" "$linked"
fi

say "building the standard library for $target (about a minute)"
mkdir -p "$work/empty/src"
printf '[package]\nname = "empty"\nedition = "2024"\n[lib]\n[workspace]\n' >"$work/empty/Cargo.toml"
: >"$work/empty/src/lib.rs"
# The toolchain of this folder builds, wherever the temporary crate lies.
cargo=$sysroot/bin/cargo
[ -x "$cargo" ] || cargo=cargo
# Debian's copies of the library's few dependencies lack the prebuilt objects that this target needs,
# so cargo fetches them as it does for any crate. Bitcode is what LTO needs.
(
    cd "$work/empty"
    env -u CARGO_BUILD_TARGET -u RUSTC_WRAPPER -u CARGO_ENCODED_RUSTFLAGS \
        RUSTC="$sysroot/bin/rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C embed-bitcode=yes" \
        CARGO_TARGET_DIR="$work/target" CARGO_INCREMENTAL=0 \
        "$cargo" build --quiet --release --target "$target" -Zbuild-std=std,panic_abort,panic_unwind
)

mkdir -p "$staged/lib/self-contained"
chmod 755 "$staged"
for built in "$work/target/$target/release/deps"/*.rlib; do
    case ${built##*/} in
        libempty-*) ;;
        *) cp "$built" "$staged/lib/" ;;
    esac
done
for object in crt1-command.o crt1-reactor.o libc.a; do
    cp "$(dirname "$start_file")/$object" "$staged/lib/self-contained/"
done
compgen -G "$staged/lib/libstd-*.rlib" >/dev/null || fail "the build gave no standard library"

# What stands there has no standard library, so nobody can be using it.
rm -rf "${rustlib:?}/$target"
mv -T "$staged" "$rustlib/$target"
have_target || fail "could not put the target into $rustlib"
say "done: $rustlib/$target"
