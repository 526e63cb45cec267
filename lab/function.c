/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of the network functions: the contract of roles/role.h, with commits that take time and power that may go at every step.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define HOME_REALM "home.example"

static const char *const hosts[GODWIT_WORLD_FUNCTIONS] = {"hse.home.example", "emks.home.example", "hss.home.example"};

static void step_hse(godwit_world_t *w, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hse_step(&w->hse, in, out);
}

static void step_emks(godwit_world_t *w, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(&w->emks, in, out);
}

static void step_hss(godwit_world_t *w, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(&w->hss, in, out);
}

/* ---- power ---- */

static void start_hse(godwit_world_t *w)
{
    godwit_hse_config_t config = {
        .crypto = &godwit_crypto_builtin,
        .framing = w->config.framing,
        .agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1),
        .suite_order = {GODWIT_SUITE_DEFAULT},
        .rekey_datagrams = w->config.rekey_datagrams,
        .reauthenticate_generations = w->config.reauthenticate_generations,
    };
    memcpy(config.endpoint, hosts[GODWIT_WORLD_HSE], strlen(hosts[GODWIT_WORLD_HSE]) + 1);
    memset(w->hse_sessions, 0, LAB_SESSIONS * sizeof *w->hse_sessions);
    memset(w->hse_exchanges, 0, LAB_EXCHANGES * sizeof *w->hse_exchanges);
    memset(w->hse_senders, 0, LAB_SENDERS * sizeof *w->hse_senders);
    memset(&w->hse, 0, sizeof w->hse);
    if (godwit_hse_init(&w->hse, &config, w->hse_sessions, LAB_SESSIONS, w->hse_exchanges, LAB_EXCHANGES,
                        w->hse_senders, LAB_SENDERS) != GODWIT_OK) {
        abort();
    }
    w->hse.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

static void start_emks(godwit_world_t *w)
{
    memset(&w->emks, 0, sizeof w->emks);
    w->emks.crypto = &godwit_crypto_builtin;
    w->emks.best_plmn = w->plmn;
    w->emks.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    w->emks.next_transaction = (uint32_t)godwit_lab_random(&w->random);
    memcpy(w->emks.local_host, hosts[GODWIT_WORLD_EMKS], strlen(hosts[GODWIT_WORLD_EMKS]) + 1);
    memcpy(w->emks.local_realm, HOME_REALM, sizeof HOME_REALM);
}

static void start_hss(godwit_world_t *w)
{
    memset(&w->hss, 0, sizeof w->hss);
    w->hss.crypto = &godwit_crypto_builtin;
    w->hss.best_plmn = w->plmn;
    w->hss.vectors_per_request = 1;
    w->hss.nodes[0].ind = 1;
    w->hss.nodes[0].home = true;
    memcpy(w->hss.nodes[0].host, hosts[GODWIT_WORLD_EMKS], strlen(hosts[GODWIT_WORLD_EMKS]) + 1);
    w->hss.node_count = 1;
}

void lab_function_start(godwit_world_t *w, unsigned node)
{
    static void (*const starts[GODWIT_WORLD_FUNCTIONS])(godwit_world_t *) = {start_hse, start_emks, start_hss};
    static void (*const steps[GODWIT_WORLD_FUNCTIONS])(godwit_world_t *, const godwit_input_t *,
                                                       godwit_outbox_t *) = {step_hse, step_emks, step_hss};
    lab_function_t *f = &w->functions[node];
    f->step = steps[node];
    f->host = hosts[node];
    f->realm = HOME_REALM;
    f->down = false;
    starts[node](w);
}

static void drop_jobs(lab_function_t *f)
{
    while (f->first != NULL) {
        lab_job_t *next = f->first->next;
        free(f->first);
        f->first = next;
    }
    f->last = NULL;
    f->waiting = false;
}

void lab_function_stop(godwit_world_t *w, unsigned node)
{
    lab_function_t *f = &w->functions[node];
    drop_jobs(f);
    memset(f->timers, 0, sizeof f->timers);
    lab_store_power_loss(&f->store);
    f->down = true;
    f->incarnation++;
}

