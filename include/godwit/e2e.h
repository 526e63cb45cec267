/* SPDX-License-Identifier: Apache-2.0
 *
 * What device, network and enterprise share of end-to-end protection (Solution 5, TS 33.163 4.1; docs/e2e.md): the services, and the terms that go with
 * a key.
 */
#ifndef GODWIT_E2E_H
#define GODWIT_E2E_H

#include "godwit/keys.h"

/* The services of TS 33.163 4.1, in its order; the numbers are ours. */
typedef enum godwit_service {
    GODWIT_SERVICE_NONE = 0,
    GODWIT_SERVICE_KEY_AGREEMENT = 1, /* no user plane in EMSDP: K_e2e is exported */
    GODWIT_SERVICE_INTEGRITY = 2,
    GODWIT_SERVICE_CONFIDENTIALITY = 3,
} godwit_service_t;
#define GODWIT_SERVICES 3

/* "key-agreement", "integrity", "confidentiality"; NULL for another. */
const char *godwit_service_name(godwit_service_t service);
GODWIT_MUST_USE godwit_status_t godwit_service_from_name(const char *name, godwit_service_t *service);

/* Everything about a K_e2e but the key. Timer and count begin when it is agreed, at the device and at the EESE alike. */
typedef struct godwit_e2e_terms {
    godwit_service_t service;
    uint8_t suite;
    uint8_t key_id;    /* 1 to 7, of the user plane of that session */
    uint32_t age;      /* from 1; 0: there is none */
    uint32_t life_s;   /* 0: no end by time */
    uint32_t messages; /* user-plane datagrams, both ways together; 0: no end by count */
} godwit_e2e_terms_t;

#endif
