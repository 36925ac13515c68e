# SPDX-License-Identifier: GPL-2.0-or-later

check_PROGRAMS += tests/net/linkctl
tests_net_linkctl_SOURCES = tests/net/linkctl.c
tests_net_linkctl_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(LIBNL_LIBS) $(EV_LIBS)

check_PROGRAMS += tests/net/vrrpsend
tests_net_vrrpsend_SOURCES = tests/net/vrrpsend.c
tests_net_vrrpsend_LDADD = vrrpd/libvrrpd.a common/libcommon.a
EXTRA_DIST += tests/net/vrrpd.sh
