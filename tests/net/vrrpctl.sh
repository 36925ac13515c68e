#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vrrpctl against the real daemons of two routers in namespaces: what it prints, what it exits with, how fast it wakes.
# BUILD is the build tree.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
. "$here/../lib/ns.sh"
. "$here/../lib/pair.sh"
: "${BUILD:?the build tree}"
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-ctl.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

ctl() { # N ARG...
    local n=$1
    shift
    "$BUILD/vrrpctl/vrrpctl" -r "$W/r$n/run" "$@"
}
exits() { # WANTED COMMAND...: the status, and the output for the reason
    local wanted=$1 status
    shift
    "$@"
    status=$?
    [ "$status" = "$wanted" ] || { echo "status $status, wanted $wanted"; return 1; }
}
says() { # PATTERN COMMAND...: in what it prints, on either stream
    local pattern=$1 out
    shift
    out=$("$@" 2>&1)
    grep -qE -- "$pattern" <<<"$out" || { echo "$out"; return 1; }
}
lacks() { ! says "$@" >/dev/null; }
json() { # N FILTER COMMAND...: jq -e on its output
    local n=$1 filter=$2
    shift 2
    ctl "$n" --json "$@" 2>/dev/null | jq -e "$filter"
}

router_conf() { # N [PRIORITY]
    pair_conf "$1" 0.1 | sed "s/priority .*/priority ${2:-$((300 - 100 * $1))}/; /^}/d"
    cat <<EOF
    track_sla {
        office weight -10
    }
}
sla_probe office {
    target 10.9.1.1
    source 10.9.1.25$1
    interval 0.02
    rise 3
}
EOF
}
start() { # N
    mkdir -p "$W/r$1"
    router_conf "$1" >"$W/r$1/pair.conf"
    spawn_ns "slad$1" "$W/r$1/log" "r$1" "$BUILD/slad/slad" -f "$W/r$1/pair.conf" -r "$W/r$1/run"
    spawn_ns "vrrpd$1" "$W/r$1/log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1/pair.conf" -r "$W/r$1/run"
}

