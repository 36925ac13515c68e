#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/uml/ike.sh BUILD: vrrpd's policies over the SAs that strongSwan negotiates with the samples' settings; see
# ike-inside.sh. Root. In a guest when this kernel has no ESP.
set -u
[ $# = 1 ] || { echo "usage: ${0##*/} BUILD" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
esp_test ike 240 tests/uml/ike-inside.sh "$1"
