/* SPDX-License-Identifier: Apache-2.0
 *
 * Attacks on keys without a round trip: recorded attaches and first datagrams come again, vectors are guessed at, and a
 * server asks for what another server's device sent. An attack is defeated when nothing was delivered by it, no record
 * moved, and the device goes on.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/table.h"

#define GUESSES 1000
#define STRANGE_ADDRESS 0xF00000

/* What the device sends: recorded, or held back. */
typedef struct tap {
    lab_packet_t *last;
    bool hold;
} tap_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    tap_t *tap = context;
    (void)w;
    if (p->from != godwit_world_device_node(0) || !tap->hold) {
        return true;
    }
    lab_free(tap->last);
    tap->last = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    tap->last->source = p->source;
    tap->last->destination = p->destination;
    return false;
}

static void arrive(godwit_world_t *w, const lab_packet_t *p, unsigned bend)
{
    lab_packet_t *again = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    again->source = bend > 0 ? lab_address(STRANGE_ADDRESS + bend % 16) : p->source;
    again->destination = p->destination;
    again->bent = bend > 0;
    if (bend > 0) {
        again->octets[3 + bend % 4] ^= (uint8_t)(1 + bend / 4); /* MAC-I of the first frame under keys of before */
    }
    lab_event_t *e = lab_after(w, 1, LAB_PACKET, p->to);
    e->packet = again;
}

/* A device that was attached once and has a vector; its next attach is held back. */
static godwit_world_t *with_vector(tap_t *tap, uint32_t *reading)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = GODWIT_WORLD_UMTS;
    config.carrier = GODWIT_CARRIER_PDP;
    config.offline = config.next_session = true;
    config.wire = on_wire;
    config.context = tap;
    godwit_world_t *w = godwit_world_new(&config);
    (void)godwit_world_submit(w, 0);
    godwit_world_run(w, 20000);
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, 10000);
    tap->hold = true;
    *reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 100);
    tap->hold = false;
    return w;
}

static bool finish(godwit_world_t *w, tap_t *tap, bool good)
{
    good = good && godwit_world_violation(w) == NULL;
    godwit_world_free(w);
    lab_free(tap->last);
    return good;
}

/* The device has another reading, and it arrives. */
static bool goes_on(godwit_world_t *w)
{
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 60000);
    return godwit_world_delivered(w, reading) == 1;
}

bool godwit_lab_attach_is_not_replayed(void)
{
    tap_t tap = {.hold = false};
    uint32_t reading;
    godwit_world_t *w = with_vector(&tap, &reading);
    arrive(w, tap.last, 0);
    godwit_world_run(w, 30000);
    bool good = godwit_world_delivered(w, reading) == 1;
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, 10000);
    unsigned used = godwit_world_network_events(w, "next_used", GODWIT_OK);
    arrive(w, tap.last, 0);
    godwit_world_run(w, 30000);
    good = good && godwit_world_network_events(w, "next_used", GODWIT_OK) == used;
    return finish(w, &tap, good && goes_on(w));
}

bool godwit_lab_vector_is_not_guessed(void)
{
    tap_t tap = {.hold = false};
    uint32_t reading;
    godwit_world_t *w = with_vector(&tap, &reading);
    unsigned vectors = godwit_world_vectors(w, 0);
    for (unsigned i = 1; i <= GUESSES; i++) {
        arrive(w, tap.last, i);
        godwit_world_run(w, 2);
    }
    (void)vectors;
    arrive(w, tap.last, 0);
    godwit_world_run(w, 30000);
    bool good = godwit_world_delivered(w, reading) == 1 && godwit_world_network_events(w, "next_used", GODWIT_OK) == 1;
    return finish(w, &tap, good);
}

static godwit_world_t *with_first(tap_t *tap, uint32_t *reading)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.solution = 3;
    config.device_rand = true;
    config.wire = on_wire;
    config.context = tap;
    godwit_world_t *w = godwit_world_new(&config);
    tap->hold = true;
    *reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 1000);
    tap->hold = false;
    return w;
}

