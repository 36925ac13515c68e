#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every conf/NAME.conf must yield what conf/NAME.expect says: the diagnostics, then the exit status.
# The samples of etc/ and of the manual must be clean. `run.sh --update' writes the .expect files anew, to be looked through.
set -u
here=$(cd "$(dirname "$0")" && pwd)
check=${CONFCHECK:-$(pwd)/tests/golden/confcheck}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
failed=0
count=0

cd "$here/conf" || exit 1
for conf in *.conf; do
	expect=${conf%.conf}.expect
	"$check" "$conf" golden >"$out" 2>&1
	echo "exit $?" >>"$out"
	count=$((count + 1))
	if [ "${1:-}" = --update ]; then
		cp "$out" "$expect"
	elif ! diff -u "$expect" "$out"; then
		echo "FAIL $conf"
		failed=$((failed + 1))
	fi
done
for conf in "$here"/../../etc/samples/*.conf "$here"/../../etc/*.example; do
	"$check" "$conf" >"$out" 2>&1 && [ ! -s "$out" ] && count=$((count + 1)) && continue
	cat "$out"
	echo "FAIL $conf is not clean"
	failed=$((failed + 1))
done
manual=$(mktemp)
trap 'rm -f "$out" "$manual"' EXIT
awk '/^\.Sh/ { on = /EXAMPLES/ } /^\.Ed/ { text = 0 } on && text { print } /^\.Bd -literal/ { text = 1 }' \
	"$here/../../man/vrrp-sla.conf.5.in" >"$manual"
if "$check" "$manual" >"$out" 2>&1 && [ -s "$manual" ] && [ ! -s "$out" ]; then
	count=$((count + 1))
else
	cat "$out"
	echo "FAIL the manual's example is not clean"
	failed=$((failed + 1))
fi
echo "$count files read, $failed failed"
[ "$failed" -eq 0 ]
