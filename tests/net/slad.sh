#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# slad [BUILD]: a probe from a router over a provider to a server, in namespaces: verdicts and how soon they come, what is
# no loss, forged replies, reload, crash, and what it says when something is missing. Root. No ESP is needed here.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-net.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
CPE=(ip netns exec "$(netns cpe)")
SLAD=$BUILD/slad/slad RUN=$W/run SOCK=$W/run/slad.sock

probe() { # NAME [STATEMENT...]: no delay_up, so that the rounds below are not damped as flaps
    local name=$1
    shift
    printf 'sla_probe %s {\n target 172.16.41.10\n source 10.1.22.252\n delay_up 0\n' "$name"
    printf ' %s\n' "$@"
    printf '}\n'
}
field() { "$BUILD/tests/net/slawatch" "$SOCK" "$1" 2>/dev/null | sed -n "s/^$2=//p"; } # NAME FIELD
is() { [ "$(field "$1" "$2")" = "$3" ] || { echo "$2 of $1 is '$(field "$1" "$2")'"; return 1; }; }
soon() { wait_until "$1" is "${@:2}" || is "${@:2}"; }
more() { local v; v=$(field "$1" "$2"); [ "${v:-0}" -gt "$3" ] || { echo "$2 of $1 is $v"; return 1; }; }
grew() { wait_until "$1" more "${@:2}" || more "${@:2}"; }
logged() { grep -qF -- "$1" "$W/slad.log" || { tail -n 3 "$W/slad.log"; return 1; }; }
times_logged() { [ "$(grep -cF -- "$1" "$W/slad.log")" = "$2" ] || { grep -F -- "$1" "$W/slad.log"; return 1; }; }
stays() { # SECONDS NAME FIELD VALUE
    local end=$(($(now_us) + $1 * 1000000))
    shift
    while [ "$(now_us)" -lt "$end" ]; do is "$@" || return 1; sleep 0.1; done
}
exits() { # STATUS TEXT COMMAND...: ends by itself with that status and says that
    local want=$1 text=$2 out status
    shift 2
    out=$(timeout 10 "$@" 2>&1)
    status=$?
    if [ "$status" != "$want" ] || ! grep -qF -- "$text" <<<"$out"; then
        echo "status $status: $out"
        return 1
    fi
}
start() { spawn_ns slad "$W/slad.log" cpe "$SLAD" -f "$W/conf" -r "$RUN"; }
server() { ns_sysctl ecs net.ipv4.icmp_echo_ignore_all="$1"; } # 1: silent
forge() { # both|only FAULT
    server 1
    spawn_ns forge "$W/forge.log" ecs "$BUILD/tests/net/echoforge" "$@"
}
honest() {
    reap forge TERM
    server 0
}
# Wall clock in us of the first change of NAME to STATE after a moment.
change_after() { awk -v t="$3" -v n="$1" -v s="$2" '$1 >= t && $2 == "verdict" && $3 == n && $4 == s { print $1; exit }' "$W/watch"; }
changed_after() { [ -n "$(change_after "$@")" ]; }

ns_add cpe net ecs
ns_link cpe wan0 net up
ns_link net down ecs eth0
ns_ip cpe addr add 10.1.22.99/24 dev wan0
ns_ip cpe addr add 10.1.22.252/24 dev wan0
ns_ip cpe route add default via 10.1.22.1
ns_ip net addr add 10.1.22.1/24 dev up
ns_ip net addr add 172.16.41.1/24 dev down
ns_ip ecs addr add 172.16.41.10/24 dev eth0
ns_ip ecs route add default via 172.16.41.1
ns_sysctl net net.ipv4.ip_forward=1
# Errors at full rate, not one a second.
ns_sysctl net net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0

