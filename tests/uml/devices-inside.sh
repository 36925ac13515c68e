#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# devices-inside.sh BUILD: two routers, one on a bond of two links and on a VLAN of that, the other on a plain interface and
# its VLAN; one VRID on both networks. Failover of the bond, loss of all its links, and devices that are made anew.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$1
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-dev.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
# On the LAN, and on VLAN 22 of both families.
PLAIN=10.9.1.254 TAGGED=10.9.22.254 SIX=2001:db8:22::1 LOCAL=fe80::22

instance() { # NAME INTERFACE PRIORITY STATEMENT ADDRESS...
    printf 'vrrp_instance %s {\n version 3\n interface %s\n virtual_router_id 22\n priority %s\n advert_int 0.2\n %s\n' "${@:1:4}"
    printf ' virtual_ipaddress {\n'
    printf '  %s\n' "${@:5}"
    printf ' }\n}\n'
}
conf() { # INTERFACE PRIORITY [STATEMENT]: the statement for the instances of the VLAN
    instance PLAIN "$1" "$2" '' $PLAIN/24
    instance TAGGED "$1.22" "$2" "${3:-}" $TAGGED/24
    instance SIX "$1.22" "$2" "${3:-}" $LOCAL/64 $SIX/64
}
start() { spawn_ns "r$1" "$W/r$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"; }
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
get() { ctl "$1" --json status | jq -rc "[.instances[] | $2]"; } # of the three instances
is() { [ "$(get "$1" "$2")" = "$3" ] || { get "$1" "$2"; return 1; }; }
soon() { wait_until 5 is "$@" || is "$@"; }
all() { printf '["%s","%s","%s"]' "$1" "$1" "$1"; }
states() { soon 1 .state "$(all "$1")" && soon 2 .state "$(all "$2")"; } # of r1, of r2
reaches() { ns pc fping -q -r 3 -t 300 $PLAIN $TAGGED $SIX; }
active_slave() { ns r1 cat /sys/class/net/bond0/bonding/active_slave; }
slave_is() { [ "$(active_slave)" = "$1" ] || { active_slave; return 1; }; }
# The host has the virtual routers under this hardware address.
known_as() { [ "$(for a in $PLAIN $TAGGED $SIX; do ns_ip pc neigh show "$a"; done | grep -c "lladdr $1")" = 3 ] || { ns_ip pc neigh; return 1; }; }
mac() { ns r1 cat /sys/class/net/"$1"/address; }
vlan() { # NS PARENT ADDRESS ADDRESS6
    ns_ip "$1" link add link "$2" name "$2.22" type vlan id 22
    ns_ip "$1" addr add "$3" dev "$2.22"
    ns_ip "$1" addr add "$4" dev "$2.22"
    ns_ip "$1" link set dev "$2.22" up
}
bond() { # [OPTION]...: from both links of r1
    local link
    ns_ip r1 link add bond0 type bond mode active-backup miimon 50 "$@"
    for link in s0 s1; do
        ns_ip r1 link set dev $link down
        ns_ip r1 link set dev $link master bond0
    done
    ns_ip r1 link set dev bond0 up
    ns_ip r1 addr add 10.9.1.251/24 dev bond0
    vlan r1 bond0 10.9.22.251/24 2001:db8:22::251/64
}
ports() { local port; for port in p0 p1; do ns_ip lan link set dev $port "$1"; done; }

ns_add lan pc r1 r2
ns_bridge lan sw
for host in pc r1 r2; do
    ns_sysctl $host net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0
done
ns_link r1 s0 lan p0
ns_link r1 s1 lan p1
ns_link r2 lan0 lan p2
ns_link pc lan0 lan p3
for n in 0 1 2 3; do ns_ip lan link set dev p$n master sw; done
bond
ns_ip r2 addr add 10.9.1.252/24 dev lan0
ns_ip pc addr add 10.9.1.10/24 dev lan0
vlan r2 lan0 10.9.22.252/24 2001:db8:22::252/64
vlan pc lan0 10.9.22.10/24 2001:db8:22::10/64

