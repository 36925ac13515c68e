#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# static-sa-inside.sh BUILD: static SAs from their key file to the kernel, kept, replaced, put back, moved and removed; and
# one ESP packet each way between two ends that hold the same keys.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
BUILD=$1
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-sa.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
umask 077

ns_add r gw
ns_link r wan0 gw wan0
ns_ip r addr add 198.51.100.1/24 dev wan0
ns_ip r addr add 10.1.22.252/24 dev lo
ns_ip gw addr add 198.51.100.2/24 dev wan0
ns_ip gw addr add 172.16.41.10/32 dev lo
ns_ip gw route add default via 198.51.100.1

digits() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
# Two key files of new keys, one for each end.
new_keys() {
    local eo io ei ii
    eo=$(digits 16) io=$(digits 32) ei=$(digits 16) ii=$(digits 32)
    printf 'encryption_out %s\nintegrity_out %s\nencryption_in %s\nintegrity_in %s\n' "$eo" "$io" "$ei" "$ii" >"$W/r.keys"
    printf 'encryption_out %s\nintegrity_out %s\nencryption_in %s\nintegrity_in %s\n' "$ei" "$ii" "$eo" "$io" >"$W/gw.keys"
}
conf() { # NAME LOCAL REMOTE LOCAL_NET REMOTE_NET OWN SPI_OUT SPI_IN
    cat <<CONF
vrrp_instance UNUSED {
  version 3
  interface lo
  virtual_router_id 1
  virtual_ipaddress {
    10.99.0.1
  }
}
ipsec_tunnel line1 {
  interface wan0
  local_address $2
  remote_address $3
  local_subnet { $4 }
  remote_subnet { $5 }
  own_address $6
  reqid 1
  route on
  keys static
  static_sa {
    spi_out $7
    spi_in $8
    encryption aes128
    integrity sha256
    key_file $W/$1.keys
  }
}
CONF
}
conf r 198.51.100.1 198.51.100.2 10.1.22.0/24 172.16.0.0/16 10.1.22.252 0x1001 0x1002 >"$W/r.conf"
conf gw 198.51.100.2 198.51.100.1 172.16.0.0/16 10.1.22.0/24 172.16.41.10 0x1002 0x1001 >"$W/gw.conf"
sed '/keys static/d; /static_sa/,/^  }/d' "$W/r.conf" >"$W/ike.conf"
sed 's/0x1001/0x2001/; s/0x1002/0x2002/' "$W/r.conf" >"$W/spi.conf"

# NS FILE [COMMAND...]: one run over these commands.
run() {
    local name=$1 file=$2
    shift 2
    printf '%s\n' "$@" | ns "$name" env ${CREDENTIALS:+CREDENTIALS_DIRECTORY="$CREDENTIALS"} \
        "$BUILD/tests/net/tunnelctl" "$file" >"$W/out" 2>&1
}
said() { grep -qE -- "$1" "$W/out" || { tail -n 3 "$W/out"; return 1; }; }
sas() { ns_ip r -s xfrm state; }
spis() { sas | grep -o 'spi 0x[0-9a-f]*' | sort | tr '\n' ' '; }
born() { sas | awk '$1 == "add" { print $2, $3 }'; }
ping_through() { ns r ping -q -c 3 -i 0.1 -W 1 -I 10.1.22.252 172.16.41.10; }

policies_told() { policies_of_tunnelctl <"$1"; } # of a run's output, instead of vrrpctl's

lines_watched '10.1.22.0/24 172.16.0.0/16' r:wan0:out gw:wan0:out
new_keys
# r has no other route to the other end's subnet than the tunnel's own.
run r "$W/r.conf" 'sleep 100' status
expect 'the pair brings the tunnel up' said '^status line1 up .* sas 2 '
expect 'both SAs never expire' bash -c "[ $(sas | grep -c 'limit: soft (INF)(packets), hard (INF)(packets)') = 2 ]"
expect_number 'SAs whose counter may wrap' "$(sas | grep -c 'extra_flag .*oseq-may-wrap')" == 2
run gw "$W/gw.conf" status
expect 'packets go through it, both ways' ping_through
expect_number 'as ESP' "$(sas | awk '$1 ~ /\(bytes\),$/ { n += $2 ~ /^[1-9]/ } END { print n + 0 }')" == 2
before=$(born)
sleep 1.1
run r "$W/r.conf" status
expect 'a restart keeps SAs whose keys are the same' bash -c "[ '$(born)' = '$before' ]"
new_keys
run r "$W/r.conf" status
expect 'new keys make new ones' bash -c "[ '$(born)' != '$before' ]"
expect 'under the same numbers' bash -c "[ '$(spis)' = 'spi 0x00001001 spi 0x00001002 ' ]"
run gw "$W/gw.conf" status
expect 'and the other end agrees' ping_through

