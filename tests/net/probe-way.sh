#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# probe-way [BUILD]: probes of a tunnel that leave through it, in the clear, through another one, by another line or not
# at all, in a kernel with ESP; see tests/uml/probe-way-inside.sh. Root. In a guest when this kernel has no ESP.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/setup.sh
esp_test probe-way 120 tests/uml/probe-way-inside.sh "${1:-${BUILD:-.}}"
