#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# routes [BUILD]: static and virtual addresses, routes and rules, in every form that the documentation of keepalived
# shows: put, ordered within a takeover, repaired, changed by a reload, adopted after a crash, and removed. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-routes.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

STATIC_ADDRESSES=('10.7.0.1/24 dev wan0' '10.7.1.1 dev wan0 scope link' '2001:db8:7::1/64 dev wan0')
STATIC_ROUTES=(
    'src 10.7.0.1 10.8.0.0/16 via 10.7.0.2 dev wan0'
    '10.8.1.0/24 via 10.7.0.2 dev wan0 track_group GROUP1'
    '10.8.2.0/24 dev wan0 scope site'
)
STATIC_RULES=('from 10.8.0.0/24 table 201 track_group GROUP1' 'to 10.8.0.0/24 table 201')
ROUTES=(
    'src 10.1.22.254 to 10.109.0.0/24 via 192.0.2.254 dev wan0'
    '10.110.0.0/24 via 192.0.2.254 dev wan0'
    '10.111.0.0/24 dev wan0'
    '10.112.0.0/24 via 192.0.2.254'
    '10.113.0.0/24 via 192.0.2.253 or 192.0.2.254 dev wan0'
    'blackhole 10.114.0.0/24'
    '0.0.0.0/0 gw 192.0.2.254 table 100'
    '10.115.0.0/24 table 6909 nexthop via 192.0.2.253 dev wan0 weight 1 nexthop via 198.51.100.1 dev wan0 onlink weight 2'
    '10.116.0.0/24 dev wan0 table 6909 tos 0x04 scope link priority 12 mtu 1000 hoplimit 100 advmss 101 rtt 102ms rttvar 103 reordering 104 window 105 cwnd 106 ssthresh lock 107 rto_min 108ms initcwnd 109 initrwnd 110 features ecn quickack 1'
    'unreachable 10.117.0.0/24 metric 5'
    'prohibit 10.118.0.0/24'
    'throw 10.119.0.0/24'
    '10.120.0.0/24 dev wan0 no_track'
    '2001:db8:109::/64 via 2001:db8:2::254 dev wan0'
    'default inet6 via 2001:db8:2::254 table 101'
    'blackhole 2001:db8:114::/64'
    '2001:db8:113::/64 nexthop via 2001:db8:2::253 dev wan0 nexthop via 2001:db8:2::254 dev wan0'
    '2001:db8:116::4 dev wan0 table 6909 mtu 1300 hoplimit 100 advmss 101'
    'local 10.121.0.1 dev wan0'
)
RULES=(
    'from 10.1.22.0/24 table 100'
    'to 10.1.23.0/24 table 100 no_track'
    'from 10.28.0.0/24 to 10.29.0.0/26 lookup 6909 iif lan0 oif wan0 tos 0x10 fwmark 24/12 preference 39 goto_is_not_here'
    'to 2001:db8:5::/112 from 2001:db8:6::/96 table 6908 uidrange 10000-19999 priority 50'
    'to 2001:db8:5::/112 l3mdev ip_proto UDP sport 10-20 dport 20-30 priority 51'
    'not from 10.30.0.0/16 table 300 priority 60'
    'from all fwmark 7 goto 32000 priority 61'
    'from 10.31.0.0/16 lookup main suppress_prefixlength 0 priority 62'
    'inet6 from all iif lan0 unreachable priority 63'
    'from 10.32.0.0/16 prohibit priority 64'
    'to 0.0.0.0/0 fwmark 5/0 table 301 priority 65'
)
RULES[2]=${RULES[2]% goto*}
block() { local name=$1; shift; printf '%s {\n' "$name"; printf '  %s\n' "$@"; printf '}\n'; }
statics() {
    block static_ipaddress "${STATIC_ADDRESSES[@]}"
    block static_routes "${STATIC_ROUTES[@]}"
    block static_rules "${STATIC_RULES[@]}"
}
conf() {
    printf 'vrrp_instance A {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n advert_int 0.1\n'
    printf ' virtual_ipaddress {\n  10.1.22.254/24\n }\n'
    block ' virtual_routes' "${ROUTES[@]}"
    block ' virtual_rules' "${RULES[@]}"
    printf '}\n'
}
plain() { printf 'vrrp_instance A {\n version 3\n interface lan0\n virtual_router_id 22\n virtual_ipaddress {\n  10.1.22.254/24\n }\n}\n'; }
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@"; }
start() { spawn_ns r "$W/log" r "$BUILD/vrrpd/vrrpd" -f "$W/a.conf" -r "$W/run"; }
said() { grep -qE -- "$1" "$W/log" || { tail -n 3 "$W/log"; return 1; }; }
soon() { wait_until 3 "$@" || "$@"; }

