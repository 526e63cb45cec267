/* SPDX-License-Identifier: Apache-2.0
 *
 * Where freeDiameter's threads and the owner's meet: the queue of messages for the owner, the requests that wait for
 * the owner's answer, and our requests that wait for a peer's. All of them bounded. Answers never find the queue full:
 * each has a place kept free from the moment its request was sent.
 */
#include "adapters/diameter/internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define PENDING_MAX_AGE_MS 30000 /* an owner that has not answered by then will not; the peer has long given up */
#define RADIO_MS 60000
#define GRACE_MS 1000 /* freeDiameter tells of most timeouts itself; this is for answers that it drops */
#define INDEX_BITS 10

_Static_assert(GODWIT_DIAMETER_PENDING == 1u << INDEX_BITS, "the index must fit the route");

uint64_t godwit_diameter_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Never 0: generations begin with 1. */
static uint64_t number_of(size_t index, uint32_t generation)
{
    return (uint64_t)generation << INDEX_BITS | index;
}

static void wake(godwit_diameter_t *d)
{
    uint64_t one = 1;
    (void)!write(d->event, &one, sizeof one);
}

static void arm(godwit_diameter_t *d)
{
    struct itimerspec at = {.it_value = {.tv_sec = 1}};
    (void)timerfd_settime(d->timer, 0, &at, NULL);
}

/* Between an answer's leaving the table and its entering the queue another thread may take its place: as many as there
 * are threads. */
#define SLACK 16

static bool has_room(const godwit_diameter_t *d)
{
    return d->queue_count + d->outstanding_count + SLACK < GODWIT_DIAMETER_QUEUE;
}

static void append(godwit_diameter_t *d, const godwit_message_t *message)
{
    if (d->queue_count == GODWIT_DIAMETER_QUEUE) {
        return; /* cannot be: see has_room */
    }
    d->queue[(d->queue_first + d->queue_count) % GODWIT_DIAMETER_QUEUE] = *message;
    d->queue_count++;
    wake(d);
}

void godwit_diameter_push(godwit_diameter_t *d, const godwit_message_t *message)
{
    pthread_mutex_lock(&d->lock);
    d->counters.answers_received++;
    append(d, message);
    pthread_mutex_unlock(&d->lock);
}

/* ---- requests of peers ---- */

static void forget(godwit_diameter_pending_t *p)
{
    struct msg *request = p->request;
    godwit_wipe(p->octets, p->len);
    free(p->octets);
    *p = (godwit_diameter_pending_t){.generation = p->generation};
    if (request != NULL) {
        (void)fd_msg_free(request);
    }
}

/* How long the owner may take. */
static uint64_t age_of(godwit_message_kind_t kind)
{
    return kind == GODWIT_T5_DOWN || kind == GODWIT_SHORT_MESSAGE_DOWN ? RADIO_MS + GRACE_MS : PENDING_MAX_AGE_MS;
}

/* What the owner has not answered by then holds no place any more, nor counts against the share of its peer. */
static void forget_the_old(godwit_diameter_t *d, uint64_t now)
{
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING; i++) {
        godwit_diameter_pending_t *p = &d->pending[i];
        if (p->request != NULL && now - p->since_ms > age_of(p->kind)) {
            forget(p);
        }
    }
}

static godwit_diameter_pending_t *free_place(godwit_diameter_t *d)
{
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING; i++) {
        if (d->pending[i].request == NULL) {
            return &d->pending[i];
        }
    }
    return NULL;
}

void godwit_diameter_forget_pending(godwit_diameter_t *d)
{
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING; i++) {
        forget(&d->pending[i]);
    }
    pthread_mutex_unlock(&d->lock);
}

/* One peer that floods leaves room for the others. */
#define SHARE (GODWIT_DIAMETER_PENDING / 4 * 3)

static bool has_share(const godwit_diameter_t *d, size_t peer)
{
    size_t taken = 0;
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING; i++) {
        taken += d->pending[i].request != NULL && d->pending[i].peer == peer ? 1 : 0;
    }
    return taken < SHARE;
}

