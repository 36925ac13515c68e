#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every MESSAGE_ID that the daemons log has its entry in the catalog, and no entry is without its id.
set -eu
src=${srcdir:-.}

ids=$(sed -n 's/^#define MESSAGE_ID_[A-Z_]* "\([0-9a-f]\{32\}\)"$/\1/p' "$src/common/message_ids.h" | sort)
entries=$(sed -n 's/^-- \([0-9a-f]\{32\}\)$/\1/p' "$src/systemd/vrrp-sla.catalog" | sort)
[ -n "$ids" ] || { echo "not ok - no MESSAGE_ID found"; exit 1; }
[ "$ids" = "$entries" ] || { printf 'not ok - logged:\n%s\nexplained:\n%s\n' "$ids" "$entries"; exit 1; }
echo "ok - the catalog explains each MESSAGE_ID"
