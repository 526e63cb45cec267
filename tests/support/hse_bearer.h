/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE of Solution 1 in its world: the test as gateway, as owner of the key sets and as a device behind a tunnel.
 */
#ifndef GODWIT_TESTS_HSE_BEARER_H
#define GODWIT_TESTS_HSE_BEARER_H

#include "core/wire/e2m_container.h"
#include "tests/support/hse_world.h"

#define HSE_BEARERS 8
#define HSE_PUSHES 4
#define HSE_IDLE_MS 30000
#define HSE_GATEWAY "pgw.example"
#define HSE_HSS "hss.example"

typedef struct hse_bearer_world {
    hse_world_t w;
    godwit_hse_gateway_t gateway;
    godwit_hse_bearer_t bearers[HSE_BEARERS];
    godwit_hse_push_t pushes[HSE_PUSHES];
    uint32_t transactions;
} hse_bearer_world_t;

/* Agreements 01 to 03, keys from the EMKS, one gateway at 10.0.0.9, S = 0 and E = 1. */
void hse_bearer_world_init(hse_bearer_world_t *b);
void hse_bearer_world_restart(hse_bearer_world_t *b);

/* ---- the device: d->request is the container, d->from its tunnel ---- */
hse_device_t hse_bearer_device(const char *imsi, uint32_t teid);
void hse_make_container(hse_device_t *d, uint32_t above_generation);
/* Takes the Start of the last BEARER_ANSWER, and has its key. */
void hse_bearer_take_start(hse_bearer_world_t *b, hse_device_t *d);
/* d->sent in a G-PDU of the gateway. */
void hse_bearer_give(hse_bearer_world_t *b, hse_device_t *d);
void hse_bearer_reading(hse_bearer_world_t *b, hse_device_t *d, const char *reading);
/* What the HSE sent (nth), as a T-PDU; fails unless it is a G-PDU to that device's gateway and TEID. */
godwit_slice_t hse_bearer_sent(const hse_bearer_world_t *b, const hse_device_t *d, size_t nth);

/* ---- the gateway ---- */
godwit_message_t hse_bearer_message(hse_bearer_world_t *b, const hse_device_t *d);
void hse_give_bearer(hse_bearer_world_t *b, const hse_device_t *d);
const godwit_bearer_answer_t *hse_bearer_answer(const hse_bearer_world_t *b);
/* The Reject in the last answer says so, and echoes the container. */
void hse_assert_rejected(const hse_bearer_world_t *b, const hse_device_t *d, godwit_status_t reason);

/* ---- the owner of the key sets ---- */
godwit_message_t hse_pull_answer(hse_bearer_world_t *b, const godwit_message_t *request, uint32_t generation);
/* Answers the KEY_REQUEST just sent with the next generation. */
void hse_answer_pull(hse_bearer_world_t *b);
/* BEARER, pull and Start. */
void hse_bearer_set_up(hse_bearer_world_t *b, hse_device_t *d);
/* Time passes until the bearer is flushed; what was parked. */
godwit_parked_t hse_bearer_flush(hse_bearer_world_t *b);
godwit_message_t hse_push_message(hse_bearer_world_t *b, const hse_device_t *d, uint64_t key_set, uint32_t generation);

#endif
