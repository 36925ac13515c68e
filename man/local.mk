# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS += man/vrrpctl.1 man/slad.8 man/vrrpd.8
