#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# contract: the built programs as a stranger meets them: what --check says of a file full of mistakes, the types of the
# status object, keepalived's defaults on the wire, keepalived as the peer in every role, tracking, two pairs of daemons on
# one host, a group of tunnels. BUILD is the build tree. Root. No ESP is needed here.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
. "$here/../lib/ns.sh"
. "$here/../lib/tunnels.sh"
: "${BUILD:?the build tree}"
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-contract.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
VRRPD=$BUILD/vrrpd/vrrpd SLAD=$BUILD/slad/slad VRRPCTL=$BUILD/vrrpctl/vrrpctl

ctl() { local n=$1; shift; "$VRRPCTL" -r "$W/run$n" "$@"; }
vrrpd() { spawn_ns "v$1" "$W/v$1.log" "r$1" "$VRRPD" -f "$W/$1.conf" -r "$W/run$1"; }
slad() { spawn_ns "s$1" "$W/s$1.log" "r$1" "$SLAD" -f "$W/$1.conf" -r "$W/run$1"; }
json() { ctl "$1" --json status 2>/dev/null | jq -e "$2"; }
soon() { wait_until 3 json "$@" || ctl "$1" --json status | jq -c '.instances[] | [.name, .state, .reason]'; }
state() { soon "$1" ".instances[] | select(.name == \"$2\") | .state == \"$3\""; }
exits() { # WANTED COMMAND...
    local wanted=$1 status=0
    shift
    "$@" || status=$?
    [ "$status" = "$wanted" ] || { echo "status $status"; return 1; }
}
addresses() { ns_ip "r$1" -o -4 addr show dev "$2" | sed 's/^.*inet //; s/  *valid.*//; s/\\//' | grep -v '\.25[12]/'; }
instance() { # NAME VRID VERSION PRIORITY INTERVAL [STATEMENT...]: read by both programs
    printf 'vrrp_instance %s {\n state BACKUP\n interface %s\n version %s\n virtual_router_id %s\n priority %s\n advert_int %s\n' \
        "$1" "${ON:-lan0}" "$3" "$2" "$4" "$5"
    printf ' virtual_ipaddress {\n  %s\n }\n' "${VIPS:-10.9.1.$((100 + $2))/24}"
    shift 5
    printf ' %s\n' "$@"
    echo '}'
}

# ---- the file ----
# Every line that ends in #! has an error, and no other.
cat >"$W/bad.conf" <<'EOT'
global_defs {
    router_id                               #!
    nonsense 3                              #!
}
vrrp_instance A {                           #!
    state MASTER                            #!
    interfce lan0                           #!
    virtual_router_id 300                   #!
    advert_int 0.5                          #!
    virtual_ipaddress {
        10.0.0.999                          #!
        10.0.0.2/24 dev                     #!
        10.0.0.3 bogus                      #!
    }
    track_sla {
        nosuch weight 20                    #!
    }
    track_interface {
        lan0 weight 300                     #!
    }
    track_tunnel {
        notun shutdown                      #!
    }
    nopreempt perhaps                       #!
}
vrrp_instance B surplus {                   #!
    interface a_name_too_long0              #!
    virtual_router_id 5
    virtual_router_id 6                     #!
    virtual_ipaddress { 10.0.0.4 }
    v3_checksum maybe                       #!
    ipsec_tunnel nowhere                    #!
}
sla_probe ecs {
    target 10.0.0.256                       #!
    interval 0.001                          #!
    fall 0                                  #!
    profile quick                           #!
    tunnel line9                            #!
}
sla_probe ecs { target 192.0.2.1 }          #!
sla_group G {
    probes ecs nix                          #!
    require 5                               #!
}
ipsec_tunnel line1 {
    interface wan0
    local_address 192.0.2.1
    remote_address nobody                   #!
    local_subnet { 10.1.22.1/24 }           #!
    remote_subnet { 172.16.0.0/16 }
    own_address 192.168.1.1                 #!
    reqid 0                                 #!
    keys static                             #!
    clamp_mss 10                            #!
}
}                                           #!
EOT
bare() { ns none setpriv --bounding-set=-all --inh-caps=-all "$@"; } # no capability, no interface
same_lines() { # the lines with an error, each once
    diff <(grep -n '#!' "$W/bad.conf" | cut -d: -f1) <(sed -n "s|^$W/bad.conf:\([0-9]*\):[0-9]*: error: .*|\1|p" "$W/errors" | uniq)
}
ns_add none
bare "$VRRPD" --check --config "$W/bad.conf" 2>"$W/errors"
expect 'a file full of mistakes is refused' test $? = 1
expect 'in one run, with the line of each' same_lines
expect 'and none twice' test -z "$(grep '^/' "$W/errors" | sort | uniq -d)"
expect 'slad says the same' diff "$W/errors" <(bare "$SLAD" -t -f "$W/bad.conf" 2>&1)
for conf in "$here"/../../etc/samples/*.conf; do
    expect "clean: ${conf##*/}" exits 0 bare "$VRRPD" -t -f "$conf" -r "$W/never"
