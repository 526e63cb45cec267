/* SPDX-License-Identifier: Apache-2.0
 *
 * Octets on the air, above UDP: setting a session up with a 20-byte reading delivered by then, and each later reading;
 * and the CPU time of protecting and opening one. Godwit beside DTLS in the same run. The conversation is that of the
 * known answers.
 */
#include "adapters/crypto/aesni.h"
#include "adapters/crypto/openssl.h"
#include "bench/bench.h"
#include "bench/peer_dtls.h"
#include "godwit/emsdp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READING 20

static const uint8_t reading[READING] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
static const uint8_t k_session[32] = {7};

/* The three datagrams of a set-up as they go over the air. */
typedef struct air_setup {
    uint8_t octets[3][GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_slice_t datagram[3];
} air_setup_t;

static void must(bool done, const char *what)
{
    if (!done) {
        fprintf(stderr, "bench_air: %s failed\n", what);
        exit(1);
    }
}

static godwit_emsdp_key_t new_key(godwit_framing_t framing, godwit_end_t end)
{
    godwit_emsdp_key_t key;
    must(godwit_emsdp_key_init(&godwit_crypto_builtin, &key, k_session, GODWIT_SUITE_DEFAULT, 1, framing,
                               framing.session_octets > 0 ? 1 : 0, 1, end) == GODWIT_OK,
         "key");
    return key;
}

static void build_request(air_setup_t *setup, godwit_framing_t framing)
{
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST, .agreements = 4, .suites = 15};
    godwit_writer_t w = godwit_writer(setup->octets[0], sizeof setup->octets[0]);
    m.present = 1u << GODWIT_TLV_IMSI | 1u << GODWIT_TLV_UE_CONFIGURATION | 1u << GODWIT_TLV_ENTERPRISE |
                1u << GODWIT_TLV_SERVING_NETWORK;
    must(godwit_imsi_from_text("001010123456789", &m.imsi) == GODWIT_OK &&
             godwit_plmn_from_text("001-01", &m.serving_network) == GODWIT_OK,
         "identity");
    must(godwit_emsdp_unkeyed_build(framing, 0, 0, &m, &w) == GODWIT_OK, "Session Request");
    setup->datagram[0] = godwit_written(&w);
}

/* Datagram number i, under the key, bound to the i before it. */
static void build_keyed(air_setup_t *setup, size_t i, godwit_emsdp_key_t *key, const godwit_emsdp_control_t *m)
{
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_writer_t w = godwit_writer(setup->octets[i], sizeof setup->octets[i]);
    must(godwit_emsdp_transcript(&godwit_crypto_builtin, setup->datagram, i, transcript) == GODWIT_OK &&
             godwit_emsdp_seal_control(&godwit_crypto_builtin, key, m, godwit_slice(transcript, sizeof transcript),
                                       &w) == GODWIT_OK,
         "a control datagram");
    setup->datagram[i] = godwit_written(&w);
}

static size_t build_setup(air_setup_t *setup, godwit_framing_t framing)
{
    godwit_emsdp_key_t network = new_key(framing, GODWIT_END_NETWORK), device = new_key(framing, GODWIT_END_DEVICE);
    godwit_emsdp_control_t start = {.command = GODWIT_SESSION_START, .agreement = 3, .suite = GODWIT_SUITE_DEFAULT};
    godwit_emsdp_control_t confirmation = {.command = GODWIT_SESSION_START_CONFIRMATION};
    start.framing = framing;
    start.generation = 1;
    start.present = 1u << GODWIT_TLV_RAND | 1u << GODWIT_TLV_AUTN | 1u << GODWIT_TLV_HSE_CONFIGURATION;
    confirmation.present = 1u << GODWIT_TLV_DATA;
    confirmation.data = godwit_slice(reading, READING);
    build_request(setup, framing);
    build_keyed(setup, 1, &network, &start);
    build_keyed(setup, 2, &device, &confirmation);
    return setup->datagram[0].len + setup->datagram[1].len + setup->datagram[2].len;
}

static size_t overhead(godwit_framing_t framing)
{
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_key_t device = new_key(framing, GODWIT_END_DEVICE);
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    must(godwit_emsdp_seal_user(&godwit_crypto_builtin, &device, godwit_slice(reading, READING), &w) == GODWIT_OK,
         "a reading");
    return godwit_written(&w).len - READING;
}

