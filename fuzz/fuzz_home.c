/* SPDX-License-Identifier: Apache-2.0
 *
 * HSS and EMKS together, as owners of key sets, asked anything by anybody in any order: operations, each an octet of
 * kind, one of who, one of length and its octets. What they say to each other may be lost, doubled and late; commits
 * fail, both lose their memory. What must hold all the same is in home_nodes.c.
 */
#include "fuzz/fuzz.h"
#include "fuzz/home_nodes.h"

#include <string.h>

enum {
    VECTOR,
    PULL,
    PARK,
    PARK_AGAIN,
    CONFIRM,
    ACTIVATION,
    CARRY,
    STRANGERS_PUSH,
    TIME,
    TIMER,
    RESTART,
    FAIL,
    E2E,
    OPERATIONS
};

static godwit_message_t message(godwit_message_kind_t kind, uint8_t host)
{
    godwit_message_t m = {.kind = kind, .from = GODWIT_FUNCTION_HSE, .transaction = 9, .route = 2};
    strcpy(m.origin_host, home_hosts[host % 4]);
    strcpy(m.origin_realm, (host & 4) == 0 ? "visited.test" : "home.test");
    return m;
}

static owner_t *owner_of(uint8_t flags)
{
    return (flags & 1) == 0 ? &h.home : &h.keys_home;
}

static void select_run(godwit_selector_t *selector, uint8_t who, uint8_t how, uint8_t bend)
{
    const uint8_t *run =
        h.runs[who]
              [h.run_count[who] == 0 ? 0 : (h.run_count[who] - 1 - how / 2 % HOME_RING % h.run_count[who]) % HOME_RING];
    selector->kind = how % 2 == 0 ? GODWIT_SELECTOR_RAND : GODWIT_SELECTOR_SQN;
    memcpy(selector->octets, how % 2 == 0 ? run : run + 16, how % 2 == 0 ? 16 : 6);
    selector->octets[5] ^= bend;
}

/* ---- operations: r holds their octets, and zeros after them ---- */

static void ask_vector(uint8_t who, godwit_reader_t *r)
{
    uint8_t flags = godwit_get_u8(r);
    godwit_message_t m = message(GODWIT_AUTH_INFO_REQUEST, (uint8_t)(2 + (flags & 4)));
    godwit_auth_info_request_t *a = &m.u.auth_info_request;
    m.from = GODWIT_FUNCTION_MME;
    a->imsi = owner_imsi(home_digits[who]);
    a->kind = (flags & 1) == 0 ? GODWIT_VECTOR_EUTRAN : GODWIT_VECTOR_UTRAN;
    a->visited_plmn = (flags & 2) == 0 ? h.hss.networks[0].plmn : h.hss.best_plmn;
    a->vectors = (uint8_t)(1 + (flags >> 3) % 5);
    a->resync = (flags & 0x40) != 0;
    godwit_get(r, a->auts, sizeof a->auts);
    memcpy(a->rand, h.runs[who][0], 16);
    home_give(&h.home, &m);
}

static void pull(uint8_t who, godwit_reader_t *r)
{
    uint8_t flags = godwit_get_u8(r), host = godwit_get_u8(r), how = godwit_get_u8(r), bend = godwit_get_u8(r);
    godwit_message_t m = message(GODWIT_KEY_REQUEST, host);
    godwit_key_request_t *k = &m.u.key_request;
    k->purpose = (flags & 0x30) == 0x10   ? GODWIT_KEY_FOR_SESSION
                 : (flags & 0x30) == 0x20 ? GODWIT_KEY_NEXT_GENERATION
                 : (flags & 0x30) == 0x30 ? GODWIT_KEY_NEXT_VECTOR
                                          : GODWIT_KEY_BY_SELECTOR;
    k->imsi = owner_imsi(home_digits[who]);
    k->agreements = (flags & 2) != 0 ? 0x02 : 0x07;
    strcpy(k->endpoint, home_endpoints[(host ^ flags >> 3) & 1]);
    select_run(&k->selector, who, how, bend);
    k->above_generation = godwit_get_u32(r);
    k->key_set = h.key_count > 0 ? h.keys[h.key_count - 1].key_set : 0;
    home_give(owner_of(flags), &m);
}

