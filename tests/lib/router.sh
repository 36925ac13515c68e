# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after gateway.sh: the product on the two routers, as the samples have it. BUILD is a build tree,
# CONF a folder with cpe01.conf and cpe02.conf, W a scratch folder. Keys are made for each run and handed
# to vrrpd as systemd would hand them, so the samples' paths need not exist.

router_conf() { printf '%s/cpe0%s.conf' "$CONF" "$1"; }
router_run() { printf '%s/cpe0%s' "$W" "$1"; }
router_keys() { printf '%s/keys0%s/keys_%s' "$W" "$1" "$(basename "$(conf_value "$(router_conf "$1")" key_file)")"; }

# Before site_up. A line's first hop has the last address of the router's public /24.
site_addresses() {
    local n
    for n in 1 2; do
        WAN_ADDR[n]=$(conf_value "$(router_conf "$n")" local_address)
        WAN_HOP[n]=${WAN_ADDR[n]%.*}.254
    done
}

ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$(router_run "$n")" "$@"; }

make_keys() { # N
    local file word
    file=$(router_keys "$1")
    mkdir -p "$(dirname "$file")"
    (umask 077; for word in encryption_out integrity_out encryption_in integrity_in; do
        printf '%s 0x%s\n' "$word" "$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')"
    done >"$file")
}

start_slad() { # N
    spawn_ns "slad$1" "$W/slad$1.log" "cpe0$1" "$BUILD/slad/slad" -f "$(router_conf "$1")" -r "$(router_run "$1")"
}
start_vrrpd() { # N
    spawn_ns "vrrpd$1" "$W/vrrpd$1.log" "cpe0$1" env CREDENTIALS_DIRECTORY="$(dirname "$(router_keys "$1")")" \
        "$BUILD/vrrpd/vrrpd" -f "$(router_conf "$1")" -r "$(router_run "$1")"
}

# vrrpd first: its block policies stand before slad's first probe could leave in the clear.
daemons_start() { # N
    start_vrrpd "$1"
    wait_until 10 ctl "$1" status || true
    start_slad "$1"
    wait_until 10 daemons_answer "$1" || { tail -n 5 "$W/vrrpd$1.log" "$W/slad$1.log"; return 1; }
}
daemons_answer() { # both: status alone is content with one
    ctl "$1" --json status | jq -e '.daemons.vrrpd.running and .daemons.slad.running'
}
daemons_stop() { reap "vrrpd$1" TERM && reap "slad$1" TERM; }

router_boot() { router_plug "$1" && daemons_start "$1"; }

power_cut() { # N
    router_unplug "$1"
    reap "vrrpd$1" KILL || true
    reap "slad$1" KILL || true
    router_forget "$1"
    rm -rf "$(router_run "$1")"
}

# .path.in.json of N's status
status_of() { ctl "$1" --json status | jq -r "$2"; }
instance_state() { status_of "$1" '.instances[] | select(.name == "OFFICE") | .state'; }
probe_state() { status_of "$1" '.probes[] | select(.name == "ecs") | .state'; }
wait_state() { ctl "$1" wait "$2" "$3" --timeout "$4"; } # N NAME STATE SECONDS
has_vip() { ns_ip "cpe0$1" -o addr show dev lan0 | grep -qF " $VIP/"; }
