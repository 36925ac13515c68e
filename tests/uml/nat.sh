#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/uml/nat.sh BUILD: CPE01 behind a NAT; see nat-inside.sh. Root. In a guest when this kernel has no ESP.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
esp_test nat 160 tests/uml/nat-inside.sh "$1"
