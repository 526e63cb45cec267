/* SPDX-License-Identifier: Apache-2.0
 *
 * No key is ever handed out again but with its counters, to nobody but the endpoint that asks for itself; who may not
 * ask gets no octet of a vector or a key; e2mKEYSET leaves for the EMKS alone; SQN never falls. K_e2e goes to the EESE
 * over a protected hop, and never twice.
 */
#include "fuzz/home_nodes.h"

#include <stdlib.h>
#include <string.h>

#define CRYPTO &godwit_crypto_builtin

const char *const home_endpoints[2] = {"hse.home.test", "emse.home.test"};
const char *const home_hosts[4] = {"hse.home.test", "emse.home.test", "mme.visited.test", "pgw.home.test"};
const char *const home_digits[HOME_SUBSCRIBERS] = {"001010000000001", "001010000000002"};

home_nodes_t h;

void home_check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_zero(const void *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (((const uint8_t *)octets)[i] != 0) {
            return false;
        }
    }
    return true;
}

/* ---- beginning ---- */

static void step_hss(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void step_emks(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

void home_start_hss(uint8_t delivery)
{
    memset(&h.hss, 0, sizeof h.hss);
    h.hss.crypto = CRYPTO;
    (void)!godwit_plmn_from_text("999-99", &h.hss.best_plmn);
    (void)!godwit_plmn_from_text("002-02", &h.hss.networks[0].plmn);
    strcpy(h.hss.networks[0].realm, "visited.test");
    h.hss.network_count = 1;
    h.hss.nodes[0] = (godwit_hss_node_t){.host = HOME_EMKS, .ind = 1, .home = true};
    h.hss.node_count = 1;
    h.hss.e2m.delivery = (godwit_e2m_delivery_t)(1 + delivery % 4);
    h.hss.e2m.push_life_ms = 1500;
    strcpy(h.hss.e2m.endpoint, home_endpoints[0]);
    strcpy(h.hss.e2m.gateways[0], home_hosts[3]);
    h.hss.e2m.gateway_count = 1;
    strcpy(h.hss.eeses[0], HOME_EESE);
    h.hss.eese_count = 1;
    strcpy(h.hss.local_host, HOME_HSS);
}

void home_start_emks(void)
{
    memset(&h.emks, 0, sizeof h.emks);
    h.emks.crypto = CRYPTO;
    h.emks.best_plmn = h.hss.best_plmn;
    h.emks.agreements = 0x04;
    strcpy(h.emks.local_host, HOME_EMKS);
    strcpy(h.emks.local_realm, "home.test");
    strcpy(h.emks.hss_hosts[0], HOME_HSS);
    h.emks.hss_host_count = 1;
    strcpy(h.emks.eeses[0], HOME_EESE);
    h.emks.eese_count = 1;
    h.emks.key_set_ms = 500000;
}

static void add_subscriber(size_t i)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    godwit_subscriber_record_t *s = &record.u.subscriber;
    uint8_t k[16] = {1, 2, (uint8_t)i};
    s->imsi = owner_imsi(home_digits[i]);
    s->features = i == 0 ? GODWIT_FEATURE_E2M_USIM : GODWIT_FEATURE_E2M_ME;
    s->ind_bits = 5;
    home_check(godwit_aka_key_init(&s->key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16), godwit_slice(k, 16), true,
                                   NULL) == GODWIT_OK);
    owner_put(&h.home, &record);
}

/* ---- what must hold ---- */

static home_key_t *key_of(const uint8_t k_session[32])
{
    for (size_t i = 0; i < h.key_count; i++) {
        if (memcmp(h.keys[i].k_session, k_session, 32) == 0) {
            return &h.keys[i];
        }
    }
    return NULL;
}

static void hand_out(const godwit_key_answer_t *a, const godwit_imsi_t *imsi, bool of_hss, const char *endpoint)
{
    home_key_t *key = key_of(a->k_session);
    home_check(!is_zero(a->k_session, 32) && a->generation != 0);
    if (a->parked.set) {
        home_check(key != NULL && !key->held && key->generation == a->generation &&
                   a->parked.user_next_in >= key->reached);
        home_check(strcmp(key->endpoint, endpoint) == 0);
        key->held = true;
        return;
    }
    home_check(key == NULL);
    if (h.key_count < HOME_KEYS) {
        key = &h.keys[h.key_count++];
        *key = (home_key_t){.imsi = *imsi,
                            .agreement = a->agreement,
                            .key_set = a->key_set,
                            .generation = a->generation,
                            .held = true,
                            .of_hss = of_hss,
                            .endpoint = endpoint};
        memcpy(key->k_session, a->k_session, 32);
    }
}

static void on_key_answer(const godwit_message_t *m, bool of_hss)
{
    const godwit_key_answer_t *a = &m->u.key_answer;
    const godwit_key_request_t *r = &h.asked.u.key_request;
    if (a->status != GODWIT_OK) {
        home_check(is_zero(a->k_session, 32) && is_zero(a->rand, 16) && is_zero(a->autn, 16));
        return;
    }
    if (h.asked.kind == GODWIT_KEY_REQUEST) {
        const char *endpoint = strcmp(r->endpoint, home_endpoints[0]) == 0 ? home_endpoints[0] : home_endpoints[1];
        home_check(strcmp(h.asked.origin_host, r->endpoint) == 0 && (!of_hss || endpoint == home_endpoints[0]));
        home_check(r->purpose != GODWIT_KEY_BY_SELECTOR || a->generation > r->above_generation);
        hand_out(a, &r->imsi, of_hss, endpoint);
    } else { /* to whoever waited for a vector; such a key is never parked */
        const godwit_imsi_t somebody = owner_imsi(home_digits[0]);
        home_check(h.asked.kind == GODWIT_AUTH_INFO_ANSWER && !of_hss && !a->parked.set);
        hand_out(a, &somebody, of_hss, home_endpoints[0]);
    }
}

