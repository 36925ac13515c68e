#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/lib/boot.sh WORK SECONDS SCRIPT [ARG...]: boots this machine's systemd as process 1 of a container, over a
# throw-away copy of the root file system, with a network of its own, and runs SCRIPT there once. WORK, a folder,
# is seen inside as /work-test. SCRIPT's output is this command's; its exit status too, 124 when SECONDS are over, 125
# when systemd did not come so far. Root.
#
# Nothing of the host is written but WORK and two control groups, which are removed.
set -u

work=$1 limit=$2
shift 2
[ "$(id -u)" = 0 ] || { echo "boot.sh must run as root" >&2; exit 125; }
group=vrrp-sla-boot-$$

# Where process 1 may make its control groups: version 2 alone, or version 2 for nothing but its tree beside the
# named hierarchy, as on hosts whose controllers are still in version 1.
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    hierarchies=(/sys/fs/cgroup)
else
    hierarchies=(/sys/fs/cgroup/unified /sys/fs/cgroup/systemd)
fi

# shellcheck disable=SC2317 # called by the trap
cleanup() {
    local h
    [ -z "${container:-}" ] || kill -9 "$container" 2>/dev/null
    wait
    for h in "${hierarchies[@]}"; do
        [ -d "$h/$group" ] || continue
        for _ in {1..50}; do
            find "$h/$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
            sleep 0.1
        done
    done
}
trap cleanup EXIT
trap 'exit 130' INT TERM

for h in "${hierarchies[@]}"; do
    mkdir "$h/$group" || exit 125
done
printf '%q ' "$@" >"$work/command"
: >"$work/output"

(
    for h in "${hierarchies[@]}"; do echo "$BASHPID" >"$h/$group/cgroup.procs"; done
    exec unshare --cgroup --net --pid --fork --kill-child --mount --propagation private --uts --ipc \
        bash "$(dirname "$0")/boot_inside.sh" "$work" "${#hierarchies[@]}"
) >"$work/console" 2>&1 </dev/null &
container=$!

timeout "$limit" tail -n +1 -f --pid="$container" "$work/output"
tailed=$?
if [ "$tailed" = 124 ]; then exit 124; fi
wait "$container"
container=
if [ -s "$work/status" ]; then exit "$(cat "$work/status")"; fi
tail -n 20 "$work/console" >&2
exit 125
