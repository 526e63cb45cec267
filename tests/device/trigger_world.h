/* SPDX-License-Identifier: Apache-2.0
 *
 * A device with triggers, its record, its application, and an MTC-IWF made of core functions alone. The power goes
 * after so many requests, where a test says so; it watches that no COUNT goes up twice with other octets, and that no
 * STORE comes after what must wait for it.
 */
#ifndef GODWIT_TESTS_DEVICE_TRIGGER_WORLD_H
#define GODWIT_TESTS_DEVICE_TRIGGER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/trigger.h"
#include "tests/kat/kat.h"

#define CRYPTO (&godwit_crypto_builtin)
#define TIME 1800000000u
#define PORT 4096
#define NAS GODWIT_TRIGGER_VIA_NAS
#define A3 GODWIT_TRIGGER_VIA_A3
#define REFERENCES 256
#define SEEN_MAX 1024

typedef struct tw_octets {
    uint8_t at[GODWIT_TRIGGER_CONTAINER_MAX];
    size_t len;
} tw_octets_t;

static inline godwit_slice_t tw_slice(const tw_octets_t *o)
{
    return godwit_slice(o->at, o->len);
}

typedef struct tw_seen {
    uint32_t association, count;
    uint8_t digest[8];
} tw_seen_t;

typedef struct tw {
    godwit_trigger_config_t config;
    godwit_trigger_t t;
    godwit_trigger_requests_t requests;
    godwit_trigger_now_t now;
    uint8_t nvm[GODWIT_TRIGGER_RECORD];
    size_t nvm_len;
    int power; /* requests until it goes; -1: it stays */
    bool dark; /* it is gone: tw_reboot */
    unsigned stores;
    /* The application: how often it acted on each reference, and how often a delivery was marked as a repetition. */
    unsigned acted[REFERENCES], repeated[REFERENCES];
    bool confirms; /* it calls done at once */
    /* What went up, in this call; and all that ever went. */
    tw_octets_t sent[4];
    unsigned sends;
    bool has_cookie; /* the last that went up, with this in front */
    uint8_t cookie[GODWIT_A3_COOKIE];
    tw_seen_t seen[SEEN_MAX];
    unsigned seen_len;
    /* The MTC-IWF. */
    uint8_t root[32], rand[16];
    uint32_t number; /* of its association */
    uint8_t suite;
    uint8_t k_iwf[32];
    uint32_t next_down;
    tw_octets_t command;
} tw_t;

/* CK, IK and RAND of the vectors; the device has no root yet. */
void tw_init(tw_t *w);
void tw_reboot(tw_t *w);
void tw_root(tw_t *w);
/* Carries out the requests of the last call: STOREs, the application, what goes up. */
void tw_carry_out(tw_t *w);
void tw_receive(tw_t *w, godwit_slice_t octets, godwit_trigger_via_t via);
const godwit_trigger_request_t *tw_event(const tw_t *w, const char *name);
void tw_expect_refused(const tw_t *w, godwit_status_t reason);

/* Command of that number, of root FLAGGED under k_iwf of w->root; in w->command. */
void tw_make_command(tw_t *w, uint32_t number, uint32_t time_s);
/* The whole of set-up, Complete checked; the MTC-IWF uses it from then on. */
void tw_associate(tw_t *w, uint32_t number);
/* A Complete that went up: GODWIT_OK and the MTC-IWF switches over. */
godwit_status_t tw_complete(tw_t *w, godwit_slice_t octets);

godwit_a3_message_t tw_trigger(uint32_t reference, uint32_t time_s, uint32_t validity_s);
godwit_a3_message_t tw_recall(uint32_t reference, uint32_t old, uint32_t time_s);
/* Under the MTC-IWF's association, with its next COUNT. */
tw_octets_t tw_protect(tw_t *w, const godwit_a3_message_t *m);
tw_octets_t tw_unprotected(const godwit_a3_message_t *m);
/* What it answers to that message over A3: say it again with this cookie. */
tw_octets_t tw_cookie_for(const tw_octets_t *said, uint8_t cookie);
/* Protects and receives. */
void tw_down(tw_t *w, const godwit_a3_message_t *m);
/* What went up last, opened under the MTC-IWF's association. */
godwit_a3_message_t tw_up(const tw_t *w, unsigned index);
void tw_expect_acknowledged(const tw_t *w, uint32_t reference, godwit_a3_outcome_t outcome);

#endif
