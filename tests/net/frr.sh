#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# frr [BUILD]: Debian's FRR as the other router: versions 2 and 3, IPv4 and IPv6 at once, both roles, hand-over, crash and
# return, and what a host on the LAN sees; tshark judges the wire. Root. Its daemons have their files in a folder of ours.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-frr.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
FRR=/usr/lib/frr F=$W/frr
# Virtual addresses of version 3, version 2 and IPv6; FRR's router is 10.9.1.252.
FOUR=10.9.1.254 OLD=10.9.1.253 SIX=2001:db8:22::1 LOCAL=fe80::22

# ---- ours ----
instance() { # NAME VRID PRIORITY ADVERT_INT ADDRESS... : of version 3
    printf 'vrrp_instance %s {\n version 3\n interface lan0\n virtual_router_id %s\n priority %s\n advert_int %s\n' "${@:1:4}"
    printf ' virtual_ipaddress {\n'
    printf '  %s\n' "${@:5}"
    printf ' }\n}\n'
}
conf() { # PRIORITY
    instance FOUR 22 "$1" 0.1 $FOUR/24
    instance OLD 23 "$1" 1 $OLD/24 | sed 's/version 3/version 2/'
    instance SIX 22 "$1" 0.1 $LOCAL/64 $SIX/64
}
start() { spawn_ns r1 "$W/r1.log" r1 "$BUILD/vrrpd/vrrpd" -f "$W/r1.conf" -r "$W/run"; }
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@"; }
ours() { ctl --json status | jq -rc "[.instances[] | $1]"; } # of FOUR, OLD and SIX
ours_is() { [ "$(ours "$1")" = "$2" ] || { ours "$1"; return 1; }; }
soon_ours() { wait_until 9 ours_is "$@" || ours_is "$@"; }
no_fault() { ours_is '.counters | with_entries(select((.key | test("^(bad_|own_|unknown_|address_)")) and .value > 0))' '[{},{},{}]'; }

# ---- FRR: it takes macvlans with the virtual addresses and MAC addresses as it finds them ----
macvlan() { # NAME MAC ADDRESS...
    local name=$1 address
    ns_ip r2 link add name "$name" link lan0 address "$2" type macvlan mode bridge
    shift 2
    for address in "$@"; do ns_ip r2 addr add "$address" dev "$name"; done
    ns_ip r2 link set dev "$name" up
}
frr_daemon() { # NAME CONF: FRR keeps what it says of a crash in /var/tmp, and this one is no crash to keep
    # shellcheck disable=SC2016
    spawn_ns "$1" "$W/$1.log" r2 unshare -m sh -c 'mount -t tmpfs tmpfs /var/tmp && exec "$@"' sh "$FRR/$1" -P 0 --log stdout \
        -z "$F/zserv" --vty_socket "$F" -i "$F/$1.pid" -f "$2"
}
vtysh() { ns r2 vtysh --config_dir "$F" --vty_socket "$F" -d vrrpd -c "$1" 2>/dev/null; }
frr() { vtysh 'show vrrp json' | jq -rc "[(.[] | select(.vrid == 22) | .v4), (.[] | select(.vrid == 23) | .v4), (.[] | select(.vrid == 22) | .v6) | $1]"; }
frr_is() { [ "$(frr .status)" = "[\"$1\",\"$1\",\"$1\"]" ] || { frr .status; return 1; }; }
soon_frr() { wait_until 9 frr_is "$1" || frr_is "$1"; }
three() { printf '["%s","%s","%s"]' "$1" "$1" "$1"; }
frr_start() { frr_daemon vrrpd "$F/vrrpd.conf"; }

# ---- a host, and the judge ----
reaches() { # how the host reaches all virtual routers: by these hardware addresses of FOUR, OLD and SIX
    ns pc fping -q -r 2 -t 300 $FOUR $OLD $SIX >/dev/null 2>&1
    [ "$(neighbor $FOUR) $(neighbor $OLD) $(neighbor $SIX)" = "$*" ] || { ns_ip pc neigh; return 1; }
}
neighbor() { ns_ip pc neigh show "$1" | sed -n 's/.* lladdr \([^ ]*\).*/\1/p'; }
by_ours() { wait_until 3 reaches "$MAC" "$MAC" "$MAC" || reaches "$MAC" "$MAC" "$MAC"; }
# FRR announces once, when its macvlan may not be up yet: the host has to ask.
by_frr() {
    ns_ip pc neigh flush dev lan0
    wait_until 3 reaches "${VMAC[@]}" || reaches "${VMAC[@]}"
}
only() { # FILTER WANTED FIELD...: every advert of the filter reads like that, and there is one
    local filter=$1 wanted=$2 got args=()
    shift 2
    for got in "$@"; do args+=(-e "$got"); done
    got=$(tshark -n -r "$W/cap" -Y "vrrp && $filter" -T fields "${args[@]}" 2>/dev/null | sort -u)
    [ "$got" = "$wanted" ] || { echo "got $got"; return 1; }
}

ns_add lan pc r1 r2
ns_bridge lan sw
for host in pc r1 r2; do
    ns_sysctl $host net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0
    ns_link $host lan0 lan "p$host"
    ns_ip lan link set dev "p$host" master sw
