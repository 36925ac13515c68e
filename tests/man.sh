#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No finding of mandoc in any manual page, of whatever level. Pages that are not installed yet cannot be found
# by references to them, which is the one thing that does not count.
set -u
src=${srcdir:-.}

command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
found=$(mandoc -Tlint -Wall "$src"/man/*.[1-8] man/vrrp-sla.conf.5 2>&1 |
	grep -v -e 'referenced manual not found' -e 'outdated mandoc.db')
[ -z "$found" ] && exit 0
printf '%s\n' "$found"
exit 1
