#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lines-inside.sh BUILD: the assertions of tests/qemu/lines.sh, where the kernel has XFRM interfaces. One router with a
# group of two tunnels with an interface each, to one gateway, which has the same group with policies. Both families inside.
#
#   office --- lan0 [r] wan0 --- wan0 [gw] 203.0.113.1, cloud 172.16.41.10
#                       wan1 --- wan1
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
BUILD=$1
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-lines.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM
umask 077
SITE=10.1.22.0/24 SITE6=fd00:22::/64 CLOUD=172.16.0.0/16 CLOUD6=fd00:172::/48
ECS=172.16.41.10 ECS6=fd00:172::10
GW=203.0.113.1 SWITCHES=20

# ---- the site ----
ns_add office r gw
for name in office r gw; do ns_sysctl "$name" net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
    net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1; done
ns_link office eth0 r lan0
ns_link r wan0 gw wan0
ns_link r wan1 gw wan1
addresses() { # NAME DEVICE ADDRESS...
    local name=$1 dev=$2 a nodad
    shift 2
    for a; do
        nodad=()
        [[ $a != *:* ]] || nodad=(nodad)
        ns_ip "$name" addr add "$a" dev "$dev" "${nodad[@]}"
    done
}
addresses office eth0 10.1.22.1/24 fd00:22::1/64
addresses r lan0 10.1.22.252/24 10.1.22.253/24 fd00:22::252/64 fd00:22::253/64
addresses r wan0 198.51.100.1/24
addresses r wan1 192.0.2.1/24
addresses gw wan0 198.51.100.254/24
addresses gw wan1 192.0.2.254/24
addresses gw lo $GW/32 $ECS/32 $ECS6/128
ns_ip office route add default via 10.1.22.252
ns_ip office -6 route add default via fd00:22::252
ns_ip r route add default via 198.51.100.254
ns_ip gw route add $SITE via 198.51.100.1 src $ECS
ns_ip gw -6 route add $SITE6 dev wan0 src $ECS6

digits() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
new_keys() { # N: a pair for each end
    local eo io ei ii
    eo=$(digits 16) io=$(digits 32) ei=$(digits 16) ii=$(digits 32)
    printf 'encryption_out %s\nintegrity_out %s\nencryption_in %s\nintegrity_in %s\n' "$eo" "$io" "$ei" "$ii" >"$W/r$1.keys"
    printf 'encryption_out %s\nintegrity_out %s\nencryption_in %s\nintegrity_in %s\n' "$ei" "$ii" "$eo" "$io" >"$W/gw$1.keys"
}
tunnel() { # END N INTERFACE LOCAL REMOTE SPI_OUT SPI_IN STATEMENT...
    printf 'ipsec_tunnel line%s {\n interface %s\n local_address %s\n remote_address %s\n reqid %s\n' "$2" "$3" "$4" "$5" "$2"
    if [ "$1" = r ]; then printf ' local_subnet { %s %s }\n remote_subnet { %s %s }\n' $SITE $SITE6 $CLOUD $CLOUD6
    else printf ' local_subnet { %s %s }\n remote_subnet { %s %s }\n' $CLOUD $CLOUD6 $SITE $SITE6; fi
    printf ' keys static\n static_sa {\n spi_out %s\n spi_in %s\n encryption aes128\n integrity sha256\n key_file %s\n }\n' \
        "$6" "$7" "$W/$1$2.keys"
    printf ' %s\n' "${@:8}" '}'
}
instance() { # STATEMENT
    printf 'vrrp_instance OFFICE {\n version 3\n interface lo\n virtual_router_id 1\n virtual_ipaddress {\n 10.99.0.1\n }\n%s\n}\n' "$1"
}
probe() { printf 'sla_probe p%s {\n target %s\n source 10.1.22.25%s\n tunnel line%s\n}\n' "$1" $ECS $((1 + $1)) "$1"; }
new_keys 1 && new_keys 2
{
    instance 'ipsec_tunnel_group cloud'
    tunnel r 1 wan0 198.51.100.1 $GW 0x1001 0x1002 'mode interface' 'gateway 198.51.100.254' \
        'own_address 10.1.22.252' 'own_address fd00:22::252'
    tunnel r 2 wan1 192.0.2.1 $GW 0x2001 0x2002 'mode interface line2' 'if_id 200' 'gateway 192.0.2.254' \
        'own_address 10.1.22.253' 'own_address fd00:22::253'
    probe 1
    probe 2
    printf 'ipsec_tunnel_group cloud {\n tunnel line1 sla p1\n tunnel line2 sla p2\n}\n'
} >"$W/r.conf"
{
    instance ''
    tunnel gw 1 wan0 $GW 198.51.100.1 0x1002 0x1001
    tunnel gw 2 wan1 $GW 192.0.2.1 0x2002 0x2001
    printf 'ipsec_tunnel_group site {\n tunnel line1\n tunnel line2\n}\n'
} >"$W/gw.conf"

