/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors a second on one core: UMTS (the algorithm set alone) and EPS (with KASME), each key new, as an AuC makes them
 * for one subscriber after the other; and what a USIM does. libosmogsm does the same work in the same run.
 */
#include "bench/bench.h"
#include "bench/peer_osmogsm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "adapters/crypto/openssl.h"
#include "godwit/keys.h"

typedef struct work {
    const godwit_crypto_t *crypto;
    godwit_aka_key_t key;
} work_t;

static void must(bool done)
{
    if (!done) {
        fprintf(stderr, "bench_aka: a function failed\n");
        exit(1);
    }
}

static work_t new_work(const godwit_crypto_t *crypto, godwit_aka_algorithm_t algorithm)
{
    static const uint8_t octets[32] = {0x46, 0x5b, 0x5c, 0xe8};
    work_t work = {.crypto = crypto};
    must(godwit_aka_key_init(&work.key, crypto, algorithm, godwit_slice(octets, 16),
                             godwit_slice(octets, algorithm == GODWIT_ALG_TUAK ? 32 : 16), true, NULL) == GODWIT_OK);
    return work;
}

static void one_vector(work_t *work, unsigned long i, godwit_vector_t *vector)
{
    static const uint8_t amf[2] = {0x80, 0};
    static uint8_t rand[16];
    must(godwit_vector_create(work->crypto, &work->key, rand, 32 + i, amf, vector) == GODWIT_OK);
    rand[0] ^= vector->ck[0];
    work->key.k[15] ^= vector->ik[0]; /* another subscriber */
}

static void umts(void *context, unsigned long rounds)
{
    godwit_vector_t vector;
    for (unsigned long i = 0; i < rounds; i++) {
        one_vector(context, i, &vector);
    }
}

static void eps(void *context, unsigned long rounds)
{
    static const godwit_plmn_t plmn = {{0x00, 0xF1, 0x10}};
    work_t *work = context;
    godwit_vector_t vector;
    uint8_t kasme[32], ck_ik[32];
    for (unsigned long i = 0; i < rounds; i++) {
        one_vector(work, i, &vector);
        memcpy(ck_ik, vector.ck, 16);
        memcpy(ck_ik + 16, vector.ik, 16);
        must(godwit_kasme(work->crypto, ck_ik, plmn, vector.autn, kasme) == GODWIT_OK);
        work->key.k[14] ^= kasme[0];
    }
}

/* What the card does: the token is right, the number fresh. */
static void usim(void *context, unsigned long rounds)
{
    work_t *work = context;
    godwit_vector_t vector;
    godwit_usim_result_t result;
    for (unsigned long i = 0; i < rounds; i++) {
        godwit_sqn_array_t array;
        godwit_sqn_array_init(&array);
        one_vector(work, i, &vector);
        work->key.k[15] ^= vector.ik[0]; /* back to the key of the vector */
        must(godwit_usim_authenticate(work->crypto, &work->key, &array, vector.rand, vector.autn, &result) ==
                 GODWIT_OK &&
             result.status == GODWIT_OK);
    }
}

static double row(const char *what, bench_work_t *run, void *context, const char *note)
{
    double per_second = 1e9 / bench_ns_each(run, context);
    bench_row(what, per_second, "/s", note);
    return per_second;
}

static double bench_backend(const godwit_crypto_t *crypto)
{
    work_t milenage = new_work(crypto, GODWIT_ALG_MILENAGE), tuak = new_work(crypto, GODWIT_ALG_TUAK);
    (void)row("UMTS vectors, MILENAGE", umts, &milenage, crypto->name);
    double rate = row("EPS vectors, MILENAGE and KASME", eps, &milenage, crypto->name);
    (void)row("UMTS vector and USIM, MILENAGE", usim, &milenage, crypto->name);
    (void)row("EPS vectors, TUAK and KASME", eps, &tuak, crypto->name);
    return rate;
}

int main(void)
{
    bench_table("aka", "Authentication vectors, one core");
    (void)bench_backend(&godwit_crypto_builtin);
    double on_openssl = bench_backend(&godwit_crypto_openssl);
    double ours = godwit_crypto_aesni() != NULL ? bench_backend(godwit_crypto_aesni()) : on_openssl;
    work_t milenage = new_work(&godwit_crypto_builtin, GODWIT_ALG_MILENAGE);
    const char *absent = peer_osmogsm_open(&milenage.key);
    if (absent != NULL) {
        bench_absent("libosmogsm", absent);
        return 0;
    }
    (void)row("UMTS vectors, MILENAGE", peer_osmogsm_umts, NULL, "libosmogsm, with SRES and Kc; same key each time");
    double theirs = row("EPS vectors, MILENAGE and KASME", peer_osmogsm_eps, NULL, "libosmogsm");
    bench_row("EPS vectors, ours to libosmogsm's", ours / theirs, "times", "goal 10; KASME is the cost");
    return 0;
}
