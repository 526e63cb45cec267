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
            memset(c, 0, sizeof *c);
            c->teid = godwit_gtp_teid((uint32_t)i, random);
            return c;
        }
    }
    return NULL;
}

void godwit_sgw_event(godwit_sgw_turn_t *turn, const char *name, godwit_status_t reason, const godwit_imsi_t *imsi,
                      const char *detail)
{
    godwit_outbox_event(turn->out, name, reason, imsi, detail);
}

void godwit_sgw_release(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const char *detail)
{
    godwit_gtp_finish_context(&turn->sgw->path, c->teid, turn->out);
    godwit_sgw_event(turn, "context_released", GODWIT_OK, &c->imsi, detail);
    memset(c, 0, sizeof *c);
}