done
ns_ip pc addr add 10.9.1.10/24 dev lan0
ns_ip pc addr add 2001:db8:22::10/64 dev lan0 nodad
ns_ip r1 addr add 10.9.1.251/24 dev lan0
ns_ip r2 addr add 10.9.1.252/24 dev lan0
# Its lan0 must neither answer nor ask with the addresses of the macvlans.
ns_sysctl r2 net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
MAC=$(ns r1 cat /sys/class/net/lan0/address) VMAC=(00:00:5e:00:01:16 00:00:5e:00:01:17 00:00:5e:00:02:16)
macvlan four0 "${VMAC[0]}" $FOUR/24
macvlan old0 "${VMAC[1]}" $OLD/24
macvlan six0 "${VMAC[2]}" $LOCAL/64 $SIX/64
chmod 711 "$W"
mkdir "$F"
cat >"$F/vrrpd.conf" <<CONF
interface lan0
 vrrp 22 version 3
 vrrp 22 priority 150
 vrrp 22 advertisement-interval 100
 vrrp 22 ip $FOUR
 vrrp 22 ipv6 $LOCAL
 vrrp 22 ipv6 $SIX
 vrrp 23 version 2
 vrrp 23 priority 150
 vrrp 23 advertisement-interval 1000
 vrrp 23 ip $OLD
CONF
touch "$F/zebra.conf" "$F/vtysh.conf"
chown -R frr:frr "$F"
frr_daemon zebra "$F/zebra.conf"
wait_until 5 test -S "$F/zserv"

# ---- ours is the better router ----
conf 200 >"$W/r1.conf"
start
expect 'ours is Active' soon_ours .state "$(three Active)"
frr_start
# FRR takes the checksum of version 3 over IPv4 with a pseudo-header only, and becomes Master there until ours has heard it.
expect 'ours follows the form of the checksum' soon_ours '.peer.checksum' '["pseudo_header",null,null]'
capture cap lan sw "$W/cap" ip proto 112 or ip6 proto 112
expect 'FRR is the Backup' soon_frr Backup
expect 'ours is Active beside it' ours_is .state "$(three Active)"
expect 'a host reaches ours' by_ours
expect 'ours hands over' ctl drain --all
expect 'to FRR' soon_frr Master
expect 'and is the Backup' soon_ours .state "$(three Backup)"
expect 'that knows its peer' ours_is '.peer.address' "$(frr .primaryAddress)"
expect 'and its priority' ours_is '.peer.priority' '[150,150,150]'
expect 'the host reaches FRR' by_frr
expect 'ours takes back' ctl resume --all
expect 'from FRR' soon_ours .state "$(three Active)"
expect 'which is the Backup again' soon_frr Backup
expect 'the host reaches ours again' by_ours
expect 'ours finds no fault in adverts of FRR' no_fault
reap r1 TERM
expect 'when ours leaves FRR takes over' soon_frr Master
start
expect 'and gives way when it is back' soon_ours .state "$(three Active)"
expect 'as a Backup' soon_frr Backup

# ---- FRR is the better router ----
conf 100 >"$W/r1.conf"
ctl reload >/dev/null 2>&1
expect 'ours with a lower priority gives way' soon_ours .state "$(three Backup)"
expect 'to FRR' soon_frr Master
reap vrrpd KILL || true
expect 'ours takes over from a FRR that is killed' soon_ours .state "$(three Active)"
expect 'as the reason says' ours_is '.reason | startswith("no advert for ")' '[true,true,true]'
expect 'the host reaches ours' by_ours
frr_start
expect 'FRR takes back' soon_frr Master
expect 'and ours gives way' soon_ours .state "$(three Backup)"
before=$(ours .counters.priority_zero_received)
reap vrrpd TERM
expect 'ours takes over from a FRR that leaves' soon_ours .state "$(three Active)"
expect 'on its priority 0' test "$(ours .counters.priority_zero_received)" != "$before"
expect 'ours found no fault in adverts of FRR' no_fault
reap r1 TERM
reap zebra TERM
reap cap INT

# ---- the wire ----
expect 'tshark finds no fault in adverts of FRR over IPv4' only 'ip.src == 10.9.1.252' '1' vrrp.checksum.status
# FRR's IPv6 pseudo-header is an odd one, whose sum is the right one.
expect 'nor over IPv6' only "eth.src == ${VMAC[2]}" '1' vrrp.checksum.status
expect 'nor in those of ours' only "eth.src == $MAC" '1' vrrp.checksum.status
expect 'all have TTL 255' only 'ip' $'224.0.0.18\t255' ip.dst ip.ttl
expect 'or hop limit 255' only 'ipv6' $'ff02::12\t255' ipv6.dst ipv6.hlim
expect 'both are of version 3' only 'ip && vrrp.virt_rtr_id == 22' $'3\t10' vrrp.version vrrp.short_adver_int
expect 'over IPv6 too' only 'ipv6' $'3\t10' vrrp.version vrrp.short_adver_int
expect 'or of version 2' only 'vrrp.virt_rtr_id == 23' $'2\t1\t0' vrrp.version vrrp.adver_int vrrp.auth_type
expect 'with the same addresses' only 'ipv6' "$LOCAL,$SIX" vrrp.ipv6_addr
tap_done
