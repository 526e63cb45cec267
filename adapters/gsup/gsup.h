/* SPDX-License-Identifier: Apache-2.0
 *
 * GSUP client: vectors from OsmoHLR or another HLR that speaks GSUP over IPA, for agreement 07 (UTRAN vectors). One TCP
 * connection, made again with growing pauses when it is lost; nothing blocks. It never asks for vectors before it has
 * said who it is: an HLR would burn sequence numbers and answer nothing.
 *
 * GSUP has no transaction number: answers are matched by IMSI, so one request per IMSI is under way, and a connection
 * on which an answer failed to come is closed before the next request, so that a late answer meets nobody.
 */
#ifndef GODWIT_ADAPTERS_GSUP_H
#define GODWIT_ADAPTERS_GSUP_H

#include "roles/message.h"

#define GODWIT_GSUP_OUTSTANDING_MAX 256
#define GODWIT_GSUP_ERROR_MAX 256

typedef struct godwit_gsup_config {
    const char *host;      /* IPv4 or IPv6 address */
    uint16_t port;         /* 0: 4222 */
    const char *unit_name; /* who we are to the HLR, which keeps an IND for each name; 1 to 63 characters */
    uint32_t timeout_ms;   /* for an answer, reconnections included; 0: 5000 */
    /* One line without its end; level as in syslog(3). NULL: dropped. */
    void (*log)(void *context, int level, const char *line);
    void *context;
} godwit_gsup_config_t;

typedef struct godwit_gsup godwit_gsup_t;

/* NULL, and one line in error that names the thing, when an argument is wrong. An HLR that cannot be reached is no
 * error: it is tried again. */
godwit_gsup_t *godwit_gsup_start(const godwit_gsup_config_t *config, char error[GODWIT_GSUP_ERROR_MAX]);
/* Readable when godwit_gsup_receive has something to do: the same descriptor for the whole life. */
int godwit_gsup_fd(const godwit_gsup_t *gsup);
/* Connected and introduced: requests go out at once. */
bool godwit_gsup_ready(const godwit_gsup_t *gsup);

/* Does what is due (connecting, reading, writing, timeouts) and gives the next AUTH_INFO_ANSWER; GODWIT_AGAIN when
 * there is none.
 * An HLR sends up to five vectors whatever was asked: the answer keeps as many as were requested. */
GODWIT_MUST_USE godwit_status_t godwit_gsup_receive(godwit_gsup_t *gsup, godwit_message_t *message);

/* An AUTH_INFO_REQUEST of kind UTRAN. An answer always comes: PEER_INTERNAL after a timeout, OVERLOAD when one for the
 * same IMSI is under way. GODWIT_INVALID_ARGUMENT: any other message; GODWIT_NO_SPACE: GODWIT_GSUP_OUTSTANDING_MAX
 * requests are under way. */
GODWIT_MUST_USE godwit_status_t godwit_gsup_send(godwit_gsup_t *gsup, const godwit_message_t *message);

void godwit_gsup_stop(godwit_gsup_t *gsup);

#endif
