#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# slad6 [BUILD]: probes of both families in namespaces, a router with two lines to a provider and a server behind it: every
# setting of a probe as the wire has it, IPv6 verdicts, ICMP errors by kind, forged replies and quotes, floods. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-net.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
SLAD=$BUILD/slad/slad RUN=$W/run SOCK=$W/run/slad.sock
ECS4=172.16.41.10 ECS6=fd00:41::10

probe() { # NAME TARGET [STATEMENT...]: quick, and not damped as flapping
    local name=$1 target=$2
    shift 2
    printf 'sla_probe %s {\n target %s\n interval 0.05\n delay_up 0\n' "$name" "$target"
    printf ' %s\n' "$@"
    printf '}\n'
}
field() { "$BUILD/tests/net/slawatch" "$SOCK" "$1" 2>/dev/null | sed -n "s/^$2=//p"; } # NAME FIELD
is() { [ "$(field "$1" "$2")" = "$3" ] || { echo "$2 of $1 is '$(field "$1" "$2")'"; return 1; }; }
more() { local v; v=$(field "$1" "$2"); [ "${v:-0}" -gt "$3" ] || { echo "$2 of $1 is $v"; return 1; }; }
soon() { wait_until "$1" is "${@:2}" || is "${@:2}"; }
counted() { "$BUILD/tests/net/ctl" "$RUN/slad.ctl" rejected | jq ".rejected[\"$1\"][\"$2\"]"; } # NAME REASON
rejected() { "$BUILD/tests/net/ctl" "$RUN/slad.ctl" rejected | jq '[.rejected[][]] | add'; } # of all probes, for any reason
rose() { [ "$(counted "$1" "$2")" -gt "$3" ] || { echo "$2 of $1 is $(counted "$1" "$2")"; return 1; }; }
io() { "$BUILD/tests/net/ctl" "$RUN/slad.ctl" status | jq ".$1"; } # KEY
run() { # STATE PROBE...: starts slad on $W/conf and waits for all
    local want=$1 name
    shift
    spawn_ns slad "$W/slad.log" cpe "$SLAD" -f "$W/conf" -r "$RUN"
    for name in "$@"; do expect "$name is $want" soon 5 "$name" state "$want"; done
}
server() { ns_sysctl ecs net.ipv4.icmp_echo_ignore_all="$1" net.ipv6.icmp.echo_ignore_all="$1"; } # 1: silent
wire() { # TEXT LINE FILTER [MORE]: some packets pass the first filter, and all of these the second too
    local n
    n=$(captured "$W/$2.pcap" "$3")
    expect_number "$1, on $2" "$n" '>' 5 packets
    [ $# = 3 ] || expect_number '  and no other' "$(captured "$W/$2.pcap" "($3) and not ($4)")" == 0 packets
}
nowhere() { expect_number "$1, not on $2" "$(captured "$W/$2.pcap" "$3")" == 0 packets; }

ns_add cpe net ecs
ns_link cpe wan0 net up0
ns_link cpe wan1 net up1
ns_link net down ecs eth0
for name in cpe net ecs; do ns_sysctl "$name" net.ipv6.conf.all.disable_ipv6=0; done
both_address() { # NS DEV V4 V6
    ns_ip "$1" addr add "$3/24" dev "$2"
    ns_ip "$1" addr add "$4/64" dev "$2" nodad
}
both_address cpe wan0 10.1.0.252 fd00:0::252
both_address cpe wan1 10.1.1.252 fd00:1::252
both_address net up0 10.1.0.1 fd00:0::1
both_address net up1 10.1.1.1 fd00:1::1
both_address net down 172.16.41.1 fd00:41::1
both_address ecs eth0 $ECS4 $ECS6
ns_ip cpe addr add 10.1.0.99/24 dev wan0
ns_ip cpe addr add fd00:0::99/64 dev wan0 nodad
ns_ip ecs addr add 172.16.41.11/24 dev eth0 # to forge from
ns_ip ecs addr add fd00:41::11/64 dev eth0 nodad
ns_sysctl net net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ns_sysctl net net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
for line in 0 1; do # the second line by its interface or by a mark
    table=$((100 + line))
    ns_ip cpe route add default via 10.1.$line.1 dev wan$line metric $((10 + line))
    ns_ip cpe -6 route add default via fd00:$line::1 dev wan$line metric $((10 + line))
    ns_ip cpe route add default via 10.1.$line.1 dev wan$line table $table
    ns_ip cpe -6 route add default via fd00:$line::1 dev wan$line table $table
done
ns_ip cpe rule add fwmark 7 lookup 101
ns_ip cpe -6 rule add fwmark 7 lookup 101
ns_ip ecs route add default via 172.16.41.1
ns_ip ecs -6 route add default via fd00:41::1
ns_ip net link set dev down mtu 1280
ns_ip ecs link set dev eth0 mtu 1280

# ---- what the wire shows ----
# Sizes tell the probes apart: 100 plain, 101 all set, 102 by its interface, 103 by its mark.
for v in 4 6; do
    target=ECS$v source=10.1.0.99
    [ $v = 4 ] || source=fd00:0::99
    probe plain$v "${!target}" 'size 100'
    probe set$v "${!target}" 'size 101' "source $source" 'tos 184' 'ttl 7' df
    probe line$v "${!target}" 'size 102' 'interface wan1'
    probe mark$v "${!target}" 'size 103' 'mark 7'
done >"$W/conf"
for line in wan0 wan1; do capture cap$line cpe $line "$W/$line.pcap" icmp or icmp6; done
run up plain{4,6} set{4,6} line{4,6} mark{4,6}
sleep 0.3
for line in wan0 wan1; do reap cap$line; done
reap slad
four() { echo "icmp[0] = 8 and ip[2:2] = $((28 + $1))"; }
six() { echo "ip6 and ip6[40] = 128 and ip6[4:2] = $((8 + $1))"; }
wire 'plain: no tos, ttl 64, may be fragmented' wan0 "$(four 100)" 'ip[1] = 0 and ip[8] = 64 and ip[6] & 0x40 = 0'
wire 'plain6: class 0, hop limit 64' wan0 "$(six 100)" 'ip6[0:2] & 0x0ff0 = 0 and ip6[7] = 64'
wire 'source, tos, ttl, df' wan0 "$(four 101)" 'src 10.1.0.99 and ip[1] = 184 and ip[8] = 7 and ip[6] & 0x40 != 0'
wire 'source, class, hop limit' wan0 "$(six 101)" 'src fd00::99 and ip6[0:2] & 0x0ff0 = 0xb80 and ip6[7] = 7'
for n in 102 103; do
    what=interface
    [ $n = 102 ] || what=mark
    wire "by its $what" wan1 "$(four $n)"
    wire "by its $what, IPv6" wan1 "$(six $n)"
    nowhere "by its $what" wan0 "$(four $n)"
    nowhere "by its $what, IPv6" wan0 "$(six $n)"
done
nowhere 'plain' wan1 "$(four 100)"
nowhere 'plain, IPv6' wan1 "$(six 100)"

# ---- too big for the path, and errors by kind ----
for v in 4 6; do
    target=ECS$v
    probe big$v "${!target}" 'size 1300' df
    probe cut$v "${!target}" 'size 1300'
    probe short$v "${!target}" 'ttl 1'
done >"$W/conf"
capture capwan0 cpe wan0 "$W/wan0.pcap" icmp or ip6
run up cut4 cut6
for v in 4 6; do
    expect "df: what is too big is down (IPv$v)" soon 4 big$v state down
    expect '  told by an error of its own kind' rose big$v 'too big' 5
    expect "an exceeded hop limit is down (IPv$v)" soon 4 short$v state down
    expect '  and its errors are counted by kind' rose short$v 'time exceeded' 5
    expect '  none of them as forged' [ "$(counted big$v 'forged quote') $(counted short$v 'forged quote')" = '0 0' ]
done
ns_ip net route add unreachable $ECS4/32
ns_ip net -6 route add unreachable $ECS6/128
for v in 4 6; do
    expect "an unreachable server is down (IPv$v)" soon 4 cut$v state down
    expect '  and its errors, which the kernel sends seldom, are counted by kind' wait_until 3 rose cut$v unreachable 0
done
ns_ip net route del unreachable $ECS4/32
ns_ip net -6 route del unreachable $ECS6/128
reap capwan0
nowhere 'df: no fragment of IPv4' wan0 'ip[2:2] = 1328 and ip[6] & 0x40 = 0 and ip[6:2] & 0x3fff != 0'
wire 'without df IPv6 is fragmented here' wan0 'ip6[6] = 44'
reap slad

# ---- an IPv6 probe's life ----
probe ecs $ECS6 'source fd00:0::252' >"$W/conf"
run up ecs
server 1
expect 'a silent server is down' soon 2 ecs state down
server 0
expect 'and up again' soon 3 ecs state up
ns_ip cpe addr del fd00:0::252/64 dev wan0
expect 'a missing source is unknown' soon 4 ecs state unknown
expect '  with the cause' is ecs cause 'source fd00::252 is not an address of this host'
ns_ip cpe addr add fd00:0::252/64 dev wan0 nodad
expect '  and it comes back with the address' soon 5 ecs state up
reap slad

# ---- forged ----
# The fall is deep, since nobody answers for a moment when the forger takes the server's place.
{ probe ecs4 $ECS4 'source 10.1.0.252' 'fall 40'; probe ecs6 $ECS6 'source fd00:0::252' 'fall 40'; } >"$W/conf"
run up ecs4 ecs6
forged() { # FAULT REASON
    local v before4 before6
    before4=$(counted ecs4 "$2") before6=$(counted ecs6 "$2")
    server 1
    spawn_ns forge "$W/forge.log" ecs "$BUILD/tests/net/echoforge" both "$1"
    expect "$1 is counted as $2" wait_until 3 rose ecs4 "$2" $((before4 + 5))
    expect '  for IPv6 too' wait_until 3 rose ecs6 "$2" $((before6 + 5))
    reap forge TERM
    server 0
}
before="$(field ecs4 transitions) $(field ecs6 transitions)"
forged cookie 'wrong cookie'
forged sequence 'wrong sequence'
forged source 'wrong source'
forged id 'wrong id'
forged length 'wrong length'
for fault in cookie sequence source; do forged quote-$fault 'forged quote'; done
forged quote-twice unreachable
server 1
spawn_ns forge "$W/forge.log" ecs "$BUILD/tests/net/echoforge" both twice
for name in ecs4 ecs6; do expect "a second answer to $name is counted" wait_until 3 more $name duplicate 5; done
reap forge TERM
server 0
expect 'vrrpctl tells them by reason' bash -c "'$BUILD/vrrpctl/vrrpctl' -r '$RUN' --json probes |
    jq -e '.probes[] | select(.name == \"ecs6\") | .rejected_by | .wrong_cookie > 5 and .forged_quote > 15 and .unreachable > 5'"
expect 'nothing of it moved a verdict' [ "$(field ecs4 transitions) $(field ecs6 transitions)" = "$before" ]

# ---- floods: 50,000 foreign replies a second ----
flooded() { # FAULT SECONDS: prints how many were sent
    ns ecs "$BUILD/tests/net/echoforge" flood 50000 "$2" "$1"
}
for fault in foreign cookie; do
    seen=$(io messages) foreign=$(io foreign) lost=$(field ecs4 lost) count=$(field ecs4 sent)
    wrong=$(rejected)
    sent=$(flooded $fault 3)
    lost=$(($(field ecs4 lost) - lost)) count=$(($(field ecs4 sent) - count))
    seen=$(($(io messages) - seen)) foreign=$(($(io foreign) - foreign))
    wrong=$(($(rejected) - wrong))
    expect_number "$fault: the flood" "$sent" '>=' 150000 replies
    if [ $fault = foreign ]; then
        expect_number '  the filter passes an eighth at most' "$seen" '<' $((sent / 7)) messages
        expect_number '  which are counted' $((foreign + wrong)) '>' $((sent / 10))
    else
        expect_number '  with an id of ours it comes through' "$seen" '>' $((sent / 2)) messages
        expect_number '  and all but the own replies are counted' "$wrong" '>=' $((seen - 3 * count))
    fi
    expect_number '  own probes lost, which the full path may do' "$lost" '<=' 3
    expect_number '  own probes sent meanwhile' "$count" '>=' 58
done
expect 'no flood moved a verdict' [ "$(field ecs4 transitions) $(field ecs6 transitions)" = "$before" ]
expect 'SIGTERM ends it with status 0' reap slad TERM
tap_done
