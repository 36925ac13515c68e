#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Proves the directions of the house, from includes and from the symbols of the pure objects:
#   directions  common/ includes no daemon, and no program includes another
#   doors       libev, timerfd, systemd, libnl, libnftables and capabilities stay behind their own files
#   shapes      a pure file includes pure headers and plain C's headers only, directly or through others
#   symbols     a pure object needs other pure objects and harmless functions of libc only
#   state       a pure object has no data that it could change
#   storage     a pure file that allocates says so
# Then each rule is broken in a tree made for it, and must be noticed.
#
# make passes PURE_FILES, CC, NM and PURE_CPPFLAGS. A pure file is compiled here once more and without
# optimisation, so that neither sanitizers nor hardening hide what it uses.
set -euo pipefail
export LC_ALL=C

CC=${CC:-cc}
NM=${NM:-nm}
PURE_CPPFLAGS=${PURE_CPPFLAGS:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

programs='common slad vrrpd vrrpctl'

# C's own and the forms of addresses; linux/* beside them is allowed, shapes of the kernel's messages.
plain_headers='assert ctype errno inttypes limits stdalign stdarg stdatomic stdbool stddef stdint stdio
stdlib string strings arpa/inet netinet/in'

allocators='malloc calloc realloc reallocarray strdup strndup open_memstream'

# open_memstream's stream is memory; what opens a file is not here.
harmless="abort abs bsearch explicit_bzero fclose fprintf fputc fputs free fwrite htonl htons inet_ntop
inet_pton labs llabs memchr memcmp memcpy memmem memmove memset ntohl ntohs qsort qsort_r snprintf stpcpy
strcasecmp strcasestr strchr strchrnul strcmp strcpy strcspn strlen strncasecmp strncmp strncpy strnlen strpbrk
strrchr strspn strstr strtod strtol strtoll strtoul strtoull tolower toupper vsnprintf __assert_fail
__ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc __errno_location __isoc99_sscanf __isoc23_sscanf
__isoc23_strtol __isoc23_strtoll __isoc23_strtoul __isoc23_strtoull __popcountdi2 $allocators"

# HEADER: the only files that may include it, both as patterns. sd-journal.h has none: its calls wait.
doors='
ev.h                common/loop\.c
sys/timerfd.h       common/timer\.c
systemd/sd-daemon.h common/notify\.c
systemd/sd-journal.h none
nftables/.*         vrrpd/guard\.c
cap-ng.h            common/caps\.c
netlink/.*          common/nl\.[ch]|vrrpd/nl_[a-z_]*\.[ch]
'

is_in() { # WORD LIST
	local w
	for w in $2; do [ "$w" = "$1" ] && return 0; done
	return 1
}

sources() { # ROOT
	local dir
	for dir in $programs; do
		[ ! -d "$1/$dir" ] || (cd "$1" && find "$dir" -name '*.[ch]')
	done | sort
}

own_includes() { # FILE
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1"
}

system_includes() { # FILE
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*<\([^>]*\)>.*/\1/p' "$1"
}

# ---- the rules; each prints a line per finding ----

check_directions() { # ROOT
	local file header
	sources "$1" | while read -r file; do
		own_includes "$1/$file" | while read -r header; do
			case $header in
			config.h | common/* | "${file%%/*}"/*) ;;
			*) echo "directions: $file includes \"$header\"" ;;
			esac
		done
	done
}

check_doors() { # ROOT
	local file header pattern owner
	sources "$1" | while read -r file; do
		system_includes "$1/$file" | while read -r header; do
			while read -r pattern owner; do
				[ -n "$pattern" ] || continue
				if [[ $header =~ ^$pattern$ && ! $file =~ ^($owner)$ ]]; then
					echo "doors: $file includes <$header>"
				fi
			done <<<"$doors"
		done
	done
}

shapes_of() { # ROOT FILE PURE-FILE: what FILE, included by PURE-FILE, drags in
	local root=$1 file=$2 pure=$3 header
	is_in "$file" "$seen" && return
	seen="$seen $file"
	while read -r header; do
		case $pure:$header in
		*:linux/* | vrrpctl/*:jansson.h) continue ;;
		esac
		is_in "${header%.h}" "$plain_headers" || echo "shapes: $pure gets <$header> from $file"
	done < <(system_includes "$root/$file")
	while read -r header; do
		if [ -e "$root/$header" ]; then shapes_of "$root" "$header" "$pure"; fi
	done < <(own_includes "$root/$file")
}

check_shapes() { # ROOT PURE-FILES
	local file seen
	for file in $2; do
		seen=
		shapes_of "$1" "$file" "$file"
	done
}

compile() { # ROOT PURE-FILES
	local file
	rm -rf "$work/objects"
	for file in $2; do
		mkdir -p "$work/objects/${file%/*}"
		# shellcheck disable=SC2086 # several words each
		$CC -std=gnu11 -O0 -w -D_GNU_SOURCE= -fno-strict-aliasing -fno-pie -fno-stack-protector \
			-U_FORTIFY_SOURCE -I"$1" $PURE_CPPFLAGS -c "$1/$file" \
			-o "$work/objects/${file%.c}.o" || echo "symbols: $file does not compile by itself"
	done
	find "$work/objects" -name '*.o' -exec "$NM" --defined-only -g {} + |
		awk 'NF == 3 { print $3 }' | sort -u >"$work/offered"
}

needs() { # PURE-FILES: "FILE SYMBOL" a line
	local file
	for file in $1; do
		"$NM" -u "$work/objects/${file%.c}.o" | awk -v f="$file" '{ print f, $2 }'
	done
}

check_symbols() { # PURE-FILES
	needs "$1" | awk -v harmless="$harmless" '
		BEGIN { n = split(harmless, w); for (i = 1; i <= n; i++) fine[w[i]] }
		FILENAME != "-" { fine[$1]; next }
		$1 ~ /^vrrpctl\// && $2 ~ /^json_/ { next }
		!($2 in fine) { print "symbols: " $1 " needs " $2 }' "$work/offered" -
}

check_state() { # PURE-FILES
	local file
	for file in $1; do
		"$NM" --defined-only "$work/objects/${file%.c}.o" |
			awk -v f="$file" '$2 ~ /^[BbCDdGgSs]$/ { print "state: " f " can change " $3 }'
	done
}

# In a comment of its own or of a header that it includes.
says_so() { # ROOT PURE-FILE
	local header
	{
		cat "$1/$2"
		own_includes "$1/$2" | while read -r header; do
			[ ! -e "$1/$header" ] || cat "$1/$header"
		done
	} | grep -iE '(^ \*|/\*).*(alloc|memory|owned)' >/dev/null
}

check_storage() { # ROOT PURE-FILES
	local file symbol
	needs "$2" | while read -r file symbol; do
		is_in "$symbol" "$allocators" || continue
		says_so "$1" "$file" || echo "storage: $file uses $symbol and does not say so"
	done
}

check_all() { # ROOT PURE-FILES
	check_directions "$1"
	check_doors "$1"
	check_shapes "$1" "$2"
	compile "$1" "$2"
	check_symbols "$2"
	check_state "$2"
	check_storage "$1" "$2"
}

# ---- does it notice? ----

# A tree in which each rule is broken once or twice, and one good file.
broken_tree() { # ROOT
	mkdir -p "$1/common" "$1/slad" "$1/vrrpd"
	: >"$1/slad/echo.h"
	echo '#include <sys/socket.h>' >"$1/common/net.h"
	printf '#include "slad/echo.h"\n' >"$1/common/upward.c"
	printf '#include "slad/echo.h"\n' >"$1/vrrpd/sideways.c"
	printf '#include <ev.h>\n#include <netlink/msg.h>\n' >"$1/vrrpd/timer.c"
	printf '#include "common/net.h"\nint shapes(void);\nint shapes(void) { return 1; }\n' >"$1/common/shapes.c"
	printf 'long time(long *);\nlong now(void);\nlong now(void) { return time(0); }\n' >"$1/common/symbols.c"
	printf 'int count(void);\nint count(void) { static int n; return ++n; }\n' >"$1/common/state.c"
	printf '#include <stdlib.h>\nvoid *get(void);\nvoid *get(void) { return malloc(1); }\n' \
		>"$1/common/storage.c"
	printf '#include <string.h>\nint count(void);\nint good(const char *);\n' >"$1/common/good.c"
	printf 'int good(const char *s) { static const int t[] = {1}; return t[strlen(s)] + count(); }\n' \
		>>"$1/common/good.c"
}

expected_findings='directions: common/upward.c includes "slad/echo.h"
directions: vrrpd/sideways.c includes "slad/echo.h"
doors: vrrpd/timer.c includes <ev.h>
doors: vrrpd/timer.c includes <netlink/msg.h>
shapes: common/shapes.c gets <sys/socket.h> from common/net.h
state: common/state.c can change n
storage: common/storage.c uses malloc and does not say so
symbols: common/symbols.c needs time'

self_test() {
	local pure='common/shapes.c common/symbols.c common/state.c common/storage.c common/good.c' found
	broken_tree "$work/tree"
	# A static local is n.0 to one compiler and count.n to another.
	found=$(check_all "$work/tree" "$pure" | sed 's/ \(n\.[0-9]*\|count\.n\)$/ n/' | sort)
	[ "$found" = "$expected_findings" ] && return
	printf 'not ok - broken rules are noticed\nexpected:\n%s\nfound:\n%s\n' "$expected_findings" "$found"
	return 1
}

# ---- main ----

[ -n "${PURE_FILES:-}" ] || { echo 'not ok - PURE_FILES is empty'; exit 1; }
self_test
echo 'ok - broken rules are noticed'
findings=$(check_all "${srcdir:-.}" "$PURE_FILES")
if [ -n "$findings" ]; then
	printf '%s\nnot ok - the layers hold\n' "$findings"
	exit 1
fi
echo "ok - the layers hold: $(sources "${srcdir:-.}" | wc -l) files, $(wc -w <<<"$PURE_FILES") of them pure"
