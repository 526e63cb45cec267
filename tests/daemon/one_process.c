/* SPDX-License-Identifier: Apache-2.0
 *
 * The world of one process and one device.
 */
#include "tests/daemon/one_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_ROUNDS 40 /* of timers: more than any retransmission takes */

static uint64_t world_clock_ms;

static uint64_t read_clock(void)
{
    return world_clock_ms;
}

static void remember(sent_list_t *list, godwit_slice_t octets)
{
    if (list->count == WORLD_SENT_MAX) {
        abort();
    }
    sent_t *sent = &list->at[list->count++];
    sent->len = octets.len;
    memcpy(sent->octets, octets.ptr, octets.len);
}

/* ---- the process ------------------------------------------------------------------------------------------------- */

static void out_datagram(void *context, godwit_function_t from, const godwit_request_t *request)
{
    world_t *w = context;
    (void)from;
    remember(&w->down, request->octets);
}

static void out_message(void *context, godwit_function_t from, const godwit_message_t *message)
{
    world_t *w = context;
    (void)from;
    godwit_message_t *place = queue_add(w->queue);
    *place = *message;
    if (place->origin_host[0] == '\0') {
        strcpy(place->origin_host, WORLD_NAME);
    }
}

static void out_deliver(void *context, const godwit_reading_t *reading)
{
    world_t *w = context;
    if (w->delivered_count == WORLD_DELIVERED_MAX) {
        abort();
    }
    snprintf(w->delivered[w->delivered_count++], sizeof w->delivered[0], "%.*s", (int)reading->payload.len,
             (const char *)reading->payload.ptr);
}

static void step_hss(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void step_emks(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static void step_hse(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hse_step(role, in, out);
}

static godwit_plmn_t plmn(void)
{
    godwit_plmn_t p;
    return godwit_plmn_from_text("001-01", &p) == GODWIT_OK ? p : (abort(), p);
}

static void make_roles(world_t *w)
{
    const godwit_hse_config_t config = {
        .crypto = &godwit_crypto_builtin,
        .endpoint = WORLD_NAME,
        .framing = GODWIT_FRAMING_DEFAULT,
        .agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1),
        .suite_order = {GODWIT_SUITE_DEFAULT},
        .rekey_datagrams = 3, /* so that keys are renewed within the test */
    };
    memset(&w->hss, 0, sizeof w->hss);
    memset(&w->emks, 0, sizeof w->emks);
    w->hss.crypto = &godwit_crypto_builtin;
    w->hss.best_plmn = plmn();
    w->hss.nodes[0] = (godwit_hss_node_t){WORLD_NAME, 0, true};
    w->hss.node_count = 1;
    w->emks.crypto = &godwit_crypto_builtin;
    w->emks.best_plmn = plmn();
    w->emks.agreements = config.agreements;
    strcpy(w->emks.local_host, WORLD_NAME);
    strcpy(w->emks.local_realm, "home.example");
    memset(w->sessions, 0, sizeof w->sessions);
    memset(w->exchanges, 0, sizeof w->exchanges);
    memset(w->senders, 0, sizeof w->senders);
    if (godwit_hse_init(&w->hse, &config, w->sessions, WORLD_SESSIONS, w->exchanges, WORLD_SESSIONS, w->senders,
                        WORLD_SESSIONS) != GODWIT_OK) {
        abort();
    }
    owner_set_role(w->owner, GODWIT_FUNCTION_HSS, step_hss, &w->hss);
    owner_set_role(w->owner, GODWIT_FUNCTION_EMKS, step_emks, &w->emks);
    owner_set_role(w->owner, GODWIT_FUNCTION_HSE, step_hse, &w->hse);
}

static bool add_subscriber(world_t *w)
{
    godwit_record_t record, there;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_SUBSCRIBER;
    record.u.subscriber.imsi = w->card.imsi;
    record.u.subscriber.key = w->card.key;
    record.u.subscriber.ind_bits = GODWIT_IND_BITS_DEFAULT;
    const godwit_record_key_t key = godwit_record_key_of(&record);
    godwit_status_t status = godwit_store_fetch(w->store, &key, &there);
    return status == GODWIT_NOT_FOUND ? godwit_store_put(w->store, &record) == GODWIT_OK : status == GODWIT_OK;
}

bool world_start(world_t *w)
{
    char why[GODWIT_STORE_WHY];
    const godwit_store_config_t store = {.path = w->path, .key_file = w->key_file, .vfs = w->vfs};
    if (godwit_store_open(&godwit_store_sqlite, &store, &w->store, why) != GODWIT_OK) {
        return false;
    }
    const owner_config_t config = {
        .store = w->store,
        .observer = &w->observer,
        .timers = 256,
        .exits = {.context = w, .datagram = out_datagram, .message = out_message, .deliver = out_deliver},
        .now_ms = read_clock,
        .monotonic_ms = read_clock,
    };
    memset(&w->observer, 0, sizeof w->observer);
    w->observer.fd = -1;
    w->owner = owner_new(&config);
    w->queue = queue_new();
    make_roles(w);
    return add_subscriber(w);
}

void world_kill(world_t *w)
{
    godwit_store_close(w->store);
    owner_free(w->owner);
    queue_free(w->queue);
    w->store = NULL;
    w->owner = NULL;
    w->queue = NULL;
    w->up.taken = w->up.count; /* what was on the way met nobody */
}

/* ---- the device -------------------------------------------------------------------------------------------------- */

static const uint8_t *draw(world_t *w)
{
    static uint8_t octets[4];
    w->draws++;
    memcpy(octets, &w->draws, sizeof octets);
    return octets;
}

/* Requests of one call; AUTHENTICATE gives the next. The device and its card keep what they store. */
static void carry_out(world_t *w, godwit_device_requests_t *requests)
{
    for (size_t i = 0; i < requests->count; i++) {
        const godwit_device_request_t *request = &requests->item[i];
        godwit_usim_output_t out;
        switch (request->kind) {
        case GODWIT_DEVICE_SEND:
            remember(&w->up, request->octets);
            break;
        case GODWIT_DEVICE_TIMER:
            w->device_timer = request->delay_ms == 0 ? 0 : world_clock_ms + request->delay_ms;
            break;
        case GODWIT_DEVICE_AUTHENTICATE:
            if (godwit_usim_step(&w->card, request->rand, request->autn, &out) != GODWIT_OK) {
                abort();
            }
            w->resynchronisations += out.result.status == GODWIT_AUTH_RESYNC;
            if (godwit_device_usim_result(&w->device, &out.result, draw(w), requests) != GODWIT_OK) {
                abort();
            }
            i = (size_t)-1; /* its requests take the place of these, of which it was the last */
            break;
        case GODWIT_DEVICE_DELIVER:
        case GODWIT_DEVICE_STORE:
        case GODWIT_DEVICE_EVENT:
        default:
            break;
        }
    }
}

void world_send(world_t *w, const char *reading)
{
    godwit_device_requests_t requests = {.count = 0};
    if (godwit_device_send(&w->device, godwit_slice_of_string(reading), draw(w), &requests) == GODWIT_OK) {
        carry_out(w, &requests);
    }
}

void world_init(world_t *w, const char *path, const char *key_file, const char *vfs)
{
    static const uint8_t k[16] = {1, 2, 3}, opc[16] = {4, 5, 6};
    static const char endpoint[] = WORLD_NAME;
    godwit_device_config_t config = {
        .crypto = &godwit_crypto_builtin,
        .endpoint = godwit_slice(endpoint, sizeof endpoint - 1),
        .best_plmn = plmn(),
        .serving_network = plmn(),
        .framing = GODWIT_FRAMING_DEFAULT,
        .agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1),
        .suites = 1,
    };
    godwit_aka_key_t key;
    memset(w, 0, sizeof *w);
    w->path = path;
    w->key_file = key_file;
    w->vfs = vfs;
    world_clock_ms = UINT64_C(1700000000000);
    if (godwit_imsi_from_text("001010000000001", &config.imsi) != GODWIT_OK ||
        godwit_aka_key_init(&key, &godwit_crypto_builtin, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                            godwit_slice(opc, 16), true, NULL) != GODWIT_OK ||
        godwit_device_init(&w->device, &config) != GODWIT_OK) {
        abort();
    }
    godwit_usim_init(&w->card, &godwit_crypto_builtin, &config.imsi, &key);
}

