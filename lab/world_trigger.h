/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering in a world's configuration. A part of lab/world.h.
 */
#ifndef GODWIT_LAB_WORLD_TRIGGER_H
#define GODWIT_LAB_WORLD_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/wire/payload_trigger.h"

/* Contribution 002: devices take triggers, and nothing else. */
typedef struct godwit_world_triggering {
    bool on;
    bool hop_by_hop;                /* case 1: B, D and A2 each secured, no association */
    unsigned key_from;              /* godwit_iwf_key_from_t, of case 2; 0: the HSS */
    godwit_iwf_root_t root;         /* of the MTC-IWF's own derivation; EAP: devices are on WiFi alone */
    bool ue_key_received, embedded; /* embedded: the association within the NAS security mode procedure */
    bool by_sms;   /* T4: the MTC-IWF uses no T5 towards devices, nor devices NAS messages of their own */
    bool at_home;  /* devices are in the home's own network */
    bool no_clock; /* devices have none */
    bool lazy;     /* an association is made when a trigger waits for one */
    uint8_t device_quota, source_quota, device_per_minute; /* of the MTC-IWF; 0: its own */
    uint8_t suite_first; /* of those that the MTC-IWF offers, 1 or 3; 0: its own order */
    uint8_t suite_alone; /* that devices allow; 0: their own */
    bool open_b, open_d; /* nothing protects B1 and B2, D: names there are claims */
    bool proofless;      /* applications also act on what carries no proof of its source */
    bool rogue;          /* whoever taps D is the visited node itself */
    bool tried;          /* somebody is let try: what applications do wrong is counted, and is no violation */
} godwit_world_triggering_t;

#endif
