#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/qemu/drain.sh BUILD: a planned reboot that loses nothing in either direction; see drain-inside.sh. Root. In a guest
# when this kernel has not both ESP and nftables.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
# An emulated guest that measures must not wait for a build.
renice -n -15 -p $$ >/dev/null
debian_test drain 240 tests/qemu/drain-inside.sh "$1"