bool godwit_diameter_accept(godwit_diameter_t *d, size_t peer, struct msg *request, uint8_t *octets, size_t len,
                            godwit_message_t *message)
{
    uint64_t now = godwit_diameter_now_ms();
    pthread_mutex_lock(&d->lock);
    forget_the_old(d, now);
    bool room = d->running && has_room(d) && has_share(d, peer);
    godwit_diameter_pending_t *p = room ? free_place(d) : NULL;
    if (p != NULL) {
        *p = (godwit_diameter_pending_t){request, octets, len, p->generation + 1, now, message->kind, peer};
        message->route = number_of((size_t)(p - d->pending), p->generation);
        d->counters.requests_received++;
        append(d, message);
    } else {
        d->counters.requests_overload++;
    }
    pthread_mutex_unlock(&d->lock);
    return p != NULL;
}

bool godwit_diameter_take_pending(godwit_diameter_t *d, uint64_t route, godwit_message_kind_t answer,
                                  godwit_diameter_pending_t *pending)
{
    godwit_diameter_pending_t *p = &d->pending[route % GODWIT_DIAMETER_PENDING];
    pthread_mutex_lock(&d->lock);
    bool found = p->request != NULL && number_of((size_t)(p - d->pending), p->generation) == route &&
                 godwit_diameter_answer_kind(p->kind) == answer;
    if (found) {
        *pending = *p;
        *p = (godwit_diameter_pending_t){.generation = p->generation};
    }
    pthread_mutex_unlock(&d->lock);
    return found;
}

/* ---- requests of ours ---- */

uint32_t godwit_diameter_timeout_ms(const godwit_diameter_t *d, godwit_message_kind_t kind)
{
    const bool by_radio = kind == GODWIT_T5_DOWN || kind == GODWIT_SHORT_MESSAGE_DOWN;
    return by_radio && d->config.timeout_ms < RADIO_MS ? RADIO_MS : d->config.timeout_ms;
}

/* A name that godwit_diameter_write_request has taken. */
static void copy_name(char to[GODWIT_NODE_NAME_MAX], godwit_slice_t name)
{
    const size_t len = name.len < GODWIT_NODE_NAME_MAX ? name.len : 0;
    memcpy(to, name.ptr, len);
    to[len] = '\0';
}

uint64_t godwit_diameter_register(godwit_diameter_t *d, const godwit_message_t *request,
                                  const godwit_diameter_envelope_t *envelope, uint32_t session)
{
    uint64_t number = 0;
    pthread_mutex_lock(&d->lock);
    bool room = has_room(d);
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING && room && number == 0; i++) {
        godwit_diameter_outstanding_t *o = &d->outstanding[i];
        if (!o->used) {
            *o = (godwit_diameter_outstanding_t){true,
                                                 o->generation + 1,
                                                 godwit_diameter_now_ms() +
                                                     godwit_diameter_timeout_ms(d, request->kind) + GRACE_MS,
                                                 request->kind,
                                                 0,
                                                 request->from,
                                                 request->to,
                                                 request->transaction,
                                                 session,
                                                 "",
                                                 ""};
            copy_name(o->host, envelope->destination_host);
            copy_name(o->realm, envelope->destination_realm);
            o->vectors = request->kind == GODWIT_AUTH_INFO_REQUEST ? request->u.auth_info_request.kind : 0;
            number = number_of(i, o->generation);
            if (d->outstanding_count++ == 0) {
                arm(d);
            }
            d->counters.requests_sent++;
        }
    }
    pthread_mutex_unlock(&d->lock);
    return number;
}

bool godwit_diameter_take_outstanding(godwit_diameter_t *d, uint64_t number, godwit_diameter_outstanding_t *taken)
{
    godwit_diameter_outstanding_t *o = &d->outstanding[number % GODWIT_DIAMETER_PENDING];
    pthread_mutex_lock(&d->lock);
    bool found = o->used && number_of((size_t)(o - d->outstanding), o->generation) == number;
    if (found) {
        *taken = *o;
        o->used = false;
        d->outstanding_count--;
    }
    pthread_mutex_unlock(&d->lock);
    return found;
}

/* Answers for those that freeDiameter forgot. */
void godwit_diameter_sweep(godwit_diameter_t *d)
{
    uint64_t now = godwit_diameter_now_ms(), expirations;
    if (read(d->timer, &expirations, sizeof expirations) < 0) {
        return; /* it has not gone off */
    }
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING; i++) {
        godwit_diameter_outstanding_t *o = &d->outstanding[i];
        if (o->used && now >= o->deadline_ms) {
            godwit_message_t message;
            godwit_diameter_failed(o, &message);
            o->used = false;
            d->outstanding_count--;
            d->counters.timeouts++;
            append(d, &message);
        }
    }
    if (d->outstanding_count > 0) {
        arm(d);
    }
    pthread_mutex_unlock(&d->lock);
}