(sleep 1; ns_ip r xfrm state flush) &
flusher=$!
run r "$W/r.conf" 'sleep 2500' status
wait "$flusher"
expect 'flushed SAs are put back' said '^status line1 up .* sas 2 '
expect 'with an alarm' said '^alarm .*SAs of tunnel line1 were removed: put back'
run r "$W/r.conf" "reload $W/spi.conf" status
expect 'a reload with other numbers moves the pair' said '^status line1 up .* sas 2 '
expect 'and leaves no old one' bash -c "[ '$(spis)' = 'spi 0x00002001 spi 0x00002002 ' ]"
run r "$W/spi.conf" "reload $W/ike.conf" status
expect 'a reload to keys of IKE removes it' said '^status line1 no_sa .* sas 0 '
expect_number 'SAs left' "$(sas | grep -c spi)" == 0

# ---- of several tunnels one cannot have its SAs ----
second() { # the same to another end, under other numbers, with the other key file
    sed '/^vrrp_instance/,/^}/d; s/line1/line2/; s/198.51.100.2/198.51.100.3/; s/172.16/172.17/; s/reqid 1/reqid 2/
        s/0x100/0x300/; /own_address/d; s/r.keys/gw.keys/' "$W/r.conf"
}
{ sed 's/r.keys/r2.keys/' "$W/r.conf"; second; } >"$W/two.conf"
run r "$W/r.conf" status
before=$(born)
mv "$W/r.keys" "$W/old.keys"
new_keys
mv "$W/r.keys" "$W/r2.keys"
mv "$W/old.keys" "$W/r.keys"
truncate -s -9 "$W/gw.keys"
run r "$W/r.conf" 'sleep 1100' "reload $W/two.conf" status
expect 'a bad key file refuses a reload' said "^refused tunnel line2: key file $W/gw.keys: line 4: integrity_in has the wrong length"
expect 'which replaces no key of another tunnel' bash -c "[ '$(born)' = '$before' ]"
new_keys

# ---- a kernel without ESP, and then with; in a guest only, whose modules nobody else needs ----
if grep -q 'User Mode Linux' /proc/cpuinfo; then
    modprobe=$(cat /proc/sys/kernel/modprobe)
    ns_ip r xfrm state flush
    ns_ip gw xfrm state flush
    echo /bin/false >/proc/sys/kernel/modprobe
    expect 'ESP can be taken out of this kernel' rmmod esp4
    (sleep 1; "$modprobe" esp4) &
    loader=$!
    run r "$W/two.conf" 'sleep 300' status 'sleep 4000' status
    wait "$loader"
    echo "$modprobe" >/proc/sys/kernel/modprobe
    expect 'a kernel without ESP leaves the tunnels closed' said '^status line1 no_sa .* sas 0 policies 7/7'
    expect_number 'alarms of that' "$(grep -c '^alarm .*has no ESP' "$W/out")" '>=' 1
    expect 'when it comes they are up' said '^status line1 up .* sas 2 '
    expect 'both' said '^status line2 up .* sas 2 '
    ns_ip r xfrm state flush
fi

mkdir "$W/credentials"
mv "$W/r.keys" "$W/credentials/keys_r.keys"
run r "$W/r.conf" status
expect 'a missing key file is named' said "^refused tunnel line1: key file $W/r.keys: No such file"
CREDENTIALS=$W/credentials
run r "$W/r.conf" status
expect 'a credential of systemd takes its place' said '^status line1 up '
expect_policies r "$W/out"
lines_clear
ns r "$BUILD/tests/net/tunnelctl" --flush "$W/r.conf" >"$W/out"
expect_number 'SAs and policies after a flush' "$( (sas; ns_ip r xfrm policy) | grep -c src)" == 0
tap_done
