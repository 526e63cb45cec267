/* SPDX-License-Identifier: Apache-2.0
 *
 * The door of Ub (TS 24.109): HTTP and HTTPS to typed messages for the BSF and back. It decides nothing but what is no
 * request of Ub at all: sizes, the method, one header. It must never say that a request came inside TLS when it did
 * not.
 */
#ifndef GODWIT_ADAPTERS_UB_UB_H
#define GODWIT_ADAPTERS_UB_UB_H

#include "adapters/https/doors.h"
#include "roles/message.h"

typedef struct godwit_ub godwit_ub_t;

/* TS 24.109 has HTTP without TLS; 2G GBA is refused there. GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one
 * line. */
GODWIT_MUST_USE godwit_status_t godwit_ub_open(const godwit_https_door_t doors[GODWIT_HTTPS_DOORS], godwit_ub_t **ub,
                                               char why[GODWIT_HTTPS_WHY]);
int godwit_ub_fd(const godwit_ub_t *ub, size_t door);        /* readable when requests wait; -1: no such door */
uint16_t godwit_ub_port(const godwit_ub_t *ub, size_t door); /* 0: no such door */
/* The next UB_REQUEST, with a route for its answer; false when none waits. */
bool godwit_ub_receive(godwit_ub_t *ub, godwit_message_t *message);
/* UB_ANSWER, by its route. */
void godwit_ub_send(godwit_ub_t *ub, const godwit_message_t *answer);
void godwit_ub_close(godwit_ub_t *ub); /* NULL is nothing */

#endif
