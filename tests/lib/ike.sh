# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after story.sh: strongSwan on the routers and the gateway, under the policies of vrrpd, and what happens to them.
# Two measurements run side by side, a packet each 5 ms each way: "tunnel", between CPE01's own address and the ECS,
# takes tunnel 1 whoever is Active, so it shows what IKE costs; "office" shows what of it the office notices. The bounds
# are those of the samples' settings: a request is sent 4 times 1 s apart, a silent peer is asked after 2 s, and the
# kernel asks for an SA anew after 2 s. A negotiation takes 0.1 s here; a machine that has other work needs longer.
# CUT_S is how long a line is cut.
. "$LIB/charon.sh"

RETRY_MS=1000 DPD_MS=2000 TRIES=4 ACQUIRE_MS=2000 NEGOTIATION_MS=2000
DEAD_PEER_MS=$((DPD_MS + TRIES * RETRY_MS)) # until a silent peer is given up and asked anew
# A gateway answers as soon as it runs, and refuses until it has its configuration. A router that it refused
# waits for the kernel to ask again.
REFUSED_MS=$((ACQUIRE_MS + NEGOTIATION_MS))
AWAY_S=3
PACE_US=5000 PACE_SECONDS=$((PACE_SECONDS + CUT_S))
TUNNEL_REPORT=$OUT/tunnel.report

# As wait_until, with the command's words as the reason.
in_time() { wait_until 5 "$@" || "$@"; }
policies_of_both() { # and nobody else's beside them
    local n
    for n in 1 2; do
        policies_whole "cpe0$n" "$(router_run "$n")" && policies_only_ours "cpe0$n" || return
    done
}
has_sas() { [ "$(ns_ip "cpe0$1" xfrm state | grep -c '^[[:space:]]enc ')" -ge 2 ]; }
tunnel_flows() { ns ecs ping -n -q -c 1 -W 1 "${LAN_ADDR[1]}"; }

both() { echo "$*" >&"$CONTROL" && echo "$*" >&"$TUNNEL_CONTROL"; }
open_event() { MOMENT[$1]=$(now_us) && both "mark $1"; }
close_event() {
    both "mark after-$1"
    pause 0.5
    both report
    wait_until 5 grep -q "^$1 ECS>office " "$REPORT" && wait_until 5 grep -q "^$1 ECS>CPE01 " "$TUNNEL_REPORT"
}
tunnel_figure() { REPORT=$TUNNEL_REPORT figure "$@"; }
larger() { awk -v a="$1" -v b="$2" 'BEGIN { print (a > b ? a : b) }'; }
tunnel_gap() { larger "$(tunnel_figure "$1" 'CPE01>ECS' gap_ms)" "$(tunnel_figure "$1" 'ECS>CPE01' gap_ms)"; }

# When packets flowed again, in ms after MOMENT[over]; negative when they did before.
again_ms() { # LABEL
    awk -v a="$(tunnel_figure "$1" 'CPE01>ECS' gap_at_ms)" -v b="$(tunnel_figure "$1" 'CPE01>ECS' gap_ms)" \
        -v over="${MOMENT[over]}" -v from="${MOMENT[$1]}" 'BEGIN { printf "%.0f", a + b - (over - from) / 1000 }'
}
lost_of() { # LABEL WAY
    printf '%s of %s' "$(figure "$1" "$2" lost)" "$(figure "$1" "$2" sent)"
}
say_event() { # LABEL
    printf '  tunnel  %8s without a packet, lost %s out and %s in\n' "$(seconds "$(tunnel_gap "$1")")" \
        "$(REPORT=$TUNNEL_REPORT lost_of "$1" 'CPE01>ECS')" "$(REPORT=$TUNNEL_REPORT lost_of "$1" 'ECS>CPE01')"
    printf '  office  %8s without a packet, lost %s out and %s in\n' "$(seconds "$(figure "$1" 'office>ECS' gap_ms)")" \
        "$(lost_of "$1" 'office>ECS')" "$(lost_of "$1" 'ECS>office')"
}

