/* SPDX-License-Identifier: Apache-2.0
 *
 * The REST front of the MTC-IWF, in the style of the device triggering API of T8 (TS 29.122 5.7, whose names are
 * recalled; docs/t8.openapi.yaml is what holds here): JSON over HTTPS with certificates on both sides, to typed
 * messages and back; and the way on which delivery reports go to an AS. Who asks is decided by the certificate alone. A
 * report goes to the address that the operator has configured for its AS and to no other: an address that a request
 * could name would let an AS send this host anywhere.
 */
#ifndef GODWIT_ADAPTERS_T8_H
#define GODWIT_ADAPTERS_T8_H

#include "adapters/https/client.h"
#include "adapters/https/server.h"
#include "roles/message.h"
#include "roles/record.h"

#define GODWIT_T8_CALLERS_MAX 64
#define GODWIT_T8_PAGE_MAX 64     /* of one list */
#define GODWIT_T8_LOOKED_MAX 1024 /* records that are looked at for it */

typedef struct godwit_t8_caller {
    const char *name;   /* of its certificate: DNS name or URI; scsAsId in paths */
    const char *notify; /* https URL for its delivery reports; NULL: it asks */
} godwit_t8_caller_t;

typedef struct godwit_t8_config {
    const char *host;
    uint16_t port;
    const char *certificate, *key, *ca; /* files; the certificate is also shown to an AS that is told of an outcome */
    const char *crl;                    /* file: what ca has revoked, or NULL */
    const char *connect_to;             /* as adapters/https/client.h has it, or NULL */
    const godwit_t8_caller_t *callers;
    size_t caller_count;
} godwit_t8_config_t;

/* An AS wants to know which of its triggers wait for their outcome. */
typedef struct godwit_t8_list {
    uint64_t route; /* 0: no list is wanted */
    char scs[GODWIT_SCS_NAME_MAX + 1];
    uint32_t after; /* those of a higher reference */
} godwit_t8_list_t;

/* What of them goes into one answer. */
typedef struct godwit_t8_page {
    size_t count, looked;
    uint32_t last; /* reference of what was looked at last */
    bool more;     /* there may be others after it */
    godwit_device_action_t action[GODWIT_T8_PAGE_MAX];
} godwit_t8_page_t;

typedef struct godwit_t8 godwit_t8_t;

/* GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one line. Everything is copied. */
GODWIT_MUST_USE godwit_status_t godwit_t8_start(const godwit_t8_config_t *config, godwit_t8_t **t8,
                                                char why[GODWIT_HTTPS_WHY]);
/* Callers, and what stands in the files of certificates, anew; files, address and connect_to are those of the start. On
 * failure what held before holds, but for a list of revoked ones that is good. */
GODWIT_MUST_USE godwit_status_t godwit_t8_renew(godwit_t8_t *t8, const godwit_t8_config_t *config,
                                                char why[GODWIT_HTTPS_WHY]);
uint16_t godwit_t8_port(const godwit_t8_t *t8);
int godwit_t8_server_fd(const godwit_t8_t *t8); /* readable when requests wait */
int godwit_t8_client_fd(const godwit_t8_t *t8); /* readable when answers to reports wait */
/* GODWIT_OK: message is a DEVICE_ACTION or TRIGGER_QUERY of an AS, with a route for its answer; or, where list has a
 * route, that is to be answered. Another status: somebody was refused here already, for the reason that detail (static)
 * and the status name. GODWIT_AGAIN: nothing waits. */
GODWIT_MUST_USE godwit_status_t godwit_t8_receive(godwit_t8_t *t8, godwit_message_t *message, godwit_t8_list_t *list,
                                                  const char **detail);
/* The next record of that AS, by rising reference, on a page that began as zero; false: the page is done. */
bool godwit_t8_page_add(godwit_t8_page_t *page, const godwit_trigger_record_t *trigger);
void godwit_t8_answer_list(godwit_t8_t *t8, const godwit_t8_list_t *list,
                           const godwit_t8_page_t *page); /* NULL: the store did not say */
/* DEVICE_ACTION_ANSWER or TRIGGER_QUERY_ANSWER, by its route. True: next goes to the MTC-IWF, before the AS is
 * answered. */
bool godwit_t8_answer(godwit_t8_t *t8, const godwit_message_t *answer, godwit_message_t *next);
/* DEVICE_NOTIFICATION. GODWIT_OK: there will be an answer to its transaction. GODWIT_NOT_FOUND: that AS takes no
 * reports. */
GODWIT_MUST_USE godwit_status_t godwit_t8_notify(godwit_t8_t *t8, const godwit_message_t *notification);
/* DEVICE_NOTIFICATION_ANSWER; false: none waits. why (may be empty): why there was no answer. */
bool godwit_t8_notified(godwit_t8_t *t8, godwit_message_t *answer, char why[GODWIT_HTTPS_WHY]);
void godwit_t8_stop(godwit_t8_t *t8); /* NULL is nothing */

#endif
