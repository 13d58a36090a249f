/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that follow from a seed alone: what a run did can be done again. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

/* A step of a 64-bit counter, mixed; every seed gives another sequence. */
static inline uint64_t random_u64(struct random *r)
{
	uint64_t x = r->state += 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/* One of 0 to n - 1. */
static inline uint32_t below(struct random *r, uint32_t n)
{
	return (uint32_t)(random_u64(r) >> 32) % n;
}

/* True once in n times. */
static inline int one_in(struct random *r, uint32_t n)
{
	return below(r, n) == 0;
}

/* A sequence of its own for the nth part of a run. */
static inline struct random random_part(uint64_t seed, uint64_t n)
{
	struct random r = { seed };

	r.state = random_u64(&r) + n;
	r.state = random_u64(&r);
	return r;
}

#endif
