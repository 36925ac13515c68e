# SPDX-License-Identifier: GPL-2.0-or-later

check_PROGRAMS += tests/unit/test_keyfile
TESTS += tests/unit/test_keyfile
tests_unit_test_keyfile_SOURCES = tests/unit/test_keyfile.c
tests_unit_test_keyfile_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_keyfile_LDADD = common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_rfc3339
TESTS += tests/unit/test_rfc3339
tests_unit_test_rfc3339_SOURCES = tests/unit/test_rfc3339.c
tests_unit_test_rfc3339_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_rfc3339_LDADD = common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_events
TESTS += tests/unit/test_events
tests_unit_test_events_SOURCES = tests/unit/test_events.c
tests_unit_test_events_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_events_LDADD = common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_timer
TESTS += tests/unit/test_timer
tests_unit_test_timer_SOURCES = tests/unit/test_timer.c
tests_unit_test_timer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_timer_LDADD = common/libcommon.a $(EV_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_loop
TESTS += tests/unit/test_loop
tests_unit_test_loop_SOURCES = tests/unit/test_loop.c
tests_unit_test_loop_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_loop_LDADD = common/libcommon.a $(EV_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_control
TESTS += tests/unit/test_control
tests_unit_test_control_SOURCES = tests/unit/test_control.c
tests_unit_test_control_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_control_LDADD = common/libcommon.a $(EV_LIBS) $(JANSSON_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_latch
TESTS += tests/unit/test_latch
tests_unit_test_latch_SOURCES = tests/unit/test_latch.c
tests_unit_test_latch_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_latch_LDADD = common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_shm
TESTS += tests/unit/test_shm
tests_unit_test_shm_SOURCES = tests/unit/test_shm.c
tests_unit_test_shm_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_shm_LDADD = common/libcommon.a $(EV_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/unit/shm_kill
TESTS += tests/unit/shm_kill
tests_unit_shm_kill_SOURCES = tests/unit/shm_kill.c
tests_unit_shm_kill_LDADD = common/libcommon.a $(EV_LIBS)

check_PROGRAMS += tests/unit/test_log
TESTS += tests/unit/test_log
tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_log_LDADD = common/libcommon.a $(EV_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_rundir
TESTS += tests/unit/test_rundir
tests_unit_test_rundir_SOURCES = tests/unit/test_rundir.c
tests_unit_test_rundir_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_rundir_LDADD = common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_echo
TESTS += tests/unit/test_echo
tests_unit_test_echo_SOURCES = tests/unit/test_echo.c
tests_unit_test_echo_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_echo_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_egress
TESTS += tests/unit/test_egress
tests_unit_test_egress_SOURCES = tests/unit/test_egress.c
tests_unit_test_egress_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_egress_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_target_tunnel
TESTS += tests/unit/test_target_tunnel
tests_unit_test_target_tunnel_SOURCES = tests/unit/test_target_tunnel.c
tests_unit_test_target_tunnel_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_target_tunnel_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_pacer
TESTS += tests/unit/test_pacer
tests_unit_test_pacer_SOURCES = tests/unit/test_pacer.c
tests_unit_test_pacer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_pacer_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_window
TESTS += tests/unit/test_window
tests_unit_test_window_SOURCES = tests/unit/test_window.c
tests_unit_test_window_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_window_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS) -lm

check_PROGRAMS += tests/unit/test_verdict
TESTS += tests/unit/test_verdict
tests_unit_test_verdict_SOURCES = tests/unit/test_verdict.c
tests_unit_test_verdict_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_verdict_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_vrrpctl
TESTS += tests/unit/test_vrrpctl
tests_unit_test_vrrpctl_SOURCES = tests/unit/test_vrrpctl.c
tests_unit_test_vrrpctl_CPPFLAGS = $(AM_CPPFLAGS) -DGOLDEN='"$(abs_top_srcdir)/tests/golden/vrrpctl"'
tests_unit_test_vrrpctl_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_vrrpctl_LDADD = vrrpctl/libvrrpctl.a common/libcommon.a $(CHECK_LIBS) $(JANSSON_LIBS)
EXTRA_DIST += tests/golden/vrrpctl

check_PROGRAMS += tests/unit/test_fsm tests/unit/test_advert tests/unit/test_priority tests/unit/test_arp \
	tests/unit/test_nd
TESTS += tests/unit/test_fsm tests/unit/test_advert tests/unit/test_priority tests/unit/test_arp \
	tests/unit/test_nd
tests_unit_test_fsm_SOURCES = tests/unit/test_fsm.c
tests_unit_test_fsm_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_fsm_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)
check_PROGRAMS += tests/unit/test_claim
TESTS += tests/unit/test_claim
tests_unit_test_claim_SOURCES = tests/unit/test_claim.c
tests_unit_test_claim_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_claim_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_rfc
TESTS += tests/unit/test_rfc
tests_unit_test_rfc_SOURCES = tests/unit/test_rfc.c
tests_unit_test_rfc_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_rfc_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_alarm
TESTS += tests/unit/test_alarm
tests_unit_test_alarm_SOURCES = tests/unit/test_alarm.c
tests_unit_test_alarm_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_alarm_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

tests_unit_test_advert_SOURCES = tests/unit/test_advert.c tests/unit/advert_vectors.h
tests_unit_test_advert_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_advert_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)
tests_unit_test_priority_SOURCES = tests/unit/test_priority.c
tests_unit_test_priority_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_priority_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)
tests_unit_test_arp_SOURCES = tests/unit/test_arp.c
tests_unit_test_arp_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_arp_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)
tests_unit_test_nd_SOURCES = tests/unit/test_nd.c
tests_unit_test_nd_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_nd_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_sync
TESTS += tests/unit/test_sync
tests_unit_test_sync_SOURCES = tests/unit/test_sync.c
tests_unit_test_sync_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_sync_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_script tests/unit/test_runner
TESTS += tests/unit/test_script tests/unit/test_runner
tests_unit_test_script_SOURCES = tests/unit/test_script.c
tests_unit_test_script_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_script_LDADD = vrrpd/libvrrpd.a $(CHECK_LIBS)
tests_unit_test_runner_SOURCES = tests/unit/test_runner.c
tests_unit_test_runner_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_runner_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS) $(SYSTEMD_LIBS) $(EV_LIBS)

