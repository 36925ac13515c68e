#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/qemu/lines.sh BUILD: a group of tunnels with an interface each; see lines-inside.sh. Root. In a guest when this
# kernel has no such interfaces.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
debian_test lines 450 tests/qemu/lines-inside.sh "$1"
