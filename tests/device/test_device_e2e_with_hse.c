/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library, the HSE and the receiver of an enterprise end to end, and everything between them lost, repeated
 * and late; power lost, too. EMKS and EESE are a few lines here. Checked throughout: the EAS takes a reading once, no
 * COUNT of a K_e2e protects two messages, ages rise, and the HSE holds no K_e2e. And at the end, when nothing is lost
 * any more, a reading comes through.
 */
#include <stdio.h>
#include <stdlib.h>

#include "godwit/eas.h"
#include "roles/hse/internal.h"
#include "tests/device/dut.h"
#include "tests/support/hse_e2e.h"

#define READINGS 400
#define USES 2048
#define SESSIONS 4
#define KEY_SETS 256
#define GRANTS 512
#define LATE 6

typedef struct use {
    uint8_t of[10]; /* key, COUNT */
    uint8_t digest[8];
} use_t;

typedef struct eas_session {
    uint32_t session_id;
    godwit_eas_device_t device;
    bool waits; /* a grant that has not arrived */
    godwit_eas_grant_t grant;
} eas_session_t;

typedef struct world {
    hse_world_t h;
    dut_t d;
    godwit_address_t from;
    uint64_t random;
    unsigned loss; /* of 16 */
    /* EMKS and EESE. */
    uint32_t run, generation[KEY_SETS], age[KEY_SETS];
    uint8_t key_set[KEY_SETS][32];
    uint8_t granted[GRANTS][32];
    size_t grants;
    uint8_t key_id;
    /* The EAS. */
    eas_session_t eas[SESSIONS];
    size_t eas_next;
    unsigned readings;
    bool delivered[READINGS];
    use_t uses[USES];
    size_t used;
    octets_t late[LATE];
} world_t;

static world_t w;

static void carry_out_device(void);
static void carry_out_hse(void);

static uint32_t draw(uint32_t below)
{
    w.random ^= w.random << 13;
    w.random ^= w.random >> 7;
    w.random ^= w.random << 17;
    return (uint32_t)(w.random >> 11) % below;
}

static bool lost(void)
{
    return draw(16) < w.loss;
}

/* ---- no COUNT protects two messages ---- */

static void note_up(godwit_slice_t octets)
{
    godwit_emsdp_header_t header;
    use_t use;
    uint8_t digest[32];
    const godwit_emsdp_key_t *key = &w.d.e2e.current.plane;
    assert_int_equal(godwit_emsdp_peek(octets, w.d.config.framing, &header), GODWIT_OK);
    if (!header.user_plane || key->hot.key_id != header.key_id) {
        return;
    }
    assert_int_equal(CRYPTO->sha256(&octets, 1, digest), GODWIT_OK);
    memset(&use, 0, sizeof use);
    memcpy(use.of, key->hot.k_int, 8);
    godwit_store_u16(use.of + 8, (uint16_t)header.low_count); /* a key lives for less than 2^11 messages */
    memcpy(use.digest, digest, sizeof use.digest);
    for (size_t i = 0; i < w.used && i < USES; i++) {
        if (memcmp(w.uses[i].of, use.of, sizeof use.of) == 0) {
            assert_memory_equal(w.uses[i].digest, use.digest, sizeof use.digest);
            return;
        }
    }
    w.uses[w.used++ % USES] = use;
}

/* ---- EMKS ---- */

static void new_key_set(godwit_key_answer_t *answer)
{
    uint8_t root[32], kasme[32];
    assert_true(w.run + 1 < KEY_SETS);
    w.run++;
    godwit_vector_t v = dut_vector(godwit_sqn_join(10 + w.run, 1, GODWIT_IND_BITS_DEFAULT), 0x8080);
    memcpy(root, v.ck, 16);
    memcpy(root + 16, v.ik, 16);
    assert_int_equal(godwit_kasme(CRYPTO, root, w.d.config.best_plmn, v.autn, kasme), GODWIT_OK);
    assert_int_equal(
        godwit_e2m_keyset(CRYPTO, kasme, GODWIT_AGREEMENT_SEPARATE_EPS, godwit_slice(v.autn, 6), w.key_set[w.run]),
        GODWIT_OK);
    memcpy(answer->rand, v.rand, 16);
    memcpy(answer->autn, v.autn, 16);
}

