/* SPDX-License-Identifier: Apache-2.0
 *
 * What device, network and enterprise share of end-to-end protection (Solution 5, TS 33.163 4.1; docs/e2e.md): the
 * services, and the terms that go with a key.
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

/* Everything about a K_e2e but the key. Timer and count begin when it is agreed, at the device and at the EESE
 * alike. */
typedef struct godwit_e2e_terms {
    godwit_service_t service;
    uint8_t suite;
    uint8_t key_id;    /* 1 to 7, of the user plane of that session */
    uint32_t age;      /* from 1; 0: there is none */
    uint32_t life_s;   /* 0: no end by time */
    uint32_t messages; /* user-plane datagrams, both ways together; 0: no end by count */
} godwit_e2e_terms_t;

/* Which way to the device: the session whose user plane ends in the EAS. */
typedef struct godwit_e2e_path {
    godwit_imsi_t imsi;
    char hse[GODWIT_FQDN_MAX + 1]; /* Origin-Host of the HSE, which is also its endpoint name */
    uint32_t session_id;
    uint8_t session_octets, counter_octets; /* framing of the HSE's address: the MAC covers it */
} godwit_e2e_path_t;

/* Octets that one device takes at its EAS (godwit/eas.h). */
#define GODWIT_EAS_RECORD_MAX 768

/* The name of an exported key (docs/keys.md) as the identity of a PSK of TLS and DTLS: "godwit.", the Session ID in
 * hexadecimal, the age and the number of the export. It is no secret. */
#define GODWIT_PSK_NAME_MAX 38
typedef struct godwit_psk_name {
    uint32_t session_id; /* as it travels: 0 where S is 0 */
    uint32_t age;
    uint32_t number; /* from 1 */
} godwit_psk_name_t;
void godwit_psk_name_put(const godwit_psk_name_t *name, godwit_writer_t *identity);
/* GODWIT_MALFORMED for whatever is not exactly such a name. */
GODWIT_MUST_USE godwit_status_t godwit_psk_name_parse(godwit_slice_t identity, godwit_psk_name_t *name);

#endif
