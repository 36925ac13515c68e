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
. tests/lib/interop.sh
FRR=/usr/lib/frr F=$W/frr VMAC=(00:00:5e:00:01:16 00:00:5e:00:01:17 00:00:5e:00:02:16)

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
peer_start() { frr_daemon vrrpd "$F/vrrpd.conf"; }
peer_stop() { reap vrrpd TERM; }
peer_kill() { reap vrrpd KILL || true; }
peer_is() {
    local word=Master
    [ "$1" = active ] || word=Backup
    [ "$(frr .status)" = "$(three $word)" ] || { frr .status; return 1; }
}
peer_addresses() { frr .primaryAddress; }
# FRR announces once, when its macvlan may not be up yet: the host has to ask.
peer_reached() {
    ns_ip pc neigh flush dev lan0
    by "${VMAC[@]}"
}

interop_open
# Its lan0 must neither answer nor ask with the addresses of the macvlans.
ns_sysctl r2 net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
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

conf 200 >"$W/r1.conf"
start 1
expect 'ours is Active' soon_ours .state "$(three Active)"
peer_start
# FRR takes the checksum of version 3 over IPv4 with a pseudo-header only, and becomes Master there until ours has heard it.
expect 'ours follows the form of the checksum' soon_ours .peer.checksum '["pseudo_header",null,null]'
capture cap lan sw "$W/cap" ip proto 112 or ip6 proto 112
better FRR
worse FRR
reap zebra TERM
reap cap INT
# FRR's IPv6 pseudo-header is an odd one, whose sum is the right one.
judge 10.9.1.252 "${VMAC[2]}"
tap_done
