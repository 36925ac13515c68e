# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the demo and by the ESP test: the article's site played chapter by chapter with the real
# daemons, measured by pace, watched on both lines. Needs BUILD, CONF and OUT; what it finds it says by
# tap.sh's lines. A chapter is: mark, do, wait for what must come, mark again, compare.

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The demo's cloud checks every second, three times; the cloud's own default is every three.
CHECK_INTERVAL=${CHECK_INTERVAL:-1} CHECK_FALL=${CHECK_FALL:-3}
. "$LIB/tap.sh"
. "$LIB/ns.sh"
. "$LIB/site.sh"
. "$LIB/gateway.sh"
. "$LIB/router.sh"
. "$LIB/tunnels.sh"

ARTICLE="about 30 s"
POWER_CUT_MS=400 # adverts every 0.1 s: 3 missed and the skew, 0.36 s, and the takeover itself
DEAD_LINE_MS=1200 # 6 losses 0.1 s apart, 0.2 s until the last is one, then the hand-over
# Five times the story waits for the cloud, and once for three checks.
PACE_SECONDS=$((240 + 5 * (CHECK_INTERVAL * (CHECK_FALL + 1) - 4) + 3 * (CHECK_INTERVAL - 1)))

W=$(mktemp -d)
CHECKS=$OUT/cloud.log STORY=$OUT/story.tsv REPORT=$OUT/pace.report PACE_LOG=$OUT/pace.log
declare -A MOMENT=()

story_end() { lab_end; rm -rf "$W"; }
trap story_end EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*"; }
tell() { printf '%b\n' "$(printf '%s\\t' "$@" | sed 's/\\t$//')" >>"$STORY"; }

mark() { MOMENT[$1]=$(now_us); echo "mark $1" >&"$CONTROL"; }

# Ends chapter LABEL and waits for its figures.
close_mark() {
    mark "after-$1"
    pause 0.5
    echo report >&"$CONTROL"
    wait_until 5 grep -q "^$1 ECS>office " "$REPORT"
}
figure() { # LABEL WAY WORD
    awk -v label="$1" -v way="$2" -v word="$3" \
        '$1 == label && $2 == way { for (i = 3; i < NF; i++) if ($i == word) print $(i + 1) }' "$REPORT"
}
seconds() { awk -v ms="$1" 'BEGIN { printf "%.2f s", ms / 1000 }'; }

# Read here, by the shell: asking the kernel would start processes while pace measures.
cloud_uses() { # N
    local lines i
    mapfile -t lines <"$CHECKS"
    for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
        [[ ${lines[i]} == *' route '* ]] || continue
        [[ ${lines[i]} == *" route $1" ]]
        return
    done
    return 1
}

# When the cloud first moved its route after the mark, in ms after it; 0: never.
route_moved_ms() { # LABEL
    awk -v from="${MOMENT[$1]}" '$2 == "route" && $1 >= from { printf "%.0f", ($1 - from) / 1000; found = 1; exit }
        END { if (!found) print 0 }' "$CHECKS"
}

outage_lines() { # LABEL: both directions beside the article
    local up down moved
    up=$(figure "$1" 'office>ECS' gap_ms) down=$(figure "$1" 'ECS>office' gap_ms)
    printf '  office -> ECS  %8s without a packet, %5s lost of %s   (the article: %s)\n' \
        "$(seconds "$up")" "$(figure "$1" 'office>ECS' lost)" "$(figure "$1" 'office>ECS' sent)" "$ARTICLE"
    printf '  ECS -> office  %8s without a packet, %5s lost of %s' "$(seconds "$down")" \
        "$(figure "$1" 'ECS>office' lost)" "$(figure "$1" 'ECS>office' sent)"
    moved=$(route_moved_ms "$1")
    if [ "$(figure "$1" 'ECS>office' lost)" = 0 ]; then printf '\n'
    else printf '   (%s of it until the cloud'\''s check moved the route)\n' "$(seconds "$moved")"; fi
    printf '  the measurement itself was never later than %s ms\n' "$(figure "$1" 'office>ECS' late_ms)"
}

operator_sees() { # N
    say "  CPE0$1 says (vrrpctl status):"
    ctl "$1" status 2>&1 | sed 's/^/    | /'
}

heading() { # LABEL TITLE
    tell chapter "$1" "$2"
    CHAPTER=$((${CHAPTER:-0} + 1))
    printf '\n%d. %s\n' "$CHAPTER" "$2"
}

# shellcheck disable=SC2016 # the inner shell's own words
follow_events() { # N: until the router's daemons end
    spawn "events$1" "$W/events$1.log" bash -c \
        'exec "$1" -r "$2" --json events --follow >>"$3"' \
        follow "$BUILD/vrrpctl/vrrpctl" "$(router_run "$1")" "$W/events$1.json"
}

