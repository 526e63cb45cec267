/* SPDX-License-Identifier: Apache-2.0
 *
 * An EAS with an owner, the messages of its EESE and HSE, and the device's end of its keys.
 */
#ifndef GODWIT_TESTS_EAS_WORLD_H
#define GODWIT_TESTS_EAS_WORLD_H

#include "roles/eas.h"
#include "tests/eas/sender.h"
#include "tests/support/owner.h"

#define EAS_NAME "eas.example.net"
#define EAS_EESE "eese.operator.example"
#define EAS_IMSI "001010000000001"

typedef struct eas_world {
    owner_t owner;
    godwit_eas_config_t config;
    godwit_eas_t role;
    uint64_t number; /* of the HSE's next datagram */
} eas_world_t;

/* Registered, with push, durable. */
void eas_world_init(eas_world_t *w);
/* The process ends and begins again: the store stays. */
void eas_world_restart(eas_world_t *w);
void eas_world_register(eas_world_t *w);

/* The EESE pushes; gives what it was answered. */
godwit_status_t eas_world_push(eas_world_t *w, const godwit_eas_grant_t *grant);
godwit_message_t eas_world_push_message(const eas_world_t *w, const godwit_eas_grant_t *grant);
/* The EESE answers the last pull. */
void eas_world_pulled(eas_world_t *w, godwit_status_t status, const godwit_eas_grant_t *grant);

/* The HSE forwards; with the number of before when again is set. Gives what it was answered, GODWIT_AGAIN when it was
 * not. */
godwit_status_t eas_world_up(eas_world_t *w, godwit_slice_t datagram, bool again);
godwit_message_t eas_world_up_message(const eas_world_t *w, godwit_slice_t datagram);
void eas_world_submit(eas_world_t *w, const char *text);
/* The HSE answers the last datagram down. */
void eas_world_down_answer(eas_world_t *w, godwit_status_t status);
/* The last message of that kind that left; NULL: none did. */
const godwit_message_t *eas_world_sent(const eas_world_t *w, godwit_message_kind_t kind);
/* Gives the timers that were asked for by the last input and are of datagrams down. */
void eas_world_run_down_timer(eas_world_t *w);

#endif
