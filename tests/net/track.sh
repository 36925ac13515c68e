#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# track [BUILD]: two routers on two LANs in namespaces: instances of a sync group move together, numbers in
# files and scripts weigh, changes are told to commands and FIFOs. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-track.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

instance() { # ROUTER LAN [STATEMENT...]
    local n=$1 lan=$2
    shift 2
    printf 'vrrp_instance LAN%s {\n version 3\n interface lan%s\n virtual_router_id 2%s\n priority %s\n advert_int 0.1\n' \
        "$lan" "$lan" "$lan" $((300 - 100 * n))
    printf ' %s\n' "$@" "virtual_ipaddress { 10.9.$lan.254/24 }"
    printf '}\n'
}
start() { # N
    spawn_ns "r$1" "$W/r$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"
}
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
get() { ctl "$1" --json status | jq -r ".instances[$2]$3"; }
is() { [ "$(get "$1" "$2" "$3")" = "$4" ] || { echo "instance $2: $3 is $(get "$1" "$2" "$3")"; return 1; }; }
soon() { wait_until 5 is "$@" || is "$@"; }
logged() { grep -qF -- "$2" "$W/r$1.log" || { tail -n 3 "$W/r$1.log"; return 1; }; }
both() { soon "$1" 0 .state "$2" && soon "$1" 1 .state "$2"; }

ns_add lan r1 r2
for lan in 0 1; do
    ns_bridge lan "sw$lan"
    for n in 1 2; do
        ns_link "r$n" "lan$lan" lan "p$n$lan"
        ns_ip lan link set dev "p$n$lan" master "sw$lan"
        ns_ip "r$n" addr add "10.9.$lan.25$n/24" dev "lan$lan"
    done
done

# ---- a sync group ----
for n in 1 2; do
    { instance $n 0; instance $n 1; printf 'vrrp_sync_group BOTH {\n group {\n LAN0\n LAN1\n }\n}\n'; } >"$W/r$n.conf"
done
start 1
start 2
expect 'the better router is Active in both' both 1 Active
expect 'the other one Backup in both' both 2 Backup
ns_ip lan link set dev p11 down
expect 'a dead interface takes both instances along' both 1 Initialize
expect 'as is said' logged 1 'LAN1 of its sync group cannot take part'
expect 'the other router takes both' both 2 Active
ns_ip lan link set dev p11 up
expect 'both come back' both 1 Active
expect 'and are left to the better router' both 2 Backup
expect 'a drain of one' ctl 1 drain LAN0
expect 'hands over both' both 2 Active
expect 'and the drained router is Backup in both' both 1 Backup
expect 'resume' ctl 1 resume LAN0
expect 'brings both back' both 1 Active
ns lan bridge link set dev p20 isolated on
ns lan bridge link set dev p10 isolated on
pause 1
expect 'one LAN in two parts moves nothing' both 2 Backup
ns lan bridge link set dev p20 isolated off
ns lan bridge link set dev p10 isolated off
instance 1 0 >"$W/r1.conf"
instance 1 1 >>"$W/r1.conf"
expect 'without the group, after a reload' ctl 1 reload
ns_ip lan link set dev p11 down
expect 'one falls alone' soon 1 1 .state Initialize
expect 'and the other stays' is 1 0 .state Active
ns_ip lan link set dev p11 up
reap r1
reap r2

# ---- the verdict of a slad that is restarted ----
slad() { spawn_ns slad "$W/slad.log" r1 "$BUILD/slad/slad" -f "$W/r1.conf" -r "$W/run1"; }
downs() { grep -c 'unknown -> down' "$W/slad.log"; }
judged() { [ "$(downs)" -gt "$1" ]; }
# What moved: every change of state and of priority.
moves() { grep -E 'effective priority|-> (Initialize|Backup|Active)' "$W/r1.log"; }
restarts_unmoved() { # SIGNAL
    local before n
    before=$(moves) n=$(downs)
    reap slad "$1"
    pause 0.3
    slad
    wait_until 8 judged "$n" || { echo 'not judged'; return 1; }
    pause 0.5
    diff <(echo "$before") <(moves)
}
tracked() { # WORDS: router 1 tracks the silent router 2 with them
    { instance 1 0 "track_sla { p1 $1 }"
      printf 'sla_probe p1 {\n target 10.9.0.252\n source 10.9.0.251\n delay_up 0\n}\n'; } >"$W/r1.conf"
}
ns_sysctl r2 net.ipv4.icmp_echo_ignore_all=1
instance 2 0 | sed 's/priority 100/priority 180/' >"$W/r2.conf"
start 2
for words in 'weight -50' shutdown; do
    : >"$W/r1.log"
    tracked "$words"
    slad
    start 1
    [ "$words" = shutdown ] && state=Initialize || state=Backup
    expect "$words: a dead line is left to the other router" wait_until 5 logged 1 'p1 is down'
    expect "$words: which is Active" soon 2 0 .state Active
    expect "$words: and this one is $state" soon 1 0 .state "$state"
    for sig in TERM KILL; do expect "$words: slad restarted by $sig moves nothing" restarts_unmoved "$sig"; done
    expect "$words: the verdict stands" is 1 0 .state "$state"
    ns_sysctl r2 net.ipv4.icmp_echo_ignore_all=0
    expect "$words: until the line is back" wait_until 15 logged 1 'p1 is up'
    expect "$words: and so is the better router" soon 1 0 .state Active
    ns_sysctl r2 net.ipv4.icmp_echo_ignore_all=1
    reap slad
    reap r1
