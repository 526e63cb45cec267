/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE of Solution 1 among two devices, a gateway and an owner of key sets, given anything in any order: operations,
 * each an octet of kind, an octet of length and its octets. A G-PDU as it is must never cause a delivery and never get
 * more than three times its octets; a stranger's gets nothing at all. Counters of a generation never go back, whatever
 * is flushed, parked, repeated and pulled again; memory and store agree; a reading is delivered once.
 */
#include "core/wire/gtpu.h"
#include "fuzz/fuzz.h"
#include "tests/support/hse_bearer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRANGER,
    GATEWAY,
    READING,
    BEARER,
    BENT_BEARER,
    KEY_ANSWER,
    KEY_REFUSAL,
    OLD_PARKING,
    PUSH,
    TIME,
    RESTART,
    RELEASE,
    SUBMIT,
    SEPARATE,
    REPEAT,
    OPERATIONS
};

#define DEVICES 2
#define READINGS_MAX 1000
#define GENERATIONS_MAX 40 /* so many sessions fit the owner's store */

typedef struct counters {
    uint32_t up_in, up_out, cp_in, cp_out;
} counters_t;

/* A device and what the owner of its key set knows. */
typedef struct party {
    hse_device_t device;
    bool keyed;
    uint32_t last; /* generation handed out last */
    godwit_parked_t parked, before;
    godwit_key_request_t asked;
    uint32_t transaction; /* of that question; 0: none */
} party_t;

static hse_bearer_world_t b;
static party_t parties[DEVICES];
static counters_t highest[GENERATIONS_MAX + 1];
static bool restarted;
static unsigned readings; /* sealed: each says its number */
static bool delivered[READINGS_MAX];

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ---- what must hold ---- */

static void only_forward(const godwit_emsdp_key_t *key)
{
    if (!godwit_emsdp_key_is_set(key) || key->generation > GENERATIONS_MAX) {
        return;
    }
    counters_t *h = &highest[key->generation];
    check(key->hot.up_next_in >= h->up_in && key->hot.up_next_out >= h->up_out);
    check(key->cp_next_in >= h->cp_in && key->cp_next_out >= h->cp_out);
    *h = (counters_t){key->hot.up_next_in, key->hot.up_next_out, key->cp_next_in, key->cp_next_out};
}

static void must_hold(void)
{
    for (size_t i = 0; i < HSE_SESSIONS; i++) {
        const godwit_session_record_t *memory = &b.w.sessions[i].record;
        if (b.w.sessions[i].used) {
            const godwit_session_record_t *stored = hse_stored(&b.w, memory->session_id);
            check(stored != NULL && stored->current.generation == memory->current.generation);
            check(stored->current.hot.up_next_in == memory->current.hot.up_next_in);
            check(memory->current.hot.up_next_out <= stored->current.hot.up_limit_out);
            check(memory->current.cp_next_out <= stored->current.cp_limit_out);
            only_forward(&memory->current);
        }
    }
    for (size_t i = 0; i < HSE_BEARERS; i++) {
        const godwit_hse_bearer_t *bearer = &b.bearers[i];
        check(!bearer->used || bearer->pending == godwit_emsdp_key_is_set(&bearer->key));
        check(bearer->used || (!bearer->pending && !bearer->live && !bearer->flushed));
        if (bearer->pending) {
            only_forward(&bearer->key);
        }
    }
    check(owner_count(&b.w.owner, GODWIT_REQUEST_DELIVER) <= 1);
    if (owner_count(&b.w.owner, GODWIT_REQUEST_DELIVER) == 1) {
        check(owner_position(&b.w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) == 0);
    }
}

static void at_most_once(void)
{
    const godwit_request_t *delivery = owner_request(&b.w.owner, GODWIT_REQUEST_DELIVER, 0);
    char text[8] = "";
    if (delivery == NULL || delivery->reading.payload.len != 3) {
        return;
    }
    memcpy(text, delivery->reading.payload.ptr, 3);
    unsigned long number = strtoul(text, NULL, 10);
    check(number < READINGS_MAX && !delivered[number]);
    delivered[number] = true;
}

static size_t octets_sent(void)
{
    size_t sent = 0;
    for (size_t i = 0; i < owner_count(&b.w.owner, GODWIT_REQUEST_DATAGRAM); i++) {
        sent += owner_request(&b.w.owner, GODWIT_REQUEST_DATAGRAM, i)->octets.len;
    }
    return sent;
}

/* ---- the others ---- */

static party_t *party_of(const godwit_imsi_t *imsi)
{
    return godwit_imsi_equal(imsi, &parties[0].device.imsi) ? &parties[0] : &parties[1];
}

