#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# static-sa [BUILD]: SAs from key files in a kernel with ESP; see tests/uml/static-sa-inside.sh. Root. In a guest
# when this kernel has no ESP.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/setup.sh
build=$(readlink -f "${1:-${BUILD:-.}}")
work=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-static.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
with_esp "$work" 120 tests/uml/static-sa-inside.sh "$build"
status=$?
case $status in
124) echo 'not ok - the tests ended in time - the guest was ended at its limit' ;;
125) echo "not ok - the guest started - $(tail -n 1 "$work/uml.log" 2>/dev/null)" ;;
esac
exit "$status"