# ---- the router's tunnels, by command ----
mkfifo "$W/commands"
exec {COMMANDS}<>"$W/commands"
router() { # FILE: starts it
    : >"$W/r.out"
    ip netns exec "$(netns r)" "$BUILD/tests/net/tunnelctl" "$1" <"$W/commands" >>"$W/r.out" 2>&1 &
    LAB_PID[r]=$!
    wait_until 10 grep -q '^ready' "$W/r.out" || cat "$W/r.out"
}
tell() { printf '%s\n' "$@" >&"$COMMANDS"; }
state() { # the answer to a fresh status
    local n
    n=$(grep -c '^guard' "$W/r.out")
    tell status
    wait_until 10 more_guards "$n"
    grep '^status' "$W/r.out" | tail -n 2
}
more_guards() { [ "$(grep -c '^guard' "$W/r.out")" -gt "$1" ]; }
selected() { state | grep -q "^status line$1 up carry [01] selected 1"; }
policies_told() { state >/dev/null && policies_of_tunnelctl <"$W/r.out"; } # instead of vrrpctl's
complete() { policies_whole r tunnelctl; }
leads() { # N
    local device=xfrm1
    [ "$1" = 1 ] || device=line2
    ns_ip r route show $CLOUD | grep "dev $device .*metric 1 " && ns_ip r -6 route show $CLOUD6 | grep "dev $device .*metric 1 "
}
sent() { # N: packets that the line's outbound SA has sent
    ns_ip r -s xfrm state | awk -v spi="spi 0x0000${1}001" 'index($0, spi) { found = 1 } found && /\(packets\)$/ && /bytes/ {
        split($2, n, "("); print n[1]; exit }'
}
# DIFFERENCE of both lines' counters over a command.
over() {
    local a b
    a=$(sent 1) b=$(sent 2)
    "$@" >/dev/null 2>&1
    echo "$(($(sent 1) - a)) $(($(sent 2) - b))"
}
pings() { ns "$1" ping -q -c 3 -i 0.2 -W 2 "${@:2}"; }

printf 'status\n' | ns gw "$BUILD/tests/net/tunnelctl" "$W/gw.conf" >"$W/gw.out" 2>&1
# What the router sends: without its interface a tunnel's packets are seen on the line once they are decrypted.
lines_watched "$SITE $CLOUD $SITE6 $CLOUD6" r:wan0:out r:wan1:out
router "$W/r.conf"
tell 'claim 0'
expect 'both tunnels are up' wait_until 10 selected 1
expect 'the first one is selected, by the routes of both families' wait_until 10 leads 1
expect 'policies wanted are installed' complete
for target in $ECS $ECS6; do
    expect "the office reaches $target" pings office "$target"
    expect "the office's traffic to $target takes line 1" [ "$(over pings office "$target")" = '3 0' ]
done
expect "own address 1 takes line 1" [ "$(over pings r -I 10.1.22.252 $ECS)" = '3 0' ]
expect "own address 2 takes line 2" [ "$(over pings r -I 10.1.22.253 $ECS)" = '0 3' ]
expect "own address 1 takes line 1, IPv6" [ "$(over pings r -I fd00:22::252 $ECS6)" = '3 0' ]
expect "own address 2 takes line 2, IPv6" [ "$(over pings r -I fd00:22::253 $ECS6)" = '0 3' ]

