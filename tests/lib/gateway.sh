# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after site.sh: the cloud's VPN gateway. It is no part of the product; it stands for what a
# provider runs: a tunnel device per router (VTI, told apart by its key), two weighted routes to the
# office, a host route to each router's own address through its own tunnel, and a health check on each.

# KEYFILE1 KEYFILE2: keys as the routers have them, mirrored here. The SPIs come from the routers'
# configuration. No replay window: a router that was switched off counts from one again.
gateway_up() { # CONF1 KEYS1 CONF2 KEYS2
    gateway_devices
    gateway_keys 1 "$1" "$2"
    gateway_keys 2 "$3" "$4"
}

# The tunnels without keys, and the routes. A router behind a NAT is PEER_ADDR[n] to the gateway.
PEER_ADDR=()
gateway_devices() {
    local n
    for n in 1 2; do
        ns_ip gw link add name "vti$n" type vti local "$GW_OUT" remote "${PEER_ADDR[n]:-${WAN_ADDR[n]}}" key "$n"
        ns_sysctl gw "net.ipv4.conf.vti$n.disable_policy=1" "net.ipv4.conf.vti$n.rp_filter=0"
        ns_ip gw link set dev "vti$n" up mtu 1400
    done
    gateway_routes
}

# The weights 100 and 0 of the cloud are metrics: all goes by tunnel 1 while its check is good.
gateway_routes() {
    local n
    for n in 1 2; do
        ns_ip gw route add "${LAN_ADDR[n]}/32" dev "vti$n"
        ns_ip gw route add "$SITE_NET" dev "vti$n" metric $((n * 10))
    done
}

conf_value() { # FILE KEYWORD: the word after its first use outside comments
    awk -v key="$2" '{ sub(/[#!].*/, ""); for (i = 1; i < NF; i++) if ($i == key) { print $(i + 1); exit } }' "$1"
}
key_value() { awk -v key="$2" '$1 == key { sub(/^0x/, "", $2); print "0x" $2; exit }' "$1"; }

gateway_keys() { # N CONF KEYS
    local n=$1 conf=$2 keys=$3
    gateway_sa "$n" "${WAN_ADDR[n]}" "$GW_OUT" "$(conf_value "$conf" spi_out)" \
        "$(key_value "$keys" integrity_out)" "$(key_value "$keys" encryption_out)"
    gateway_sa "$n" "$GW_OUT" "${WAN_ADDR[n]}" "$(conf_value "$conf" spi_in)" \
        "$(key_value "$keys" integrity_in)" "$(key_value "$keys" encryption_in)"
    gateway_policies "$n"
}

gateway_policies() { # N
    local n=$1 dir
    for dir in in fwd; do
        ns_ip gw xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir "$dir" mark "$n" \
            tmpl src "${WAN_ADDR[n]}" dst "$GW_OUT" proto esp mode tunnel
    done
    ns_ip gw xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir out mark "$n" \
        tmpl src "$GW_OUT" dst "${WAN_ADDR[n]}" proto esp mode tunnel
}

gateway_sa() { # MARK SRC DST SPI INTEGRITY ENCRYPTION
    ns_ip gw xfrm state add src "$2" dst "$3" proto esp spi "$4" mode tunnel mark "$1" replay-window 0 \
        auth-trunc 'hmac(sha256)' "$5" 128 enc 'cbc(aes)' "$6"
}

# Two checks, each through its own tunnel, started as processes. CHECK_INTERVAL seconds between two
# pings, CHECK_FALL failed ones take the tunnel's route away, one good one gives it back. The cloud's
# default is 3 s and 3. Lines of FILE: "TIME_US check N ok|failed" and "TIME_US route N".
CHECK_INTERVAL=${CHECK_INTERVAL:-3} CHECK_FALL=${CHECK_FALL:-3}

gateway_check() { # FILE
    local n
    for n in 1 2; do
        spawn_ns "check$n" "$1" gw bash "$(dirname "${BASH_SOURCE[0]}")/health-check.sh" \
            "$n" "$GW_IN" "${LAN_ADDR[n]}" "$CHECK_INTERVAL" "$CHECK_FALL" "$SITE_NET"
    done
}
