/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the known word that is fewest typing errors away from a wrong one. Pure. */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

/* The best candidate so far; start with zeroes. `best` points at the candidate's own storage. */
struct nearest {
	const char *best;
	unsigned distance;
};

/* Insertions, deletions, changes and swaps of neighbours that turn a into b; letter case does not
 * count. */
unsigned typing_distance(const char *a, const char *b);
/* Keeps `candidate` when it is near enough to `wrong` (about one error in three letters) and nearer
 * than the best. */
void nearest_try(struct nearest *n, const char *wrong, const char *candidate);

#endif
