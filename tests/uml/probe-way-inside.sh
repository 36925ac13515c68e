#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# probe-way-inside.sh BUILD CONF OUT [6]: a router with two lines and policies that are put right and wrong under slad's
# feet, of IPv4 or of IPv6 inside and outside. What a probe is worth follows from how it left; the far end answers every
# one.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
BUILD=$1
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-way.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
SOCK=$W/run/slad.sock
if [ "${4:-4}" = 6 ]; then
    LAN=fd00:22::/64 OWN=fd00:22::252 CLOUD=fd00:172::/48 ECS=fd00:172::10 ECHO='ip6[40] = 128 and ip6[4:2] = 64' BITS=128
    NEAR=(2001:db8:1::1 2001:db8:2::1) FAR=(2001:db8:1::2 2001:db8:2::2) NET=64
else
    LAN=10.1.22.0/24 OWN=10.1.22.252 CLOUD=172.16.0.0/16 ECS=172.16.41.10 BITS=32
    ECHO='icmp[icmptype] = icmp-echo and ip[2:2] = 84'
    NEAR=(198.51.100.1 203.0.113.1) FAR=(198.51.100.2 203.0.113.2) NET=24
fi

field() { "$BUILD/tests/net/slawatch" "$SOCK" "${2:-ecs}" 2>/dev/null | sed -n "s/^$1=//p"; }
is() { [ "$(field "$1")" = "$2" ] || { echo "$1 is '$(field "$1")', $(field cause)"; return 1; }; }
soon() { wait_until "$1" is "${@:2}" || is "${@:2}"; }
said() { grep -qF -- "$1" "$W/slad.log" || { tail -n 3 "$W/slad.log"; return 1; }; }
sa() { # NS FROM TO SPI REQID
    ns_ip "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" reqid "$5" mode tunnel \
        auth-trunc 'hmac(sha256)' "0x$(printf %064d 1)" 128 enc 'cbc(aes)' "0x$(printf %064d 2)"
}
policy() { # NS VERB FROM TO OUTER_FROM OUTER_TO REQID
    ns_ip "$1" xfrm policy "$2" src "$3" dst "$4" dir out \
        tmpl src "$5" dst "$6" proto esp reqid "$7" mode tunnel
}
through_line1() { policy r update "$OWN/$BITS" $CLOUD "${NEAR[0]}" "${FAR[0]}" 1; }
# Of the first probe: the fragments are longer.
echoes() { captured "$W/$1" "$ECHO"; }
address() { ns_ip "$1" addr add "$2" dev "$3" "${OPTIONS[@]}"; } # NS ADDRESS INTERFACE

ns_add r gw
ns_link r wan0 gw wan0
ns_link r wan1 gw wan1
OPTIONS=()
if [ "${4:-4}" = 6 ]; then
    OPTIONS=(nodad)
    for end in r gw; do
        ns_sysctl "$end" net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
    done
fi
for line in 0 1; do
    address r "${NEAR[line]}/$NET" wan$line
    address gw "${FAR[line]}/$NET" wan$line
done
address r "$OWN/$BITS" lo
address gw "$ECS/$BITS" lo
ns_ip r route add $CLOUD via "${FAR[0]}"
ns_ip gw route add $LAN via "${NEAR[0]}"
for end in r gw; do
    ns_sysctl "$end" net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wan0.rp_filter=0 net.ipv4.conf.wan1.rp_filter=0
    sa "$end" "${NEAR[0]}" "${FAR[0]}" 0x1001 1
    sa "$end" "${FAR[0]}" "${NEAR[0]}" 0x1002 1
    sa "$end" "${NEAR[1]}" "${FAR[1]}" 0x2001 2
done
# What comes by ESP or in the clear is taken alike.
ns_ip gw xfrm policy add dst "$ECS/$BITS" dir in tmpl proto esp mode tunnel level use
ns_ip r xfrm policy add dst "$OWN/$BITS" dir in tmpl proto esp mode tunnel level use
policy gw add $CLOUD $LAN "${FAR[0]}" "${NEAR[0]}" 1
through_line1

cat >"$W/conf" <<CONF
sla_probe ecs {
  target $ECS
  source $OWN
  tunnel line1
  delay_up 0
}
sla_probe fragments {
  target $ECS
  source $OWN
  tunnel line1
  size 4000
}
ipsec_tunnel line1 {
  interface wan0
  local_address ${NEAR[0]}
  remote_address ${FAR[0]}
  local_subnet { $LAN }
  remote_subnet { $CLOUD }
  own_address $OWN
  reqid 1
}
CONF
watch() { lines_watched "$LAN $CLOUD" r:wan0:out r:wan1:out; }
watch
spawn_ns slad "$W/slad.log" r "$BUILD/slad/slad" -f "$W/conf" -r "$W/run"

expect 'through its tunnel it comes up' soon 6 state up
expect '  with every probe seen to leave' is void 0
expect '  and every reply counted' is rejected 0
expect 'so does one that is sent in fragments' [ "$(field state fragments)" = up ]

ns_ip r xfrm state delete src "${NEAR[0]}" dst "${FAR[0]}" proto esp spi 0x1001
expect 'without an SA it is down: that is a loss' soon 4 state down
expect '  of the path' is void 0
sa r "${NEAR[0]}" "${FAR[0]}" 0x1001 1
expect '  and up again with it' soon 6 state up

lost=$(field lost) received=$(field received)
lines_clear
capture clear r wan0 "$W/clear" icmp or icmp6
begin=$(now_us)
ns_ip r xfrm policy delete src "$OWN/$BITS" dst $CLOUD dir out
expect 'in the clear it is unknown' soon 4 state unknown
expect '  with the cause' is cause 'left in the clear by wan0'
expect '  said once' said 'cannot probe: left in the clear by wan0'
pause 2
through_line1
seconds=$((($(now_us) - begin) / 1000000))
expect '  and up again after' soon 6 state up
expect '  which is said too' said 'probes again'
reap clear
watch
expect_number '  having sent at most one a second in the clear' "$(echoes clear)" '<=' $((seconds + 1))
expect_number '  but not none' "$(echoes clear)" '>=' 2
expect_number '  and lost none' "$(field lost)" == "$lost"
expect '  whose replies were counted apart' [ "$(field rejected)" -ge 2 ]
expect '  while it counted others' [ "$(field received)" -gt "$received" ]

policy r update "$OWN/$BITS" $CLOUD "${NEAR[1]}" "${FAR[1]}" 2
expect 'through another tunnel it is unknown' soon 4 state unknown
expect '  with the cause' is cause "left through another tunnel, to ${FAR[1]} by wan1"
through_line1
expect '  and up again after' soon 6 state up

ns_ip r route add "${FAR[0]}/$BITS" via "${FAR[1]}"
expect 'by another line it is unknown' soon 4 state unknown
expect '  with the cause' is cause 'left by wan1 instead of wan0'
ns_ip r route del "${FAR[0]}/$BITS"
expect '  and up again after' soon 6 state up

ns_ip r xfrm policy update src "$OWN/$BITS" dst $CLOUD dir out action block
expect 'blocked it is unknown' soon 4 state unknown
expect '  with the cause' is cause 'a firewall rule or a policy keeps it out of tunnel line1'
through_line1
expect '  and up again after' soon 6 state up
expect_number 'probes lost over all of that' "$(field lost)" == "$lost"
lines_clear
tap_done
