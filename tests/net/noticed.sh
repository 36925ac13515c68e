#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# noticed [BUILD]: what is wrong around a router and changes no state is noticed and said, once: a duplicate VRID, a
# second Active router that does not hear this one, adverts of our own address and of another version, an address that is
# another host's; a policy of another program in the place of a tunnel's. And that it is over. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/lan.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-noticed.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
VIP=10.9.1.254

conf() { # N
    printf 'vrrp_instance LAN {\n version 3\n interface lan0\n virtual_router_id 22\n priority %s\n advert_int 0.1\n' \
        $((300 - 100 * $1))
    printf ' virtual_ipaddress {\n  %s/24\n }\n}\n' $VIP
}
times() { grep -cF -- "$2" "$W/r$1.log"; }
alarmed() { is "$1" " | [.alarms[].kind] | index(\"$2\") != null" true; }
send() { ns x "$BUILD/tests/net/vrrpsend" "$@"; }

lan_up r1 r2 x
for n in 1 2; do lan_router $n; done
lan_port x
ns_ip x addr add 10.9.1.253/24 dev lan0
conf 1 >"$W/r1.conf"
conf 2 >"$W/r2.conf"
start 1
ctl 1 wait LAN active --timeout 5 || true
start 2
ctl 2 wait LAN backup --timeout 5 || true
sleep 1
expect 'a healthy pair has no alarm' is 1 '.alarms | length' 0
expect 'on either side' is 2 '.alarms | length' 0

# ---- the same VRID for other addresses ----
send -p 50 lan0 10.9.1.253 10.9.1.77
expect 'another virtual router with our VRID is said' wait_until 2 logged 1 \
    'LAN: another virtual router with VRID 22 on lan0: 10.9.1.253 announces 10.9.1.77 and none of our addresses'
expect 'as an alarm' alarmed 1 duplicate_vrid
expect 'with its level' is 1 '.alarms[0].level' warning
expect 'by status' grep -q 'another virtual router with VRID 22' <(ctl 1 status)
expect 'by explain' grep -q '^Alarm: another virtual router with VRID 22' <(ctl 1 explain LAN)
expect 'and by doctor, with a remedy' grep -q 'virtual_router_id$' <(ctl 1 doctor -f "$W/r1.conf")
expect 'it is another matter than a list that differs' test "$(times 1 'announces other virtual addresses')" = 0
send -p 50 lan0 10.9.1.253 $VIP 10.9.1.77
expect 'which is said as well' wait_until 2 logged 1 'announces other virtual addresses: 10.9.1.253'

# ---- what others send by turns does not fill the journal ----
# Linux itself drops what comes from one of its own addresses, unless told otherwise.
ns_sysctl r1 net.ipv4.conf.lan0.accept_local=1
ns_ip x addr add 10.9.1.251/32 dev lo
for _ in {1..100}; do
    send -p 50 lan0 10.9.1.251 $VIP
    send -v 2 -i 1000 -p 50 lan0 10.9.1.253 $VIP
done
ns_ip x addr del 10.9.1.251/32 dev lo
expect 'adverts of our own address are counted' soon 1 .counters.own_echo 100
expect 'those of another version too' soon 1 .counters.bad_version 100
expect 'and each is told once' test "$(times 1 'from our own address') $(times 1 'another VRRP version')" = '1 1'
expect 'how often, the alarm says' is 1 '.alarms[] | select(.kind == "own_echo").times' 100
send -n 20 -b 2:251 lan0 10.9.1.253 $VIP
expect 'adverts with a wrong checksum are counted' soon 1 .counters.bad_checksum 20
expect 'and told once' test "$(times 1 'a wrong checksum, damaged or made wrong: 10.9.1.253')" = 1
expect 'as an alarm' alarmed 1 bad_checksum
expect 'none of all this has moved the state' is 1 .counters.became_active 1

# ---- an address that is another host's ----
pause 1.1 # in which the adverts before this would explain a claim
ns_ip x addr add $VIP/32 dev lan0
mac=02:00:00:00:00:99
expect 'nothing is said of an address that nobody claims' test "$(times 1 'is claimed by')" = 0
ns_sysctl x net.ipv4.conf.lan0.arp_notify=1 # announces its addresses with a new MAC address
ns_ip x link set dev lan0 address "$mac"
expect 'a host that claims the address is said' wait_until 3 logged 1 "LAN: $VIP is claimed by $mac on lan0: another host has it"
expect 'as an alarm' alarmed 1 address_claimed
reap r1
start 1
expect 'a takeover is not delayed by it' ctl 1 wait LAN active --timeout 5
expect 'but the silent host is asked, and the answer said' wait_until 5 logged 1 "LAN: $VIP is claimed by $mac on lan0"
ns_ip x addr del $VIP/32 dev lan0

# ---- a router that does not hear us ----
expect 'a healthy pair is no second Active' test "$(times 1 'goes on with priority') $(times 2 'goes on with priority')" = '0 0'
ns r2 nft 'table ip deaf { chain in { type filter hook input priority 0; ip protocol 112 drop; }; }'
ctl 2 wait LAN active --timeout 5 || true
expect 'one that goes on as Active beside us is said' wait_until 4 logged 1 \
    'LAN: a second Active router: 10.9.1.252 goes on with priority 100, so it does not hear this one'
