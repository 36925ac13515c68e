#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vmac [BUILD]: use_vmac on a LAN in namespaces: what a host and the switch see of the virtual MAC address, a silent
# Backup, macvlans that are made, adopted, repaired and removed with the settings around them, and keepalived as the
# other router in both roles. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/lan.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-vmac.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
LOCAL=fe80::22 GLOBAL=2001:db8:22::1 VIP=10.9.1.254 VIP2=10.9.1.253
MAC4=00:00:5e:00:01:16 MAC6=00:00:5e:00:02:16

instance() { # N NAME VERSION VRID ADVERT_INT STATEMENT...
    local n=$1 name=$2 version=$3 vrid=$4 interval=$5
    shift 5
    printf 'vrrp_instance %s {\n version %s\n interface lan0\n virtual_router_id %s\n priority %s\n advert_int %s\n' \
        "$name" "$version" "$vrid" $((220 - 20 * n)) "$interval"
    printf ' %s\n' "$@"
    printf '}\n'
}
four() { local n=$1; shift; instance "$n" FOUR 3 22 0.1 "virtual_ipaddress { $VIP/24 }" "$@"; }
six() { local n=$1; shift; instance "$n" SIX 3 22 0.1 "virtual_ipaddress {" " $LOCAL" " $GLOBAL/64" "}" "$@"; }
two() { local n=$1; shift; instance "$n" TWO 2 23 1 "virtual_ipaddress { $VIP2/24 }" "$@"; }
conf() { { four "$1" use_vmac; six "$1" use_vmac; two "$1" 'use_vmac vm23 02:00:5e:00:01'; } >"$W/r$1.conf"; }
fast() { { four "$1" use_vmac; six "$1" use_vmac; } >"$W/r$1.conf"; }
reload() { ctl "$1" reload >/dev/null 2>&1; }
# N INSTANCE FILTER
get() { ctl "$1" --json status | jq -r ".instances[] | select(.name == \"$2\") | $3"; }
is() { [ "$(get "$1" "$2" "$3")" = "$4" ] || { echo "$2 $3 is $(get "$1" "$2" "$3")"; return 1; }; }
SOON_S=5
states() { # N WANTED: of all instances of a router
    [ "$(ctl "$1" --json status | jq -r '[.instances[].state] | unique | join(" ")')" = "$2" ]
}
holds() { ns_ip "r$1" -o addr show dev "$2" 2>/dev/null | grep -qF " $3/"; }
not() { ! "$@"; }
link() { ns_ip "r$1" -o link show dev "$2" 2>/dev/null; }
is_up() { link "$1" "$2" | grep -q '[<,]UP[,>]'; }
has_mac() { link "$1" "$2" | grep -qF "link/ether $3 "; }
base_mac() { link "$1" lan0 | sed 's/.*link\/ether \([^ ]*\).*/\1/'; }
neigh() { ns_ip pc neigh show "$1" dev lan0 | sed -n 's/.*lladdr \([^ ]*\).*/\1/p'; }
resolves() { [ "$(neigh "$1")" = "$2" ] || { echo "$1 is at $(neigh "$1")"; return 1; }; }
answers() { ns pc ping -n -c 1 -W 1 "$1"; }
setting() { ns "r$1" sysctl -n "net/ipv4/conf/$2/$3"; }
set_to() { [ "$(setting "$1" "$2" "$3")" = "$4" ] || { echo "$3 of $2 is $(setting "$1" "$2" "$3")"; return 1; }; }
untouched() { set_to "$1" lan0 arp_ignore 0 && set_to "$1" lan0 arp_announce 1; }
macvlans() { ns_ip "r$1" -o link show type macvlan | wc -l; }
none_left() { [ "$(macvlans "$1")" = 0 ] && untouched "$1"; }
learned() { ns lan bridge fdb show dev "p$2" | grep -q "^$1 .*master"; } # MAC PORT
from_vmac() { captured "$1" 'ether[0] >= 0 and ether[6:4] = 0x00005e00 or ether[6:4] = 0x02005e00'; }
fields() { # FILE FILTER FIELD...: the different lines
    local file=$1 filter=$2 field args=()
    shift 2
    for field in "$@"; do args+=(-e "$field"); done
    tshark -n -o ip.check_checksum:TRUE -r "$file" -Y "$filter" -T fields "${args[@]}" 2>/dev/null | sort -u
}
only() { # FILE FILTER WANTED FIELD...
    local file=$1 filter=$2 wanted=$3 got
    shift 3
    got=$(fields "$file" "$filter" "$@")
    [ "$got" = "$wanted" ] || { echo "got $got"; return 1; }
}

