/* SPDX-License-Identifier: Apache-2.0
 *
 * libosmogsm's MILENAGE and KASME for bench_aka, opened at run time and never linked: it is GPL. Its answer is compared
 * with ours before anything is timed, so a library of another layout counts as absent.
 */
#ifndef GODWIT_BENCH_PEER_OSMOGSM_H
#define GODWIT_BENCH_PEER_OSMOGSM_H

#include "godwit/aka.h"

/* NULL, or why it cannot be used. key is a MILENAGE key with OPc. */
const char *peer_osmogsm_open(const godwit_aka_key_t *key);
void peer_osmogsm_umts(void *context, unsigned long rounds); /* bench_work_t */
void peer_osmogsm_eps(void *context, unsigned long rounds);

#endif
