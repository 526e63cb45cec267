/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: the record in non-volatile memory. It holds keys in clear: whoever wants them wrapped wraps the
 * record. Counters stand in it as the first COUNT that is not reserved, so that what is read back skips what may have
 * been used. The check at its end binds it to the subscriber, the endpoint and the framing, and shows damage; it is not
 * a defence against a writer.
 */
#include <string.h>

#include "device/internal.h"

/* magic (2) | version (1) | flags (1) | state (1) | generation (4) | synchronised (4) | e2mKEYSET (32) | RAND || AUTN
 * (32) | keys | check (8).
 * Where the key set is of an access AKA run, RAND || SQN || 0 stands in the place of RAND || AUTN. */
#define MAGIC 0x4757u /* "GW" */
#define VERSION 1u
#define CHECK GODWIT_DEVICE_CHECK
#define VECTOR_IS_CURRENT 8u /* among the flags */
#define ACCESS (GODWIT_DEVICE_ACCESS_UMTS | GODWIT_DEVICE_ACCESS_EPS | GODWIT_DEVICE_REFERENCE)
#define FLAGS                                                                                                          \
    (GODWIT_DEVICE_KEY_SET | GODWIT_DEVICE_DISTRUSTED | GODWIT_DEVICE_FRESH | VECTOR_IS_CURRENT | ACCESS |             \
     GODWIT_DEVICE_BEARER)
#define RECORD (13u + 64u + 2u * GODWIT_EMSDP_KEY_RECORD + CHECK)

_Static_assert(RECORD <= GODWIT_DEVICE_RECORD_MAX, "the record fits the room that device.h promises");

static godwit_status_t check_of(const godwit_device_t *device, const uint8_t *record, uint8_t check[CHECK])
{
    const godwit_device_config_t *config = &device->config;
    return godwit_device_check_of(config->crypto, godwit_slice(record, RECORD - CHECK), &config->imsi, config->endpoint,
                                  config->framing, check);
}

/* An end that was asked for and not answered is, after a reboot, a session not to be trusted. */
static uint8_t stored_state(const godwit_device_session_t *s)
{
    return s->state == GODWIT_SESSION_TERMINATING ? GODWIT_SESSION_ACTIVE : s->state;
}

static uint8_t stored_flags(const godwit_device_t *device)
{
    const godwit_device_session_t *s = &device->session;
    unsigned flags = s->flags;
    flags |= s->state == GODWIT_SESSION_TERMINATING ? GODWIT_DEVICE_DISTRUSTED : 0u;
    flags |= device->exchange.vector_is_current ? VECTOR_IS_CURRENT : 0u;
    flags |= device->access.is_current && device->access.bearer ? GODWIT_DEVICE_BEARER : 0u;
    return (uint8_t)flags;
}

static void put_vector(godwit_writer_t *w, const godwit_device_t *device)
{
    static const uint8_t none[32];
    const godwit_device_access_t *a = &device->access;
    if (a->is_current) {
        godwit_put(w, a->rand, sizeof a->rand);
        godwit_put(w, a->sqn, sizeof a->sqn);
        godwit_put(w, none, sizeof none - sizeof a->rand - sizeof a->sqn);
    } else {
        godwit_put(w, device->exchange.vector_is_current ? device->exchange.vector : none, sizeof none);
    }
}

size_t godwit_device_record_write(godwit_device_t *device)
{
    const godwit_device_session_t *s = &device->session;
    godwit_writer_t w = godwit_writer(device->record, RECORD);
    godwit_put_u16(&w, MAGIC);
    godwit_put_u8(&w, VERSION);
    godwit_put_u8(&w, stored_flags(device));
    godwit_put_u8(&w, stored_state(s));
    godwit_put_u32(&w, s->generation);
    godwit_put_u32(&w, s->synchronised);
    godwit_put(&w, s->e2m_keyset, sizeof s->e2m_keyset);
    put_vector(&w, device);
    godwit_device_put_key(&w, &s->current);
    godwit_device_put_key(&w, &s->next);
    uint8_t *check = godwit_put_space(&w, CHECK);
    if (check == NULL || check_of(device, device->record, check) != GODWIT_OK) {
        return 0;
    }
    return w.len;
}

/* ---- reading back ---- */

static godwit_status_t get_key(const godwit_device_t *device, godwit_reader_t *r, godwit_emsdp_key_t *key)
{
    godwit_status_t status = godwit_device_get_key(r, device->config.framing, key);
    bool allowed = godwit_device_suite_check(device, key->hot.suite) == GODWIT_OK;
    return status == GODWIT_OK && godwit_emsdp_key_is_set(key) && !allowed ? GODWIT_MALFORMED : status;
}

