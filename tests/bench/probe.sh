#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# probe.sh [BUILD [SECONDS]]: what slad costs for one probe and for a hundred targets at 0.1 s, beside fping at the same
# pace in the same run, over a veth pair between two namespaces. Prints processor share, microseconds a probe, and RSS. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
seconds=${2:-10}
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-bench.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM

# Nanoseconds on a processor so far, all threads.
cpu_ns() { awk '{ s += $1 } END { printf "%.0f", s }' /proc/"${LAB_PID[$1]}"/task/*/schedstat; }
rss_kb() { awk '$1 == "VmRSS:" { print $2 }' "/proc/${LAB_PID[$1]}/status"; }
addresses() { for ((i = 1; i <= $1; i++)); do echo "10.9.0.$((i + 1))"; done; }
conf() {
    addresses "$1" | awk '{ printf "sla_probe p%d {\n target %s\n source 10.9.0.1\n interval 0.1\n}\n", NR, $1 }'
}
measure() { # KEY TARGETS LABEL: after a second to settle
    local before after
    sleep 1
    before=$(cpu_ns "$1")
    sleep "$seconds"
    after=$(cpu_ns "$1")
    awk -v ns=$((after - before)) -v s="$seconds" -v n="$2" -v rss="$(rss_kb "$1")" -v label="$3" 'BEGIN {
        printf "%-22s %4d targets  %6.2f %% of a core  %6.1f us a probe  %5d kB RSS\n",
            label, n, ns / s / 1e7, ns / 1e3 / (s * 10 * n), rss }'
}

ns_add from to
ns_link from veth0 to veth0
ns_ip from addr add 10.9.0.1/24 dev veth0
for address in $(addresses 100); do ns_ip to addr add "$address/24" dev veth0; done
for n in 1 100; do
    conf "$n" >"$W/conf$n"
    spawn_ns slad "$W/slad.log" from "$BUILD/slad/slad" -f "$W/conf$n" -r "$W/run"
    measure slad "$n" slad
    reap slad TERM
    # shellcheck disable=SC2046
    spawn_ns fping /dev/null from fping -l -q -p 100 -i 1 -b 56 -S 10.9.0.1 $(addresses "$n")
    measure fping "$n" 'fping -l -p 100'
    reap fping INT
done
