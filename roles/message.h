/* SPDX-License-Identifier: Apache-2.0
 *
 * What network functions say to each other, as typed messages marked with their reference point. Inside one process they are handed
 * over as they are; between processes an adapter puts them on the wire (core/wire has the one encoder of each protocol).
 * Requests and answers are paired by `transaction`, chosen by the requester; adapters keep the pairing over the wire.
 */
#ifndef GODWIT_ROLES_MESSAGE_H
#define GODWIT_ROLES_MESSAGE_H

#include "core/wire/payload.h"

#define GODWIT_NODE_NAME_MAX 128

typedef enum godwit_function {
    GODWIT_FUNCTION_NONE = 0,
    GODWIT_FUNCTION_HSE,
    GODWIT_FUNCTION_EMKS,
    GODWIT_FUNCTION_HSS,
} godwit_function_t;

typedef enum godwit_message_kind {
    GODWIT_AUTH_INFO_REQUEST = 1, /* S6a AIR (TS 29.272 5.2.3), GSUP SendAuthInfo */
    GODWIT_AUTH_INFO_ANSWER,
    GODWIT_KEY_REQUEST, /* HSE to EMKS, our own application "Ek" (docs/diameter.md) */
    GODWIT_KEY_ANSWER,
    GODWIT_KEY_CONFIRM, /* HSE to EMKS: a datagram verified under that generation; no vector is outstanding any more */
    GODWIT_KEY_CONFIRM_ANSWER,
} godwit_message_kind_t;

typedef struct godwit_message {
    godwit_message_kind_t kind;
    godwit_function_t from, to;
    uint32_t transaction;
    /* Who sent it, as the transport authenticated it: Diameter Origin-Host and Origin-Realm; in one process the configured names. */
    char origin_host[GODWIT_NODE_NAME_MAX], origin_realm[GODWIT_NODE_NAME_MAX];
    /* Which adapter instance and connection an answer goes back to; opaque to roles, copied from request to answer. A request that a role
     * makes has 0 here and the role's own name in origin_host; an answer has no origin: the owner's names are meant. */
    uint64_t route;
    union {
        godwit_auth_info_request_t auth_info_request;
        godwit_auth_info_answer_t auth_info_answer;
        godwit_key_request_t key_request;
        godwit_key_answer_t key_answer;
        godwit_key_confirm_t key_confirm;
        godwit_status_t key_confirm_answer;
    } u;
} godwit_message_t;

#endif