check_PROGRAMS += tests/unit/test_doctor
TESTS += tests/unit/test_doctor
tests_unit_test_doctor_SOURCES = tests/unit/test_doctor.c
tests_unit_test_doctor_CPPFLAGS = $(tests_unit_test_vrrpctl_CPPFLAGS)
tests_unit_test_doctor_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_doctor_LDADD = vrrpd/libvrrpd.a $(tests_unit_test_vrrpctl_LDADD)

check_PROGRAMS += tests/unit/test_lexer
TESTS += tests/unit/test_lexer
tests_unit_test_lexer_SOURCES = tests/unit/test_lexer.c
tests_unit_test_lexer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_lexer_LDADD = common/libcommon.a $(CHECK_LIBS)

CONF_TEXT = tests/unit/conf_text.c tests/unit/conf_text.h
check_PROGRAMS += tests/unit/test_conf tests/unit/test_conf_sla tests/unit/test_conf_table tests/unit/test_conf_whole
TESTS += tests/unit/test_conf tests/unit/test_conf_sla tests/unit/test_conf_table tests/unit/test_conf_whole
tests_unit_test_conf_SOURCES = tests/unit/test_conf.c $(CONF_TEXT)
tests_unit_test_conf_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_conf_LDADD = common/libcommon.a $(CHECK_LIBS)
tests_unit_test_conf_sla_SOURCES = tests/unit/test_conf_sla.c $(CONF_TEXT)
tests_unit_test_conf_sla_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_conf_sla_LDADD = common/libcommon.a $(CHECK_LIBS)
tests_unit_test_conf_table_SOURCES = tests/unit/test_conf_table.c common/conf_rows_global.c common/conf_rows_sla.c \
	common/conf_rows_track.c common/conf_rows_vrrp.c
