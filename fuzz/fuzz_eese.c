/* SPDX-License-Identifier: Apache-2.0
 *
 * The EESE given anything in any order: operations, each an octet of kind and six of its own. A key goes to the EAS
 * that it was made for and to nobody else, after a commit, and never again when the EAS has it; a request has one
 * answer at most; what is stored is bounded.
 */
#include "fuzz/fuzz.h"
#include "tests/support/eese_world.h"

#include <stdlib.h>
#include <string.h>

enum { SESSION, KEY, TOLD, REGISTER, PULL, TIME, COMMITS, RESTART, ENTITLE, RAW, PENDING, OPERATIONS };
#define ARGUMENTS 6u
#define STEPS_MAX 400u
#define SESSIONS 4u
#define GIVEN_MAX 1024u

static eese_world_t w;
static godwit_message_t asked[8], told[8]; /* questions to owners, and what EAS and HSE were told; the last ones */
static size_t askeds, tolds;
static uint8_t had[GIVEN_MAX][32]; /* keys that their EAS has */
static size_t hads;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const char *eas_named(uint8_t which)
{
    return (which & 1u) != 0 ? EESE_OTHER : EESE_EAS;
}

static bool is_had(const uint8_t key[32])
{
    for (size_t i = 0; i < hads; i++) {
        if (memcmp(had[i], key, 32) == 0) {
            return true;
        }
    }
    return false;
}

static void has_it(const uint8_t key[32])
{
    if (hads < GIVEN_MAX) {
        memcpy(had[hads++], key, 32);
    }
}

static void check_key(const godwit_eas_session_t *s, bool committed)
{
    static const uint8_t none[32];
    if (s->ended || s->status != GODWIT_OK) {
        check(memcmp(s->k_e2e, none, sizeof none) == 0);
        return;
    }
    check(committed);
    check(strcmp(s->eas, eas_named(s->k_e2e[0])) == 0);
    check(s->terms.age == godwit_load_u32(s->k_e2e + 4) && s->terms.age != 0);
    check(s->terms.key_id >= 1 && s->terms.key_id <= 7);
    check(!is_had(s->k_e2e));
}

/* What the last input led to. */
static void look(uint32_t transaction)
{
    bool committed = false;
    unsigned answers = 0;
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        const godwit_request_t *r = &w.owner.requests[i];
        committed |= r->kind == GODWIT_REQUEST_STORE_COMMIT;
        if (r->kind != GODWIT_REQUEST_MESSAGE) {
            continue;
        }
        const godwit_message_t *m = r->message;
        answers += godwit_message_is_answer(m->kind) && m->transaction == transaction;
        if (m->kind == GODWIT_E2E_KEY_REQUEST) {
            asked[askeds++ % 8] = *m;
        } else if (m->kind == GODWIT_EAS_SESSION_PUSH || m->kind == GODWIT_E2E_RENEW) {
            told[tolds++ % 8] = *m;
        }
        if (m->kind == GODWIT_EAS_SESSION_PUSH || m->kind == GODWIT_EAS_SESSION_PULL_ANSWER) {
            check_key(&m->u.eas_session, committed);
        }
        if (m->kind == GODWIT_EAS_SESSION_PULL_ANSWER && m->u.eas_session.status == GODWIT_OK) {
            has_it(m->u.eas_session.k_e2e);
        }
    }
    check(answers <= 1);
    check(w.owner.record_count < 64);
}

static void give(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    look(m->transaction);
}

static godwit_hop_t hop_of(uint8_t octet)
{
    return (octet & 0x80u) != 0 ? GODWIT_HOP_OPEN : GODWIT_HOP_TLS;
}

/* ---- operations ---- */

static void on_session(const uint8_t *a)
{
    godwit_message_t m = eese_world_request(&w, (godwit_e2e_event_t)(a[0] % 5), 1 + a[1] % SESSIONS, a[2]);
    godwit_e2e_session_request_t *r = &m.u.e2e_session_request;
    memcpy(r->eas, eas_named(a[3]), strlen(eas_named(a[3])) + 1);
    r->service = (godwit_service_t)(a[3] >> 1 & 7u);
    r->owner_is_hss = (a[4] & 1u) != 0;
    r->key_set = a[4] >> 1 & 3u;
    r->suites = (uint16_t)(a[5] | 1u);
    m.hop = hop_of(a[1]);
    give(&m);
}

static void on_key(const uint8_t *a)
{
    const godwit_message_t *question = &asked[a[0] % 8];
    const bool is_hss = (question->to == GODWIT_FUNCTION_HSS) != ((a[1] & 0x40u) != 0);
    godwit_message_t m = eese_world_message(&w, GODWIT_E2E_KEY_ANSWER, question->to, is_hss ? EESE_HSS : EESE_EMKS);
    godwit_e2e_key_answer_t *k = &m.u.e2e_key_answer;
    m.transaction = question->transaction;
    m.hop = hop_of(a[1]);
    k->status = (a[2] & 0x80u) != 0 ? (godwit_status_t)(a[2] & 15u) : GODWIT_OK;
    k->age = question->u.e2e_key_request.above_age + a[3] % 4;
    k->k_e2e[0] = strcmp(question->u.e2e_key_request.endpoint, EESE_OTHER) == 0;
    k->k_e2e[1] = (uint8_t)question->u.e2e_key_request.key_set;
    k->k_e2e[2] = (uint8_t)question->to;
    godwit_store_u32(k->k_e2e + 4, k->age);
    godwit_store_u32(k->k_e2e + 8, question->transaction); /* an owner gives none twice */
    give(&m);
}