lan_up pc r1 r2
for host in pc r1 r2; do
    ns_sysctl $host net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
done
ns_sysctl pc net.ipv6.conf.default.accept_ra=0
for n in 1 2; do
    ns_sysctl "r$n" net.ipv4.conf.default.arp_announce=1
    lan_router "$n"
    ns_sysctl "r$n" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    conf "$n"
done
lan_port pc
ns_ip pc addr add 10.9.1.10/24 dev lan0
ns_ip pc addr add 2001:db8:22::10/64 dev lan0 nodad
link_local() { ns_ip "r$1" -6 -o addr show dev lan0 scope link | awk '{ sub("/.*", "", $4); print $4 }'; }
wait_until 5 link_local 1
wait_until 5 link_local 2
# Strict everywhere: the way back of what comes in by the macvlan is the interface.
ns_sysctl r1 net.ipv4.conf.all.rp_filter=1
ns_sysctl r2 net.ipv4.conf.all.rp_filter=1

# ---- a pair of ours ----
capture one lan p1 "$W/one.pcap"
start 1
expect 'both families and both versions become Active' wait_until 8 states 1 Active
capture silent lan p2 "$W/silent.pcap" -Q in
start 2
expect 'the other router is Backup' wait_until 5 states 2 Backup
expect 'the macvlan has the virtual MAC address' has_mac 1 vrrp.22 $MAC4
expect 'of IPv6 its own' has_mac 1 vrrp6.22 $MAC6
expect 'or the one that the configuration gives, with its name' has_mac 1 vm23 02:00:5e:00:01:17
expect 'status shows it' is 1 FOUR .vmac $MAC4
expect 'and of IPv6' is 1 SIX .vmac $MAC6
expect 'the address is on the macvlan' holds 1 vrrp.22 $VIP
expect 'not on the interface' not holds 1 lan0 $VIP
expect 'the IPv6 addresses too' holds 1 vrrp6.22 $GLOBAL
expect 'the macvlan of a Backup is there' has_mac 2 vrrp.22 $MAC4
expect 'and down' not is_up 2 vrrp.22
expect 'a host reaches the virtual address' answers $VIP
expect 'at the virtual MAC address' resolves $VIP $MAC4
expect 'by IPv6 too' answers $GLOBAL
expect 'at that of IPv6' resolves $GLOBAL $MAC6
expect 'the link-local one answers' answers "$LOCAL%lan0"
expect 'and so does the second virtual router' answers $VIP2
expect 'at its own' resolves $VIP2 02:00:5e:00:01:17
expect 'the router itself' answers 10.9.1.251
expect 'has the MAC address of its interface' resolves 10.9.1.251 "$(base_mac 1)"
ns r1 ping -n -c 1 -W 1 -I $VIP 10.9.1.10 >/dev/null
ns_ip r1 neigh flush dev lan0
ns r1 ping -n -c 1 -W 1 -I $VIP 10.9.1.10 >/dev/null
expect 'what the router sends from the virtual address moves no entry' resolves $VIP $MAC4
expect 'the switch has the virtual MAC address at the Active router' learned $MAC4 1
pause 2
reap silent INT
expect_number 'frames of the Backup from a virtual MAC address, from its start on' "$(from_vmac "$W/silent.pcap")" == 0
expect 'adverts come from the virtual MAC address and the primary IPv4 address' only "$W/one.pcap" 'vrrp && vrrp.virt_rtr_id == 22 && ip' \
    "$MAC4"$'\t10.9.1.251\t224.0.0.18\t255\t1' eth.src ip.src ip.dst ip.ttl ip.checksum.status
expect 'of IPv6 from the link-local address' only "$W/one.pcap" 'vrrp && ipv6' \
    "$MAC6"$'\t'"$(link_local 1)"$'\tff02::12\t255' eth.src ipv6.src ipv6.dst ipv6.hlim
