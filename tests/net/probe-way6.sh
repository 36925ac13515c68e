#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# probe-way6 [BUILD]: the same as probe-way, of IPv6 inside and outside. Root. In a guest when this kernel has no ESP.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/setup.sh
esp_test probe-way6 120 tests/uml/probe-way-inside.sh "${1:-${BUILD:-.}}" 6