# LABEL TITLE FUNCTION: does it under traffic and waits until the tunnel carries packets again.
event() {
    printf '\n%s\n' "$2"
    open_event "$1"
    MOMENT[over]=${MOMENT[$1]}
    "$3"
    expect "$1: CPE01's tunnel is up" wait_state 1 line1 up 15
    expect "$1: CPE01's tunnel carries packets" wait_until 15 tunnel_flows
    pause 1
    close_event "$1"
    say_event "$1"
    expect "$1: policies wanted = installed on both routers" in_time policies_of_both
}
over() { MOMENT[over]=$(now_us); }

nothing_lost() { # LABEL
    local way
    for way in 'CPE01>ECS' 'ECS>CPE01'; do
        expect_number "$1: packets lost, $way" "$(tunnel_figure "$1" "$way" lost)" == 0
    done
    no_loss "$1" "$1"
}
office_loses_nothing() { # LABEL
    expect_number "$1: packets lost, office to ECS" "$(figure "$1" 'office>ECS' lost)" == 0
}
silent_below() { expect_number "$1: silence in the tunnel" "$(tunnel_gap "$1")" '<' "$2" ms; }
back_within() { expect_number "$1: packets again, after its cause ended" "$(again_ms "$1")" '<' "$2" ms; }

# The routers as they are when nothing is wrong.
settle() {
    local n
    for n in 1 2; do expect "CPE0$n's probe of the ECS is up" wait_state "$n" ecs up 30; done
    expect "CPE01 is Active" wait_state 1 OFFICE active 5
    expect "CPE02 is Backup" wait_state 2 OFFICE backup 5
}

chapter_traffic() {
    settle
    gateway_check "$CHECKS"
    wait_until 5 ns office ping -c 1 -W 1 "$ECS"
    mkfifo "$W/control" "$W/tunnel.control"
    exec {CONTROL}<>"$W/control" {TUNNEL_CONTROL}<>"$W/tunnel.control"
    pace_between office "$OFFICE" office "$W/control" "$REPORT"
    pace_between cpe01 "${LAN_ADDR[1]}" CPE01 "$W/tunnel.control" "$TUNNEL_REPORT" --port 7008
    pause 1
}
pace_between() { # NS ADDRESS NAME FIFO REPORT [WORD...]
    spawn "pace-$1" "$W/pace-$1.log" "$BUILD/tests/lib/pace" --a "$3,$(netns "$1"),$2" --b "ECS,$(netns ecs),$ECS" \
        --control "$4" --report "$5" --log "$W/pace-$1.packets" --seconds "$PACE_SECONDS" \
        --interval-us "$PACE_US" "${@:6}"
}

# Counted in charon's own log: a command that was refused would lose nothing either.
rekeyed() { grep -cE "$1" "$W/cpe01-ike/run/charon.log"; }
CHILD_MADE='outbound CHILD_SA line1\{[0-9]+\} established' IKE_MADE='IKE_SA line1\[[0-9]+\] rekeyed'
we_rekey() {
    local k
    CHILDREN=$(rekeyed "$CHILD_MADE") IKES=$(rekeyed "$IKE_MADE")
    for k in child ike child child ike child; do
        swanctl_on cpe01 --rekey "--$k" line1 >>"$W/rekey.log" 2>&1
        pause 0.5
    done
}
cut() {
    line_dies 1
    expect "cut: CPE02 becomes Active" wait_state 2 OFFICE active 5
    pause "$CUT_S"
    line_recover 1
    over
}

traffic_ends() {
    local key
    both stop
    for key in office cpe01; do reap "pace-$key" || true; done
    cp "$W"/*.log "$OUT/"
    for key in cpe01 cpe02 gw; do cp "$W/$key-ike/run/charon.log" "$OUT/ike-$key.log"; done
}
