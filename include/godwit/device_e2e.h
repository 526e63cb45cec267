/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end at the device (Solution 5, TS 33.163 4.1; docs/device.md): what godwit_device_config_t.e2e shows. The user
 * plane of every session is then between this device and the EAS of config.enterprise, under K_e2e, or it is not at
 * all: a network that gives no such key is refused.
 * A device without it pays nothing: memory is the owner's, and stays untouched until godwit_device_init.
 */
#ifndef GODWIT_DEVICE_E2E_H
#define GODWIT_DEVICE_E2E_H

#include "godwit/emsdp.h"

/* Octets of non-volatile memory that the record of its own takes (requests GODWIT_DEVICE_STORE_E2E,
 * godwit_device_restore_e2e). */
#define GODWIT_DEVICE_E2E_RECORD_MAX 352
#define GODWIT_DEVICE_E2E_OVERLAP_DEFAULT_S 3600u

/* What the owner chooses. */
typedef struct godwit_device_e2e_config {
    godwit_service_t service; /* exactly this one is taken */
    uint16_t suites;          /* bit i-1 = suite i, of the user plane: its own floor; 0: 01, for integrity 06 */
    uint32_t overlap_s;       /* how long the key before is kept for what still comes down under it; 0: 3600 */
} godwit_device_e2e_config_t;

/* One K_e2e, with its user plane and what has become of its terms. */
typedef struct godwit_device_e2e_key {
    godwit_emsdp_key_t plane; /* its generation is the age */
    uint8_t k_e2e[32];        /* for exports */
    uint32_t life_s, messages;
    uint32_t elapsed_s; /* of its life; of a former key: since it was replaced */
    uint32_t exports;   /* the last number of an exported key */
} godwit_device_e2e_key_t;

/* Ages are of a key set, and rise: the last that was taken of the two key sets seen last. A key set is named by the
 * first octets of its digest. */
typedef struct godwit_device_e2e_floor {
    uint8_t name[8];
    uint32_t age; /* 0: nothing is known */
} godwit_device_e2e_floor_t;

/* The owner fills in `config`, and nothing else; it must live as long as the device. */
typedef struct godwit_device_e2e {
    godwit_device_e2e_config_t config;
    godwit_device_e2e_key_t current; /* what is sent goes under it, from the moment that it was taken */
    /* what still comes down under it is taken, until `current` was heard or the overlap is over */
    godwit_device_e2e_key_t former;
    godwit_device_e2e_floor_t floor[2];
    uint32_t unsaved_s;              /* of `current`, since the record was written */
    uint32_t heard;                  /* COUNT of `current` that was next when the EAS was heard last */
    uint8_t asking;                  /* a Service Request in Manage Keys: 1 sent, 2 acknowledged and not yet granted */
    bool lost;                       /* the EAS has no use for `current` any more */
    uint8_t echo[GODWIT_EMSDP_ECHO]; /* of the last user-plane datagram */
    bool echo_set;
    bool unstored; /* the record is behind what stands here: STORE_E2E goes before anything else */
    uint8_t record[GODWIT_DEVICE_E2E_RECORD_MAX];
} godwit_device_e2e_t;

#endif
