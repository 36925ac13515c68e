#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# probe-way [BUILD]: probes of a tunnel that leave through it, in the clear, through another one, by another line or not
# at all, in a kernel with ESP; see tests/uml/probe-way-inside.sh. Root. In a guest when this kernel has no ESP.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/setup.sh
build=$(readlink -f "${1:-${BUILD:-.}}")
work=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-way.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
with_esp "$work" 120 tests/uml/probe-way-inside.sh "$build"
status=$?
case $status in
124) echo 'not ok - the tests ended in time - the guest was ended at its limit' ;;
125) echo "not ok - the guest started - $(tail -n 1 "$work/uml.log" 2>/dev/null)" ;;
esac
exit "$status"
