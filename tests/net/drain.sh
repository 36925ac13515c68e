#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# drain [BUILD]: a drain that moves the cloud as well: two routers whose tunnels have a health_check. Root. No ESP is
# needed: what the rule counts shows what it would have left unanswered.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-drain.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

ECS=172.16.41.10 INTERVAL_MS=200 RETRIES=3
MARGIN_MS=1000
MOVES_MS=$(((RETRIES + 1) * INTERVAL_MS + MARGIN_MS))
OWN=([1]=10.1.22.252 [2]=10.1.22.253)

ns_add lan far
ns_bridge lan sw
for n in 1 2; do
    ns_add "r$n"
    ns_link "r$n" lan0 lan "r$n"
    ns_ip lan link set dev "r$n" master sw
    ns_link "r$n" wan0 far "wan$n"
    ns_ip "r$n" addr add "${OWN[n]}/24" dev lan0
    ns_ip "r$n" addr add "198.51.10$n.1/24" dev wan0
    ns_ip "r$n" route add default via "198.51.10$n.2"
    ns_ip far addr add "198.51.10$n.2/24" dev "wan$n"
    ns_ip far route add "${OWN[n]}/32" via "198.51.10$n.1"
done
ns_ip far addr add "$ECS/32" dev lo

# Without guard and policies of its own nothing but the rule stands between a packet in the clear and the address.
conf() { # N [SECOND INSTANCE'S WORD]
    cat <<CONF
ipsec_tunnel line1 {
  interface wan0
  local_address 198.51.10$1.1
  remote_address 203.0.113.1
  local_subnet { 10.1.22.0/24 }
  remote_subnet { 172.16.0.0/16 }
  own_address ${OWN[$1]}
  health_check interval 0.$((INTERVAL_MS / 100)) retries $RETRIES
  reqid 1
  guard off
  clamp_mss off
}
vrrp_instance "THE OFFICE" {
  interface lan0
  version 3
  virtual_router_id 22
  priority $((300 - $1 * 100))
  advert_int 0.1
  virtual_ipaddress { 10.1.22.254/24 }
  ipsec_tunnel line1
}
CONF
    [ -z "${2:-}" ] || printf 'vrrp_instance GUESTS {\n interface lan0\n version 3\n virtual_router_id 23\n priority %d
 advert_int 0.1\n virtual_ipaddress { 10.1.22.250/24 }\n ipsec_tunnel line1\n}\n' $((300 - $1 * 100))
}
start() { spawn_ns "vrrpd$1" "$W/vrrpd$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"; }
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
wait_state() { ctl "$1" wait "${3:-THE OFFICE}" "$2" --timeout 5; }
cloud() { ctl 1 --json status | jq -r '.instances[0].cloud | if . then .state else "null" end'; }
cloud_is() { [ "$(cloud)" = "$1" ] || { ctl 1 --json status | jq -c '.instances[].cloud'; return 1; }; }
rule() { ns r1 nft list table inet vrrp_sla 2>/dev/null | grep 'echo-request'; }
silent() { [ -n "$(rule)" ]; }
answers() { ! silent || { rule; return 1; }; }
dropped() { rule | sed -n 's/.*packets \([0-9]*\) .*/\1/p'; }
said() { grep -qF -- "$1" "$W/$2" || { tail -n 3 "$W/$2"; return 1; }; }
soon() { wait_until 3 "$@" || "$@"; }
# Sets TOOK_MS and STATUS; what it says goes to drain.out and drain.err.
drain() {
    local from
    from=$(now_us)
    ctl 1 drain "$@" >"$W/drain.out" 2>"$W/drain.err"
    STATUS=$?
    TOOK_MS=$((($(now_us) - from) / 1000))
}

# What the routers send. The ping below that is no traffic of the tunnel does not count.
lines_watched '10.1.22.0/24 172.16.0.0/16' r1:wan0:out r2:wan0:out
lines_except "icmp and src host ${OWN[1]} and dst host 198.51.101.2"
for n in 1 2; do conf "$n" >"$W/r$n.conf"; start "$n"; done
expect 'router 1 is Active' wait_state 1 active
expect 'router 2 is Backup' wait_state 2 backup
expect 'nothing is silent before a drain' answers
expect 'and the status has no word about the cloud' cloud_is null