# ---- what the kernel has under our mark, one line each ----
routes() { { ns_ip r -4 -o route show table all proto 113; ns_ip r -6 -o route show table all proto 113; } | tr '\134\t' '  ' | sed 's/  */ /g; s/ $//'; }
rules() { { ns_ip r -4 rule; ns_ip r -6 rule; } | grep 'proto 113' | tr '\t' ' '; }
route_is() { # WORDS: a route of ours has just these, but for the mark
    routes | sed 's/ proto 113//' | grep -qxF -- "$1" || { routes; return 1; }
}
rule_is() { rules | sed 's/ proto 113//' | grep -qxF -- "$1" || { rules; return 1; }; }
count() { # ROUTES RULES
    [ "$(routes | wc -l) $(rules | wc -l)" = "$1 $2" ] || { routes; rules; return 1; }
}
address_is() { ns_ip r -o addr show | grep -qF " $1 " || { ns_ip r -o addr show; return 1; }; }
no_address() { ! address_is "$1" >/dev/null; }

ns_add r far
ns_sysctl r net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0
ns_link r lan0 far lan0
ns_link r wan0 far wan0
ns_ip r addr add 10.1.22.252/24 dev lan0
ns_ip r addr add 192.0.2.1/24 dev wan0
ns_ip r addr add 2001:db8:2::1/64 dev wan0
ns_ip r route add 10.200.0.0/24 dev wan0 proto static
ns_ip r rule add from 10.200.0.0/24 table 7 priority 700
foreign() { ns_ip r route show proto static | grep -q 10.200.0.0/24 && ns_ip r rule | grep -q '^700:'; }

# ---- static things alone ----
statics >"$W/a.conf"
plain >>"$W/a.conf"
expect 'the file is read' "$BUILD/vrrpd/vrrpd" -t -f "$W/a.conf"
start
expect 'static addresses are there' soon address_is 10.7.0.1/24
expect 'each of them' address_is 10.7.1.1/32
expect 'and of IPv6' address_is 2001:db8:7::1/64
expect 'static routes and rules are there' soon count 3 2
expect 'with a gateway that a static address makes reachable' route_is '10.8.0.0/16 via 10.7.0.2 dev wan0 src 10.7.0.1'
expect 'with a scope' route_is '10.8.2.0/24 dev wan0 scope site'
expect 'rules count down from 16384' rule_is '16384: from 10.8.0.0/24 lookup 201'
expect 'in the order of the file' rule_is '16383: from all to 10.8.0.0/24 lookup 201'
ns_ip r addr del 10.7.0.1/24 dev wan0
expect 'a static address that somebody removes is put back' soon address_is 10.7.0.1/24
expect 'and the routes that went with it' soon count 3 2
reap r TERM
expect 'a stop takes them away' count 0 0
expect 'and the addresses' no_address 10.7.0.1/24

