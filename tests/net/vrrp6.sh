#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vrrp6 [BUILD]: VRRP over IPv6 on a LAN in namespaces: a pair of ours, a power cut, and what a host on the LAN sees; tshark
# judges the wire. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-six.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
LOCAL=fe80::22 GLOBAL=2001:db8:22::1

conf() { # N [STATEMENT...]
    local n=$1
    shift
    printf 'vrrp_instance SIX {\n version 3\n interface lan0\n virtual_router_id 22\n priority %s\n advert_int 0.1\n' \
        $((220 - 20 * n))
    printf ' %s\n' native_ipv6 "$@"
    printf ' virtual_ipaddress {\n  %s/64\n  %s/64\n }\n}\n' $LOCAL $GLOBAL
}
start() { # N
    mkdir -p "$W/r$1"
    spawn_ns "r$1" "$W/r$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/r$1"
}
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/r$n" "$@"; }
get() { ctl "$1" --json status | jq -r ".instances[${3:-0}]$2"; }
is() { [ "$(get "$1" "$2")" = "$3" ] || { echo "$2 is $(get "$1" "$2")"; return 1; }; }
soon() { wait_until 5 is "$@" || is "$@"; }
owns() { ns_ip "r$1" -6 -o addr show dev lan0 | grep -qF " $GLOBAL/" && ns_ip "r$1" -6 -o addr show dev lan0 | grep -qF " $LOCAL/"; }
homeless() { ! owns "$1"; }
link_local() { ns_ip "r$1" -6 -o addr show dev lan0 scope link | awk '{ sub("/.*", "", $4); print $4 }' | grep -vxF $LOCAL; }
# The host's neighbor entry for the virtual router holds this router's hardware address.
heard_of() { ns_ip pc -6 neigh show | grep -E "^($GLOBAL|$LOCAL) " | grep -cF "lladdr $(mac "$1")" | grep -qx 2; }
mac() { ns_ip "r$1" -o link show dev lan0 | sed 's/.*link\/ether \([^ ]*\).*/\1/'; }
answers() { ns pc ping -6 -n -c 1 -W 1 $GLOBAL; }
fields() { # FILE FILTER FIELD...: one line a packet
    local file=$1 filter=$2 field args=()
    shift 2
    for field in "$@"; do args+=(-e "$field"); done
    tshark -n -r "$file" -Y "$filter" -T fields "${args[@]}" 2>/dev/null
}
only() { # FILE FILTER WANTED FIELD...: every packet of the filter reads like that, and there is one
    local file=$1 filter=$2 wanted=$3 got
    shift 3
    got=$(fields "$file" "$filter" "$@" | sort -u)
    [ "$got" = "$wanted" ] || { echo "got $got"; return 1; }
}
plug() { ns_ip lan link set dev "p$1" master sw; }
power_cut() { ns_ip lan link set dev "p$1" nomaster; reap "r$1" KILL || true; }

ns_add lan pc r1 r2
ns_bridge lan sw
ns_sysctl lan net.ipv6.conf.all.disable_ipv6=1
for host in pc r1 r2; do
    ns_sysctl $host net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
done
ns_sysctl pc net.ipv6.conf.default.accept_ra=0
for n in 1 2; do
    ns_link "r$n" lan0 lan "p$n"
    ns_ip "r$n" addr add "2001:db8:22::25$n/64" dev lan0 nodad
    plug "$n"
    conf "$n" >"$W/r$n.conf"
done
ns_link pc lan0 lan p0
ns_ip pc addr add 2001:db8:22::10/64 dev lan0 nodad
plug 0
wait_until 5 link_local 1
wait_until 5 link_local 2

# ---- a pair of ours ----
capture cap lan sw "$W/pair.pcap" ip6
start 1
start 2
expect 'the higher priority becomes Active' ctl 1 wait SIX active --timeout 5
expect 'the lower one stays Backup' soon 2 .state Backup
expect 'the family is shown' is 1 .family ipv6
expect 'the Active router holds both addresses' owns 1
expect 'the Backup holds none' homeless 2
expect 'the Backup knows its peer by the link-local address' soon 2 .peer.address "$(link_local 1)"
expect 'a host reaches the virtual address' answers
answers >/dev/null
ns pc ping -6 -n -c 1 -W 1 "$LOCAL%lan0" >/dev/null
expect 'under the hardware address of the Active router' heard_of 1
expect 'drain hands over' ctl 1 drain SIX
expect 'to the peer' soon 2 .state Active
expect 'the drained one lets go' wait_until 2 homeless 1
expect 'the host learns of it without asking' wait_until 2 heard_of 2
expect 'resume takes it back' ctl 1 resume SIX
expect 'the better router is Active again' soon 1 .state Active
reap cap INT
expect 'on the wire: to ff02::12 with hop limit 255' only "$W/pair.pcap" vrrp $'ff02::12\t255' ipv6.dst ipv6.hlim
expect 'and a good checksum' only "$W/pair.pcap" vrrp 1 vrrp.checksum.status
expect 'from the link-local addresses' only "$W/pair.pcap" vrrp "$(printf '%s\n' "$(link_local 1)" "$(link_local 2)" | sort)" ipv6.src
expect 'the link-local address first' only "$W/pair.pcap" vrrp "$LOCAL,$GLOBAL" vrrp.ipv6_addr
expect 'advertisements to all nodes: router, override, not solicited' only "$W/pair.pcap" \
    "icmpv6.type == 136 && ipv6.dst == ff02::1 && (icmpv6.nd.na.target_address == $LOCAL || icmpv6.nd.na.target_address == $GLOBAL)" \
    $'255\t1\t1\t0\t1' ipv6.hlim icmpv6.nd.na.flag.r icmpv6.nd.na.flag.o icmpv6.nd.na.flag.s icmpv6.checksum.status
