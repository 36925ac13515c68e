#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vrrpd [BUILD]: two routers on a LAN in namespaces: election, hand-over, crash, repair, malformed adverts, and what it
# says when something is missing. Root. No ESP is needed here.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/lan.sh
. tests/lib/tunnels.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-net.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
VIP=10.9.1.254

conf() { # N [STATEMENT...]
    local n=$1
    shift
    printf 'vrrp_instance LAN {\n version 3\n interface lan0\n virtual_router_id 22\n priority %s\n advert_int 0.1\n' \
        $((300 - 100 * n))
    printf ' %s\n' "$@"
    printf ' virtual_ipaddress {\n  %s/24\n }\n}\n' $VIP
}
exits() { # STATUS COMMAND...
    local status=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" = "$status" ] || { echo "exit status $got"; return 1; }
}

lan_up r1 r2
for n in 1 2; do lan_router $n; done

# ---- election ----
conf 1 >"$W/r1.conf"
conf 2 >"$W/r2.conf"
start 1
start 2
expect 'the higher priority becomes Active' ctl 1 wait LAN active --timeout 5
expect 'the lower one stays Backup' soon 2 .state Backup
expect 'the Active router holds the address' owns 1
expect 'the Backup does not' homeless 2
expect 'the Backup knows its peer' soon 2 .peer.priority 200

# ---- repair ----
address_is_back() {
    local from
    ns_ip r1 addr del $VIP/24 dev lan0 || return 1
    from=$(now_us)
    until owns 1; do [ $(($(now_us) - from)) -lt 1000000 ] || return 1; done
}
expect 'a deleted address is put back' address_is_back
expect 'and that is said' logged 1 "$VIP/24 was removed from lan0"
expect 'without a change of state' is 1 .counters.became_active 1

# ---- hand-over ----
expect 'drain hands over' ctl 1 drain LAN
expect 'the peer is Active' soon 2 .state Active
expect 'the drained one is Backup' soon 1 .state Backup
expect 'and shows it' is 1 .drained true
expect 'resume takes it back' ctl 1 resume LAN
expect 'the better router is Active again' soon 1 .state Active
reap r2 TERM
expect 'drain without a peer is refused' exits 1 ctl 1 drain LAN
expect 'and the router stays Active' soon 1 .state Active
expect 'its address too' owns 1

# ---- crash and stop ----
reap r1 KILL || true
expect 'a killed vrrpd leaves its address' owns 1
start 1
expect 'the next one adopts it' ctl 1 wait LAN active --timeout 5
expect 'as the reason says' soon 1 .reason 'was Active when the last run ended; adopted its addresses'
start 2
expect 'a peer that starts stays Backup' soon 2 .state Backup
reap r1 TERM
expect 'a clean stop exits with 0' test $? = 0
expect 'and removes the address' homeless 1
expect 'the peer took over on priority 0' soon 2 .counters.priority_zero_received 1
reap r2 TERM

# ---- a crash after which the peer owns the address ----
conf 1 nopreempt >"$W/r1.conf"
start 1
ctl 1 wait LAN active --timeout 5 || true
start 2
soon 2 .state Backup || true
reap r1 KILL || true
expect 'the peer of a killed router takes over' soon 2 .state Active
start 1
expect 'with nopreempt the killed one comes back as the Backup' soon 1 .state Backup
expect 'and lets go of the address that it left' wait_until 2 homeless 1
expect 'which the peer keeps' owns 2
reap r1 TERM
reap r2 TERM

