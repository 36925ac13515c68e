# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after tunnels.sh by the tests of vrrpd's kernel side, with BUILD and W: tunnelctl in namespace r, which obeys
# what is written to descriptor 7, and counters of what comes in the clear elsewhere.

start() { # FILE
    : >"$W/out"
    rm -f "$W/in"
    mkfifo "$W/in"
    exec 7<>"$W/in"
    # Its copies of descriptor 7 are closed, so that closing ours ends it.
    (exec ip netns exec "$(netns r)" "$BUILD/tests/net/tunnelctl" "$1" <"$W/in" >"$W/out" 2>&1 7>&-) &
    # shellcheck disable=SC2154 # an associative array of ns.sh
    LAB_PID[t]=$!
    wait_until 5 grep -q ready "$W/out"
}
tell() { # COMMAND: returns when it is done
    local before
    before=$(grep -c '^done' "$W/out")
    echo "$1" >&7
    wait_until 5 more_done "$before"
}
more_done() { [ "$(grep -c '^done' "$W/out")" -gt "$1" ]; }
end() { exec 7>&-; reap t "${1:-TERM}"; }
flush() { ns r "$BUILD/tests/net/tunnelctl" --flush >"$W/flush" 2>&1; }
said() { grep -qE -- "$1" "$W/out" || { tail -n 3 "$W/out"; return 1; }; }
soon() { wait_until 3 "$@" || "$@"; }
policies_told() { tell status && policies_of_tunnelctl <"$W/out"; } # instead of vrrpctl's
whole() { expect_policies r tunnelctl; }

count_clear() { # NS EXPRESSION: counts what comes there so
    printf 'table inet watch {\n counter clear {}\n chain c {\n  type filter hook prerouting priority raw\n  %s counter name clear\n }\n}\n' "$2" |
        ns "$1" nft -f -
}
came() { # NS: since the last call
    ns "$1" nft -j reset counters table inet watch | jq '[.nftables[].counter? | values | .packets] | add'
}
