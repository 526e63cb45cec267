/* SPDX-License-Identifier: Apache-2.0
 *
 * Which Key IDs of a device the EESE does not have, and when it was asked last: so a datagram under one of them is
 * refused at once, however seldom the HSE says it again, and whoever writes Key IDs brings about one question for a
 * device in so long a time. A bounded memory: what is forgotten is asked again. It may be wrong, for a key may have
 * come into being since: so it is asked again all the same, now and then, while the answer of before is given.
 */
#include <string.h>

#include "roles/eas/internal.h"
#include "roles/rate.h"

#define WAYS 4u

static uint32_t set_of(const godwit_imsi_t *imsi)
{
    return (uint32_t)(godwit_rate_whose((const uint8_t *)imsi->digits, imsi->len) % (GODWIT_EAS_REFUSED_MAX / WAYS));
}

static godwit_eas_refused_t *find(godwit_eas_t *eas, const godwit_imsi_t *imsi)
{
    godwit_eas_refused_t *set = &eas->refused[set_of(imsi) * WAYS];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].imsi.len > 0 && godwit_imsi_equal(&set[i].imsi, imsi)) {
            return &set[i];
        }
    }
    return NULL;
}

/* The one that was asked about longest ago makes room. */
static godwit_eas_refused_t *place_of(godwit_eas_t *eas, const godwit_imsi_t *imsi)
{
    godwit_eas_refused_t *found = find(eas, imsi), *set = &eas->refused[set_of(imsi) * WAYS];
    if (found != NULL) {
        return found;
    }
    found = set;
    for (size_t i = 1; i < WAYS; i++) {
        if (set[i].asked_ms < found->asked_ms) {
            found = &set[i];
        }
    }
    *found = (godwit_eas_refused_t){.imsi = *imsi};
    return found;
}

bool godwit_eas_is_refused(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint32_t session_id,
                           uint8_t key_id)
{
    const godwit_eas_refused_t *r = find(turn->eas, imsi);
    return r != NULL && r->session_id == session_id && (r->key_ids >> key_id & 1u) != 0;
}

bool godwit_eas_may_ask(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi)
{
    const godwit_eas_refused_t *r = find(turn->eas, imsi);
    const uint64_t now_ms = turn->in->now_ms;
    return r == NULL || now_ms < r->asked_ms || now_ms - r->asked_ms >= turn->eas->config.pull_ms;
}

void godwit_eas_asked(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi)
{
    place_of(turn->eas, imsi)->asked_ms = turn->in->now_ms;
}

void godwit_eas_refuse_key(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint32_t session_id,
                           uint8_t key_id)
{
    godwit_eas_refused_t *r = place_of(turn->eas, imsi);
    if (r->session_id != session_id) {
        r->session_id = session_id;
        r->key_ids = 0;
    }
    r->key_ids |= (uint8_t)(1u << key_id);
}

void godwit_eas_key_came(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint8_t key_id)
{
    godwit_eas_refused_t *r = find(turn->eas, imsi);
    if (r != NULL) {
        r->key_ids &= (uint8_t) ~(1u << key_id);
        r->asked_ms = 0;
    }
}

void godwit_eas_not_answered(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi)
{
    godwit_eas_refused_t *r = find(turn->eas, imsi);
    if (r != NULL) {
        r->asked_ms = 0;
    }
}
