/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers: requests to the caller, and messages under the association in use. COUNTs are reserved in the
 * record before they are used, so that a power loss can skip some but never use one twice.
 */
#include <string.h>

#include "device/trigger/internal.h"

#define REQUESTS_BESIDE_STORE (GODWIT_TRIGGER_REQUESTS_MAX - 1u)
#define DOUBLINGS_MAX 8u
/* An association is replaced long before that; what is left is not spent. */
#define COUNT_LAST 0xFFFF0000u /* with the largest reserve on top there is still a number for it */

godwit_trigger_request_t *godwit_trigger_ask(godwit_trigger_requests_t *requests, godwit_trigger_request_kind_t kind)
{
    size_t at = requests->count < REQUESTS_BESIDE_STORE ? requests->count++ : REQUESTS_BESIDE_STORE - 1u;
    memset(&requests->item[at], 0, sizeof requests->item[at]);
    requests->item[at].kind = kind;
    return &requests->item[at];
}

void godwit_trigger_event(godwit_trigger_requests_t *requests, const char *name, godwit_status_t reason)
{
    godwit_trigger_request_t *event = godwit_trigger_ask(requests, GODWIT_TRIGGER_EVENT);
    event->name = name;
    event->reason = reason;
}

/* ---- messages, each behind room for a cookie ---- */

typedef struct place {
    uint8_t *octets;
    size_t cap;
    godwit_trigger_said_t *said;
} place_t;

static place_t out_of(godwit_trigger_t *t)
{
    return (place_t){t->out, sizeof t->out, &t->said};
}

static place_t complete_of(godwit_trigger_t *t)
{
    return (place_t){t->complete, sizeof t->complete, &t->said_complete};
}

/* What stood there is gone, whether or not the next comes to its end: no cookie has it said again. */
static godwit_writer_t writer_of(place_t place)
{
    *place.said = (godwit_trigger_said_t){0};
    return godwit_writer(place.octets + GODWIT_A3_COOKIE_PART, place.cap - GODWIT_A3_COOKIE_PART);
}

static godwit_slice_t message_in(place_t place)
{
    return godwit_slice(place.octets + GODWIT_A3_COOKIE_PART, place.said->len);
}

static void send_again(const godwit_trigger_t *t, place_t place, godwit_trigger_requests_t *requests)
{
    godwit_trigger_request_t *request = godwit_trigger_ask(requests, GODWIT_TRIGGER_SEND);
    request->via = (godwit_trigger_via_t)place.said->via;
    request->octets = message_in(place);
    if (t->has_cookie && request->via == GODWIT_TRIGGER_VIA_A3) {
        godwit_writer_t w = godwit_writer(place.octets, GODWIT_A3_COOKIE_PART);
        godwit_a3_cookie_put(t->cookie, &w);
        request->octets = godwit_slice(place.octets, w.len + place.said->len);
    }
}

static void send(const godwit_trigger_t *t, place_t place, size_t len, godwit_trigger_via_t via,
                 godwit_trigger_requests_t *requests)
{
    *place.said = (godwit_trigger_said_t){(uint8_t)via, (uint8_t)len};
    send_again(t, place, requests);
}

static bool is_for(place_t place, const uint8_t echo[GODWIT_A3_ECHO])
{
    uint8_t mine[GODWIT_A3_ECHO];
    return place.said->via == GODWIT_TRIGGER_VIA_A3 && godwit_a3_echo(message_in(place), mine) &&
           godwit_equal_secret(mine, echo, sizeof mine);
}

godwit_status_t godwit_trigger_say_with_cookie(godwit_trigger_t *t, godwit_slice_t octets,
                                               godwit_trigger_requests_t *requests)
{
    godwit_a3_cookie_answer_t answer;
    godwit_status_t status = godwit_a3_cookie_answer_parse(octets, &answer);
    if (status != GODWIT_OK) {
        return status;
    }
    const place_t place = is_for(out_of(t), answer.echo) ? out_of(t) : complete_of(t);
    if (!is_for(place, answer.echo) || t->cookies >= TRIGGER_COOKIES_MAX) {
        return GODWIT_REPLAY;
    }
    t->cookies++;
    t->has_cookie = true;
    memcpy(t->cookie, answer.cookie, sizeof t->cookie);
    send_again(t, place, requests);
    return GODWIT_OK;
}

/* ---- the one way out ---- */

static godwit_status_t store(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    if (!t->unstored) {
        return GODWIT_OK;
    }
    const godwit_status_t status = godwit_trigger_record_write(t);
    if (status == GODWIT_OK) {
        memmove(requests->item + 1, requests->item, requests->count * sizeof requests->item[0]);
        requests->item[0] = (godwit_trigger_request_t){.kind = GODWIT_TRIGGER_STORE,
                                                       .octets = godwit_slice(t->record, sizeof t->record)};
        requests->count++;
        t->unstored = false;
    }
    return status;
}

