#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What tests/package.sh does in the container: from the installation of the package to its purge, on a site of one
# router whose LAN is a veth into a namespace with one host.
set -u
. /work-test/tap.sh

conf=/etc/vrrp-sla/vrrp-sla.conf
deb=$(echo /work-test/*.deb)

site() {
    ip netns add office
    ip link add lan0 type veth peer name eth0 netns office
    ip link add wan0 type veth peer name line
    ip -n office address add 10.1.22.1/24 dev eth0
    ip address add 10.1.22.252/24 dev lan0
    ip address add 198.51.100.1/24 dev wan0
    ip -n office link set eth0 up
    ip link set lan0 up
    ip link set wan0 up
    ip link set line up
    ip route add 172.16.0.0/16 via 198.51.100.254
}

sample() { # PRIORITY
    cat <<EOF
ipsec_tunnel line1 {
    interface wan0
    local_address 198.51.100.1
    remote_address 203.0.113.1
    local_subnet { 10.1.22.0/24 }
    remote_subnet { 172.16.0.0/16 }
    own_address 10.1.22.252
    reqid 1
    keys ike
}
sla_probe host {
    target 10.1.22.1
    source 10.1.22.252
    interface lan0
    interval 0.05
    rise 3
}
sla_probe name {
    target localhost
    resolve
    source 10.1.22.252
    interval 0.05
    rise 3
}
vrrp_instance OFFICE {
    interface lan0
    version 3
    virtual_router_id 22
    priority $1
    advert_int 0.1
    virtual_ipaddress {
        10.1.22.254/24
    }
    track_sla {
        host weight -50
    }
    ipsec_tunnel line1
}
EOF
}

# Every file but those that change on any machine with any package: logs, caches, the databases of dpkg, apt and the
# users, and what systemd itself remembers.
files() {
    find /etc /usr /var /opt /srv /run -xdev \( -path /var/log -o -path /var/cache -o -path /var/lib/apt -o \
        -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/lib/PackageKit -o -path /var/tmp -o -path /run/systemd -o -path /run/log \) -prune -o \
        ! -path '/etc/passwd*' ! -path '/etc/group*' ! -path '/etc/shadow*' ! -path '/etc/gshadow*' \
        ! -path /etc/.pwd.lock -print | sort
}

apt() { apt-get -y -o Dpkg::Use-Pty=0 "$@" </dev/null; }
unit() { systemctl show -P "$2" "$1"; }
is() { # WANTED COMMAND...: the command's output is that
    local wanted=$1 got
    shift
    got=$("$@" 2>&1)
    [ "$got" = "$wanted" ] || { echo "got '$got', wanted '$wanted'"; return 1; }
}
fails() { # STATUS COMMAND...
    local wanted=$1 status
    shift
    "$@"
    status=$?
    [ "$status" = "$wanted" ] || { echo "status $status, wanted $wanted"; return 1; }
}
has_vip() { ip -o address show dev lan0 | grep -q '10\.1\.22\.254/24'; }
no_vip() { ! has_vip; }
policies() { ip xfrm policy | grep -c 172.16.0.0/16; }
within() { # TENTHS COMMAND...: until it succeeds
    local left=$1
    shift
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { echo "never: $*"; return 1; }
        sleep 0.1
    done
}
process() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$(unit "$1" MainPID)/status"; }
restarted() { # UNIT OLDPID
    local now
    now=$(unit "$1" MainPID)
    [ "$now" != 0 ] && [ "$now" != "$2" ] && [ "$(unit "$1" ActiveState)" = active ]
}
state() { vrrpctl --json status | jq -r ".instances[0].$1"; }

journal() { # MATCH... : the fields of the last such entry
    journalctl --sync
    journalctl -q -n 1 -o json "$@"
}
transition() { # JSON KEY VALUE...
    local entry=$1 key
    shift
    while [ $# -gt 1 ]; do
        key=$(jq -r ".$1 // \"\"" <<<"$entry")
        [[ $key =~ ^$2$ ]] || { echo "$1 is '$key', wanted '$2': $entry"; return 1; }
        shift 2
    done
}

site
files >/tmp/before
expect "apt installs it" apt install "$deb"
if ! command -v vrrpd >/dev/null; then tap_done; exit 1; fi
for u in vrrpd slad; do
    expect "$u is inert until it is configured" is inactive systemctl is-active "$u"
    expect "$u starts at boot" is enabled systemctl is-enabled "$u"
done
expect "a boot closes the tunnels first" is enabled systemctl is-enabled vrrp-sla-close
expect "no configuration comes with it" test ! -e "$conf"
expect "the group may read the configuration" is "750 root vrrp-sla" stat -c '%a %U %G' /etc/vrrp-sla
expect "root alone may read the keys" is "700 root root" stat -c '%a %U %G' /etc/vrrp-sla/keys
expect "vrrpctl says that nothing runs" fails 3 vrrpctl status

sample 100 >"$conf"
expect "the sample is clean" vrrpd --check
expect "the tunnels are closed before the daemons run" systemctl start vrrp-sla-close
expect "the LAN's traffic to the cloud is blocked" \
    bash -c 'ip xfrm policy get src 10.1.22.0/24 dst 172.16.0.0/16 dir out | grep -q "action block"'
expect "the units start" systemctl start slad vrrpd
expect "the instance becomes Active" vrrpctl wait OFFICE Active --timeout 10
expect "the virtual IP is there" has_vip
expect "the probe comes up" vrrpctl wait host up --timeout 10
expect "so does one whose name the sandboxed helper looks up" vrrpctl wait name up --timeout 10
expect "the policies are there" test "$(policies)" -gt 0

expect "a transition is in the journal with its fields" transition \
    "$(journal VRRP_INSTANCE=OFFICE VRRP_INSTANCE_STATE=Active)" \
    VRRP_INSTANCE OFFICE VRRP_INSTANCE_OLD_STATE Backup VRRP_INSTANCE_STATE Active REASON '.+' \
    MESSAGE_ID '[0-9a-f]{32}' _SYSTEMD_UNIT vrrpd.service PRIORITY '[0-7]'
expect "a verdict is, too" transition "$(journal SLA_PROBE=host SLA_PROBE_STATE=up)" \
    SLA_PROBE host SLA_PROBE_OLD_STATE unknown REASON '.+' MESSAGE_ID '[0-9a-f]{32}' _SYSTEMD_UNIT slad.service
expect "the catalog explains it" \
    bash -c 'journalctl -q -x -n 1 VRRP_INSTANCE_STATE=Active | grep -q "Defined-By: vrrp-sla"'

user=$(id -u vrrp-sla)
for u in vrrpd slad; do
    expect "$u is not root" is "$user $user $user $user" bash -c "sed -n 's/^Uid:[[:space:]]*//p' \
        /proc/$(unit $u MainPID)/status | tr '\t' ' '"
    expect "$u can gain no privilege" is 1 process "$u" NoNewPrivs
done
# Bits 12 and 13: CAP_NET_ADMIN and CAP_NET_RAW.
expect "vrrpd has NET_ADMIN and NET_RAW" is 0000000000003000 process vrrpd CapEff
expect "slad has NET_RAW" is 0000000000002000 process slad CapEff
expect "vrrpd is scheduled before others" \
    bash -c "chrt -p $(unit vrrpd MainPID) | grep -q SCHED_RR"
expect "the group may read the state" runuser -u vrrp-sla -- vrrpctl status
expect "others may not" fails 1 runuser -u nobody -- vrrpctl status

pid=$(unit vrrpd MainPID)
if [ "$pid" = 0 ]; then tap_done; exit 1; fi
sample 100 | sed 's/priority 100/priorty 100/' >"$conf"
expect "a reload with an error fails" fails 1 systemctl reload vrrpd
expect "and says where" bash -c "vrrpctl reload 2>&1 | grep -q '$conf:[0-9]*:[0-9]*: error:'"
expect "the old configuration goes on" is "Active 100" echo "$(state state) $(state priority.configured)"
sample 120 >"$conf"
expect "a reload without one succeeds" systemctl reload vrrpd
expect "and counts" is 120 state priority.configured
expect "in the same process" is "$pid" unit vrrpd MainPID

kill -KILL "$pid"
expect "vrrpd is back after a SIGKILL" within 15 restarted vrrpd "$pid"
expect "and Active" vrrpctl wait OFFICE Active --timeout 5
pid=$(unit vrrpd MainPID)
kill -STOP "${pid:?}"
expect "the watchdog ends a frozen vrrpd" within 40 restarted vrrpd "$pid"
expect "which is Active again" vrrpctl wait OFFICE Active --timeout 5
pid=$(unit slad MainPID)
kill -STOP "$pid"
expect "the watchdog ends a frozen slad" within 40 restarted slad "$pid"
expect "whose probe comes up again" vrrpctl wait host up --timeout 5

expect "the units stop" systemctl stop vrrpd slad
expect "cleanly" is "success success" echo "$(unit vrrpd Result) $(unit slad Result)"
expect "the virtual IP is gone" no_vip
expect "the policies stay" test "$(policies)" -gt 0
expect "they start again" systemctl start vrrpd slad
expect "and are Active" vrrpctl wait OFFICE Active --timeout 10

expect "apt purges it" apt purge vrrp-sla
expect "the virtual IP is gone with it" no_vip
expect "so are the policies" is 0 policies
expect "so is the guard" bash -c '! nft list tables | grep -q vrrp_sla'
expect "and every process" bash -c '! pgrep -u vrrp-sla'
files >/tmp/after
expect "no file is left" is "" comm -13 /tmp/before /tmp/after
tap_done