static void on_e2e_key(const godwit_message_t *m)
{
    const godwit_e2e_key_answer_t *a = &m->u.e2e_key_answer;
    if (a->status != GODWIT_OK) {
        home_check(a->age == 0 && is_zero(a->k_e2e, 32));
        return;
    }
    home_check(h.asked.kind == GODWIT_E2E_KEY_REQUEST && h.asked.hop != GODWIT_HOP_OPEN);
    home_check(strcmp(h.asked.origin_host, HOME_EESE) == 0 && m->to == GODWIT_FUNCTION_EESE);
    home_check(a->age > h.asked.u.e2e_key_request.above_age && key_of(a->k_e2e) == NULL);
    for (size_t i = 0; i < h.e2e_count; i++) {
        home_check(memcmp(h.e2e_keys[i], a->k_e2e, 32) != 0);
    }
    if (h.e2e_count < HOME_KEYS) {
        memcpy(h.e2e_keys[h.e2e_count++], a->k_e2e, 32);
    }
}

static void on_vector(const godwit_message_t *m)
{
    const godwit_auth_info_answer_t *a = &m->u.auth_info_answer;
    const godwit_auth_info_request_t *r = &h.asked.u.auth_info_request;
    size_t who = strcmp(r->imsi.digits, home_digits[0]) == 0 ? 0 : 1;
    bool of_emks = strcmp(h.asked.origin_host, HOME_EMKS) == 0;
    if (a->status != GODWIT_OK) {
        home_check(a->vectors == 0 && is_zero(a->vector, sizeof a->vector));
        return;
    }
    home_check(of_emks || (strcmp(h.asked.origin_realm, "visited.test") == 0 &&
                           godwit_plmn_equal(r->visited_plmn, h.hss.networks[0].plmn)));
    home_check(!a->e2m || (!of_emks && a->vectors == 1));
    if (a->e2m) {
        memcpy(h.runs[who][h.run_count[who] % HOME_RING], a->vector[0].rand, 16);
        memcpy(h.runs[who][h.run_count[who] % HOME_RING] + 16, a->vector[0].autn, 16);
        h.run_count[who]++;
    }
}

void home_sqn_only_rises(void)
{
    for (size_t i = 0; i < HOME_SUBSCRIBERS; i++) {
        godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = owner_imsi(home_digits[i])};
        uint64_t now = owner_find(&h.home, &key)->u.subscriber.seq_he;
        home_check(now >= h.seq[i]);
        h.seq[i] = now;
    }
}

/* ---- what goes on ---- */

static void put_on_its_way(const godwit_message_t *m)
{
    h.sent[h.sent_count++ % HOME_RING] = *m;
}

void home_listen(const owner_t *owner)
{
    for (size_t i = 0; i < owner_count(owner, GODWIT_REQUEST_MESSAGE); i++) {
        const godwit_message_t *m = owner_request(owner, GODWIT_REQUEST_MESSAGE, i)->message;
        if (m->kind == GODWIT_KEY_ANSWER) {
            on_key_answer(m, owner == &h.home);
        } else if (m->kind == GODWIT_E2E_KEY_ANSWER) {
            on_e2e_key(m);
        } else if (m->kind == GODWIT_AUTH_INFO_ANSWER) {
            on_vector(m);
        } else if (m->kind == GODWIT_KEY_PUSH) {
            const godwit_key_push_t *p = &m->u.key_push;
            godwit_key_answer_t as = {.agreement = p->agreement, .key_set = p->key_set, .generation = p->generation};
            memcpy(as.k_session, p->k_session, 32);
            home_check(m->to == GODWIT_FUNCTION_HSE && strcmp(p->endpoint, home_endpoints[0]) == 0);
            hand_out(&as, &p->imsi, true, home_endpoints[0]);
        }
        home_check(m->kind != GODWIT_KEY_SET_PUSH || m->to == GODWIT_FUNCTION_EMKS);
        if (m->kind == GODWIT_KEY_PUSH || m->kind == GODWIT_KEY_SET_PUSH || m->kind == GODWIT_AUTH_INFO_REQUEST ||
            m->kind == GODWIT_KEY_SET_PUSH_ANSWER ||
            (m->kind == GODWIT_AUTH_INFO_ANSWER && m->to == GODWIT_FUNCTION_EMKS)) {
            put_on_its_way(m);
        }
    }
}

void home_give(owner_t *owner, const godwit_message_t *m)
{
    h.asked = *m;
    owner_give_message(owner, m);
    home_listen(owner);
}

void home_start(uint8_t delivery)
{
    memset(&h, 0, sizeof h);
    owner_init(&h.home, step_hss, &h.hss);
    owner_init(&h.keys_home, step_emks, &h.emks);
    home_start_hss(delivery);
    home_start_emks();
    for (size_t i = 0; i < HOME_SUBSCRIBERS; i++) {
        add_subscriber(i);
    }
}
