#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# All that an interface can hold, 255 instances of each family, on two interfaces of two routers: election, status, a power
# cut, reload, and a clean stop. BUILD is the build tree.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
. "$here/../lib/ns.sh"
: "${BUILD:?the build tree}"
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-thousand.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
all=1020
# 361 ms for the Backup to be sure, and the rest for 1,020 takeovers on a machine that does something else as well.
cut_ms=1500
# jansson makes some 10 KiB of an instance's object, and vrrpctl reads it back.
status_ms=500

conf() { # N
    local s k priority=$((300 - 100 * $1))
    for s in 0 1; do
        for ((k = 1; k <= 255; k++)); do
            printf 'vrrp_instance A%d_%d {\n version 3\n interface lan%d\n virtual_router_id %d\n priority %d\n advert_int 0.1\n' \
                $s $k $s $k $priority
            printf ' virtual_ipaddress {\n  10.10.%d.%d/32\n }\n}\n' $s $k
            printf 'vrrp_instance B%d_%d {\n version 3\n interface lan%d\n virtual_router_id %d\n priority %d\n advert_int 0.1\n' \
                $s $k $s $k $priority
            printf ' virtual_ipaddress {\n  fe80::%x:%x/64\n }\n}\n' $((s + 1)) $k
        done
    done
}
start() { # N
    conf "$1" >"$W/r$1.conf"
    spawn_ns "r$1" "$W/r$1.log" "r$1" chrt --rr 10 "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"
}
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
in_state() { # N STATE: how many
    ctl "$1" --json status 2>/dev/null | jq "[.instances[] | select(.state == \"$2\")] | length"
}
all_are() { [ "$(in_state "$1" "$2")" = $all ] || { echo "$(in_state "$1" "$2") are $2"; return 1; }; }
changes() { ctl "$1" --json status 2>/dev/null | jq '[.instances[].counters.became_active] | add'; }
held() { ns_ip "r$1" -o addr show | grep -cE ' (10[.]10[.][01][.][0-9]+|fe80::[12]:[0-9a-f]+)/'; }
holds_all() { [ "$(held "$1")" = $all ] || { echo "it holds $(held "$1")"; return 1; }; }

ns_add lan r1 r2
for n in 1 2; do ns_sysctl "r$n" net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0; done
for s in 0 1; do
    ns_bridge lan sw$s
    for n in 1 2; do
        ns_link "r$n" lan$s lan "p$n$s"
        ns_ip lan link set dev "p$n$s" master sw$s
        ns_ip "r$n" addr add "10.9.$s.25$n/24" dev lan$s
    done
done

start 1
expect "$all instances become Active" wait_until 15 all_are 1 Active
expect "and hold their addresses" holds_all 1
start 2
expect "$all instances of the other router are Backup" wait_until 15 all_are 2 Backup
pause 2
expect "nobody moved" all_are 1 Active
from=$(now_us)
ctl 1 --json status >"$W/status" 2>/dev/null
expect_number "the status of all" "$((($(now_us) - from) / 1000))" '<' $status_ms ms
expect "the status is whole" test "$(jq '.instances | length' "$W/status")" = $all
expect "a reload" ctl 1 reload
expect "moves nobody" all_are 1 Active
expect_number "takeovers of the other router so far" "$(changes 2)" '==' 0

from=$(now_us)
for s in 0 1; do ns_ip lan link set dev p1$s nomaster; done
expect "after a power cut the other router holds all" wait_until 5 holds_all 2
expect_number "within" "$((($(now_us) - from) / 1000))" '<' $cut_ms ms
expect "all are Active" wait_until 2 all_are 2 Active
expect_number "takeovers, one an instance" "$(changes 2)" '==' $all
expect "a clean stop" reap r2 TERM 10
expect_number "addresses that it leaves" "$(held 2)" '==' 0
tap_done
