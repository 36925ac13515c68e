# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += vrrpd/libvrrpd.a
vrrpd_libvrrpd_a_SOURCES =

# The protocol.
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/advert.c vrrpd/advert.h \
	vrrpd/arp.c vrrpd/arp.h \
	vrrpd/fsm.c vrrpd/fsm.h \
	vrrpd/nd.c vrrpd/nd.h \
	vrrpd/priority.c vrrpd/priority.h
PURE_FILES += vrrpd/advert.c vrrpd/arp.c vrrpd/fsm.c vrrpd/nd.c vrrpd/priority.c

# Instances and the daemon.
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/alone.c \
	vrrpd/advert_io.c vrrpd/advert_io.h \
	vrrpd/announce.c vrrpd/announce.h \
	vrrpd/commands.c \
	vrrpd/daemon.c vrrpd/daemon.h \
	vrrpd/drains.c \
	vrrpd/explain.c vrrpd/explain.h \
	vrrpd/host.h \
	vrrpd/instance.c vrrpd/instance_input.c vrrpd/instance_life.c \
	vrrpd/instance.h vrrpd/instance_int.h \
	vrrpd/instance_act.c vrrpd/instance_act.h \
	vrrpd/ports.c vrrpd/ports.h \
	vrrpd/interfaces.c vrrpd/interfaces.h \
	vrrpd/reload.c \
	vrrpd/sole.c vrrpd/sole.h \
	vrrpd/status_json.c vrrpd/status_json.h \
	vrrpd/track.c vrrpd/track.h \
	vrrpd/track_files.c vrrpd/track_files.h \
	vrrpd/track_scripts.c vrrpd/track_scripts.h \
	vrrpd/script.c vrrpd/script.h \
	vrrpd/hooks.c vrrpd/hooks.h vrrpd/errands.c vrrpd/errands.h \
	vrrpd/runner.c vrrpd/runner.h vrrpd/runner_child.c vrrpd/runner_wire.h
PURE_FILES += vrrpd/script.c

# What is wrong around an instance or with the tunnels.
vrrpd_libvrrpd_a_SOURCES += vrrpd/alarm.c vrrpd/alarm.h vrrpd/alarms.c vrrpd/alarms.h
PURE_FILES += vrrpd/alarm.c

# Who else claims the addresses.
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/claim.c vrrpd/claim.h \
	vrrpd/claim_io.c vrrpd/claim_io.h \
	vrrpd/claims.c vrrpd/claims.h
PURE_FILES += vrrpd/claim.c

# Whose a packet is, whose an SA.
vrrpd_libvrrpd_a_SOURCES += vrrpd/roster.c vrrpd/roster.h vrrpd/sas.c vrrpd/sas.h
PURE_FILES += vrrpd/roster.c vrrpd/sas.c

# The end of a turn: what the instances queued.
vrrpd_libvrrpd_a_SOURCES += vrrpd/work.c vrrpd/work.h vrrpd/turn.c vrrpd/turn.h
PURE_FILES += vrrpd/work.c
vrrpd_libvrrpd_a_SOURCES += vrrpd/runner_fifos.c vrrpd/runner_fifos.h
vrrpd_libvrrpd_a_SOURCES += vrrpd/debounce.c vrrpd/debounce.h
vrrpd_libvrrpd_a_SOURCES += vrrpd/instance_garp.c vrrpd/pace.c vrrpd/pace.h
PURE_FILES += vrrpd/pace.c

vrrpd_libvrrpd_a_SOURCES += vrrpd/sync.c vrrpd/sync.h vrrpd/sync_groups.c vrrpd/sync_groups.h
PURE_FILES += vrrpd/sync.c

# Virtual MAC addresses.
vrrpd_libvrrpd_a_SOURCES += vrrpd/vmac.c vrrpd/vmac.h vrrpd/vmacs.c vrrpd/vmacs.h \
	vrrpd/instance_vmac.c vrrpd/instance_vmac.h \
	vrrpd/advert_frame.c vrrpd/advert_frame.h
PURE_FILES += vrrpd/vmac.c vrrpd/advert_frame.c

# What no_accept drops.
vrrpd_libvrrpd_a_SOURCES += vrrpd/accept.c vrrpd/accept.h vrrpd/wanted_accept.c vrrpd/wanted_accept.h
PURE_FILES += vrrpd/wanted_accept.c

# Static addresses, and routes and rules of the configuration.
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/wanted_conf.c vrrpd/wanted_conf.h \
	vrrpd/routing.c vrrpd/routing.h vrrpd/routing_put.c vrrpd/routing_put.h
PURE_FILES += vrrpd/wanted_conf.c

# The kernel side: links, addresses, policies.
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/nl_addr.c vrrpd/nl_addr.h \
	vrrpd/nl_link.c vrrpd/nl_link.h \
	vrrpd/nl_dev.c vrrpd/nl_dev.h \
	vrrpd/rt_parse_link.c vrrpd/rt_parse.c vrrpd/rt_parse_route.c vrrpd/rt_parse.h
PURE_FILES += vrrpd/rt_parse_link.c vrrpd/rt_parse.c vrrpd/rt_parse_route.c
vrrpd_libvrrpd_a_SOURCES += vrrpd/xfrm_bypass.c vrrpd/nl_xfrm.h vrrpd/xfrm_parse.h
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/policy.c vrrpd/policy.h \
	vrrpd/plan.c vrrpd/plan.h \
	vrrpd/wanted.c vrrpd/wanted_guard.c vrrpd/wanted.h \
	vrrpd/xfrm_parse.c \
	vrrpd/nl_xfrm.c vrrpd/nl_xfrm_static.c vrrpd/nl_xfrm_build.h \
	vrrpd/guard.c vrrpd/guard.h vrrpd/guard_watch.c vrrpd/guard_watch.h
PURE_FILES += vrrpd/policy.c vrrpd/plan.c vrrpd/wanted.c vrrpd/wanted_guard.c vrrpd/xfrm_parse.c \
	vrrpd/guard_watch.c
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/roles.c vrrpd/roles.h \
	vrrpd/line.c vrrpd/line.h \
	vrrpd/static_sa.c vrrpd/static_sa.h \
	vrrpd/tunnels.c vrrpd/tunnels_apply.c vrrpd/tunnels_sa.c vrrpd/tunnels_set.c vrrpd/tunnels_watch.c \
	vrrpd/tunnels.h vrrpd/tunnels_int.h \
	vrrpd/tunnels_route.c vrrpd/tunnels_device.c \
	vrrpd/nl_xfrmi.c vrrpd/nl_xfrmi.h vrrpd/xfrmi_parse.c
PURE_FILES += vrrpd/xfrmi_parse.c
PURE_FILES += vrrpd/roles.c

# What a drain leaves unanswered.
vrrpd_libvrrpd_a_SOURCES += vrrpd/silence.c vrrpd/silence.h
PURE_FILES += vrrpd/silence.c

# Routes and routing rules.
vrrpd_libvrrpd_a_SOURCES += \
	vrrpd/nl_route.c vrrpd/nl_route.h \
	vrrpd/nl_rule.c vrrpd/nl_rule.h \
	vrrpd/wanted_route.c vrrpd/wanted_route.h
PURE_FILES += vrrpd/wanted_route.c

sbin_PROGRAMS += vrrpd/vrrpd
vrrpd_vrrpd_SOURCES = vrrpd/main.c
vrrpd_vrrpd_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(LIBNL_LIBS) $(SYSTEMD_LIBS) $(JANSSON_LIBS) \
	$(NFTABLES_LIBS) $(CAPNG_LIBS) $(EV_LIBS)
