# SPDX-License-Identifier: GPL-2.0-or-later

check_PROGRAMS += tests/net/linkctl
tests_net_linkctl_SOURCES = tests/net/linkctl.c
tests_net_linkctl_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(LIBNL_LIBS) $(EV_LIBS)

check_PROGRAMS += tests/net/vrrpsend
tests_net_vrrpsend_SOURCES = tests/net/vrrpsend.c
tests_net_vrrpsend_LDADD = vrrpd/libvrrpd.a common/libcommon.a
EXTRA_DIST += tests/net/vrrpd.sh

check_PROGRAMS += tests/net/slawatch tests/net/echoforge tests/net/ctl
tests_net_slawatch_SOURCES = tests/net/slawatch.c
tests_net_slawatch_LDADD = common/libcommon.a $(EV_LIBS)
tests_net_echoforge_SOURCES = tests/net/echoforge.c
tests_net_echoforge_LDADD = common/libcommon.a
tests_net_ctl_SOURCES = tests/net/ctl.c
tests_net_ctl_LDADD = common/libcommon.a $(JANSSON_LIBS) $(EV_LIBS)
EXTRA_DIST += tests/net/slad.sh tests/net/slad6.sh

EXTRA_DIST += tests/net/names.sh
EXTRA_DIST += tests/net/probe-way.sh tests/net/probe-way6.sh tests/uml/probe-way-inside.sh
EXTRA_DIST += tests/net/kernel6.sh tests/net/esp6.sh tests/uml/esp6-inside.sh tests/lib/families.sh

check_PROGRAMS += tests/net/tunnelctl
tests_net_tunnelctl_SOURCES = tests/net/tunnelctl.c
tests_net_tunnelctl_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(LIBNL_LIBS) $(NFTABLES_LIBS) $(EV_LIBS)
EXTRA_DIST += tests/net/kernel.sh tests/net/gateway.sh tests/net/update.sh tests/net/drain.sh tests/net/one-router.sh tests/net/static-sa.sh tests/uml/static-sa-inside.sh

EXTRA_DIST += tests/net/vrrpctl.sh tests/net/track.sh
EXTRA_DIST += tests/net/accept.sh tests/net/vmac.sh

EXTRA_DIST += tests/net/scale.sh tests/net/flood.sh tests/net/stress.sh tests/net/thousand.sh
EXTRA_DIST += tests/net/contract.sh
EXTRA_DIST += tests/net/vrrp6.sh
EXTRA_DIST += tests/net/unicast.sh
EXTRA_DIST += tests/net/interfaces.sh tests/net/frr.sh tests/net/keepalived.sh tests/lib/interop.sh
EXTRA_DIST += tests/net/devices.sh tests/uml/devices-inside.sh
EXTRA_DIST += tests/net/password.sh

EXTRA_DIST += tests/net/addresses.sh
EXTRA_DIST += tests/net/notices.sh
EXTRA_DIST += tests/net/routes.sh
EXTRA_DIST += tests/net/garp.sh
EXTRA_DIST += tests/net/debounce.sh
EXTRA_DIST += tests/net/noticed.sh

check_PROGRAMS += tests/net/without
tests_net_without_SOURCES = tests/net/without.c
EXTRA_DIST += tests/net/tunnels-bad.sh
