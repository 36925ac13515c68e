#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/uml/ike.sh BUILD [CUT]: vrrpd's policies over the SAs that strongSwan negotiates with the samples' settings;
# see ike-inside.sh. The line is cut for CUT seconds, 10 unless told. Root. In a guest when this kernel has no ESP.
set -u
[ $# = 1 ] || [ $# = 2 ] || { echo "usage: ${0##*/} BUILD [CUT]" >&2; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
esp_test ike $((240 + ${2:-10})) tests/uml/ike-inside.sh "$1" "${2:-10}"