tests_unit_test_conf_table_CPPFLAGS = $(AM_CPPFLAGS) -DCONF_MANUAL
tests_unit_test_conf_table_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_conf_table_LDADD = common/libcommon.a $(CHECK_LIBS)
tests_unit_test_conf_whole_SOURCES = tests/unit/test_conf_whole.c $(CONF_TEXT)
tests_unit_test_conf_whole_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_conf_whole_CPPFLAGS = $(AM_CPPFLAGS) -DSRCDIR='"$(abs_top_srcdir)"'
tests_unit_test_conf_whole_LDADD = common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_policy
TESTS += tests/unit/test_policy
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c
tests_unit_test_policy_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_policy_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_plan
TESTS += tests/unit/test_plan
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c
tests_unit_test_plan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_plan_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_sas
TESTS += tests/unit/test_sas
tests_unit_test_sas_SOURCES = tests/unit/test_sas.c
tests_unit_test_sas_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_sas_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_xfrm_parse
TESTS += tests/unit/test_xfrm_parse
tests_unit_test_xfrm_parse_SOURCES = tests/unit/test_xfrm_parse.c tests/unit/xfrm_vectors.h
tests_unit_test_xfrm_parse_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_xfrm_parse_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_wanted
TESTS += tests/unit/test_wanted
tests_unit_test_wanted_SOURCES = tests/unit/test_wanted.c tests/unit/tunnel_conf.c tests/unit/tunnel_conf.h
tests_unit_test_wanted_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_wanted_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_roles
TESTS += tests/unit/test_roles
tests_unit_test_roles_SOURCES = tests/unit/test_roles.c tests/unit/tunnel_conf.c tests/unit/tunnel_conf.h
tests_unit_test_roles_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_roles_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_target
TESTS += tests/unit/test_target
tests_unit_test_target_SOURCES = tests/unit/test_target.c
tests_unit_test_target_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_target_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_guard_watch
TESTS += tests/unit/test_guard_watch
tests_unit_test_guard_watch_SOURCES = tests/unit/test_guard_watch.c
tests_unit_test_guard_watch_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_guard_watch_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_pace
TESTS += tests/unit/test_pace
tests_unit_test_pace_SOURCES = tests/unit/test_pace.c
tests_unit_test_pace_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_pace_LDADD = vrrpd/libvrrpd.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_work
TESTS += tests/unit/test_work
tests_unit_test_work_SOURCES = tests/unit/test_work.c
tests_unit_test_work_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_work_LDADD = vrrpd/libvrrpd.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_state
TESTS += tests/unit/test_state
tests_unit_test_state_SOURCES = tests/unit/test_state.c
tests_unit_test_state_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_state_LDADD = slad/libslad.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_roster
TESTS += tests/unit/test_roster
tests_unit_test_roster_SOURCES = tests/unit/test_roster.c
tests_unit_test_roster_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_roster_LDADD = vrrpd/libvrrpd.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_rt_parse
TESTS += tests/unit/test_rt_parse
tests_unit_test_rt_parse_SOURCES = tests/unit/test_rt_parse.c tests/unit/tunnel_conf.c tests/unit/tunnel_conf.h
tests_unit_test_rt_parse_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_rt_parse_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_wanted_route
TESTS += tests/unit/test_wanted_route
tests_unit_test_wanted_route_SOURCES = tests/unit/test_wanted_route.c tests/unit/tunnel_conf.c tests/unit/tunnel_conf.h
tests_unit_test_wanted_route_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_wanted_route_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_wanted_accept
TESTS += tests/unit/test_wanted_accept
tests_unit_test_wanted_accept_SOURCES = tests/unit/test_wanted_accept.c
tests_unit_test_wanted_accept_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_wanted_accept_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_silence
TESTS += tests/unit/test_silence
tests_unit_test_silence_SOURCES = tests/unit/test_silence.c tests/unit/tunnel_conf.c tests/unit/tunnel_conf.h
tests_unit_test_silence_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_silence_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_wanted_conf
TESTS += tests/unit/test_wanted_conf
tests_unit_test_wanted_conf_SOURCES = tests/unit/test_wanted_conf.c
tests_unit_test_wanted_conf_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_wanted_conf_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_xfrmi_parse
TESTS += tests/unit/test_xfrmi_parse
tests_unit_test_xfrmi_parse_SOURCES = tests/unit/test_xfrmi_parse.c
tests_unit_test_xfrmi_parse_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_xfrmi_parse_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(CHECK_LIBS)

check_PROGRAMS += tests/unit/test_vmac
TESTS += tests/unit/test_vmac
tests_unit_test_vmac_SOURCES = tests/unit/test_vmac.c tests/unit/conf_text.c tests/unit/conf_text.h
tests_unit_test_vmac_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_vmac_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(LIBNL_LIBS) $(CHECK_LIBS)
