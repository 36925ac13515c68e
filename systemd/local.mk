# SPDX-License-Identifier: GPL-2.0-or-later
# The units name the directories of this build, which config.status would leave as ${prefix}; make fills them in.
sysusersdir = $(prefix)/lib/sysusers.d
dist_sysusers_DATA = systemd/sysusers.d/vrrp-sla.conf
systemdsystemunit_DATA = systemd/vrrpd.service systemd/slad.service systemd/vrrp-sla-close.service
EXTRA_DIST += systemd/vrrpd.service.in systemd/slad.service.in systemd/vrrp-sla-close.service.in
CLEANFILES += $(systemdsystemunit_DATA)
dist_catalog_DATA = systemd/vrrp-sla.catalog

systemd/%.service: systemd/%.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) systemd && $(SED) -e 's|@sbindir[@]|$(sbindir)|' \
		-e 's|@bindir[@]|$(bindir)|' -e 's|@sysconfdir[@]|$(sysconfdir)|' $< >$@.tmp && \
		mv $@.tmp $@