/* Which keys each state has. */
static bool is_sound(const godwit_device_session_t *s)
{
    bool current = godwit_emsdp_key_is_set(&s->current);
    bool next = godwit_emsdp_key_is_set(&s->next);
    bool rooted = (s->flags & GODWIT_DEVICE_KEY_SET) != 0;
    switch (s->state) {
    case GODWIT_SESSION_IDLE:
        return !current && !next;
    case GODWIT_SESSION_ACTIVE:
        return rooted && current;
    case GODWIT_SESSION_REKEYING:
    case GODWIT_SESSION_ANNOUNCED:
        return rooted && current && next;
    default:
        return false;
    }
}

/* 0: there is none of those flags. */
static uint8_t agreement_of(unsigned flags)
{
    for (unsigned i = GODWIT_AGREEMENT_ACCESS_UMTS; i <= GODWIT_AGREEMENT_AKMA; i++) {
        const uint8_t a = (uint8_t)i;
        if ((godwit_agreement_is_access(a) || godwit_agreement_has_reference(a)) &&
            godwit_device_flags_of(a) == flags) {
            return a;
        }
    }
    return 0;
}

/* The key set of the access, or of the bootstrapping, that the session's keys come from: what was put in the place of
 * the vector names it. */
static bool get_access(godwit_device_t *device, uint8_t flags)
{
    godwit_device_access_t *a = &device->access;
    const uint8_t *vector = device->exchange.vector;
    if ((flags & ACCESS) == 0) {
        return (flags & GODWIT_DEVICE_BEARER) == 0;
    }
    a->agreement = agreement_of(flags & ACCESS);
    a->is_current = true;
    a->bearer = (flags & GODWIT_DEVICE_BEARER) != 0;
    memcpy(a->rand, vector, sizeof a->rand);
    memcpy(a->sqn, vector + sizeof a->rand, sizeof a->sqn);
    memcpy(a->key_set, device->session.e2m_keyset, sizeof a->key_set);
    bool bearer_fits = !a->bearer || godwit_agreement_is_access(a->agreement);
    return a->agreement != 0 && bearer_fits &&
           (flags & (VECTOR_IS_CURRENT | GODWIT_DEVICE_KEY_SET)) == GODWIT_DEVICE_KEY_SET;
}

static godwit_status_t parse(godwit_device_t *device, godwit_slice_t record)
{
    godwit_device_session_t *s = &device->session;
    godwit_device_exchange_t *x = &device->exchange;
    godwit_reader_t r = godwit_reader(record);
    bool known = godwit_get_u16(&r) == MAGIC;
    known = godwit_get_u8(&r) == VERSION && known;
    uint8_t flags = godwit_get_u8(&r);
    s->state = godwit_get_u8(&r);
    s->generation = godwit_get_u32(&r);
    s->synchronised = godwit_get_u32(&r);
    godwit_get(&r, s->e2m_keyset, sizeof s->e2m_keyset);
    godwit_get(&r, x->vector, sizeof x->vector);
    godwit_status_t status = get_key(device, &r, &s->current);
    if (status == GODWIT_OK) {
        status = get_key(device, &r, &s->next);
    }
    known = get_access(device, flags) && known;
    s->flags = flags & (GODWIT_DEVICE_KEY_SET | GODWIT_DEVICE_DISTRUSTED | ACCESS);
    if ((flags & GODWIT_DEVICE_FRESH) != 0) {
        s->flags |= GODWIT_DEVICE_DISTRUSTED;
    }
    x->vector_is_current = x->vector_set = (flags & VECTOR_IS_CURRENT) != 0;
    memcpy(x->key_set, s->e2m_keyset, sizeof x->key_set);
    return known && (flags & ~FLAGS) == 0 && status == GODWIT_OK && is_sound(s) ? GODWIT_OK : GODWIT_MALFORMED;
}

godwit_status_t godwit_device_restore(godwit_device_t *device, godwit_slice_t record)
{
    uint8_t check[CHECK];
    if (record.len != RECORD) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = check_of(device, record.ptr, check);
    if (status == GODWIT_OK && memcmp(check, record.ptr + RECORD - CHECK, CHECK) != 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = parse(device, record);
    }
    if (status == GODWIT_MALFORMED) { /* as after init */
        godwit_wipe(&device->session, sizeof device->session);
        godwit_wipe(&device->exchange, sizeof device->exchange);
        godwit_wipe(&device->access, sizeof device->access);
    }
    return status;
}
