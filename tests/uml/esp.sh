#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/uml/esp.sh BUILD: what must hold of the two daemons over real ESP; see esp-inside.sh. Root. In a guest
# when this kernel has no ESP.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
esp_test esp 300 tests/uml/esp-inside.sh "$1"
