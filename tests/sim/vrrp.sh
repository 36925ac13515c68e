#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the VRRP simulation over fixed seeds and over fresh ones, which a failure prints.
set -eu
tests/sim/sim_vrrp 10000 1
tests/sim/sim_vrrp 10000 "$(date +%s)0000"
