#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/uml/esp.sh BUILD: what must hold of the two daemons over real ESP; see esp-inside.sh. Root. In a guest
# when this kernel has no ESP.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
build=$(realpath "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-esp.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
with_esp "$work" 300 tests/uml/esp-inside.sh "$build"
status=$?
case $status in
124) echo "not ok - the ESP tests ended in time - the guest was ended at its limit" ;;
125) echo "not ok - the guest started - $(tail -n 1 "$work/uml.log" 2>/dev/null)" ;;
esac
exit "$status"
