#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/package.sh: builds the Debian package from a copy of the source, judges it, and lets a systemd that runs as
# process 1 of a container install, run and purge it (tests/lib/package_inside.sh). Root; no network.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. tests/lib/setup.sh
. tests/lib/tap.sh

need_root
work=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-package.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
umask 022

# `make check` has a place of its own in tests/all, and takes most of a package's build.
build_package() {
    mkdir "$work/source"
    source_files | tar -C "$SOURCE_ROOT" --null -T - -cf - | tar -C "$work/source" -xf -
    (cd "$work/source" && DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" dpkg-buildpackage -b -us -uc) \
        >"$work/build.log" 2>&1 </dev/null || { tail -n 5 "$work/build.log"; return 1; }
}

no_output() { # COMMAND...: fails with what it says
    local out
    out=$("$@" 2>&1)
    [ -z "$out" ] || { echo "$out"; return 1; }
}

# Not heeded: SysV scripts are asked for beside the units, but the daemons are run by systemd; and iif is ip-rule's word.
tags() { lintian -EIL +pedantic --allow-root "$work"/*.changes 2>/dev/null | grep -v -e alternative-init -e ' iif if'; }
installed_kb() { dpkg-deb -f "$deb" Installed-Size; }
manuals() { # against each other, as they are installed
    dpkg-deb -x "$deb" "$work/tree"
    find "$work/tree/usr/share/man" -name '*.gz' -exec gunzip {} +
    (cd "$work/tree/usr/share/man" && MANPATH=$PWD:/usr/share/man mandoc -Tlint man?/* 2>/dev/null |
        grep -v 'referenced manual not found')
}
exposure() { # UNIT: 10 is the worst
    systemd-analyze security --offline=true "$work/tree/lib/systemd/system/$1" 2>/dev/null |
        sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p'
}

expect "the package builds" build_package
deb=$(echo "$work"/vrrp-sla_*.deb)
if [ ! -e "$deb" ]; then tap_done; exit 1; fi
expect "lintian has nothing to say" no_output tags
expect "blhc has nothing to say" blhc --all "$work/build.log"
expect_number "the package is small" "$(($(stat -c %s "$deb") / 1000))" "<=" 250 kB
expect_number "and so it is when installed" "$(installed_kb)" "<=" 700 kB
expect "mandoc has nothing to say" no_output manuals
for unit in vrrpd.service slad.service vrrp-sla-close.service; do
    expect_number "exposure of $unit" "$(exposure "$unit")" "<=" 2.0
done

mkdir "$work/box"
cp "$deb" tests/lib/tap.sh tests/lib/package_inside.sh "$work/box"
inside=$work/inside
tests/lib/boot.sh "$work/box" 100 bash /work-test/package_inside.sh | tee "$inside"
status=${PIPESTATUS[0]}
TAP_PASSED=$((TAP_PASSED + $(grep -c '^ok ' "$inside")))
TAP_FAILED=$((TAP_FAILED + $(grep -c '^not ok ' "$inside")))
if [ "$status" != 0 ] && ! grep -q '^not ok ' "$inside"; then
    not_ok "systemd runs as process 1" "status $status"
fi
tap_done