bool godwit_lab_server_is_not_another(void)
{
    tap_t tap = {.hold = false};
    uint32_t reading;
    godwit_world_t *w = with_first(&tap, &reading);
    godwit_message_t m = {.kind = GODWIT_MTC_KEY_REQUEST, .to = GODWIT_FUNCTION_MKEF, .transaction = 1};
    m.u.mtc_key_request.session_octets = w->config.framing.session_octets;
    m.u.mtc_key_request.counter_octets = w->config.framing.counter_octets;
    m.u.mtc_key_request.datagram_len = (uint16_t)tap.last->len;
    memcpy(m.u.mtc_key_request.datagram, tap.last->octets, tap.last->len);
    w->access_answered = false;
    lab_send_message(w, GODWIT_WORLD_STRANGER, &m);
    godwit_world_run(w, 1000);
    bool good = w->access_answered && w->access_answer.u.mtc_key_answer.status == GODWIT_NOT_ENTITLED;
    arrive(w, tap.last, 0); /* and the device's own server is not the poorer for it */
    godwit_world_run(w, 10000);
    return finish(w, &tap, good && godwit_world_delivered(w, reading) == 1);
}

bool godwit_lab_first_is_not_replayed(void)
{
    tap_t tap = {.hold = false};
    uint32_t reading;
    godwit_world_t *w = with_first(&tap, &reading);
    arrive(w, tap.last, 0);
    godwit_world_run(w, 10000);
    bool good = godwit_world_delivered(w, reading) == 1;
    godwit_world_run(w, 120000); /* nobody remembers the exchange */
    arrive(w, tap.last, 0);
    tap.last->source = lab_address(STRANGE_ADDRESS);
    arrive(w, tap.last, 0);
    godwit_world_run(w, 10000);
    return finish(w, &tap, good && godwit_world_delivered(w, reading) == 1 && goes_on(w));
}

bool godwit_lab_naf_is_not_another(void)
{
    tap_t tap = {.hold = false};
    godwit_world_config_t config = godwit_world_defaults();
    config.solution = 3;
    config.gba = true;
    config.wire = on_wire;
    config.context = &tap;
    godwit_world_t *w = godwit_world_new(&config);
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 5000);
    godwit_message_t m = {.kind = GODWIT_ZN_REQUEST, .to = GODWIT_FUNCTION_BSF, .transaction = 1};
    const char *b_tid = godwit_gba_b_tid_of(&w->devices[0].gba);
    memcpy(m.u.zn_request.b_tid, b_tid, strlen(b_tid) + 1);
    m.u.zn_request.naf_id_len = (uint16_t)lab_naf_id(m.u.zn_request.naf_id).len;
    w->access_answered = false;
    lab_send_message(w, GODWIT_WORLD_STRANGER, &m);
    godwit_world_run(w, 1000);
    bool good = godwit_world_delivered(w, reading) == 1 && w->access_answered &&
                w->access_answer.u.zn_answer.status == GODWIT_NOT_ENTITLED;
    return finish(w, &tap, good && goes_on(w));
}

bool godwit_lab_af_is_not_another(void)
{
    tap_t tap = {.hold = false};
    godwit_world_config_t config = godwit_world_defaults();
    config.solution = 3;
    config.akma = true;
    config.wire = on_wire;
    config.context = &tap;
    godwit_world_t *w = godwit_world_new(&config);
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 5000);
    godwit_message_t m = {.kind = GODWIT_AKMA_KEY_REQUEST, .to = GODWIT_FUNCTION_AANF, .transaction = 1};
    bool named = godwit_akma_name(&w->devices[0].akma, m.u.akma_key_request.a_kid) == GODWIT_OK;
    m.u.akma_key_request.af_id_len = (uint16_t)lab_af_id(m.u.akma_key_request.af_id).len;
    w->access_answered = false;
    lab_send_message(w, GODWIT_WORLD_STRANGER, &m);
    godwit_world_run(w, 1000);
    bool good = named && godwit_world_delivered(w, reading) == 1 && w->access_answered &&
                w->access_answer.u.akma_key_answer.status == GODWIT_NOT_ENTITLED;
    return finish(w, &tap, good && goes_on(w));
}