# ---- the command line ----
probe ecs >"$W/conf"
expect 'an unknown flag is bad usage' exits 2 '' "$SLAD" --wrong
expect 'help' exits 0 'runtime-dir' "$SLAD" --help
expect 'version' exits 0 '.' "$SLAD" --version
expect 'check of a good file' exits 0 '' "$SLAD" -t -f "$W/conf"
probe ecs 'interval soon' >"$W/bad"
expect 'check of a bad one names the place' exits 1 "$W/bad:5:" "$SLAD" -t -f "$W/bad"
expect 'a bad file starts nothing' exits 1 "$W/bad:5:" "${CPE[@]}" "$SLAD" -f "$W/bad" -r "$RUN"
expect 'without CAP_NET_RAW it says so' exits 3 CAP_NET_RAW \
    "${CPE[@]}" setpriv --bounding-set -net_raw --inh-caps -net_raw "$SLAD" -f "$W/conf" -r "$RUN"

# ---- up and down ----
spawn watch "$W/watch" "$BUILD/tests/net/slawatch" "$SOCK"
begin=$(now_us)
start
expect 'it comes up' wait_until 5 changed_after ecs up "$begin"
up=$(change_after ecs up "$begin")
expect_number 'start to up' $(((${up:-0} - begin) / 1000)) '<' 2500 ms
expect_number 'start to up is rise straight replies' $(((${up:-0} - begin) / 1000)) '>=' 1900 ms
expect 'a second slad on the same directory is refused' exits 3 "$RUN" "${CPE[@]}" "$SLAD" -f "$W/conf" -r "$RUN"
expect 'and told who holds it' exits 3 "pid $(cat "$RUN/slad.lock")" "${CPE[@]}" "$SLAD" -f "$W/conf" -r "$RUN"

worst=0
for _ in 1 2 3 4 5; do
    server 1
    cut=$(now_us)
    wait_until 3 changed_after ecs down "$cut"
    down=$(change_after ecs down "$cut")
    took=$(((${down:-$((cut + 9000000))} - cut) / 1000))
    [ "$took" -gt "$worst" ] && worst=$took
    server 0
    wait_until 5 changed_after ecs up "${down:-$cut}"
done
expect_number 'cut to down, the worst of five' "$worst" '<=' 850 ms
expect 'and back up each time' is ecs transitions 11
expect 'the hour knows the longest run of losses' more ecs hour_longest_run 5
expect 'the journal tells it' logged 'ecs: up -> down (6 straight probes lost)'

# ---- errors of the network ----
before=$(field ecs rejected)
ns_ip net route add unreachable 172.16.41.10/32
expect 'an unreachable server is down' soon 5 ecs state down
expect 'ICMP errors are counted' more ecs rejected "$before"
ns_ip net route del unreachable 172.16.41.10/32
expect 'and it comes back' soon 6 ecs state up

# ---- what is no loss ----
lost=$(field ecs lost)
ns_ip cpe addr del 10.1.22.252/24 dev wan0
expect 'a missing source is unknown in the end' soon 4 ecs state unknown
expect 'with the cause' is ecs cause 'source 10.1.22.252 is not an address of this host'
expect 'said once' times_logged 'cannot probe: source 10.1.22.252 is not an address of this host' 1
expect 'no probe was lost by it' more ecs void 9
ns_ip cpe link set dev wan0 down
expect 'even when there is no route either' stays 1 ecs cause 'source 10.1.22.252 is not an address of this host'
ns_ip cpe link set dev wan0 up
ns_ip cpe route replace default via 10.1.22.1
ns_ip cpe addr add 10.1.22.252/24 dev wan0
expect 'it comes back with the address' soon 5 ecs state up
expect 'which is said once too' times_logged 'probes again' 1
expect_number 'losses in between' $(($(field ecs lost) - lost)) '<=' 1

ns cpe nft 'table ip t { chain o { type filter hook output priority 0; ip daddr 172.16.41.10 drop; }; }'
expect "an own firewall's refusal is unknown too" soon 4 ecs state unknown
expect 'with its cause' is ecs cause 'a firewall rule or an IPsec policy of this host forbids it'
ns cpe nft delete table ip t
expect 'and ends with the rule' soon 5 ecs state up

transitions=$(field ecs transitions)
kill -s STOP "${LAB_PID[slad]}"
sleep 2
kill -s CONT "${LAB_PID[slad]}"
expect 'its own stall changes nothing' stays 2 ecs transitions "$transitions"

# ---- forged replies ----
for fault in cookie id sequence length source; do
    before=$(field ecs rejected)
    forge both "$fault"
    expect "a reply with a wrong $fault is counted" grew 4 ecs rejected $((before + 9))
    expect '  and moves nothing' is ecs state up
    honest