static void deliver_what_waits(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        godwit_trigger_pending_t *p = &t->pending[i];
        if (p->used && !p->given) {
            p->given = true;
            godwit_trigger_deliver(p, requests);
        }
    }
}

static void hold_back(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    size_t kept = 0;
    for (size_t i = 0; i < requests->count; i++) {
        const godwit_trigger_request_t *r = &requests->item[i];
        if (r->kind == GODWIT_TRIGGER_DERIVE) {
            t->asked_via = 0; /* the card was not asked */
        } else if (r->kind == GODWIT_TRIGGER_TIMER || r->kind == GODWIT_TRIGGER_EVENT) {
            requests->item[kept++] = *r;
        }
    }
    requests->count = kept;
}

godwit_status_t godwit_trigger_finish(godwit_trigger_t *t, godwit_status_t status, godwit_trigger_requests_t *requests)
{
    if (status == GODWIT_OK) {
        status = store(t, requests);
    }
    if (status == GODWIT_OK) {
        deliver_what_waits(t, requests);
    } else {
        hold_back(t, requests);
    }
    return status;
}

/* ---- what messages say ---- */

static godwit_a3_key_t key_of(const godwit_trigger_association_t *a)
{
    return (godwit_a3_key_t){.k_iwf = a->k_iwf, .association = a->number, .suite = a->suite};
}

bool godwit_trigger_can_say(const godwit_trigger_t *t)
{
    return t->current.number != 0 && t->current.next_up < COUNT_LAST;
}

bool godwit_trigger_may_reject(godwit_trigger_t *t, godwit_trigger_via_t via)
{
    uint8_t *sent = &t->rejects[via & GODWIT_TRIGGER_VIA_A3];
    return *sent < TRIGGER_REJECTS_MAX && ++*sent > 0;
}

godwit_status_t godwit_trigger_say(godwit_trigger_t *t, const godwit_a3_message_t *message, godwit_trigger_via_t via,
                                   godwit_trigger_requests_t *requests)
{
    godwit_trigger_association_t *a = &t->current;
    const godwit_a3_key_t key = key_of(a);
    if (!godwit_trigger_can_say(t)) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    if (a->next_up >= a->limit_up) {
        a->limit_up = a->next_up + t->config.reserve;
        t->unstored = true;
    }
    godwit_writer_t w = writer_of(out_of(t));
    godwit_status_t status = godwit_a3_protect(t->config.crypto, &key, a->next_up++, message, &w);
    if (status == GODWIT_OK) {
        send(t, out_of(t), w.len, via, requests);
    }
    return status;
}

godwit_status_t godwit_trigger_say_unprotected(godwit_trigger_t *t, const godwit_a3_message_t *message,
                                               godwit_trigger_via_t via, godwit_trigger_requests_t *requests)
{
    godwit_writer_t w = writer_of(out_of(t));
    godwit_status_t status = godwit_a3_unprotected_build(message, &w);
    if (status == GODWIT_OK) {
        send(t, out_of(t), w.len, via, requests);
    }
    return status;
}

godwit_status_t godwit_trigger_say_complete(godwit_trigger_t *t, godwit_trigger_via_t via,
                                            godwit_trigger_requests_t *requests)
{
    const godwit_trigger_association_t *a = &t->current;
    const godwit_a3_key_t key = key_of(a);
    godwit_writer_t w = writer_of(complete_of(t));
    godwit_a3_message_t m = {.type = GODWIT_A3_COMPLETE,
                             .complete = {.suite = a->suite, .device_suites = a->device_suites}};
    memcpy(m.complete.command, a->command, sizeof m.complete.command);
    godwit_status_t status = godwit_a3_protect(t->config.crypto, &key, 0, &m, &w);
    if (status == GODWIT_OK) {
        send(t, complete_of(t), w.len, via, requests);
    }
    return status;
}

void godwit_trigger_polls_end(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    if (t->polls > 0) {
        t->polls = 0;
        godwit_trigger_ask(requests, GODWIT_TRIGGER_TIMER)->delay_ms = 0;
    }
}

void godwit_trigger_polls_go_on(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    const unsigned doublings = t->polls < DOUBLINGS_MAX ? t->polls : DOUBLINGS_MAX;
    t->polls++;
    t->cookies = 0;
    godwit_trigger_ask(requests, GODWIT_TRIGGER_TIMER)->delay_ms = t->config.retransmit_ms << doublings;
}