# ---- a takeover ----
{ statics; conf; } >"$W/a.conf"
spawn_ns mon "$W/monitor" r ip -ts monitor address route rule
start
expect 'the instance becomes Active' ctl wait A active --timeout 5
expect_number 'complaints' "$(grep -c '^<[0-4]>' "$W/log")" == 0
sleep 0.3
reap mon INT
expect 'all routes and rules are there' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))
expect 'a source that is the virtual address' route_is '10.109.0.0/24 via 192.0.2.254 dev wan0 src 10.1.22.254'
expect 'via and dev' route_is '10.110.0.0/24 via 192.0.2.254 dev wan0'
expect 'dev alone' route_is '10.111.0.0/24 dev wan0 scope link'
expect 'via alone' route_is '10.112.0.0/24 via 192.0.2.254 dev wan0'
expect 'via A or B' route_is '10.113.0.0/24 nexthop via 192.0.2.253 dev wan0 weight 1 nexthop via 192.0.2.254 dev wan0 weight 1'
expect 'blackhole' route_is 'blackhole 10.114.0.0/24'
expect 'a default route in a table' route_is 'default via 192.0.2.254 dev wan0 table 100'
expect 'nexthops with weights, one onlink' route_is '10.115.0.0/24 table 6909 nexthop via 192.0.2.253 dev wan0 weight 1 nexthop via 198.51.100.1 dev wan0 weight 2 onlink'
expect 'tos, metric and all limits' route_is '10.116.0.0/24 tos 0x04 dev wan0 table 6909 scope link metric 12 mtu 1000 window 105 rtt 102ms rttvar 25ms ssthresh lock 107 cwnd 106 advmss 101 reordering 104 hoplimit 100 initcwnd 109 features ecn rto_min 108ms initrwnd 110 quickack 1'
expect 'unreachable' route_is 'unreachable 10.117.0.0/24 metric 5'
expect 'prohibit' route_is 'prohibit 10.118.0.0/24'
expect 'local' route_is 'local 10.121.0.1 dev wan0 table local scope host'
expect 'throw' route_is 'throw 10.119.0.0/24'
expect 'IPv6' route_is '2001:db8:109::/64 via 2001:db8:2::254 dev wan0 metric 1024 pref medium'
expect 'a default route of IPv6' route_is 'default via 2001:db8:2::254 dev wan0 table 101 metric 1024 pref medium'
expect 'blackhole of IPv6' route_is 'blackhole 2001:db8:114::/64 dev lo metric 1024 pref medium'
expect 'nexthops of IPv6' route_is '2001:db8:113::/64 metric 1024 pref medium nexthop via 2001:db8:2::253 dev wan0 weight 1 nexthop via 2001:db8:2::254 dev wan0 weight 1'
expect 'limits of IPv6' route_is '2001:db8:116::4 dev wan0 table 6909 metric 1024 mtu 1300 advmss 101 hoplimit 100 pref medium'
expect 'a rule with interfaces, tos, mark and mask' rule_is '39: from 10.28.0.0/24 to 10.29.0.0/26 tos 0x10 fwmark 0x18/0xc iif lan0 oif wan0 lookup 6909'
expect 'a rule by uid' rule_is '50: from 2001:db8:6::/96 to 2001:db8:5::/112 uidrange 10000-19999 lookup 6908'
expect 'a rule by ports, for VRFs' rule_is '51: from all to 2001:db8:5::/112 lookup [l3mdev-table] ipproto udp sport 10-20 dport 20-30'
expect 'not' rule_is '60: not from 10.30.0.0/16 lookup 300'
expect 'prohibit' rule_is '64: from 10.32.0.0/16 prohibit'
expect 'any destination, a mark without a bit' rule_is '65: from all fwmark 0x5/0 lookup 301'
expect 'goto' rule_is '61: from all fwmark 0x7 goto 32000 [unresolved]'
expect 'suppress_prefixlength' rule_is '62: from 10.31.0.0/16 lookup main suppress_prefixlength 0'
expect 'unreachable of IPv6' rule_is '63: from all iif lan0 unreachable'