done
before=$(field ecs duplicate)
forge both twice
expect 'a duplicate is counted' grew 4 ecs duplicate $((before + 9))
honest
for fault in short checksum; do
    forge both "$fault"
    sleep 1
    expect "a malformed reply ($fault) moves nothing" is ecs state up
    honest
done
expect 'both are counted by reason' bash -c "'$BUILD/tests/net/ctl' '$RUN/slad.ctl' status |
    jq -e '.malformed.short > 5 and .malformed[\"bad checksum\"] > 5'"
forge only cookie
expect 'wrong replies alone are no replies' soon 3 ecs state down
honest
expect 'right ones are' soon 5 ecs state up

# ---- reload ----
sent=$(field ecs sent)
nonce=$(grep -c connected "$W/watch")
kill -s HUP "${LAB_PID[slad]}"
expect 'an unchanged file reloads' wait_until 3 logged 'reloaded: 1 probes'
expect 'and keeps the statistics' more ecs sent "$((sent - 1))"
expect 'those of the hour too' more ecs hour_longest_run 5
expect 'and the memory' [ "$(grep -c connected "$W/watch")" = "$nonce" ]
cp "$W/bad" "$W/conf"
kill -s HUP "${LAB_PID[slad]}"
expect 'a bad file is refused' wait_until 3 logged 'not reloaded; the old configuration runs on'
expect 'by the control socket too, with the place' bash -c "'$BUILD/tests/net/ctl' '$RUN/slad.ctl' reload |
    jq -e '.ok == false and (.diagnostics[0] | startswith(\"$W/conf:5:\"))'"
expect 'and the old one runs on' is ecs state up
{ probe ecs; probe lan 'interface nowhere0'; printf 'sla_group both {\n probes ecs lan\n require any\n}\n'; } >"$W/conf"
expect 'another set reloads' bash -c "'$BUILD/tests/net/ctl' '$RUN/slad.ctl' reload | jq -e .ok"
expect 'the old probe keeps its statistics' more ecs sent "$((sent - 1))"
expect 'and its state' is ecs state up
expect 'the readers get the new memory' wait_until 2 [ "$(grep -c connected "$W/watch")" -gt "$nonce" ]
expect 'a missing interface is unknown with its cause' soon 4 lan cause 'interface nowhere0 does not exist'
expect 'a group of any is up' is both state up
expect 'and says why' is both cause '1 of 2 probes up, 0 down, 1 needed'

# ---- crash and stop ----
begin=$(now_us)
reap slad KILL
expect 'a reader sees a killed slad at once' wait_until 2 grep -q hangup "$W/watch"
expect_number 'kill to hang-up' $((($(awk '$2 == "hangup" { print $1; exit }' "$W/watch") - begin) / 1000)) '<' 50 ms
start
expect 'a new one starts over it' soon 5 ecs state up
reap slad TERM
expect 'SIGTERM ends it with status 0' [ $? = 0 ]
expect 'it says that it stopped' wait_until 2 grep -q 'hangup 2$' "$W/watch"
expect 'and leaves no socket' [ ! -e "$SOCK" ]

# ---- what a restart keeps ----
expect 'it leaves its statistics' [ -s "$RUN/slad.state" ]
expect 'for its user alone' [ "$(stat -c %a "$RUN/slad.state")" = 600 ]
start
expect 'the next run goes on with them' wait_until 3 more ecs hour_sent 9
expect 'the verdict is made afresh' is ecs state unknown
expect 'and is reached' soon 5 ecs state up
reap slad TERM
sed -i s/nowhere0/nowhere1/ "$W/conf"
start
expect 'a probe that changed has no past' wait_until 3 logged 'statistics of the last run go on for 1 probes'
reap slad TERM
printf x | dd of="$RUN/slad.state" bs=1 seek=100 conv=notrunc status=none
start
expect 'a damaged file is said in one line' wait_until 3 logged "statistics in $RUN/slad.state are ignored: damaged"
expect 'and ignored' [ "$(field ecs hour_sent)" -lt 10 ]
reap slad TERM
tap_done
