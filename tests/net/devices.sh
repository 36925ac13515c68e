#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# devices [BUILD]: VRRP over a bond, a VLAN on a bond and a VLAN on a plain interface; in a guest; see
# tests/uml/devices-inside.sh. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/setup.sh
guest_test with_guest devices 120 tests/uml/devices-inside.sh "${1:-${BUILD:-.}}"