/* ---- requests ---- */

static void set_timer(godwit_world_t *w, unsigned node, uint32_t timer, uint32_t delay_ms)
{
    lab_function_t *f = &w->functions[node];
    lab_timer_t *place = NULL;
    for (size_t i = 0; i < LAB_TIMERS; i++) {
        lab_timer_t *t = &f->timers[i];
        if (t->used && t->timer == timer) {
            place = t;
            break;
        }
        if (place == NULL && !t->used) {
            place = t;
        }
    }
    if (place == NULL) {
        lab_violate(w, "more timers than the lab has");
        return;
    }
    place->serial++;
    place->timer = timer;
    place->used = delay_ms > 0;
    if (delay_ms > 0) {
        lab_event_t *e = lab_after(w, delay_ms, LAB_TIMER, node);
        e->timer = timer;
        e->serial = place->serial;
    }
}

static unsigned node_of(godwit_function_t function)
{
    switch (function) {
    case GODWIT_FUNCTION_HSE:
        return GODWIT_WORLD_HSE;
    case GODWIT_FUNCTION_EMKS:
        return GODWIT_WORLD_EMKS;
    case GODWIT_FUNCTION_HSS:
        return GODWIT_WORLD_HSS;
    default:
        return GODWIT_WORLD_FUNCTIONS;
    }
}

void lab_send_message(godwit_world_t *w, const godwit_message_t *message, const char *host, const char *realm)
{
    unsigned node = node_of(message->to);
    lab_check_message(w, message);
    if (node == GODWIT_WORLD_FUNCTIONS) { /* the MME */
        w->access_answer = *message;
        w->access_answered = true;
        return;
    }
    lab_event_t *e = lab_after(w, 1, LAB_MESSAGE, node);
    e->message = lab_alloc(sizeof *e->message);
    *e->message = *message;
    memset(e->message->origin_host, 0, sizeof e->message->origin_host);
    memset(e->message->origin_realm, 0, sizeof e->message->origin_realm);
    memcpy(e->message->origin_host, host, strlen(host));
    memcpy(e->message->origin_realm, realm, strlen(realm));
}

static void send_down(godwit_world_t *w, const godwit_request_t *r)
{
    unsigned address;
    int device = lab_device_at(w, &r->to, &address);
    lab_check_sent(w, false, r->octets);
    if (device >= 0) {
        lab_air_send(w, (unsigned)device, false, address, r->octets);
    }
}

/* False when the list must wait. */
static bool carry_out(godwit_world_t *w, unsigned node, const godwit_request_t *r)
{
    lab_function_t *f = &w->functions[node];
    switch (r->kind) {
    case GODWIT_REQUEST_DATAGRAM:
        send_down(w, r);
        break;
    case GODWIT_REQUEST_MESSAGE:
        lab_send_message(w, r->message, f->host, f->realm);
        break;
    case GODWIT_REQUEST_DELIVER:
        lab_check_reading(w, &r->reading);
        break;
    case GODWIT_REQUEST_TIMER:
        set_timer(w, node, r->timer, r->delay_ms);
        break;
    case GODWIT_REQUEST_STORE_COMMIT:
        f->waiting = true;
        (void)lab_after(w, LAB_COMMIT_MS, LAB_DURABLE, node);
        return false;
    case GODWIT_REQUEST_EVENT:
        lab_saw(w->events, r->event.name, r->event.reason);
        break;
    default:
        lab_violate(w, "a need among other requests");
        break;
    }
    return true;
}

static void go_on(godwit_world_t *w, unsigned node)
{
    lab_function_t *f = &w->functions[node];
    while (f->first != NULL && !f->waiting) {
        lab_job_t *job = f->first;
        if (job->at == job->outbox.count) {
            f->first = job->next;
            f->last = f->first == NULL ? NULL : f->last;
            free(job);
            continue;
        }
        if (!lab_step(w, node)) {
            return; /* the job is gone with everything else */
        }
        job->at += carry_out(w, node, &job->requests[job->at]);
    }
}

