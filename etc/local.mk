# SPDX-License-Identifier: GPL-2.0-or-later
exampledir = $(docdir)/examples
dist_example_DATA = etc/vrrp-sla.conf.example etc/samples/cpe01.conf etc/samples/cpe02.conf \
	etc/samples/one-router.conf etc/samples/ipv6.conf
swanctldir = $(exampledir)/swanctl
dist_swanctl_DATA = etc/samples/swanctl/cpe01.conf etc/samples/swanctl/cpe02.conf \
	etc/samples/swanctl/gateway.conf etc/samples/swanctl/strongswan.conf \
	etc/samples/swanctl/strongswan.service.conf