# ---- drain and resume ----
drain 'THE OFFICE'
expect_number 'the drain succeeds' "$STATUS" == 0
expect_number "it took the cloud's time" "$TOOK_MS" '>=' "$MOVES_MS" ms
expect_number 'and not much more' "$TOOK_MS" '<' $((MOVES_MS + 2000)) ms
expect 'who waits is told how long' said 'THE OFFICE: handed over; the cloud moves its traffic within 1.' drain.err
expect 'the outcome is told' said 'THE OFFICE: the cloud has moved' drain.out
expect 'the journal has it too' said "the cloud's health checks are left unanswered" vrrpd1.log
expect 'the status says so' cloud_is moved
expect 'router 2 is Active' wait_state 2 active
expect 'the rule is there' silent
ns far ping -q -c 3 -i 0.1 -W 0.1 -I "$ECS" "${OWN[1]}" >"$W/ping" 2>&1
expect_number 'echo requests from the cloud that it dropped' "$(dropped)" == 3
ns r1 ping -q -c 3 -i 0.1 -W 0.1 -I "${OWN[1]}" 198.51.101.2 >"$W/ping" 2>&1
ns far ping -q -c 3 -i 0.1 -W 0.1 "${OWN[1]}" >"$W/ping" 2>&1
expect_number 'others, and replies, are none of its business' "$(dropped)" == 3

ns r1 nft flush ruleset
expect 'when another program has flushed the rule, the cloud has to move anew' soon cloud_is moving
expect 'with the rule back' silent
expect 'and does' soon cloud_is moved

# ---- it outlives what a drain outlives ----
spawn_ns monitor "$W/monitor" r1 nft monitor
pause 0.3
reap vrrpd1 KILL
expect 'a killed daemon leaves it' silent
start 1
expect 'the next one is drained' soon cloud_is moving
expect 'and silent' silent
reap vrrpd1 TERM
expect 'a clean stop leaves it, for the reboot that is planned' silent
start 1
expect 'and a start finds it again' soon cloud_is moving
reap monitor
# A line a transaction: whether the rule stands behind it.
awk '/^delete rule .* enter/ { rule = 0 } /^add rule .*echo-request/ { rule = 1 } /^# new generation/ { print rule }' \
    "$W/monitor" >"$W/transactions"
expect_number 'changes of the rules by those starts' "$(wc -l <"$W/transactions")" '>=' 2
expect_number 'moments without the rule' "$(grep -c 0 "$W/transactions")" == 0
conf 1 x >"$W/r1.conf"
ctl 1 reload >"$W/reload" 2>&1
expect 'a reload that gives the tunnel to another instance too ends it' soon answers
expect 'as the status says' cloud_is stays
conf 1 >"$W/r1.conf"
ctl 1 reload >"$W/reload" 2>&1
expect 'and one without begins it again' soon silent
ctl 1 resume 'THE OFFICE' >"$W/resume"
expect 'resume ends it' soon answers
expect 'at once' wait_state 1 active
expect 'and the status forgets it' cloud_is null

# ---- what it cannot do ----
for n in 1 2; do conf "$n" x >"$W/r$n.conf"; ctl "$n" reload >"$W/reload" 2>&1; done
expect 'a second instance on the tunnel' wait_state 1 active GUESTS
expect 'both are here' wait_state 1 active
drain 'THE OFFICE'
expect_number 'a drain of one of two is no drain of the cloud' "$STATUS" == 1
expect 'and says why' said 'the cloud has not moved: an instance that is not drained uses the tunnel too' drain.out
expect 'nothing is silent' answers
drain --all
expect_number 'a drain of both is' "$STATUS" == 0
expect 'silent' silent
ctl 1 resume GUESTS >"$W/resume"
expect 'resuming one ends it' soon answers
ctl 1 resume --all >"$W/resume"
expect 'a time limit ends a drain' wait_state 1 active
drain --all --for 2s
expect 'silent for so long' silent
expect 'and no longer' soon answers
expect 'it is over' wait_state 1 active
for n in 1 2; do expect_policies "r$n" "$W/run$n"; done
ctl 1 drain --all >"$W/drain.out" 2>"$W/drain.err" &
waiter=$!
expect 'while the cloud moves' soon said 'THE OFFICE: handed over' drain.err
reap vrrpd1 KILL
wait "$waiter"
expect_number 'a drain whose vrrpd died fails' $? == 1
expect 'and says so' said 'what became of it is not known' drain.err
expect 'its policies stay' policies_stay r1
lines_clear
tap_done
