# SPDX-License-Identifier: GPL-2.0-or-later
# Everything but main.c is a library, so that the tests link it.
noinst_LIBRARIES += vrrpctl/libvrrpctl.a
vrrpctl_libvrrpctl_a_SOURCES = \
	vrrpctl/await.c vrrpctl/await.h \
	vrrpctl/cmdline.c vrrpctl/cmdline.h \
	vrrpctl/commands.c vrrpctl/commands.h \
	vrrpctl/daemons.c vrrpctl/daemons.h \
	vrrpctl/doctor.c vrrpctl/doctor.h vrrpctl/doctor_text.c \
	vrrpctl/doctor_host.c vrrpctl/doctor_host.h \
	vrrpctl/drain.c \
	vrrpctl/examine.c \
	vrrpctl/feed.c vrrpctl/feed.h \
	vrrpctl/format.c vrrpctl/format.h \
	vrrpctl/jsonx.h \
	vrrpctl/metrics.c vrrpctl/metrics.h \
	vrrpctl/output.c vrrpctl/output.h \
	vrrpctl/snapshot.c vrrpctl/snapshot.h \
	vrrpctl/spark.c vrrpctl/spark.h \
	vrrpctl/text.c vrrpctl/text.h \
	vrrpctl/timeline.c \
	vrrpctl/wait.c

PURE_FILES += \
	vrrpctl/doctor.c vrrpctl/doctor_text.c \
	vrrpctl/format.c vrrpctl/metrics.c vrrpctl/snapshot.c vrrpctl/spark.c vrrpctl/text.c

bin_PROGRAMS += vrrpctl/vrrpctl
vrrpctl_vrrpctl_SOURCES = vrrpctl/main.c
vrrpctl_vrrpctl_LDADD = vrrpctl/libvrrpctl.a common/libcommon.a $(JANSSON_LIBS) $(EV_LIBS) $(SYSTEMD_LIBS)
