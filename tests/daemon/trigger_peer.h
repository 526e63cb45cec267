/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom a MTC-IWF talks to, in one: a source with many triggers, the HSS, a serving node, and devices behind it that
 * remember what they have acted on. They survive when the MTC-IWF dies, and know what may have been lost or done twice.
 */
#ifndef GODWIT_TESTS_TRIGGER_PEER_H
#define GODWIT_TESTS_TRIGGER_PEER_H

#include "roles/message.h"

#define PEER_SCS "scs.water.test"
#define PEER_IWF "iwf.home.test"

/* What is known of one trigger. */
typedef struct peer_trigger {
    uint32_t number;   /* by what the device knows it; 0: it has not come */
    uint16_t reports;  /* delivery reports */
    uint8_t asked : 1; /* and not answered yet, in this life of the MTC-IWF */
    uint8_t accepted : 1;
} peer_trigger_t;

typedef struct peer_device {
    uint32_t waits; /* accepted, not delivered */
    bool told;      /* that it is there, in this life of the MTC-IWF */
} peer_device_t;

typedef struct peer {
    uint32_t triggers, devices; /* how many: trigger n, from 1, is for device n modulo devices */
    uint32_t window;            /* requests under way, devices worked on */
    bool reachable;
    peer_trigger_t *trigger; /* [0] is nobody */
    peer_device_t *device;
    uint32_t *number_of; /* which triggers are known by which number: a table of `numbers` places, 0: free */
    uint32_t numbers;
    uint32_t accepted, delivered, reported, repeated, asked, next, next_device, told;
    const char *wrong; /* what must not be, and of which trigger; NULL: nothing */
    uint32_t wrong_of;
    void (*send)(void *context, const godwit_message_t *message); /* to the MTC-IWF */
    void *context;
} peer_t;

void peer_init(peer_t *p, uint32_t triggers, uint32_t devices, uint32_t window);
void peer_free(peer_t *p);
/* What the MTC-IWF sends. */
void peer_take(peer_t *p, const godwit_message_t *message);
/* As many requests as may be under way; once devices can be reached, the node tells of those that have triggers
 * waiting. */
void peer_go_on(peer_t *p);
/* The MTC-IWF has died: what was under way is asked again. */
void peer_forget(peer_t *p);
bool peer_all_accepted(const peer_t *p);
bool peer_all_done(const peer_t *p); /* delivered and reported */

#endif
