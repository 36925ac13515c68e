# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS += man/vrrpctl.1 man/slad.8 man/vrrpd.8

# Built at make time from the keyword table.
noinst_PROGRAMS += man/mkconftable
man_mkconftable_SOURCES = man/mkconftable.c common/conf_rows_global.c common/conf_rows_sla.c common/conf_rows_track.c \
	common/conf_rows_vrrp.c
man_mkconftable_CPPFLAGS = $(AM_CPPFLAGS) -DCONF_MANUAL
man_mkconftable_LDADD = common/libcommon.a
man_MANS += man/vrrp-sla.conf.5
CLEANFILES += man/vrrp-sla.conf.5
EXTRA_DIST += man/vrrp-sla.conf.5.in
man/vrrp-sla.conf.5: man/vrrp-sla.conf.5.in man/mkconftable$(EXEEXT)
	$(AM_V_GEN)man/mkconftable$(EXEEXT) $(srcdir)/man/vrrp-sla.conf.5.in > $@.tmp && mv $@.tmp $@

TESTS += tests/man.sh
dist_check_SCRIPTS += tests/man.sh
