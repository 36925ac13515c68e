#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel [BUILD]: vrrpd's kernel side in namespaces: addresses and interfaces (linkctl), policies, their repair, and the
# nftables guard (tunnelctl). Root. No ESP is needed here: nothing must get through, and what must not is counted.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
. tests/lib/tunnelctl.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-kernel.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

OFFICE=10.1.22.0/24 CLOUD=172.16.0.0/16
PC=10.1.22.10 ECS=172.16.41.10

# ---- the site: a host, the router under test, and what lies beyond its lines ----
ns_add pc r far
ns_link pc lan0 r lan0
ns_link r wan0 far wan0
ns_link r wan1 far wan1
ns_ip pc addr add $PC/24 dev lan0
ns_ip pc route add default via 10.1.22.252
ns_ip r addr add 10.1.22.252/24 dev lan0
ns_ip r addr add 10.1.22.253/32 dev lo
ns_ip r addr add 198.51.100.1/24 dev wan0
ns_ip r addr add 192.0.2.1/24 dev wan1
ns_ip far addr add 198.51.100.254/24 dev wan0
ns_ip far addr add 192.0.2.254/24 dev wan1
ns_ip far addr add $ECS/32 dev lo
ns_ip far route add $OFFICE via 198.51.100.1
ns_ip r route add default via 198.51.100.254
ns_sysctl r net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wan0.rp_filter=0

tunnel() { # N INTERFACE LOCAL OWN [REMOTE_SUBNET]
    cat <<TUNNEL
ipsec_tunnel line$1 {
  interface $2
  local_address $3
  remote_address 203.0.113.1
  local_subnet { $OFFICE }
  remote_subnet { ${5:-$CLOUD} }
  own_address $4
  reqid $1
  linger 1
}
TUNNEL
}
instance() { # STATEMENT
    printf 'vrrp_instance OFFICE {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n'
    printf ' advert_int 0.1\n virtual_ipaddress {\n  10.1.22.254/24\n }\n %s\n}\n' "$1"
}
probe() { printf 'sla_probe p%s {\n target %s\n source %s\n tunnel line%s\n}\n' "$1" $ECS "$2" "$1"; }
{ instance 'ipsec_tunnel line1'; tunnel 1 wan0 198.51.100.1 10.1.22.252; } >"$W/one.conf"
{ instance 'ipsec_tunnel line1'; tunnel 1 wan0 198.51.100.1 10.1.22.252 172.17.0.0/16; } >"$W/other.conf"
{ instance 'ipsec_tunnel line1'; tunnel 1 gone0 198.51.100.1 10.1.22.252; } >"$W/gone.conf"
{
    instance 'ipsec_tunnel_group both'
    tunnel 1 wan0 198.51.100.1 10.1.22.252
    tunnel 2 wan1 192.0.2.1 10.1.22.253
    probe 1 10.1.22.252
    probe 2 10.1.22.253
    printf 'ipsec_tunnel_group both {\n tunnel line1 sla p1\n tunnel line2 sla p2\n hold_up 1\n}\n'
} >"$W/two.conf"
sed 's/  linger 1/&\n  route on/' "$W/one.conf" >"$W/route.conf"
instance '' >"$W/none.conf"
umask 077
for key in encryption_out:16 integrity_out:32 encryption_in:16 integrity_in:32; do
    printf '%s %s\n' "${key%:*}" "$(head -c "${key#*:}" /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
done >"$W/line1.keys"
sed "s|reqid 1|reqid 1\n keys static\n static_sa {\n spi_out 0x1001\n spi_in 0x1002\n encryption aes128\n integrity sha256\n key_file $W/line1.keys\n }|" \
    "$W/one.conf" >"$W/static.conf"

flush_by() { ns r "$BUILD/tests/net/tunnelctl" --flush "$1" >"$W/flush" 2>&1; } # FILE
refused() { # FILE WORD...: it does not start, and says each word
    local file=$1 out word
    shift
    out=$(ns r "$BUILD/tests/net/tunnelctl" "$file" </dev/null 2>&1) && { echo "it started"; return 1; }
    for word in "$@"; do grep -qF -- "$word" <<<"$out" || { echo "$out"; return 1; }; done
}
alarms() { grep -c '^alarm' "$W/out"; }
status_is() { tell status; tail -n 4 "$W/out" | grep -qE -- "$1" || { tail -n 4 "$W/out"; return 1; }; }

# ---- what the kernel holds ----
COMMON="fwd $CLOUD 0.0.0.0/0 block
in $CLOUD 0.0.0.0/0 block
out 0.0.0.0/0 $CLOUD block"
ONE="$COMMON
fwd $CLOUD $OFFICE esp 203.0.113.1 198.51.100.1 1
in $CLOUD $OFFICE esp 203.0.113.1 198.51.100.1 1
out 10.1.22.252/32 $CLOUD esp 198.51.100.1 203.0.113.1 1"
TWO="$COMMON
fwd $CLOUD $OFFICE esp 0.0.0.0 0.0.0.0 0
in $CLOUD $OFFICE esp 0.0.0.0 0.0.0.0 0
out 10.1.22.252/32 $CLOUD esp 198.51.100.1 203.0.113.1 1
out 10.1.22.253/32 $CLOUD esp 192.0.2.1 203.0.113.1 2"
lan() { # block|1|2
    case $1 in
    block) echo "out $OFFICE $CLOUD block" ;;
    1) echo "out $OFFICE $CLOUD esp 198.51.100.1 203.0.113.1 1" ;;
    2) echo "out $OFFICE $CLOUD esp 192.0.2.1 203.0.113.1 2" ;;
    esac
}
holds() { # SET LAN
    diff <(policy_set r) <(printf '%s\n%s\n' "$1" "$(lan "$2")" | sort)
}
route_is() { [ "$(ns_ip r route show proto 112)" = "$1" ] || { ns_ip r route; return 1; }; }
ROUTE="$CLOUD dev wan0 scope link src 10.1.22.252 metric 1 "
nothing() { [ -z "$(ns_ip r xfrm policy)" ] && ! ns r nft list table inet vrrp_sla >/dev/null 2>&1; }
indices() { ns_ip r -s xfrm policy | grep -o 'index [0-9]*' | sort; }