/* ---- the way between --------------------------------------------------------------------------------------------- */

static void give_up_datagram(world_t *w, const sent_t *sent)
{
    godwit_input_t input = {.kind = GODWIT_INPUT_DATAGRAM,
                            .from = {.len = 6, .octets = {127, 0, 0, 1, 1, 1}},
                            .datagram = godwit_slice(sent->octets, sent->len)};
    owner_feed(w->owner, GODWIT_FUNCTION_HSE, &input);
    owner_finish(w->owner);
}

static void pass_messages(world_t *w)
{
    while (queue_count(w->queue) > 0) {
        const godwit_message_t *message = queue_at(w->queue, 0);
        godwit_input_t input = {.kind = GODWIT_INPUT_MESSAGE, .message = message};
        owner_feed(w->owner, message->to, &input);
        owner_finish(w->owner);
        queue_drop(w->queue, 1);
    }
}

static bool carry_once(world_t *w)
{
    godwit_device_requests_t requests = {.count = 0};
    if (w->up.taken < w->up.count) {
        give_up_datagram(w, &w->up.at[w->up.taken++]);
        pass_messages(w);
        return true;
    }
    if (w->down.taken < w->down.count) {
        const sent_t *sent = &w->down.at[w->down.taken++];
        if (godwit_device_receive(&w->device, godwit_slice(sent->octets, sent->len), draw(w), &requests) != GODWIT_OK) {
            abort();
        }
        carry_out(w, &requests);
        return true;
    }
    return false;
}

/* Time passes until the next timer of either end. */
static void let_time_pass(world_t *w)
{
    godwit_device_requests_t requests = {.count = 0};
    uint64_t wait = owner_wait(w->owner, 10000);
    uint64_t until = world_clock_ms + (wait == 0 ? 1 : wait);
    world_clock_ms = w->device_timer != 0 && w->device_timer < until ? w->device_timer : until;
    owner_run_timers(w->owner);
    owner_finish(w->owner);
    pass_messages(w);
    if (w->device_timer != 0 && world_clock_ms >= w->device_timer) {
        w->device_timer = 0;
        if (godwit_device_timer(&w->device, draw(w), &requests) != GODWIT_OK) {
            abort();
        }
        carry_out(w, &requests);
    }
}

void world_run(world_t *w, bool (*alive)(void))
{
    for (unsigned quiet = 0; quiet < QUIET_ROUNDS && alive();) {
        if (!carry_once(w)) {
            if (w->device_timer == 0) {
                return; /* the device waits for nothing */
            }
            let_time_pass(w);
            quiet++;
        }
    }
}

void world_replay(world_t *w, size_t index)
{
    give_up_datagram(w, &w->up.at[index]);
    pass_messages(w);
}

size_t world_deliveries_of(const world_t *w, const char *reading)
{
    size_t count = 0;
    for (size_t i = 0; i < w->delivered_count; i++) {
        count += strcmp(w->delivered[i], reading) == 0;
    }
    return count;
}
