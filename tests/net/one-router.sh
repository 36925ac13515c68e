#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# one-router [BUILD]: two lines of one router to one peer: the rules and routes that keep each tunnel on its own line,
# and the line as a reason to leave a tunnel. Root. No ESP is needed: what is sent from a tunnel's outer address shows
# where its packets would go.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-one.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

PEER=203.0.113.1
LOCAL=([1]=198.51.100.1 [2]=198.51.100.129) HOP=([1]=198.51.100.126 [2]=198.51.100.254)
CONF=$W/one-router.conf RUN=$W/run

ns_add r isp1 isp2
ns_link r lan0 isp1 unused
ns_ip r addr add 10.1.22.252/24 dev lan0
ns_ip r addr add 10.1.22.253/24 dev lan0
for n in 1 2; do
    ns_link r "wan$((n - 1))" "isp$n" line
    ns_ip r addr add "${LOCAL[n]}/25" dev "wan$((n - 1))"
    ns_ip "isp$n" addr add "${HOP[n]}/25" dev line
    ns_ip "isp$n" addr add "$PEER/32" dev lo
done
ns_ip r route add default via "${HOP[1]}"
ns_sysctl r net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.wan0.rp_filter=1 net.ipv4.conf.wan1.rp_filter=1
cp etc/samples/one-router.conf "$CONF"

start() {
    spawn_ns vrrpd "$W/vrrpd.log" r "$BUILD/vrrpd/vrrpd" -f "$CONF" -r "$RUN"
    wait_until 5 ctl --json status
}
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$RUN" "$@"; }
rules() { ns_ip r rule show | grep -F 'proto 112' | sed 's/[[:space:]]\+/ /g; s/ $//'; }
routes() { ns_ip r -4 route show table all proto 112 | sed 's/[[:space:]]\+/ /g; s/ $//' | sort; }
RULES="11200: from ${LOCAL[1]} lookup 11201 proto 112
11200: from ${LOCAL[2]} lookup 11202 proto 112"
ROUTES=("" "$PEER via ${HOP[1]} dev wan0 table 11201 metric 1 onlink" "$PEER via ${HOP[2]} dev wan1 table 11202 metric 1 onlink")
REFUSALS="unreachable $PEER table 11201 metric 4294967295
unreachable $PEER table 11202 metric 4294967295"
differ() { diff <(printf '%s\n' "$1" | sort) <(printf '%s\n' "$2" | sort); }
are() { differ "$RULES" "$(rules)" && differ "${1:+$1$'\n'}$REFUSALS" "$(routes)"; }
only_first() { differ "${RULES%$'\n'*}" "$(rules)" && differ "${ROUTES[1]}"$'\n'"${REFUSALS%$'\n'*}" "$(routes)"; }
soon() { wait_until 3 "$@" || "$@"; }
nothing() { [ -z "$(rules)$(routes)" ] || { rules; routes; return 1; }; }
# By which interface a packet of tunnel N would leave.
way() { ns_ip r route get "$PEER" from "${LOCAL[$1]}" 2>&1 | sed -n 's/.* dev \([^ ]*\).*/\1/p'; }
leaves_by() { [ "$(way "$1")" = "$2" ] || { ns_ip r route get "$PEER" from "${LOCAL[$1]}"; return 1; }; }
answers() { ns r ping -q -c 2 -i 0.1 -W 1 -I "${LOCAL[$1]}" "$PEER"; }
selected() { ctl --json status | jq -r '.tunnels[] | select(.selected) | .name'; }
is_selected() { [ "$(selected)" = "$1" ] || { selected; return 1; }; }
said() { grep -qF -- "$1" "$W/vrrpd.log" || { tail -n 3 "$W/vrrpd.log"; return 1; }; }
carrier() { ns_ip "isp$1" link set dev line "$2"; } # N up|down

lines_watched '10.1.22.0/24 172.16.0.0/16' r:wan0:out r:wan1:out
BOTH="${ROUTES[1]}
${ROUTES[2]}"
expect 'without vrrpd line 2 is not used (the test can fail)' leaves_by 2 wan0
expect 'vrrpd starts with the sample' start
expect 'each tunnel has its rule, its route, and a refusal behind it' soon are "$BOTH"
expect 'tunnel 1 leaves by line 1' leaves_by 1 wan0
expect 'tunnel 2 leaves by line 2' leaves_by 2 wan1
expect 'and comes back there, past a strict rp_filter' answers 2
expect 'the first tunnel carries' soon is_selected line1

