#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The samples of Debian 12's keepalived, as they are installed: keepalived.expect has every diagnostic and exit
# status, and no line of a sample. `keepalived.sh --update' writes it anew, to be looked through.
set -u
here=$(cd "$(dirname "$0")" && pwd)
check=${CONFCHECK:-$(pwd)/tests/golden/confcheck}
samples=/usr/share/doc/keepalived/samples
out=$(mktemp)
trap 'rm -f "$out"' EXIT

cd "$samples" 2>/dev/null || { echo "keepalived's samples are not installed"; exit 77; }
for sample in keepalived.conf.*; do
	# The name and the text of what is found; not the line, nor the caret beneath it.
	"$check" "$sample" high 2>&1 | grep "^$sample:"
	"$check" "$sample" high >/dev/null 2>&1
	echo "$sample: exit $?"
done >"$out"
if [ "${1:-}" = --update ]; then
	cp "$out" "$here/keepalived.expect"
	exit 0
fi
echo "$(grep -c ': exit' "$out") samples read"
diff -u "$here/keepalived.expect" "$out"
