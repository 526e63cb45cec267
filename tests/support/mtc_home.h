/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND for tests: a SIM, the MKEF as one function with the rules of core/agree/device_rand, and a first datagram
 * made by hand.
 */
#ifndef GODWIT_TESTS_MTC_HOME_H
#define GODWIT_TESTS_MTC_HOME_H

#include "core/agree/device_rand/device_rand.h"
#include "godwit/aka.h"
#include "roles/message.h"

#define MTC_SERVER "hse.example"
#define MTC_IMSI "001010123456789"
#define MTC_TEMPORARY_FIRST 0xA0u /* temporary identities are eight of these, then of the next */

/* MILENAGE test set 1 as a SIM in the GSM context. */
void mtc_sim(const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8]);
/* Kc_a || Kc_b || SRES_a || SRES_b of RAND1. */
void mtc_kc_sres(const godwit_imsi_t *imsi, const uint8_t rand1[16], uint8_t kc_sres[24]);

/* What the MKEF keeps of one subscriber and one server. */
typedef struct mtc_home {
    godwit_imsi_t imsi;
    godwit_mtc_profile_t profile;
    godwit_mtc_chain_t chain;
    uint64_t counter;
    uint8_t temporary; /* the last that was given; 0: none */
} mtc_home_t;

void mtc_home_init(mtc_home_t *home);
/* The answer to that request, with its transaction; nothing moves unless it is GODWIT_OK. */
godwit_message_t mtc_home_answer(mtc_home_t *home, const godwit_message_t *request);

/* A device by hand: the key of its session, its chain, and its last first datagram. */
typedef struct mtc_hand {
    godwit_imsi_t imsi;
    godwit_framing_t framing;
    uint8_t chain[32], next_chain[32];
    uint8_t temporary[GODWIT_MTC_IDENTITY];
    bool hides; /* behind the temporary identity */
    uint8_t rand1[16];
    godwit_emsdp_key_t key;
    uint8_t first[512];
    size_t first_len;
} mtc_hand_t;

void mtc_hand_init(mtc_hand_t *hand, godwit_framing_t framing);
/* first, with RAND1 of that counter; reading may be NULL. */
void mtc_hand_first(mtc_hand_t *hand, uint64_t counter, const char *reading);
/* Takes Start: MAC, agreement; key and chain go on. Fails the test when it is none. */
void mtc_hand_start(mtc_hand_t *hand, godwit_slice_t start);

#endif