# ---- somebody deletes them ----
ns_ip r rule del from "${LOCAL[2]}"
expect 'a deleted rule is put back' soon are "$BOTH"
ns_ip r route flush table 11202
expect 'so is a flushed table' soon are "$BOTH"
ns_ip r rule add from 192.0.2.77 lookup 99 priority 11200
ns_ip r route add 192.0.2.77/32 dev wan0 table 11201
reload() { ctl reload; }
sed 's/198.51.100.254/198.51.100.253/' etc/samples/one-router.conf >"$CONF"
reload >"$W/reload" 2>&1
expect 'another gateway after a reload' soon are "${BOTH/254/253}"
cp etc/samples/one-router.conf "$CONF"
reload >"$W/reload" 2>&1
expect 'and the first one again' soon are "$BOTH"

# ---- the line goes ----
carrier 1 down
expect 'without carrier of line 1 the tunnel of line 2 carries at once' soon is_selected line2
expect 'its route is gone, its refusal is not' soon are "${ROUTES[2]}"
expect 'so nothing of it strays to line 2' leaves_by 1 ''
carrier 1 up
expect 'with the carrier the route is back' soon are "$BOTH"
expect 'and line 1 must hold up' is_selected line2
ns_ip r link set dev wan1 down
expect 'the other line switched off: line 1 carries again' soon is_selected line1
ns_ip r link set dev wan1 up
expect 'switched on, its route is back' soon are "$BOTH"
expect 'with its way' soon answers 2

# ---- a crash, a stop, a flush ----
reap vrrpd KILL
expect 'a killed daemon leaves them' are "$BOTH"
ns_ip r route add 203.0.113.9/32 dev wan0 table 11207 proto 112
ns_ip r rule add from 192.0.2.9 lookup 11207 priority 11200 protocol 112
expect 'vrrpd starts again' start
expect 'what is left over is removed' soon are "$BOTH"
expect 'and line 1 carries' soon is_selected line1
reap vrrpd KILL

# ---- a start in a total outage ----
mkfifo "$W/stage"
exec {STAGE}<>"$W/stage"
(exec "$BUILD/tests/lib/verdicts" "$RUN/slad.sock" ecs1 ecs2 <"$W/stage" >"$W/played" {STAGE}>&-) &
LAB_PID[slad]=$!
printf 'ecs1 down\necs2 down\n' >&"$STAGE"
played() { [ "$(grep -c '^done' "$W/played")" = 2 ]; }
expect 'slad calls both lines down' wait_until 5 played
expect 'vrrpd starts' start
expect 'hears of the first' wait_until 3 said 'ecs1 is down'
expect 'and of the other' said 'ecs2 is down'
expect 'and stays on line 1: no other is known to be better' is_selected line1
exec {STAGE}>&-
reap slad
expect_policies r "$RUN"
reap vrrpd TERM
expect 'a clean stop leaves them: the tunnels are closed, not gone' are "$BOTH"
expect 'as their policies' policies_stay r
sed '/gateway/d' etc/samples/one-router.conf >"$CONF"
# Of line 1 the default route tells it; line 2 has none.
expect 'vrrpd starts without gateways' start
expect 'and warns' said 'by two lines: give each its line'\''s `gateway'\'
expect 'line 1 has what its default route tells, line 2 has nothing' soon only_first
ns_ip r route add default via "${HOP[2]}" dev wan1 metric 200
expect 'with a default route of its own line 2 has its way' soon are "$BOTH"
expect 'and leaves by it' leaves_by 2 wan1
ns_ip r route replace default via 198.51.100.253 dev wan1 metric 200
expect 'another next hop is followed' soon are "${BOTH/254/253}"
ns_ip r route replace default via "${HOP[2]}" dev wan1 metric 200
expect 'and back' soon are "$BOTH"
carrier 2 down
expect 'without carrier line 2 does not stray' soon leaves_by 2 ''
carrier 2 up
ns_ip r route del default via "${HOP[2]}" dev wan1
expect 'and what was found stays' soon are "$BOTH"
reap vrrpd TERM
sed '/gateway/d; /^ipsec_tunnel line2/,/^}/d; /^sla_probe ecs2/,/^}/d; /tunnel line2/d' etc/samples/one-router.conf >"$CONF"
expect 'vrrpd starts with one line' start
expect 'and removes them all' soon nothing
reap vrrpd TERM
cp etc/samples/one-router.conf "$CONF"
expect 'vrrpd starts with gateways' start
expect 'and has them' soon are "$BOTH"
expect_policies r "$RUN"
reap vrrpd TERM
lines_clear
expect 'vrrpd --flush' ns r "$BUILD/vrrpd/vrrpd" -f "$CONF" -r "$RUN" --flush
expect 'leaves nothing of ours' nothing
expect 'and spares strangers' bash -c "ip -n $(netns r) rule show | grep -q 192.0.2.77 &&
    ip -n $(netns r) route show table 11201 | grep -q 192.0.2.77"
tap_done
