/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC device with a SIM and a record, the MTC server's role with its store, and the MKEF's rules, in one small
 * world: datagrams are lost when the test says so, and the power goes after any number of requests. It watches that
 * nothing is used, or delivered, twice.
 */
#ifndef GODWIT_TESTS_MTC_WORLD_H
#define GODWIT_TESTS_MTC_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/mtc.h"
#include "tests/support/hse_world.h"
#include "tests/support/mtc_home.h"

#define MTC_SEEN_MAX 4096
#define MTC_QUEUE 8

typedef struct mtc_octets {
    uint8_t at[GODWIT_EMSDP_DATAGRAM_MAX];
    size_t len;
} mtc_octets_t;

typedef struct mtc_world {
    godwit_mtc_config_t config;
    godwit_mtc_t mtc;
    uint8_t nvm[GODWIT_MTC_RECORD_MAX];
    size_t nvm_len;
    int power;       /* requests until it goes; -1: it stays */
    bool dark;       /* it is gone: reboot */
    bool fails_dark; /* and goes where a call fails */
    unsigned sim_runs, stores;
    uint32_t timer_ms; /* 0: none */
    uint64_t randoms;
    bool card_is_out; /* the SIM does not answer */

    mtc_octets_t up[MTC_QUEUE], down[MTC_QUEUE]; /* under way */
    size_t ups, downs;
    bool lose_up, lose_down;
    mtc_octets_t last_up;
    bool last_was_uncertain, last_was_given_up;
    godwit_status_t last_refusal;
    char received[64]; /* the last message down */

    hse_world_t server;
    mtc_home_t home;
    godwit_address_t address;
    unsigned deliveries;
    char delivered[64];

    /* What was used: of user data the session and COUNT with a hash of the octets; of first datagrams the counter of
     * RAND1. */
    uint64_t seen[MTC_SEEN_MAX];
    uint64_t seen_hash[MTC_SEEN_MAX];
    size_t seen_count;
    bool was_delivered[1024]; /* readings are "r0" to "r1023" */
} mtc_world_t;

void mtc_world_init(mtc_world_t *w, godwit_framing_t framing, godwit_mtc_profile_t profile);
/* What is in nvm is all there is. */
void mtc_world_reboot(mtc_world_t *w);
/* Reading "rN". False: the device held another (GODWIT_AGAIN). */
bool mtc_world_send(mtc_world_t *w, unsigned n);
void mtc_world_send_octets(mtc_world_t *w, godwit_slice_t reading);
/* Carries datagrams until nothing is under way. */
void mtc_world_pump(mtc_world_t *w);
void mtc_world_timer(mtc_world_t *w);
void mtc_world_receive(mtc_world_t *w, godwit_slice_t datagram);
/* A message down, from the server's application. */
void mtc_world_submit(mtc_world_t *w, const char *text);
/* The chain of the device is one of the two that the MKEF takes. */
void mtc_world_assert_in_step(const mtc_world_t *w);

#endif
