/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket: a Unix stream socket of mode 0600, one JSON object a line each way (docs/control.md). Lines,
 * clients and waiting answers are bounded, and a client that does not read its answers is not read from either: it can
 * never hold up the main loop.
 */
#ifndef GODWIT_ADAPTERS_CONTROL_H
#define GODWIT_ADAPTERS_CONTROL_H

#include <jansson.h>

#include "godwit/emsdp.h"
#include "roles/role.h"

#define GODWIT_CONTROL_CLIENTS 16
#define GODWIT_CONTROL_LINE_MAX 4096 /* a `send` of the longest payload in hex has about 2500 octets */
#define GODWIT_CONTROL_LIMIT_MAX 1000
#define GODWIT_CONTROL_LIMIT_DEFAULT 100
#define GODWIT_CONTROL_WHY 256

typedef enum godwit_control_command {
    GODWIT_CONTROL_STATUS,
    GODWIT_CONTROL_SESSION_LIST, /* after, limit */
    GODWIT_CONTROL_SESSION_SHOW, /* session */
    GODWIT_CONTROL_SESSION_DROP, /* session */
    GODWIT_CONTROL_SEND,         /* imsi, payload */
    /* Of the SCS: trigger */
    GODWIT_CONTROL_TRIGGER_SEND,
    GODWIT_CONTROL_TRIGGER_RECALL,
    GODWIT_CONTROL_TRIGGER_REPLACE,
    GODWIT_CONTROL_TRIGGER_STATUS, /* trigger.reference */
} godwit_control_command_t;

typedef struct godwit_control_request {
    godwit_control_command_t command;
    uint32_t session, after, limit;
    godwit_imsi_t imsi;
    size_t payload_len;
    uint8_t payload[GODWIT_EMSDP_PAYLOAD_MAX];
    /* reference 0: the SCS chooses it; no name: that of the one that is recalled or replaced */
    godwit_device_action_t trigger;
} godwit_control_request_t;

/* One line, without its newline. GODWIT_MALFORMED, and why says what is wrong with it. */
GODWIT_MUST_USE godwit_status_t godwit_control_parse(godwit_slice_t line, godwit_control_request_t *request,
                                                     char why[GODWIT_CONTROL_WHY]);
/* {"error":{"reason":...,"message":...}}, as a new reference. */
json_t *godwit_control_error(godwit_status_t reason, const char *message);

/* Answers one request with a new reference, an object; NULL stands for a failure without memory. */
typedef json_t *godwit_control_handler_t(void *context, const godwit_control_request_t *request);

typedef struct godwit_control godwit_control_t;

/* GODWIT_IO_FAILED: why names the path. A socket that nobody listens on any more is replaced; a living one is "in
 * use". */
GODWIT_MUST_USE godwit_status_t godwit_control_open(const char *path, godwit_control_handler_t *handler, void *context,
                                                    godwit_control_t **control, char why[GODWIT_CONTROL_WHY]);
void godwit_control_close(godwit_control_t *control); /* removes the socket */
/* One descriptor for all: readable when there is something to do. */
int godwit_control_fd(const godwit_control_t *control);
/* Does what can be done now, without blocking. */
void godwit_control_run(godwit_control_t *control);

#endif
