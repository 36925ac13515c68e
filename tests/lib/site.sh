# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after ns.sh: the site of the samples, as namespaces.
#
#   office --+          +-- cpe01 -- isp1 --+
#            +-- lan ---+                   +-- inet -- gw -- ecs
#                       +-- cpe02 -- isp2 --+
#
# A line's first hop is its isp; "the line dies beyond the first hop" loses what passes between isp and
# inet, both ways, and no carrier falls.

OFFICE=10.1.22.1 VIP=10.1.22.254 SITE_NET=10.1.22.0/24
ECS=172.16.41.10 GW_IN=172.16.41.72 CLOUD_NET=172.16.0.0/16 GW_OUT=203.0.113.1
LAN_ADDR=([1]=10.1.22.252 [2]=10.1.22.253)
# The routers' public addresses and each line's first hop; router.sh fills them from the configurations.
WAN_ADDR=() WAN_HOP=()

forwarding() { # NAME...
    local name
    for name in "$@"; do
        ns_sysctl "$name" net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 \
            net.ipv4.conf.default.send_redirects=0
    done
}

site_up() {
    ns_add office lan isp1 isp2 inet gw ecs
    forwarding isp1 isp2 inet gw
    ns_bridge lan sw
    ns_link office eth0 lan office
    ns_ip lan link set dev office master sw
    ns_ip office addr add "$OFFICE/24" dev eth0
    ns_ip office route add default via "$VIP"
    ns_link inet cloud gw wan
    ns_ip inet addr add 203.0.113.254/24 dev cloud
    ns_ip gw addr add "$GW_OUT/24" dev wan
    ns_ip gw route add default via 203.0.113.254
    ns_link gw vpc ecs eth0
    ns_ip gw addr add "$GW_IN/24" dev vpc
    ns_ip ecs addr add "$ECS/24" dev eth0
    ns_ip ecs route add default via "$GW_IN"
    line_up 1
    line_up 2
}

line_up() { # N
    local n=$1
    ns_link "isp$n" up inet "line$n"
    ns_ip "isp$n" addr add "100.64.$n.1/30" dev up
    ns_ip inet addr add "100.64.$n.2/30" dev "line$n"
    ns_bridge "isp$n" line
    ns_ip "isp$n" addr add "${WAN_HOP[n]}/24" dev line
    line_recover "$n"
}

line_dies() { # N, beyond the first hop
    ns_ip "isp$1" route replace blackhole default
    ns_ip inet route replace blackhole "${WAN_ADDR[$1]}/32"
}

line_recover() { # N
    ns_ip "isp$1" route replace default via "100.64.$1.2"
    ns_ip inet route replace "${WAN_ADDR[$1]}/32" via "100.64.$1.1"
}

# A machine that just booted: an empty kernel, its two ports plugged in, the same MAC addresses as ever.
router_plug() { # N
    local n=$1
    ns_add "cpe0$n"
    forwarding "cpe0$n"
    ns_sysctl "cpe0$n" net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1
    ns_link "cpe0$n" lan0 lan "cpe0$n" "02:00:00:01:00:0$n"
    ns_link "cpe0$n" wan0 "isp$n" site "02:00:00:02:00:0$n"
    ns_ip "cpe0$n" addr add "${LAN_ADDR[n]}/24" dev lan0
    ns_ip "cpe0$n" addr add "${WAN_ADDR[n]}/24" dev wan0
    ns_ip "cpe0$n" route add default via "${WAN_HOP[n]}"
    ns_ip lan link set dev "cpe0$n" master sw
    ns_ip "isp$n" link set dev site master line
}

# The ports leave their bridges first: a dying router says nothing more.
router_unplug() { # N
    ns_ip lan link set dev "cpe0$1" nomaster
    ns_ip "isp$1" link set dev site nomaster
}

# After the daemons were killed: the kernel's state goes as it does with the power.
router_forget() { # N
    ns_ip lan link del dev "cpe0$1"
    ns_ip "isp$1" link del dev site
    ns_del "cpe0$1"
}
