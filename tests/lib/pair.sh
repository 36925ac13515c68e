# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after ns.sh: two routers between two bridges and nothing more, to compare VRRP daemons with.
#
#   office 10.9.1.1 -- lan -- r1, r2 (VIP 10.9.1.254) -- far -- server 10.9.2.1
#
# WHO is vrrp-sla or keepalived; both get the same instance, adverts and priorities. W is a scratch
# folder, BUILD a build tree.

PAIR_VIP=10.9.1.254

pair_up() {
    local n
    ns_add office lan far server
    ns_bridge lan sw
    ns_bridge far sw
    ns_link office eth0 lan office
    ns_link server eth0 far server
    ns_ip lan link set dev office master sw
    ns_ip far link set dev server master sw
    ns_ip office addr add 10.9.1.1/24 dev eth0
    ns_ip office route add default via "$PAIR_VIP"
    ns_ip server addr add 10.9.2.1/24 dev eth0
    ns_ip server route add default via 10.9.2.252 # r2: the one that stays
    for n in 1 2; do
        ns_add "r$n"
        ns_sysctl "r$n" net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0
        ns_link "r$n" lan0 lan "r$n" "02:00:00:09:01:0$n"
        ns_link "r$n" far0 far "r$n" "02:00:00:09:02:0$n"
        ns_ip lan link set dev "r$n" master sw
        ns_ip far link set dev "r$n" master sw
        ns_ip "r$n" addr add "10.9.1.25$n/24" dev lan0
        ns_ip "r$n" addr add "10.9.2.25$n/24" dev far0
    done
}

pair_conf() { # N INTERVAL: read by both programs
    cat <<EOF
vrrp_instance PAIR {
    state BACKUP
    version 3
    interface lan0
    virtual_router_id 9
    priority $((300 - 100 * $1))
    advert_int $2
    virtual_ipaddress {
        $PAIR_VIP/24
    }
}
EOF
}

pair_start() { # WHO N INTERVAL
    local dir=$W/r$2
    mkdir -p "$dir"
    pair_conf "$2" "$3" >"$dir/pair.conf"
    case $1 in
    vrrp-sla) spawn_ns "r$2" "$dir/log" "r$2" "$BUILD/vrrpd/vrrpd" -f "$dir/pair.conf" -r "$dir/run" ;;
    keepalived)
        spawn_ns "r$2" "$dir/log" "r$2" keepalived --dont-fork --log-console --vrrp -f "$dir/pair.conf" \
            -p "$dir/pid" -r "$dir/vrrp.pid"
        ;;
    esac
}

# The ports first, then every process at once; keepalived's child dies before its parent can tell it to.
pair_power_cut() { # N
    ns_ip lan link set dev "r$1" nomaster
    ns_ip far link set dev "r$1" nomaster
    if [ -s "$W/r$1/vrrp.pid" ]; then kill -s KILL "$(cat "$W/r$1/vrrp.pid")"; fi
    reap "r$1" KILL || true
}

pair_owner_is() { # N
    ns_ip "r$1" -o addr show dev lan0 | grep -qF " $PAIR_VIP/"
}
