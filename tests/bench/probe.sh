#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# probe.sh [BUILD [SECONDS]]: what slad costs, and how exact it is, over a veth pair between two namespaces: from one
# probe to 10,000 a second (1,000 targets at 0.1 s, and 100 at 10 ms). Beside it fping at the same pace in the same run.
# Both pay for the other side's answer too, which the kernel makes while they send. Of the two big loads, a capture tells
# how late probes left, on the grid of each target, and how far slad's RTTs are from the wire's. Both are scheduled
# as slad's unit has it. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
seconds=${2:-10}
UNIT=(chrt -r "$(sed -n 's/^CPUSchedulingPriority=//p' systemd/slad.service.in)")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-bench.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM

# Nanoseconds on a processor so far, all threads.
cpu_ns() { awk '{ s += $1 } END { printf "%.0f", s }' /proc/"${LAB_PID[$1]}"/task/*/schedstat; }
rss_kb() { awk '$1 == "VmRSS:" { print $2 }' "/proc/${LAB_PID[$1]}/status"; }
addresses() { for ((i = 0; i < $1; i++)); do echo "10.9.$((i / 250)).$((i % 250 + 2))"; done; }
conf() { # TARGETS INTERVAL
    addresses "$1" |
        awk -v s="$2" '{ printf "sla_probe p%d {\n target %s\n source 10.9.0.1\n interval %s\n}\n", NR, $1, s }'
}
start_slad() { # afresh: figures of an earlier run would be taken up
    rm -rf "$W/run"
    spawn_ns slad "$W/slad.log" from "${UNIT[@]}" "$BUILD/slad/slad" -f "$W/conf" -r "$W/run"
}
sent() { ns from cat /sys/class/net/veth0/statistics/tx_packets; }
measure() { # KEY LABEL: after some seconds to settle
    local from us before after first last
    sleep 3
    first=$(sent) from=$(now_us) before=$(cpu_ns "$1" 2>/dev/null)
    sleep "$seconds"
    alive "$1" || { printf '  %-18s does not survive this pace\n' "$2"; return; }
    after=$(cpu_ns "$1") us=$(($(now_us) - from)) last=$(sent)
    awk -v ns=$((after - before)) -v us=$us -v n=$((last - first)) -v rss="$(rss_kb "$1")" -v label="$2" 'BEGIN {
        printf "  %-18s %7.0f probes a second  %6.2f %% of a core  %6.1f us a probe  %5d kB RSS\n",
            label, n / us * 1e6, ns / us / 10, ns / 1e3 / n, rss }'
}
judge() { # TEXT VALUE BOUND UNIT
    awk -v t="$1" -v v="$2" -v b="$3" -v u="$4" 'BEGIN { printf "  %-52s %8.1f %s (%s %g)\n", t, v, u, v <= b ? "within" : "ABOVE", b }'
}

# TARGETS INTERVAL_US: the n-th request of a target answers for its n-th reply, as long as nothing was lost.
exactness() {
    capture cap from veth0 "$W/pcap" -B 65536 icmp
    start_slad
    sleep 3
    "$BUILD/tests/net/slawatch" "$W/run/slad.sock" -a 60 >"$W/seen"
    reap slad TERM
    reap cap
    tail -n 1 "$W/pcap.log" | grep -q '^0 packets dropped' || echo "  the capture is not whole: $(tail -n 1 "$W/pcap.log")"
    tcpdump -n -tt -r "$W/pcap" 2>/dev/null | awk -v us="$2" '
        NR == FNR { if ($4 == $3 || $4 == $3 - 1) rtt[$1, $4 - 1] = $7; bad[$1] = $5 + $6; next }
        { sub(/:$/, "", $5); sub(/,$/, "", $10); sub(/,$/, "", $12); at = ($1 - 1e9 * int($1 / 1e9)) * 1e6 }
        $8 == "request," { sent[$5, $12] = at; own[$5]++; n++
            d = at - $12 * us; at_grid[n] = d; of[n] = $5; if (!($5 in min) || d < min[$5]) min[$5] = d }
        $8 == "reply," && (($3, $12) in sent) { back++
            if (($3, $12) in rtt) { d = rtt[$3, $12] - (at - sent[$3, $12]); print "rtt", d < 0 ? -d : d } }
        END { for (i = 1; i <= n; i++) print "late", at_grid[i] - min[of[i]]
            for (t in bad) lost += bad[t]; print "sum", n, back, lost }' "$W/seen" - >"$W/figures"
    local kind
    for kind in late rtt; do
        awk -v k=$kind '$1 == k { print $2 }' "$W/figures" | sort -n >"$W/$kind"
        [ -s "$W/$kind" ] || echo "  no figures of $kind"
    done
    p99() { awk '{ v[NR] = $1 } END { print v[int((NR * 99 + 99) / 100)] }' "$W/$1"; }
    awk '$1 == "sum" { printf "  %-18s %d requests, %d replies on the wire\n", "captured", $2, $3 }' "$W/figures"
    judge 'probes lost or void' "$(awk '$1 == "sum" { print $4 }' "$W/figures")" 0 probes
    judge "p99 lateness of $(wc -l <"$W/late") probes" "$(p99 late)" 1500 us
    judge "p99 difference of $(wc -l <"$W/rtt") RTTs to the capture" "$(p99 rtt)" 50 us
}

ns_add from to
ns_link from veth0 to veth0
ns_ip from addr add 10.9.0.1/16 dev veth0
addresses 1000 | sed 's|.*|addr add &/16 dev veth0|' | ip -n "$(netns to)" -batch -
while read -r targets interval gap; do
    echo "$targets targets at $interval s"
    rate=$(awk -v n="$targets" -v s="$interval" 'BEGIN { print n / s }')
    ms=$(awk -v s="$interval" 'BEGIN { print s * 1000 }')
    conf "$targets" "$interval" >"$W/conf"
    start_slad
    measure slad slad
    reap slad TERM
    # shellcheck disable=SC2046
    spawn_ns fping /dev/null from "${UNIT[@]}" fping -l -q -p "$ms" -i "$gap" -b 56 -S 10.9.0.1 $(addresses "$targets")
    measure fping "fping -l -p $ms"
    reap fping INT
    [ "$rate" -lt 10000 ] || exactness "$targets" "$(awk -v s="$interval" 'BEGIN { print s * 1e6 }')"
done <<'EOT'
1 0.1 1
100 0.1 1
1000 0.1 0.01
100 0.01 0.01
EOT
echo "load $(cut -d ' ' -f 1 /proc/loadavg)"
