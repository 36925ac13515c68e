# SPDX-License-Identifier: GPL-2.0-or-later
exampledir = $(docdir)/examples
dist_example_DATA = etc/vrrp-sla.conf.example etc/samples/cpe01.conf etc/samples/cpe02.conf \
	etc/samples/one-router.conf
