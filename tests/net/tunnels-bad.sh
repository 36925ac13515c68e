#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tunnels-bad [BUILD]: tunnels under bad input: each a clear error or state with its remedy, and after each refusal the
# kernel holds what it held before. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
VRRPD=$BUILD/vrrpd/vrrpd VRRPCTL=$BUILD/vrrpctl/vrrpctl
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-bad.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
umask 077

ns_add r far
ns_link r lan0 far lan0
ns_link r wan0 far wan0
ns_ip r addr add 10.1.22.252/24 dev lan0
ns_ip r addr add 198.51.100.1/24 dev wan0
ns_ip r route add default via 198.51.100.254

instance() { # STATEMENT...
    printf 'vrrp_instance OFFICE {\n version 3\n interface lan0\n virtual_router_id 22\n priority 200\n advert_int 0.1\n'
    printf ' virtual_ipaddress {\n  10.1.22.254/24\n }\n'
    printf ' %s\n' "$@"
    printf '}\n'
}
tunnel() { # N STATEMENT...
    printf 'ipsec_tunnel line%s {\n interface wan0\n local_address 198.51.100.1\n remote_address 203.0.113.%s\n' "$1" "$1"
    printf ' local_subnet { 10.1.22.0/24 }\n remote_subnet { 172.1%s.0.0/16 }\n reqid %s\n linger 1\n' $((5 + $1)) "$1"
    [ "$1" != 1 ] || printf ' own_address 10.1.22.252\n'
    shift
    printf ' %s\n' "$@"
    printf '}\n'
}
static() { # N: statements of static keys
    printf 'keys static\nstatic_sa {\nspi_out 0x%s001\nspi_in 0x%s002\nencryption aes128\nintegrity sha256\nkey_file %s\n}\n' \
        "$1" "$1" "$W/line$1.keys"
}
keys() { # N
    local key
    for key in encryption_out:16 integrity_out:32 encryption_in:16 integrity_in:32; do
        printf '%s %s\n' "${key%:*}" "$(head -c "${key#*:}" /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
    done >"$W/line$1.keys"
}
{ instance 'ipsec_tunnel line1'; tunnel 1 'route on'; } >"$W/good.conf"

# All that a tunnel of ours may be in the kernel; handles and counters are no part of it.
kernel() {
    ns_ip r xfrm policy
    ns_ip r xfrm state
    ns r nft list ruleset
    ns_ip r rule
    ns_ip r route show table all
    ns_ip r -o link | sed 's/ mtu .*//'
}
before() { kernel >"$W/before"; }
as_before() { diff "$W/before" <(kernel); }
vrrpd() { spawn_ns v "$W/log" r "${@:2}" "$VRRPD" -f "$W/$1" -r "$W/run"; } # FILE [WRAPPER...]
start() { : >"$W/log"; vrrpd "$@"; wait_until 5 ctl status; }
ctl() { ns r "$VRRPCTL" -r "$W/run" "$@"; }
stop() { reap v TERM; }
flush() { ns r "$VRRPD" -f "$W/good.conf" -r "$W/run" --flush >"$W/flush" 2>&1; }
of() { ctl --json status | jq -r "$1"; }
is() { local v; v=$(of "$1"); [ "$v" = "$2" ] || { echo "$1 is $v"; return 1; }; }
soon() { wait_until 3 "$@" || "$@"; }
said() { grep -qF -- "$1" "$W/log" || { tail -n 3 "$W/log"; return 1; }; }
# STATUS FILE WORDS [WRAPPER...]: it does not start, says the words, and leaves the kernel alone.
refuses() {
    local wanted=$1 file=$2 words=$3 status
    : >"$W/log"
    before
    vrrpd "$file" "${@:4}"
    wait_until 5 eval '! alive v' || echo 'it runs'
    reap v KILL
    status=$?
    [ "$status" = "$wanted" ] || { echo "exit status $status"; tail -n 2 "$W/log"; return 1; }
    said "$words" && as_before
}

# ---- a kernel without parts ----
without() { printf '%s/tests/net/without %s' "$BUILD" "$1"; }
xfrm=("$BUILD/tests/net/without" xfrm) nft=("$BUILD/tests/net/without" nftables)
expect 'a kernel without IPsec policies is named, with the remedy' refuses 3 good.conf 'load the module xfrm_user' "${xfrm[@]}"
instance >"$W/plain.conf"
start plain.conf "${xfrm[@]}"
expect 'VRRP alone needs none' ctl wait OFFICE active --timeout 5
stop
before
start good.conf "${nft[@]}"
expect 'without nftables the policies stand' is '.tunnels[0].policies | .wanted > 0 and .wanted == .installed' true
expect 'the router takes part' ctl wait OFFICE active --timeout 5
expect 'it says once that the second layer is missing' said 'the nftables guard is missing: this kernel has no nf_tables'
expect_number 'times' "$(grep -c 'guard is missing' "$W/log")" == 1
expect 'the status has it' is '.guard | test("no nf_tables")' true
expect 'the first line of the status is no OK' grep -q '^DEGRADED' <(ctl status)
expect 'a clean stop works without it' eval 'stop; said "vrrpd stopped"'
expect 'a flush, too' ns r "${nft[@]}" "$VRRPD" -f "$W/good.conf" -r "$W/run" --flush
expect 'and leaves nothing' as_before
tap_done
