/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers: the record that survives, of one size. Keys are in clear: whoever wants them wrapped wraps the
 * record. The last 8 octets, first of SHA-256 over the rest, IMSI and name of the MTC-IWF, bind it to both and show
 * damage.
 */
#include <string.h>

#include "device/trigger/internal.h"

#define MAGIC 0x4754u /* "GT" */
#define VERSION 2u
#define CHECK 8u
#define PROTECTED 0x80u

/* ---- parts, each a pair ---- */

static void association_put(godwit_writer_t *w, const godwit_trigger_association_t *a)
{
    godwit_put_u32(w, a->number);
    godwit_put_u8(w, a->root);
    godwit_put_u8(w, a->suite);
    godwit_put_u8(w, a->heard ? 1 : 0);
    godwit_put_u16(w, a->device_suites);
    godwit_put(w, a->command, sizeof a->command);
    godwit_put(w, a->k_iwf, sizeof a->k_iwf);
    godwit_put_u32(w, a->next_down);
    godwit_put_u64(w, a->seen_down);
    godwit_put_u32(w, a->limit_up);
}

static bool association_get(godwit_reader_t *r, godwit_trigger_association_t *a)
{
    a->number = godwit_get_u32(r);
    a->root = godwit_get_u8(r);
    a->suite = godwit_get_u8(r);
    const uint8_t is_heard = godwit_get_u8(r);
    a->heard = is_heard == 1;
    a->device_suites = godwit_get_u16(r);
    godwit_get(r, a->command, sizeof a->command);
    godwit_get(r, a->k_iwf, sizeof a->k_iwf);
    a->next_down = godwit_get_u32(r);
    a->seen_down = godwit_get_u64(r);
    a->limit_up = godwit_get_u32(r);
    a->next_up = a->limit_up;
    return is_heard <= 1;
}

static void root_put(godwit_writer_t *w, const godwit_trigger_root_t *root)
{
    godwit_put_u8(w, root->state);
    godwit_put(w, root->name, sizeof root->name);
    godwit_put(w, root->key, sizeof root->key);
    godwit_put_u32(w, root->taken);
}

static bool root_get(godwit_reader_t *r, godwit_trigger_root_t *root)
{
    root->state = godwit_get_u8(r);
    godwit_get(r, root->name, sizeof root->name);
    godwit_get(r, root->key, sizeof root->key);
    root->taken = godwit_get_u32(r);
    return root->state <= GODWIT_TRIGGER_ROOT_NAMED;
}

static void key_put(godwit_writer_t *w, const godwit_iwf_key_t *key)
{
    godwit_put_u32(w, key->association);
    godwit_put_u8(w, (uint8_t)key->root);
    godwit_put(w, key->root_name, sizeof key->root_name);
    godwit_put(w, key->key, sizeof key->key);
}

static bool key_get(godwit_reader_t *r, godwit_iwf_key_t *key)
{
    key->association = godwit_get_u32(r);
    const uint8_t root = godwit_get_u8(r);
    key->root = (godwit_iwf_root_t)root;
    godwit_get(r, key->root_name, sizeof key->root_name);
    godwit_get(r, key->key, sizeof key->key);
    return root <= GODWIT_IWF_ROOT_EAP;
}

static void memory_put(godwit_writer_t *w, const godwit_trigger_memory_t *m)
{
    godwit_put_u32(w, m->reference);
    godwit_put_u8(w, (uint8_t)(m->outcome | (m->protected ? PROTECTED : 0u)));
}

static bool memory_get(godwit_reader_t *r, godwit_trigger_memory_t *m)
{
    m->reference = godwit_get_u32(r);
    const uint8_t outcome = godwit_get_u8(r);
    m->protected = (outcome & PROTECTED) != 0;
    m->outcome = (uint8_t)(outcome & ~PROTECTED);
    return m->outcome <= GODWIT_A3_OUTCOME_LAST;
}

static void pending_put(godwit_writer_t *w, const godwit_trigger_pending_t *p)
{
    const godwit_a3_trigger_t *m = &p->trigger;
    godwit_put_u8(w, p->used ? 1 : 0);
    godwit_put_u8(w, p->protected ? 1 : 0);
    godwit_put_u8(w, p->via);
    godwit_put_u8(w, (uint8_t)m->action);
    godwit_put_u8(w, (uint8_t)((m->priority ? 1u : 0u) | (m->acknowledge ? 2u : 0u)));
    godwit_put_u32(w, m->reference);
    godwit_put_u32(w, m->old_reference);
    godwit_put_u32(w, m->time_s);
    godwit_put_u32(w, m->validity_s);
    godwit_put_u16(w, m->port);
    godwit_put(w, m->source, sizeof m->source);
    godwit_put_u8(w, m->payload_len);
    godwit_put(w, m->payload, sizeof m->payload);
}