keys='
    (.router_id, .version, .daemons.vrrpd.pid, .daemons.vrrpd.uptime_ms, .daemons.slad.heartbeat_age_ms) != null and
    .daemons.vrrpd.running and .daemons.slad.running and .daemons.slad.stale == false and
    (.instances[0] | ["name", "interface", "vrid", "version", "family", "state", "since", "reason", "drained", "priority",
        "advert_interval_ms", "active_down_ms", "peer", "addresses", "vmac", "tunnel", "counters"] - keys == []) and
    (.instances[0].priority | keys == ["changes", "configured", "effective"]) and
    (.instances[0].counters | ["adverts_sent", "adverts_received", "became_active", "priority_zero_sent",
        "priority_zero_received", "bad_checksum", "bad_ttl", "bad_version", "bad_length", "bad_vrid", "bad_interval",
        "bad_auth", "bad_first_address", "unknown_peer", "address_mismatch", "own_echo"] - keys == []) and
    (.probes[0] | ["name", "target", "source", "tunnel", "state", "since", "interval_ms", "sent", "received", "lost", "late",
        "duplicate", "rejected", "send_errors", "loss_percent", "rtt_us"] - keys == []) and
    (.probes[0].rtt_us | keys == ["avg", "jitter", "last", "max", "min", "p50", "p95", "p99"]) and
    (.probes[0].since | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[.][0-9]{3}Z$")) and
    .tunnels == []'

# ---- nobody there
expect "status: nobody answers" exits 3 ctl 1
expect "the verdict is the first word" says '^DOWN' ctl 1 status
expect "and JSON is whole" json 1 '.daemons.vrrpd.running == false and .instances == [] and .daemons.slad.stale' status
for c in probes tunnels events reload metrics 'explain PAIR' 'drain PAIR' 'resume --all' 'wait PAIR Active --timeout 0.1'; do
    # shellcheck disable=SC2086 # a command of several words
    expect "$c: nobody answers" exits 3 ctl 1 $c
done
for c in dance 'explain' 'drain' 'drain A B' 'wait A' 'wait A sleeping' 'status --force' 'wait A up --timeout soon' \
    '--nonsense' 'status surplus'; do
    # shellcheck disable=SC2086
    expect "$c: bad usage" exits 2 ctl 1 $c
done
expect "--help is no error" exits 0 ctl 1 --help
expect "--version neither" says '^vrrpctl [0-9]' ctl 1 --version

# ---- one router
pair_up
ctl 1 wait PAIR aCTIVE --timeout 15 &
waiter=$!
start 1
wait "$waiter"
expect "wait: also for a daemon that is not there yet" test $? = 0
expect "wait: returns at once when it is reached" exits 0 ctl 1 wait PAIR Active --timeout 0
expect "wait: a probe" exits 0 ctl 1 wait office up --timeout 10
from=$(now_us)
expect "wait: 1 at the timeout" exits 1 ctl 1 wait PAIR Backup --timeout 300ms
expect_number "wait: and not before" "$((($(now_us) - from) / 1000))" '>=' 300 ms
expect "wait: an unknown name is said" says 'is called NOBODY' ctl 1 wait NOBODY up --timeout 0
expect "status: JSON has every key" json 1 "$keys" status
expect "status: OK" says '^OK ' ctl 1
expect "status: no colour in a pipe" lacks $'\033' ctl 1
expect "probes: figures" says 'percentiles' ctl 1 probes
expect "tunnels: none" json 1 '.tunnels == []' tunnels
expect "explain: says why" says 'Priority 200' ctl 1 explain PAIR
expect "explain: who would take over" says 'So would an Active one of priority 200 with a greater' ctl 1 explain PAIR
expect "explain: an unknown name" exits 1 ctl 1 explain NOBODY
expect "metrics: end as OpenMetrics do" bash -c "'$BUILD/vrrpctl/vrrpctl' -r '$W/r1/run' metrics | tail -n 1 | grep -qx '# EOF'"
expect "metrics: each family is described once" \
    bash -c "'$BUILD/vrrpctl/vrrpctl' -r '$W/r1/run' metrics | grep '^# TYPE' | sort | uniq -d | grep -q . && exit 1 || exit 0"
expect "drain: refused without a peer" exits 1 ctl 1 drain PAIR
expect "drain: an unknown name" exits 1 ctl 1 drain NOBODY
expect "resume: an unknown name" exits 1 ctl 1 resume NOBODY
expect "drain: and nothing changed" exits 0 ctl 1 wait PAIR Active --timeout 2
expect "doctor: forwarding is on" says 'ok +forwarding +lan0' ns r1 "$BUILD/vrrpctl/vrrpctl" -r "$W/r1/run" doctor -f "$W/r1/pair.conf"
ns_sysctl r1 net.ipv4.ip_forward=0
expect "doctor: forwarding is off, which is an error" exits 1 ns r1 "$BUILD/vrrpctl/vrrpctl" -r "$W/r1/run" doctor -f "$W/r1/pair.conf"
ns_sysctl r1 net.ipv4.ip_forward=1

# ---- two routers
start 2
expect "two: the second is Backup" exits 0 ctl 2 wait PAIR Backup --timeout 10
expect "two: it hears the first" wait_until 5 json 2 '.instances[0].peer.address == "10.9.1.251"' status
expect "two: its probe is up" exits 0 ctl 2 wait office up --timeout 10
"$BUILD/vrrpctl/vrrpctl" -r "$W/r1/run" events --follow >"$W/follow" 2>&1 &
follower=$!
sleep 0.3
(ctl 1 wait PAIR Backup --timeout 10; now_us >"$W/woken") &
waiter=$!
sleep 0.3
expect "drain: reports who took over" says 'drained; 10\.9\.1\.252 holds it' ctl 1 drain PAIR
wait "$waiter"
moved=$(ctl 1 --json events | jq -r '[.events[] | select(.name == "PAIR" and .to == "Backup")][-1].time')
expect_number "wait: woken after the transition" \
    "$((($(cat "$W/woken") - $(date -d "$moved" +%s%6N)) / 1000))" '<=' "${WAKE_BOUND_MS:-20}" ms
expect "drain: shows in the status" says 'is drained' ctl 1
expect "drain: the peer is Active" exits 0 ctl 2 wait PAIR Active --timeout 2
expect "resume" exits 0 ctl 1 resume --all
expect "resume: Active again" exits 0 ctl 1 wait PAIR Active --timeout 5
expect "drain: a drain that ends by itself" exits 0 ctl 1 drain --all --for 1s
expect "drain: does" exits 0 ctl 1 wait PAIR Active --timeout 5
expect "events: follow printed them" wait_until 2 grep -q 'instance PAIR Active -> Backup' "$W/follow"
kill "$follower"
wait "$follower" 2>/dev/null
expect "events: both daemons', in order" json 1 '([.events[].thing] | index("probe") != null and index("instance") != null) and
    ([.events[].time] | . == sort)' events

# ---- reload
router_conf 1 150 >"$W/r1/pair.conf"
expect "reload: done" exits 0 ctl 1 reload
expect "reload: counts" json 1 '.instances[0].priority.configured == 150' status
sed -i 's/priority/priorty/' "$W/r1/pair.conf"
expect "reload: with an error" exits 1 ctl 1 reload
expect "reload: which is shown once, with its place" bash -c "[ \$('$BUILD/vrrpctl/vrrpctl' -r '$W/r1/run' reload 2>&1 |
    grep -c 'pair.conf:[0-9]*:[0-9]*: error:') = 1 ]"
expect "reload: the old one runs on" json 1 '.instances[0].priority.configured == 150' status

# ---- daemons that do not answer
kill -STOP "${LAB_PID[vrrpd1]}"
expect "a frozen vrrpd does not answer" says '^DOWN|does not answer' ctl 1
expect "and that is exit status 3" exits 3 ctl 1
kill -CONT "${LAB_PID[vrrpd1]}"
expect "its backlog of adverts is no second Active router" json 1 '.instances[0].alarms == []' status
kill -STOP "${LAB_PID[slad1]}"
expect "a frozen slad is no probe's state" wait_until 3 says '^DEGRADED' ctl 1
kill -CONT "${LAB_PID[slad1]}"
reap slad1
expect "without slad: DEGRADED" says '^DEGRADED.*slad' ctl 1
expect "without slad: probes have nobody to ask" exits 3 ctl 1 probes
expect "without slad: so has a wait for one" exits 3 ctl 1 wait office up --timeout 0
expect "without slad: not a wait for an instance" exits 1 ctl 1 wait NOBODY Backup --timeout 0
expect "without slad: the rest answers" exits 0 ctl 1

# ---- cost
mean_us() { # COMMAND...: over 50 calls
    local from
    from=$(now_us)
    for _ in {1..50}; do "$@" >/dev/null 2>&1; done
    echo $((($(now_us) - from) / 50))
}
empty=$(mean_us ctl 2 --version)
full=$(mean_us ctl 2 --json status)
expect_number "status: over an empty call" "$((full - empty))" '<=' "${STATUS_BOUND_US:-5000}" us
tap_done