# ---- a start that is delayed ----
{ conf 1; printf 'global_defs {\n vrrp_startup_delay 60\n}\n'; } >"$W/r1.conf"
start 1
expect 'the delay is what an instance waits for' soon 1 .reason 'vrrp_startup_delay or startup_script runs'
sed -i 's/ LAN / LAN2 /; s/router_id 22/router_id 23/' "$W/r1.conf"
expect 'a reload that brings another instance' ctl 1 reload
expect 'which waits for it too' soon 1 .reason 'vrrp_startup_delay or startup_script runs'
reap r1 TERM
conf 1 >"$W/r1.conf"
start 1
ctl 1 wait LAN active --timeout 5 || true
reap r1 KILL || true
printf 'global_defs {\n vrrp_startup_delay 60\n}\n' >>"$W/r1.conf"
spawn m "$W/monitor" ip -n "$(netns r1)" monitor address
sleep 0.2
start 1
expect 'after a crash the address is adopted without delay' ctl 1 wait LAN active --timeout 5
ns_ip r1 addr add 10.9.1.77/24 dev lan0
ns_ip r1 addr del 10.9.1.77/24 dev lan0
wait_until 2 grep -q '^Deleted .*10.9.1.77' "$W/monitor" || true
sent=$(get 1 .counters.adverts_sent)
sends_on() { [ "$(get 1 .counters.adverts_sent)" -gt $((sent + 1)) ]; }
expect 'and kept when it is looked at again' wait_until 2 sends_on
expect 'all the time' exits 1 grep -q "^Deleted .*$VIP/" "$W/monitor"
reap m || true
reap r1 TERM

# ---- addresses on two interfaces ----
ns_ip r1 link add side0 type veth peer name side1
ns_ip r1 link set dev side0 up
ns_ip r1 link set dev side1 up
conf 1 | sed "s|$VIP/24|$VIP/24\n  10.8.1.254/24 dev side0|" >"$W/r1.conf"
has_side() { ns_ip r1 -o addr show dev side0 | grep -qF ' 10.8.1.254/'; }
start 1
ctl 1 wait LAN active --timeout 5 || true
expect 'an address on another interface is held there' has_side
reap r1 KILL || true
spawn m "$W/monitor" ip -n "$(netns r1)" monitor address
sleep 0.2
start 1
ctl 1 wait LAN active --timeout 5 || true
expect 'it is adopted after a crash' has_side
expect 'and never went' exits 1 grep -q '^Deleted .*10.8.1.254' "$W/monitor"
reap m || true
ns_ip r1 link del dev side0
ns_ip r1 link add side0 type veth peer name side1
expect 'an interface that is made anew gets its address back' wait_until 3 has_side
ns_ip r1 link del dev side0
reap r1 TERM
expect 'a stop without that interface removes the other address' homeless 1

# ---- a router whose kernel refuses ----
start 2
ctl 2 wait LAN active --timeout 5 || true
start 1
expect 'a router that cannot hold all addresses says so' wait_until 3 logged 1 'cannot become Active: the kernel refused 10.8.1.254/24'
sleep 1.5
expect_number 'times that it cost the peer its state within 1.5 s' "$(($(get 2 .counters.became_active) - 1))" '<=' 3
expect 'the peer is Active' soon 2 .state Active
reap r1 TERM
reap r2 TERM

# ---- malformed adverts change nothing ----
conf 1 >"$W/r1.conf"
start 1
ctl 1 wait LAN active --timeout 5 || true
send() { ns r2 "$BUILD/tests/net/vrrpsend" "$@" lan0 10.9.1.252 $VIP; }
while read -r fault options; do
    mark
    # shellcheck disable=SC2086
    send -n 20 -p 250 $options
    expect "counted as $fault: $options" wait_until 2 counted "$fault" 20
    expect "no change by $fault" is 1 .counters.became_active 1
done <<'LIST'
bad_checksum -b 2:251
bad_ttl -t 254
bad_version -b 0:0x41 -m
bad_version -v 2 -i 1000
bad_type -b 0:0x32 -m
bad_length -l 11
bad_length -b 3:0 -m
bad_interval -b 5:0 -m
bad_vrid -r 23
LIST
expect 'the router is still Active' is 1 .state Active
ns r1 nft 'table ip mute { chain out { type filter hook output priority 0; ip protocol 112 drop; }; }'
expect 'an Active router that is not let out says so' wait_until 2 logged 1 'advert not sent: Operation not permitted'
ns r1 nft delete table ip mute
capture arp r2 lan0 "$W/arp.pcap" arp and src host $VIP
send -n 200 -w 2000 -p 50
sleep 0.3
reap arp
# A round each 20 ms of the flood, which takes half a second and more, and the burst at its end.
expect_number 'gratuitous ARPs because of 200 lower adverts' "$(captured "$W/arp.pcap")" '<=' 60
mark
send -n 1 -p 250
expect 'a well-formed higher advert does count' wait_until 2 is 1 .state Backup
expect 'and ours comes back after it' soon 1 .state Active
send -n 1 -p 250 -P
expect 'the checksum with a pseudo-header is accepted' wait_until 2 is 1 .state Backup
expect 'and its form is followed' soon 1 .peer.checksum pseudo_header
expect 'Active once more' soon 1 .state Active

