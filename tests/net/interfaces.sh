#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# interfaces [BUILD]: interfaces that move under a pair of routers, of both families: gone and made anew, renamed, without
# carrier, down, with other addresses, another MTU, another hardware address; and a bridge as the interface. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-if.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
# One virtual address of each family, one on another interface, and what the routers send from.
FOUR=10.9.1.254 SIX=2001:db8:22::1 LOCAL=fe80::22 SIDE=10.8.1.254 OWN=10.9.1.251

conf() { # N [STATEMENT...]: in the instance of IPv4
    local n=$1 priority=$((300 - 100 * $1))
    shift
    printf 'vrrp_instance FOUR {\n version 3\n interface lan0\n virtual_router_id 22\n priority %s\n advert_int 0.1\n' $priority
    printf ' %s\n' "$@"
    printf ' virtual_ipaddress {\n  %s/24\n' $FOUR
    [ "$n" != 1 ] || printf '  %s/24 dev side0\n' $SIDE
    printf ' }\n}\nvrrp_instance SIX {\n version 3\n interface lan0\n virtual_router_id 22\n priority %s\n' $priority
    printf ' advert_int 0.1\n native_ipv6\n virtual_ipaddress {\n  %s/64\n  %s/64\n }\n}\n' $LOCAL $SIX
}
start() { spawn_ns "r$1" "$W/r$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"; }
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
get() { ctl "$1" --json status | jq -r --arg i "$2" ".instances[] | select(.name == \$i) | $3"; } # N INSTANCE FILTER
is() { [ "$(get "$1" "$2" "$3")" = "$4" ] || { echo "$2 $3 is $(get "$1" "$2" "$3")"; return 1; }; }
soon() { wait_until 4 is "$@" || is "$@"; }
both() { soon "$1" FOUR "$2" "$3" && soon "$1" SIX "$2" "$3"; } # N FILTER VALUE
held() { ns_ip r1 -o addr | awk '{ print $2, $4 }' | grep -E " ($FOUR|$SIX|$LOCAL|$SIDE)/" | sort; }
holds() { # [INTERFACE ADDRESS]...: r1 has these of the virtual addresses, and no other
    local wanted
    wanted=$([ $# = 0 ] || printf '%s %s\n' "$@" | sort)
    [ "$(held)" = "$wanted" ] || { held | tr '\n' ','; return 1; }
}
ALL=("lan0" "$FOUR/24" "lan0" "$SIX/64" "lan0" "$LOCAL/64" "side0" "$SIDE/24")
holds_all() { holds "${ALL[@]}"; }
serves() { # r1 is Active as before anything happened
    both 1 .state Active && wait_until 4 holds_all && both 2 .state Backup && holds_all
}
mark() { LINES=$(wc -l <"$W/r1.log"); }
since() { tail -n +$((LINES + 1)) "$W/r1.log"; }
said() { since | grep -F -- "$1" || { since | tail -n 3; return 1; }; }
soon_said() { wait_until 3 said "$1" || said "$1"; }
said_times() { [ "$(since | grep -cF -- "$2")" = "$1" ] || { since | grep -F -- "$2"; return 1; }; } # N TEXT
is_empty() { local out; out=$("$@"); [ -z "$out" ] || { echo "$out"; return 1; }; }
exits() { # STATUS COMMAND...
    local status=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" = "$status" ] || { echo "exit status $got"; return 1; }
}
# What it holds of the kernel but addresses: descriptors by kind, and groups that it joined.
kept() { find "/proc/${LAB_PID[r1]}/fd" -type l -printf '%l\n' | sed 's/\[[0-9]*\]//' | sort | uniq -c; ns r1 cat /proc/net/raw /proc/net/raw6 | wc -l; }
as_before() { diff <(echo "$KEPT") <(kept); }
nothing_kept() { wait_until 3 as_before || as_before; }
hears() { ns lan timeout 3 tcpdump -Z root --immediate-mode -n -c "${2:-3}" -i sw "(ip proto 112 or ip6 proto 112) and src $1"; }
# The addresses that adverts of a capture come from; the first second belongs to what went before.
senders() { tshark -n -r "$W/cap" -Y vrrp -T fields -e ip.src -e ipv6.src 2>/dev/null | tr -d '\t' | sort -u | tr '\n' ' '; }
mac_now() { ns r1 cat /sys/class/net/lan0/address; }
has_mac() { ns_ip r1 -o link show dev lan0 | grep -qF "link/ether $1 "; }
link_local() { ns_ip "r$1" -6 -o addr show dev lan0 scope link -tentative | awk '{ sub("/.*", "", $4); print $4 }' | grep -vxF $LOCAL; }
# Virtual addresses whose announcements a capture has with this hardware address.
announced() { # FILE MAC
    tshark -n -r "$1" -Y "arp.isgratuitous && arp.src.hw_mac == $2 || icmpv6.nd.na.target_address && icmpv6.opt.linkaddr == $2" \
        -T fields -e arp.src.proto_ipv4 -e icmpv6.nd.na.target_address 2>/dev/null | tr -d '\t' | sort -u
}
ANNOUNCED=$(printf '%s\n' $FOUR $SIX $LOCAL | sort)

plug() { # a new lan0 for r1, with its addresses
    ns_link r1 lan0 lan p1
    ns_ip lan link set dev p1 master sw
    ns_ip r1 addr add $OWN/24 dev lan0
    wait_until 3 link_local 1
}
side() {
    ns_ip r1 link add side0 type veth peer name side1
    ns_ip r1 link set dev side0 up
    ns_ip r1 link set dev side1 up
}

ns_add lan r1 r2
ns_bridge lan sw
for n in 1 2; do
    ns_sysctl r$n net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
done
ns_link r2 lan0 lan p2
ns_ip lan link set dev p2 master sw
ns_ip r2 addr add 10.9.1.252/24 dev lan0
side
wait_until 3 link_local 2
conf 1 >"$W/r1.conf"
conf 2 >"$W/r2.conf"
start 1
start 2
expect 'a router starts without its interface' both 1 .reason 'interface lan0 does not exist'
plug
expect 'and begins when it comes' serves
pause 1.5 # after which a router that has just become Active listens for claims of its addresses
KEPT=$(kept)

# ---- gone and made anew ----
index() { ns r1 cat /sys/class/net/lan0/ifindex; }
before=$(index)
mark
ns_ip r1 link del dev lan0
expect 'an interface that is gone' both 1 .reason 'interface lan0 does not exist'
expect 'halts its instances' both 1 .state Initialize
expect 'which say so' soon_said 'FOUR: waits: interface lan0 does not exist'
expect 'hold nothing on another one' wait_until 2 holds
expect 'and are taken over from' both 2 .state Active
plug
expect_number 'the index that it comes back with' "$(index)" '!=' "$before"
expect 'one of the same name takes its place' serves
expect 'its adverts are on the wire' hears $OWN
expect 'those of IPv6 too' hears "$(link_local 1)"
expect 'nothing is left of the old one' nothing_kept
ns_ip r1 link del dev lan0
plug
expect 'gone and back at once' serves
expect 'with adverts' hears $OWN

# ---- other names ----
rename() { # [FROM TO]...: in one go, so that the daemon sees the last name only
    local batch=$W/batch
    : >"$batch"
    while [ $# -gt 0 ]; do
        printf 'link set dev %s down\nlink set dev %s name %s\nlink set dev %s up\n' "$1" "$1" "$2" "$2" >>"$batch"
        shift 2
    done
    ns_ip r1 -batch "$batch"
}
mark
rename lan0 other0
expect 'an interface of another name is not the configured one' both 1 .reason 'interface lan0 does not exist'
expect 'it keeps no virtual address' wait_until 2 holds
ns_ip r1 link add lan0 type veth peer name lan1
expect 'an interface that is down' both 1 .reason 'interface lan0 is down'
ns_ip r1 link del dev lan0
rename other0 lan0
expect 'an interface that gets the configured name is used' serves
expect 'its adverts are on the wire' hears $OWN
rename lan0 other0 other0 lan0
expect 'away and back at once' serves
ns_ip r1 link add spare0 type veth peer name spare1
ns_ip r1 link set dev spare1 up
ns_ip r1 addr add 10.9.1.249/24 dev spare0
rename lan0 other0 spare0 lan0
expect 'another one under the configured name is used' wait_until 4 holds lan0 $FOUR/24 lan0 $SIX/64 lan0 $LOCAL/64 side0 $SIDE/24
expect 'the old one keeps no virtual address' is_empty ns_ip r1 -o addr show dev other0 to $FOUR
ns_ip r1 link set dev lan0 down
ns_ip r1 link set dev lan0 name spare0
rename other0 lan0
ns_ip r1 link del dev spare0
expect 'until they change back' serves
expect 'nothing is left of that' nothing_kept
rename side0 away0
expect 'an address on an interface that is renamed goes' wait_until 2 holds "${ALL[@]:0:6}"
rename away0 side0
expect 'and comes back with the name' wait_until 2 holds_all
expect 'all that cost no state' both 1 .state Active

# ---- carrier ----
mark
ns_ip lan link set dev p1 down
expect 'without carrier' both 1 .reason 'interface lan0 is down'
expect 'the instances let go' wait_until 2 holds
expect 'and are taken over from' both 2 .state Active
ns_ip lan link set dev p1 up
expect 'and return with it' serves
for _ in {1..100}; do
    ns_ip lan link set dev p1 down
    ns_ip lan link set dev p1 up
done
expect 'a hundred flaps end in order' serves
expect 'with adverts' hears $OWN
expect 'and nothing kept' nothing_kept
ns_ip r1 link set dev lan0 down
expect 'an interface that is set down' both 1 .reason 'interface lan0 is down'
expect 'keeps nothing' wait_until 2 holds
ns_ip r1 link set dev lan0 up
expect 'and serves when it is up' serves
flaps=$W/flaps
for _ in {1..50}; do printf 'link set dev lan0 down\nlink set dev lan0 up\n'; done >"$flaps"
ns_ip r1 -batch "$flaps"
expect 'fifty times down and up end in order' serves
expect 'and nothing kept' nothing_kept

# ---- so many changes at once that notices are lost ----
drops() { ns r1 cat /proc/net/netlink | awk '$2 == 0 { n += $9 } END { print n }'; }
ns_ip r1 link add noise0 type veth peer name noise1
for _ in {1..3000}; do printf 'link set dev noise0 up\nlink set dev noise0 down\n'; done >"$flaps"
before=$(index)
kill -STOP "${LAB_PID[r1]}"
ns_ip r1 -batch "$flaps"
ns_ip r1 link del dev lan0
plug
kill -CONT "${LAB_PID[r1]}"
expect_number 'notices that are lost on a daemon that is stopped' "$(drops)" '>' 0
expect_number 'the index that the interface has now' "$(index)" '!=' "$before"
expect 'what they would have said is found out' serves
expect 'with adverts' hears $OWN
expect 'and nothing kept' nothing_kept
ns_ip r1 link del dev noise0

# ---- an interface that need not be up ----
conf 1 dont_track_primary >"$W/r1.conf"
ctl 1 reload >/dev/null 2>&1
ns_ip lan link set dev p1 down
expect 'with dont_track_primary one instance waits' soon 1 SIX .reason 'interface lan0 is down'
expect 'the other goes on' is 1 FOUR .state Active
expect 'and is taken over from, unheard' both 2 .state Active
capture cap r2 lan0 "$W/arp" arp
ns_ip lan link set dev p1 up
expect 'with carrier the better router has its way' soon 2 FOUR .state Backup
sleep 0.3
reap cap INT
expect 'and says where the address is' test "$(announced "$W/arp" "$(mac_now)")" = $FOUR
expect 'in the end all serve' serves
conf 1 >"$W/r1.conf"
ctl 1 reload >/dev/null 2>&1

# ---- other addresses ----
before=$(get 1 FOUR .counters.became_active)
ns_ip r1 addr add 10.9.1.249/24 dev lan0
capture cap lan sw "$W/cap" ip proto 112
sleep 0.4
reap cap INT
expect 'a second address changes nothing' test "$(senders)" = "$OWN "
ns_sysctl r1 net.ipv4.conf.lan0.promote_secondaries=1
ns_ip r1 addr del $OWN/24 dev lan0
expect 'when the first one goes adverts come from the next' hears 10.9.1.249
capture cap lan sw "$W/cap" ip proto 112
sleep 0.4
reap cap INT
expect 'and from that alone' test "$(senders)" = '10.9.1.249 '
expect 'without a change of state' is 1 FOUR .counters.became_active "$before"
expect 'or of the addresses' holds_all
expect 'the peer goes on with it' soon 2 FOUR .peer.address 10.9.1.249
mark
ns_ip r1 addr del 10.9.1.249/24 dev lan0
expect 'without any address' soon 1 FOUR .reason 'interface lan0 has no IPv4 address'
expect 'the instance lets go of its own' wait_until 2 holds lan0 $SIX/64 lan0 $LOCAL/64
expect 'the other family goes on' is 1 SIX .state Active
ns_ip r1 addr add $OWN/24 dev lan0
expect 'with one it serves again' serves
old=$(link_local 1)
before=$(get 1 SIX .counters.became_active)
ns_ip r1 addr add fe80::251/64 dev lan0
wait_until 2 eval 'ns_ip r1 -6 addr show dev lan0 -tentative | grep -q fe80::251/'
ns_ip r1 addr del "$old/64" dev lan0
expect 'when the link-local address goes adverts come from the next' hears fe80::251
expect 'without a change of state' is 1 SIX .counters.became_active "$before"
ns_ip r1 addr del fe80::251/64 dev lan0
expect 'without any' soon 1 SIX .reason 'interface lan0 has no link-local IPv6 address'
expect 'the instance lets go of its own' wait_until 2 holds lan0 $FOUR/24 side0 $SIDE/24
ns_ip r1 addr add "$old/64" dev lan0
expect 'with one it serves again' serves

# ---- another hardware address ----
before=$(get 1 FOUR .counters.became_active)
capture cap lan sw "$W/arp" arp or icmp6
ns_ip r1 link set dev lan0 address 02:00:00:00:22:01
sleep 0.5
reap cap INT
expect 'another hardware address is announced' diff <(echo "$ANNOUNCED") <(announced "$W/arp" 02:00:00:00:22:01)
expect 'without a change of state' is 1 FOUR .counters.became_active "$before"
capture cap r1 side1 "$W/arp" arp
ns_ip r1 link set dev side0 address 02:00:00:00:22:02
sleep 0.5
reap cap INT
expect 'that of an interface beside it too' test "$(announced "$W/arp" 02:00:00:00:22:02)" = $SIDE

# ---- another interface that holds an address ----
ns_ip r1 link set dev side0 down
expect 'an interface beside it that is down is no matter' holds_all
ns_ip r1 link set dev side0 up
ns_ip r1 addr del $SIDE/24 dev side0
expect 'an address that somebody removes there comes back' wait_until 2 holds_all
ns_ip r1 link del dev side0
expect 'with the interface it goes' wait_until 2 holds "${ALL[@]:0:6}"
side
expect 'and comes back' wait_until 2 holds_all
expect 'without a change of state' is 1 FOUR .counters.became_active "$before"

# ---- another MTU ----
many() { # N: 100 addresses more, of which an advert has 400 bytes more
    conf "$1" | awk -v vip="$FOUR/24" '{ print } index($0, vip) { for (n = 1; n <= 100; n++) print "  10.9.2." n "/32" }'
}
for n in 1 2; do
    many $n >"$W/r$n.conf"
    ctl $n reload >/dev/null 2>&1
done
soon 2 FOUR .state Backup >/dev/null
mark
before=$(get 1 FOUR .counters.became_active)
ns_ip r1 link set dev lan0 mtu 1280
sleep 0.3
expect 'an MTU that is large enough is no matter' exits 1 said MTU
ns_ip r1 link set dev lan0 mtu 400
expect 'an MTU below what the adverts need is told' soon_said 'FOUR: adverts of 436 bytes do not fit the MTU of lan0, 400: they leave as fragments'
expect 'once' said_times 1 'do not fit the MTU'
expect 'IPv6 cannot be on so small a link' soon 1 SIX .reason 'interface lan0 has no link-local IPv6 address'
expect 'the adverts leave as fragments' hears "$OWN and ip[6:2] & 0x3fff != 0"
expect 'and still count' is 2 FOUR .state Backup
ns_ip r1 link set dev lan0 mtu 1500
expect 'when they fit again' soon 1 SIX .state Active
expect 'all goes on' is 1 FOUR .counters.became_active "$before"
ns_ip r1 link set dev lan0 mtu 420
expect 'and a second time is told again' wait_until 3 said_times 2 'do not fit the MTU'
many 1 | sed '0,/interface lan0/s//&\n use_vmac/' >"$W/r1.conf"
ctl 1 reload >/dev/null 2>&1
expect 'adverts of a virtual MAC address' soon 1 FOUR .vmac 00:00:5e:00:01:16
expect 'leave as fragments, too' hears "$OWN and ip[6:2] & 0x3fff != 0"
expect 'and count' soon 2 FOUR .state Backup
ns_ip r1 link set dev lan0 mtu 1500

# ---- a bridge as the interface ----
reap r1 TERM
expect 'a clean stop leaves nothing on any interface' wait_until 2 holds
ns_ip r1 link set dev lan0 down
ns_ip r1 link set dev lan0 name port0
ns_bridge r1 lan0
ns_ip r1 addr flush dev port0
ns_ip r1 link set dev port0 up
ns_ip r1 link set dev port0 master lan0
ns_ip r1 addr add $OWN/24 dev lan0
wait_until 3 link_local 1
conf 1 >"$W/r1.conf"
start 1
expect 'on a bridge' serves
expect 'adverts leave by its port' hears $OWN
before=$(get 1 FOUR .counters.became_active)
capture cap lan sw "$W/arp" arp or icmp6
# A bridge has the lowest address of its ports.
ns_ip r1 link add low0 address 02:00:00:00:00:01 type veth peer name low1
ns_ip r1 link set dev low0 master lan0
expect 'a port that changes its hardware address' wait_until 2 has_mac 02:00:00:00:00:01
sleep 0.5
reap cap INT
expect 'has it announce that' diff <(echo "$ANNOUNCED") <(announced "$W/arp" 02:00:00:00:00:01)
expect 'without a change of state' is 1 FOUR .counters.became_active "$before"
ns_ip r1 link set dev port0 down
expect 'without a port that is up it has no carrier' both 1 .reason 'interface lan0 is down'
expect 'and is taken over from' both 2 .state Active
ns_ip r1 link set dev port0 up
expect 'with one it serves again' serves
ns_ip r1 link set dev port0 nomaster
expect 'without any port it has none either' both 1 .state Initialize
ns_ip r1 link del dev lan0
expect 'a bridge that is gone' both 1 .reason 'interface lan0 does not exist'
reap r1 TERM
expect 'is no matter to a clean stop' test $? = 0
tap_done