/* What the HSE asked of the owner of key sets, or told it. */
static void listen(void)
{
    for (size_t i = 0; i < owner_count(&b.w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        const godwit_message_t *m = owner_request(&b.w.owner, GODWIT_REQUEST_MESSAGE, i)->message;
        if (m->kind == GODWIT_KEY_REQUEST) {
            party_t *p = party_of(&m->u.key_request.imsi);
            p->asked = m->u.key_request;
            p->transaction = m->transaction;
        } else if (m->kind == GODWIT_KEY_PARK) {
            party_t *p = party_of(&m->u.key_park.imsi);
            check(m->u.key_park.parked.set && m->u.key_park.parked.generation <= p->last);
            p->before = p->parked;
            p->parked = m->u.key_park.parked;
        }
    }
}

/* The device takes a Start over what it sent, if the generation is new to it; one over a container that was bent does
 * not verify. */
static void try_start(party_t *p, godwit_slice_t start)
{
    hse_device_t *d = &p->device;
    godwit_slice_t contents = godwit_slice(d->request, d->request_len);
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    uint8_t transcript[32];
    if (godwit_emsdp_peek(start, b.w.config.framing, &header) != GODWIT_OK || header.key_id == 0 ||
        godwit_emsdp_start_peek(start, b.w.config.framing, &m) != GODWIT_OK ||
        (p->keyed && m.generation <= d->key.generation) ||
        godwit_emsdp_transcript(b.w.config.crypto, &contents, 1, transcript) != GODWIT_OK) {
        return;
    }
    godwit_emsdp_key_t key = hse_key(&b.w, 0, m.generation, m.suite, header.key_id);
    if (godwit_emsdp_open(b.w.config.crypto, &key, start, godwit_slice(transcript, 32), d->plain, &d->opened) ==
        GODWIT_OK) {
        godwit_emsdp_accept(&key, &d->opened);
        d->key = key;
        p->keyed = true;
    }
}

static void take_start(party_t *p)
{
    for (size_t i = 0; i < owner_count(&b.w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        const godwit_message_t *message = owner_request(&b.w.owner, GODWIT_REQUEST_MESSAGE, i)->message;
        const godwit_bearer_answer_t *answer = &message->u.bearer_answer;
        if (message->kind == GODWIT_BEARER_ANSWER && answer->status == GODWIT_OK) {
            try_start(p, godwit_slice(answer->start, answer->start_len));
        }
    }
}

static void give_answer(party_t *p, godwit_status_t status, const godwit_parked_t *parked)
{
    godwit_message_t request = {.transaction = p->transaction};
    if (p->transaction == 0 || (parked == NULL && b.w.generation >= GENERATIONS_MAX)) {
        return;
    }
    godwit_message_t answer = hse_key_answer(&b.w, request.transaction, status);
    if (status == GODWIT_OK && parked != NULL) {
        b.w.generation--; /* none was made */
        answer = hse_pull_answer(&b, &request, parked->generation);
        b.w.generation--;
        answer.u.key_answer.parked = *parked;
    } else if (status == GODWIT_OK && p->asked.purpose != GODWIT_KEY_FOR_SESSION) {
        answer.u.key_answer.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
        p->last = b.w.generation;
    }
    p->transaction = 0;
    owner_give_message(&b.w.owner, &answer);
    listen();
    take_start(p);
}

/* ---- operations ---- */

static void give_g_pdu(const godwit_address_t *from, uint32_t teid, godwit_slice_t pdu)
{
    uint8_t octets[320];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    check(godwit_gtpu_put_pdu(&w, teid, pdu) == GODWIT_OK);
    owner_give(&b.w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                             .port = GODWIT_PORT_GTPU,
                                             .from = *from,
                                             .datagram = godwit_written(&w)});
}

static void raw(bool stranger, uint8_t who, godwit_slice_t octets)
{
    const godwit_address_t from = {.len = 6, .octets = {10, 0, 0, stranger ? 8 : 9, 0x08, 0x68}};
    if ((who & 0x40) != 0) { /* not even GTP-U */
        owner_give(&b.w.owner,
                   &(godwit_input_t){
                       .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_GTPU, .from = from, .datagram = octets});
    } else {
        give_g_pdu(&from, 0x1000u + who % 4u, octets);
    }
    check(owner_count(&b.w.owner, GODWIT_REQUEST_DELIVER) == 0);
    check(owner_count(&b.w.owner, GODWIT_REQUEST_STORE_COMMIT) == 0);
    check(octets_sent() <= (stranger ? 0 : 3 * (octets.len + 8)));
    listen();
}

static void give_reading(party_t *p, bool again)
{
    char text[8];
    if (!p->keyed || readings >= READINGS_MAX) {
        return;
    }
    if (!again) {
        (void)snprintf(text, sizeof text, "%03u", readings++);
        hse_seal_user(&p->device, text);
    }
    if (p->device.sent_len > 0) {
        hse_bearer_give(&b, &p->device);
        listen();
    }
}

static void give_bearer(party_t *p, godwit_slice_t bends)
{
    hse_make_container(&p->device, p->keyed ? p->device.key.generation : 0);
    godwit_message_t m = hse_bearer_message(&b, &p->device);
    if (bends.len > 0) { /* of the message, or of the container in it */
        uint8_t *octets = (uint8_t *)&m.u.bearer;
        for (size_t i = 0; i + 2 < bends.len; i += 3) {
            octets[godwit_load_u16(bends.ptr + i) % sizeof m.u.bearer] ^= bends.ptr[i + 2];
        }
        m.u.bearer.modified = m.u.bearer.released = false; /* an octet that is no bool is no message */
    }
    owner_give_message(&b.w.owner, &m);
    listen();
    if (bends.len == 0) {
        take_start(p);
    }
}

static void give_push(party_t *p)
{
    if (b.w.generation < GENERATIONS_MAX) {
        p->last = ++b.w.generation;
        godwit_message_t m = hse_push_message(&b, &p->device, HSE_KEY_SET, p->last);
        owner_give_message(&b.w.owner, &m);
    }
}

static void release(party_t *p)
{
    hse_make_container(&p->device, 0);
    godwit_message_t m = hse_bearer_message(&b, &p->device);
    m.u.bearer.released = true;
    owner_give_message(&b.w.owner, &m);
    check(hse_bearer_answer(&b)->status == GODWIT_OK);
}

static void separate(party_t *p)
{
    hse_device_t other = p->device;
    other.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    hse_make_request(&b.w, &other, NULL);
    memcpy(other.sent, other.request, other.request_len);
    other.sent_len = other.request_len;
    hse_bearer_give(&b, &other);
    listen();
}

/* An old parking that came to its owner twice: the HSE must know better, as long as it remembers. */
static void give_old_parking(party_t *p)
{
    if (!restarted && p->before.set && p->asked.purpose == GODWIT_KEY_BY_SELECTOR) {
        give_answer(p, GODWIT_OK, &p->before);
    }
}

static void answer(party_t *p)
{
    godwit_parked_t parked = p->parked;
    bool lives = parked.set && parked.generation == p->last && parked.generation > p->asked.above_generation &&
                 p->asked.purpose == GODWIT_KEY_BY_SELECTOR;
    if (p->transaction == 0) {
        return;
    }
    p->parked.set = false; /* handed out, or passed over for a later generation */
    give_answer(p, GODWIT_OK, lives ? &parked : NULL);
}

static void operate(uint8_t kind, uint8_t who, godwit_slice_t octets)
{
    party_t *p = &parties[who % DEVICES];
    switch (kind % OPERATIONS) {
    case STRANGER:
    case GATEWAY:
        raw(kind % OPERATIONS == STRANGER, who, octets);
        break;
    case READING:
    case REPEAT:
        give_reading(p, kind % OPERATIONS == REPEAT);
        break;
    case BEARER:
        give_bearer(p, godwit_slice(NULL, 0));
        break;
    case BENT_BEARER:
        give_bearer(p, octets);
        break;
    case KEY_ANSWER:
        answer(p);
        break;
    case KEY_REFUSAL:
        give_answer(
            p, octets.len > 0 && octets.ptr[0] % 15 != 0 ? (godwit_status_t)(octets.ptr[0] % 15) : GODWIT_UNKNOWN_KEY,
            NULL);
        break;
    case OLD_PARKING:
        give_old_parking(p);
        break;
    case PUSH:
        give_push(p);
        break;
    case RESTART:
        hse_bearer_world_restart(&b);
        restarted = true;
        parties[0].transaction = parties[1].transaction = 0; /* their answers went with the connection */
        break;
    case RELEASE:
        release(p);
        break;
    case SUBMIT:
        owner_give(&b.w.owner,
                   &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = p->device.imsi, .datagram = octets});
        break;
    case SEPARATE:
        separate(p);
        break;
    case TIME:
    default:
        b.w.owner.now_ms += octets.len > 0 ? UINT64_C(1000) << (octets.ptr[0] & 7) : 1000;
        owner_give_timer(&b.w.owner, 0);
        listen();
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hse_bearer_world_init(&b);
    memset(parties, 0, sizeof parties);
    memset(highest, 0, sizeof highest);
    memset(delivered, 0, sizeof delivered);
    restarted = false;
    readings = 0;
    parties[0].device = hse_bearer_device("001010123456789", 0x1001);
    parties[1].device = hse_bearer_device("001010000000002", 0x1002);
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    while (r.left > 0) {
        uint8_t kind = godwit_get_u8(&r), who = godwit_get_u8(&r), len = godwit_get_u8(&r);
        size_t taken = len < r.left ? len : r.left;
        operate(kind, who, godwit_get_slice(&r, taken));
        must_hold();
        at_most_once();
        godwit_outbox_reset(&b.w.owner.outbox);
    }
    return 0;
}
