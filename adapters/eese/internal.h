/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the end-to-end doors share.
 */
#ifndef GODWIT_ADAPTERS_EESE_INTERNAL_H
#define GODWIT_ADAPTERS_EESE_INTERNAL_H

#include "adapters/eese/eese.h"
#include "adapters/eese/json.h"

#define ROUTE_SHIFT 56 /* above the route of the HTTPS server */
#define ROUTE_HTTPS ((UINT64_C(1) << ROUTE_SHIFT) - 1)

enum { ASKED_NEW = 1, ASKED_CHANGE, ASKED_REMOVE }; /* of a registration */

typedef struct caller {
    char name[GODWIT_NODE_NAME_MAX];
    char san[GODWIT_HTTPS_NAME];
    godwit_function_t function;
} caller_t;

struct godwit_eese_server {
    godwit_https_server_t *https;
    godwit_function_t function;
    char name[GODWIT_NODE_NAME_MAX];
    size_t caller_count;
    caller_t callers[GODWIT_EESE_PEERS_MAX];
};

bool godwit_eese_problem(godwit_eese_server_t *server, uint64_t route, unsigned code, const char *cause,
                         const char *detail, const char *member);

#endif
