# SPDX-License-Identifier: GPL-2.0-or-later
# The lab: what tests/demo, tests/all and the tests in namespaces stand on.
check_PROGRAMS += tests/lib/verdicts
tests_lib_verdicts_SOURCES = tests/lib/verdicts.c
tests_lib_verdicts_LDADD = common/libcommon.a $(EV_LIBS)

check_PROGRAMS += tests/lib/forge
tests_lib_forge_SOURCES = tests/lib/forge.c
tests_lib_forge_LDADD = common/libcommon.a

check_PROGRAMS += tests/lib/pace tests/lib/timeline
tests_lib_pace_SOURCES = tests/lib/pace.c tests/lib/pace_stats.c tests/lib/pace_stats.h
tests_lib_timeline_SOURCES = tests/lib/timeline.c tests/lib/timeline.h tests/lib/timeline_draw.c \
	tests/lib/pace_stats.c tests/lib/pace_stats.h
tests_lib_timeline_LDADD = -lm

EXTRA_DIST += .ci/run .shellcheckrc tests/all tests/demo tests/packages \
	tests/net/failover.sh tests/net/idle.sh tests/net/run \
	tests/lib/gateway.sh tests/lib/health-check.sh tests/lib/lan.sh tests/lib/ns.sh tests/lib/pair.sh \
	tests/lib/play.sh tests/lib/router.sh tests/lib/setup.sh tests/lib/site.sh tests/lib/story.sh \
	tests/lib/tap.sh tests/lib/tunnelctl.sh tests/lib/tunnels.sh tests/uml/esp.sh tests/uml/esp-inside.sh tests/uml/init tests/uml/run

TESTS += tests/catalog.sh
dist_check_SCRIPTS += tests/catalog.sh

TESTS += tests/layers.sh
dist_check_SCRIPTS += tests/layers.sh
AM_TESTS_ENVIRONMENT = PURE_FILES='$(PURE_FILES)' CC='$(CC)' NM='$(NM)' \
	PURE_CPPFLAGS='-I$(abs_top_builddir) $(JANSSON_CFLAGS)'; \
	export PURE_FILES CC NM PURE_CPPFLAGS;

EXTRA_DIST += tests/lib/charon.sh tests/lib/ike.sh tests/uml/ike.sh tests/uml/ike-inside.sh \
	tests/uml/nat.sh tests/uml/nat-inside.sh
EXTRA_DIST += tests/uml/switches.sh tests/uml/switches-inside.sh
EXTRA_DIST += tests/qemu/drain.sh tests/qemu/drain-inside.sh

# The package, and systemd as process 1 to try it on.
EXTRA_DIST += tests/package.sh tests/lib/boot.sh tests/lib/boot_inside.sh tests/lib/package_inside.sh
EXTRA_DIST += debian/changelog debian/control debian/copyright debian/rules debian/source/format \
	debian/vrrp-sla.dirs debian/vrrp-sla.docs debian/vrrp-sla.postinst debian/vrrp-sla.postrm \
	debian/vrrp-sla.prerm

# Debian's kernel, emulated.
EXTRA_DIST += tests/qemu/run tests/qemu/kernel tests/qemu/init tests/qemu/guest \
	tests/qemu/guard.sh tests/qemu/guard-inside.sh tests/qemu/guard6.sh tests/qemu/guard6-inside.sh \
	tests/qemu/lines.sh tests/qemu/lines-inside.sh \
	tests/qemu/xfrmi.sh tests/qemu/xfrmi-inside.sh