static void on_told(const uint8_t *a)
{
    const godwit_message_t *said = &told[a[0] % 8];
    const bool renews = said->kind == GODWIT_E2E_RENEW;
    const char *whom = renews ? EESE_HSE : said->u.eas_session.eas;
    godwit_message_t m =
        eese_world_message(&w, renews ? GODWIT_E2E_RENEW_ANSWER : GODWIT_EAS_SESSION_PUSH_ANSWER, said->to,
                           (a[1] & 0x40u) != 0 || whom[0] == '\0' ? "eas.third.example" : whom);
    m.transaction = said->transaction;
    m.hop = hop_of(a[1]);
    m.u.outcome = (a[2] & 0x80u) != 0 ? (godwit_status_t)(a[2] & 15u) : GODWIT_OK;
    give(&m);
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        const godwit_request_t *r = &w.owner.requests[i];
        if (!renews && r->kind == GODWIT_REQUEST_EVENT && strcmp(r->event.name, "e2e_given") == 0) {
            has_it(said->u.eas_session.k_e2e);
        }
    }
}

static void on_register(const uint8_t *a)
{
    godwit_message_t m = eese_world_registration(&w, eas_named(a[0]), (a[1] & 1u) != 0);
    m.u.eas_register.remove = (a[1] & 2u) != 0;
    if ((a[1] & 4u) != 0) {
        memcpy(m.u.eas_register.registration, w.registration, sizeof w.registration);
    }
    m.u.eas_register.ageing[2] = (godwit_e2e_ageing_t){.life_s = (uint32_t)a[2] * 60, .messages = a[3]};
    m.hop = hop_of(a[1]);
    give(&m);
    if (eese_world_said(&w, GODWIT_EAS_REGISTER_ANSWER)) {
        memcpy(w.registration,
               owner_message(&w.owner, GODWIT_EAS_REGISTER_ANSWER, 0)->u.eas_register_answer.registration,
               sizeof w.registration);
    }
}

static void on_pull(const uint8_t *a)
{
    godwit_message_t m = eese_world_pull(&w, eas_named(a[0]));
    godwit_eas_session_request_t *r = &m.u.eas_session_request;
    r->session_id = a[1] % (SESSIONS + 1);
    r->key_id = a[2] % 8;
    r->above_age = a[3];
    r->lost = (a[4] & 1u) != 0;
    m.hop = hop_of(a[4]);
    give(&m);
}

static void on_raw(const uint8_t *a)
{
    static const godwit_message_kind_t kinds[] = {GODWIT_E2E_SESSION_REQUEST, GODWIT_EAS_REGISTER,
                                                  GODWIT_EAS_SESSION_PULL,    GODWIT_E2E_RENEW_ANSWER,
                                                  GODWIT_EAS_REGISTER_ANSWER, GODWIT_AUTH_INFO_REQUEST};
    godwit_message_t m = eese_world_message(&w, kinds[a[0] % 6], GODWIT_FUNCTION_EAS, eas_named(a[1]));
    switch (m.kind) {
    case GODWIT_E2E_SESSION_REQUEST:
        memset(&m.u.e2e_session_request.path.imsi, a[2], sizeof m.u.e2e_session_request.path.imsi);
        memset(m.u.e2e_session_request.eas, a[3], sizeof m.u.e2e_session_request.eas);
        break;
    case GODWIT_EAS_REGISTER:
        memset(m.u.eas_register.eas, a[3], sizeof m.u.eas_register.eas);
        break;
    default:
        m.transaction = a[4];
        break;
    }
    memset(m.origin_host, a[5], (a[1] & 2u) != 0 ? sizeof m.origin_host : 0);
    give(&m);
}

static void on_entitle(const uint8_t *a)
{
    eese_world_entitle(&w, eas_named(a[0]), EESE_DEVICE, a[1] & 7u, (a[2] & 1u) != 0 ? w.owner.now_ms + a[3] : 0);
}

static void on_time(const uint8_t *a)
{
    w.owner.now_ms += (uint64_t)a[1] << (a[0] % 24);
    owner_give_timer(&w.owner, 0);
    look(0);
}

static void operate(const uint8_t *op)
{
    const uint8_t *a = op + 1;
    switch (op[0] % OPERATIONS) {
    case SESSION:
        on_session(a);
        break;
    case KEY:
        on_key(a);
        break;
    case TOLD:
        on_told(a);
        break;
    case REGISTER:
        on_register(a);
        break;
    case PULL:
        on_pull(a);
        break;
    case TIME:
        on_time(a);
        break;
    case COMMITS:
        w.owner.fail_commits = (a[0] & 1u) != 0;
        w.owner.fail_fetches = (a[0] & 2u) != 0;
        break;
    case RESTART:
        check(godwit_eese_init(&w.eese, &w.config) == GODWIT_OK);
        break;
    case ENTITLE:
        on_entitle(a);
        break;
    case PENDING:
        owner_give_timer(&w.owner, (uint32_t)(a[0] + 1u + 256u * (a[1] & 1u)));
        look(0);
        break;
    default:
        on_raw(a);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    eese_world_init(&w);
    memset(asked, 0, sizeof asked);
    memset(told, 0, sizeof told);
    askeds = tolds = hads = 0;
    for (size_t step = 0; step < STEPS_MAX && size >= ARGUMENTS + 1; step++) {
        operate(data);
        data += ARGUMENTS + 1;
        size -= ARGUMENTS + 1;
    }
    return 0;
}