done
expect 'a check touches nothing' test ! -e "$W/never"
for conf in /usr/share/doc/keepalived/samples/keepalived.conf.*; do
    [ -e "$conf" ] || continue # a system without documentation
    case $conf in *.gz) zcat "$conf" ;; *) cat "$conf" ;; esac >"$W/sample.conf"
    expected=0
    grep -q 'auth_type AH' "$W/sample.conf" && expected=1
    expect "keepalived's own ${conf##*conf.} is read" exits "$expected" "$VRRPD" -t -f "$W/sample.conf"
done
: >"$W/empty.conf"
mkdir -p "$W/busy/vrrpd.ctl/x" "$W/busy/slad.sock/x"
for bad in "$W/empty.conf" /proc/none "$W/busy"; do
    expect "vrrpd: no runtime directory ${bad#"$W/"}" exits 3 ns none "$VRRPD" -f "$W/empty.conf" -r "$bad"
    expect "slad: no runtime directory ${bad#"$W/"}" exits 3 ns none "$SLAD" -f "$W/empty.conf" -r "$bad"
done
expect 'no configuration, no start' exits 1 ns none "$VRRPD" -f "$W/missing.conf" -r "$W/never"

# ---- two routers, on two LANs, and a provider ----
ns_add lan r1 r2
ns_bridge lan sw0
ns_bridge lan sw1
for n in 1 2; do
    for k in 0 1; do
        ns_link "r$n" "lan$k" lan "p$n$k"
        ns_ip lan link set dev "p$n$k" master "sw$k"
        ns_ip "r$n" addr add "10.9.$((1 + k)).25$n/24" dev "lan$k"
        ns_link "r$n" "wan$k" lan "w$n$k"
        ns_ip "r$n" addr add "198.51.10$k.$n/24" dev "wan$k"
    done
    ns_sysctl "r$n" net.ipv4.ip_forward=1
done
ns_ip lan addr add 198.51.100.9/24 dev w10
ns_ip lan addr add 198.51.101.9/24 dev w11

# ---- keepalived's defaults on the wire, and the order of a stop ----
cat >"$W/1.conf" <<'EOT'
vrrp_instance D {
    interface lan1
    virtual_router_id 51
    virtual_ipaddress { 10.9.2.254 }
}
EOT
capture wire r2 lan1 "$W/wire" 'proto 112 or arp'
vrrpd 1
expect 'Backup at first' state 1 D Backup
expect 'and Active after three seconds and the skew' ctl 1 wait D ACTIVE --timeout 5
expect 'as the status says' json 1 '.instances[0] | .version == 2 and .priority.configured == 100 and .advert_interval_ms == 1000 and
    .active_down_ms == 3609 and .addresses == ["10.9.2.254/32"]'