static void park(godwit_reader_t *r)
{
    uint8_t flags = godwit_get_u8(r), back = godwit_get_u8(r);
    home_key_t *key = h.key_count > 0 ? &h.keys[h.key_count - 1 - back % h.key_count] : NULL;
    if (key == NULL || !key->held) {
        return;
    }
    bool thief = (flags & 1) != 0;
    godwit_message_t m = message(GODWIT_KEY_PARK, 0);
    godwit_key_park_t *p = &m.u.key_park;
    const char *name =
        thief ? (key->endpoint == home_endpoints[0] ? home_endpoints[1] : home_endpoints[0]) : key->endpoint;
    key->reached += godwit_get_u8(r);
    p->imsi = key->imsi;
    p->agreement = key->agreement;
    p->key_set = key->key_set;
    strcpy(m.origin_host, name);
    strcpy(p->endpoint, name);
    p->parked = (godwit_parked_t){
        .set = true, .suite = 1, .key_id = 1, .generation = key->generation, .user_next_in = key->reached};
    if (!thief) {
        key->held = false;
        h.parked_last = m;
    }
    if (thief || (flags & 2) == 0) { /* or it is lost, or late */
        owner_t *owner = key->of_hss ? &h.home : &h.keys_home;
        home_give(owner, &m);
        home_check(!thief || owner->fail_commits ||
                   owner_message(owner, GODWIT_KEY_PARK_ANSWER, 0)->u.outcome != GODWIT_OK);
    }
}

static void confirm(godwit_reader_t *r)
{
    uint8_t flags = godwit_get_u8(r), back = godwit_get_u8(r);
    const home_key_t *key = h.key_count > 0 ? &h.keys[h.key_count - 1 - back % h.key_count] : NULL;
    if (key != NULL) {
        godwit_message_t m = message(GODWIT_KEY_CONFIRM, godwit_get_u8(r));
        m.u.key_confirm = (godwit_key_confirm_t){
            .imsi = key->imsi, .agreement = key->agreement, .generation = key->generation, .key_set = key->key_set};
        strcpy(m.u.key_confirm.endpoint, key->endpoint);
        home_give(owner_of(flags), &m);
    }
}

static void activate(uint8_t who, godwit_reader_t *r)
{
    uint8_t host = godwit_get_u8(r), how = godwit_get_u8(r), bend = godwit_get_u8(r);
    size_t before = h.key_count;
    godwit_message_t m = message(GODWIT_ACTIVATION, (uint8_t)(host ^ 3));
    m.from = GODWIT_FUNCTION_PGW;
    m.u.activation.imsi = owner_imsi(home_digits[who]);
    select_run(&m.u.activation.selector, who, how, bend);
    strcpy(m.u.activation.endpoint, home_endpoints[godwit_get_u8(r) & 1]);
    home_give(&h.home, &m);
    home_check((host ^ 3) % 4 == 3 || h.key_count == before);
}

/* Something that is under way arrives; again, when it is kept. */
static void carry(godwit_reader_t *r)
{
    static const godwit_status_t outcomes[] = {GODWIT_OK, GODWIT_OVERLOAD, GODWIT_REPLAY, GODWIT_PEER_INTERNAL};
    size_t under_way = h.sent_count < HOME_RING ? h.sent_count : HOME_RING;
    if (under_way == 0) {
        return;
    }
    godwit_message_t m = h.sent[(h.sent_count - 1 - godwit_get_u8(r) % under_way) % HOME_RING];
    if (m.kind == GODWIT_KEY_PUSH) {
        m.kind = GODWIT_KEY_PUSH_ANSWER;
        memset(&m.u, 0, sizeof m.u);
        m.u.outcome = outcomes[godwit_get_u8(r) % 4];
        home_give(&h.home, &m);
    } else if (m.kind == GODWIT_KEY_SET_PUSH_ANSWER || m.kind == GODWIT_AUTH_INFO_REQUEST) {
        home_give(&h.home, &m);
    } else {
        home_give(&h.keys_home, &m);
    }
}