# The states that the routers published, the cloud's log, and the power: as rows of the picture.
tell_states() {
    local n
    for n in 1 2; do
        jq -r --arg n "CPE0$n" '(.events // [.])[] | (.event // .)
            | select(.thing == "instance" or .thing == "probe")
            | (.time | capture("\\.(?<ms>[0-9]{3})").ms | tonumber) as $ms
            | ["state", (.time | sub("\\.[0-9]+Z$"; "Z") | fromdate) * 1000000 + $ms * 1000,
               $n + (if .thing == "probe" then " probe" else "" end), .to] | @tsv' "$W/events$n.json"
    done >>"$STORY"
    awk -v OFS='\t' '$2 == "check" { print "state", $1, "cloud check " $3, $4 }
        $2 == "route" { print "state", $1, "cloud route", "tunnel " $3 }' "$CHECKS" >>"$STORY"
}

states_are() { # CPE01's CPE02's
    local one two
    one=$(instance_state 1) two=$(instance_state 2)
    [ "$one/$two" = "$1/$2" ] || { echo "CPE01 $one, CPE02 $two"; return 1; }
}

story_open() {
    mkfifo "$W/control"
    exec {CONTROL}<>"$W/control" # both ends: a writer never waits for pace
    : >"$STORY" && : >"$CHECKS" && : >"$REPORT"
    local track
    for track in CPE01 CPE02 'CPE01 probe' 'CPE02 probe' 'cloud check 1' 'cloud check 2' 'cloud route'; do
        tell track "$track"
    done
    tell title "One site, two routers: what the office saw"
    tell subtitle "One packet each millisecond both ways, real ESP, adverts and probes every 0.1 s. The cloud checks\
 every $CHECK_INTERVAL s and moves after $CHECK_FALL failures."
    tell article 30000000
}

# From before the first packet to after the last.
watch_lines() { lines_watched "$SITE_NET $CLOUD_NET" isp1:line isp2:line; }

cloud_moves_to() { # N
    expect "the cloud's check moves its route to tunnel $1" \
        wait_until $((CHECK_INTERVAL * (CHECK_FALL + 3) + 5)) cloud_uses "$1"
}

chapter_up() {
    site_addresses
    site_up
    make_keys 1 && make_keys 2
    gateway_up "$(router_conf 1)" "$(router_keys 1)" "$(router_conf 2)" "$(router_keys 2)"
    watch_lines
    printf '\n'
    expect "CPE01 boots and its daemons answer" router_boot 1
    expect "CPE02 boots and its daemons answer" router_boot 2
    follow_events 1 && follow_events 2
    expect "CPE01 becomes Active" wait_state 1 OFFICE active 20
    expect "CPE01's probe of the ECS through its tunnel is up" wait_state 1 ecs up 20
    expect "CPE02's probe of the ECS through its tunnel is up" wait_state 2 ecs up 20
    expect "CPE01 is Active, CPE02 is Backup" states_are Active Backup
    gateway_check "$CHECKS"
    wait_until 5 ns office ping -c 1 -W 1 "$ECS"
    spawn pace "$W/pace.log" "$BUILD/tests/lib/pace" --a "office,$(netns office),$OFFICE" \
        --b "ECS,$(netns ecs),$ECS" --control "$W/control" --report "$REPORT" --log "$PACE_LOG" \
        --seconds "$PACE_SECONDS"
    pause 1
    heading up "Both routers are up"
    operator_sees 1
    operator_sees 2
    backup_check
}

# The article's point: request and reply of the Backup's check take the Backup's own tunnel.
backup_check() {
    mark up
    capture vti1 gw vti1 "$W/vti1.pcap" "icmp and host ${LAN_ADDR[2]} and host $GW_IN"
    capture vti2 gw vti2 "$W/vti2.pcap" "icmp and host ${LAN_ADDR[2]} and host $GW_IN"
    pause $((3 * CHECK_INTERVAL + 1))
    reap vti1 INT || true
    reap vti2 INT || true
    close_mark up
    expect_number "CPE02 is Backup: replies to the cloud's check by tunnel 2" \
        "$(captured "$W/vti2.pcap" 'icmp[0] = 0')" '>=' 3
    expect_number "CPE02 is Backup: packets of its check in tunnel 1" "$(captured "$W/vti1.pcap")" '==' 0
    expect_number "both up: packets lost, office to ECS" "$(figure up 'office>ECS' lost)" '==' 0
    expect_number "both up: packets lost, ECS to office" "$(figure up 'ECS>office' lost)" '==' 0
}

chapter_power() {
    heading power "CPE01's power goes"
    mark power
    tell state "${MOMENT[power]}" CPE01 off
    tell state "${MOMENT[power]}" "CPE01 probe" off
    power_cut 1
    expect "CPE02 becomes Active" wait_state 2 OFFICE active 5
    cloud_moves_to 2
    pause 1
    close_mark power
    outage_lines power
    operator_sees 2
    expect_number "power cut: silence, office to ECS" "$(figure power 'office>ECS' gap_ms)" '<' "$POWER_CUT_MS" ms
    # The first check that finds silence begins within an interval, and CHECK_FALL of them must fail.
    expect_number "power cut: silence, ECS to office, by the cloud's check" "$(figure power 'ECS>office' gap_ms)" '<' \
        $(((CHECK_FALL + 1) * CHECK_INTERVAL * 1000)) ms
    after_the_cloud power
}

