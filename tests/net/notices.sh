#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# notices [BUILD]: what commands and FIFOs are told beside changes of state, the commands of the daemon as a
# whole, and a helper process that is killed. One router in a namespace, and adverts of another. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-notices.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

cat >"$W/tell" <<'EOF'
#!/bin/sh
# FILE WORDS...: a line in FILE.
file=$1
shift
echo "$*" >>"$file"
EOF
cat >"$W/reader" <<'EOF'
#!/bin/sh
# FILE FIFO: the lines of FIFO in FILE, and its end.
echo "$$" >"$1.pid"
while read -r line; do echo "$line" >>"$1"; done <"$2"
echo over >>"$1"
EOF
printf '#!/bin/sh\nsleep 1\necho begin >>%s\n' "$W/told" >"$W/slow"
chmod +x "$W/tell" "$W/reader" "$W/slow"

globals() {
    printf 'global_defs {\n vrrp_notify_priority_changes on\n fifo_write_vrrp_states_on_reload\n'
    printf ' notify_fifo %s\n notify_fifo_script "%s %s"\n' "$W/fifo" "$W/reader" "$W/read"
    printf ' %s\n' "startup_script $W/slow" "shutdown_script \"$W/tell $W/told end\"" 'shutdown_script_timeout 5'
    printf '}\ntrack_file F {\n file %s\n weight 1\n init_file 5\n}\n' "$W/number"
}
instance() { # NAME VRID [STATEMENT...]
    printf 'vrrp_instance %s {\n version 3\n interface lan0\n virtual_router_id %s\n priority 150\n advert_int 0.1\n' "$1" "$2"
    printf ' virtual_ipaddress { 10.9.1.%s/24 }\n' "$((200 + $2))"
    shift 2
    printf ' %s\n' "$@"
    printf '}\n'
}
A() { instance A 1 "notify_master_rx_lower_pri \"$W/tell $W/told lower\"" 'track_file { F }'; }
B() { instance B 2 "notify_deleted \"$W/tell $W/told deleted\"" "notify \"$W/tell $W/told any\""; }
group() { printf 'vrrp_sync_group G {\n group { A }\n notify_stop "%s"\n notify "%s"\n}\n' "$W/tell $W/told group" "$W/tell $W/told any"; }
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@"; }
get() { ctl --json status | jq -r ".instances[0]$1"; }
is() { [ "$(get "$1")" = "$2" ] || { echo "$1 is $(get "$1")"; return 1; }; }
soon() { wait_until 5 is "$@" || is "$@"; }
holds() { grep -qxF -- "$2" "$1" || { tr '\n' ';' <"$1"; return 1; }; }
gets() { wait_until 5 holds "$@" || holds "$@"; }
count() { grep -cxF -- "$2" "$1"; }
send() { ns r2 "$BUILD/tests/net/vrrpsend" -v 3 -r 1 "$@" lan0 10.9.1.2 10.9.1.201; }
helper() { pgrep -P "$VRRPD" vrrpd-commands; }
another_reader() { [ "$(cat "$W/read.pid")" != "$1" ]; }
another() { local now; now=$(helper) && [ "$now" != "$1" ]; }

ns_add r1 r2
ns_link r1 lan0 r2 lan0
ns_ip r1 addr add 10.9.1.1/24 dev lan0
ns_ip r2 addr add 10.9.1.2/24 dev lan0
{ globals; A; B; group; } >"$W/conf"
: >"$W/told"
: >"$W/read"
spawn_ns r1 "$W/log" r1 "$BUILD/vrrpd/vrrpd" -f "$W/conf" -r "$W/run"

expect 'startup_script is waited for, as is said' wait_until 3 grep -qF 'startup_script runs' "$W/log"
expect 'so no instance starts' is .state Initialize
expect 'but after it' soon .state Active
expect 'which has run' test "$(head -n 1 "$W/told")" = begin
VRRPD=$(ctl --json status | jq .daemons.vrrpd.pid)
expect 'init_file writes its number' test "$(cat "$W/number")" = 5
expect 'which counts' is .priority.effective 155
expect 'the reader of the FIFO is told the states' gets "$W/read" 'INSTANCE "A" MASTER 155'

echo 20 >"$W/number"
expect 'and another priority' gets "$W/read" 'INSTANCE "A" MASTER_PRIORITY 170'
send -p 90 -n 5 -w 1000
expect 'and that a lower one was heard' gets "$W/read" 'INSTANCE "A" MASTER_RX_LOWER_PRI 170'
expect 'as is the command for it' gets "$W/told" lower
pause 0.3
expect 'once for many adverts' test "$(count "$W/told" lower)" = 1

{ globals; A; group; } >"$W/conf"
before=$(count "$W/read" 'INSTANCE "A" MASTER 170')
expect 'a reload' ctl reload
expect 'tells of the instance that it drops' gets "$W/read" 'INSTANCE "B" DELETED 150'
expect 'by its command' gets "$W/told" deleted
expect 'in the journal' grep -qF 'B: Active -> Initialize (no longer configured)' "$W/log"
expect 'and the events' grep -q 'B.*no longer configured' <(ctl events)
expect 'and by the one for all' gets "$W/told" 'any INSTANCE B DELETED 150'
expect 'and the states again' gets "$W/read" 'INSTANCE "A" MASTER 170'
expect 'once' test "$(count "$W/read" 'INSTANCE "A" MASTER 170')" = $((before + 1))
expect 'a file that is there is left alone' test "$(cat "$W/number")" = 20

reader=$(cat "$W/read.pid")
kill "$reader"
expect 'a reader that ends begins again' wait_until 3 another_reader "$reader"
old=$(helper)
kill -9 "$old"
expect 'a helper process that is killed is replaced' wait_until 3 another "$old"
expect 'as is said' grep -q 'a new helper process runs commands' "$W/log"
: >"$W/told"
pause 1.2
send -p 90
expect 'and runs commands' gets "$W/told" lower
expect 'no state has changed' is .counters.became_active 1

: >"$W/read"
reap r1
expect 'a stop is told to the reader, then its FIFO ends' test "$(tr '\n' ';' <"$W/read")" = 'INSTANCE "A" STOP 170;GROUP "G" STOP 0;over;'
expect 'and to commands: of the group, and last shutdown_script' test "$(tail -n 3 "$W/told" | tr '\n' ';')" = 'group;any GROUP G STOP 0;end;'
expect 'nothing is left' test -z "$(pgrep -f "$W/")"

tap_done