static void answer_key(const godwit_message_t *asked)
{
    const godwit_key_request_t *request = &asked->u.key_request;
    godwit_message_t m = {.kind = GODWIT_KEY_ANSWER, .transaction = asked->transaction};
    godwit_key_answer_t *answer = &m.u.key_answer;
    uint64_t key_set = request->key_set;
    if (request->purpose != GODWIT_KEY_NEXT_GENERATION) {
        new_key_set(answer);
        key_set = w.run;
    }
    answer->agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    answer->key_set = key_set;
    answer->generation = ++w.generation[key_set];
    assert_int_equal(
        godwit_k_session(CRYPTO, w.key_set[key_set], w.d.config.endpoint, answer->generation, answer->k_session),
        GODWIT_OK);
    if (!lost()) {
        owner_give_message(&w.h.owner, &m);
        carry_out_hse();
    }
}

/* ---- EESE ---- */

static eas_session_t *session_of(uint32_t session_id)
{
    for (size_t i = 0; i < SESSIONS; i++) {
        if (w.eas[i].session_id == session_id) {
            return &w.eas[i];
        }
    }
    return NULL;
}

static void arrive(eas_session_t *s)
{
    if (s->waits) {
        godwit_status_t status = s->device.crypto == NULL ? godwit_eas_begin(&s->device, CRYPTO, &s->grant)
                                                          : godwit_eas_take(&s->device, &s->grant);
        assert_true(status == GODWIT_OK || status == GODWIT_REPLAY);
        s->waits = false;
    }
}

static godwit_e2e_terms_t grant(const godwit_e2e_path_t *path, uint64_t key_set)
{
    eas_session_t *s = session_of(path->session_id);
    if (s == NULL) {
        s = &w.eas[w.eas_next++ % SESSIONS];
        memset(s, 0, sizeof *s);
        s->session_id = path->session_id;
    }
    arrive(s); /* in order: the EESE has one key under way at a time */
    w.key_id = (uint8_t)(w.key_id % 7 + 1);
    s->grant = (godwit_eas_grant_t){.path = *path, .overlap_s = 3600, .agreed_s = w.h.owner.now_ms / 1000};
    s->grant.terms = (godwit_e2e_terms_t){.service = GODWIT_SERVICE_CONFIDENTIALITY,
                                          .suite = 1,
                                          .key_id = w.key_id,
                                          .age = ++w.age[key_set],
                                          .messages = 24};
    assert_int_equal(
        godwit_k_e2e(CRYPTO, w.key_set[key_set], godwit_slice_of_string(HSE_EAS), s->grant.terms.age, s->grant.k_e2e),
        GODWIT_OK);
    memcpy(w.granted[w.grants++ % GRANTS], s->grant.k_e2e, 32);
    s->waits = true;
    if (!lost()) {
        arrive(s);
    }
    return s->grant.terms;
}

static void answer_eese(const godwit_message_t *asked)
{
    const godwit_e2e_session_request_t *request = &asked->u.e2e_session_request;
    godwit_message_t m = {.kind = GODWIT_E2E_SESSION_ANSWER, .transaction = asked->transaction, .hop = GODWIT_HOP_TLS};
    if (request->event == GODWIT_E2E_OPEN || request->event == GODWIT_E2E_AGE) {
        m.u.e2e_session_answer.terms = grant(&request->path, request->key_set);
    }
    if (!lost()) {
        owner_give_message(&w.h.owner, &m);
        carry_out_hse();
    }
}

static void renew(void)
{
    const godwit_session_record_t *record = NULL;
    for (size_t i = 0; i < HSE_SESSIONS; i++) {
        record = w.h.sessions[i].used && w.h.sessions[i].record.end_to_end ? &w.h.sessions[i].record : record;
    }
    if (record == NULL) {
        return;
    }
    hse_device_t d = {.imsi = record->imsi};
    d.key.hot.session_id = record->session_id;
    const godwit_e2e_path_t path = {.imsi = record->imsi,
                                    .hse = HSE_ENDPOINT,
                                    .session_id = record->session_id,
                                    .session_octets = 3,
                                    .counter_octets = 1};
    const godwit_e2e_terms_t terms = grant(&path, record->key_set);
    godwit_message_t m = hse_renewal(&d, draw(8) == 0 ? GODWIT_E2E_NEW_AKA : GODWIT_E2E_NEW_AGE, &terms);
    m.u.e2e_renew.key_set = record->key_set;
    owner_give_message(&w.h.owner, &m);
    carry_out_hse();
}

/* ---- EAS ---- */

