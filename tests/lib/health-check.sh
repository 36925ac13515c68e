#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One health check of the cloud's gateway, run inside its namespace: pings a router's own LAN address
# through that router's tunnel and gives the weighted route of the tunnel its metric. Ended by a signal.
set -u
n=$1 source=$2 target=$3 interval=$4 fall=$5 net=$6
interval_us=$(awk -v s="$interval" 'BEGIN { printf "%d", s * 1000000 }')
# A check is judged before the next one begins.
wait_s=$(awk -v s="$interval" 'BEGIN { print s * 0.8 }')
failed=0 state=ok
exec {never}<> <(:)

now() { printf '%s' "${EPOCHREALTIME/./}"; }
say() { printf '%s %s\n' "$(now)" "$*"; }
metric() { # good: 10 and 20, tunnel 1 before 2; bad: behind both
    [ "$1" = good ] && echo $((n * 10)) || echo $((n * 10 + 100))
}
move() { # FROM TO: the new route first; what is said has the time of the move itself
    local at
    ip route add "$net" dev "vti$n" metric "$(metric "$2")" 2>/dev/null
    at=$(now)
    ip route del "$net" dev "vti$n" metric "$(metric "$1")" 2>/dev/null
    echo "$at route $(ip -o route show "$net" | sed -n '1s/.*vti\([12]\).*/\1/p')"
}
verdict() { # failed|ok
    [ "$1" != "$state" ] || return 0
    state=$1
    say "check $n $state"
    if [ "$state" = ok ]; then move bad good; else move good bad; fi
}

say "check $n ok"
[ "$n" != 1 ] || say "route 1"
next=${EPOCHREALTIME/./}
while :; do
    if ping -n -q -c 1 -W "$wait_s" -I "$source" "$target" >/dev/null 2>&1; then
        failed=0
        verdict ok
    else
        failed=$((failed + 1))
        [ "$failed" -lt "$fall" ] || verdict failed
    fi
    next=$((next + interval_us))
    left=$((next - ${EPOCHREALTIME/./}))
    if [ "$left" -gt 0 ]; then
        printf -v left '%d.%06d' $((left / 1000000)) $((left % 1000000))
        read -rt "$left" -u "$never" # a pause without a process
    else
        next=${EPOCHREALTIME/./}
    fi
done