# ---- meanwhile: a second pair of daemons, with keepalived as its peer in every role ----
roles='V2HI 1 2 150 1,V2LO 2 2 50 1,V3HI 3 3 150 0.2,V3LO 4 3 50 0.2,PSHI 5 3 150 0.2 v3_checksum pseudo_header,PSLO 6 3 50 0.2'
roles+=',RFLO 7 3 50 0.2 v3_checksum rfc9568,OWN 8 3 255 0.2'
while read -r name vrid version priority interval rest; do
    instance "$name" "$vrid" "$version" "$priority" "$interval" "$rest" >>"$W/pair.conf"
    instance "$name" "$vrid" "$version" 100 "$interval" >>"$W/keepalived.conf"
done < <(tr , '\n' <<<"$roles")
mkdir "$W/keepalived"
spawn_ns keepalived "$W/keepalived.log" r1 keepalived --dont-fork --log-console --vrrp -f "$W/keepalived.conf" \
    -p "$W/keepalived/pid" -r "$W/keepalived/vrrp.pid"
theirs() { ns_ip r1 -o -4 addr show dev lan0 | grep -oE '10\.9\.1\.10[0-9]' | sort | tr '\n' ' '; }
they_hold() { [ "$(theirs)" = "$1" ] || { theirs; return 1; }; }
expect 'keepalived alone holds all' wait_until 8 they_hold "$(printf '10.9.1.10%d ' {1..8})"
spawn_ns pair "$W/pair.log" r2 "$VRRPD" -f "$W/pair.conf" -r "$W/deep/er/pair"
pair() { "$VRRPCTL" -r "$W/deep/er/pair" --json status | jq -e "$1"; }
held() { pair '[.instances[] | select(.state == "Active") | .name] == '"$1"; }
expect 'beside keepalived: the higher one is Active, whoever it is' wait_until 8 held '["V2HI", "V3HI", "PSHI", "OWN"]'
expect 'keepalived holds the rest' wait_until 4 they_hold '10.9.1.102 10.9.1.104 10.9.1.106 10.9.1.107 '
expect 'its form of checksum is seen' pair '[.instances[] | select(.version == 3 and .priority.configured == 50) | .peer.checksum] |
    . == ["pseudo_header", "pseudo_header", "pseudo_header"]'
expect 'and nothing is dropped' pair '[.instances[].counters | .bad_checksum + .bad_length + .bad_auth + .bad_version] | add == 0'
reap keepalived
expect 'when it leaves, all are ours' wait_until 4 pair '[.instances[].state] | unique == ["Active"]'
expect 'two pairs of daemons do not meet' json 1 '[.instances[].name] == ["D"]'
reap pair
expect 'a second stop is clean too' test $? = 0

arps() { captured "$W/wire" 'arp and arp[6:2] == 1 and src host 10.9.2.254'; }
announced() { [ "$(arps)" = "$1" ] || { echo "$(arps) ARPs"; return 1; }; }
expect 'five gratuitous ARPs, and five again after five seconds' wait_until 8 announced 10
spawn_ns monitor "$W/moved" r1 ip -ts -o monitor address dev lan1
pause 0.2
reap v1 TERM
expect 'SIGTERM ends with 0' test $? = 0
pause 0.2
reap monitor
reap wire
leaving=$(tcpdump -tt -n -r "$W/wire" 'proto 112 and ip[22] == 0' 2>/dev/null | awk '{ print $1; exit }')
gone=$(date -d "$(sed -n 's/^\[\([^]]*\)\].*Deleted.*10\.9\.2\.254.*/\1/p' "$W/moved")" +%s.%6N)
expect_number 'priority 0 is out before the address goes' "$(awk "BEGIN { print ${gone:-0} - ${leaving:-0} }")" '>' 0 s

