#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# addresses [BUILD]: the options of virtual addresses, as the kernel then has them; what happens to an address that
# somebody removes; a reload that changes an option. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-addresses.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

conf() { # LINE...: of virtual_ipaddress_excluded
    printf 'vrrp_instance A {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n advert_int 0.1\n'
    printf ' promote_secondaries\n virtual_ipaddress {\n  10.1.22.254/24\n }\n virtual_ipaddress_excluded {\n'
    printf '  %s\n' "$@"
    printf ' }\n}\n'
}
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@"; }
# ADDRESS WORD...: what ip(8) says of it, word for word
has() {
    local line word
    line=$(ns_ip r -d -o addr show dev lan0 | tr '\134' ' ' | grep -F " $1 ") || { echo "$1 is not there"; return 1; }
    shift
    for word in "$@"; do [[ " $line " == *" $word "* ]] || { echo "no $word in $line"; return 1; }; done
}
hasnt() { ! has "$@" >/dev/null; }
said() { grep -qF -- "$1" "$W/log" || { tail -n 3 "$W/log"; return 1; }; }

ns_add r far
ns_sysctl r net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
ns_link r lan0 far lan0
ns_ip r addr add 10.1.22.252/24 dev lan0

OPTIONS=(
    '10.2.0.1/20 brd + label lan0:two scope link noprefixroute'
    '10.3.0.1/20 brd - preferred_lft 0'
    '10.4.0.1 peer 10.4.0.9/30'
    '10.5.0.1/24 no_track'
    '2001:db8::1/64 home mngtmpaddr -nodad'
    '2001:db8::2'
    '2001:db8::3 preferred_lft forever'
    '2001:db8::4 peer 2001:db8::9/64'
    '2001:db8::5/64 preferred_lft 1000'
)
conf "${OPTIONS[@]}" >"$W/a.conf"
expect 'the file is clean' "$BUILD/vrrpd/vrrpd" -t -f "$W/a.conf"
spawn_ns r "$W/log" r "$BUILD/vrrpd/vrrpd" -f "$W/a.conf" -r "$W/run"
expect 'the instance becomes Active' ctl wait A active --timeout 5

# ---- what the kernel has ----
expect 'brd +, label, scope and noprefixroute' has 10.2.0.1/20 'brd 10.2.15.255' 'scope link' lan0:two noprefixroute
expect 'brd - and a lifetime of 0' has 10.3.0.1/20 'brd 10.3.0.0' deprecated
expect 'a far end, with its prefix length' has '10.4.0.1 peer 10.4.0.9/30'
expect 'home and mngtmpaddr' has 2001:db8::1/64 home mngtmpaddr nodad
expect 'an IPv6 address without a subnet is deprecated' has 2001:db8::2/128 deprecated 'preferred_lft 0sec'
expect 'unless the file says otherwise' has 2001:db8::3/128 'preferred_lft forever'
expect 'a far end of IPv6' has '2001:db8::4 peer 2001:db8::9/64'
expect 'a lifetime that runs' hasnt 2001:db8::5/64 'preferred_lft forever'
expect 'and is not over' hasnt 2001:db8::5/64 deprecated

# ---- removed by somebody ----
ns_ip r addr del 10.4.0.1 peer 10.4.0.9/30 dev lan0
ns_ip r addr del 10.5.0.1/24 dev lan0
expect 'a point-to-point address is put back' wait_until 2 has '10.4.0.1 peer 10.4.0.9/30'
expect 'no_track is said' wait_until 2 said '10.5.0.1/24 was removed from lan0, and is left so'
expect 'and obeyed' hasnt 10.5.0.1/24

# ---- a reload ----
OPTIONS[0]='10.2.0.1/20 brd + label lan0:new noprefixroute'
OPTIONS[2]='10.4.0.1 peer 10.4.0.10/30'
conf "${OPTIONS[@]}" >"$W/a.conf"
from=$(ns_ip r -o addr show dev lan0 | grep -cF ' 10.3.0.1/20 ')
expect 'a reload succeeds' ctl reload
expect 'another label and scope' has 10.2.0.1/20 lan0:new 'scope global'
expect 'another far end' has '10.4.0.1 peer 10.4.0.10/30'
expect 'instead of the old one' hasnt '10.4.0.1 peer 10.4.0.9/30'
expect_number 'what did not change stays' "$from" == "$(ns_ip r -o addr show dev lan0 | grep -cF ' 10.3.0.1/20 ')"
expect 'a reload claims anew what no_track left away' has 10.5.0.1/24

# ---- leftovers, and a stop ----
reap r KILL || true
expect 'a killed daemon leaves its addresses' has '10.4.0.1 peer 10.4.0.10/30'
conf 10.3.0.1/20 >"$W/a.conf"
spawn_ns r "$W/log" r "$BUILD/vrrpd/vrrpd" -f "$W/a.conf" -r "$W/run"
expect 'the next one is Active' ctl wait A active --timeout 5
expect 'and removes what it has no longer, far ends too' hasnt '10.4.0.1 peer 10.4.0.10/30'
reap r TERM
expect_number 'virtual addresses after a stop' "$(ns_ip r -o addr show dev lan0 scope global | grep -cv 10.1.22.252)" == 0

# ---- the address that adverts come from may be a static one ----
ns_ip r addr flush dev lan0 scope global
{ printf 'static_ipaddress {\n 10.1.22.252/24 dev lan0\n}\n'; conf 10.3.0.1/20; } >"$W/a.conf"
capture cap far lan0 "$W/cap" ip proto 112
spawn_ns r "$W/log" r "$BUILD/vrrpd/vrrpd" -f "$W/a.conf" -r "$W/run"
expect 'with a static address alone the instance becomes Active' ctl wait A active --timeout 5
sleep 0.3
ns_ip r addr del 10.1.22.252/24 dev lan0
expect 'it is put back' wait_until 2 has 10.1.22.252/24
expect 'and the instance goes on' ctl wait A active --timeout 5
reap cap INT
expect_number 'adverts from it' "$(captured "$W/cap" src 10.1.22.252)" '>' 2
expect_number 'from others' "$(captured "$W/cap" not src 10.1.22.252)" == 0
reap r TERM
expect_number 'addresses after a stop' "$(ns_ip r -o addr show dev lan0 scope global | wc -l)" == 0
tap_done