static void take_reading(godwit_slice_t payload)
{
    char text[8] = "";
    assert_int_equal(payload.len, 3);
    memcpy(text, payload.ptr, 3);
    unsigned long number = strtoul(text, NULL, 10);
    assert_true(number < w.readings);
    assert_false(w.delivered[number]);
    w.delivered[number] = true;
}

static void answer_up(const godwit_message_t *asked)
{
    const godwit_user_plane_t *up = &asked->u.user_plane;
    godwit_message_t m = {.kind = GODWIT_USER_PLANE_UP_ANSWER,
                          .transaction = asked->transaction,
                          .hop = GODWIT_HOP_TLS,
                          .origin_host = HSE_EAS};
    eas_session_t *s = session_of(up->session_id);
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_eas_opened_t opened;
    uint64_t now_s = w.h.owner.now_ms / 1000;
    godwit_status_t status = GODWIT_UNKNOWN_SESSION;
    if (s != NULL && s->device.crypto != NULL) {
        status = godwit_eas_open(&s->device, now_s, up->number, godwit_slice(up->datagram, up->len), plain, &opened);
    }
    if (status == GODWIT_OK && !opened.again) {
        take_reading(opened.payload);
        godwit_eas_accept(&s->device, now_s, up->number, &opened);
    }
    if (s != NULL && (status == GODWIT_UNKNOWN_KEY || status == GODWIT_UNKNOWN_SESSION)) {
        arrive(s); /* it pulls */
    }
    m.u.user_plane_answer.status = status;
    m.u.user_plane_answer.highest = status == GODWIT_OK && opened.highest;
    if (!lost()) {
        owner_give_message(&w.h.owner, &m);
        carry_out_hse();
    }
}

/* ---- the HSE's requests ---- */

static void answer(const godwit_message_t *asked)
{
    switch (asked->kind) {
    case GODWIT_KEY_REQUEST:
        answer_key(asked);
        break;
    case GODWIT_E2E_SESSION_REQUEST:
        answer_eese(asked);
        break;
    case GODWIT_USER_PLANE_UP:
        answer_up(asked);
        break;
    default:
        break;
    }
}

static void give_device(godwit_slice_t datagram)
{
    assert_int_equal(godwit_device_receive(&w.d.device, datagram, w.d.random, &w.d.requests), GODWIT_OK);
    carry_out_device();
}

static void carry_out_hse(void)
{
    godwit_message_t *asked = calloc(6, sizeof *asked);
    octets_t down[4];
    size_t questions = 0, datagrams = 0;
    const owner_t *owner = &w.h.owner;
    assert_non_null(asked);
    assert_int_equal(owner_count(owner, GODWIT_REQUEST_DELIVER), 0); /* the HSE reads nothing */
    for (size_t i = 0; i < owner->outbox.count; i++) {
        const godwit_request_t *q = &owner->requests[i];
        if (q->kind == GODWIT_REQUEST_DATAGRAM && datagrams < 4) {
            memcpy(down[datagrams].at, q->octets.ptr, q->octets.len);
            down[datagrams++].len = q->octets.len;
        } else if (q->kind == GODWIT_REQUEST_MESSAGE && questions < 6) {
            asked[questions++] = *q->message;
        }
    }
    for (size_t i = 0; i < datagrams; i++) {
        if (!lost()) {
            give_device(octets_slice(&down[i]));
        }
    }
    for (size_t i = 0; i < questions; i++) {
        if (!lost()) {
            answer(&asked[i]);
        }
    }
    free(asked);
}

/* ---- the device's requests ---- */

static void carry_up(godwit_slice_t octets)
{
    owner_give_datagram(&w.h.owner, &w.from, octets);
    carry_out_hse();
}

static void carry_out_device(void)
{
    octets_t up[4];
    size_t datagrams = 0;
    dut_store(&w.d);
    for (size_t i = 0; i < w.d.requests.count; i++) {
        const godwit_device_request_t *q = &w.d.requests.item[i];
        if (q->kind == GODWIT_DEVICE_SEND && datagrams < 4) {
            note_up(q->octets);
            memcpy(up[datagrams].at, q->octets.ptr, q->octets.len);
            up[datagrams++].len = q->octets.len;
        }
    }
    if (dut_find(&w.d, GODWIT_DEVICE_AUTHENTICATE) != NULL) {
        dut_run_card(&w.d);
        carry_out_device();
    }
    for (size_t i = 0; i < datagrams; i++) {
        w.late[draw(LATE)] = up[i];
        if (!lost()) {
            carry_up(octets_slice(&up[i]));
        }
    }
}

/* ---- steps ---- */