/* Both ends of one session, on one backend. */
typedef struct air_ends {
    const godwit_crypto_t *crypto;
    godwit_emsdp_key_t device, network;
} air_ends_t;

static void seal_and_open(void *context, unsigned long rounds)
{
    air_ends_t *ends = context;
    uint8_t octets[64], plain[64];
    for (unsigned long i = 0; i < rounds; i++) {
        godwit_emsdp_opened_t opened;
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        must(godwit_emsdp_seal_user(ends->crypto, &ends->device, godwit_slice(reading, READING), &w) == GODWIT_OK,
             "sealing");
        must(godwit_emsdp_open(ends->crypto, &ends->network, godwit_written(&w), godwit_slice(NULL, 0), plain,
                               &opened) == GODWIT_OK,
             "opening");
        godwit_emsdp_accept(&ends->network, &opened);
    }
}

static void time_row(const godwit_crypto_t *crypto, const char *note)
{
    air_ends_t ends = {crypto, new_key(GODWIT_FRAMING_DEFAULT, GODWIT_END_DEVICE),
                       new_key(GODWIT_FRAMING_DEFAULT, GODWIT_END_NETWORK)};
    bench_row("protect and open one reading", bench_ns_each(seal_and_open, &ends), "ns", note);
}

static void dtls_send(void *context, unsigned long rounds)
{
    for (unsigned long i = 0; i < rounds; i++) {
        must(peer_dtls_send(context, reading, READING), "DTLS");
    }
}

static void godwit_rows(void)
{
    godwit_framing_t framing = GODWIT_FRAMING_DEFAULT;
    air_setup_t setup;
    size_t total = build_setup(&setup, framing);
    bench_row("set-up with a 20-byte reading delivered", (double)total, "octets", "Godwit, S=3 E=1; goal: at most 140");
    bench_row("  Session Request", (double)setup.datagram[0].len, "octets", "");
    bench_row("  Session Start", (double)setup.datagram[1].len, "octets", "");
    bench_row("  Session Start Confirmation with the reading", (double)setup.datagram[2].len, "octets", "");
    bench_row("datagrams of that", 3, "datagrams", "Godwit; goal: 3");
    bench_row("overhead of each later reading", (double)overhead(framing), "octets", "Godwit, S=3 E=1; goal: 13");
    bench_row("overhead, session named by its bearer", (double)overhead((godwit_framing_t){0, 0}), "octets",
              "Godwit, S=0 E=0; goal: 9");
    time_row(&godwit_crypto_builtin, "Godwit, built-in crypto");
    time_row(&godwit_crypto_openssl, "Godwit on OpenSSL");
    if (godwit_crypto_aesni() != NULL) {
        time_row(godwit_crypto_aesni(), "Godwit on AES-NI: what godwitd uses");
    } else {
        bench_absent("Godwit on AES-NI", "this processor has no AES instructions");
    }
}

static void dtls_rows(void)
{
    peer_dtls_t *peer = peer_dtls_new();
    if (peer == NULL || !peer_dtls_handshake(peer)) {
        bench_absent("DTLS 1.2 PSK CCM-8", "this OpenSSL has no PSK-AES128-CCM8");
        peer_dtls_free(peer);
        return;
    }
    must(peer_dtls_send(peer, reading, READING), "DTLS");
    peer_dtls_traffic_t setup = peer_dtls_traffic(peer);
    must(peer_dtls_send(peer, reading, READING), "DTLS");
    peer_dtls_traffic_t later = peer_dtls_traffic(peer);
    bench_row("set-up with a 20-byte reading delivered", (double)setup.octets, "octets",
              "OpenSSL DTLS 1.2 PSK CCM-8, key provisioned, no cookie");
    bench_row("datagrams of that", (double)setup.datagrams, "datagrams", "OpenSSL DTLS");
    bench_row("overhead of each later reading", (double)(later.octets - READING), "octets", "OpenSSL DTLS");
    bench_row("protect and open one reading", bench_ns_each(dtls_send, peer), "ns", "OpenSSL DTLS");
    peer_dtls_free(peer);
}

int main(void)
{
    bench_table("air", "On the air: octets above UDP, and the CPU time of both ends");
    godwit_rows();
    dtls_rows();
    return 0;
}
