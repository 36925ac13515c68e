# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += common/libcommon.a
common_libcommon_a_SOURCES = \
	common/mono.h common/buf.h common/hash.h \
	common/addr.c common/addr.h \
	common/csum.c common/csum.h common/esp.h
PURE_FILES += common/addr.c common/csum.c

common_libcommon_a_SOURCES += common/keyfile.c common/keyfile.h common/conf.h \
	common/arena.c common/arena.h common/diag.c common/diag.h common/nearest.c common/nearest.h \
	common/expand.c common/expand.h common/lex_input.c common/lex_input.h common/lexer.c common/lexer.h common/conf_tree.c \
	common/conf_tree.h common/conf_value.c common/conf_value.h common/conf_table.c \
	common/conf_table.h common/conf_rows.h common/conf_rows_vrrp.c common/conf_rows_global.c common/conf_rows_sla.c common/conf_rows_track.c \
	common/conf_parse.c common/conf_parse.h common/conf_statement.c common/conf_internal.h common/conf_read_vrrp.c \
	common/conf_read_tunnel.c common/conf_refs.c common/conf_check.c common/conf_check_tunnel.c \
	common/conf_check_instance.c common/conf_check_mode.c common/conf_check_sync.c \
	common/conf_read_track.c common/conf.c common/conf_load.c common/conf_load.h
PURE_FILES += common/keyfile.c common/arena.c common/diag.c common/nearest.c common/expand.c \
	common/lex_input.c common/lexer.c common/conf_tree.c common/conf_value.c common/conf_table.c \
	common/conf_rows_vrrp.c common/conf_rows_global.c common/conf_rows_sla.c common/conf_rows_track.c common/conf_parse.c common/conf_statement.c common/conf_read_vrrp.c \
	common/conf_read_tunnel.c common/conf_refs.c common/conf_check.c common/conf_check_tunnel.c \
	common/conf_check_instance.c common/conf_check_mode.c common/conf_check_sync.c \
	common/conf_read_track.c common/conf.c

common_libcommon_a_SOURCES += common/conf_vmac.c
PURE_FILES += common/conf_vmac.c

common_libcommon_a_SOURCES += common/rfc3339.c common/rfc3339.h
PURE_FILES += common/rfc3339.c
common_libcommon_a_SOURCES += common/options.c common/options.h

common_libcommon_a_SOURCES += common/events.c common/events.h
PURE_FILES += common/events.c

common_libcommon_a_SOURCES += \
	common/loop.c common/loop.h common/timer.c common/timers.h \
	common/timer_heap.c common/timer_heap.h
PURE_FILES += common/timer_heap.c

common_libcommon_a_SOURCES += \
	common/unix_socket.c common/unix_socket.h \
	common/control.c common/control.h common/control_client.c

common_libcommon_a_SOURCES += common/latch.c common/latch.h common/sla.h
PURE_FILES += common/latch.c

common_libcommon_a_SOURCES += \
	common/shm.h common/shm_writer.c common/shm_reader.c \
	common/shm_wire.c common/shm_wire.h

common_libcommon_a_SOURCES += common/log.c common/log.h common/message_ids.h

common_libcommon_a_SOURCES += common/notify.c common/notify.h common/rundir.c common/rundir.h
common_libcommon_a_SOURCES += common/caps.c common/caps.h

common_libcommon_a_SOURCES += common/nl.c common/nl_collect.c common/nl.h common/attr.h

common_libcommon_a_SOURCES += common/conf_reload.c common/conf_reload.h

common_libcommon_a_SOURCES += common/route.c common/route.h common/conf_read_words.c \
	common/conf_read_address.c common/conf_read_route.c common/conf_read_rule.c
PURE_FILES += common/route.c common/conf_read_words.c common/conf_read_address.c \
	common/conf_read_route.c common/conf_read_rule.c

common_libcommon_a_SOURCES += common/conf_read_global.c common/conf_check_garp.c
PURE_FILES += common/conf_read_global.c common/conf_check_garp.c

common_libcommon_a_SOURCES += common/conf_check_pairs.c
PURE_FILES += common/conf_check_pairs.c