expect 'gratuitous ARP says the virtual MAC address' only "$W/one.pcap" "arp.src.proto_ipv4 == $VIP && arp.dst.proto_ipv4 == $VIP" \
    "$MAC4"$'\t'"$MAC4" eth.src arp.src.hw_mac
expect 'and nobody else claims the address' only "$W/one.pcap" "arp.src.proto_ipv4 == $VIP" "$MAC4" arp.src.hw_mac
expect 'neighbor advertisements say that of IPv6' only "$W/one.pcap" "icmpv6.type == 136 && icmpv6.nd.na.target_address == $GLOBAL" \
    "$MAC6"$'\t'"$MAC6" eth.src icmpv6.opt.linkaddr

# ---- a take-over ----
never_elsewhere() { ! grep "^$VIP .* lladdr" "$W/neigh.log" | grep -v "lladdr $MAC4"; }
spawn monitor "$W/neigh.log" ip -n "$(netns pc)" monitor neigh
spawn_ns pings "$W/pings" pc ping -n -i 0.02 -W 1 $VIP
pause 0.3
expect 'drain hands over' ctl 1 drain --all
expect 'to the peer' wait_until 5 states 2 Active
expect 'the drained one is Backup' wait_until 5 states 1 Backup
expect 'and its macvlan down' not is_up 1 vrrp.22
expect 'the host still has the virtual MAC address' resolves $VIP $MAC4
expect 'the switch has it at the new Active router' learned $MAC4 2
pause 0.3
reap pings INT
expect 'not one ping is lost' grep -q ' 0% packet loss' "$W/pings"
reap monitor
expect "the host's entry never had another MAC address" never_elsewhere
ctl 1 resume --all
expect 'resume takes it back' wait_until 5 states 1 Active
reap one INT

# ---- repair ----
fast 1
fast 2
reload 1
reload 2
expect 'a reload removes the macvlan of an instance that is gone' not link 1 vm23
expect 'and leaves the others' is_up 1 vrrp.22
before=$(get 1 FOUR .counters.became_active)
ns_ip r1 link del dev vrrp.22
expect 'a macvlan that somebody removes comes back' wait_until 2 has_mac 1 vrrp.22 $MAC4
expect 'with the address' wait_until 2 holds 1 vrrp.22 $VIP
expect 'and answers' answers $VIP
expect 'without a change of state' is 1 FOUR .counters.became_active "$before"
ns_ip r1 link set dev vrrp6.22 down
expect 'one that somebody sets down is up again' wait_until 2 is_up 1 vrrp6.22
expect 'with its addresses' wait_until 2 holds 1 vrrp6.22 $GLOBAL
ns_ip r2 link set dev vrrp.22 up
expect "a Backup's goes down again" wait_until 2 not is_up 2 vrrp.22
ns_ip r1 link del dev lan0
expect 'without the interface the instances wait' wait_until 5 states 1 Initialize
lan_router 1
expect 'with it they come back' wait_until 8 states 1 Active
expect 'and so do the macvlans' answers $VIP
expect 'at the virtual MAC address' resolves $VIP $MAC4

# ---- crash, reload, stop ----
reap r1 KILL || true
expect 'a killed router leaves its macvlan' holds 1 vrrp.22 $VIP
start 1
expect 'the next run adopts it' soon 1 FOUR .reason 'was Active when the last run ended; adopted its addresses'
expect 'with the address' holds 1 vrrp.22 $VIP
reap r1 KILL || true
ns_ip r1 addr flush dev vrrp.22
start 1
ctl 1 wait FOUR active --timeout 5
{ four 1; six 1 'use_vmac vrrp6.22' vmac_xmit_base; } >"$W/r1.conf"
capture base lan p1 "$W/base.pcap" ip6 proto 112
reload 1
expect 'a reload without use_vmac goes on' soon 1 FOUR .state Active
expect 'with the address on the interface' wait_until 5 holds 1 lan0 $VIP
expect 'at its MAC address' is 1 FOUR .vmac null
expect 'and without the macvlan' not link 1 vrrp.22
soon 1 SIX .state Active
pause 0.5
reap base INT
expect 'with vmac_xmit_base adverts have the MAC address of the interface' only "$W/base.pcap" "vrrp && ipv6 && frame.time_relative > 0.4" \
    "$(base_mac 1)" eth.src
