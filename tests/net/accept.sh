#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# accept [BUILD]: no_accept on a LAN in namespaces: the Active router resolves its virtual addresses and forwards,
# and takes no packet for them. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-accept.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
LOCAL=fe80::22

conf() { # STATEMENT...: of both instances
    printf 'vrrp_instance FOUR {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n advert_int 0.1\n'
    printf ' %s\n' "$@"
    printf ' virtual_ipaddress { 10.9.1.254/24 }\n}\n'
    printf 'vrrp_instance SIX {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n advert_int 0.1\n'
    printf ' %s\n' "$@"
    printf ' virtual_ipaddress {\n  %s/64\n  2001:db8:1::254/64\n }\n}\n' $LOCAL
}
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@"; }
start() {
    spawn_ns r1 "$W/log" r1 "$BUILD/vrrpd/vrrpd" -f "$W/conf" -r "$W/run"
    ctl wait FOUR active --timeout 5 && ctl wait SIX active --timeout 5
}
not() { ! "$@"; }
answers() { ns pc ping -n -c 1 -W 1 "$1"; }
table() { ns r1 nft list table inet vrrp_sla_accept; }

ns_add pc r1 far
for host in pc r1 far; do
    ns_sysctl $host net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0
done
ns_link pc lan0 r1 lan0
ns_link r1 far0 far far0
ns_sysctl r1 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ns_ip pc addr add 10.9.1.10/24 dev lan0
ns_ip r1 addr add 10.9.1.251/24 dev lan0
ns_ip r1 addr add 10.9.2.1/24 dev far0
ns_ip far addr add 10.9.2.2/24 dev far0
ns_ip pc addr add 2001:db8:1::10/64 dev lan0 nodad
ns_ip r1 addr add 2001:db8:1::251/64 dev lan0 nodad
ns_ip r1 addr add 2001:db8:2::1/64 dev far0 nodad
ns_ip far addr add 2001:db8:2::2/64 dev far0 nodad
ns_ip far route add default via 10.9.2.1
ns_ip far -6 route add default via 2001:db8:2::1
ns_ip pc route add default via 10.9.1.254
ns_ip pc -6 route add default via $LOCAL dev lan0
has_local() { ns_ip r1 -6 -o addr show dev lan0 scope link | grep -q fe80; }
wait_until 5 has_local

conf no_accept >"$W/conf"
expect 'both families become Active' start
expect 'no_accept: a ping of the virtual address is dropped' not answers 10.9.1.254
expect 'and of the IPv6 ones' not answers 2001:db8:1::254
expect 'the link-local one too' not answers "$LOCAL%lan0"
expect 'the router itself answers' answers 10.9.1.251
expect 'what is forwarded passes' answers 10.9.2.2
expect 'by IPv6 too, with neighbor discovery of the virtual router' answers 2001:db8:2::2
expect 'the virtual address is resolved' sh -c "ip netns exec $(netns pc) ip neigh show 10.9.1.254 | grep -q lladdr"
ns r1 nft flush ruleset
expect 'rules that another program flushes are put back' wait_until 2 table
expect 'and drop again' not answers 10.9.1.254
conf accept >"$W/conf"
ctl reload >/dev/null 2>&1
expect 'a reload with accept answers' answers 10.9.1.254
expect 'by IPv6 too' answers 2001:db8:1::254
expect 'and has no table' not table
conf no_accept >"$W/conf"
ctl reload >/dev/null 2>&1
expect 'a reload with no_accept drops' not answers 10.9.1.254
expect 'without a change of state' sh -c "'$BUILD/vrrpctl/vrrpctl' -r '$W/run' --json status |
    jq -e '[.instances[].counters.became_active] == [1, 1]'"
reap r1 TERM
expect 'a clean stop leaves no table' not table

start
reap r1 KILL || true
expect 'a crash leaves the table' table
expect '--flush removes it' ns r1 "$BUILD/vrrpd/vrrpd" -f "$W/conf" -r "$W/run" --flush
expect 'and that is all' not table

conf no_accept 'priority 255' | sed '/priority 200/d' >"$W/conf"
start
expect 'the owner of the addresses accepts in any case' answers 10.9.1.254
expect 'and needs no table' not table
reap r1 TERM
tap_done
