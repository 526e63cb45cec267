/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of the network functions: the contract of roles/role.h, with commits that take time and power that may go
 * at every step.
 */
#include <string.h>

#include "lab/internal.h"

void lab_function_start(godwit_world_t *w, unsigned node)
{
    lab_function_t *f = &w->functions[node];
    f->down = false;
    if (f->present) {
        lab_start_role(w, node);
    }
}

static void drop_jobs(lab_function_t *f)
{
    while (f->first != NULL) {
        lab_job_t *next = f->first->next;
        lab_free_secret(f->first);
        f->first = next;
    }
    f->last = NULL;
    f->waiting = false;
}

void lab_function_stop(godwit_world_t *w, unsigned node)
{
    lab_function_t *f = &w->functions[node];
    w->e2e.disturbed = w->e2e.disturbed || node == GODWIT_WORLD_EAS || lab_is_endpoint(node);
    drop_jobs(f);
    memset(f->timers, 0, sizeof f->timers);
    lab_store_power_loss(&f->store);
    f->down = true;
    f->incarnation++;
}

/* ---- requests ---- */

void lab_function_arm(godwit_world_t *w, unsigned node, uint32_t timer, uint32_t delay_ms)
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

/* False when the list must wait. */
static bool carry_out(godwit_world_t *w, unsigned node, const godwit_request_t *r)
{
    lab_function_t *f = &w->functions[node];
    switch (r->kind) {
    case GODWIT_REQUEST_DATAGRAM:
        lab_net_datagram(w, node, r);
        break;
    case GODWIT_REQUEST_MESSAGE:
        lab_send_message(w, node, r->message);
        break;
    case GODWIT_REQUEST_DELIVER:
        if (node == GODWIT_WORLD_EAS) {
            lab_e2e_deliver(w, &r->reading);
        } else if (w->config.e2e.on) {
            lab_violate(w, "a reading in clear at an HSE of an end-to-end session");
        } else {
            lab_check_reading(w, &r->reading);
        }
        break;
    case GODWIT_REQUEST_TIMER:
        lab_function_arm(w, node, r->timer, r->delay_ms);
        break;
    case GODWIT_REQUEST_STORE_COMMIT:
        f->waiting = true;
        (void)lab_after(w, LAB_COMMIT_MS, LAB_DURABLE, node);
        return false;
    case GODWIT_REQUEST_INTERCEPT: /* no destination here */
        break;
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
            lab_free_secret(job);
            continue;
        }
        if (!lab_step(w, node)) {
            return; /* the job is gone with everything else */
        }
        job->at += carry_out(w, node, &job->requests[job->at]);
    }
}

static void make_durable(godwit_world_t *w, unsigned node, const godwit_request_t *r)
{
    lab_function_t *f = &w->functions[node];
    if (r->deleting) {
        lab_check_spent(w, node, &r->record_key);
        lab_store_delete(&f->store, &r->record_key, true);
    } else {
        lab_check_next_commit(w, r->record);
        lab_check_commit(w, node, r->record);
        lab_check_asked(w, node, r->record);
        lab_store_put(&f->store, r->record, true);
    }
}

/* A reading and the window that it moved are one transaction, as in the real store; other commits are as far from each
 * other as the contract lets them be. */
static bool is_one_with_next(const lab_job_t *job)
{
    const godwit_request_t *last = &job->requests[job->at - 1], *next = &job->requests[job->at];
    return job->at < job->outbox.count && next->kind == GODWIT_REQUEST_STORE_COMMIT && !last->deleting &&
           last->record->kind == GODWIT_RECORD_READING;
}

void lab_function_durable(godwit_world_t *w, unsigned node)
{
    lab_function_t *f = &w->functions[node];
    if (!lab_step(w, node)) {
        return;
    }
    f->waiting = false;
    do {
        make_durable(w, node, &f->first->requests[f->first->at++]);
    } while (is_one_with_next(f->first));
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
    const godwit_record_t *found = lab_store_fetch(&f->store, &need->record_key, &in->fetch_status);
    in->fetched_key = need->record_key;
    in->fetched = found != NULL ? room : NULL;
    if (found != NULL) {
        *room = *found;
        if (found->kind == GODWIT_RECORD_ASSOCIATION) {
            room->u.association.imsi = need->record_key.imsi;
        }
    }
}

void lab_function_input(godwit_world_t *w, unsigned node, const godwit_input_t *input)
{
    lab_function_t *f = &w->functions[node];
    godwit_input_t in = *input;
    godwit_record_t room;
    uint8_t random[256];
    if (f->down || !f->present || !lab_step(w, node)) {
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
        lab_step_role(w, node, &in, &job->outbox);
        if (!godwit_outbox_is_need(&job->outbox)) {
            break;
        }
        godwit_request_t need = job->requests[0];
        answer_need(w, f, &need, &in, &room, random);
    }
    if (godwit_outbox_is_need(&job->outbox) || job->outbox.overflow) {
        lab_violate(w, job->outbox.overflow ? "an outbox overflowed" : "more needs than the contract allows");
    }
    lab_check_refusal(w, node, &in, &job->outbox);
    lab_check_consumed(w, node, &job->outbox);
    lab_check_contact(w, &job->outbox);
    show_commits(f, job);
    if (lab_is_endpoint(node)) {
        lab_learn_network_keys(w, lab_endpoint_of(node));
    }
    *(f->last == NULL ? &f->first : &f->last->next) = job;
    f->last = job;
    lab_watch_node(w, node);
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
