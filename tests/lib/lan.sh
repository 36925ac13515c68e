# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after ns.sh and tap.sh, with BUILD, W and VIP: routers r1, r2 and other hosts on one LAN, and what the tests ask of
# them. Router N has its configuration in W/rN.conf, its log in W/rN.log, and runs in W/runN. A router has one instance; a
# test with several has words of its own for them.

lan_up() { # HOST...
    ns_add lan "$@"
    ns_bridge lan sw
}
lan_port() { # HOST: its lan0, on the bridge by a port that has its name: p1 of r1, px of x
    ns_link "$1" lan0 lan "p${1#r}"
    ns_ip lan link set dev "p${1#r}" master sw
}
lan_router() { # N
    lan_port "r$1"
    ns_ip "r$1" addr add "10.9.1.25$1/24" dev lan0
}

start() { # N [keepalived]
    if [ "${2:-ours}" = ours ]; then
        spawn_ns "r$1" "$W/r$1.log" "r$1" "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"
    else
        mkdir -p "$W/run$1"
        spawn_ns "r$1" "$W/r$1.log" "r$1" "$2" --dont-fork --log-console --vrrp -f "$W/r$1.conf" \
            -p "$W/run$1/pid" -r "$W/run$1/vrrp.pid"
    fi
}
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
quiet() { "$@" >/dev/null 2>&1 || true; }
logged() { grep -qF -- "$2" "$W/r$1.log" || { tail -n 3 "$W/r$1.log"; return 1; }; } # N TEXT

get() { ctl "$1" --json status | jq -r ".instances[0]$2"; } # N FILTER
is() { [ "$(get "$1" "$2")" = "$3" ] || { echo "$2 is $(get "$1" "$2")"; return 1; }; }
SOON_S=3
soon() { wait_until "$SOON_S" is "$@" || is "$@"; }
mark() { ctl 1 --json status >"$W/mark"; }
counted() { # FAULT MORE: r1's counter has grown by this since `mark'
    local now=$(($(get 1 ".counters.$1") - $(jq -r ".instances[0].counters.$1" "$W/mark")))
    [ "$now" = "$2" ] || { echo "$1 grew by $now"; return 1; }
}
owns() { ns_ip "r$1" -o addr show dev lan0 | grep -qF " $VIP/"; }
homeless() { ! owns "$1"; }
