#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xfrmi-inside.sh BUILD CONF OUT: the assertions of tests/qemu/xfrmi.sh, where the kernel has XFRM interfaces. The site of
# the samples with `mode interface' on both routers: every role, a hand-over under traffic, what others take away, what
# cannot be, and keys by strongSwan.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
. "$lib/tap.sh"
. "$lib/ns.sh"
. "$lib/site.sh"
. "$lib/gateway.sh"
. "$lib/router.sh"
. "$lib/charon.sh"
. "$lib/tunnels.sh"
W=$(mktemp -d)
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM
DEVICE=xfrm1

says() { grep -F "$2" "$W/vrrpd$1.log"; }
lan_is() { # N esp|block
    policy_set "cpe0$1" | grep -q "^out $SITE_NET $CLOUD_NET $2 .*\<if_id 0x1$"
}
complete() { policies_whole "cpe0$1" "$(router_run "$1")" && [ "$(policies_ours "cpe0$1")" = 8 ]; } # N
routes() { ns_ip "cpe0$1" route show proto 112; }
leads() { # N
    routes "$1"
    routes "$1" | grep -q "^$CLOUD_NET dev $DEVICE .*src ${LAN_ADDR[$1]}" &&
        routes "$1" | grep -q "^unreachable $CLOUD_NET .*metric 4294967295"
}
rule_is_there() { ns_ip cpe01 rule | grep "from ${LAN_ADDR[1]} lookup 11201 proto 112"; }
has_device() { [ "$(one_device 1)" = 1 ]; }
device_mtu() { ns cpe01 cat "/sys/class/net/$DEVICE/mtu"; }
mtu_is() { [ "$(device_mtu)" = "$1" ] || { device_mtu; return 1; }; }
refuses() { ns_ip "cpe0$1" route get "$ECS" 2>&1 | grep -q 'No route to host\|unreachable'; } # N
one_device() { ns_ip "cpe0$1" -d -o link show type xfrm | grep -c "$DEVICE@wan0.*if_id 0x1.*alias vrrp-sla"; }
reaches() { ns "$1" ping -q -c 3 -i 0.2 -W 2 "${@:2}"; }
silent() { ! ns "$1" ping -q -c 2 -i 0.2 -W 1 "${@:2}"; }

for n in 1 2; do
    sed -i 's/^    reqid 1 .*/    reqid 1\n    mode interface/; s/advert_int 0.1 /advert_int 0.5 /' "$CONF/cpe0$n.conf"
    expect "cpe0$n.conf with mode interface is clean" "$BUILD/vrrpd/vrrpd" -f "$CONF/cpe0$n.conf" -t
done
site_addresses
site_up
make_keys 1 && make_keys 2
gateway_up "$(router_conf 1)" "$(router_keys 1)" "$(router_conf 2)" "$(router_keys 2)"
lines_watched "$SITE_NET $CLOUD_NET" isp1:line isp2:line

printf '\nRoles\n'
expect "CPE01 boots and its daemons answer" router_boot 1
expect "CPE02 boots and its daemons answer" router_boot 2
expect "CPE01 becomes Active" wait_state 1 OFFICE active 40
for n in 1 2; do
    expect_number "CPE0$n: interfaces of the tunnel" "$(one_device "$n")" == 1
    expect "CPE0$n: its routes lead there, and none else" wait_until 5 leads "$n"
    expect "CPE0$n: policies wanted are installed" complete "$n"
    expect "CPE0$n: the probe through the tunnel is up" wait_state "$n" ecs up 30
done
expect "Active: L is ESP" lan_is 1 esp
expect "Backup: L is block" lan_is 2 block
expect "the office reaches the cloud" reaches office "$ECS"
for n in 1 2; do
    expect "CPE0$n's own address reaches the cloud" reaches "cpe0$n" -I "${LAN_ADDR[n]}" "$ECS"
    expect "the cloud reaches CPE0$n's own address" reaches gw -I "$GW_IN" "${LAN_ADDR[n]}"
done
ns_ip office route add "$CLOUD_NET" via "${LAN_ADDR[2]}"
expect "the Backup carries nobody else's traffic" silent office "$ECS"
ns_ip office route del "$CLOUD_NET"

printf '\nA hand-over and back under traffic\n'
mkfifo "$W/control"
exec {CONTROL}<>"$W/control"
spawn pace "$W/pace.log" "$BUILD/tests/lib/pace" --a "office,$(netns office),$OFFICE" --b "ECS,$(netns ecs),$ECS" \
    --control "$W/control" --report "$W/pace.report" --log "$W/pace.tsv" --seconds 60 --interval-us 5000
