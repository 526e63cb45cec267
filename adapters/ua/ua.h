/* SPDX-License-Identifier: Apache-2.0
 *
 * The door of Ua by HTTP (TS 24.109 5): HTTP and HTTPS to typed messages for the NAF and back. The body of a request
 * waits here: it is a reading once the NAF has let it in.
 */
#ifndef GODWIT_ADAPTERS_UA_UA_H
#define GODWIT_ADAPTERS_UA_UA_H

#include "adapters/https/doors.h"
#include "roles/message.h"

#define GODWIT_UA_READING_MAX 1024

typedef struct godwit_ua godwit_ua_t;

/* GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one line. */
GODWIT_MUST_USE godwit_status_t godwit_ua_open(const godwit_https_door_t doors[GODWIT_HTTPS_DOORS], godwit_ua_t **ua,
                                               char why[GODWIT_HTTPS_WHY]);
int godwit_ua_fd(const godwit_ua_t *ua, size_t door);        /* readable when requests wait; -1: no such door */
uint16_t godwit_ua_port(const godwit_ua_t *ua, size_t door); /* 0: no such door */
/* The next UA_REQUEST, with a route for its answer; false when none waits. */
bool godwit_ua_receive(godwit_ua_t *ua, godwit_message_t *message);
/* UA_ANSWER, by its route. *reading is the body that was let in, until the next call; empty: there was none. */
void godwit_ua_send(godwit_ua_t *ua, const godwit_message_t *answer, godwit_slice_t *reading);
/* Whether that answer lets a POST to /kms in: then it is not sent, request is what the KMS is asked, and its answer is
 * what the client gets. */
bool godwit_ua_for_kms(const godwit_ua_t *ua, const godwit_message_t *answer, godwit_message_t *request);
/* KMS_ANSWER, by its route. */
void godwit_ua_send_kms(godwit_ua_t *ua, const godwit_message_t *answer);
void godwit_ua_close(godwit_ua_t *ua); /* NULL is nothing */

#endif
