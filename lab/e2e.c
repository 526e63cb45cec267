/* SPDX-License-Identifier: Apache-2.0
 *
 * EESE and EAS of a world: how they are configured when their power comes, what HSEs and owners of key sets are told of
 * them, and the application behind the EAS. Readings are committed there before they are delivered, and leave the store
 * when they are.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define LIFE_MIN_S 20u
#define LIFE_MAX_S 7776000u /* 90 days */
#define RETRY_MAX_MS 60000u
#define SOON_MS 1u

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

/* ---- roles ---- */

void lab_start_eese(godwit_world_t *w)
{
    const godwit_world_e2e_t *e2e = &w->config.e2e;
    godwit_eese_config_t config = {
        .crypto = crypto,
        .hses = 2,
        .pushes = e2e->pull ? 0 : 1,
        .life_min_s = LIFE_MIN_S,
        .life_max_s = LIFE_MAX_S,
        .messages_min = 1,
        .overlap_s = e2e->overlap_s,
        .aka_every = e2e->aka_every,
        .retry_max_ms = RETRY_MAX_MS,
    };
    set_name(config.local_host, lab_host(GODWIT_WORLD_EESE));
    set_name(config.local_realm, lab_realm(GODWIT_WORLD_EESE));
    set_name(config.hse[0], lab_host(GODWIT_WORLD_HSE));
    set_name(config.hse[1], lab_host(GODWIT_WORLD_EMSE));
    set_name(config.emks, lab_host(GODWIT_WORLD_EMKS));
    set_name(config.hss, lab_host(GODWIT_WORLD_HSS));
    set_name(config.push[0], lab_host(GODWIT_WORLD_EAS));
    set_name(config.integrity_reason, "the law of the visited network");
    if (w->eese == NULL) {
        w->eese = lab_alloc(sizeof *w->eese);
    }
    must(godwit_eese_init(w->eese, &config));
    w->eese->last_transaction = (uint32_t)godwit_lab_random(&w->random);
    lab_function_arm(w, GODWIT_WORLD_EESE, 0, SOON_MS);
}

void lab_start_eas(godwit_world_t *w)
{
    const godwit_world_e2e_t *e2e = &w->config.e2e;
    godwit_eas_config_t config = {.crypto = crypto, .hse_count = 2, .push = !e2e->pull, .durable = true};
    set_name(config.name, lab_host(GODWIT_WORLD_EAS));
    set_name(config.local_realm, lab_realm(GODWIT_WORLD_EAS));
    set_name(config.eese_host, lab_host(GODWIT_WORLD_EESE));
    set_name(config.hses[0], lab_host(GODWIT_WORLD_HSE));
    set_name(config.hses[1], lab_host(GODWIT_WORLD_EMSE));
    for (size_t i = 0; i < GODWIT_SERVICES; i++) {
        config.ageing[i] = (godwit_e2e_ageing_t){e2e->life_s, e2e->messages};
    }
    if (w->eas == NULL) {
        w->eas = lab_alloc(sizeof *w->eas);
    }
    must(godwit_eas_init(w->eas, &config));
    w->eas->last_transaction = (uint32_t)godwit_lab_random(&w->random);
    lab_e2e_deliver_rest(w);
    lab_function_arm(w, GODWIT_WORLD_EAS, 0, SOON_MS);
}

void lab_e2e_hse(const godwit_world_t *w, godwit_hse_config_t *config)
{
    if (w->config.e2e.on) {
        set_name(config->eese_host, lab_host(GODWIT_WORLD_EESE));
    }
}

void lab_e2e_forwards(godwit_world_t *w, lab_endpoint_t *e)
{
    if (!w->config.e2e.on) {
        return;
    }
    if (e->forwards == NULL) {
        e->forwards = lab_alloc(LAB_FORWARDS * sizeof *e->forwards);
        e->held = lab_alloc(LAB_FORWARDS * sizeof *e->held);
    }
    memset(e->forwards, 0, LAB_FORWARDS * sizeof *e->forwards);
    memset(e->held, 0, LAB_FORWARDS * sizeof *e->held);
    godwit_hse_set_forwards(&e->hse, e->forwards, LAB_FORWARDS, e->held, LAB_FORWARDS);
}

void lab_e2e_entitle(godwit_world_t *w)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_EAS_ENTITLEMENT};
    godwit_eas_entitlement_record_t *e = &record.u.eas_entitlement;
    set_name(e->eas, lab_host(GODWIT_WORLD_EAS));
    set_name(e->enterprise, "meters");
    set_name(e->first, "00101");
    e->scope = GODWIT_MTC_SCOPE_PLMN;
    e->services = (1u << GODWIT_SERVICES) - 1;
    must(godwit_eas_entitlement_name(crypto, e));
    lab_store_put(&w->functions[GODWIT_WORLD_EESE].store, &record, false);
    lab_store_put(&w->functions[GODWIT_WORLD_EESE].store, &record, true);
}

/* ---- the application behind the EAS ---- */

static bool is_that(const godwit_record_t *record, const godwit_reading_t *reading)
{
    const godwit_reading_record_t *r = &record->u.reading;
    return record->kind == GODWIT_RECORD_READING && godwit_imsi_equal(&r->imsi, &reading->imsi) &&
           r->session_id == reading->session_id && r->count == reading->count &&
           godwit_slice_equal(godwit_slice(r->payload, r->len), reading->payload);
}

static void delete_reading(lab_store_t *store, const godwit_record_t *record)
{
    const godwit_record_key_t key = godwit_record_key_of(record);
    lab_store_delete(store, &key, false);
    lab_store_delete(store, &key, true);
}

void lab_e2e_deliver(godwit_world_t *w, const godwit_reading_t *reading)
{
    lab_store_t *store = &w->functions[GODWIT_WORLD_EAS].store;
    for (size_t i = 0; i < store->durable_count; i++) {
        if (is_that(&store->durable[i], reading)) {
            lab_check_reading(w, reading);
            delete_reading(store, &store->durable[i]);
            return;
        }
    }
    lab_violate(w, "a reading delivered that is not durable");
}

void lab_e2e_deliver_rest(godwit_world_t *w)
{
    lab_store_t *store = &w->functions[GODWIT_WORLD_EAS].store;
    for (size_t i = store->durable_count; i-- > 0;) {
        if (store->durable[i].kind == GODWIT_RECORD_READING) {
            const godwit_reading_record_t *r = &store->durable[i].u.reading;
            lab_check_plain_reading(w, &r->imsi, godwit_slice(r->payload, r->len));
            delete_reading(store, &store->durable[i]);
        }
    }
}
