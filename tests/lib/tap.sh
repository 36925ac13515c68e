# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the network tests: one line an assertion, "ok - TEXT" or "not ok - TEXT - WHY", and an
# exit status.

TAP_PASSED=0 TAP_FAILED=0

ok() { TAP_PASSED=$((TAP_PASSED + 1)); printf 'ok - %s\n' "$1"; }
not_ok() { TAP_FAILED=$((TAP_FAILED + 1)); printf 'not ok - %s - %s\n' "$1" "${2:-no reason given}"; }

# TEXT COMMAND...: the command's output is the reason when it fails. Not in a subshell: the command may
# be a function that starts or ends processes.
expect() {
    local text=$1 out
    shift
    out=$(mktemp)
    if "$@" >"$out" 2>&1; then ok "$text"
    else not_ok "$text" "$({ grep . "$out" || echo "$* failed"; } | tail -n 3 | tr '\n' ' ')"; fi
    rm -f "$out"
}

# TEXT VALUE OPERATOR BOUND [UNIT]: compares decimal numbers; the value is part of what is printed.
expect_number() {
    local text="$1: $2${5:+ $5} (wanted $3 $4)"
    if [[ $2 =~ ^-?[0-9]+(\.[0-9]+)?$ ]] && awk -v a="$2" -v b="$4" "BEGIN { exit !(a $3 b) }"; then
        ok "$text"
    else
        not_ok "$text" "out of bounds"
    fi
}

tap_done() {
    printf '# %d ok, %d not ok\n' "$TAP_PASSED" "$TAP_FAILED"
    [ "$TAP_FAILED" = 0 ] && [ "$TAP_PASSED" -gt 0 ]
}
