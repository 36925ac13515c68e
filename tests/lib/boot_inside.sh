#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The other half of boot.sh, first process of the new namespaces: makes the root and becomes systemd.
set -eu

work=$1 hierarchies=$2
base=$work/root
mkdir "$base"
mount -t tmpfs -o mode=755 tmpfs "$base"
mkdir "$base/upper" "$base/scratch" "$base/root"
mount -t overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/scratch" overlay "$base/root"
cd "$base/root"

mkdir -p work-test
mount --bind "$work" work-test
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
    read -r name major minor <<<"$node"
    mknod -m 666 "dev/$name" c "$major" "$minor"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
if [ "$hierarchies" = 1 ]; then
    mount -t cgroup2 cgroup2 sys/fs/cgroup
else
    mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    mkdir sys/fs/cgroup/unified sys/fs/cgroup/systemd
    mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi

# A machine of its own, in which daemons may be started and nothing runs but what the test needs.
rm -f usr/sbin/policy-rc.d etc/machine-id
rm -rf var/log/journal
: >etc/machine-id
echo vrrp-sla-test >etc/hostname
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-networkd.service networking.service \
    systemd-timesyncd.service systemd-firstboot.service systemd-resolved.service; do
    ln -sf /dev/null "etc/systemd/system/$unit"
done
: >etc/fstab
cat >etc/systemd/system/test.service <<EOF
[Unit]
After=dbus.service systemd-journald.service
Wants=dbus.service
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
Environment=HOME=/root
ExecStart=/bin/bash -c 'bash -c "\$(cat /work-test/command)" >>/work-test/output 2>&1; echo \$? >/work-test/status'
EOF
cat >etc/systemd/system/test.target <<EOF
[Unit]
Requires=basic.target test.service
EOF

mkdir -p mnt
pivot_root . mnt
umount -l /mnt
exec env -i container=vrrp-sla PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --unit=test.target --show-status=no --log-level=warning --log-target=console
