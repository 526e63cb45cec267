/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of records, the names of a subscription's features, and which state of a parked key may follow which.
 */
#include <string.h>

#include "roles/record.h"

static const struct {
    uint32_t bit;
    const char *name;
} features[] = {
    {GODWIT_FEATURE_SEPARATE_UMTS, "separate-umts"},
    {GODWIT_FEATURE_E2M_USIM, "e2m-usim"},
    {GODWIT_FEATURE_E2M_ME, "e2m-me"},
    {GODWIT_FEATURE_NEXT_SESSION, "next-session"},
    {GODWIT_FEATURE_GBA_U, "gba-u"},
};

const char *godwit_feature_name(uint32_t bit)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        if (features[i].bit == bit) {
            return features[i].name;
        }
    }
    return NULL;
}

godwit_status_t godwit_feature_from_name(const char *name, uint32_t *bit)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        if (strcmp(features[i].name, name) == 0) {
            *bit = features[i].bit;
            return GODWIT_OK;
        }
    }
    return GODWIT_INVALID_ARGUMENT;
}

godwit_record_key_t godwit_record_key_of(const godwit_record_t *record)
{
    godwit_record_key_t key = {.kind = record->kind};
    switch (record->kind) {
    case GODWIT_RECORD_SUBSCRIBER:
        key.imsi = record->u.subscriber.imsi;
        break;
    case GODWIT_RECORD_KEY_SET:
        key.imsi = record->u.key_set.imsi;
        key.agreement = (uint8_t)record->u.key_set.agreement;
        break;
    case GODWIT_RECORD_SESSION:
        key.session_id = record->u.session.session_id;
        break;
    case GODWIT_RECORD_NEXT_SESSION:
        key.session_id = record->u.next_session.next.tmsi;
        key.agreement = (uint8_t)record->u.next_session.next.domain;
        break;
    case GODWIT_RECORD_BOOTSTRAP:
        memcpy(key.octets, record->u.bootstrap.rand, sizeof key.octets);
        break;
    default:
        break;
    }
    return key;
}

bool godwit_record_key_equal(const godwit_record_key_t *a, const godwit_record_key_t *b)
{
    return a->kind == b->kind && a->agreement == b->agreement && a->session_id == b->session_id &&
           godwit_imsi_equal(&a->imsi, &b->imsi) && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

/* ---- parked keys ---- */

/* A device has taken none that was not handed out; a store that went back to a backup lags by less than this. */
#define JUMP_MAX (1u << 20)

static bool not_behind(const godwit_parked_t *old, const godwit_parked_t *new)
{
    return new->user_next_in >= old->user_next_in &&new->user_next_out >= old->user_next_out &&new->control_next_in >=
           old->control_next_in &&new->control_next_out >= old->control_next_out;
}

static bool same(const godwit_parked_t *a, const godwit_parked_t *b)
{
    return not_behind(a, b) && not_behind(b, a) && a->user_seen == b->user_seen && a->control_seen == b->control_seen;
}

/* With the highest COUNT unmoved, a window only fills. */
static bool windows_fill(const godwit_parked_t *old, const godwit_parked_t *new)
{
    return (new->user_next_in > old->user_next_in || (old->user_seen & ~new->user_seen) == 0) &&
           (new->control_next_in > old->control_next_in || (old->control_seen & ~new->control_seen) == 0);
}

godwit_status_t godwit_parked_put(godwit_parked_t *parked, const godwit_parked_t *given, uint32_t last)
{
    if (!given->set || given->generation == 0 || given->generation != last) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (parked->generation == given->generation) {
        if (same(parked, given)) {
            return parked->set ? GODWIT_OK : GODWIT_UNKNOWN_KEY;
        }
        if (!not_behind(parked, given) || !windows_fill(parked, given)) {
            return GODWIT_UNKNOWN_KEY;
        }
    }
    *parked = *given;
    return GODWIT_OK;
}

bool godwit_parked_lives(const godwit_parked_t *parked, uint32_t last, uint32_t above)
{
    return parked->set && parked->generation == last && parked->generation > above;
}

uint32_t godwit_generation_after(uint32_t last, uint32_t above)
{
    uint32_t highest = above > last ? above : last;
    return highest == UINT32_MAX || highest - last > JUMP_MAX ? 0 : highest + 1;
}