# ---- addresses and interfaces ----
link() { ns r "$BUILD/tests/net/linkctl" "$@"; }
has_address() { ns_ip r -o addr show dev lan0 | grep -qF " $1 "; }
mkfifo "$W/watch"
exec 8<>"$W/watch"
(exec ip netns exec "$(netns r)" "$BUILD/tests/net/linkctl" watch <"$W/watch" >"$W/links" 2>&1 8>&-) &
LAB_PID[w]=$!
sends_from() { tail -n 1 "$W/links" | grep -q "^link lan0 .* primary $1\$" || { tail -n 3 "$W/links"; return 1; }; }
heard() { grep -qE -- "$1" "$W/links" || { tail -n 3 "$W/links"; return 1; }; }
expect 'the table of interfaces is read' soon heard '^link lan0 up 1 running 1 mtu 1500 primary 10\.1\.22\.252$'
expect 'a batch of addresses is added' link add lan0 10.1.22.254/24 lan0 10.1.22.100/32
expect 'adding what is there is a success' link add lan0 10.1.22.254/24
expect 'the marked addresses are found again' diff <(link own | sort) <(printf 'own lan0 10.1.22.%s\n' 100/32 254/24)
ns_ip r addr del 10.1.22.254/24 dev lan0
expect 'an address removed by others is noticed and put back' soon heard '^lost 10\.1\.22\.254/24 put back 0$'
expect 'it is there' soon has_address 10.1.22.254/24
ns_sysctl r net.ipv4.conf.lan0.promote_secondaries=0 net.ipv4.conf.all.promote_secondaries=0
ns_ip r addr del 10.1.22.252/24 dev lan0
expect 'a virtual address that went with its primary is put back' soon has_address 10.1.22.254/24
expect 'the loss of the real one is noticed too' soon sends_from none
ns_ip r addr add 10.1.22.252/24 dev lan0
expect 'it is the one to send from again, although a secondary of the virtual one' soon sends_from 10.1.22.252
ns_ip r link add dummy0 type veth peer name dummy1
expect 'an interface that comes is noticed' soon heard '^link dummy0 up 0 running 0 '
ns_ip r link set dev dummy0 up
ns_ip r link set dev dummy1 up
expect 'its carrier too' soon heard '^link dummy0 up 1 running 1 '
ns_ip r link del dummy0
expect 'its going too' soon heard '^link dummy0 gone$'
ns_ip r link add dummy0 type veth peer name dummy1
ns_ip r addr add 10.5.0.1/24 dev dummy0
expect 'and that it is there again under a new index' soon heard '^link dummy0 .* primary 10\.5\.0\.1$'
exec 8>&-
wait "${LAB_PID[w]}"
unset 'LAB_PID[w]'
expect 'removing virtual addresses succeeds' link del lan0 10.1.22.254/24 lan0 10.1.22.100/32
expect 'and takes no other address along' has_address 10.1.22.252/24
expect 'removing what is gone is a success' link del lan0 10.1.22.254/24
# Three datagrams' worth, and two that a host without IPv6 cannot have.
many=()
for ((k = 0; k < 150; k++)); do
    [ "$k" != 70 ] && [ "$k" != 149 ] || many+=(lan0 "2001:db8::$k/64")
    many+=(lan0 "10.6.0.$k/32")
