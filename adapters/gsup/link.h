/* SPDX-License-Identifier: Apache-2.0
 *
 * The connection under the GSUP client: connecting, introducing itself, keeping alive, and framing. It knows frames and
 * nothing of what they say. Non-blocking; time is handed in, in milliseconds that only go forward.
 */
#ifndef GODWIT_ADAPTERS_GSUP_LINK_H
#define GODWIT_ADAPTERS_GSUP_LINK_H

#include "core/wire/ipa.h"

#include <sys/socket.h>

typedef enum godwit_gsup_link_state {
    GODWIT_GSUP_LINK_DOWN,       /* until `due`, then connects */
    GODWIT_GSUP_LINK_CONNECTING, /* until `due`, then gives up */
    GODWIT_GSUP_LINK_GREETING,   /* the HLR has not asked yet who we are; until `due` */
    GODWIT_GSUP_LINK_READY,
} godwit_gsup_link_state_t;

typedef struct godwit_gsup_link {
    struct sockaddr_storage address;
    socklen_t address_len;
    char unit_name[64];
    void (*log)(void *context, int level, const char *line);
    void *context;

    godwit_gsup_link_state_t state;
    int epoll;  /* of the owner; the socket is registered there while there is one */
    int socket; /* -1: none */
    uint64_t due;
    uint32_t pause_ms; /* before the next attempt; doubled by each that fails */

    uint8_t in[2 * GODWIT_IPA_FRAME_MAX];
    size_t in_len, in_taken;
    uint8_t out[32768];
    size_t out_len;
} godwit_gsup_link_t;

/* GODWIT_INVALID_ARGUMENT when host is no address. */
GODWIT_MUST_USE godwit_status_t godwit_gsup_link_init(godwit_gsup_link_t *link, const char *host, uint16_t port,
                                                      const char *unit_name, int epoll);
/* Connects, gives up or starts anew when that is due, writes what waits, reads what came. */
void godwit_gsup_link_step(godwit_gsup_link_t *link, uint64_t now_ms);
/* The next GSUP message received; points into the link until the next call. False: none. */
bool godwit_gsup_link_next(godwit_gsup_link_t *link, uint64_t now_ms, godwit_slice_t *message);
/* Queues a GSUP message. False when it does not fit now. Only when READY. */
bool godwit_gsup_link_put(godwit_gsup_link_t *link, godwit_slice_t message);
/* Gives the connection up and pauses. reason is for the log. */
void godwit_gsup_link_drop(godwit_gsup_link_t *link, uint64_t now_ms, const char *reason);
/* When step has something to do without the socket; UINT64_MAX: never. */
uint64_t godwit_gsup_link_due(const godwit_gsup_link_t *link);
void godwit_gsup_link_close(godwit_gsup_link_t *link);

#endif
