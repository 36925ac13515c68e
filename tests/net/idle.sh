#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the two daemons cost at rest: one instance and one probe, both at 0.1 s, on two routers. BUILD is the build tree.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
. "$here/../lib/ns.sh"
. "$here/../lib/pair.sh"
BUILD=${BUILD:?the build tree}
W=$(mktemp -d)
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM
watch_s=10 rss_kb=8192 cpu_percent=1

probe_conf() {
    cat <<EOF
sla_probe far {
    target 10.9.2.1
    interval 0.1
}
vrrp_instance PAIR {
    version 3
    interface lan0
    virtual_router_id 9
    priority 200
    advert_int 0.1
    virtual_ipaddress {
        $PAIR_VIP/24
    }
    track_sla {
        far weight -150
    }
}
EOF
}
# Nanoseconds on a processor so far.
cpu_ns() { awk '{ s += $1 } END { printf "%.0f", s }' /proc/"${LAB_PID[$1]}"/task/*/schedstat; }
rss_kb_of() { awk '$1 == "VmRSS:" { print $2 }' "/proc/${LAB_PID[$1]}/status"; }
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@"; }

pair_up
probe_conf >"$W/conf"
for daemon in slad vrrpd; do
    spawn_ns "$daemon" "$W/$daemon.log" r1 "$BUILD/$daemon/$daemon" -f "$W/conf" -r "$W/run"
done
wait_until 5 ctl status
expect "the instance is Active" ctl wait PAIR active --timeout 10
expect "the probe is up" ctl wait far up --timeout 10
declare -A before=()
for daemon in slad vrrpd; do before[$daemon]=$(cpu_ns "$daemon"); done
pause "$watch_s"
for daemon in slad vrrpd; do
    expect_number "$daemon: resident" "$(rss_kb_of "$daemon")" '<' "$rss_kb" kB
    used=$(($(cpu_ns "$daemon") - ${before[$daemon]}))
    expect_number "$daemon: processor at rest" \
        "$(awk -v ns="$used" -v s="$watch_s" 'BEGIN { printf "%.3f", ns / s / 1e7 }')" '<' "$cpu_percent" %
done
for daemon in vrrpd slad; do expect "$daemon ends with status 0" reap "$daemon" TERM; done
tap_done
