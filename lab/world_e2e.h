/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end in a world (contribution 004, Solution 5): what its configuration says of it. A part of lab/world.h.
 */
#ifndef GODWIT_LAB_WORLD_E2E_H
#define GODWIT_LAB_WORLD_E2E_H

#include "godwit/e2e.h"

/* Devices ask for a service with the EAS; whatever gives them keys is as without it. */
typedef struct godwit_world_e2e {
    bool on;
    godwit_service_t service;
    uint32_t life_s, messages; /* of a key, as the enterprise wants it; 0: the operator's longest */
    uint32_t overlap_s;        /* 0: an hour */
    uint32_t aka_every;        /* ages of one key set, then a new AKA run; 0: never */
    bool pull;                 /* the EAS asks for keys, and none is pushed */
    bool no_clock;             /* of devices: what passes without power is not known to them */
    bool tried;                /* somebody is let try: what comes of it is counted by who looks at it */
} godwit_world_e2e_t;

#endif
