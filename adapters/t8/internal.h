/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of the REST front.
 */
#ifndef GODWIT_ADAPTERS_T8_INTERNAL_H
#define GODWIT_ADAPTERS_T8_INTERNAL_H

#include "adapters/t8/json.h"
#include "adapters/t8/t8.h"

#define WAITING_MAX 512u /* requests that the MTC-IWF has not answered */

/* What an answer's text is made of, besides the answer. */
typedef struct waiting {
    uint64_t route; /* 0: free */
    bool query;     /* of how a transaction stands */
    bool patching;  /* and then it is replaced, with these changes */
    godwit_t8_changes_t changes;
    godwit_device_action_t action;
} waiting_t;

typedef struct caller {
    char name[GODWIT_HTTPS_NAME];
    char notify[GODWIT_T8_URI_MAX + 1];
} caller_t;

struct godwit_t8 {
    godwit_https_server_t *server;
    godwit_https_client_t *client;
    size_t caller_count;
    caller_t callers[GODWIT_T8_CALLERS_MAX];
    waiting_t waiting[WAITING_MAX];
};

/* NULL: nobody who is let in. */
const caller_t *godwit_t8_caller_of(const godwit_t8_t *t, const char *name);

/* t8.c: a message to the MTC-IWF from an AS that was let in. */
void godwit_t8_fill(godwit_message_t *m, uint64_t route, const char *caller);
/* answer.c: refusals; methods: those that the path has. */
void godwit_t8_reply(godwit_t8_t *t, uint64_t route, unsigned code, const char *type, godwit_https_header_t header,
                     const char *text); /* header: one more, or a NULL name */
void godwit_t8_problem(godwit_t8_t *t, uint64_t route, unsigned code, const char *cause, const char *detail,
                       const char *member);
void godwit_t8_other_method(godwit_t8_t *t, uint64_t route, const char *methods);

#endif