# Once the cloud has moved its route nothing of ours may be missing any more.
after_the_cloud() { # LABEL
    local end moved
    end=$(awk -v a="$(figure "$1" 'ECS>office' gap_at_ms)" -v b="$(figure "$1" 'ECS>office' gap_ms)" 'BEGIN { print a + b }')
    moved=$(route_moved_ms "$1")
    expect_number "the cloud's check moved its route, after" "$moved" '>' 0 ms
    # The gateway logs the move after making it, so the difference may be below zero.
    expect_number "silence, ECS to office, after the cloud's route had moved" \
        "$(awk -v a="$end" -v b="$moved" 'BEGIN { printf "%.1f", a - b }')" '<' 200 ms
}

no_loss() { # LABEL TEXT
    expect_number "$2: packets lost, office to ECS" "$(figure "$1" 'office>ECS' lost)" '==' 0
    expect_number "$2: packets lost, ECS to office" "$(figure "$1" 'ECS>office' lost)" '==' 0
}

chapter_return() {
    heading return "CPE01 comes back"
    mark return
    expect "CPE01 boots and its daemons answer" router_boot 1
    follow_events 1
    expect "CPE01 becomes Active again" wait_state 1 OFFICE active 30
    expect "CPE02 is Backup again" wait_state 2 OFFICE backup 5
    cloud_moves_to 1
    expect "CPE01's probe is up again" wait_state 1 ecs up 30
    pause 1
    close_mark return
    outage_lines return
    operator_sees 1
    no_loss return "return"
}

chapter_dead_line() {
    heading deadline "CPE01's line dies beyond the first hop"
    mark deadline
    line_dies 1
    expect "CPE02 becomes Active" wait_state 2 OFFICE active 5
    expect "CPE01 is Backup, CPE02 is Active" states_are Backup Active
    expect "CPE01's probe is down" wait_state 1 ecs down 2
    cloud_moves_to 2
    pause 1
    close_mark deadline
    outage_lines deadline
    operator_sees 1
    expect_number "dead line: silence, office to ECS" "$(figure deadline 'office>ECS' gap_ms)" '<' "$DEAD_LINE_MS" ms
    after_the_cloud deadline
}

chapter_recovery() {
    heading recovery "The line recovers"
    mark recovery
    line_recover 1
    expect "CPE01 becomes Active after its probe's delay" wait_state 1 OFFICE active 45
    expect "CPE02 is Backup again" wait_state 2 OFFICE backup 5
    cloud_moves_to 1
    pause 1
    close_mark recovery
    outage_lines recovery
    operator_sees 1
    no_loss recovery "recovery"
}

chapter_hand_over() {
    heading handover "A planned hand-over to CPE02 and back"
    mark handover
    expect "vrrpctl drain OFFICE on CPE01" ctl 1 drain OFFICE
    expect "CPE02 is Active" wait_state 2 OFFICE active 5
    expect "CPE01 is Backup, CPE02 is Active" states_are Backup Active
    pause 2
    operator_sees 1
    expect "vrrpctl resume OFFICE on CPE01" ctl 1 resume OFFICE
    expect "CPE01 is Active" wait_state 1 OFFICE active 10
    expect "CPE02 is Backup" wait_state 2 OFFICE backup 5
    pause 1
    close_mark handover
    outage_lines handover
    no_loss handover "hand-over and back"
}

# The policies of the routers that there are, and what the lines have seen. A packet that is forged on a line does not get in.
chapter_cleartext() {
    local n
    printf '\nThe policies and the lines\n'
    for n in 1 2; do
        [ -z "${LAB_NS[cpe0$n]:-}" ] || expect_policies "cpe0$n" "$(router_run "$n")"
    done
    capture forged office eth0 "$W/forged.pcap" "$FORGED"
    ns isp1 "$BUILD/tests/lib/forge" line "$ECS" "$OFFICE" "$(ns cpe01 cat /sys/class/net/wan0/address)"
    pause 0.5
    reap forged INT || true
    expect_number "forged packets from the line that reached the office" "$(captured "$W/forged.pcap")" '==' 0
    lines_clear
}

story_close() { # writes the picture
    echo stop >&"$CONTROL"
    wait_until 10 pace_ended || true
    reap pace || true
    tell_states
    if "$BUILD/tests/lib/timeline" "$PACE_LOG" "$STORY" >"$OUT/demo.svg"; then ok "the picture of the timeline"
    else not_ok "the picture of the timeline" "timeline failed"; fi
    cp "$W"/*.log "$W"/*.json "$OUT/" 2>/dev/null || true
}
pace_ended() { ! alive pace; }