# ---- several instances on two interfaces; the Backup that is preempted, or not ----
both() { # N
    local p=$((300 - 100 * $1)) weight='' shut='' keep='' wait=''
    if [ "$1" = 1 ]; then
        weight=$'track_interface {\n wan1 weight -150\n }' shut='track_interface { wan1 }'
        keep=nopreempt wait='preempt_delay 3'
    fi
    VIPS=$'10.9.1.111/24 brd 10.9.1.255 label lan0:vip\n  10.9.7.111/24 dev lan1 scope link' \
        instance MANY 11 3 "$p" 0.1 'virtual_ipaddress_excluded { 10.9.1.112/32 }' "$weight"
    ON=lan1 instance OTHER 11 3 "$p" 0.1 "$shut"
    instance KEEPS 13 3 "$p" 0.1 "$keep"
    instance WAITS 14 3 "$p" 0.1 "$wait"
}
{ both 1; printf 'global_defs {\n router_id one\n vrrp_startup_delay 1\n}\n'; } >"$W/1.conf"
both 2 >"$W/2.conf"
vrrpd 2
expect 'the lower router alone holds everything' wait_until 3 json 2 '[.instances[].state] | unique == ["Active"]'
vrrpd 1
wait_until 3 json 1 '.instances | length > 0'
expect 'the start is delayed, which is the reason' json 1 '.router_id == "one" and
    ([.instances[] | .state == "Initialize" and (.reason | test("vrrp_startup_delay"))] | all)'
expect 'the higher one takes over' state 1 MANY Active
expect 'the same VRID on another interface is another router' state 1 OTHER Active
expect 'nopreempt: not' state 1 KEEPS Backup
expect 'preempt_delay: not yet' state 1 WAITS Backup
expect 'an address has its label and broadcast' grep -q '10.9.1.111/24 brd 10.9.1.255 scope global .*lan0:vip' <(addresses 1 lan0)
expect 'its interface and scope' grep -q '10.9.7.111/24 scope link lan1' <(addresses 1 lan1)
expect 'an excluded one is held too' grep -q '10.9.1.112/32' <(addresses 1 lan0)
expect 'the adverts carry only the others' json 2 '.instances[] | select(.name == "MANY") | .counters.address_mismatch == 0'
ns_ip r1 link set dev wan1 down
expect 'track_interface with a weight: the peer is better' state 1 MANY Backup
expect 'which the priority tells' json 1 '.instances[] | select(.name == "MANY") |
    .priority == {"configured": 200, "effective": 50, "changes": [{"source": "interface:wan1", "delta": -150}]}'
expect 'without a weight: shut' state 1 OTHER Initialize
expect 'the peer holds both' wait_until 2 json 2 '[.instances[] | select(.state == "Active") | .name] |
    contains(["MANY", "OTHER"])'
ns_ip r1 link set dev wan1 up
expect 'and back' state 1 MANY Active
expect 'preempt_delay: at last' state 1 WAITS Active
expect 'vrrpd says it by level and instance' grep -q '^<5> WAITS: Backup -> Active (10.9.1.252 has only priority 100, ours is 200)$' \
    "$W/v1.log"
reap v2 TERM
expect 'nopreempt: but when nobody is left' state 1 KEEPS Active
reap v1 TERM

