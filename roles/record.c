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
    {GODWIT_FEATURE_TRIGGER, "trigger"},
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

static void put_number(uint8_t octets[16], uint64_t number)
{
    godwit_store_u32(octets, (uint32_t)(number >> 32));
    godwit_store_u32(octets + 4, (uint32_t)number);
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
    case GODWIT_RECORD_MTC_ENTITLEMENT:
        memcpy(key.octets, record->u.mtc_entitlement.id, sizeof key.octets);
        break;
    case GODWIT_RECORD_MTC_CONTACT:
        key.imsi = record->u.mtc_contact.imsi;
        memcpy(key.octets, record->u.mtc_contact.server_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_AKMA:
        key.imsi = record->u.akma.imsi;
        break;
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        key.imsi = record->u.trigger_subscription.imsi;
        break;
    case GODWIT_RECORD_LOCATION:
        key.imsi = record->u.location.imsi;
        break;
    case GODWIT_RECORD_IWF_ROOT:
        key.imsi = record->u.iwf_root.imsi;
        break;
    case GODWIT_RECORD_TRIGGER:
        key.session_id = record->u.trigger.action.reference;
        memcpy(key.octets, record->u.trigger.source_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_TRIGGER_TALLY:
        key.imsi = record->u.trigger_tally.imsi;
        memcpy(key.octets, record->u.trigger_tally.source_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_ASSOCIATION:
        key.imsi = record->u.association.imsi;
        break;
    case GODWIT_RECORD_EAS:
        memcpy(key.octets, record->u.eas.eas_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        memcpy(key.octets, record->u.eas_entitlement.id, sizeof key.octets);
        break;
    case GODWIT_RECORD_E2E_SESSION:
        key.imsi = record->u.e2e_session.path.imsi;
        key.session_id = record->u.e2e_session.path.session_id;
        memcpy(key.octets, record->u.e2e_session.eas_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_EAS_SESSION:
        key.session_id = record->u.eas_session.path.session_id;
        memcpy(key.octets, record->u.eas_session.hse_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_READING:
        put_number(key.octets, record->u.reading.number);
        break;
    case GODWIT_RECORD_DELIVERY_MARK:
        memcpy(key.octets, record->u.delivery_mark.destination_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_DOWNLINK:
        put_number(key.octets, record->u.downlink.number);
        break;
    case GODWIT_RECORD_SCS_SOURCE:
        memcpy(key.octets, record->u.scs_source.source_key, sizeof key.octets);
        break;
    case GODWIT_RECORD_SCS_TRIGGER:
        key.session_id = record->u.scs_trigger.place;
        memcpy(key.octets, record->u.scs_trigger.source_key, sizeof key.octets);
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

/* ---- what a fetch asks for ---- */

bool godwit_mtc_scope_covers(godwit_mtc_scope_t scope, const char *first, const char *last, const godwit_imsi_t *imsi)
{
    return scope == GODWIT_MTC_SCOPE_PLMN
               ? strncmp(imsi->digits, first, strlen(first)) == 0
               : strlen(first) == imsi->len && strcmp(first, imsi->digits) <= 0 && strcmp(last, imsi->digits) >= 0;
}

static bool entitles(const godwit_mtc_entitlement_record_t *e, const godwit_record_key_t *key)
{
    return godwit_mtc_scope_covers(e->scope, e->first, e->last, &key->imsi) &&
           memcmp(e->server_key, key->octets, sizeof e->server_key) == 0 && e->not_before_ms <= key->at_ms &&
           (e->not_after_ms == 0 || e->not_after_ms > key->at_ms);
}

static bool has_temporary(const godwit_mtc_contact_record_t *c, const uint8_t *identity)
{
    return memcmp(c->temporary, identity, sizeof c->temporary) == 0 ||
           memcmp(c->former_temporary, identity, sizeof c->former_temporary) == 0;
}

static bool is_named(const godwit_trigger_subscription_record_t *s, const uint8_t name_key[16])
{
    static const uint8_t none[16];
    return memcmp(name_key, none, sizeof none) != 0 && (memcmp(s->external_id_key, name_key, sizeof none) == 0 ||
                                                        memcmp(s->msisdn_key, name_key, sizeof none) == 0);
}

bool godwit_record_matches(const godwit_record_t *record, const godwit_record_key_t *key)
{
    if (record->kind != key->kind) {
        return false;
    }
    if (key->kind == GODWIT_RECORD_SESSION && key->session_id == 0) {
        return godwit_imsi_equal(&record->u.session.imsi, &key->imsi);
    }
    if (key->kind == GODWIT_RECORD_NEXT_SESSION && key->session_id == 0) {
        return (uint8_t)record->u.next_session.next.domain == key->agreement &&
               godwit_imsi_equal(&record->u.next_session.imsi, &key->imsi);
    }
    if (key->kind == GODWIT_RECORD_MTC_ENTITLEMENT && key->imsi.len > 0) {
        return entitles(&record->u.mtc_entitlement, key);
    }
    if (key->kind == GODWIT_RECORD_MTC_CONTACT && key->imsi.len == 0) {
        return has_temporary(&record->u.mtc_contact, key->octets);
    }
    if (key->kind == GODWIT_RECORD_AKMA && key->imsi.len == 0) {
        return memcmp(record->u.akma.a_tid, key->octets, sizeof key->octets) == 0;
    }
    if (key->kind == GODWIT_RECORD_TRIGGER_SUBSCRIPTION && key->imsi.len == 0) {
        return is_named(&record->u.trigger_subscription, key->octets);
    }
    if (key->kind == GODWIT_RECORD_TRIGGER) {
        return godwit_trigger_find(record, 1, key) != NULL;
    }
    if (godwit_record_is_e2e((uint8_t)key->kind)) {
        return godwit_e2e_may_answer(record, key);
    }
    const godwit_record_key_t own = godwit_record_key_of(record);
    return godwit_record_key_equal(&own, key);
}

/* ---- device RAND ---- */

static godwit_status_t key_of_pieces(const godwit_crypto_t *crypto, const godwit_slice_t *pieces, size_t count,
                                     uint8_t key[16])
{
    uint8_t hash[GODWIT_SHA256_SIZE];
    const godwit_status_t status = crypto->sha256(pieces, count, hash);
    if (status == GODWIT_OK) {
        memcpy(key, hash, 16);
    }
    return status;
}

godwit_status_t godwit_name_key(const godwit_crypto_t *crypto, const char *name, uint8_t key[16])
{
    const godwit_slice_t piece = godwit_slice_of_string(name);
    return key_of_pieces(crypto, &piece, 1, key);
}

/* Of whose devices, and which. */
static godwit_status_t name_entitlement(const godwit_crypto_t *crypto, const char *whose, godwit_mtc_scope_t scope,
                                        const char *first, const char *last, uint8_t whose_key[16], uint8_t id[16])
{
    const uint8_t scope_octet = (uint8_t)scope;
    const godwit_slice_t pieces[] = {godwit_slice(whose_key, 16), godwit_slice(&scope_octet, 1),
                                     godwit_slice((const uint8_t *)first, GODWIT_IMSI_DIGITS_MAX + 1),
                                     godwit_slice((const uint8_t *)last, GODWIT_IMSI_DIGITS_MAX + 1)};
    const godwit_status_t status = godwit_name_key(crypto, whose, whose_key);
    return status == GODWIT_OK ? key_of_pieces(crypto, pieces, sizeof pieces / sizeof pieces[0], id) : status;
}

godwit_status_t godwit_mtc_entitlement_name(const godwit_crypto_t *crypto, godwit_mtc_entitlement_record_t *e)
{
    return name_entitlement(crypto, e->server, e->scope, e->first, e->last, e->server_key, e->id);
}

godwit_status_t godwit_eas_entitlement_name(const godwit_crypto_t *crypto, godwit_eas_entitlement_record_t *e)
{
    return name_entitlement(crypto, e->eas, e->scope, e->first, e->last, e->eas_key, e->id);
}

void godwit_mtc_contact_release(godwit_mtc_contact_record_t *contact, uint64_t above)
{
    godwit_wipe(&contact->chain, sizeof contact->chain);
    contact->counter = above > contact->counter ? above : contact->counter;
    contact->releases++;
    contact->released = true;
    contact->held = false;
}

/* ---- parked keys ---- */

/* A device has taken none that was not handed out; a store that went back to a backup lags by less than this. */
#define JUMP_MAX (1u << 20)
#define AGE_JUMP_MAX (1u << 12)
#define ASSOCIATION_JUMP_MAX                                                                                           \
    (1u << 26) /* each restored store of an MTC-IWF skips 2^16, and it may have been restored often */

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

static uint32_t after(uint32_t last, uint32_t above, uint32_t jump_max)
{
    uint32_t highest = above > last ? above : last;
    return highest == UINT32_MAX || highest - last > jump_max ? 0 : highest + 1;
}

uint32_t godwit_association_after(uint32_t last, uint32_t above)
{
    return after(last, above, ASSOCIATION_JUMP_MAX);
}

uint32_t godwit_generation_after(uint32_t last, uint32_t above)
{
    return after(last, above, JUMP_MAX);
}

/* Who asks for one may have proved nothing yet (a Service Request in a set-up): so much less can be spent with one
 * question. */
uint32_t godwit_age_after(uint32_t last, uint32_t above)
{
    return after(last, above, AGE_JUMP_MAX);
}
