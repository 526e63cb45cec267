/* SPDX-License-Identifier: Apache-2.0
 *
 * Contexts, found by TEID: the place in the table in the low 15 bits, one bit for the interface, random ones above.
 */
#include "roles/sgw/internal.h"

#include <string.h>

#define INDEX_MASK 0x7FFFU

godwit_sgw_context_t *godwit_sgw_by_teid(godwit_sgw_t *sgw, uint32_t teid, bool s5)
{
    size_t index = teid & INDEX_MASK;
    if (index >= sgw->capacity || ((teid & GODWIT_SGW_S5) != 0) != s5) {
        return NULL;
    }
    godwit_sgw_context_t *c = &sgw->contexts[index];
    return c->state != GODWIT_SGW_FREE && c->teid == (teid & ~GODWIT_SGW_S5) ? c : NULL;
}

godwit_sgw_context_t *godwit_sgw_by_bearer(godwit_sgw_t *sgw, const godwit_imsi_t *imsi, uint8_t ebi)
{
    for (size_t i = 0; i < sgw->capacity; i++) {
        godwit_sgw_context_t *c = &sgw->contexts[i];
        if (c->state != GODWIT_SGW_FREE && c->ebi == ebi && godwit_imsi_equal(&c->imsi, imsi)) {
            return c;
        }
    }
    return NULL;
}

godwit_sgw_context_t *godwit_sgw_take(godwit_sgw_t *sgw, const uint8_t random[2])
{
    for (size_t i = 0; i < sgw->capacity; i++) {
        godwit_sgw_context_t *c = &sgw->contexts[i];
        if (c->state == GODWIT_SGW_FREE) {
            uint32_t high = godwit_load_u16(random);
            memset(c, 0, sizeof *c);
            c->teid = ((high == 0 ? 1U : high) << 16) | (uint32_t)i;
            return c;
        }
    }
    return NULL;
}

void godwit_sgw_event(godwit_sgw_turn_t *turn, const char *name, godwit_status_t reason, const godwit_imsi_t *imsi,
                      const char *detail)
{
    godwit_event_t *event = &godwit_outbox_add(turn->out, GODWIT_REQUEST_EVENT)->event;
    event->name = name;
    event->reason = reason;
    event->detail = detail;
    event->has_imsi = imsi != NULL && imsi->len > 0;
    if (event->has_imsi) {
        event->imsi = *imsi;
    }
}

void godwit_sgw_release(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const char *detail)
{
    godwit_gtp_finish_context(&turn->sgw->path, c->teid, turn->out);
    godwit_sgw_event(turn, "context_released", GODWIT_OK, &c->imsi, detail);
    memset(c, 0, sizeof *c);
}
