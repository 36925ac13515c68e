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
exits() { local wanted=$1 status=0; shift; "$@" || status=$?; [ "$status" = "$wanted" ] || { echo "exit status $status"; return 1; }; }
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

# ---- static keys ----
{ instance 'ipsec_tunnel line1' 'track_tunnel {' 'line1 weight -50' '}'; tunnel 1 "$(static 1)"; tunnel 2 "$(static 2)"; } \
    >"$W/static.conf"
keys 1
keys 2
cp "$W/line2.keys" "$W/right.keys"
spoil() { rm -f "$W/line2.keys"; cp "$W/right.keys" "$W/line2.keys"; "$@"; } # COMMAND that spoils line2.keys
bad_keys() { # WORDS: at a start, with a good tunnel before it
    refuses 3 static.conf "tunnel line2: key file $W/line2.keys: $1" 
}
spoil rm "$W/line2.keys"
expect 'a key file that is missing' bad_keys 'No such file or directory'
spoil chmod 604 "$W/line2.keys"
expect 'one that others read, with the remedy' bad_keys 'must not be accessible to others than its owner (chmod 600)'
spoil chown 65534 "$W/line2.keys"
expect "another user's" bad_keys 'must belong to root'
spoil rm "$W/line2.keys"
mkdir "$W/line2.keys"
expect 'a directory' bad_keys 'is no regular file'
rmdir "$W/line2.keys"
spoil sed -i 4d "$W/line2.keys"
expect 'half of one' bad_keys 'integrity_in is missing'
spoil truncate -s -9 "$W/line2.keys"
expect 'one cut off in a key' bad_keys 'line 4: integrity_in has the wrong length (64 hexadecimal digits are needed)'
spoil sed -i 's/^\(encryption_out .*\)../\1/' "$W/line2.keys"
expect 'a key of another length' bad_keys 'line 1: encryption_out has the wrong length (32'
spoil sed -i 's/^encryption_in .*/encryption_in '"$(awk '$1 == "encryption_out" { print $2 }' "$W/right.keys")/" "$W/line2.keys"
expect 'one key for two purposes' bad_keys 'encryption_out and encryption_in are the same key'
spoil truncate -s 0 "$W/line2.keys"
expect 'an empty file' bad_keys 'encryption_out is missing'
before
expect 'the tunnels are closed at boot all the same' ns r "$VRRPD" -f "$W/static.conf" -r "$W/run" --close
expect 'with the guard' eval 'ns r nft list table inet vrrp_sla | grep -q "ipsec missing"'
expect_number 'and the blocking policies of both' "$(ns_ip r xfrm policy | grep -c 'dir .* action block')" == 8
flush
expect 'which a flush removes' as_before

spoil true
expect 'static keys' start static.conf
expect 'all policies stand' is '[.tunnels[] | .policies | .wanted > 0 and .wanted == .installed] | all' true
expect 'and the guard' is .guard null
if [ "$(of '.tunnels[0].state')" = up ]; then
    expect 'a kernel with ESP takes them' is '[.tunnels[].state] | unique | join(" ")' up
else
    expect 'a kernel without ESP leaves the tunnel closed, and says why' is \
        '.tunnels[0] | .state + ": " + .reason' 'no_sa: this kernel has no ESP (module esp4)'
    expect 'so does the journal, once' said 'the SAs of tunnel line1 are not installed: this kernel has no ESP (module esp4)'
    expect 'the router takes part, by what it tracks' eval 'ctl wait OFFICE active --timeout 5; is ".instances[0].priority.effective" 150'
fi
before
for spoiling in "rm $W/line2.keys" "chmod 644 $W/line2.keys" "truncate -s -9 $W/line2.keys"; do
    # shellcheck disable=SC2086 # words
    spoil $spoiling
    keys 1 # which must not be taken half
    expect "a reload is refused: ${spoiling%% *}" exits 1 ctl reload
    expect 'and changes nothing' as_before
done
stop
flush
tap_done
