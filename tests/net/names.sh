#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# names [BUILD]: probes of host names, with a hosts file and a name server that never answers of their own: unknown
# until there is an address, the last good one kept, a changed one a new target, and nobody waits. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-names.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
SOCK=$W/run/slad.sock

field() { "$BUILD/tests/net/slawatch" "$SOCK" "$1" 2>/dev/null | sed -n "s/^$2=//p"; } # NAME FIELD
is() { [ "$(field "$1" "$2")" = "$3" ] || { echo "$2 of $1 is '$(field "$1" "$2")'"; return 1; }; }
soon() { wait_until "$1" is "${@:2}" || is "${@:2}"; }
logged() { grep -qF -- "$1" "$W/slad.log" || { tail -n 3 "$W/slad.log"; return 1; }; }
target_is() { # NAME ADDRESS
    "$BUILD/vrrpctl/vrrpctl" -r "$W/run" --json status 2>/dev/null |
        jq -e --arg n "$1" --arg a "$2" '.probes[] | select(.name == $n) | .target == $a' >/dev/null
}
hosts() { printf '%s\n' "$@" >"$W/hosts"; } # in place: it is mounted
helper() { tr -d ' ' <"/proc/${LAB_PID[slad]}/task/${LAB_PID[slad]}/children" 2>/dev/null; }
another_helper() { local pid; pid=$(helper); [ -n "$pid" ] && [ "$pid" != "$1" ]; }
gone() { ! grep -q '^State:[[:space:]]*[RSDTI]' "/proc/$1/status" 2>/dev/null; } # an orphan may wait for its reaper
start() {
    # shellcheck disable=SC2016 # the inner shell expands them
    spawn_ns slad "$W/slad.log" cpe unshare --mount sh -c '
        mount --bind "$1/hosts" /etc/hosts && mount --bind "$1/nsswitch" /etc/nsswitch.conf &&
        mount --bind "$1/resolv" /etc/resolv.conf && exec "$2" -f "$1/conf" -r "$1/run"' \
        slad "$W" "$BUILD/slad/slad"
}

ns_add cpe net
ns_link cpe wan0 net wan0
ns_ip cpe addr add 192.0.2.1/24 dev wan0
for host in 7 8 9; do ns_ip net addr add "192.0.2.$host/24" dev wan0; done
echo 'hosts: files' >"$W/nsswitch"
echo 'nameserver 192.0.2.66' >"$W/resolv"
hosts '192.0.2.9 other.example'
probe() { # NAME TARGET [STATEMENT...]
    printf 'sla_probe %s {\n target %s\n source 192.0.2.1\n delay_up 0\n' "$1" "$2"
    shift 2
    printf ' %s\n' "$@" '}'
}
{
    probe db db.example 'resolve 1'
    probe fixed 192.0.2.9
} >"$W/conf"

start
expect 'an address needs no look-up' soon 5 fixed state up
expect 'a name without an address is unknown' is db state unknown
expect '  with the cause' soon 3 db cause 'no address of its host name: Name or service not known'
expect '  told once' [ "$(grep -c 'cannot look up db.example: Name or service not known' "$W/slad.log")" = 1 ]
expect '  and nothing is sent' is db sent 0
expect '  its target is its name' target_is db db.example
hosts '192.0.2.7 db.example'
expect 'with one it comes up' soon 8 db state up
expect '  which is told' logged 'db.example is 192.0.2.7'
expect '  and shown' target_is db 192.0.2.7
sent=$(field db sent)
hosts '192.0.2.8 db.example' '192.0.2.7 db.example'
pause 2.5
expect 'a second address before it changes nothing' target_is db 192.0.2.7
expect '  and it is the same probe' [ "$(field db sent)" -gt "$sent" ]
hosts
expect 'a name that is gone' wait_until 4 logged 'cannot look up db.example: Name or service not known; probing on to 192.0.2.7'
expect '  leaves it up' is db state up
hosts '192.0.2.8 db.example'
expect 'another address' wait_until 4 logged 'db.example is 192.0.2.8'
expect '  is a new target' [ "$(field db sent)" -lt "$sent" ]
expect '  that comes up' soon 5 db state up
expect '  under its address' target_is db 192.0.2.8

pid=$(helper)
expect 'the helper has no capability' grep -q '^CapEff:[[:space:]]*0*$' "/proc/$pid/status"
expect '  and no descriptor but its socket' bash -c "[ \"\$(cd /proc/$pid/fd && echo [3-9]* [1-9][0-9]*)\" = '3 [1-9][0-9]*' ]"
kill -s KILL "$pid"
hosts '192.0.2.7 db.example'
expect 'one that is killed has a successor' wait_until 8 another_helper "$pid"
expect '  which looks up' wait_until 8 target_is db 192.0.2.7
expect '  while the others are probed' is fixed state up

# ---- a name server that never answers ----
echo 'hosts: dns' >"$W/nsswitch"
probe slow slow.example resolve >>"$W/conf"
kill -s HUP "${LAB_PID[slad]}"
expect 'a reload keeps the address' soon 4 db state up
expect 'a look-up that takes its time is no answer' soon 4 slow cause 'no address of its host name: not looked up yet'
sent=$(field fixed sent)
pause 2
expect_number '  and nobody waits for it: probes in 2 s' $(($(field fixed sent) - sent)) '>=' 15
expect '  nor loses by it' is fixed state up
expect 'the kept one is probed on' target_is db 192.0.2.7
pid=$(helper)
reap slad KILL
expect 'a killed slad takes its helper along' wait_until 1 gone "$pid"
start
expect '  and another starts at once' soon 5 fixed state up
pid=$(helper)
reap slad TERM
expect 'SIGTERM ends it in the midst of a look-up' [ $? = 0 ]
expect '  with its helper' gone "$pid"
tap_done
