#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gateway [BUILD]: the cloud's gateway of the other tests by itself: what its two health checks do to its weighted routes.
# Two plain links stand for the tunnels; nothing of the product runs. Root.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
. "$here/../lib/ns.sh"
. "$here/../lib/site.sh"
CHECK_INTERVAL=0.3 CHECK_FALL=3
. "$here/../lib/gateway.sh"
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-gateway.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

# Its answers find no way.
dead() { ns_ip "r$1" route replace blackhole "$GW_IN/32"; }
alive_again() { ns_ip "r$1" route replace "$GW_IN/32" dev wan0; }

ns_add gw
ns_ip gw addr add "$GW_IN/32" dev lo
for n in 1 2; do
    ns_add "r$n"
    ns_link gw "vti$n" "r$n" wan0
    ns_ip "r$n" addr add "${LAN_ADDR[n]}/32" dev lo
    alive_again "$n"
    # Either router answers for the office.
    ns_ip "r$n" addr add "$OFFICE/32" dev lo
done
# Of the office, and of router N's own address.
way() { ns_ip gw route get "$1" from "$GW_IN" | sed -n 's/.* dev vti\([12]\).*/\1/p'; }
goes_by() { [ "$(way "$OFFICE")" = "$1" ] || { ns_ip gw route; return 1; }; }
logged() { awk -v what="$1" '$2 " " $3 " " $4 == what { n++ } END { print n + 0 }' "$W/checks"; }
# When the log last said so, in ms since FROM.
said_ms() { awk -v what="$1" -v from="$from" '$2 " " $3 " " $4 ~ "^" what { at = $1 } END { printf "%d", (at - from) / 1000 }' "$W/checks"; }
interval_ms=300

gateway_routes
gateway_check "$W/checks"
pause 1
expect 'the weights send the office all by tunnel 1' goes_by 1
expect_number "router 1's own address is reached by tunnel" "$(way "${LAN_ADDR[1]}")" == 1
expect_number "router 2's by tunnel" "$(way "${LAN_ADDR[2]}")" == 2

from=$(now_us)
dead 1
expect 'tunnel 1 dead: the office is reached by tunnel 2' wait_until 5 goes_by 2
moved=$(said_ms 'route 2')
expect_number 'after so many checks' "$moved" '>' $(((CHECK_FALL - 1) * interval_ms)) ms
expect_number 'and not more' "$moved" '<' $(((CHECK_FALL + 1) * interval_ms + 1000)) ms
expect_number "router 1's own address is still checked by tunnel" "$(way "${LAN_ADDR[1]}")" == 1

from=$(now_us)
alive_again 1
expect 'one good check brings tunnel 1 back' wait_until 5 goes_by 1
expect_number 'that is after' "$(said_ms 'route 1')" '<' $((2 * interval_ms + 1000)) ms

dead 2
wait_until 5 grep -q 'check 2 failed' "$W/checks"
expect 'tunnel 2 dead: nothing moves' goes_by 1
dead 1
wait_until 5 bash -c "[ \$(grep -c 'check 1 failed' '$W/checks') = 2 ]"
expect 'both dead: tunnel 1 it is' goes_by 1
alive_again 2
expect 'the first that answers has it' wait_until 5 goes_by 2
expect_number 'failures that the log has of check 1' "$(logged 'check 1 failed')" == 2
tap_done
