/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A checked cursor over bytes, for parsing and building packets in network byte order. An access past
 * the end sets `bad` and yields zero; callers check `bad` once, at the end. Pure.
 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rbuf {
	const uint8_t *p;
	size_t left;
	bool bad;
};

struct wbuf {
	uint8_t *p;
	size_t left;
	size_t used;
	bool bad;
};

static inline struct rbuf rbuf_of(const void *p, size_t len)
{
	return (struct rbuf){p, len, false};
}

static inline struct wbuf wbuf_of(void *p, size_t size)
{
	return (struct wbuf){p, size, 0, false};
}

/* The next n bytes, or NULL. */
static inline const uint8_t *rbuf_bytes(struct rbuf *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || n > r->left) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	r->left -= n;
	return p;
}

static inline uint8_t rbuf_u8(struct rbuf *r)
{
	const uint8_t *p = rbuf_bytes(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rbuf_u16(struct rbuf *r)
{
	const uint8_t *p = rbuf_bytes(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rbuf_u32(struct rbuf *r)
{
	uint32_t hi = rbuf_u16(r);

	return hi << 16 | rbuf_u16(r);
}

static inline uint64_t rbuf_u64(struct rbuf *r)
{
	uint64_t hi = rbuf_u32(r);

	return hi << 32 | rbuf_u32(r);
}

static inline void wbuf_bytes(struct wbuf *w, const void *p, size_t n)
{
	if (w->bad || n > w->left) {
		w->bad = true;
		return;
	}
	memcpy(w->p, p, n);
	w->p += n;
	w->left -= n;
	w->used += n;
}

static inline void wbuf_u8(struct wbuf *w, uint8_t v)
{
	wbuf_bytes(w, &v, 1);
}

static inline void wbuf_u16(struct wbuf *w, uint16_t v)
{
	uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	wbuf_bytes(w, b, sizeof(b));
}

static inline void wbuf_u32(struct wbuf *w, uint32_t v)
{
	wbuf_u16(w, (uint16_t)(v >> 16));
	wbuf_u16(w, (uint16_t)v);
}

static inline void wbuf_u64(struct wbuf *w, uint64_t v)
{
	wbuf_u32(w, (uint32_t)(v >> 32));
	wbuf_u32(w, (uint32_t)v);
}

#endif
