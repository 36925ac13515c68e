# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += slad/libslad.a
slad_libslad_a_SOURCES = \
	slad/daemon.c slad/daemon.h \
	slad/echo.c slad/echo.h \
	slad/echo_io.c slad/echo_io.h \
	slad/echo_socket.c slad/echo_socket.h \
	slad/egress.c slad/egress.h \
	slad/engine.c slad/engine.h \
	slad/group.c slad/group.h \
	slad/history.c slad/history.h \
	slad/ids.c slad/ids.h \
	slad/keep.c slad/keep.h \
	slad/names.c slad/names.h \
	slad/netwatch.c slad/netwatch.h \
	slad/pacer.c slad/pacer.h \
	slad/probe_set.c slad/probe_set.h \
	slad/proof.c slad/proof.h \
	slad/publish.c slad/publish.h \
	slad/quality.c slad/quality.h \
	slad/resolver.c slad/resolver.h \
	slad/state.c slad/state.h \
	slad/suspend.h \
	slad/target.c slad/target.h slad/target_past.c \
	slad/verdict.c slad/verdict.h \
	slad/window.c slad/window.h
PURE_FILES += slad/echo.c slad/egress.c slad/history.c slad/ids.c slad/pacer.c slad/quality.c slad/state.c \
	slad/verdict.c slad/window.c

sbin_PROGRAMS += slad/slad
slad_slad_SOURCES = slad/main.c
slad_slad_LDADD = slad/libslad.a common/libcommon.a \
	$(LIBNL_LIBS) $(CAPNG_LIBS) $(SYSTEMD_LIBS) $(JANSSON_LIBS) $(EV_LIBS)