# ---- the order: address, routes, rules, gratuitous ARP; and the way back ----
line_of() { sed 's/^\[[^]]*\] //' "$W/monitor" | grep -nE -- "$1" | head -n 1 | cut -d : -f 1; }
before() { # LAST-OF FIRST-OF, as lines of ip-monitor
    local a b
    a=$(line_of "$1") b=$(line_of "$2")
    [ "${a:-0}" -gt 0 ] && [ "$a" -lt "${b:-0}" ] && return
    echo "lines $a, $b"
    return 1
}
sent_before() { # the last system call with the one word is before the first with the other
    local a b
    a=$(grep -n -- "$1" "$W/trace" | tail -n 1 | cut -d : -f 1)
    b=$(grep -n -- "$2" "$W/trace" | head -n 1 | cut -d : -f 1)
    [ "${a:-0}" -gt 0 ] && [ "$a" -lt "${b:-0}" ] && return
    echo "calls $a, $b"
    return 1
}
expect 'in a takeover the address is first' before 'inet 10.1.22.254/24' '^10.109.0.0/24'
expect 'then the routes' before '^10.120.0.0/24' '16382:'
spawn_ns mon "$W/monitor" r ip monitor address route rule
sleep 0.2
: >"$W/monitor"
ctl drain A --force >/dev/null
expect 'virtual ones are gone when it is not Active' soon count 3 2
sleep 0.2
reap mon INT
expect 'the routes left before the address' before '^Deleted 10.110.0.0/24' '^Deleted.*inet 10.1.22.254/24'
expect 'the rules before the routes' before '^Deleted 39:' '^Deleted 10.110.0.0/24'
expect 'strangers are spared' foreign
spawn_ns trace "$W/trace.log" r strace -o "$W/trace" -e trace=sendto,sendmsg,sendmmsg -p "${LAB_PID[r]}"
wait_until 5 grep -q attached "$W/trace.log"
ctl resume A >/dev/null
expect 'they come again' ctl wait A active --timeout 5
wait_until 2 grep -q ETH_P_ARP "$W/trace"
reap trace INT || true
expect 'the gratuitous ARP behind the last rule' sent_before RTM_NEWRULE ETH_P_ARP
expect 'and the address before the first route' sent_before RTM_NEWADDR RTM_NEWROUTE
expect_number 'datagrams that put the routes' "$(grep -c RTM_NEWROUTE "$W/trace")" == 1
expect_number 'and the rules' "$(grep -c RTM_NEWRULE "$W/trace")" == 1
expect 'all of them' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))