# ---- both routers ----
conf bond0 200 'track_interface { s0 weight -20 }' >"$W/r1.conf"
conf lan0 150 >"$W/r2.conf"
start 1
start 2
expect 'the better router is Active on the bond and its VLAN' states Active Backup
expect 'a host reaches them' reaches
capture cap lan p2 "$W/cap"
pause 1
reap cap INT
expect_number 'adverts on the wire within a second' "$(captured "$W/cap" ip proto 112)" '>=' 4
expect_number 'tagged ones of IPv4' "$(captured "$W/cap" vlan 22 and ip proto 112)" '>=' 4
expect_number 'of IPv6' "$(captured "$W/cap" vlan 22 and ip6 proto 112)" '>=' 4
expect 'one VRID on two networks is two routers' is 2 '.counters | .address_mismatch + .bad_vrid' '[0,0,0]'
expect 'drain hands over' ctl 1 drain --all
expect 'to a plain interface and its VLAN' states Backup Active
expect 'where the host reaches them' reaches
expect 'resume takes back' ctl 1 resume --all
expect 'all of them' states Active Backup

# ---- failover of the bond ----
moves=$(get 1 .counters.became_active)$(get 2 .counters.became_active)
stayed() { [ "$(get 1 .counters.became_active)$(get 2 .counters.became_active)" = "$moves" ]; }
expect 'the bond sends by its first link' wait_until 2 slave_is s0
ns_ip lan link set dev p0 down
expect 'without that it takes the other' wait_until 2 slave_is s1
expect 'the host reaches the routers' reaches
expect 'a tracked link takes its weight' soon 1 .priority.effective '[200,180,180]'
pause 1
expect 'no router moved' stayed
ns_ip lan link set dev p0 up
expect 'which it gives back' soon 1 .priority.effective '[200,200,200]'
ns_ip lan link set dev p1 down
expect 'without the other it takes the first again' wait_until 2 slave_is s0
expect 'the host reaches the routers again' reaches
expect 'still no router moved' stayed

# ---- no link at all ----
ports down
expect 'without a link' soon 1 .reason '["interface bond0 is down","interface bond0.22 is down","interface bond0.22 is down"]'
expect 'the peer takes over' states Initialize Active
expect 'and the host reaches it' reaches
ports up
expect 'with them the better router takes back' states Active Backup
ns_ip r1 link set dev bond0.22 down
expect 'a VLAN that is down' soon 1 .state '["Active","Initialize","Initialize"]'
expect 'is taken over by itself' soon 2 .state '["Backup","Active","Active"]'
ns_ip r1 link set dev bond0.22 up
expect 'and comes back' states Active Backup

# ---- devices made anew ----
ns_ip r1 link del dev bond0
expect 'a bond that is gone takes its VLAN along' soon 1 .reason \
    '["interface bond0 does not exist","interface bond0.22 does not exist","interface bond0.22 does not exist"]'
expect 'the peer takes over then too' states Initialize Active
bond fail_over_mac active
expect 'made anew they serve again' states Active Backup
expect 'the host reaches them once more' reaches
before=$(mac bond0)
moves=$(get 1 .counters.became_active)$(get 2 .counters.became_active)
expect 'under the hardware address of the first link' wait_until 2 known_as "$before"
ns_ip lan link set dev "$([ "$(active_slave)" = s0 ] && echo p0 || echo p1)" down
changed_mac() { [ "$(mac bond0)" != "$before" ]; }
expect 'a failover that changes it' wait_until 2 changed_mac
expect 'is announced' wait_until 2 known_as "$(mac bond0)"
expect 'and moves no router' stayed
ports up
reap r1 TERM
expect 'a clean stop leaves the VLANs to the peer' soon 2 .state "$(all Active)"
reap r2 TERM
tap_done
