#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/qemu/guard.sh BUILD: the nftables guard beside real ESP; see guard-inside.sh. Root. In a guest when this kernel has
# not both.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
debian_test guard 450 tests/qemu/guard-inside.sh "$1" "$(spin 5)"