pause 1
echo "mark handover" >&"$CONTROL"
expect "vrrpctl drain OFFICE on CPE01" ctl 1 drain OFFICE
expect "CPE02 is Active" wait_state 2 OFFICE active 10
expect "CPE02: L is ESP" lan_is 2 esp
pause 1
expect "vrrpctl resume OFFICE on CPE01" ctl 1 resume OFFICE
expect "CPE01 is Active" wait_state 1 OFFICE active 20
pause 1
echo "mark after" >&"$CONTROL"
pause 0.5
echo report >&"$CONTROL"
wait_until 10 grep -q '^handover ECS>office ' "$W/pace.report"
for way in 'office>ECS' 'ECS>office'; do
    expect_number "packets lost, $way" "$(awk -v way="$way" '$1 == "handover" && $2 == way {
        for (i = 3; i < NF; i++) if ($i == "lost") print $(i + 1) }' "$W/pace.report")" == 0
done
expect "CPE02: L lingers, then is block" wait_until 10 lan_is 2 block

printf '\nOthers take away what is ours, under traffic\n'
before=$(policy_set cpe01)
same_policies() { [ "$(policy_set cpe01)" = "$before" ]; }
ns_ip cpe01 xfrm policy flush
expect "flushed policies are put back" wait_until 5 same_policies
ns_ip cpe01 route flush proto 112
expect "flushed routes are put back" wait_until 5 leads 1
ns_ip cpe01 rule del from "${LAN_ADDR[1]}"
expect "a deleted rule is put back" wait_until 5 rule_is_there
ns_ip cpe01 route del unreachable "$CLOUD_NET" metric 4294967295
expect "a deleted unreachable route is put back" wait_until 5 leads 1
ns_ip cpe01 link set dev "$DEVICE" down
expect "an interface that was set down is up again, with its routes" wait_until 5 leads 1
expect "vrrpd says so" wait_until 5 says 1 "an interface of a tunnel was down or had another MTU: put right"
printf 'link set dev %s down\nlink set dev %s up\n' "$DEVICE" "$DEVICE" | ns_ip cpe01 -batch -
expect "one that was set down and up at once gets its routes again" wait_until 5 leads 1
expect "its MTU is what ESP leaves of the line's" mtu_is 1438
ns_ip cpe01 link set dev "$DEVICE" mtu 1000
expect "another MTU is put right" wait_until 5 mtu_is 1438
ns_ip cpe01 link set dev wan0 mtu 1400
expect "a line's new MTU makes a new one" wait_until 5 mtu_is 1326
ns_ip cpe01 link set dev wan0 mtu 1500
expect "and its old one the old one" wait_until 5 mtu_is 1438
ns_ip cpe01 link set dev "$DEVICE" type xfrm dev wan0 if_id 5
expect "one that was given another if_id is made anew" wait_until 5 leads 1
expect "with its own" wait_until 5 has_device
ns_ip cpe01 link del dev "$DEVICE"
expect "a deleted interface is made anew, with its routes" wait_until 5 leads 1
expect "and its policies" wait_until 5 complete 1
# An alarm that stands is told once, and what follows is counted: down, the MTU, the number, the deletion.
expect_number "what vrrpd told of once and counts" \
    "$(status_of 1 '.alarms[] | select(.kind == "interface_changed") | .times')" '>=' 4
kill -s STOP "${LAB_PID[vrrpd1]}"
ns_ip cpe01 link del dev "$DEVICE"
ns_ip cpe01 link add other type xfrm dev wan0 if_id 1
kill -s CONT "${LAB_PID[vrrpd1]}"
expect "a taken number keeps it from that, which vrrpd says" wait_until 5 says 1 "or if_id 1 on another name"
expect_number "once, though it tries again" "$(sleep 2.5; says 1 "or if_id 1 on another name" | grep -c .)" == 1
expect "meanwhile the tunnel is down" wait_state 1 line1 down 5
expect "as its reason says" [ "$(status_of 1 .tunnels[0].reason)" = "its interface $DEVICE is missing" ]
ns_ip cpe01 link del other
expect "it is made as soon as the number is free" wait_until 5 leads 1
expect "the office reaches the cloud" reaches office "$ECS"
expect "CPE01 stayed Active" [ "$(instance_state 1)" = Active ]
reap pace || true

