# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after ns.sh and tap.sh, with BUILD and W: what must hold at the end of every test with tunnels. The kernel has the
# policies that vrrpd wants, by the kernel's own count; and no line has seen a packet between the protected subnets
# without ESP around it. The lines `# policies' and `# cleartext' that this prints say over how much that was looked at.

# ---- policies ----

# NS: as ip(8) prints them, a sorted line each. A socket's own die with it and are none of these.
policies() { ns_ip "$1" -o xfrm policy | grep -v '[[:space:]]socket ' | sed 's/[\\[:space:]]\+/ /g' | sort; }

# NS: the same as values, "DIR SOURCE DESTINATION[ dev DEVICE] block|pass|esp[ FROM TO REQID][ if_id N]".
policy_set() {
    policies "$1" | awk '{
        device = effect = id = ""
        for (i = 1; i < NF; i++) {
            if ($i == "dir") dir = $(i + 1)
            else if ($i == "dev") device = " dev " $(i + 1)
            else if ($i == "action" && $(i + 1) == "block") effect = "block"
            else if ($i == "tmpl") effect = "esp " $(i + 2) " " $(i + 4)
            else if ($i == "reqid") effect = effect " " $(i + 1)
            else if ($i == "if_id") id = " if_id " $(i + 1)
        }
        print dir, $2, $4 device, (effect ? effect : "pass") id
    }' | sort
}

# NS: how many carry vrrpd's mark in their index; see vrrpd/policy.h.
policies_ours() {
    ns_ip "$1" -s -o xfrm policy | awk -v mark=$((0x56)) '!/[ \t]socket / && match($0, /index [0-9]+/) {
            ours += int(substr($0, RSTART + 6, RLENGTH - 6) / 2 ^ 24) == mark
        } END { print ours + 0 }'
}

# RUN: "NAME WANTED INSTALLED", a line for each tunnel of the router with that runtime directory.
policies_told() {
    "$BUILD/vrrpctl/vrrpctl" -r "$1" --json status |
        jq -r '.tunnels[] | "\(.name) \(.policies.wanted) \(.policies.installed)"'
}
# The same of what tunnelctl printed; the last status counts.
policies_of_tunnelctl() {
    awk '$1 == "status" { split($NF, n, "/"); told = told $2 " " n[2] " " n[1] "\n" }
        $1 == "guard" { last = told; told = "" } END { printf "%s", last }'
}

# NS RUN: each tunnel has what it wants, and the kernel holds so many of ours.
declare -A POLICIES=()
policies_whole() {
    local name wanted installed sum=0 here
    while read -r name wanted installed; do
        if [ "${wanted:-0}" = 0 ] || [ "$wanted" != "$installed" ]; then
            echo "$1: tunnel ${name:-none}: ${wanted:-0} wanted, ${installed:-0} installed"
            return 1
        fi
        sum=$((sum + wanted))
    done <<<"$(policies_told "$2")"
    here=$(policies_ours "$1")
    [ "$here" = "$sum" ] || { echo "$1: $sum wanted, $here of ours in the kernel"; return 1; }
    POLICIES[$1]=$sum
}
# NS: nobody else has any there.
policies_only_ours() {
    local all
    all=$(policies "$1" | wc -l)
    [ "$all" = "$(policies_ours "$1")" ] || { echo "of $all policies $(policies_ours "$1") are ours"; return 1; }
}
# NS: as many as when they last were whole, though the daemon may be gone.
policies_stay() {
    [ "$(policies_ours "$1")" = "${POLICIES[$1]:-}" ] || { echo "$(policies_ours "$1") of ${POLICIES[$1]:-none}"; return 1; }
}
expect_policies() { # NS RUN
    unset "POLICIES[$1]"
    wait_until 5 policies_whole "$1" "$2" || true
    expect "$1: policies wanted = installed, and as many of ours in the kernel" policies_whole "$1" "$2"
    [ -z "${POLICIES[$1]:-}" ] || printf '# policies: %d wanted and installed in %s\n' "${POLICIES[$1]}" "$1"
}

# ---- lines ----

WATCHED=() WATCHED_NETS=() WATCHED_EXCEPT=''
FORGED='udp dst port 9'

# "NET..." NS:INTERFACE[:out]...: watches these lines for whatever has an address of the subnets outside of ESP. With
# `out' for what leaves by this end alone: a kernel shows what it decrypted as if it had come in so. Before the first packet.
lines_watched() {
    local line filter name dev way
    read -ra WATCHED_NETS <<<"$1"
    shift
    filter=$(printf ' or net %s' "${WATCHED_NETS[@]}")
    for line; do
        IFS=: read -r name dev way <<<"$line"
        capture "$line" "$name" "$dev" "$(line_file "$line")" ${way:+-Q "$way"} "(ip or ip6) and (${filter# or })"
        WATCHED+=("$line")
    done
}
line_file() { printf '%s/line-%s' "$W" "$1"; }

# FILTER: what the test itself puts on the lines does not count.
lines_except() { WATCHED_EXCEPT=" and not ($1)"; }
# Ends the watch, which must have seen nothing else, and a packet of each family that is forged now.
lines_clear() {
    local line failed soiled=0
    for line in "${WATCHED[@]}"; do
        failed=$TAP_FAILED
        line_forge "$line"
        wait_until 5 line_saw "$line" || true
        reap "$line" INT || true
        expect "$line: the watch sees what is forged there, and misses nothing" line_was_watched "$line"
        expect_number "$line: packets between the subnets in the clear" \
            "$(captured "$(line_file "$line")" "not ($FORGED)$WATCHED_EXCEPT")" == 0
        [ "$TAP_FAILED" = "$failed" ] || soiled=$((soiled + 1))
    done
    printf '# cleartext on %d of %d lines watched\n' "$soiled" "${#WATCHED[@]}"
    WATCHED=() WATCHED_EXCEPT=''
}
watched_nets() { printf '%s\n' "${WATCHED_NETS[@]}" | grep -F "$1"; } # "." or ":", as the family's addresses have it
line_forge() { # LINE
    local name dev way family nets
    IFS=: read -r name dev way <<<"$1"
    for family in . :; do
        mapfile -t nets < <(watched_nets "$family")
        [ "${#nets[@]}" = 0 ] || ns "$name" "$BUILD/tests/lib/forge" "$dev" "${nets[0]%/*}" "${nets[-1]%/*}"
    done
}
line_saw() { # LINE: a forged packet of each family
    local family
    for family in . :; do
        watched_nets "$family" >/dev/null || continue
        [ "$(captured "$(line_file "$1")" "$([ "$family" = . ] && echo ip || echo ip6) and $FORGED")" -gt 0 ] ||
            { echo "it has not seen the forged packet"; return 1; }
    done
}
line_was_watched() { # LINE
    local log
    log=$(line_file "$1").log
    line_saw "$1" && { grep -q '^0 packets dropped by kernel' "$log" || { tail -n 3 "$log"; return 1; }; }
}
