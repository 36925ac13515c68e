#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guard-inside.sh BUILD CONF OUT [HOST_MS]: the assertions of tests/qemu/guard.sh, where the kernel has nftables beside ESP.
# One router with traffic both ways through its tunnel, while others take its policies, its nftables table or both, and
# translate what leaves by the line. HOST_MS: how long the machine around this guest takes for `spin`.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
. "$lib/setup.sh"
. "$lib/tap.sh"
. "$lib/ns.sh"
. "$lib/site.sh"
. "$lib/gateway.sh"
. "$lib/router.sh"
. "$lib/tunnels.sh"
REPAIR_MS=50 # on the machine itself
FLUSHES=10
W=$(mktemp -d)
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM
# What this kernel is slower by than the machine around it; 1 where there is none around it.
slower=$(awk -v here="$(spin)" -v host="${4:-0}" 'BEGIN { printf "%.1f", (host > 0 && here > host ? here / host : 1) }')

arrived() { captured "$W/$1.pcap"; }
says() { grep -F "$1" "$W/vrrpd1.log"; }
table_is_there() { ns cpe01 nft list table inet vrrp_sla | grep -q 'ipsec missing'; }
table_has_both_ways() { [ "$(ns cpe01 nft list table inet vrrp_sla | grep -c 'ipsec missing.*drop')" = 2 ]; }
# Packets that crossed since the last call, office to ECS and back, into UP and DOWN.
part=0
crossed() {
    local last=part$part
    part=$((part + 1))
    echo "mark part$part" >&"$CONTROL"
    pause 0.3
    echo report >&"$CONTROL"
    wait_until 10 grep -q "^$last ECS>office " "$W/pace.report"
    UP=$(arrivals "$last" 'office>ECS') DOWN=$(arrivals "$last" 'ECS>office')
}
arrivals() { # LABEL WAY
    awk -v label="$1" -v way="$2" '$1 == label && $2 == way { for (i = 3; i < NF; i++) n[$i] = $(i + 1) }
        END { print n["sent"] - n["lost"] }' "$W/pace.report"
}

traffic() {
    mkfifo "$W/control"
    exec {CONTROL}<>"$W/control"
    spawn pace "$W/pace.log" "$BUILD/tests/lib/pace" --a "office,$(netns office),$OFFICE" \
        --b "ECS,$(netns ecs),$ECS" --control "$W/control" --report "$W/pace.report" --log "$W/pace.tsv" \
        --seconds 200 --interval-us 5000
    echo "mark part0" >&"$CONTROL"
}
both_ways() { # TEXT
    crossed
    expect_number "$1: packets that crossed, office to ECS" "$UP" '>' 50
    expect_number "$1: packets that crossed, ECS to office" "$DOWN" '>' 50
}

# ECS's packets for the office, as somebody on the line would forge them, ever on.
forge() {
    ns_ip isp1 addr add "$ECS/32" dev lo
    ns_ip isp1 route add "$SITE_NET" via "${WAN_ADDR[1]}" src "$ECS"
    spawn_ns forge "$W/forge.log" isp1 ping -q -i 0.02 -I "$ECS" "$OFFICE"
    capture forged office eth0 "$W/forged.pcap" 'icmp[0] = 8'
}
no_forge() { reap forge INT; reap forged INT; ns_ip isp1 addr del "$ECS/32" dev lo; }
# What the test itself put on the line does not count.
FORGED_PINGS="icmp[0] = 8 and src host $ECS"
leaked() { captured "$(line_file isp1:line)" "not ($FORGED_PINGS)"; }

