/* SPDX-License-Identifier: Apache-2.0
 *
 * Contexts, found by what names them. A TEID has the place in the table in its low 16 bits and random ones above: a
 * datagram for a context that is gone meets nobody.
 */
#include "roles/pgw/internal.h"

#include <string.h>

#define INDEX_MASK 0xFFFFU

godwit_pgw_context_t *godwit_pgw_by_teid(godwit_pgw_t *pgw, uint32_t teid)
{
    size_t index = teid & INDEX_MASK;
    if (index >= pgw->capacity) {
        return NULL;
    }
    godwit_pgw_context_t *c = &pgw->contexts[index];
    return c->state != GODWIT_PGW_FREE && c->teid == teid ? c : NULL;
}

godwit_pgw_context_t *godwit_pgw_by_bearer(godwit_pgw_t *pgw, const godwit_imsi_t *imsi, uint8_t number)
{
    for (size_t i = 0; i < pgw->capacity; i++) {
        godwit_pgw_context_t *c = &pgw->contexts[i];
        if (c->state != GODWIT_PGW_FREE && c->bearer_number == number && godwit_imsi_equal(&c->imsi, imsi)) {
            return c;
        }
    }
    return NULL;
}

godwit_pgw_context_t *godwit_pgw_by_device(godwit_pgw_t *pgw, const godwit_address_t *device)
{
    if (device->len != 6) {
        return NULL;
    }
    for (uint8_t i = 0; i < pgw->config.apns; i++) {
        const godwit_pgw_apn_t *apn = &pgw->config.apn[i];
        uint32_t index = godwit_load_u32(device->octets) - godwit_load_u32(apn->pool);
        if (apn->kind == GODWIT_PGW_TUNNEL && index < pgw->capacity) {
            godwit_pgw_context_t *c = &pgw->contexts[index];
            if (c->state != GODWIT_PGW_FREE && c->apn == i) {
                return c;
            }
        }
    }
    return NULL;
}

godwit_pgw_context_t *godwit_pgw_by_peer_user(godwit_pgw_t *pgw, const godwit_address_t *from, uint32_t teid)
{
    for (size_t i = 0; i < pgw->capacity; i++) {
        godwit_pgw_context_t *c = &pgw->contexts[i];
        if (c->state != GODWIT_PGW_FREE && c->peer_user_teid == teid && godwit_gtp_same_node(from, c->peer_user)) {
            return c;
        }
    }
    return NULL;
}

godwit_pgw_context_t *godwit_pgw_take(godwit_pgw_t *pgw, uint8_t apn, const uint8_t random[2], uint32_t *teid)
{
    const godwit_pgw_apn_t *a = &pgw->config.apn[apn];
    bool bounded = a->kind == GODWIT_PGW_TUNNEL && a->pool_size > 0;
    for (size_t i = 0; i < pgw->capacity && (!bounded || i < a->pool_size); i++) {
        if (pgw->contexts[i].state == GODWIT_PGW_FREE) {
            *teid = godwit_gtp_teid((uint32_t)i, random);
            return &pgw->contexts[i];
        }
    }
    return NULL;
}

void godwit_pgw_event(godwit_pgw_turn_t *turn, const char *name, godwit_status_t reason, const godwit_imsi_t *imsi,
                      const char *detail)
{
    godwit_outbox_event(turn->out, name, reason, imsi, detail);
}

void godwit_pgw_timer(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, uint32_t delay_ms)
{
    godwit_outbox_timer(turn->out, GODWIT_PGW_TIMER_CONTEXT | (uint32_t)(c - turn->pgw->contexts), delay_ms);
}

void godwit_pgw_release(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c, const char *detail)
{
    godwit_gtp_finish_context(&turn->pgw->path, c->teid, turn->out);
    if (c->state != GODWIT_PGW_ACTIVE) {
        godwit_pgw_timer(turn, c, 0);
    }
    if (c->told) {
        godwit_pgw_tell_released(turn, c);
    }
    godwit_pgw_event(turn, "context_released", GODWIT_OK, &c->imsi, detail);
    memset(c, 0, sizeof *c);
}