# ---- reload ----
conf 1 'priority_typo 5' >"$W/r1.conf"
expect 'a reload with an error is refused' exits 1 ctl 1 reload
expect 'the old configuration runs on' is 1 .state Active
{ conf 1 | sed 's/advert_int 0.1/advert_int 0.2/'; } >"$W/r1.conf"
before=$(get 1 .counters.became_active)
kill -HUP "${LAB_PID[r1]}"
expect 'SIGHUP takes the new settings' soon 1 .advert_interval_ms 200
expect 'without leaving the state' is 1 .counters.became_active "$before"

reap r1 TERM

# ---- tracked interfaces over a reload ----
says() { grep -cF -- "$2" "$W/r$1.log"; }
conf 1 'track_interface {' ' lan0 weight 10' ' gone0 weight -150' '}' >"$W/r1.conf"
start 1
expect 'weights are added up' soon 1 .priority.effective 60
before=$(says 1 'effective priority')
quiet ctl 1 reload
expect 'a reload that changes none of them moves no priority' test "$(says 1 'effective priority')" = "$before"
conf 1 'track_interface {' ' lan0 weight 10' ' gone0' '}' >"$W/r1.conf"
quiet ctl 1 reload
expect 'a tracked interface that is missing shuts the instance' soon 1 .state Initialize
before=$(says 1 'Initialize ->')
quiet ctl 1 reload
expect 'and a reload does not let it out' test "$(says 1 'Initialize ->')" = "$before"
reap r1 TERM

# ---- slad's verdict over a restart of slad ----
{
    conf 1 'track_sla {' ' nobody weight -150' '}'
    printf 'sla_probe nobody {\n target 10.9.1.99\n source 10.9.1.251\n}\n'
} >"$W/r1.conf"
slad() { spawn_ns slad "$W/slad.log" r1 "$BUILD/slad/slad" -f "$W/r1.conf" -r "$W/run1"; }
start 1
slad
expect 'a probe that is down takes its weight' wait_until 5 is 1 .priority.effective 50
reap slad KILL || true
slad
expect 'a slad that begins anew finds it down again' ctl 1 wait nobody down --timeout 5
expect 'what the one before said held meanwhile' exits 1 logged 1 'effective priority 50 -> 200'
reap slad
reap r1 TERM

# ---- reloads that change who has what ----
ns_ip r1 link add side0 type veth peer name side1
ns_ip r1 link set dev side0 up
ns_ip r1 link set dev side1 up
ns_ip r1 addr add 10.8.1.251/24 dev side0
side() { # [ADDRESS...]
    printf 'vrrp_instance SIDE {\n version 3\n interface side0\n virtual_router_id 5\n priority 200\n advert_int 0.1\n'
    printf ' virtual_ipaddress {\n  10.8.1.254/24\n'
    printf '  %s/24 dev lan0\n' "$@"
    printf ' }\n}\n'
}
has() { ns_ip r1 -o addr show | grep -qF " $1/24 "; }
listens() { ns_ip r1 maddr show dev "$1" | grep -qF 224.0.0.18; }
{ conf 1; side 10.9.1.253; } >"$W/r1.conf"
start 1
quiet ctl 1 wait LAN active --timeout 5
quiet ctl 1 wait SIDE active --timeout 5
expect 'an instance holds an address on the interface of another' has 10.9.1.253
{ conf 1 | sed "s|$VIP/24|$VIP/24\n  10.9.1.253/24|"; side | sed '/ lan0/d'; } >"$W/r1.conf"
quiet ctl 1 reload
expect 'it stays when a reload gives it to the other' has 10.9.1.253
expect 'both interfaces are listened on' listens side0
conf 1 >"$W/r1.conf"
quiet ctl 1 reload
expect 'the one of a dropped instance is not any more' exits 1 listens side0
expect 'the other one is' listens lan0
expect 'a forced drain without a peer says what it does' grep -q 'no other router holds the addresses: the LAN is without' \
    <(ctl 1 drain LAN --force)
