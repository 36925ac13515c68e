#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debounce [BUILD]: interface_up_down_delays: a carrier that flaps moves nothing, one that stays away does, after
# its delay; track_src_ip: an instance waits for its source. One router in a namespace. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-debounce.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

cat >"$W/conf" <<'EOF'
interface_up_down_delays {
 lan0 1.9 2.5
 wan0 1.9
}
vrrp_instance A {
 version 3
 interface lan0
 virtual_router_id 1
 priority 150
 advert_int 1
 track_interface { wan0 weight -50 }
 virtual_ipaddress { 10.9.1.201/24 }
}
EOF
get() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" --json status | jq -r ".instances[0]$1"; }
is() { [ "$(get "$1")" = "$2" ] || { echo "$1 is $(get "$1")"; return 1; }; }
soon() { wait_until 6 is "$@" || is "$@"; }
lost() { ns_ip r1 link show dev "$1" | grep -q 'state \(DOWN\|LOWERLAYERDOWN\)'; }
back() { ns_ip r1 link show dev "$1" | grep -q 'state UP'; }
start() { spawn_ns r1 "$W/log" r1 "$BUILD/vrrpd/vrrpd" -f "$W/$1" -r "$W/run"; }
carrier() { ns_ip far link set dev "$1" "$2"; }
# MILLISECONDS until .state or the like is a value, counted from now.
takes() {
    local from
    from=$(now_us)
    soon "$@" >/dev/null
    printf '%s' $((($(now_us) - from) / 1000))
}

ns_add r1 far
ns_link r1 lan0 far lan0
ns_link r1 wan0 far wan0
ns_ip r1 addr add 10.9.1.1/24 dev lan0
start conf
expect 'it becomes Active' soon .state Active
since=$(get .since)
carrier lan0 down
carrier wan0 down
expect 'carrier is lost' wait_until 3 lost lan0
pause 0.3
carrier lan0 up
carrier wan0 up
pause 2
expect 'for a short time, which moves no state' is .since "$since"
expect 'and no priority' is .priority.effective 150
carrier wan0 down
expect 'a loss that lasts' is .priority.effective 150
expect_number 'moves the priority after the delay, about' "$(takes .priority.effective 100)" '>=' 1800 ms
carrier lan0 down
expect_number 'and the state, about' "$(takes .state Initialize)" '>=' 1800 ms
expect 'for the reason that it has' is .reason 'interface lan0 is down'
carrier lan0 up
expect 'carrier is back' wait_until 3 back lan0
pause 0.5
expect 'carrier that is back is not trusted at once' is .state Initialize
expect 'but later' soon .state Active
reap r1

# ---- track_src_ip ----
sed -e '/^interface_up/,/^}/d' -e 's/ advert_int 1/ advert_int 0.1\n mcast_src_ip 10.9.1.7\n track_src_ip/' "$W/conf" >"$W/source"
start source
expect 'an instance waits for its source, as is said' wait_until 3 grep -qF 'no interface has 10.9.1.7' "$W/log"
expect 'and starts nothing' is .state Initialize
ns_ip r1 addr add 10.9.1.7/32 dev wan0
expect 'until an interface has it' soon .state Active
ns_ip r1 addr del 10.9.1.7/32 dev wan0
expect 'and leaves when it goes' soon .state Initialize
reap r1
start conf
expect 'Active once more' soon .state Active
ns_ip r1 link del lan0
expect_number 'an interface that is gone is gone at once' "$(takes .state Initialize)" '<' 500 ms
reap r1

tap_done