expect 'with each hardware address' only "$W/pair.pcap" \
    "icmpv6.type == 136 && ipv6.dst == ff02::1 && icmpv6.nd.na.target_address == $GLOBAL" \
    "$(printf '%s\n' "$(mac 1)" "$(mac 2)" | sort)" icmpv6.opt.linkaddr

# ---- repair, IPsec policies, power cut ----
ns_ip r1 addr del $GLOBAL/64 dev lan0
expect 'a deleted address is put back' wait_until 1 owns 1
ns_ip r1 xfrm policy add src ::/0 dst ::/0 dir in action block
ns_ip r2 xfrm policy add src ::/0 dst ::/0 dir in action block
ns_ip r1 xfrm policy add src ::/0 dst ::/0 dir out action block
before=$(get 2 .counters.became_active)
silent() { ! answers; }
expect 'policies that block everything do block' silent
sleep 1
expect 'adverts pass by them' is 2 .counters.became_active "$before"
ns_ip r1 xfrm policy flush
ns_ip r2 xfrm policy flush
took() { # milliseconds from the cut to the next owner
    local from
    from=$(now_us)
    ns_ip lan link set dev p1 nomaster
    until owns 2; do [ $(($(now_us) - from)) -lt 3000000 ] || break; done
    echo $((($(now_us) - from) / 1000))
}
ms=$(took)
power_cut 1
expect_number 'takeover after a power cut at 0.1 s adverts' "$ms" '<' 400 ms
expect 'the host learns of that too' wait_until 2 heard_of 2

# ---- a crash: the addresses are adopted ----
plug 1
ns_ip r1 addr flush dev lan0 scope global
ns_ip r1 addr del $LOCAL/64 dev lan0
reap r2 KILL || true
expect 'a killed router leaves its addresses' owns 2
start 2
expect 'the next run adopts them' soon 2 .reason 'was Active when the last run ended; adopted its addresses'
reap r2 TERM
expect 'a clean stop removes them' homeless 2

# ---- the interface loses its addresses ----
start 1
ctl 1 wait SIX active --timeout 5
ns_sysctl r1 net.ipv6.conf.lan0.disable_ipv6=1
expect 'without a link-local address the instance waits' soon 1 .reason 'interface lan0 has no link-local IPv6 address'
ns_sysctl r1 net.ipv6.conf.lan0.disable_ipv6=0
expect 'and comes back with it' soon 1 .state Active
expect 'its addresses too' owns 1
reap r1 TERM

# ---- a checksum without the pseudo-header, which IPv6 always has ----
start 1
ctl 1 wait SIX active --timeout 5
send() { ns r2 "$BUILD/tests/net/vrrpsend" -n 20 -p 250 "$@" lan0 "$(link_local 2)" $LOCAL $GLOBAL; }
send -b 5:10 -m
expect 'is counted as wrong' soon 1 .counters.bad_checksum 20
expect 'and said, once' test "$(grep -c "a wrong checksum, damaged or made wrong: $(link_local 2)" "$W/r1.log")" = 1
expect 'and moves nothing' is 1 .counters.became_active 1
send
expect 'while one with it counts' soon 1 .peer.priority 250
reap r1 TERM

# ---- both families side by side ----
listens() { ns_ip r1 maddr show dev lan0 | grep -qE "inet6? +$1( |\$)"; }
deaf() { ! listens "$1"; }
{
    conf 1
    conf 1 | sed "s/SIX/FOUR/; s/native_ipv6//; s|$LOCAL/64|10.9.1.254/24|; s|$GLOBAL/64||"
} >"$W/r1.conf"
ns_ip r1 addr add 10.9.1.251/24 dev lan0
start 1
expect 'one number serves IPv6' ctl 1 wait SIX active --timeout 5
expect 'and IPv4 on one interface' ctl 1 wait FOUR active --timeout 5
expect 'whose group is joined' listens 224.0.0.18
conf 1 >"$W/r1.conf"
ctl 1 reload >/dev/null 2>&1
expect 'a reload without IPv4 stops listening there' deaf 224.0.0.18
expect 'and goes on with IPv6' listens ff02::12
expect 'in its state' is 1 .counters.became_active 1
reap r1 TERM
tap_done