# ---- probes, a group of tunnels, and every key of the status by its type ----
tunnel() { # N
    cat <<EOT
ipsec_tunnel line$1 {
    interface wan$(($1 - 1))
    local_address 198.51.10$(($1 - 1)).1
    remote_address 203.0.113.1
    local_subnet { 10.9.1.0/24 }
    remote_subnet { 172.16.0.0/16 }
    own_address 10.9.1.2$1
    reqid $1
    linger 1
}
sla_probe p$1 {
    target 198.51.10$(($1 - 1)).9
    interval 0.02
    rise 3
    delay_up 0
}
EOT
}
{
    tunnel 1
    tunnel 2
    printf 'sla_group any { probes p1 p2 require any }\n'
    printf 'ipsec_tunnel_group G { tunnel line1 sla p1  tunnel line2 sla p2  hold_up 1 }\n'
    instance A 21 3 200 0.1 'ipsec_tunnel_group G' 'track_sla {' 'any weight -10' '}' 'track_tunnel {' 'line2 weight -20' '}'
} >"$W/1.conf"
instance A 21 3 100 0.1 >"$W/2.conf"
lines_watched '10.9.1.0/24 172.16.0.0/16' r1:wan0:out r1:wan1:out
vrrpd 2
ctl 2 wait A Active --timeout 3 # so that router 1 hears it
slad 1
vrrpd 1
expect 'probes: up' ctl 1 wait any Up --timeout 5
expect 'Active with a group of tunnels' state 1 A Active
types='
    def time: type == "string" and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}(Z|[+-][0-9]{2}:[0-9]{2})$");
    def whole: type == "number" and . == floor and . >= 0;
    def text: type == "string" and length > 0;
    def text0: . == null or text;
    def whole0: . == null or whole;
    (keys - ["alarms", "alarms_begun", "guard"] == ["daemons", "instances", "probes", "router_id", "tunnels", "version"]) and (.router_id | text) and
    (.version | text) and
    (.daemons.vrrpd | (.running == true) and (.pid | whole) and (.uptime_ms | whole)) and
    (.daemons.slad | (.running == true) and (.pid | whole) and (.heartbeat_age_ms | whole) and .stale == false) and
    (.instances | length == 1) and (.instances[0] |
        (.name == "A") and (.interface == "lan0") and (.vrid == 21) and (.version == 3) and (.family == "ipv4") and
        (.state == "Active") and (.since | time) and (.reason | text) and (.drained == false) and
        (.priority == {"configured": 200, "effective": 180, "changes": [{"source": "tunnel:line2", "delta": -20}]}) and
        (.advert_interval_ms == 100) and (.active_down_ms | whole) and
        (.peer | (.address == "10.9.1.252") and (.priority == 100) and (.checksum == "rfc9568") and (.heard_ms_ago | whole)) and
        (.addresses == ["10.9.1.121/24"]) and has("vmac") and (.vmac == null) and (.tunnel == "G") and
        ([.counters[] | whole] | all)) and
    (.tunnels | length == 2) and ([.tunnels[] |
        (.name | text) and (.state == "no_sa") and (.selected == (.name == "line1")) and (.local | text) and
        (.remote == "203.0.113.1") and (.reqid | whole) and (.sas == []) and
        (.policies | (.wanted > 0) and (.installed == .wanted))] | all) and
    ([.probes[].name] == ["p1", "p2", "any"]) and ([.probes[] |
        (.state == "up") and (.since | time) and has("target") and (.target | text0) and has("source") and (.source == null) and
        has("tunnel") and (.tunnel == null) and has("interval_ms") and (.interval_ms | whole0) and
        ([.sent, .received, .lost, .late, .duplicate, .rejected, .send_errors | whole] | all) and has("loss_percent") and
        (.rtt_us | (keys == ["avg", "jitter", "last", "max", "min", "p50", "p95", "p99"]) and ([.[] | whole0] | all))] | all) and
    (.probes[0] | (.target == "198.51.100.9") and (.interval_ms == 20) and (.received > 0) and (.rtt_us.p50 | whole) and
        (.loss_percent | type == "number"))'
