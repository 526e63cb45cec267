/* SPDX-License-Identifier: Apache-2.0
 *
 * NAF, network application function of GBA (TS 33.220): asks the BSF over Zn for the Ks_NAF of a B-TID, keeps it until
 * it expires, and checks with it who speaks on Ua by HTTP digest (TS 24.109 5): user name B-TID, password
 * base64(Ks_NAF), realm 3GPP-bootstrapping@FQDN (recalled). The doors for PSK-TLS and DTLS ask it for keys. It asks for
 * no NAF_Id but those of its own names, and lets nobody in on a key that is over.
 */
#ifndef GODWIT_ROLES_NAF_H
#define GODWIT_ROLES_NAF_H

#include "roles/role.h"

#define GODWIT_NAF_NAMES_MAX 8
#define GODWIT_NAF_PENDING_MAX 64
#define GODWIT_NAF_KEYS_MAX 65536

typedef struct godwit_naf_config {
    const godwit_crypto_t *crypto;
    char fqdns[GODWIT_NAF_NAMES_MAX][GODWIT_FQDN_MAX + 1]; /* canonical */
    size_t fqdn_count;
    /* Names after the @ of B-TIDs that are asked about; none: any. Keeps invented ones from the BSF. */
    char bsfs[GODWIT_NAF_NAMES_MAX][GODWIT_FQDN_MAX + 1];
    size_t bsf_count;
    uint32_t answer_ms; /* how long the BSF may take; 0: 5000 */
    uint32_t nonce_ms;  /* life of a nonce; 0: 300000 */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
} godwit_naf_config_t;

/* A key of the BSF, in memory only. */
typedef struct godwit_naf_key {
    bool used;
    char b_tid[GODWIT_B_TID_MAX + 1];
    uint16_t naf_id_len;
    uint8_t naf_id[GODWIT_NAF_ID_MAX];
    uint8_t ks_naf[32]; /* secret */
    char impi[GODWIT_IMPI_MAX + 1];
    uint64_t expires_ms, used_ms;
    /* HTTP digest: of the nonce that was used last, and its highest nc: a request comes in once */
    uint64_t nonce_at_ms;
    uint32_t nc;
} godwit_naf_key_t;

/* A question to the BSF, and who waits for its answer. */
typedef struct godwit_naf_pending {
    bool used;
    uint32_t transaction; /* towards the BSF */
    godwit_zn_request_t asked;
    godwit_message_kind_t kind; /* of the request that waits: UA_REQUEST or NAF_KEY_REQUEST */
    godwit_function_t from;
    uint32_t its_transaction;
    uint64_t its_route;
    godwit_ua_request_t ua;
} godwit_naf_pending_t;

typedef struct godwit_naf {
    godwit_naf_config_t config;
    godwit_naf_key_t *keys;
    size_t key_capacity;
    godwit_naf_pending_t pending[GODWIT_NAF_PENDING_MAX];
    uint32_t next_transaction;
    bool has_secret; /* of nonces; drawn at the first request */
    uint8_t secret[32];
    uint64_t now_ms; /* of the last input */
} godwit_naf_t;

/* GODWIT_INVALID_ARGUMENT: no name, one that is not canonical, a table that is empty or too large. */
GODWIT_MUST_USE godwit_status_t godwit_naf_init(godwit_naf_t *naf, const godwit_naf_config_t *config,
                                                godwit_naf_key_t *keys, size_t capacity);
/* Inputs: MESSAGE (UA_REQUEST and NAF_KEY_REQUEST, which are always answered; ZN_ANSWER), TIMER. */
void godwit_naf_step(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out);

#endif
