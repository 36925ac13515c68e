#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Adverts every 10 ms beside a machine's full load, under the unit's scheduling: twenty seconds without a false takeover.
# BUILD is the build tree. tests/bench/stress.sh goes on for ten minutes.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
seconds=20
# 3 adverts of 10 ms and the skew of priority 100.
down_ms=36

out=$(bash "$here/../bench/stress.sh" "${BUILD:?the build tree}" $seconds 2>&1)
printf '%s\n' "$out" | sed 's/^/# /'
fact() { awk -v what="$1" '$1 == what { print $2 }' <<<"$out"; }
expect_number "false takeovers" "$(fact takeovers)" '==' 0
expect_number "changes of state" "$(fact changes)" '==' 0
expect_number "adverts of $((seconds * 100))" "$(fact adverts)" '>=' $((seconds * 99))
expect_number "longest pause between two adverts" "$(fact gap_ms)" '<' $down_ms ms
tap_done