expect 'as an alarm' alarmed 1 second_active
expect 'and the one that does not hear us finds us in ARP' wait_until 3 logged 2 \
    "LAN: $VIP is claimed by $(ns_ip r1 -j link show dev lan0 | jq -r '.[0].address') on lan0"
ns r2 nft delete table ip deaf
expect 'the router that hears again becomes Backup' soon 2 .state Backup
reap r1
reap r2

# ---- the same with the virtual MAC address, which both have ----
for n in 1 2; do conf $n | sed 's/interface lan0/&\n use_vmac/' >"$W/r$n.conf"; done
start 1
ctl 1 wait LAN active --timeout 5 || true
start 2
sleep 2
expect 'a healthy pair with a virtual MAC address has no alarm' test "$(get 1 '.alarms | length') $(get 2 '.alarms | length')" = '0 0'
ns r2 nft 'table ip deaf { chain in { type filter hook input priority 0; ip protocol 112 drop; }; }'
expect 'a router that does not hear us finds us by the address that it has itself' wait_until 6 logged 2 \
    "LAN: $VIP is claimed by 00:00:5e:00:01:16 on"
ns r2 nft delete table ip deaf
reap r1
reap r2

# ---- version 2: another interval does not count, other addresses do ----
conf 1 | sed 's/version 3/version 2/; s/advert_int .*/advert_int 1/' >"$W/r1.conf"
start 1
ctl 1 wait LAN active --timeout 8 || true
send -v 2 -i 2000 -p 250 lan0 10.9.1.253 $VIP
expect 'an advert of version 2 with another interval is counted' soon 1 .counters.bad_interval 1
expect 'and does not count' is 1 .state Active
expect 'which is said' logged 1 'an advert with an interval that does not count here: 10.9.1.253'
send -v 2 -i 1000 -p 250 lan0 10.9.1.253 $VIP 10.9.1.77
expect 'one with other addresses is counted' soon 1 .counters.address_mismatch 1
expect 'and counts' soon 1 .state Backup
reap r1

# ---- what another program does to a tunnel's policies; an alarm's end ----
OFFICE=10.20.0.0/16 CLOUD=10.30.0.0/16
{
    conf 1 | sed 's/priority .*/&\n ipsec_tunnel line1/'
    printf 'ipsec_tunnel line1 {\n interface lan0\n local_address 10.9.1.251\n remote_address 10.9.1.253\n reqid 1\n'
    printf ' local_subnet {\n  %s\n }\n remote_subnet {\n  %s\n }\n}\n' $OFFICE $CLOUD
} >"$W/r1.conf"
whole() { ctl 1 --json status | jq -r "$1"; }
has() { [ "$(whole "$1")" = "$2" ] || { whole "$1"; return 1; }; }
event() { # FROM TO REASON
    ctl 1 --json events | jq -e --arg from "$1" --arg to "$2" --arg reason "$3" \
        'any(.events[]; .thing == "alarm" and .name == "tunnels" and .from == $from and .to == $to and (.reason | test($reason)))'
}
metric() { [ "$(ctl 1 metrics | grep -cF "vrrp_sla_$1")" = 1 ] || { ctl 1 metrics | grep -F vrrp_sla_alarm; return 1; }; }
start 1
ctl 1 wait LAN active --timeout 5 || true
for _ in {1..20}; do
    ns_ip r1 xfrm policy flush
    pause 0.02
done
expect 'policies that somebody flushes are an alarm' has '.alarms[].kind' policies_changed
expect 'which is told once, however often' test "$(times 1 'IPsec policies were changed by another program')" = 1
expect 'and explained to who uses the tunnel' grep -q '^Alarm: IPsec policies were changed' <(ctl 1 explain LAN)
kill -STOP "${LAB_PID[r1]}" # or ours would be back before a stranger is there
ns_ip r1 xfrm policy delete src $OFFICE dst $CLOUD dir out
ns_ip r1 xfrm policy add src $OFFICE dst $CLOUD dir out priority 5
kill -CONT "${LAB_PID[r1]}"
expect 'a stranger in the place of one is another' wait_until 3 metric 'alarm{kind="policies_wrong"} 1'
expect 'the status says it' grep -q '^  alarm  *IPsec policies are not as they must be' <(ctl 1 status)
expect 'it begins in the timeline' event clear raised "not as they must be: .* out $OFFICE -> $CLOUD"
expect 'the doctor has a remedy' grep -q 'ip xfrm policy delete' <(ctl 1 doctor -f "$W/r1.conf")
ns_ip r1 xfrm policy delete src $OFFICE dst $CLOUD dir out
expect 'when the stranger is gone it is over' wait_until 3 metric 'alarm{kind="policies_wrong"} 0'
expect 'which is told' logged 1 'alarm over, after '
expect 'and ends in the timeline' event raised clear '^policies_wrong: after [0-9]+ s$'
expect 'how often it began is counted' metric 'alarms_total{kind="policies_wrong"} 1'
reap r1
ns r1 "$BUILD/vrrpd/vrrpd" --flush -f "$W/r1.conf" -r "$W/run1" >/dev/null 2>&1
tap_done