done
refused_of_many() { diff <(link add "${many[@]}" 2>/dev/null) <(printf 'refused %s\n' 2001:db8::70/64 2001:db8::149/64); }
expect 'of many addresses in a batch the kernel refuses those that it must' refused_of_many
expect_number 'and has the others' "$(link own | grep -cF 'own lan0 10.6.0.')" == 150
expect 'all of them go' link del "${many[@]}"
expect_number 'and are away' "$(link own | grep -cF 'own lan0 10.6.0.')" == 0

# ---- the states of a tunnel ----
start "$W/one.conf"
expect 'a start closes the LAN and opens the rest' holds "$ONE" block
expect 'the status counts every policy' status_is '^status line1 no_sa carry 0 .* policies 7/7$'
expect 'the guard is there' said '^guard $'
tell 'claim 0'
expect 'a claim opens the LAN' holds "$ONE" 1
tell 'release 0'
expect 'a release lets it linger' holds "$ONE" 1
expect 'and then closes it' soon holds "$ONE" block
tell 'claim 0'
tell 'drop 0'
expect 'a release without lingering closes it at once' holds "$ONE" block

# ---- repair ----
tell 'claim 0'
before=$(indices)
from=$(now_us)
ns_ip r xfrm policy flush
expect 'flushed policies are put back' soon holds "$ONE" 1
expect 'with an alarm' soon said '^alarm .* 7 put back'
at=$(awk '$1 == "alarm" { at = $2 } END { print at }' "$W/out")
# ip(8) itself, which the clock includes, takes some of these.
expect_number 'they were back after' $(((at - from) / 1000)) '<' 50 ms
expect 'with the owner'\''s marks' diff <(echo "$before" | wc -l) <(indices | awk '$2 >= 1442840576' | wc -l)
ns_ip r xfrm policy delete src $OFFICE dst $CLOUD dir out
expect 'so is a single one' soon holds "$ONE" 1
ns_ip r xfrm policy update src $OFFICE dst $CLOUD dir out priority 5
expect 'one that was replaced is replaced again' soon holds "$ONE" 1
count=$(alarms)
ns_ip r xfrm policy add src 10.77.0.0/16 dst 10.78.0.0/16 dir out priority 5
sleep 0.2
expect_number 'alarms because of a stranger elsewhere' $(($(alarms) - count)) == 0
ns_ip r xfrm policy delete src 10.77.0.0/16 dst 10.78.0.0/16 dir out

guard_is() { ns r nft list table inet vrrp_sla 2>/dev/null | grep -c 'ipsec missing.* drop' | grep -qx "$1"; }
expect 'the guard has a rule for each direction' guard_is 2
ns r nft flush ruleset
expect 'a flushed ruleset does not take the guard away' soon guard_is 2
expect 'with an alarm' soon said '^alarm .* nftables guard .* put back'
ns r nft flush chain inet vrrp_sla leave
expect 'nor does the loss of a rule' soon guard_is 2
count=$(alarms)
tell "reload $W/other.conf"
tell "reload $W/one.conf"
tell 'claim 0'
sleep 0.3
expect_number 'alarms because of our own reloads' $(($(alarms) - count)) == 0

# A table that another process owns cannot be replaced as long as that one lives.
mkfifo "$W/nft"
exec 6<>"$W/nft"
(exec ip netns exec "$(netns r)" nft -i <"$W/nft" >/dev/null 2>&1 6>&-) &
LAB_PID[n]=$!
tell "reload $W/none.conf"
echo 'add table inet vrrp_sla { flags owner; }' >&6
expect 'another process owns a table of this name' soon guard_is 0
tell "reload $W/one.conf"
tell status
expect 'a guard that the kernel refuses is missing, and why is said' said '^guard .*not permitted'
exec 6>&-
wait "${LAB_PID[n]}"
unset 'LAB_PID[n]'
expect 'it is tried again' wait_until 15 guard_is 2
expect 'and told' soon said '^clear guard_missing$'
tell 'claim 0'