static void send_reading(void)
{
    char text[8];
    if (w.readings < READINGS) {
        (void)snprintf(text, sizeof text, "%03u", w.readings);
        godwit_status_t status =
            godwit_device_send(&w.d.device, godwit_slice_of_string(text), w.d.random, &w.d.requests);
        w.readings += status == GODWIT_OK;
        if (status == GODWIT_OK) {
            carry_out_device();
        }
    }
}

static void timer_of_device(void)
{
    assert_int_equal(godwit_device_timer(&w.d.device, w.d.random, &w.d.requests), GODWIT_OK);
    carry_out_device();
}

static void pass_time(uint32_t ms)
{
    w.h.owner.now_ms += ms;
    owner_give_timer(&w.h.owner, GODWIT_HSE_TIMER_SWEEP);
    carry_out_hse();
    owner_give_timer(&w.h.owner, GODWIT_HSE_TIMER_AGENDA);
    carry_out_hse();
    for (size_t i = 0; i < HSE_SESSIONS; i++) {
        if (w.h.sessions[i].used && draw(2) == 0) {
            owner_give_timer(&w.h.owner, w.h.sessions[i].record.session_id);
            carry_out_hse();
        }
    }
}

static void step(void)
{
    octets_t late = w.late[draw(LATE)];
    switch (draw(14)) {
    case 0:
        pass_time(1000 + draw(90000));
        break;
    case 1:
        pass_time(1 + draw(3000));
        break;
    case 2:
        hse_world_restart(&w.h);
        break;
    case 3:
        if (draw(3) == 0) {
            dut_reboot(&w.d);
        }
        break;
    case 4:
    case 5:
        timer_of_device();
        break;
    case 6:
        if (late.len > 0) {
            carry_up(octets_slice(&late));
        }
        break;
    case 7:
        renew();
        break;
    default:
        send_reading();
        break;
    }
}

static bool holds(const void *memory, size_t size, const uint8_t key[32])
{
    for (const uint8_t *at = memory; size >= 32; at++, size--) {
        if (at[0] == key[0] && memcmp(at, key, 32) == 0) {
            return true;
        }
    }
    return false;
}

static void the_hse_holds_no_key_of_the_user_plane(void)
{
    for (size_t i = 0; i < w.grants && i < GRANTS; i += 7) {
        assert_false(holds(w.h.sessions, sizeof w.h.sessions, w.granted[i]));
        assert_false(holds(w.h.exchanges, sizeof w.h.exchanges, w.granted[i]));
        assert_false(holds(&w.h.hse, sizeof w.h.hse, w.granted[i]));
    }
}

static void start_world(uint64_t seed)
{
    memset(&w, 0, sizeof w);
    hse_device_t unused;
    hse_e2e_init(&w.h, &unused);
    w.h.config.rekey_ms = 400000;
    w.h.config.reauthenticate_generations = 4;
    hse_world_restart(&w.h);
    dut_init(&w.d);
    w.d.e2e.config.service = GODWIT_SERVICE_CONFIDENTIALITY;
    w.d.config.e2e = &w.d.e2e;
    w.d.config.enterprise = godwit_slice_of_string(HSE_EAS);
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    w.from = owner_address(1);
    w.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    w.loss = (unsigned)(seed % 6);
}

/* Nothing is lost any more: soon a reading arrives. */
static void heal(uint64_t seed)
{
    w.loss = 0;
    for (unsigned i = 0; i < 40; i++) {
        unsigned before = w.readings;
        pass_time(61000);
        send_reading();
        pass_time(1000);
        if (w.readings > before && w.delivered[w.readings - 1]) {
            return;
        }
        timer_of_device();
    }
    fail_msg("seed %lu: nothing comes through", (unsigned long)seed);
}

static void device_hse_and_eas_agree_whatever_is_lost(void **state)
{
    (void)state;
    unsigned long sent = 0, taken = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        start_world(seed);
        for (unsigned i = 0; i < 120; i++) {
            step();
        }
        heal(seed);
        the_hse_holds_no_key_of_the_user_plane();
        for (unsigned i = 0; i < w.readings; i++) {
            taken += w.delivered[i];
        }
        sent += w.readings;
        if (seed % 6 == 0) { /* where nothing was lost but by power and time */
            assert_true(w.readings > 0);
        }
    }
    print_message("readings sent %lu, taken by the EAS %lu\n", sent, taken);
    assert_true(2 * taken > sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_hse_and_eas_agree_whatever_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
