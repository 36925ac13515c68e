# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced: network namespaces with a prefix of their own, links and bridges between them, processes
# that are ended by their pid, and waiting with a deadline. `lab_end` undoes all of it.

LAB_PREFIX=${LAB_PREFIX-vs$$-}
declare -A LAB_NS=() LAB_PID=()
exec {LAB_NEVER}<> <(:) # a pipe that nobody writes to

# SECONDS: without a process, which costs tens of milliseconds in a guest that is being measured.
pause() { read -rt "$1" -u "$LAB_NEVER" || true; }

now_us() { printf '%s' "${EPOCHREALTIME/./}"; }

netns() { printf '%s%s' "$LAB_PREFIX" "$1"; }
ns() { local name=$LAB_PREFIX$1; shift; ip netns exec "$name" "$@"; }
ns_ip() { local name=$LAB_PREFIX$1; shift; ip -n "$name" "$@"; }
ns_sysctl() { local name=$1; shift; ns "$name" sysctl -qw "$@"; }

ns_add() { # NAME...: IPv6 is off, so that captures hold nothing but what the test sends
    local name
    for name in "$@"; do
        ip netns add "$LAB_PREFIX$name"
        LAB_NS[$name]=1
        ns_ip "$name" link set lo up
        ns_sysctl "$name" net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    done
}

ns_del() { ip netns del "$LAB_PREFIX$1" 2>/dev/null; unset "LAB_NS[$1]"; }

ns_link() { # NS1 IF1 NS2 IF2 [MAC1]
    ip link add name "$2" netns "$LAB_PREFIX$1" ${5:+address "$5"} type veth peer name "$4" netns "$LAB_PREFIX$3"
    ns_ip "$1" link set dev "$2" up
    ns_ip "$3" link set dev "$4" up
}

ns_bridge() { # NS NAME
    ns_ip "$1" link add name "$2" type bridge mcast_snooping 0 forward_delay 0
    ns_ip "$1" link set dev "$2" up
}

# KEY LOGFILE COMMAND...: in the background; exec keeps the pid that `reap` ends.
spawn() {
    local key=$1 log=$2
    shift 2
    (exec "$@") </dev/null >>"$log" 2>&1 &
    LAB_PID[$key]=$!
}
spawn_ns() { local key=$1 log=$2 name=$LAB_PREFIX$3; shift 3; spawn "$key" "$log" ip netns exec "$name" "$@"; }

alive() { [ -n "${LAB_PID[$1]:-}" ] && kill -0 "${LAB_PID[$1]}" 2>/dev/null; }

# KEY [SIGNAL [SECONDS]]: ends it, by SIGKILL at the deadline, and returns its status. The group keeps
# the shell's own "Killed" out of the output.
reap() {
    local pid=${LAB_PID[$1]:-} deadline=$((SECONDS + ${3:-5})) status=0
    [ -n "$pid" ] || return 0
    {
        kill -s "${2:-TERM}" "$pid" || true
        while kill -0 "$pid" && [ "$SECONDS" -lt "$deadline" ]; do pause 0.02; done
        kill -s KILL "$pid" || true
        wait "$pid" || status=$?
    } 2>/dev/null
    unset "LAB_PID[$1]"
    return "$status"
}

wait_until() { # SECONDS COMMAND...
    local until=$(($(now_us) + $1 * 1000000))
    shift
    while ! "$@" >/dev/null 2>&1; do
        [ "$(now_us)" -lt "$until" ] || return 1
        pause 0.05
    done
}

lab_end() {
    local key
    for key in "${!LAB_PID[@]}"; do reap "$key" TERM 2 || true; done
    for key in "${!LAB_NS[@]}"; do ns_del "$key" || true; done
}

capture() { # KEY NS INTERFACE FILE FILTER...: returns when it listens
    local key=$1 name=$2 dev=$3 file=$4
    shift 4
    : >"$file.log"
    spawn_ns "$key" "$file.log" "$name" tcpdump -Z root --immediate-mode -U -n -s 96 -i "$dev" -w "$file" "$@"
    wait_until 10 grep -q 'listening on' "$file.log"
}

captured() { # FILE [FILTER...]: how many packets
    local file=$1
    shift
    tcpdump -n -r "$file" "$@" 2>/dev/null | wc -l
}