expect 'every key of the status has its type' json 1 "$types"
expect 'as have events' bash -c "'$VRRPCTL' -r '$W/run1' --json events | jq -e '[.events[] | (.time | test(\"T.*[.][0-9]{3}\")) and
    ([.thing, .name, .from, .to, .reason | type == \"string\"] | all)] | all and length > 3'"
expect 'colour on a terminal' grep -q $'\033' <(script -qec "$VRRPCTL -r $W/run1" /dev/null)
expect 'none with NO_COLOR' bash -c "! NO_COLOR=1 script -qec '$VRRPCTL -r $W/run1' /dev/null | grep -q $'\033'"

carrier() { # of the LAN's traffic to the cloud
    ns_ip r1 xfrm policy list dir out | awk '/^src/ { ours = $2 == "10.9.1.0/24" && $4 == "172.16.0.0/16" } ours' |
        grep -oE 'reqid [0-9]+|action block'
}
carried_by() { [ "$(carrier)" = "$1" ] || { carrier; return 1; }; }
expect 'the first tunnel carries' carried_by 'reqid 1'
ns_ip lan link set dev w10 down
expect 'its probe down: the second does' wait_until 2 carried_by 'reqid 2'
expect 'and is the selected one' soon 1 '.tunnels[] | select(.selected) | .name == "line2"'
ns_ip lan link set dev w10 up
ctl 1 wait p1 up --timeout 5
expect 'the first is not taken at once again' carried_by 'reqid 2'
expect 'but after hold_up' wait_until 3 carried_by 'reqid 1'
expect 'drain hands the address over' ctl 1 drain A
expect 'what lingers is carried' carried_by 'reqid 1'
expect 'and blocked then' wait_until 3 carried_by 'action block'
ctl 1 resume A >"$W/resumed"
expect 'resume opens it' wait_until 3 carried_by 'reqid 1'
expect 'a flush beside a daemon is refused' exits 3 ns r1 "$VRRPD" --flush -f "$W/1.conf" -r "$W/run1"
expect 'and on another runtime directory too' exits 3 ns r1 "$VRRPD" --flush -f "$W/1.conf" -r "$W/elsewhere"
expect 'so is a second daemon in the same network namespace' exits 3 ns r1 timeout 5 "$VRRPD" -f "$W/1.conf" -r "$W/elsewhere"
reap v1 KILL
expect 'killed, it leaves it open' carried_by 'reqid 1'
vrrpd 1
expect 'the next one adopts' state 1 A Active
expect_policies r1 "$W/run1"
reap v1 TERM
expect 'stopped, it is closed' carried_by 'action block'
expect 'and the rest stays' policies_stay r1
lines_clear
expect 'flush, without the file' ns r1 "$VRRPD" --flush -f "$W/none" -r "$W/run1"
expect_number 'leaves nothing' "$(policies r1 | wc -l)" == 0 policies
expect 'no guard either' bash -c "! ip netns exec '$(netns r1)' nft list tables | grep -q vrrp_sla"
expect 'close, before any daemon ran' ns r1 "$VRRPD" --close -f "$W/1.conf" -r "$W/run1"
expect 'blocks the LAN' carried_by 'action block'
expect 'and has the rest' policies_stay r1
expect 'the guard too' ns r1 nft list table inet vrrp_sla
expect 'close and flush at once is bad usage' exits 2 "$VRRPD" --close --flush
expect 'slad has neither' exits 2 "$SLAD" --close
ns r1 "$VRRPD" --flush -f "$W/1.conf" -r "$W/run1"
ns_ip r1 xfrm policy add src 10.9.1.0/24 dst 172.16.0.0/16 dir out tmpl src 192.0.2.1 dst 192.0.2.2 proto esp mode tunnel
ns r1 "$VRRPD" -f "$W/1.conf" -r "$W/run1" >"$W/foreign" 2>&1
expect 'a foreign policy in our place: no start' test $? = 3
expect 'and it is named' grep -q 'another program.*10\.9\.1\.0/24 -> 172\.16\.0\.0/16' "$W/foreign"

# ---- one daemon alone ----
expect 'vrrpd is absent: status' exits 3 ctl 1 --json status
expect 'but slad is shown' test "$(ctl 1 --json status 2>"$W/absent" | jq -c '[.daemons.vrrpd.running, .daemons.slad.running,
    (.probes | length), .instances, .tunnels]')" = '[false,true,3,[],[]]'
expect 'a wait for an instance has nobody to ask' exits 3 ctl 1 wait A Active --timeout 0
expect 'one for a probe has' ctl 1 wait p1 UP --timeout 5
tap_done