# ---- a crash, a stop, a change of configuration ----
before=$(indices)
spawn_ns m "$W/monitor" r ip xfrm monitor policy
sleep 0.2
end KILL
expect 'a killed daemon leaves its policies' holds "$ONE" 1
start "$W/one.conf"
expect 'the next one keeps the LAN open' holds "$ONE" 1
tell 'claim 0'
sleep 1.2
expect 'for good when it is claimed in time' holds "$ONE" 1
expect 'every policy is the same one as before' diff <(indices) <(echo "$before")
expect_number 'deletions meanwhile' "$(grep -c Deleted "$W/monitor")" == 0
reap m
end KILL
start "$W/one.conf"
expect 'unclaimed it is closed after lingering' soon holds "$ONE" block
tell 'claim 0'
tell "reload $W/other.conf"
expect_number 'policies after a reload' "$(policy_set r | wc -l)" == 7
expect_number 'of the new configuration' "$(policy_set r | grep -cF 172.17.0.0/16)" == 7
expect_number 'and what was claimed stays open' "$(policy_set r | grep -c "^out $OFFICE .* esp")" == 1
tell "reload $W/one.conf"
whole
tell shut
expect 'a clean stop closes the LAN and keeps the rest' holds "$ONE" block
end
expect 'also when it has gone' holds "$ONE" block
expect 'all of them' policies_stay r

# ---- flush ----
ns_ip r xfrm policy add src 10.77.0.0/16 dst 10.78.0.0/16 dir out priority 5
flush
expect 'a flush needs no configuration and spares strangers' \
    diff <(policy_set r) <(echo 'out 10.77.0.0/16 10.78.0.0/16 pass')
ns_ip r xfrm policy delete src 10.77.0.0/16 dst 10.78.0.0/16 dir out
expect 'and leaves nothing' nothing

start "$W/route.conf"
expect 'a tunnel with a route is there' soon route_is "$ROUTE"
end KILL
start "$W/none.conf"
expect 'a start without tunnels removes what a crash left of them' nothing
expect 'also the route' route_is ''
expect 'and says so' said '^policies, .* configured no more: [0-9]+ removed$'
end

# ---- strangers in our place ----
ns_ip r xfrm policy add src $OFFICE dst $CLOUD dir out priority 5
expect 'a foreign policy in our place is named' refused "$W/one.conf" "out $OFFICE -> $CLOUD" 'another program'
expect 'and nothing is half-installed' diff <(policy_set r) <(echo "out $OFFICE $CLOUD pass")
expect_number 'tables of the guard' "$(ns r nft list tables | grep -c vrrp_sla)" == 0
ns_ip r xfrm policy delete src $OFFICE dst $CLOUD dir out
start "$W/one.conf"
before=$(policy_set r)
ns_ip r xfrm policy add src $OFFICE dst 172.17.0.0/16 dir out priority 5
tell "reload $W/other.conf"
expect 'a reload is refused for it too' said "^refused .*out $OFFICE -> 172.17.0.0/16"
expect 'and the old set stays' diff <(policy_set r | grep -v 172.17) <(echo "$before")
sed 's/line1/line9/' "$W/other.conf" >"$W/renamed.conf"
tell 'claim 0'
tell 'release 0'
tell "reload $W/renamed.conf"
ns_ip r xfrm policy delete src $OFFICE dst 172.17.0.0/16 dir out
expect 'what lingered is closed in its time all the same' soon holds "$ONE" block
end

# ---- one router, two lines ----
start "$W/two.conf"
expect 'a reload of the same place by another process adopts it' holds "$TWO" block
tell 'claim 0'
expect 'the first tunnel carries' holds "$TWO" 1
tell 'sla p1 down'
expect 'its probe down: the second does' holds "$TWO" 2
tell 'sla p2 down'
expect 'both down: the last is kept' holds "$TWO" 2
tell 'sla p2 up'
tell 'sla p1 up'
expect 'a better one must hold up' holds "$TWO" 2
expect 'and is then taken' soon holds "$TWO" 1
tell 'sla p1 down'
end KILL
start "$W/two.conf"
expect 'a crash does not change the tunnel' holds "$TWO" 2
whole
end
flush_by "$W/two.conf"

