/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be shown of a record: to logs, to the control socket, to the CLI. These types have no member that can hold a
 * key, so that none can slip out.
 */
#ifndef GODWIT_ROLES_VIEW_H
#define GODWIT_ROLES_VIEW_H

#include "roles/record.h"

typedef struct godwit_subscriber_view {
    godwit_imsi_t imsi;
    const char *algorithm; /* its name; NULL for one that does not exist */
    uint8_t k_octets;
    uint8_t amf[2];
    uint32_t features;
    uint8_t ind_bits;
    bool sqn_by_time;
    uint64_t seq_he; /* profile "counter" */
    int64_t dif;     /* profile "time" */
} godwit_subscriber_view_t;

typedef struct godwit_key_set_view {
    godwit_imsi_t imsi;
    const char *agreement;
    uint64_t vector_number;
    uint32_t generation;
    bool confirmed;
    uint64_t created_ms;
} godwit_key_set_view_t;

/* One direction pair of one plane: what was received and what was sent. */
typedef struct godwit_count_view {
    uint32_t received; /* highest COUNT accepted + 1 */
    uint32_t sent;     /* next COUNT to be sent */
} godwit_count_view_t;

typedef struct godwit_session_view {
    uint32_t session_id;
    godwit_imsi_t imsi;
    const char *agreement;
    const char *state;
    const char *suite;           /* of the current key; NULL when there is none */
    uint8_t key_id, next_key_id; /* 0: none */
    uint32_t generation, generations;
    godwit_count_view_t user, control; /* under the current key */
    uint32_t datagrams;
    uint64_t created_ms, keyed_ms;
    bool has_address;
    uint8_t address_len;
    uint8_t address[20];
    char enterprise[GODWIT_FQDN_MAX + 1];
    const char *service;    /* end to end; NULL: it is not, or its service is over */
    uint32_t age, next_age; /* that the device has; that it is to take. 0: none */
} godwit_session_view_t;

godwit_subscriber_view_t godwit_subscriber_view(const godwit_subscriber_record_t *record);
godwit_key_set_view_t godwit_key_set_view(const godwit_key_set_record_t *record);
godwit_session_view_t godwit_session_view(const godwit_session_record_t *record);

#endif
