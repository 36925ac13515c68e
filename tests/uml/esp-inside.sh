#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# esp-inside.sh BUILD CONF OUT: the assertions of tests/uml/esp.sh, where the kernel has ESP. First the story's own
# chapters, then what only a test does: a clean stop, things that others delete, SIGKILL, and --flush.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3
. "$(dirname "${BASH_SOURCE[0]}")/../lib/story.sh"
REPAIR_S=1 # a notice, a dump and one batch; this is a bound against waiting for a timer, not a figure

policies_are() { diff <(echo "$2") <(policies "cpe0$1"); } # N LINES
site_out() { ns_ip "cpe0$1" xfrm policy get src "$SITE_NET" dst "$CLOUD_NET" dir out; }
site_out_is_closed() { site_out "$1" | grep -q 'action block'; }

chapter_clean_stop() {
    heading stop "CPE01's daemons are stopped and started"
    mark stop
    expect_policies cpe01 "$(router_run 1)"
    expect "both daemons of CPE01 end with status 0 on SIGTERM" daemons_stop 1
    expect "CPE02 is Active" wait_state 2 OFFICE active 5
    expect "CPE01 gave the virtual IP away" lacks_vip 1
    expect "CPE01's LAN traffic to the cloud is closed, not open" site_out_is_closed 1
    expect "CPE01's policies stay" policies_stay cpe01
    expect "CPE01 starts again" daemons_start 1
    expect "CPE01 is Active again" wait_state 1 OFFICE active 45
    pause 1
    close_mark stop
    outage_lines stop
    no_loss stop "clean stop and return"
}
lacks_vip() { ! has_vip "$1"; }

chapter_repair() {
    local before
    printf '\nOthers delete what is ours, on the Active router\n'
    before=$(policies cpe01)
    ns_ip cpe01 xfrm policy delete src "$SITE_NET" dst "$CLOUD_NET" dir out
    expect "a deleted policy is put back" wait_until "$REPAIR_S" policies_are 1 "$before"
    ns_ip cpe01 addr del "$VIP/24" dev lan0
    expect "the deleted virtual IP is put back" wait_until "$REPAIR_S" has_vip 1
    expect "CPE01 stayed Active" states_are Active Backup
}

chapter_kill() {
    local before
    printf '\nvrrpd is killed on the Active router\n'
    before=$(policies cpe01)
    reap vrrpd1 KILL || true
    expect "SIGKILL leaves the policies" policies_are 1 "$before"
    expect "SIGKILL leaves the virtual IP" has_vip 1
    start_vrrpd 1
    expect "CPE01 adopts and is Active" wait_state 1 OFFICE active 15
    expect "CPE02 is Backup" wait_state 2 OFFICE backup 5
    expect "the policies are the same as before" wait_until 6 policies_are 1 "$before"
    expect "only CPE01 has the virtual IP" one_owner
}
one_owner() { has_vip 1 && lacks_vip 2; }

# Last, after the captures were judged: between the flush and the repair only the nftables guard holds, and
# this may be a guest whose kernel cannot load it.
chapter_flush() {
    local before
    printf '\nSomebody flushes all policies, and then we do\n'
    before=$(policies cpe01)
    ns_ip cpe01 xfrm policy flush
    expect "flushed policies are put back" wait_until "$REPAIR_S" policies_are 1 "$before"
    expect "CPE01 stayed Active" states_are Active Backup
    expect "CPE01's daemons stop" daemons_stop 1
    expect "vrrpd --flush on CPE01" ns cpe01 env CREDENTIALS_DIRECTORY="$(dirname "$(router_keys 1)")" \
        "$BUILD/vrrpd/vrrpd" -f "$(router_conf 1)" -r "$(router_run 1)" --flush
    expect "no policy is left" is_empty xfrm policy
    expect "no SA is left" is_empty xfrm state
    expect "the virtual IP is gone" lacks_vip 1
}
is_empty() { local out; out=$(ns_ip cpe01 "$@"); [ -z "$out" ] || { echo "$out"; return 1; }; }

story_open
chapter_up
chapter_power
chapter_return
chapter_dead_line
chapter_recovery
chapter_clean_stop
chapter_hand_over
chapter_repair
chapter_kill
chapter_cleartext
chapter_flush
story_close
tap_done
