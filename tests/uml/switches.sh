#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/uml/switches.sh BUILD [SWITCHES]: one router with two lines to one gateway over real ESP, and what SWITCHES changes
# of tunnel, 1000 unless told, cost under load; see switches-inside.sh. Root. In a guest when this kernel has no ESP.
set -u
[ $# = 1 ] || [ $# = 2 ] || { echo "usage: ${0##*/} BUILD [SWITCHES]" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
esp_test switches 260 tests/uml/switches-inside.sh "$1" "${2:-1000}"
