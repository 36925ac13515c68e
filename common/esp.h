/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an ESP tunnel with AES-CBC and HMAC-SHA-256-128 leaves of a line's MTU for the inner packet:
 * outer header, SPI and sequence, IV and ICV go off; the rest is whole cipher blocks, whose last
 * two bytes are the trailer (RFC 4303). Pure.
 */
#ifndef COMMON_ESP_H
#define COMMON_ESP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

#define TCP_HEADER 20u
#define UDP_HEADER 8u
#define ETHERNET_MTU 1500u
#define IPV4_MIN_MTU 68u   /* RFC 791, 3.2 */
#define IPV6_MIN_MTU 1280u /* RFC 8200, 5 */

static inline unsigned ip_header(uint8_t family)
{
	return family == FAMILY_IPV6 ? 40 : 20;
}

/* In bytes; 0: nothing fits. */
static inline unsigned esp_inner_mtu(unsigned line, uint8_t outer_family)
{
	unsigned fixed = ip_header(outer_family) + 8 + 16 + 16;

	return line > fixed + 16 ? (line - fixed) / 16 * 16 - 2 : 0;
}

/* The same of a line that may not be known yet, 0, and of ESP that may be in UDP (RFC 3948). */
static inline unsigned esp_tunnel_mtu(unsigned line, bool in_udp, uint8_t outer_family)
{
	return esp_inner_mtu((line ? line : ETHERNET_MTU) - (in_udp ? UDP_HEADER : 0),
			     outer_family);
}

#endif
