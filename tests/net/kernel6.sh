#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel6 [BUILD]: the policies, the guard and the routes of tunnels with IPv6, which kernel.sh has for IPv4: one line
# of IPv6 that carries both families, and two lines of different families in a group. Root. No ESP is needed here:
# nothing must get through, and what must not is counted.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
. tests/lib/tunnelctl.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-kernel6.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

OFFICE=10.1.22.0/24 CLOUD=172.16.0.0/16 OFFICE6=fd00:22::/64 CLOUD6=fd00:172::/48
ECS=172.16.41.10 ECS6=fd00:172::10 PC6=fd00:22::10 OWN6=fd00:22::252

# ---- the site: a host, the router under test, and what lies beyond its lines ----
ns_add pc r far
for host in pc r far; do
    ns_sysctl $host net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
done
ns_link pc lan0 r lan0
ns_link r wan0 far wan0
ns_link r wan1 far wan1
both() { # NS DEVICE IPV4/LEN IPV6/LEN
    ns_ip "$1" addr add "$3" dev "$2"
    ns_ip "$1" addr add "$4" dev "$2"
}
both pc lan0 10.1.22.10/24 $PC6/64
both r lan0 10.1.22.252/24 $OWN6/64
both r wan0 192.0.2.1/24 2001:db8:1::1/64
both r wan1 198.51.100.1/24 2001:db8:2::1/64
both far wan0 192.0.2.254/24 2001:db8:1::254/64
both far wan1 198.51.100.254/24 2001:db8:2::254/64
both far lo $ECS/32 $ECS6/128
ns_sysctl r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wan0.rp_filter=0
ns_ip pc route add default via 10.1.22.252
ns_ip pc -6 route add default via $OWN6
ns_ip r route add default via 192.0.2.254
ns_ip r -6 route add default via 2001:db8:1::254
ns_ip far route add $OFFICE via 192.0.2.1
ns_ip far route add $OFFICE6 via 2001:db8:1::1

conf() { # N INTERFACE LOCAL REMOTE OWN...
    local n=$1 interface=$2 near=$3 remote=$4
    shift 4
    printf 'ipsec_tunnel line%s {\n interface %s\n local_address %s\n remote_address %s\n' "$n" "$interface" "$near" "$remote"
    printf ' local_subnet { %s %s }\n remote_subnet { %s %s }\n' $OFFICE $OFFICE6 $CLOUD $CLOUD6
    printf ' own_address %s\n' "$@"
    printf ' reqid %s\n linger 1\n route on\n}\n' "$n"
}
instance() { # STATEMENT
    printf 'vrrp_instance OFFICE {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n'
    printf ' virtual_ipaddress {\n  10.1.22.254/24\n }\n %s\n}\n' "$1"
}
{ instance 'ipsec_tunnel line1'; conf 1 wan0 2001:db8:1::1 2001:db8:f::1 10.1.22.252 $OWN6; } >"$W/one.conf"
sed '/route on/d' "$W/one.conf" >"$W/unrouted.conf"
{
    instance 'ipsec_tunnel_group both'
    conf 1 wan0 2001:db8:1::1 2001:db8:f::1 $OWN6
    conf 2 wan1 198.51.100.1 203.0.113.1 10.1.22.252
    printf 'sla_probe p1 {\n target %s\n source %s\n tunnel line1\n}\n' $ECS6 $OWN6
    printf 'sla_probe p2 {\n target %s\n source %s\n tunnel line2\n}\n' $ECS 10.1.22.252
    printf 'ipsec_tunnel_group both {\n tunnel line1 sla p1\n tunnel line2 sla p2\n}\n'
} >"$W/two.conf"

# ---- what the kernel holds ----
blocks() { printf 'fwd %s %s block\nin %s %s block\nout %s %s block\n' "$1" "$2" "$1" "$2" "$2" "$1"; } # REMOTE ANYWHERE
receives() { printf 'fwd %s %s esp %s\nin %s %s esp %s\n' "$1" "$2" "$3" "$1" "$2" "$3"; }          # REMOTE LOCAL BY
OUT6='2001:db8:1::1 2001:db8:f::1 1' IN6='2001:db8:f::1 2001:db8:1::1 1' OUT4='198.51.100.1 203.0.113.1 2'
lan() { # block, or how it leaves
    local how=${1:+ $1}
    [ "$1" = block ] || how=" esp$how"
    printf 'out %s %s%s\nout %s %s%s\n' $OFFICE $CLOUD "$how" $OFFICE6 $CLOUD6 "$how"
}
one() { # LAN
    blocks $CLOUD 0.0.0.0/0
    blocks $CLOUD6 ::/0
    receives $CLOUD $OFFICE "$IN6"
    receives $CLOUD6 $OFFICE6 "$IN6"
    printf 'out %s %s esp %s\nout %s %s esp %s\n' 10.1.22.252/32 $CLOUD "$OUT6" $OWN6/128 $CLOUD6 "$OUT6"
    lan "$1"
}
two() { # LAN
    blocks $CLOUD 0.0.0.0/0
    blocks $CLOUD6 ::/0
    receives $CLOUD $OFFICE '0.0.0.0 0.0.0.0 0'
    receives $CLOUD6 $OFFICE6 ':: :: 0'
    printf 'out %s %s esp %s\nout %s %s esp %s\n' 10.1.22.252/32 $CLOUD "$OUT4" $OWN6/128 $CLOUD6 "$OUT6"
    lan "$1"
}
holds() { diff <(policy_set r) <("$1" "$2" | sort); } # SET LAN