fast 1
reload 1
expect 'a reload with use_vmac makes it again' wait_until 8 states 1 Active
expect 'with its settings' set_to 1 lan0 arp_ignore 1
expect 'on the macvlan too' set_to 1 vrrp.22 rp_filter 2
reap r1 TERM
expect 'a clean stop leaves no macvlan and no setting' none_left 1
start 1
wait_until 8 states 1 Active
reap r1 KILL || true
expect '--flush works without a daemon' ns r1 "$BUILD/vrrpd/vrrpd" -f "$W/r1.conf" -r "$W/r1" --flush
expect 'and leaves none either' none_left 1
reap r2 TERM

# ---- many at once ----
many() {
    local vrid
    for vrid in {101..124}; do instance 1 "M$vrid" 3 "$vrid" 1 "virtual_ipaddress { 10.9.2.$vrid/24 }" use_vmac; done
}
count_is() { [ "$(macvlans 1)" = "$1" ] || { echo "$(macvlans 1) macvlans"; return 1; }; }
{ four 1 use_vmac; many; } >"$W/r1.conf"
start 1
expect 'many become Active' wait_until 8 states 1 Active
four 1 use_vmac >"$W/r1.conf"
reload 1
expect 'a reload that drops them removes them all' wait_until 5 count_is 1
expect 'and keeps the settings for the one that is left' set_to 1 lan0 arp_ignore 1
{ four 1 use_vmac; many; } >"$W/r1.conf"
reload 1
expect 'another brings them back' wait_until 8 states 1 Active
expect 'each with its macvlan' count_is 25
reap r1 TERM
expect 'a stop removes them all' none_left 1

# ---- a name that is taken ----
fast 1
ns_ip r1 link add vrrp.22 type bridge
start 1
expect 'an interface of that name that is not ours is named' soon 1 FOUR .reason 'interface vrrp.22 is there, but not of this program'
expect 'and its instance waits' is 1 FOUR .state Initialize
expect 'not the others' soon 1 SIX .state Active
ns_ip r1 link del vrrp.22
expect 'until it is gone' soon 1 FOUR .state Active
reap r1 TERM

# ---- keepalived as the other router ----
conf 2
sed -i 's/02:00:5e:00:01//' "$W/r2.conf"
{ four 1 use_vmac; six 1 use_vmac; two 1 'use_vmac vm23'; } >"$W/r1.conf"
ka_holds() { ns_ip "r$1" -o addr show | grep -qF " $2/"; }
start 2 keepalived
expect 'keepalived alone is Active' wait_until 5 ka_holds 2 $VIP
start 1
expect 'ours preempts it' wait_until 8 states 1 Active
expect 'and it lets go' wait_until 5 not ka_holds 2 $VIP
answers $VIP >/dev/null
expect 'at the same virtual MAC address' resolves $VIP $MAC4
expect 'no advert of it is wrong' is 1 FOUR '.counters | [.bad_checksum, .bad_ttl, .bad_length, .own_echo] | add' 0
reap r1 TERM
expect 'keepalived takes over on priority 0' wait_until 3 ka_holds 2 $VIP
expect 'of IPv6 too' wait_until 3 ka_holds 2 $GLOBAL
expect 'of version 2 too' wait_until 5 ka_holds 2 $VIP2
expect 'the host has the virtual MAC address still' resolves $VIP $MAC4
expect 'and reaches keepalived' answers $VIP
sed 's/priority 180/priority 230/' "$W/r2.conf" >"$W/ka.conf"
mv "$W/ka.conf" "$W/r2.conf"
reap r2 TERM
start 2 keepalived
wait_until 5 ka_holds 2 $VIP2
start 1
expect 'beside a better keepalived ours is Backup' wait_until 5 states 1 Backup
pause 1
expect 'and stays it' states 1 Backup
expect 'with its priority' is 1 FOUR .peer.priority 230
expect 'in version 2 too' is 1 TWO .peer.priority 230
reap r2 TERM
expect 'ours takes over on its priority 0' wait_until 8 states 1 Active
expect 'and answers at the virtual MAC address' answers $VIP
reap r1 TERM
expect 'nothing is left' none_left 1
tap_done