# ---- repair ----
ns_ip r route del 10.110.0.0/24
ns_ip r route del 10.112.0.0/24
ns_ip r route del 10.120.0.0/24
ns_ip r -6 route del 2001:db8:109::/64
ns_ip r rule del from 10.28.0.0/24 to 10.29.0.0/26
ns_ip r rule del to 10.1.23.0/24
expect 'what somebody removes is put back, but for no_track' soon count $((2 + ${#ROUTES[@]})) $((1 + ${#RULES[@]}))
expect 'a route' route_is '10.110.0.0/24 via 192.0.2.254 dev wan0'
ns_ip r link set dev wan0 down
# But for a local one, which the kernel takes without.
kept() { [ "$(ns_ip r route show table all proto 113 | grep -v '^local' | grep -c 'dev wan0')" = "$1" ]; }
expect 'without its interface no route is left' soon kept 0
ns_ip r link set dev wan0 up
ns_ip r addr add 2001:db8:2::1/64 dev wan0 2>/dev/null
expect 'the routes come back with it' soon count $((2 + ${#ROUTES[@]})) $((1 + ${#RULES[@]}))
ns_ip r addr del 10.1.22.254/24 dev lan0
expect 'so do those whose source was removed' soon route_is '10.109.0.0/24 via 192.0.2.254 dev wan0 src 10.1.22.254'
ns_ip r link del wan0
expect 'an interface that is gone takes them along' soon kept 0
expect 'which is said' soon said 'A.* cannot add 10.109.0.0/24 via 192.0.2.254: '
expect 'and the router stays Active' ctl wait A active --timeout 1
ns_link r wan0 far wan0
ns_ip r addr add 192.0.2.1/24 dev wan0
ns_ip r addr add 2001:db8:2::1/64 dev wan0
ns_ip r route add 10.200.0.0/24 dev wan0 proto static
expect 'they are put on the new one' soon count $((2 + ${#ROUTES[@]})) $((1 + ${#RULES[@]}))
expect 'which is said too' soon said 'all virtual routes and rules are in place, but for what has no_track'

# ---- a reload changes the difference ----
spawn_ns mon "$W/monitor" r ip monitor route rule
sleep 0.2
: >"$W/monitor"
ROUTES[1]='10.110.0.0/24 via 192.0.2.253 dev wan0'
ROUTES[3]='10.212.0.0/24 via 192.0.2.254'
ROUTES[17]=${ROUTES[17]/mtu 1300/mtu 1310}
RULES[5]='from 10.30.0.0/16 blackhole priority 60'
STATIC_ADDRESSES[0]+=' preferred_lft 0'
STATIC_ADDRESSES[1]='10.7.1.2 dev wan0 scope link'
STATIC_ROUTES[1]='10.8.1.0/24 via 10.7.0.3 dev wan0'
{ statics; conf; } >"$W/a.conf"
expect 'a reload succeeds' ctl reload
expect 'all are there, also those that were not put back' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))
expect 'another gateway' route_is '10.110.0.0/24 via 192.0.2.253 dev wan0'
expect 'another destination' route_is '10.212.0.0/24 via 192.0.2.254 dev wan0'
expect 'another limit of IPv6' route_is '2001:db8:116::4 dev wan0 table 6909 metric 1024 mtu 1310 advmss 101 hoplimit 100 pref medium'
expect 'another rule' rule_is '60: from 10.30.0.0/16 blackhole'
expect 'another gateway of a static one' route_is '10.8.1.0/24 via 10.7.0.3 dev wan0'
deprecated() { ns_ip r -o addr show deprecated | grep -qF ' 10.7.0.1/24 '; }
expect 'another lifetime of one, where it is' deprecated
expect 'another static address' address_is 10.7.1.2/32
expect 'instead of the old one' no_address 10.7.1.1/32
sleep 0.2
reap mon INT
expect_number 'routes and rules that were removed' "$(grep -c '^Deleted .*proto 113' "$W/monitor")" == 5
cp "$W/a.conf" "$W/good.conf"
sed -i 's/10.212.0.0\/24 via/10.212.0.0\/24 vai/' "$W/a.conf"
expect 'a file with an error is refused' bash -c "! '$BUILD/vrrpctl/vrrpctl' -r '$W/run' reload"
expect 'and changes nothing' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))
cp "$W/good.conf" "$W/a.conf"

# ---- the kernel takes for the same what differs in `not' or in the target ----
RULES[6]='from all fwmark 7 goto 32001 priority 61'
RULES[7]='not from 10.31.0.0/16 lookup main suppress_prefixlength 0 priority 62'
{ statics; conf; } >"$W/a.conf"
expect 'a reload that changes rules alone' ctl reload
expect 'loses none' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))
expect 'another target' rule_is '61: from all fwmark 0x7 goto 32001 [unresolved]'
expect 'the opposite' rule_is '62: not from 10.31.0.0/16 lookup main suppress_prefixlength 0'
cp "$W/a.conf" "$W/good.conf"

# ---- a crash ----
reap r KILL || true
expect 'a killed daemon leaves them' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))
spawn_ns mon "$W/monitor" r ip monitor route rule
sleep 0.2
: >"$W/monitor"
start
expect 'the next run is Active' ctl wait A active --timeout 5
expect 'with all of them' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))
sleep 0.2
reap mon INT
expect_number 'of which none was removed' "$(grep -c '^Deleted .*proto 113' "$W/monitor")" == 0
reap r KILL || true
statics >"$W/a.conf"
start
expect 'a run without them removes them' soon count 3 2
reap r KILL || true
: >"$W/empty.conf"
expect 'a flush' ns r "$BUILD/vrrpd/vrrpd" --flush -f "$W/empty.conf" -r "$W/run"
expect 'leaves no route and no rule' count 0 0
expect 'no static address' no_address 10.7.0.1/24
expect 'and spares strangers' foreign

# ---- reloads from nothing, and to nothing ----
plain >"$W/a.conf"
start
expect 'a router without routes is Active' ctl wait A active --timeout 8
cp "$W/good.conf" "$W/a.conf"
expect 'a reload gives it some' ctl reload
expect 'all of them' count $((3 + ${#ROUTES[@]})) $((2 + ${#RULES[@]}))
plain >"$W/a.conf"
expect 'another reload takes them' ctl reload
expect 'away' count 0 0
expect 'and the static addresses' no_address 10.7.0.1/24
expect 'the router was Active all along' bash -c "'$BUILD/vrrpctl/vrrpctl' -r '$W/run' --json status | jq -e '.instances[0].counters.became_active == 1'"
reap r TERM
tap_done
