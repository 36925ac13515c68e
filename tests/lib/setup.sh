# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by tests/demo and tests/all: the packages, and builds from a copy of the source, so that the
# tree it was started in stays as it is.

SOURCE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "must run as root (it makes network namespaces)"; }

wanted_packages() { sed 's/#.*//' "$SOURCE_ROOT/tests/packages" | xargs; }

missing_packages() {
    local package
    for package in $(wanted_packages); do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

# COMMAND...: installs, without a service being started: a test starts what it needs in a namespace of its own.
without_services() (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    "$@"
)

# Asks apt only for what is missing, so a prepared machine needs no network.
install_packages() { # LOGFILE
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing ${#missing[@]} packages: ${missing[*]}"
    { apt-get update && DEBIAN_FRONTEND=noninteractive without_services \
        apt-get install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$1" 2>&1 ||
        { tail -n 20 "$1" >&2; die "apt could not install: ${missing[*]}"; }
}

# What git knows and what it does not ignore; the whole tree where there is no git.
source_files() {
    local git=(git -c safe.directory="$SOURCE_ROOT" -C "$SOURCE_ROOT")
    if "${git[@]}" rev-parse --git-dir >/dev/null 2>&1; then
        "${git[@]}" ls-files -z --cached --others --exclude-standard --deduplicate |
            while IFS= read -r -d '' f; do
                if [ -e "$SOURCE_ROOT/$f" ]; then printf '%s\0' "$f"; fi
            done
    else
        (cd "$SOURCE_ROOT" && find . -type f ! -name '*.[oa]' ! -name config.status ! -name Makefile -print0)
    fi
}

copy_source() { # DIR: a copy with a configure script
    mkdir -p "$1"
    source_files | tar -C "$SOURCE_ROOT" --null -T - -cf - | tar -C "$1" -xf -
    (cd "$1" && { [ -x configure ] || autoreconf -fi; }) >"$1/autoreconf.log" 2>&1 ||
        { tail -n 20 "$1/autoreconf.log" >&2; return 1; }
}

build() { # SOURCE BUILD [CONFIGURE-ARGUMENT...]: with the test programs; prints nothing but what went wrong
    local source=$1 dir=$2
    shift 2
    mkdir -p "$dir"
    if (cd "$dir" && "$source/configure" -q "$@" && make -s -j"$(nproc)" all &&
        make -s -j"$(nproc)" check TESTS=) >"$dir/build.log" 2>&1 </dev/null; then return 0; fi
    tail -n 30 "$dir/build.log" >&2
    return 1
}

# Tried, not guessed: can this kernel hold an ESP SA as the demo's?
kernel_has_esp() {
    local probe=vrrp-sla-esp-$$ status
    ip netns add "$probe" || return 1
    ip -n "$probe" xfrm state add src 127.0.0.2 dst 127.0.0.3 proto esp spi 0x100 mode tunnel \
        auth-trunc 'hmac(sha256)' "0x$(printf '%064d' 1)" 128 enc 'cbc(aes)' "0x$(printf '%064d' 2)" 2>/dev/null &&
        ip -n "$probe" link add name vti0 type vti local 127.0.0.2 remote 127.0.0.3 key 1 2>/dev/null
    status=$?
    ip netns del "$probe"
    return "$status"
}

# And nftables beside it, and XFRM interfaces?
kernel_is_complete() {
    local probe=vrrp-sla-complete-$$ status
    kernel_has_esp && ip netns add "$probe" || return 1
    ip -n "$probe" link add name xfrm0 type xfrm dev lo if_id 1 2>/dev/null &&
        ip netns exec "$probe" nft add table inet probe 2>/dev/null
    status=$?
    ip netns del "$probe"
    return "$status"
}

# [TIMES]: how long a little arithmetic takes, in ms, at best: to compare an emulated processor with the real one.
spin() {
    local from i round best took
    for ((round = 0; round < ${1:-1}; round++)); do
        from=${EPOCHREALTIME/./}
        for ((i = 0; i < 200000; i++)); do :; done
        took=$(((${EPOCHREALTIME/./} - from) / 1000))
        if [ "$took" -lt "${best:-$((took + 1))}" ]; then best=$took; fi
    done
    echo "$best"
}

# GUEST WORK SECONDS SCRIPT BUILD [WORD...]: runs SCRIPT BUILD CONF OUT WORD... in the guest of that runner, or without one
# right here, with the samples in CONF and room for results in OUT, both in WORK. The exit status is the script's, or the
# runner's 124 and 125.
with_samples() {
    local guest=$1 work=$2 limit=$3 script=$4 build=$5
    mkdir -p "$work/conf" "$work/out"
    cp "$SOURCE_ROOT"/etc/samples/cpe0[12].conf "$work/conf/" || return 1
    shift 5
    set -- "$build" "$work/conf" "$work/out" "$@"
    if [ -z "$guest" ]; then timeout -k 20 "$limit" bash "$SOURCE_ROOT/$script" "$@"
    else "$SOURCE_ROOT/$guest" "$work" "$limit" "$SOURCE_ROOT/$script" "$@"; fi
}
# The same where there is ESP, and where there is all that Debian's kernel has.
with_esp() { with_samples "$(kernel_has_esp || echo tests/uml/run)" "$@"; }
with_all() { with_samples "$(kernel_is_complete || echo tests/qemu/run)" "$@"; }
# Always in a guest: for what leaves a trace in a kernel, as a module does that brings a device.
with_guest() { with_samples tests/uml/run "$@"; }

# WITH NAME SECONDS SCRIPT BUILD [WORD...]: the same for a test, whose lines say it when it did not end by itself.
guest_test() {
    local status
    guest_work=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-$2.XXXXXX")
    trap 'rm -rf "$guest_work"' EXIT
    trap 'exit 130' INT TERM
    "$1" "$guest_work" "$3" "$4" "$(realpath "$5")" "${@:6}"
    status=$?
    case $status in
    124) echo "not ok - the $2 tests ended in time - they were ended at their limit of $3 s" ;;
    125) echo "not ok - the guest started - $(tail -qn 1 "$guest_work"/{uml,qemu}.log 2>/dev/null)" ;;
    esac
    return "$status"
}
esp_test() { guest_test with_esp "$@"; }
debian_test() { guest_test with_all "$@"; }