/* From a node that is no HSS of theirs, whatever it says: nothing is taken. */
static void strangers_push(uint8_t who, godwit_reader_t *r)
{
    unsigned commits = h.keys_home.commits;
    godwit_message_t m = message(GODWIT_KEY_SET_PUSH, godwit_get_u8(r));
    godwit_key_set_push_t *p = &m.u.key_set_push;
    p->imsi = owner_imsi(home_digits[who]);
    p->agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    p->key_set = UINT64_MAX;
    godwit_get(r, p->e2m_keyset, sizeof p->e2m_keyset);
    home_give(&h.keys_home, &m);
    home_check(h.keys_home.commits == commits);
}

/* K_e2e of a key set that a session key was handed out of, asked for by the EESE or by whoever says so. */
static void ask_e2e(godwit_reader_t *r)
{
    static const char *const names[] = {"eas.meters.test", "eas.tanks.test", "", "EAS.meters.test"};
    const uint8_t flags = godwit_get_u8(r), back = godwit_get_u8(r), host = godwit_get_u8(r);
    const home_key_t *key = h.key_count > 0 ? &h.keys[h.key_count - 1 - back % h.key_count] : NULL;
    if (key == NULL) {
        return;
    }
    godwit_message_t m = message(GODWIT_E2E_KEY_REQUEST, host);
    m.from = GODWIT_FUNCTION_EESE;
    m.hop = (flags & 2) != 0 ? GODWIT_HOP_OPEN : GODWIT_HOP_TLS;
    if (host == 0) {
        strcpy(m.origin_host, HOME_EESE);
    }
    m.u.e2e_key_request = (godwit_e2e_key_request_t){
        .imsi = key->imsi, .agreement = key->agreement, .key_set = key->key_set - (flags >> 2 & 1)};
    strcpy(m.u.e2e_key_request.endpoint, names[flags >> 3 & 3]);
    m.u.e2e_key_request.above_age = godwit_get_u32(r);
    home_give((flags & 1) != 0 ? &h.keys_home : &h.home, &m);
}

static void pass(uint64_t ms)
{
    h.home.now_ms += ms;
    h.keys_home.now_ms += ms;
}

static void operate(uint8_t kind, uint8_t who, godwit_reader_t *r, uint8_t delivery)
{
    switch (kind % OPERATIONS) {
    case VECTOR:
        ask_vector(who, r);
        break;
    case PULL:
        pull(who, r);
        break;
    case PARK:
        park(r);
        break;
    case PARK_AGAIN:
        if (h.parked_last.kind == GODWIT_KEY_PARK) {
            home_give(owner_of(godwit_get_u8(r)), &h.parked_last);
        }
        break;
    case CONFIRM:
        confirm(r);
        break;
    case ACTIVATION:
        activate(who, r);
        break;
    case CARRY:
        carry(r);
        break;
    case STRANGERS_PUSH:
        strangers_push(who, r);
        break;
    case TIME:
        pass(godwit_get_u16(r));
        break;
    case TIMER: {
        owner_t *owner = owner_of(godwit_get_u8(r));
        owner_give_timer(owner,
                         owner == &h.home ? (uint32_t)godwit_get_u16(r) % GODWIT_HSS_RETAINED_MAX : godwit_get_u8(r));
        home_listen(owner);
        break;
    }
    case RESTART:
        if ((godwit_get_u8(r) & 1) == 0) {
            pass(1); /* the number of a key set is the time */
            home_start_hss(delivery);
        } else {
            home_start_emks();
        }
        break;
    case E2E:
        ask_e2e(r);
        break;
    case FAIL:
    default:
        h.home.fail_commits = (who & 1) != 0;
        h.keys_home.fail_commits = (who & 1) != 0;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    const uint8_t delivery = godwit_get_u8(&r);
    home_start(delivery);
    while (r.left > 0) {
        uint8_t kind = godwit_get_u8(&r), who = godwit_get_u8(&r), len = godwit_get_u8(&r);
        godwit_reader_t octets = godwit_reader(godwit_get_slice(&r, len < r.left ? len : r.left));
        operate(kind, who % HOME_SUBSCRIBERS, &octets, delivery);
        home_sqn_only_rises();
        godwit_outbox_reset(&h.home.outbox);
        godwit_outbox_reset(&h.keys_home.outbox);
    }
    return 0;
}