static bool pending_get(godwit_reader_t *r, godwit_trigger_pending_t *p)
{
    godwit_a3_trigger_t *m = &p->trigger;
    const uint8_t used = godwit_get_u8(r), protected = godwit_get_u8(r);
    p->via = godwit_get_u8(r);
    m->action = (godwit_a3_action_t)godwit_get_u8(r);
    const uint8_t flags = godwit_get_u8(r);
    m->reference = godwit_get_u32(r);
    m->old_reference = godwit_get_u32(r);
    m->time_s = godwit_get_u32(r);
    m->validity_s = godwit_get_u32(r);
    m->port = godwit_get_u16(r);
    godwit_get(r, m->source, sizeof m->source);
    m->payload_len = godwit_get_u8(r);
    godwit_get(r, m->payload, sizeof m->payload);
    p->used = used == 1;
    p->protected = protected == 1;
    m->priority = (flags & 1u) != 0;
    m->acknowledge = (flags & 2u) != 0;
    return used <= 1 && protected <= 1 && p->via <= GODWIT_TRIGGER_VIA_A3 &&
           m->payload_len <= GODWIT_TRIGGER_PAYLOAD_MAX;
}

/* ---- the whole ---- */

TRIGGER_OWN_FRAME static godwit_status_t check_of(const godwit_trigger_t *t, const uint8_t *record,
                                                  uint8_t check[GODWIT_SHA256_SIZE])
{
    const godwit_slice_t parts[] = {
        godwit_slice(record, GODWIT_TRIGGER_RECORD - CHECK),
        godwit_slice(t->config.imsi.digits, t->config.imsi.len),
        godwit_slice("/", 1),
        t->config.iwf,
    };
    return t->config.crypto->sha256(parts, 4, check);
}

godwit_status_t godwit_trigger_record_write(godwit_trigger_t *t)
{
    uint8_t check[GODWIT_SHA256_SIZE];
    godwit_writer_t w = godwit_writer(t->record, sizeof t->record);
    godwit_put_u16(&w, MAGIC);
    godwit_put_u8(&w, VERSION);
    godwit_put_u32(&w, t->time_s);
    godwit_put_u32(&w, t->last_number);
    godwit_put_u8(&w, t->newest_root);
    association_put(&w, &t->current);
    association_put(&w, &t->former);
    for (size_t i = 0; i < GODWIT_TRIGGER_ROOTS; i++) {
        root_put(&w, &t->root[i]);
    }
    key_put(&w, &t->received);
    godwit_put_u8(&w, t->memory_next);
    for (size_t i = 0; i < GODWIT_TRIGGER_MEMORY_MAX; i++) {
        memory_put(&w, &t->memory[i]);
    }
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        pending_put(&w, &t->pending[i]);
    }
    godwit_status_t status = check_of(t, t->record, check);
    godwit_put(&w, check, CHECK);
    return status == GODWIT_OK ? godwit_writer_status(&w) : status;
}

static bool tables_get(godwit_reader_t *r, godwit_trigger_t *t)
{
    bool good = true;
    t->memory_next = godwit_get_u8(r);
    for (size_t i = 0; i < GODWIT_TRIGGER_MEMORY_MAX; i++) {
        good = memory_get(r, &t->memory[i]) && good;
    }
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        good = pending_get(r, &t->pending[i]) && good;
    }
    return good && t->memory_next < TRIGGER_MEMORY_RING;
}

static godwit_status_t parse(godwit_trigger_t *t, godwit_slice_t body)
{
    godwit_reader_t r = godwit_reader(body);
    bool good = godwit_get_u16(&r) == MAGIC;
    good = godwit_get_u8(&r) == VERSION && good;
    t->time_s = godwit_get_u32(&r);
    t->last_number = godwit_get_u32(&r);
    t->newest_root = godwit_get_u8(&r);
    good = association_get(&r, &t->current) && good;
    good = association_get(&r, &t->former) && good;
    for (size_t i = 0; i < GODWIT_TRIGGER_ROOTS; i++) {
        good = root_get(&r, &t->root[i]) && good;
    }
    good = key_get(&r, &t->received) && good;
    good = tables_get(&r, t) && good;
    return good && t->newest_root <= GODWIT_TRIGGER_ROOTS ? godwit_reader_done(&r) : GODWIT_MALFORMED;
}

static bool is_allowed(const godwit_trigger_config_t *config, const godwit_trigger_association_t *a)
{
    const bool root = a->root >= 1 && a->root <= GODWIT_TRIGGER_ROOTS && (config->roots >> (a->root - 1u) & 1u) != 0;
    const bool suite = a->suite >= 1 && a->suite <= 16 && (config->suites >> (a->suite - 1u) & 1u) != 0;
    return root && suite;
}

/* A configuration that has become stricter ends what it would not have begun. */
static void end_what_is_not_allowed(godwit_trigger_t *t)
{
    const bool current = is_allowed(&t->config, &t->current);
    if (!current) {
        godwit_wipe(&t->current, sizeof t->current);
    }
    if (!current || !is_allowed(&t->config, &t->former)) {
        godwit_wipe(&t->former, sizeof t->former);
    }
}

godwit_status_t godwit_trigger_restore(godwit_trigger_t *trigger, godwit_slice_t record)
{
    uint8_t check[GODWIT_SHA256_SIZE];
    const size_t body = GODWIT_TRIGGER_RECORD - CHECK;
    if (record.len != GODWIT_TRIGGER_RECORD) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = check_of(trigger, record.ptr, check);
    if (status == GODWIT_OK && memcmp(check, record.ptr + body, CHECK) != 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = parse(trigger, godwit_slice(record.ptr, body));
    }
    if (status == GODWIT_OK) {
        end_what_is_not_allowed(trigger);
    }
    if (status == GODWIT_MALFORMED) { /* as after init */
        const godwit_trigger_config_t config = trigger->config;
        godwit_wipe(trigger, sizeof *trigger);
        trigger->config = config;
    }
    return status;
}
