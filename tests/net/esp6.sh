#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# esp6 [BUILD]: tunnels of IPv6 inside, outside and mixed, over real ESP; see tests/uml/esp6-inside.sh. Root. In a guest
# when this kernel has no ESP.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/setup.sh
esp_test esp6 220 tests/uml/esp6-inside.sh "${1:-${BUILD:-.}}"