# ---- the states, repair, a crash ----
start "$W/one.conf"
expect 'a start closes the LAN and opens the rest, for both families' holds one block
tell 'claim 0'
expect 'a claim opens it for both' holds one "$OUT6"
ns_ip r xfrm policy flush
expect 'flushed policies are put back' soon holds one "$OUT6"
ns_ip r xfrm policy delete src $OFFICE6 dst $CLOUD6 dir out
expect 'so is a single one' soon holds one "$OUT6"
end KILL
start "$W/one.conf"
expect 'after a crash the next one keeps the LAN open' holds one "$OUT6"
tell 'claim 0'
tell 'drop 0'
expect 'a release closes it' soon holds one block

# ---- neighbors ----
ns_ip r -6 neigh flush all
ns_ip pc -6 neigh flush all
expect 'while it is closed neighbors are found, on the line' ns r ping -q -c 1 -W 1 2001:db8:1::254
expect 'and on the LAN' ns r ping -q -c 1 -W 1 $PC6
ns_ip r -6 neigh flush all
expect 'and find the router' ns pc ping -q -c 1 -W 1 $OWN6

# ---- routes ----
route6() { ns_ip r -6 route show proto 112 | sed 's/ *$//'; }
route6_is() { [ "$(route6)" = "$1" ] || { route6; return 1; }; }
ROUTE6="$CLOUD6 dev wan0 src $OWN6 metric 1 pref medium"
expect 'the route to the cloud is over the line, from the own address' route6_is "$ROUTE6"
ns_ip r -6 route del $CLOUD6 metric 1
expect 'deleted, it is put back' soon route6_is "$ROUTE6"
ns_ip r addr del $OWN6/64 dev lan0
expect 'without the own address there is none' soon route6_is ''
expect 'and the reason is said' soon said "^alarm .* no route to $CLOUD6 with source $OWN6"
ns_sysctl r net.ipv6.conf.lan0.accept_dad=1
ns_ip r addr add $OWN6/64 dev lan0
expect 'it is back when the address is' soon route6_is "$ROUTE6"
end
flush
expect 'a flush removes it' route6_is ''

# ---- two lines of different families ----
start "$W/two.conf"
expect 'both lines are accepted, whichever their family' holds two block
tell 'claim 0'
expect 'the line of IPv6 carries both families' holds two "$OUT6"
ns r timeout 20 ip xfrm monitor policy >"$W/monitor" 2>&1 &
LAB_PID[m]=$!
sleep 0.2
tell 'sla p1 down'
expect 'its probe down: the one of IPv4 does' holds two "$OUT4"
tell 'sla p1 up'
expect 'and back' holds two "$OUT6"
reap m
expect_number 'by replacing alone, policies' "$(grep -c '^Updated' "$W/monitor")" == 4
expect_number 'deletions' "$(grep -c '^Deleted' "$W/monitor")" == 0
whole
end
expect 'a stop leaves all policies' policies_stay r
flush

# ---- no cleartext ----
count_clear far "ip6 daddr $CLOUD6"
count_clear pc "ip6 saddr $CLOUD6"
send() { # from the LAN, from the router's own addresses, and back from the cloud
    ns pc ping -q -c 5 -i 0.01 -W 0.1 $ECS6 >/dev/null 2>&1
    ns r ping -q -c 5 -i 0.01 -W 0.1 -I $OWN6 $ECS6 >/dev/null 2>&1
    ns r ping -q -c 5 -i 0.01 -W 0.1 $ECS6 >/dev/null 2>&1
    ns far ping -q -c 5 -i 0.01 -W 0.1 -I $ECS6 $PC6 >/dev/null 2>&1
}
send
expect_number 'without vrrpd cleartext reaches the far side (the count works)' "$(came far)" '>' 14 packets
expect_number 'and the LAN' "$(came pc)" '>' 4 packets
lines_watched "$OFFICE $CLOUD $OFFICE6 $CLOUD6" r:wan0:out r:wan1:out
start "$W/unrouted.conf"
send
expect_number 'closed, nothing leaves in the clear' "$(came far)" == 0 packets
expect_number 'nor comes in' "$(came pc)" == 0 packets
tell 'claim 0'
send
expect_number 'open and without SAs, nothing leaves' "$(came far)" == 0 packets
ns r nft 'add table ip6 nat; add chain ip6 nat post { type nat hook postrouting priority srcnat; }; add rule ip6 nat post oifname "wan0" masquerade'
send
expect_number 'nor behind a masquerade' "$(came far)" == 0 packets
# Flushed again and again under traffic, while vrrpd puts them back.
ns pc ping -q -i 0.002 -c 1000 -W 0.1 $ECS6 >"$W/flood" 2>&1 &
LAB_PID[flood]=$!
while alive flood; do ns_ip r xfrm policy flush; done
reap flood
expect_number 'flushed under traffic, nothing leaves either' "$(came far)" == 0 packets
expect 'of what the LAN sent' grep -q '^1000 packets transmitted' "$W/flood"
expect 'and all is put back' soon holds one "$OUT6"
expect 'the kernel takes the clamp for each pair of families' [ "$(ns r nft list chain inet vrrp_sla clamp |
    grep -oE 'ip6? daddr .* size set [0-9]*' | awk '{ print $1, $NF }' | sort | tr '\n' ' ')" = 'ip 1366 ip6 1346 ' ]
whole
end KILL
ns_ip r xfrm policy flush
send
expect_number 'policies flushed and nobody there: the guard drops' "$(came far)" == 0 packets
expect_number 'in both directions' "$(came pc)" == 0 packets
ns r nft delete table ip6 nat
send
expect_number 'also without the masquerade' "$(came far)" == 0 packets
lines_clear
ns r nft delete table inet vrrp_sla
send
expect_number 'without the guard it would have left (the test can fail)' "$(came far)" '>' 14 packets
flush
expect_number 'policies left' "$(policies r | wc -l)" == 0
tap_done