# ---- no cleartext ----
count_clear far "ip daddr $CLOUD"
count_clear pc "ip saddr $CLOUD"
send() { # from the LAN, from the router's own addresses, and back from the cloud
    ns pc ping -q -c 5 -i 0.01 -W 0.1 $ECS >/dev/null 2>&1
    ns r ping -q -c 5 -i 0.01 -W 0.1 -I 10.1.22.252 $ECS >/dev/null 2>&1
    ns r ping -q -c 5 -i 0.01 -W 0.1 $ECS >/dev/null 2>&1
    ns far ping -q -c 5 -i 0.01 -W 0.1 -I $ECS $PC >/dev/null 2>&1
}
send
expect_number 'without vrrpd cleartext reaches the far side (the count works)' "$(came far)" '>' 14 packets
expect_number 'and the LAN' "$(came pc)" '>' 4 packets
lines_watched "$OFFICE $CLOUD" r:wan0:out r:wan1:out
start "$W/one.conf"
send
expect_number 'closed, nothing leaves in the clear' "$(came far)" == 0 packets
expect_number 'nor comes in' "$(came pc)" == 0 packets
tell 'claim 0'
send
expect_number 'open and without SAs, nothing leaves' "$(came far)" == 0 packets
ns r nft 'add table ip nat; add chain ip nat post { type nat hook postrouting priority srcnat; }; add rule ip nat post oifname "wan0" masquerade'
send
expect_number 'nor behind a masquerade' "$(came far)" == 0 packets
whole
end KILL
ns_ip r xfrm policy flush
send
expect_number 'policies flushed and nobody there: the guard drops' "$(came far)" == 0 packets
expect_number 'in both directions' "$(came pc)" == 0 packets
ns r nft delete table ip nat
send
expect_number 'also without the masquerade' "$(came far)" == 0 packets
lines_clear
ns r nft delete table inet vrrp_sla
send
expect_number 'without the guard it would have left (the test can fail)' "$(came far)" '>' 14 packets

# ---- the guard's TCP MSS ----
start "$W/one.conf"
expect_number 'directions in which the MSS is clamped' \
    "$(ns r nft list chain inet vrrp_sla clamp | grep -c 'maxseg size set 1398')" == 2
end
flush

# ---- route on ----
start "$W/route.conf"
expect 'the route to the cloud is over the line, from the own address' soon route_is "$ROUTE"
ns_ip r route del $CLOUD
expect 'deleted, it is put back' soon route_is "$ROUTE"
tell "reload $W/one.conf"
expect 'a reload without it takes it away' soon route_is ''
tell "reload $W/route.conf"
expect 'and with it brings it back' soon route_is "$ROUTE"
end
ns_ip r addr del 10.1.22.252/24 dev lan0
start "$W/route.conf"
expect 'without the own address the reason is said' soon said '^alarm .* no route to 172\.16\.0\.0/16 with source 10\.1\.22\.252'
end
ns_ip r addr add 10.1.22.252/24 dev lan0
flush
expect 'a flush removes it' route_is ''

# ---- what is missing ----
start "$W/gone.conf"
expect 'a tunnel without its line is down, with all its policies' status_is '^status line1 down .* policies 7/7$'
end
flush
expect 'a missing capability is named' bash -c \
    "ip netns exec $(netns r) setpriv --bounding-set -net_admin --inh-caps -net_admin \
        '$BUILD/tests/net/tunnelctl' '$W/one.conf' </dev/null | grep -q '^refused .*CAP_NET_ADMIN'"
chmod 640 "$W/line1.keys"
expect 'a key file that others read is refused' refused "$W/static.conf" "tunnel line1" "$W/line1.keys" 'chmod 600'
expect 'and nothing is half-installed' nothing
chmod 600 "$W/line1.keys"
if ns_ip r xfrm state add src 198.51.100.1 dst 203.0.113.7 proto esp spi 0x7777 mode tunnel reqid 7 \
    enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f auth-trunc 'hmac(sha256)' \
    0x000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f 128 2>/dev/null; then
    start "$W/static.conf"
    expect 'static SAs bring the tunnel up' status_is '^status line1 up '
    end
    flush_by "$W/static.conf"
else
    start "$W/static.conf"
    expect 'a kernel without ESP is named' said '^alarm .*SAs of tunnel line1 .*this kernel has no ESP \(module esp4\)'
    expect 'the tunnel is closed, with all its policies' status_is '^status line1 no_sa .* policies 7/7$'
    end
    flush_by "$W/static.conf"
fi
expect 'nothing is left' nothing

sed 's/^  reqid 1$/&\n  mode interface/' "$W/one.conf" >"$W/interface.conf"
if ns_ip r link add probe type xfrm dev wan0 if_id 99 2>/dev/null; then
    ns_ip r link del probe
    start "$W/interface.conf"
    expect 'a tunnel gets its interface' ns_ip r link show xfrm1
    end
    flush_by "$W/interface.conf"
else
    expect 'a kernel without XFRM interfaces is named, and what to do' refused "$W/interface.conf" 'tunnel line1' \
        'no XFRM interfaces (module xfrm_interface)' 'mode policy'
fi
expect 'nothing is left' nothing

tap_done