# From the kernel's own notices: the ms from each flush to the last policy put back behind it, and what came first.
repairs() {
    awk '/^\[/ { split(substr($1, 13), t, ":"); at = ((t[1] * 60 + t[2]) * 60 + t[3]) * 1000 }
        function tell() { if (flushed) printf "%.1f %s\n", last - flushed, first }
        $2 == "Flushed" { tell(); flushed = last = at; first = ""; next }
        /^\[/ { last = at; next }
        /\tdir / && !first { first = /action block/ ? "block" : "open" }
        END { tell() }' "$W/monitor"
}

printf '# this kernel takes %s times as long as the machine around it\n' "$slower"
site_addresses
site_up
make_keys 1 && make_keys 2
gateway_up "$(router_conf 1)" "$(router_keys 1)" "$(router_conf 2)" "$(router_keys 2)"
lines_watched "$SITE_NET $CLOUD_NET" isp1:line
expect "the router's daemons answer" router_boot 1
expect "the router is Active" wait_state 1 OFFICE active 30
expect "the guard is in the kernel, both ways" table_has_both_ways
expect "the daemon misses no part of the guard" bash -c "! grep -i 'nf_tables' '$W/vrrpd1.log'"
wait_until 10 ns office ping -c 1 -W 2 "$ECS"
traffic
pause 1.5
both_ways "guard beside ESP"

printf '\nThe TCP segment size\n'
capture syn-gw ecs eth0 "$W/syn-gw.pcap" 'tcp[tcpflags] & tcp-syn != 0'
capture syn-office office eth0 "$W/syn-office.pcap" "tcp[tcpflags] & tcp-syn != 0 and src host $ECS"
# shellcheck disable=SC2016 # the inner shells' words
ns office bash -c 'exec 3<>"/dev/tcp/$1/9"' tcp "$ECS" 2>/dev/null || true
# shellcheck disable=SC2016
ns ecs bash -c 'exec 3<>"/dev/tcp/$1/9"' tcp "$OFFICE" 2>/dev/null || true
pause 0.5
reap syn-gw INT; reap syn-office INT
mss() { tcpdump -n -r "$W/$1.pcap" 2>/dev/null | sed -n "s/.* > $2\.9: .*mss \([0-9]*\).*/\1/p" | head -n 1; }
# 1500 of the line less 20 + 8 + 16 + 16, in blocks of 16 less 2: 1438 for the packet, 40 of it headers.
expect_number "MSS of the office's SYN in the cloud" "$(mss syn-gw "$ECS")" == 1398
expect_number "MSS of the cloud's SYN in the office" "$(mss syn-office "$OFFICE")" == 1398

printf '\nSomebody flushes the policies under traffic, %s times\n' "$FLUSHES"
before=$(policies_ours cpe01)
spawn_ns monitor "$W/monitor" cpe01 ip -ts xfrm monitor policy
forge
crossed
for ((i = 0; i < FLUSHES; i++)); do
    ns_ip cpe01 xfrm policy flush
    pause 0.5
done
reap monitor TERM || true
both_ways "while they were flushed"
expect_number "policies afterwards" "$(policies_ours cpe01)" == "$before"
expect_number "flushes that were repaired" "$(repairs | wc -l)" == "$FLUSHES"
expect_number "repairs that began with a block policy" "$(repairs | grep -c 'block$')" == "$FLUSHES"
expect_number "the slowest repair" "$(repairs | sort -n | awk '{ ms = $1 } END { printf "%.1f", ms }')" '<' \
    "$(awk -v a="$REPAIR_MS" -v b="$slower" 'BEGIN { print a * b }')" "ms, $REPAIR_MS on the machine itself"
expect "vrrpd says so" says "IPsec policies were changed by another program"
expect_number "forged packets from the line that reached the office" "$(arrived forged)" == 0
expect_number "cleartext on the line" "$(leaked)" == 0

printf '\nSomebody takes the table away\n'
ns cpe01 nft flush ruleset
expect "after nft flush ruleset it is put back" wait_until 5 table_has_both_ways
pause 0.2
ns cpe01 nft delete table inet vrrp_sla
expect "after nft delete table it is put back" wait_until 5 table_has_both_ways
pause 0.2
ns cpe01 nft delete chain inet vrrp_sla enter
expect "after nft delete chain it is put back" wait_until 5 table_has_both_ways
expect "vrrpd says so" says "the nftables guard was changed by another program: put back"
expect_number "forged packets from the line that reached the office" "$(arrived forged)" == 0
no_forge

printf '\nThe line translates addresses without an exception for the tunnel\n'
ns cpe01 nft 'table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }; }'
capture nat isp1 line "$W/nat.pcap" "dst net $CLOUD_NET"
ns office ping -q -c 20 -i 0.05 -W 1 "$ECS" >"$W/ping" || true
expect_number "new flows get through it" "$(awk '/received/ { print $4 }' "$W/ping")" == 0
ns_ip cpe01 xfrm policy flush
ns office ping -q -c 20 -i 0.02 -W 1 "$ECS" >/dev/null || true
pause 0.5
reap nat INT
expect_number "cleartext with the line's address, policies there and flushed" "$(arrived nat)" == 0
ns cpe01 nft delete table ip nat

printf '\nAfter all that\n'
crossed
pause 1.5
both_ways "at the end"
expect_policies cpe01 "$(router_run 1)"

printf '\nWithout vrrpd, its table and its policies\n'
reap vrrpd1 KILL || true
ns_ip cpe01 xfrm policy flush
pause 0.5
lines_except "$FORGED_PINGS"
lines_clear
capture open isp1 line "$W/open.pcap" "src net $SITE_NET and dst net $CLOUD_NET"
ns cpe01 nft delete table inet vrrp_sla
pause 1
reap open INT || true
expect_number "cleartext on the line without anything" "$(arrived open)" '>' 0
tap_done