conf 1 | sed 's/router_id 22/router_id 24/' >"$W/r1.conf"
quiet ctl 1 reload
expect 'an instance that begins anew is still drained' soon 1 .drained true
expect 'as a Backup' soon 1 .state Backup
quiet ctl 1 resume LAN
quiet ctl 1 wait LAN active --timeout 5
quiet ctl 1 drain LAN --force
quiet ctl 1 drain LAN --force --for 1s
expect 'a drain gets a time limit afterwards' wait_until 4 is 1 .drained false
reap r1 TERM

line() { # VRID
    conf 1 'ipsec_tunnel line' | sed "s/advert_int 0.1/advert_int 1/; s/router_id 22/router_id $1/"
    printf 'ipsec_tunnel line {\n interface side0\n local_address 10.8.1.251\n remote_address 203.0.113.1\n'
    printf ' local_subnet { 10.9.1.0/24 }\n remote_subnet { 172.16.0.0/16 }\n reqid 1\n linger 1\n}\n'
}
lan_open() { ns_ip r1 xfrm policy get src 10.9.1.0/24 dst 172.16.0.0/16 dir out | grep -q 'proto esp'; }
rm -f "$W/run1/drained"
line 22 >"$W/r1.conf"
start 1
quiet ctl 1 wait LAN active --timeout 8
expect 'an Active router opens its tunnel for the LAN' lan_open
line 23 >"$W/r1.conf"
quiet ctl 1 reload
expect 'an instance that begins anew lets it linger' lan_open
sleep 1.5
expect 'is a Backup meanwhile' is 1 .state Backup
expect 'and has it closed then' exits 1 lan_open
expect_policies r1 "$W/run1"
reap r1 TERM
mkfifo "$W/nft"
exec 9<>"$W/nft"
spawn_ns nft "$W/nft.log" r1 sh -c "exec nft -i <'$W/nft'"
echo 'delete table inet vrrp_sla; add table inet vrrp_sla { flags owner; }' >&9
quiet wait_until 2 eval "ns r1 nft list ruleset | grep -q owner"
start 1
expect 'a guard that cannot be put is told of' wait_until 3 logged 1 'the nftables guard is missing: '
reap r1 TERM
exec 9>&-
reap nft || true
quiet ns r1 "$BUILD/vrrpd/vrrpd" --flush -f "$W/r1.conf" -r "$W/run1"
ns_ip r1 link del dev side0
conf 1 >"$W/r1.conf"
start 1
quiet ctl 1 wait LAN active --timeout 5

# ---- clear words ----
ns r1 "$BUILD/vrrpd/vrrpd" -f "$W/r1.conf" -r "$W/run1" >"$W/second.log" 2>&1
expect 'a second daemon on the runtime directory exits with 3' test $? = 3
expect 'and names the directory' grep -qF "$W/run1" "$W/second.log"
expect 'and the holder' grep -q "${LAB_PID[r1]}" "$W/second.log"
reap r1 TERM
for cap in net_admin net_raw; do
    ns r1 capsh --drop=cap_$cap -- -c "'$BUILD/vrrpd/vrrpd' -f '$W/r1.conf' -r '$W/run1'" >"$W/cap.log" 2>&1
    expect "without CAP_${cap^^} it exits with 3" test $? = 3
    expect "and names CAP_${cap^^}" grep -q "CAP_${cap^^}" "$W/cap.log"
done
echo nonsense >"$W/bad.conf"
ns r1 "$BUILD/vrrpd/vrrpd" -f "$W/bad.conf" -r "$W/run1" >"$W/bad.log" 2>&1
expect 'a bad configuration exits with 1' test $? = 1
expect 'and says where' grep -q "bad.conf:1:1: error:" "$W/bad.log"
"$BUILD/vrrpd/vrrpd" --nonsense >/dev/null 2>&1
expect 'bad usage exits with 2' test $? = 2
tap_done