printf '\n%s switches under traffic\n' "$SWITCHES"
for family in 4 6; do
    target=$ECS
    [ "$family" = 4 ] || target=$ECS6
    spawn_ns "ping$family" "$W/ping$family" office ping -q -i 0.02 -W 2 "$target"
done
before="$(sent 1) $(sent 2)"
for ((i = 0; i < SWITCHES / 2; i++)); do
    tell 'sla p1 down' 'sleep 200' 'sla p1 up' 'sleep 200'
done
expect 'the last switch leads back' wait_until 30 selected 1
pause 0.3
after="$(sent 1) $(sent 2)"
for family in 4 6; do
    reap "ping$family" INT 5 || true
    expect_number "IPv$family: packets sent" "$(awk '/transmitted/ { print $1 }' "$W/ping$family")" '>' 100
    # The last one may be on its way when ping ends.
    expect_number "IPv$family: packets lost" "$(awk '/transmitted/ { print $1 - $4 }' "$W/ping$family")" '<=' 1
done
expect_number 'packets on line 1' $((${after% *} - ${before% *})) '>' 50
expect_number 'packets on line 2' $((${after#* } - ${before#* })) '>' 50

printf '\nAn interface that cannot be made\n'
kill -s STOP "${LAB_PID[r]}"
ns_ip r link del dev xfrm1
ns_ip r link add other type xfrm dev wan0 if_id 1
kill -s CONT "${LAB_PID[r]}"
expect 'the other tunnel is selected' wait_until 10 selected 2
expect 'with its routes' wait_until 10 leads 2
expect "the office's traffic takes line 2" [ "$(over pings office $ECS)" = '0 3' ]
ns_ip r link del other
expect 'the first one is selected as soon as it has its interface' wait_until 10 selected 1
expect 'with its routes' wait_until 10 leads 1
expect 'policies wanted are installed' wait_until 5 complete

printf '\nA restart on line 2\n'
tell 'sla p1 down'
expect 'line 2 is selected' wait_until 10 selected 2
expect 'and its routes lead there' wait_until 10 leads 2
reap r KILL || true
expect 'SIGKILL leaves the routes' leads 2
sed 's/^ipsec_tunnel_group cloud {/& hold_up 600\n/' "$W/r.conf" >"$W/hold.conf"
router "$W/hold.conf"
tell 'claim 0'
expect 'the next run adopts the selection' selected 2
expect "the office's traffic takes line 2" [ "$(over pings office $ECS)" = '0 3' ]
expect 'policies wanted are installed' complete

printf '\nAnother name\n'
ns_ip r link set dev line2 down
ns_ip r link set dev line2 name elsewhere
ns_ip r link set dev elsewhere up
tell "reload $W/hold.conf"
expect 'a renamed interface is made anew' wait_until 10 leads 2
sed 's/interface line2/interface other2/' "$W/hold.conf" >"$W/other.conf"
tell "reload $W/other.conf"
expect 'a reload with another name makes that one' wait_until 10 ns_ip r link show other2
expect_number 'and leaves no other' "$(ns_ip r -o link show type xfrm | wc -l)" == 2
tell "reload $W/hold.conf"
expect 'and back' wait_until 10 leads 2

printf '\nNothing in the clear\n'
ns_ip r route flush proto 112
ns_ip r xfrm policy flush
pings office $ECS >/dev/null 2>&1
expect 'after a flush of routes and policies all is back' wait_until 5 leads 2
expect_policies r tunnelctl
reap r KILL || true
lines_clear
ns r "$BUILD/tests/net/tunnelctl" --flush "$W/r.conf" >"$W/flush" 2>&1
left() { ns_ip r -o link show type xfrm; for f in -4 -6; do ns_ip r $f route show table all proto 112; ns_ip r $f rule | grep 112; done
    ns_ip r xfrm policy; ns_ip r xfrm state; }
expect_number 'interfaces, routes, rules, policies and SAs after --flush' "$(left | wc -l)" == 0
tap_done
