#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/qemu/guard6.sh BUILD: the nftables guard beside ESP of IPv6 that carries both families; see guard6-inside.sh. Root.
# In a guest when this kernel has not both.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
debian_test guard6 320 tests/qemu/guard6-inside.sh "$1"
