# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after ns.sh, tap.sh and tunnels.sh by tests of both families, with BUILD and W: an office with two routers, a
# gateway that each reaches by a line, everything of both families, and keys that last for the test. The gateway is not
# the product's.

# ---- by family: the office, the cloud, hosts in them, and the two ends of line N ----
declare -A LAN=([4]=10.1.22.0/24 [6]=fd00:22::/64) CLOUD=([4]=172.16.0.0/16 [6]=fd00:172::/48)
declare -A PC=([4]=10.1.22.10 [6]=fd00:22::10) ECS=([4]=172.16.41.10 [6]=fd00:172::10) BITS=([4]=32 [6]=128)
declare -A NEAR=([41]=198.51.100.1 [42]=203.0.113.1 [61]=2001:db8:1::1 [62]=2001:db8:2::1)
declare -A FAR=([41]=198.51.100.2 [42]=203.0.113.2 [61]=2001:db8:1::2 [62]=2001:db8:2::2)
declare -A OWN=([41]=10.1.22.252 [42]=10.1.22.253 [61]=fd00:22::252 [62]=fd00:22::253)

ns_add lan pc r1 r2 gw
for host in pc r1 r2 gw; do
    ns_sysctl $host net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0 \
        net.ipv6.conf.default.accept_ra=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
done
ns_bridge lan sw
for n in 1 2; do
    ns_link r$n wan0 gw line$n
    ns_link r$n lan0 lan p$n
    ns_ip lan link set dev p$n master sw
    for f in 4 6; do
        [ $f = 4 ] && len=24 || len=64
        ns_ip r$n addr add "${NEAR[$f$n]}/$len" dev wan0
        ns_ip r$n addr add "${OWN[$f$n]}/$len" dev lan0
        ns_ip gw addr add "${FAR[$f$n]}/$len" dev line$n
    done
done
ns_link pc lan0 lan p0
ns_ip lan link set dev p0 master sw
for host in r1 r2 gw; do ns_sysctl $host net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; done
for f in 4 6; do
    ns_ip pc addr add "${PC[$f]}/${LAN[$f]#*/}" dev lan0
    ns_ip gw addr add "${ECS[$f]}/${BITS[$f]}" dev lo
    # For the route alone: the policies say by which tunnel.
    ns_ip gw route add "${LAN[$f]}" via "${NEAR[${f}1]}"
done
ns_ip pc route add default via 10.1.22.254
ns_ip pc -6 route add default via fe80::22 dev lan0

# ---- keys: the same digits for every key of a test, and two for each SA ----
ENCRYPTION=$(printf %032d 2) INTEGRITY=$(printf %064d 1)
printf 'encryption_out 1%s\nintegrity_out 1%s\nencryption_in 2%s\nintegrity_in 2%s\n' \
    "${ENCRYPTION:1}" "${INTEGRITY:1}" "${ENCRYPTION:1}" "${INTEGRITY:1}" >"$W/1.keys"
sed 's/ 1/ 3/; s/ 2/ 4/' "$W/1.keys" >"$W/2.keys"
gw_sa() { # N OUTER FROM TO DIGIT SPI
    ns_ip gw xfrm state add src "$3" dst "$4" proto esp spi "$6" reqid "$1" mode tunnel flag af-unspec \
        auth-trunc 'hmac(sha256)' "0x$5${INTEGRITY:1}" 128 enc 'cbc(aes)' "0x$5${ENCRYPTION:1}"
}
# What comes by none of the tunnels is dropped; what goes takes the tunnel of its destination, or `gw_use' N.
gw_tunnels() { # OUTER FAMILY...
    local outer=$1 n f
    ns_ip gw xfrm state flush
    ns_ip gw xfrm policy flush
    shift
    for n in 1 2; do
        gw_sa $n "$outer" "${NEAR[$outer$n]}" "${FAR[$outer$n]}" $((2 * n - 1)) 0x${n}001
        gw_sa $n "$outer" "${FAR[$outer$n]}" "${NEAR[$outer$n]}" $((2 * n)) 0x${n}002
        for f; do gw_out add "$outer" $n "${CLOUD[$f]}" "${OWN[$f$n]}/${BITS[$f]}" 1; done
    done
    for f; do
        ns_ip gw xfrm policy add src "${LAN[$f]}" dst "${CLOUD[$f]}" dir in tmpl proto esp mode tunnel
        gw_out add "$outer" 1 "${CLOUD[$f]}" "${LAN[$f]}" 2
    done
}
gw_out() { # VERB OUTER N FROM TO PRIORITY
    ns_ip gw xfrm policy "$1" src "$4" dst "$5" dir out priority "$6" \
        tmpl src "${FAR[$2$3]}" dst "${NEAR[$2$3]}" proto esp reqid "$3" mode tunnel
}
gw_use() { # OUTER N FAMILY...
    local outer=$1 n=$2 f
    shift 2
    for f; do gw_out update "$outer" "$n" "${CLOUD[$f]}" "${LAN[$f]}" 2; done
}

