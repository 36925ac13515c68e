#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unicast [BUILD]: adverts to unicast_peer in namespaces: a pair of ours and ours beside keepalived, over IPv4 and IPv6;
# what strangers and routers in between cannot do. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/lan.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-uni.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

instance() { # N VERSION SOURCE_PREFIX VIP [TTL]: both programs read it
    printf 'vrrp_instance UNI {\n version %s\n interface lan0\n virtual_router_id 22\n priority %s\n advert_int %s\n' \
        "$2" $((220 - 20 * $1)) "$([ "$2" = 2 ] && echo 1 || echo 0.1)"
    printf ' unicast_src_ip %s\n unicast_peer {\n  %s %s\n  %s\n }\n' "$3$1" "$3$((3 - $1))" "${5:-}" "${3}9"
    printf ' virtual_ipaddress {\n  %s\n }\n}\n' "$4"
}
four() { instance "$1" 3 10.9.1.2 10.9.1.200/24 "${2:-}"; }
old() { instance "$1" 2 10.9.1.2 10.9.1.200/24; }
six() { instance "$1" 3 2001:db8:22::25 fe80::22/64; }
SOON_S=8
owns() { ns_ip "r$1" -o addr show dev lan0 | grep -qE " (10.9.1.200|fe80::22)/"; } # either family's
seen() { tshark -n -r "$W/cap" -Y vrrp -T fields -e ip.dst -e ipv6.dst -e ip.ttl -e ipv6.hlim 2>/dev/null | sort -u | tr -d '\t' | tr '\n' ' '; }
sums() { tshark -n -r "$W/cap" -Y vrrp -T fields -e vrrp.checksum.status 2>/dev/null | sort -u; }

lan_up r1 r2
ns_sysctl lan net.ipv6.conf.all.disable_ipv6=1
for n in 1 2; do
    ns_sysctl r$n net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
    lan_port "r$n"
    ns_ip "r$n" addr add "10.9.1.2$n/24" dev lan0
    ns_ip "r$n" addr add "2001:db8:22::25$n/64" dev lan0 nodad
done

# ---- a pair of ours, then keepalived in each role ----
roles() { # WHAT CONF SEEN SILENCE: seconds in which a deaf Backup would take over
    local what=$1 make=$2 n
    for n in 1 2; do "$make" $n >"$W/r$n.conf"; done
    capture cap lan sw "$W/cap" "ip proto 112 or ip6 proto 112"
    start 1
    start 2
    expect "$what: the higher priority becomes Active" soon 1 .state Active
    expect "$what: the lower one stays Backup" soon 2 .state Backup
    expect "$what: drain hands over" ctl 1 drain UNI
    expect "$what: to the peer" soon 2 .state Active
    quiet ctl 1 resume UNI
    expect "$what: and back" soon 1 .state Active
    reap cap INT
    expect "$what: to each peer alone, with TTL 255" test "$(seen)" = "$3"
    reap r2 TERM
    capture cap lan p2 "$W/cap" -Q in "ip proto 112 or ip6 proto 112"
    start 2 keepalived
    sleep "$4"
    expect "$what: keepalived is the Backup of ours" homeless 2
    reap r1 TERM
    expect "$what: and takes over" wait_until 8 owns 2
    start 1
    expect "$what: ours takes over from keepalived" soon 1 .state Active
    expect "$what: with no fault of its adverts" \
        is 1 '.counters | [.bad_checksum, .bad_ttl, .bad_length, .unknown_peer, .address_mismatch] | add' 0
    reap r2 TERM
    reap r1 TERM
    "$make" 1 | sed 's/priority .*/priority 90/' >"$W/r1.conf"
    start 2 keepalived
    expect "$what: keepalived with the higher priority" wait_until 8 owns 2
    start 1
    expect "$what: makes ours the Backup" soon 1 .peer.priority 180
    expect "$what: that stays it" is 1 .state Backup
    reap r2 TERM
    expect "$what: until keepalived leaves" soon 1 .state Active
    reap cap INT
    expect "$what: tshark finds no fault in adverts of keepalived" test "$(sums)" = 1
    reap r1 TERM
}
roles IPv4 four '10.9.1.21255 10.9.1.22255 ' 1
roles 'IPv4, version 2' old '10.9.1.21255 10.9.1.22255 ' 5
roles IPv6 six '2001:db8:22::251255 2001:db8:22::252255 ' 1

# ---- strangers, and peers from too far away ----
send() { ns r2 "$BUILD/tests/net/vrrpsend" -p 250 -n 20 -d 10.9.1.21 "$@" 10.9.1.200; }
four 1 'min_ttl 250 max_ttl 254' >"$W/r1.conf"
ns_ip r2 addr add 10.9.1.240/24 dev lan0
start 1
quiet ctl 1 wait UNI active --timeout 5
for sender in '-t 255 lan0 10.9.1.240' '-t 254 lan0 10.9.1.240' '-d 224.0.0.18 lan0 10.9.1.240'; do
    mark
    # shellcheck disable=SC2086
    send $sender
    expect "a stranger is counted: $sender" wait_until 2 counted unknown_peer 20
done
expect 'and told once' test "$(grep -c 'no unicast_peer: 10.9.1.240' "$W/r1.log")" = 1
for ttl in 249 255; do
    mark
    send -t $ttl lan0 10.9.1.22
    expect "a peer with TTL $ttl is counted" wait_until 2 counted bad_ttl 20
done
expect 'all that changed nothing' is 1 .counters.became_active 1
mark
send -t 250 lan0 10.9.1.22
expect 'a peer within its bounds counts' wait_until 2 is 1 .state Backup
soon 1 .state Active >/dev/null
reap r1 TERM
printf 'vrrp_instance UNI {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n advert_int 0.1\n virtual_ipaddress {\n 10.9.1.200/24\n }\n}\n' >"$W/r1.conf"
start 1
quiet ctl 1 wait UNI active --timeout 5
mark
send -t 254 lan0 10.9.1.22
expect 'without unicast_peer a unicast advert from behind a router is refused' wait_until 2 counted bad_ttl 20
reap r1 TERM
tap_done
