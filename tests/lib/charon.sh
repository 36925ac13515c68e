# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after site.sh: strongSwan's daemon on a router (cpe01, cpe02) or the gateway (gw), with the files of
# etc/samples/swanctl where they say that they belong. Each namespace has a mount namespace of its own
# in which /etc/swanctl, /etc/strongswan.d and /run are folders of W. The secrets are made for each run.

SWANCTL_SAMPLES=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../etc/samples/swanctl" && pwd)
CHARON=/usr/lib/ipsec/charon

ike_secret() { # NAME ID SECRET
    printf 'secrets {\n    ike-%s {\n        id = %s\n        secret = "%s"\n    }\n}\n' "$@"
}

charon_files() { # NAME SAMPLE
    local dir=$W/$1-ike
    mkdir -p "$dir/swanctl/conf.d" "$dir/strongswan.d" "$dir/run"
    cp "$SWANCTL_SAMPLES/$2" "$dir/swanctl/conf.d/vrrp-sla.conf"
    echo 'include conf.d/*.conf' >"$dir/swanctl/swanctl.conf"
    cp -r /etc/strongswan.d/charon "$dir/strongswan.d/"
    cp "$SWANCTL_SAMPLES/strongswan.conf" "$dir/strongswan.d/vrrp-sla.conf"
    printf 'charon {\n%s\n}\n' 'filelog { log { path = /run/charon.log
        time_format = %b %d %H:%M:%S
        time_add_ms = yes
        flush_line = yes
        default = 1 } }' >"$dir/strongswan.d/log.conf"
}

# The replacement that the samples describe.
keys_by_ike() { # FILE
    sed -i -e '/^ *keys static$/d' -e '/^ *static_sa {$/,/^ *}$/d' -e 's/^\( *\)#keys ike$/\1keys ike/' "$1"
}

# All three, with one secret for each tunnel at both of its ends. A secret's id is the other end, which is
# the same for both routers.
charons_files() (
    umask 077
    charon_files gw gateway.conf
    for n in 1 2; do
        charon_files "cpe0$n" "cpe0$n.conf"
        secret=$(head -c 33 /dev/urandom | base64)
        ike_secret "gateway" "$GW_OUT" "$secret" >"$W/cpe0$n-ike/swanctl/conf.d/vrrp-sla.secrets"
        ike_secret "cpe0$n" "${WAN_ADDR[n]}" "$secret" >>"$W/gw-ike/swanctl/conf.d/vrrp-sla.secrets"
    done
)

# NAME COMMAND...: as words for `ip netns exec', which gives it a mount namespace
# shellcheck disable=SC2016 # the inner shell's own words
CHARON_WORLD='mount --bind "$1/swanctl" /etc/swanctl && mount --bind "$1/strongswan.d" /etc/strongswan.d &&
    mount --bind "$1/run" /run && shift && exec "$@"'

swanctl_on() { # NAME WORD...
    local name=$1
    shift
    ns "$name" bash -c "$CHARON_WORLD" world "$W/$name-ike" swanctl "$@"
}

# The routers' drop-in for the unit, as systemd would do it.
charon_unit_pre() { # NAME
    local command
    command=$(sed -n 's/^ExecStartPre=-//p' "$SWANCTL_SAMPLES/strongswan.service.conf")
    # shellcheck disable=SC2086 # words
    ns "$1" $command
}

charon_start() { # NAME
    rm -f "$W/$1-ike/run/charon.vici" # a killed one leaves it
    [ "$1" = gw ] || charon_unit_pre "$1"
    spawn_ns "charon-$1" "$W/charon-$1.log" "$1" bash -c "$CHARON_WORLD" world "$W/$1-ike" "$CHARON"
    wait_until 10 test -S "$W/$1-ike/run/charon.vici" && swanctl_on "$1" --load-all
}
charon_stop() { reap "charon-$1" "${2:-TERM}" || true; } # NAME [SIGNAL]
