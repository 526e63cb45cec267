/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom a MTC-IWF talks to, in one: a source with many triggers, some of which it recalls or replaces, the HSS, a
 * serving node, and behind it devices (the library itself) with their applications. They survive when the MTC-IWF
 * dies, and know what may have been lost, done twice or reported wrongly.
 */
#ifndef GODWIT_TESTS_TRIGGER_PEER_H
#define GODWIT_TESTS_TRIGGER_PEER_H

#include "godwit/trigger.h"
#include "roles/message.h"

#define PEER_SCS "scs.water.test"
#define PEER_IWF "iwf.home.test"

/* What is known of one reference: a trigger from 1, and `triggers` further on the recall or the replacement of it. */
typedef struct peer_trigger {
    uint16_t reports;  /* delivery reports */
    uint8_t outcome;   /* of the first */
    uint8_t acted;     /* by the application at the device */
    uint8_t asked : 1; /* and not answered yet, in this life of the MTC-IWF */
    uint8_t accepted : 1;
    uint8_t refused : 1; /* a recall or a replacement, as it came too late */
    uint8_t done : 1;    /* it has come to an end, and its source knows */
} peer_trigger_t;

typedef struct peer_device {
    godwit_trigger_t library; /* the device itself */
    uint32_t association;     /* number of the last key that the HSS has made for it */
    uint32_t waits;           /* triggers that are accepted and not done */
    bool told;                /* that it is there, in this life of the MTC-IWF */
    bool away;                /* it went away once, with a trigger on its way or just taken */
    bool silent;              /* just now: what it says nobody hears */
} peer_device_t;

typedef struct peer_config {
    uint32_t triggers, devices; /* how many: trigger n, from 1, is for device n modulo devices */
    uint32_t window;            /* requests under way, devices worked on */
    bool associations;          /* case 2, with K_iwf of the HSS; else case 1 */
    bool second_thoughts;       /* of its first four triggers each device has two recalled and two replaced */
} peer_config_t;

typedef struct peer {
    peer_config_t config;
    bool reachable;
    peer_trigger_t *trigger; /* [0] is nobody */
    peer_device_t *device;
    uint32_t accepted, done, told, asked, next;
    uint32_t early, late; /* recalls and replacements that were answered, before and after devices could be reached */
    uint32_t acted, reported, again; /* again: a report that came once more */
    uint32_t recalled, too_late;     /* recalls that the device has taken, and those that came after their trigger */
    const char *wrong;               /* what must not be, and of which trigger; NULL: nothing */
    uint32_t wrong_of;
    void (*send)(void *context, const godwit_message_t *message); /* to the MTC-IWF */
    void *context;
} peer_t;

void peer_init(peer_t *p, const peer_config_t *config);
void peer_free(peer_t *p);
/* What the MTC-IWF sends. */
void peer_take(peer_t *p, const godwit_message_t *message);
/* As many requests as may be under way; once devices can be reached, the node tells of those that have triggers waiting. */
void peer_go_on(peer_t *p);
/* The MTC-IWF has died: what was under way is asked again. */
void peer_forget(peer_t *p);
/* All triggers, and what is asked while nobody can be reached. */
bool peer_all_accepted(const peer_t *p);
/* So many pend then, and so many records there are. */
uint32_t peer_pending(const peer_t *p);
uint32_t peer_records(const peer_t *p);
bool peer_all_done(const peer_t *p);

#endif
