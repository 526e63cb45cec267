/* SPDX-License-Identifier: Apache-2.0
 *
 * EMSDP by suite: CPU time of sealing, of opening, and of opening what is forged (five trials at worst), on each
 * backend; and the octets that a reading costs by framing and suite.
 */
#include "adapters/crypto/aesni.h"
#include "adapters/crypto/openssl.h"
#include "bench/bench.h"
#include "godwit/emsdp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t k_session[32] = {7};
static const uint8_t reading[64] = {1, 2, 3};

typedef struct work {
    const godwit_crypto_t *crypto;
    godwit_emsdp_key_t device, network;
    size_t len;
    uint8_t datagram[GODWIT_EMSDP_DATAGRAM_MAX];
    size_t datagram_len;
} work_t;

static void must(bool done)
{
    if (!done) {
        fprintf(stderr, "bench_emsdp: sealing or opening failed\n");
        exit(1);
    }
}

static godwit_emsdp_key_t new_key(uint8_t suite, godwit_framing_t framing, godwit_end_t end)
{
    godwit_emsdp_key_t key;
    must(godwit_emsdp_key_init(&godwit_crypto_builtin, &key, k_session, suite, 1, framing, 0, 1, end) == GODWIT_OK);
    return key;
}

static void seal_one(work_t *w)
{
    godwit_writer_t out = godwit_writer(w->datagram, sizeof w->datagram);
    must(godwit_emsdp_seal_user(w->crypto, &w->device, godwit_slice(reading, w->len), &out) == GODWIT_OK);
    w->datagram_len = out.len;
}

static godwit_status_t open_one(const work_t *w)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    return godwit_emsdp_open(w->crypto, &w->network, godwit_slice(w->datagram, w->datagram_len), godwit_slice(NULL, 0),
                             plain, &opened);
}

static void seal(void *context, unsigned long rounds)
{
    for (unsigned long i = 0; i < rounds; i++) {
        seal_one(context);
    }
}

static void open_good(void *context, unsigned long rounds)
{
    for (unsigned long i = 0; i < rounds; i++) {
        must(open_one(context) == GODWIT_OK);
    }
}

static void open_forged(void *context, unsigned long rounds)
{
    for (unsigned long i = 0; i < rounds; i++) {
        must(open_one(context) == GODWIT_MAC_FAILURE);
    }
}

static work_t new_work(const godwit_crypto_t *crypto, uint8_t suite, size_t len)
{
    work_t w = {.crypto = crypto, .len = len};
    w.device = new_key(suite, GODWIT_FRAMING_DEFAULT, GODWIT_END_DEVICE);
    w.network = new_key(suite, GODWIT_FRAMING_DEFAULT, GODWIT_END_NETWORK);
    return w;
}

static void time_suite(const godwit_crypto_t *crypto, uint8_t suite, size_t len)
{
    char what[80];
    work_t w = new_work(crypto, suite, len);
    const char *name = godwit_suite(suite)->name;
    (void)snprintf(what, sizeof what, "seal %zu octets, %s", len, name);
    bench_row(what, bench_ns_each(seal, &w), "ns", crypto->name);
    w = new_work(crypto, suite, len);
    seal_one(&w);
    (void)snprintf(what, sizeof what, "open %zu octets, %s", len, name);
    bench_row(what, bench_ns_each(open_good, &w), "ns", crypto->name);
    w.datagram[w.datagram_len - 1] ^= 1;
    (void)snprintf(what, sizeof what, "refuse a forgery of %zu octets, %s", len, name);
    bench_row(what, bench_ns_each(open_forged, &w), "ns", crypto->name);
}

static void octets_row(uint8_t suite, godwit_framing_t framing, const char *note)
{
    char what[80];
    uint8_t octets[128];
    godwit_emsdp_key_t device = new_key(suite, framing, GODWIT_END_DEVICE);
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    must(godwit_emsdp_seal_user(&godwit_crypto_builtin, &device, godwit_slice(reading, 20), &w) == GODWIT_OK);
    (void)snprintf(what, sizeof what, "20-octet reading, S=%u E=%u, %s", framing.session_octets, framing.counter_octets,
                   godwit_suite(suite)->name);
    bench_row(what, (double)w.len, "octets", note);
}

int main(void)
{
    static const uint8_t suites[] = {1, 3, 5, 7, 8, 9};
    const godwit_crypto_t *backends[] = {&godwit_crypto_builtin, &godwit_crypto_openssl, godwit_crypto_aesni()};
    bench_table("emsdp-time", "EMSDP, CPU time of one datagram on this machine (S=3 E=1)");
    for (size_t b = 0; b < 3 && backends[b] != NULL; b++) {
        for (size_t i = 0; i < sizeof suites; i++) {
            time_suite(backends[b], suites[i], 20);
        }
        time_suite(backends[b], GODWIT_SUITE_DEFAULT, 32);
    }
    bench_table("emsdp-octets", "EMSDP, octets above UDP for one reading");
    octets_row(1, (godwit_framing_t){3, 1}, "goal: 13 over the reading, at most");
    octets_row(1, (godwit_framing_t){0, 0}, "goal: 9 over the reading");
    octets_row(2, (godwit_framing_t){3, 1}, "16-octet MAC");
    octets_row(7, (godwit_framing_t){3, 1}, "4-octet MAC: below the minimum");
    octets_row(1, (godwit_framing_t){4, 3}, "the longest header");
    return 0;
}