done
ns_sysctl r2 net.ipv4.icmp_echo_ignore_all=0
reap r2

# ---- numbers in files ----
printf '%s\n' 'track_file LOAD {' " file $W/load" '}' 'track_file OFF {' " file $W/off" ' weight 0' '}' >"$W/r1.conf"
instance 1 0 'track_file { LOAD weight -2' OFF '}' >>"$W/r1.conf"
start 1
expect 'files that are not there change nothing' soon 1 0 .state Active
expect 'the priority is the configured one' is 1 0 .priority.effective 200
echo 30 >"$W/load"
expect 'a number times its weight is added' soon 1 0 .priority.effective 140
echo 10 >"$W/load.new"
mv "$W/load.new" "$W/load"
expect 'a file moved into place is read' soon 1 0 .priority.effective 180
expect 'and shown' is 1 0 '.priority.changes[0].source' file:LOAD
rm "$W/load"
expect 'a file that is removed counts for nothing' soon 1 0 .priority.effective 200
echo no number >"$W/load"
expect 'nor does one without a number' wait_until 3 logged 1 "$W/load holds no number"
expect 'whose instance stays' is 1 0 .priority.effective 200
echo '  30 ' >"$W/load"
expect 'blanks around a number do not matter' soon 1 0 .priority.effective 140
echo no number >"$W/load"
expect 'what is no number leaves the last one' wait_until 3 logged 1 "$W/load holds no number; the last number, 30, stays"
expect 'in the priority too' is 1 0 .priority.effective 140
expect 'a reload' ctl 1 reload
expect 'does not change that' is 1 0 .priority.effective 140
echo 0 >"$W/load"
expect '0 lets the priority be' soon 1 0 .priority.effective 200
echo 1 >"$W/off"
expect 'a number that is not 0 shuts at weight 0' soon 1 0 .state Initialize
expect 'as the reason says' is 1 0 .reason 'file OFF is 1'
echo 0 >"$W/off"
expect 'and 0 lets it back' soon 1 0 .state Active
echo 5 >"$W/load"
expect 'a file is read at a reload' ctl 1 reload
expect 'with its number' soon 1 0 .priority.effective 190
reap r1

# ---- scripts ----
# No advert is missing: no pause between two is as long as two intervals.
on_time() { # FILE
    tcpdump -n -tt -r "$1" 2>/dev/null | awk 'NR > 1 && $1 - last > max { max = $1 - last } { last = $1 }
        END { printf "%d adverts, %.3f s between two at most\n", NR, max; exit !(NR > 20 && max < 0.2) }'
}
no_sleepers() { ! ns r1 pgrep -f "sleep 987.6"; }
cat >"$W/r1.conf" <<EOF
$(instance 1 0 'track_script { THERE' 'HANGS weight -20' 'FAILS weight -30' 'LIVES weight 5 reverse' '}')
vrrp_script THERE {
 script "/usr/bin/test ! -e '$W/not there'"
 interval 0.1
 fall 2
}
vrrp_script HANGS {
 script "sleep 987.6"
 interval 0.5
 timeout 0.3
}
vrrp_script FAILS {
 script "sh -c 'exit 3'"
 user nobody
}
vrrp_script LIVES {
 script true
}
vrrp_script UNUSED {
 script "touch $W/unused"
}
EOF
start 1
expect 'scripts weigh in' soon 1 0 .priority.effective 150
expect 'the instance is Active' soon 1 0 .state Active
expect 'how a script failed is said' logged 1 'vrrp_script FAILS is down: exit status 3'
expect 'a script that hangs is killed and down' logged 1 'vrrp_script HANGS is down: killed at its time limit'
capture adverts r1 lan0 "$W/adverts" ip proto 112
pause 3
reap adverts INT
expect 'while scripts hang every advert is sent' on_time "$W/adverts"
touch "$W/not there"
expect 'a script without a weight shuts' soon 1 0 .state Initialize
expect 'as the reason says' is 1 0 .reason 'script THERE is down'
rm "$W/not there"
expect 'and its success lets back' soon 1 0 .state Active
expect 'what nobody tracks is not run' test ! -e "$W/unused"
ctl 1 reload >/dev/null 2>&1
expect 'a reload keeps what is known' is 1 0 .priority.effective 150
reap r1
expect 'no script outlives the daemon' wait_until 3 no_sleepers

