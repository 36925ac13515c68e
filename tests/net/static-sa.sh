#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# static-sa [BUILD]: SAs from key files in a kernel with ESP; see tests/uml/static-sa-inside.sh. Root. In a guest
# when this kernel has no ESP.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/setup.sh
esp_test static-sa 120 tests/uml/static-sa-inside.sh "${1:-${BUILD:-.}}"
