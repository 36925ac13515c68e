#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/qemu/xfrmi.sh BUILD: tunnels with an interface of their own; see xfrmi-inside.sh. Root. In a guest when this kernel
# has no such interfaces.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
debian_test xfrmi 450 tests/qemu/xfrmi-inside.sh "$1"