printf '\nvrrpd is killed and comes back\n'
device_index() { ns cpe01 cat "/sys/class/net/$DEVICE/ifindex"; }
index=$(device_index)
reap vrrpd1 KILL || true
start_vrrpd 1
expect "CPE01 is Active" wait_state 1 OFFICE active 20
expect_number "the interface is the same one" "$(device_index)" == "$index"
expect "policies wanted are installed" complete 1

printf '\nWithout the line, and without vrrpd\n'
ns_ip cpe02 link del dev wan0
expect "CPE02's line is gone: its tunnel is down" wait_state 2 line1 down 10
expect "and what would go there is refused" wait_until 5 refuses 2
ns_link cpe02 wan0 isp2 site
ns_ip cpe02 addr add "${WAN_ADDR[2]}/24" dev wan0
ns_ip cpe02 route add default via "${WAN_HOP[2]}"
ns_ip isp2 link set dev site master line
expect "a new line of that name: its tunnel is up" wait_state 2 line1 up 10
expect "the interface is on the new line, with its routes" wait_until 5 leads 2
expect_number "and there is one" "$(one_device 2)" == 1
expect "CPE02's daemons stop" daemons_stop 2
expect "a stopped daemon leaves L at block" lan_is 2 block
expect "vrrpd --flush on CPE02" ns cpe02 env CREDENTIALS_DIRECTORY="$(dirname "$(router_keys 2)")" \
    "$BUILD/vrrpd/vrrpd" -f "$(router_conf 2)" -r "$(router_run 2)" --flush
left() { ns_ip cpe02 -o link show type xfrm; ns_ip cpe02 route show table all proto 112; ns_ip cpe02 rule | grep 112; ns_ip cpe02 xfrm policy; }
expect_number "interfaces, routes, rules and policies left" "$(left | wc -l)" == 0

printf '\nWhat cannot be\n'
refused() { # TEXT: vrrpd on CPE02 does not start, says that, and leaves nothing
    local status=0
    ns cpe02 env CREDENTIALS_DIRECTORY="$(dirname "$(router_keys 2)")" timeout 20 \
        "$BUILD/vrrpd/vrrpd" -f "$(router_conf 2)" -r "$(router_run 2)" >"$W/refused" 2>&1 || status=$?
    echo "status $status"
    cat "$W/refused"
    left
    [ "$status" = 3 ] && grep -qF "$1" "$W/refused" && [ "$(left | wc -l)" = "${2:-0}" ]
}
ns_ip cpe02 link add "$DEVICE" type xfrm dev wan0 if_id 77
ns_ip cpe02 -d -o link show "$DEVICE" >"$W/foreign"
expect "an interface of that name which is not ours" refused "another program has an interface $DEVICE" 1
expect "stays as it was, down and without our mark" diff "$W/foreign" <(ns_ip cpe02 -d -o link show "$DEVICE")
ns_ip cpe02 link del "$DEVICE"
ns_ip cpe02 link add other type xfrm dev wan0 if_id 1
expect "an if_id that another program has" refused "or if_id 1 on another name" 1
ns_ip cpe02 link del other

printf '\nKeys by IKE, with the numbers that the sample has as comments\n'
ns_ip gw xfrm state flush
ns_ip gw xfrm policy flush
keys_by_ike "$(router_conf 2)"
charons_files
sed -i 's/#if_id_/if_id_/' "$W/cpe02-ike/swanctl/conf.d/vrrp-sla.conf"
expect "the gateway's IKE daemon starts" charon_start gw
expect "CPE02's daemons start" daemons_start 2
expect "CPE02's IKE daemon starts" charon_start cpe02
expect "the tunnel comes up" wait_state 2 line1 up 30
expect_number "its SAs have the interface's number" "$(ns_ip cpe02 xfrm state | grep -c 'if_id 0x1$')" '>=' 2
expect "CPE02's own address reaches the cloud" wait_until 10 reaches cpe02 -I "${LAN_ADDR[2]}" "$ECS"
expect "its probe through the tunnel is up" wait_state 2 ecs up 60
expect "a rekey" swanctl_on cpe02 --rekey --child line1
expect "goes on with the tunnel up" reaches cpe02 -I "${LAN_ADDR[2]}" "$ECS"
expect "policies wanted are installed" complete 2
charon_stop cpe02
charon_stop gw

printf '\nThe policies and the lines\n'
for n in 1 2; do expect_policies "cpe0$n" "$(router_run "$n")"; done
lines_clear
for n in 1 2; do cp "$W/vrrpd$n.log" "$OUT/"; done
tap_done