# ---- notify ----
cat >"$W/hook" <<'EOF'
#!/bin/sh
# FILE WORDS...: a line in FILE; slower the first time, so that order is no accident.
file=$1
shift
[ -e "$file" ] || sleep 0.4
echo "$*" >>"$file"
EOF
chmod +x "$W/hook"
tells() { # FILE LINE...: just these, in this order
    local file=$1
    shift
    printf '%s\n' "$@" >"$W/want"
    wait_until 5 cmp -s "$file" "$W/want" || { tr '\n' ';' <"$file"; return 1; }
}
hooks() { # NAME
    printf '%s\n' "notify \"$W/hook $W/told any\"" "notify_master \"$W/hook $W/told '$1 is master'\"" \
        "notify_backup \"$W/hook $W/told '$1 is backup'\"" "notify_fault \"$W/hook $W/told '$1 is at fault'\""
}
lan0() { instance 1 0 "$(hooks LAN0)" "notify_stop \"$W/hook $W/told 'LAN0 stops'\""; }
printf 'global_defs {\n notify_fifo %s\n}\n%s\n' "$W/fifo" "$(lan0)" >"$W/r1.conf"
start 1
expect 'commands are run in their order' tells "$W/told" 'LAN0 is backup' 'any INSTANCE LAN0 BACKUP 200' \
    'LAN0 is master' 'any INSTANCE LAN0 MASTER 200'
: >"$W/told"
ns_ip lan link set dev p10 down
expect 'so for a fault' tells "$W/told" 'LAN0 is at fault' 'any INSTANCE LAN0 FAULT 200'
ns_ip lan link set dev p10 up
expect 'and its end' tells "$W/told" 'LAN0 is at fault' 'any INSTANCE LAN0 FAULT 200' \
    'LAN0 is backup' 'any INSTANCE LAN0 BACKUP 200' 'LAN0 is master' 'any INSTANCE LAN0 MASTER 200'
timeout 5 head -n 5 <"$W/fifo" >"$W/lines"
expect 'a FIFO has them all' tells "$W/lines" 'INSTANCE "LAN0" BACKUP 200' 'INSTANCE "LAN0" MASTER 200' \
    'INSTANCE "LAN0" FAULT 200' 'INSTANCE "LAN0" BACKUP 200' 'INSTANCE "LAN0" MASTER 200'
: >"$W/told"
reap r1
expect 'a stop is told, and waited for' cmp "$W/told" <(printf 'LAN0 stops\nany INSTANCE LAN0 STOP 200\n')
rm "$W/told"
{ instance 1 0; instance 1 1; printf 'vrrp_sync_group BOTH {\n group {\n LAN0\n LAN1\n }\n%s\n}\n' "$(hooks BOTH)"; } >"$W/r1.conf"
ns_ip lan link set dev p11 down
start 1
expect 'a group is told of' tells "$W/told" 'BOTH is at fault' 'any GROUP BOTH FAULT 0'
ns_ip lan link set dev p11 up
expect 'once, for all its instances' tells "$W/told" 'BOTH is at fault' 'any GROUP BOTH FAULT 0' \
    'BOTH is backup' 'any GROUP BOTH BACKUP 0' 'BOTH is master' 'any GROUP BOTH MASTER 0'
{ instance 1 0 'notify_master "sleep 987.6"'; } >"$W/r1.conf"
reap r1
start 1
expect 'a command that hangs' soon 1 0 .state Active
capture adverts r1 lan0 "$W/adverts" ip proto 112
pause 3
reap adverts INT
expect 'delays no advert' on_time "$W/adverts"
reap r1 TERM 10
expect 'and ends with the daemon' test $? = 0
expect 'at last' no_sleepers

tap_done