# ---- the routers ----
instances() { # PRIORITY STATEMENT: one of each family
    cat <<CONF
vrrp_sync_group SITE {
  group {
    OFFICE4
    OFFICE6
  }
}
vrrp_instance OFFICE4 {
  interface lan0
  version 3
  virtual_router_id 22
  priority $1
  advert_int 0.1
  virtual_ipaddress {
    10.1.22.254/24
  }
  $2
}
vrrp_instance OFFICE6 {
  interface lan0
  virtual_router_id 22
  priority $1
  advert_int 0.1
  virtual_ipaddress {
    fe80::22/64
    fd00:22::254/64
  }
  $2
}
CONF
}
tunnel() { # NAME N OUTER FAMILY...: and a probe for each family
    local name=$1 n=$2 outer=$3 f
    shift 3
    cat <<CONF
ipsec_tunnel $name {
  interface wan0
  local_address ${NEAR[$outer$n]}
  remote_address ${FAR[$outer$n]}
  local_subnet {
$(for f; do echo "    ${LAN[$f]}"; done)
  }
  remote_subnet {
$(for f; do echo "    ${CLOUD[$f]}"; done)
  }
$(for f; do echo "  own_address ${OWN[$f$n]}"; done)
  reqid $n
  linger 1
  route on
  keys static
  static_sa {
    spi_out 0x${n}001
    spi_in 0x${n}002
    encryption aes128
    integrity sha256
    key_file $W/$n.keys
  }
}
CONF
    for f; do
        printf 'sla_probe %s%s {\n target %s\n source %s\n tunnel %s\n' "$name" "$f" "${ECS[$f]}" "${OWN[$f$n]}" "$name"
        printf ' interval 0.05\n rise 5\n delay_up 0\n}\n'
    done
}
conf() { # N OUTER FAMILY...
    instances $((220 - 20 * $1)) 'ipsec_tunnel line'
    tunnel line "$@"
}
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
get() { ctl "$1" --json status | jq -r "$2"; }
is() { [ "$(get "$1" "$2")" = "$3" ] || { echo "$2 is $(get "$1" "$2")"; return 1; }; }
start() { # N
    spawn_ns "slad$1" "$W/slad$1.log" "r$1" "$BUILD/slad/slad" -f "$W/r$1.conf" -r "$W/run$1"
    spawn_ns "vrrpd$1" "$W/vrrpd$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"
}
finish() { # N
    reap "vrrpd$1"
    reap "slad$1"
    ns "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1" --flush >"$W/flush" 2>&1
}
becomes() { # N STATE: both of its instances
    ctl "$1" wait OFFICE4 "$2" --timeout 8 && ctl "$1" wait OFFICE6 "$2" --timeout 8
}
is_proven() { # N PROBE: it is up, and none was answered that had not been seen to leave
    ctl "$1" wait "$2" up --timeout 8 || return 1
    is "$1" ".probes[] | select(.name == \"$2\") | \"\(.state) \(.rejected)\"" 'up 0'
}
are_up() { is "$1" '[.tunnels[].state] | unique | join(" ")' up; } # N: all of its tunnels
lan_is_closed() { ns_ip "r$1" xfrm policy get src "${LAN[$2]}" dst "${CLOUD[$2]}" dir out | grep -q 'action block'; }
sees() { # NS TARGET FROM: each of ten pings is answered
    local out
    out=$(ns "$1" ping -n -q -c 10 -i 0.02 -W 1 -I "$3" "$2" 2>&1) || { echo "$out"; return 1; }
    grep -q ' 10 received' <<<"$out" || { echo "$out"; return 1; }
}
# FAMILY OUTER: the tunnel holds packets of the size that the clamp is made for, and of none more.
largest() {
    local bytes=1438 headers=28
    [ "$2" = 4 ] || bytes=1406
    [ "$1" = 4 ] || headers=48
    fits "$1" $((bytes - headers)) && ! fits "$1" $((bytes - headers + 1))
}
fits() { ns r1 ping -n -q -c 1 -W 1 -M 'do' -s "$2" -I "${OWN[${1}1]}" "${ECS[$1]}"; }
carries() { # FAMILY...: the Active router, whoever that is, takes the office to the cloud and back
    local f
    for f; do
        expect "  IPv$f: the office reaches the cloud" sees pc "${ECS[$f]}" "${PC[$f]}"
        expect "  IPv$f: the cloud reaches the office" sees gw "${PC[$f]}" "${ECS[$f]}"
    done
}
nothing_left() {
    local out
    out=$(ns_ip "r$1" xfrm policy; ns_ip "r$1" xfrm state; ns_ip "r$1" route show proto 112; ns_ip "r$1" -6 route show proto 112)
    [ -z "$out" ] || { echo "$out"; return 1; }
}

# ---- the lines: what leaves by either end ----
lines_watch() { # N...
    local n
    for n; do
        lines_watched "${LAN[*]} ${CLOUD[*]}" "r$n:wan0:out" "gw:line$n:out"
        capture esp$n r$n wan0 "$W/esp$n" esp
    done
}
lines_judge() { # N...
    local n
    printf '\nOn the lines\n'
    for n; do
        reap esp$n INT
        expect_number "line $n: packets of ESP to the router" "$(captured "$W/esp$n" "esp and ether dst $(mac_of $n)")" '>' 200
        expect_number "line $n: packets of ESP from it" "$(captured "$W/esp$n" "esp and ether src $(mac_of $n)")" '>' 200
    done
    lines_clear
}
mac_of() { ns "r$1" cat /sys/class/net/wan0/address; }
