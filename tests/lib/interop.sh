# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after ns.sh and tap.sh by the tests with another router of somebody else's: a LAN with the routers r1 and r2 and a
# host, three virtual routers at once (version 3, version 2, IPv6), ours, and tshark as the judge of the wire. BUILD and W
# are set. The test gives the other one as functions: peer_start, peer_stop, peer_kill (without a farewell), peer_is
# active|backup, peer_addresses (as JSON, that adverts come from), peer_reached (by the host).

FOUR=10.9.1.254 OLD=10.9.1.253 SIX=2001:db8:22::1 LOCAL=fe80::22

# ---- ours ----
instance() { # NAME VERSION VRID PRIORITY ADVERT_INT ADDRESS...
    printf 'vrrp_instance %s {\n version %s\n interface lan0\n virtual_router_id %s\n priority %s\n advert_int %s\n' "${@:1:5}"
    printf ' virtual_ipaddress {\n'
    printf '  %s\n' "${@:6}"
    printf ' }\n}\n'
}
conf() { # PRIORITY
    instance FOUR 3 22 "$1" 0.1 $FOUR/24
    instance OLD 2 23 "$1" 1 $OLD/24
    instance SIX 3 22 "$1" 0.1 $LOCAL/64 $SIX/64
}
start() { spawn_ns "r$1" "$W/r$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"; } # N
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run${ROUTER:-1}" "$@"; } # of r1, or of $ROUTER
ours() { ctl --json status | jq -rc "[.instances[] | $1]"; }     # of FOUR, OLD and SIX
ours_is() { [ "$(ours "$1")" = "$2" ] || { ours "$1"; return 1; }; }
soon_ours() { wait_until 9 ours_is "$@" || ours_is "$@"; }
three() { printf '["%s","%s","%s"]' "$1" "$1" "$1"; }
no_fault() { ours_is '.counters | with_entries(select((.key | test("^(bad_|own_|unknown_|address_)")) and .value > 0))' '[{},{},{}]'; }

# ---- the LAN ----
interop_open() {
    local host
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
    MAC1=$(ns r1 cat /sys/class/net/lan0/address) MAC2=$(ns r2 cat /sys/class/net/lan0/address)
}
neighbor() { ns_ip pc neigh show "$1" | sed -n 's/.* lladdr \([^ ]*\).*/\1/p'; }
# How the host reaches all virtual routers: by these hardware addresses of FOUR, OLD and SIX.
reaches() {
    ns pc fping -q -r 2 -t 300 $FOUR $OLD $SIX >/dev/null 2>&1
    [ "$(neighbor $FOUR) $(neighbor $OLD) $(neighbor $SIX)" = "$*" ] || { ns_ip pc neigh; return 1; }
}
by() { wait_until 3 reaches "$1" "${2:-$1}" "${3:-$1}" || reaches "$1" "${2:-$1}" "${3:-$1}"; }

# ---- the story: ours is r1, the other one r2 with priority 150 ----
soon_peer() { wait_until 9 peer_is "$1" || peer_is "$1"; }
better() { # NAME of the other one; ours has priority 200, both run
    expect "$1 is the Backup" soon_peer backup
    expect 'ours is Active beside it' ours_is .state "$(three Active)"
    expect 'a host reaches ours' by "$MAC1"
    expect 'ours hands over' ctl drain --all
    expect "to $1" soon_peer active
    expect 'and is the Backup' soon_ours .state "$(three Backup)"
    expect 'that knows its peer' ours_is .peer.address "$(peer_addresses)"
    expect 'and its priority' ours_is .peer.priority '[150,150,150]'
    expect "the host reaches $1" peer_reached
    expect 'ours takes back' ctl resume --all
    expect "from $1" soon_ours .state "$(three Active)"
    expect 'which is the Backup again' soon_peer backup
    expect 'the host reaches ours again' by "$MAC1"
    expect "ours finds no fault in adverts of $1" no_fault
    reap r1 TERM
    expect "when ours leaves $1 takes over" soon_peer active
    start 1
    expect 'and gives way when it is back' soon_ours .state "$(three Active)"
    expect 'as a Backup' soon_peer backup
}
worse() { # NAME
    local before
    conf 100 >"$W/r1.conf"
    ctl reload >/dev/null 2>&1
    expect 'ours with a lower priority gives way' soon_ours .state "$(three Backup)"
    expect "to $1" soon_peer active
    peer_kill
    expect "ours takes over when $1 is killed" soon_ours .state "$(three Active)"
    expect 'as the reason says' ours_is '.reason | startswith("no advert for ")' '[true,true,true]'
    expect 'the host reaches ours' by "$MAC1"
    peer_start
    expect "$1 takes back" soon_peer active
    expect 'and ours gives way' soon_ours .state "$(three Backup)"
    before=$(ours .counters.priority_zero_received)
    peer_stop
    expect "ours takes over when $1 leaves" soon_ours .state "$(three Active)"
    expect 'on its priority 0' test "$(ours .counters.priority_zero_received)" != "$before"
    expect "ours found no fault in adverts of $1" no_fault
    reap r1 TERM
}

# ---- the judge ----
# FILTER WANTED FIELD...: every advert of the filter in W/cap reads like that, and there is one.
only() {
    local filter=$1 wanted=$2 got args=()
    shift 2
    for got in "$@"; do args+=(-e "$got"); done
    got=$(tshark -n -r "$W/cap" -Y "vrrp && $filter" -T fields "${args[@]}" 2>/dev/null | sort -u)
    [ "$got" = "$wanted" ] || { echo "got $got"; return 1; }
}
judge() { # ADDRESS of the other router's adverts, and the MAC address of those of IPv6
    local heard
    expect 'tshark finds no fault in its adverts over IPv4' only "ip.src == $1" 1 vrrp.checksum.status
    expect 'nor over IPv6' only "ipv6 && eth.src == $2" 1 vrrp.checksum.status
    # Before ours has heard it, its version 3 over IPv4 has RFC 9568's checksum, and tshark judges by RFC 5798.
    heard=$(tshark -n -r "$W/cap" -Y "vrrp.virt_rtr_id == 22 && ip.src == $1" -T fields -e frame.number 2>/dev/null | head -n 1)
    expect 'nor in those of ours' only "frame.number > $heard && eth.src == $MAC1" 1 vrrp.checksum.status
    expect 'all have TTL 255' only ip $'224.0.0.18\t255' ip.dst ip.ttl
    expect 'or hop limit 255' only ipv6 $'ff02::12\t255' ipv6.dst ipv6.hlim
    expect 'both are of version 3' only 'ip && vrrp.virt_rtr_id == 22' $'3\t10' vrrp.version vrrp.short_adver_int
    expect 'over IPv6 too' only ipv6 $'3\t10' vrrp.version vrrp.short_adver_int
    expect 'or of version 2' only 'vrrp.virt_rtr_id == 23' $'2\t1\t0' vrrp.version vrrp.adver_int vrrp.auth_type
    expect 'with the same addresses' only ipv6 "$LOCAL,$SIX" vrrp.ipv6_addr
}