void lab_function_durable(godwit_world_t *w, unsigned node)
{
    lab_function_t *f = &w->functions[node];
    if (!lab_step(w, node)) {
        return;
    }
    const godwit_request_t *r = &f->first->requests[f->first->at++];
    f->waiting = false;
    if (r->deleting) {
        lab_store_delete(&f->store, &r->record_key, true);
    } else {
        lab_check_commit(w, node, r->record);
        lab_store_put(&f->store, r->record, true);
    }
    go_on(w, node);
}

/* ---- inputs ---- */

/* Every commit of the list is seen by later fetches from now on. */
static void show_commits(lab_function_t *f, const lab_job_t *job)
{
    for (size_t i = 0; i < job->outbox.count; i++) {
        const godwit_request_t *r = &job->requests[i];
        if (r->kind == GODWIT_REQUEST_STORE_COMMIT && r->deleting) {
            lab_store_delete(&f->store, &r->record_key, false);
        } else if (r->kind == GODWIT_REQUEST_STORE_COMMIT) {
            lab_store_put(&f->store, r->record, false);
        }
    }
}

static void answer_need(godwit_world_t *w, lab_function_t *f, const godwit_request_t *need, godwit_input_t *in,
                        godwit_record_t *room, uint8_t random[256])
{
    if (need->kind == GODWIT_REQUEST_RANDOM) {
        size_t count = need->count < 256 ? need->count : 256;
        godwit_lab_random_fill(&w->random, random, count);
        in->random = godwit_slice(random, count);
        return;
    }
    const godwit_record_t *found = lab_store_find(&f->store, &need->record_key, false);
    in->fetched_key = need->record_key;
    in->fetch_status = found != NULL ? GODWIT_OK : GODWIT_NOT_FOUND;
    in->fetched = found != NULL ? room : NULL;
    if (found != NULL) {
        *room = *found;
    }
}

void lab_function_input(godwit_world_t *w, unsigned node, const godwit_input_t *input)
{
    lab_function_t *f = &w->functions[node];
    godwit_input_t in = *input;
    godwit_record_t room;
    uint8_t random[256];
    if (f->down || !lab_step(w, node)) {
        return;
    }
    lab_job_t *job = lab_alloc(sizeof *job);
    job->outbox = (godwit_outbox_t){.requests = job->requests,
                                    .capacity = GODWIT_OUTBOX_REQUESTS,
                                    .arena = job->arena,
                                    .arena_size = sizeof job->arena};
    in.now_ms = w->now_ms;
    in.fetch_status = GODWIT_AGAIN;
    for (int round = 0; round <= GODWIT_NEEDS_MAX; round++) {
        godwit_outbox_reset(&job->outbox);
        f->step(w, &in, &job->outbox);
        if (!godwit_outbox_is_need(&job->outbox)) {
            break;
        }
        godwit_request_t need = job->requests[0];
        answer_need(w, f, &need, &in, &room, random);
    }
    if (godwit_outbox_is_need(&job->outbox) || job->outbox.overflow) {
        lab_violate(w, job->outbox.overflow ? "an outbox overflowed" : "more needs than the contract allows");
    }
    show_commits(f, job);
    if (node == GODWIT_WORLD_HSE) {
        lab_learn_network_keys(w);
    }
    *(f->last == NULL ? &f->first : &f->last->next) = job;
    f->last = job;
    go_on(w, node);
}

void lab_function_timer(godwit_world_t *w, unsigned node, uint32_t timer, uint32_t serial)
{
    lab_function_t *f = &w->functions[node];
    for (size_t i = 0; i < LAB_TIMERS; i++) {
        lab_timer_t *t = &f->timers[i];
        if (t->used && t->timer == timer && t->serial == serial) {
            t->used = false;
            lab_function_input(w, node, &(godwit_input_t){.kind = GODWIT_INPUT_TIMER, .timer = timer});
            return;
        }
    }
}
