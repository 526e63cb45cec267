/* SPDX-License-Identifier: Apache-2.0
 *
 * A process with the Diameter adapter, for the tests of this folder: an HSS (roles/hss over records in memory), an EMKS
 * that answers Ek with fixed keys, and a client that asks what standard input tells it to. One line on standard output
 * for everything that happens; they carry keys, which are those of the tests.
 *
 *   diameter_node [--OPTION VALUE]...   prints "ready port=N"; options are in `options` below
 *   air eutran|utran IMSI PLMN [RAND AUTS]     key 1|2 IMSI     confirm IMSI     peers     counters     quit
 * Solution 1: --e2m a|b|c|d makes the HSS flag vectors for IMSIs that end in 5 or more.
 * Device triggering: diameter_node_trigger.h. End to end: diameter_node_e2e.h.
 *   pull IMSI RAND     park IMSI KEY-SET GENERATION COUNT     activation IMSI RAND     bearer IMSI RAND CONTAINER     (to --keys hss|emks)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "adapters/diameter/diameter.h"
#include "roles/hss.h"
#include "tests/diameter/diameter_node_e2e.h"
#include "tests/diameter/diameter_node_trigger.h"
#include "tests/support/owner.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static godwit_diameter_config_t config = {
    .listen = "127.0.0.1", .identity = "hss.home.example", .realm = "home.example"};
static godwit_diameter_peer_t peers[GODWIT_DIAMETER_PEERS_MAX];
static bool silent; /* requests are taken and never answered */
static bool waits_to_read;
static bool aware; /* our AVPs stand in AIRs */
static godwit_function_t keys_at = GODWIT_FUNCTION_EMKS;
static godwit_hss_t hss;
static owner_t owner;
static uint32_t transaction;

static void print_hex(const char *name, const uint8_t *octets, size_t len)
{
    char text[2 * 64 + 1];
    godwit_hex_encode(godwit_slice(octets, len), text);
    printf(" %s=%s", name, text);
}

static void log_line(void *context, int level, const char *line)
{
    (void)context;
    fprintf(stderr, "log %d %s\n", level, line);
}

/* ---- the command line ---- */

static void copy(char *to, const char *from, size_t cap)
{
    snprintf(to, cap, "%s", from);
}

/* identity,realm[,host,port][,relay][,nds-ip|open][,tsp-only] */
static void add_peer(char *text)
{
    godwit_diameter_peer_t *p = &peers[config.peer_count++];
    char *save, *field = strtok_r(text, ",", &save);
    for (int i = 0; field != NULL; i++, field = strtok_r(NULL, ",", &save)) {
        if (strcmp(field, "relay") == 0) {
            p->relay = true;
        } else if (strcmp(field, "nds-ip") == 0) {
            p->protection = GODWIT_DIAMETER_PROTECTION_NDS_IP;
        } else if (strcmp(field, "tsp-only") == 0) {
            p->only = GODWIT_DIAMETER_TSP;
        } else if (strcmp(field, "open") == 0) {
            p->protection = GODWIT_DIAMETER_PROTECTION_OPEN;
        } else if (i == 0) {
            copy(p->identity, field, sizeof p->identity);
        } else if (i == 1) {
            copy(p->realm, field, sizeof p->realm);
        } else if (i == 2) {
            copy(p->host, field, sizeof p->host);
        } else {
            p->port = (uint16_t)strtoul(field, NULL, 10);
        }
    }
}

static void destination(char *text, char host[GODWIT_NODE_NAME_MAX], char realm[GODWIT_NODE_NAME_MAX])
{
    char *comma = strchr(text, ','); /* nothing before it: any host of the realm */
    *comma = '\0';
    copy(host, text, GODWIT_NODE_NAME_MAX);
    copy(realm, comma + 1, GODWIT_NODE_NAME_MAX);
}

static void option(const char *name, char *value)
{
    if (!strcmp(name, "--identity")) {
        config.identity = value;
    } else if (!strcmp(name, "--realm")) {
        config.realm = value;
    } else if (!strcmp(name, "--listen")) {
        config.listen = value;
    } else if (!strcmp(name, "--port")) {
        config.port = (uint16_t)strtoul(value, NULL, 10);
    } else if (!strcmp(name, "--peer")) {
        add_peer(value);
    } else if (!strcmp(name, "--serve")) {
        config.serve_s6a |= strstr(value, "s6a") != NULL;
        config.serve_ek |= strstr(value, "ek") != NULL;
        config.serve_hss_keys |= strstr(value, "keys") != NULL;
        config.serve_hse |= strstr(value, "hse") != NULL;
        config.serve_eese |= strstr(value, "eese") != NULL;
        node_trigger_option(&config, value);
    } else if (!strcmp(name, "--hss")) {
        destination(value, config.hss_host, config.hss_realm);
    } else if (!strcmp(name, "--emks")) {
        destination(value, config.emks_host, config.emks_realm);
    } else if (!strcmp(name, "--t4")) {
        destination(value, config.t4_host, config.t4_realm);
    } else if (!strcmp(name, "--eese")) {
        destination(value, config.eese_host, config.eese_realm);
    } else if (!strcmp(name, "--hse")) {
        destination(value, config.hse_host, config.hse_realm);
    } else if (!strcmp(name, "--keys")) {
        keys_at = strcmp(value, "hss") == 0 ? GODWIT_FUNCTION_HSS : GODWIT_FUNCTION_EMKS;
        config.ask_hss_keys = keys_at == GODWIT_FUNCTION_HSS;
    } else if (!strcmp(name, "--e2m")) {
        hss.e2m.delivery = (godwit_e2m_delivery_t)(value[0] - 'a' + GODWIT_E2M_DELIVERY_A);
    } else if (!strcmp(name, "--aware")) {
        aware = value[0] == '1';
    } else if (!strcmp(name, "--cert")) {
        config.tls_certificate = value;
    } else if (!strcmp(name, "--key")) {
        config.tls_key = value;
    } else if (!strcmp(name, "--ca")) {
        config.tls_ca = value;
    } else if (!strcmp(name, "--link-protected")) {
        config.link_protected = value;
    } else if (!strcmp(name, "--timeout-ms")) {
        config.timeout_ms = (uint32_t)strtoul(value, NULL, 10);
    } else if (!strcmp(name, "--silent")) {
        silent = value[0] == '1';
    } else if (!strcmp(name, "--wait-to-read")) {
        waits_to_read = *value == '1';
    } else {
        fprintf(stderr, "diameter_node: unknown option %s\n", name);
        exit(2);
    }
}

/* ---- the functions ---- */

static void hss_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

/* K and OPc of TS 35.208 4.3.1 for everybody. */
static void hss_open(void)
{
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f,
                                  0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6, 0xbc};
    static const uint8_t opc[16] = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e,
                                    0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0, 0x2b, 0xaf};
    owner_init(&owner, hss_step, &hss);
    hss.crypto = &godwit_crypto_builtin;
    (void)!godwit_plmn_from_text("001-01", &hss.best_plmn);
    copy(hss.nodes[0].host, "mme.home.example", sizeof hss.nodes[0].host);
    hss.nodes[0].home = true;
    hss.nodes[0].ind = 3;
    hss.node_count = 1;
    copy(hss.networks[0].realm, "visited.example", sizeof hss.networks[0].realm);
    (void)!godwit_plmn_from_text("002-02", &hss.networks[0].plmn);
    hss.network_count = 1;
    hss.vectors_per_request = 5;
    hss.policy_version = hss.e2m.delivery != GODWIT_E2M_DELIVERY_NONE ? 12 : 0;
    copy(hss.e2m.endpoint, "hse.home.example", sizeof hss.e2m.endpoint);
    copy(hss.e2m.gateways[0], "pgw.home.example", sizeof hss.e2m.gateways[0]);
    hss.e2m.gateway_count = 1;
    copy(hss.eeses[0], "eese.home.example", sizeof hss.eeses[0]);
    hss.eese_count = 1;
    for (int i = 0; i < 8; i++) {
        char digits[16];
        godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
        snprintf(digits, sizeof digits, "00101000000000%d", i);
        record.u.subscriber.imsi = owner_imsi(digits);
        (void)!godwit_aka_key_init(&record.u.subscriber.key, hss.crypto, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                                   godwit_slice(opc, 16), true, NULL);
        record.u.subscriber.ind_bits = 5;
        record.u.subscriber.features = i >= 5 ? GODWIT_FEATURE_E2M_USIM : GODWIT_FEATURE_SEPARATE_UMTS;
        record.u.subscriber.seq_he = 1000;
        owner_put(&owner, &record);
    }
}

static godwit_message_t answer_to(const godwit_message_t *request, godwit_message_kind_t kind)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = kind;
    m.from = request->to;
    m.to = request->from;
    m.route = request->route;
    return m;
}

static godwit_message_t key_answer(const godwit_message_t *request)
{
    godwit_message_t m = answer_to(request, GODWIT_KEY_ANSWER);
    const godwit_key_request_t *r = &request->u.key_request;
    godwit_key_answer_t *a = &m.u.key_answer;
    if (strcmp(r->endpoint, request->origin_host) != 0) {
        a->status = GODWIT_NOT_ENTITLED;
        return m;
    }
    a->agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    a->generation = (uint32_t)r->purpose;
    a->key_set = 77;
    memset(a->k_session, 0x5E, sizeof a->k_session);
    if (r->purpose == GODWIT_KEY_FOR_SESSION) {
        memset(a->rand, 0x11, 16);
        memset(a->autn, 0x22, 16);
    }
    return m;
}

static void send_answer(godwit_diameter_t *d, const godwit_message_t *answer)
{
    godwit_status_t status = godwit_diameter_send(d, answer);
    if (status != GODWIT_OK) {
        printf("answer not sent: %s\n", godwit_status_name(status));
    }
}

/* The HSS gets a message; whatever it says in turn is sent. */
static void give_hss(godwit_diameter_t *d, const godwit_message_t *message)
{
    owner_give_message(&owner, message);
    for (size_t i = 0; i < owner_count(&owner, GODWIT_REQUEST_MESSAGE); i++) {
        send_answer(d, owner_request(&owner, GODWIT_REQUEST_MESSAGE, i)->message);
    }
}

static void show_e2m_request(const godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_KEY_PUSH:
        printf("push generation=%u endpoint=%s life=%u", (unsigned)m->u.key_push.generation, m->u.key_push.endpoint,
               (unsigned)m->u.key_push.life_ms);
        print_hex("rand", m->u.key_push.rand, 16);
        print_hex("k_session", m->u.key_push.k_session, 32);
        break;
    case GODWIT_KEY_SET_PUSH:
        printf("key-set");
        print_hex("rand", m->u.key_set_push.rand, 16);
        print_hex("e2m_keyset", m->u.key_set_push.e2m_keyset, 32);
        break;
    case GODWIT_BEARER:
        printf("bearer teid=%u suites=%u", (unsigned)m->u.bearer.teid, m->u.bearer.suites);
        print_hex("selector", m->u.bearer.selector.octets, 16);
        print_hex("container", m->u.bearer.container, m->u.bearer.container_len);
        break;
    default:
        printf("other kind=%d", (int)m->kind);
        break;
    }
    printf("\n");
}

/* HSE and EMKS take what comes; a bearer gets a Start of three octets. */
static void serve_e2m(godwit_diameter_t *d, const godwit_message_t *request)
{
    static const godwit_message_kind_t answers[][2] = {{GODWIT_KEY_PUSH, GODWIT_KEY_PUSH_ANSWER},
                                                       {GODWIT_KEY_SET_PUSH, GODWIT_KEY_SET_PUSH_ANSWER},
                                                       {GODWIT_KEY_PARK, GODWIT_KEY_PARK_ANSWER},
                                                       {GODWIT_BEARER, GODWIT_BEARER_ANSWER}};
    show_e2m_request(request);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (answers[i][0] == request->kind) {
            godwit_message_t answer = answer_to(request, answers[i][1]);
            if (request->kind == GODWIT_BEARER) {
                answer.u.bearer_answer.start_len = 3;
                memcpy(answer.u.bearer_answer.start, "\x11\x22\x33", 3);
            }
            send_answer(d, &answer);
        }
    }
}

static void serve(godwit_diameter_t *d, const godwit_message_t *request)
{
    godwit_message_t answer;
    static const char *const hops[] = {"open", "tls", "nds-ip", "inside"};
    printf("request kind=%d origin=%s realm=%s hop=%s\n", (int)request->kind, request->origin_host,
           request->origin_realm, hops[request->hop]);
    if (silent) {
        return;
    }
    if (node_trigger_is(request->kind)) {
        node_trigger_serve(request, &answer);
        send_answer(d, &answer);
        return;
    }
    if (request->to == GODWIT_FUNCTION_HSS) {
        give_hss(d, request);
    } else if (node_e2e_is(request->kind)) {
        node_e2e_serve(request, &answer);
        send_answer(d, &answer);
    } else if (request->kind == GODWIT_KEY_REQUEST) {
        answer = key_answer(request);
        send_answer(d, &answer);
    } else if (request->kind == GODWIT_KEY_CONFIRM) {
        answer = answer_to(request, GODWIT_KEY_CONFIRM_ANSWER);
        answer.u.key_confirm_answer = request->u.key_confirm.key_set == 77 ? GODWIT_OK : GODWIT_UNKNOWN_KEY;
        send_answer(d, &answer);
    } else {
        serve_e2m(d, request);
    }
}

static void show_vectors(const godwit_auth_info_answer_t *a)
{
    for (int i = 0; i < a->vectors; i++) {
        const godwit_auth_info_vector_t *v = &a->vector[i];
        print_hex("rand", v->rand, 16);
        print_hex("autn", v->autn, 16);
        print_hex("xres", v->xres, v->xres_len);
        if (a->kind == GODWIT_VECTOR_EUTRAN) {
            print_hex("kasme", v->kasme, 32);
        } else {
            print_hex("ck", v->ck, 16);
            print_hex("ik", v->ik, 16);
        }
    }
}

static void show(const godwit_message_t *m)
{
    printf("answer %u", (unsigned)m->transaction);
    if (m->kind == GODWIT_AUTH_INFO_ANSWER) {
        printf(" status=%s vectors=%d", godwit_status_name(m->u.auth_info_answer.status),
               m->u.auth_info_answer.vectors);
        printf(" e2m=%d policy=%u", m->u.auth_info_answer.e2m, (unsigned)m->u.auth_info_answer.policy_version);
        show_vectors(&m->u.auth_info_answer);
    } else if (m->kind == GODWIT_KEY_ANSWER) {
        const godwit_key_answer_t *a = &m->u.key_answer;
        printf(" status=%s agreement=%d generation=%u key_set=%llu", godwit_status_name(a->status), (int)a->agreement,
               (unsigned)a->generation, (unsigned long long)a->key_set);
        print_hex("rand", a->rand, 16);
        print_hex("k_session", a->k_session, 32);
        printf(" parked=%d count=%u", a->parked.set, (unsigned)a->parked.user_next_in);
    } else if (m->kind == GODWIT_BEARER_ANSWER) {
        printf(" status=%s", godwit_status_name(m->u.bearer_answer.status));
        print_hex("start", m->u.bearer_answer.start, m->u.bearer_answer.start_len);
    } else if (node_trigger_is(m->kind)) {
        node_trigger_show(m);
    } else if (node_e2e_is(m->kind)) {
        node_e2e_show(m);
    } else if (m->kind == GODWIT_KEY_CONFIRM_ANSWER) {
        printf(" status=%s", godwit_status_name(m->u.key_confirm_answer));
    } else {
        printf(" status=%s", godwit_status_name(m->u.outcome));
    }
    printf(" origin=%s hop=%d\n", m->origin_host, (int)m->hop);
}

static bool is_request(godwit_message_kind_t kind)
{
    return kind == GODWIT_AUTH_INFO_REQUEST || kind == GODWIT_KEY_REQUEST || kind == GODWIT_KEY_CONFIRM ||
           kind == GODWIT_KEY_PUSH || kind == GODWIT_KEY_SET_PUSH || kind == GODWIT_KEY_PARK ||
           kind == GODWIT_ACTIVATION || kind == GODWIT_BEARER ||
           ((node_trigger_is(kind) || node_e2e_is(kind)) && !godwit_message_is_answer(kind));
}

static void take(godwit_diameter_t *d)
{
    godwit_message_t m;
    while (godwit_diameter_receive(d, &m) == GODWIT_OK) {
        if (is_request(m.kind)) {
            serve(d, &m);
        } else if (m.to == GODWIT_FUNCTION_HSS) {
            give_hss(d, &m);
        } else {
            show(&m);
        }
    }
}

/* ---- standard input ---- */

static void send_request(godwit_diameter_t *d, godwit_message_t *m)
{
    m->transaction = ++transaction;
    godwit_status_t status = godwit_diameter_send(d, m);
    if (status != GODWIT_OK) {
        printf("answer %u status=not-sent-%s\n", (unsigned)m->transaction, godwit_status_name(status));
    }
}

static void ask_air(godwit_diameter_t *d, char **save)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_AUTH_INFO_REQUEST;
    m.from = GODWIT_FUNCTION_EMKS;
    m.to = GODWIT_FUNCTION_HSS;
    godwit_auth_info_request_t *r = &m.u.auth_info_request;
    const char *kind = strtok_r(NULL, " ", save);
    r->kind = strcmp(kind, "utran") == 0 ? GODWIT_VECTOR_UTRAN : GODWIT_VECTOR_EUTRAN;
    r->next_session = strcmp(kind, "eutran-next") == 0;
    r->imsi = owner_imsi(strtok_r(NULL, " ", save));
    (void)!godwit_plmn_from_text(strtok_r(NULL, " ", save), &r->visited_plmn);
    r->vectors = 1;
    r->e2m_aware = aware;
    r->policy_version = aware ? 9 : 0;
    char *rand = strtok_r(NULL, " ", save), *auts = strtok_r(NULL, " ", save);
    size_t len;
    if (auts != NULL) {
        r->resync = godwit_hex_decode(rand, r->rand, 16, &len) == GODWIT_OK &&
                    godwit_hex_decode(auts, r->auts, 14, &len) == GODWIT_OK;
    }
    send_request(d, &m);
}

static void ask_key(godwit_diameter_t *d, char **save)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_KEY_REQUEST;
    m.from = GODWIT_FUNCTION_HSE;
    m.to = GODWIT_FUNCTION_EMKS;
    m.u.key_request.purpose = (godwit_key_purpose_t)strtoul(strtok_r(NULL, " ", save), NULL, 10);
    m.u.key_request.imsi = owner_imsi(strtok_r(NULL, " ", save));
    m.u.key_request.agreements = 4;
    char *endpoint = strtok_r(NULL, " ", save);
    copy(m.u.key_request.endpoint, endpoint != NULL ? endpoint : config.identity, sizeof m.u.key_request.endpoint);
    send_request(d, &m);
}

static void ask_confirm(godwit_diameter_t *d, char **save)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_KEY_CONFIRM;
    m.from = GODWIT_FUNCTION_HSE;
    m.to = GODWIT_FUNCTION_EMKS;
    m.u.key_confirm.imsi = owner_imsi(strtok_r(NULL, " ", save));
    m.u.key_confirm.key_set = strtoul(strtok_r(NULL, " ", save), NULL, 10);
    copy(m.u.key_confirm.endpoint, config.identity, sizeof m.u.key_confirm.endpoint);
    send_request(d, &m);
}

/* ---- Solution 1 ---- */

static godwit_message_t e2m_request(godwit_message_kind_t kind, godwit_function_t from, godwit_function_t to)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = kind;
    m.from = from;
    m.to = to;
    return m;
}

static godwit_selector_t selector_of(const char *rand)
{
    godwit_selector_t selector = {.kind = GODWIT_SELECTOR_RAND};
    size_t len;
    (void)!godwit_hex_decode(rand, selector.octets, 16, &len);
    return selector;
}

static void ask_pull(godwit_diameter_t *d, char **save)
{
    godwit_message_t m = e2m_request(GODWIT_KEY_REQUEST, GODWIT_FUNCTION_HSE, keys_at);
    m.u.key_request.purpose = GODWIT_KEY_BY_SELECTOR;
    m.u.key_request.imsi = owner_imsi(strtok_r(NULL, " ", save));
    m.u.key_request.selector = selector_of(strtok_r(NULL, " ", save));
    m.u.key_request.agreements = 3;
    copy(m.u.key_request.endpoint, config.identity, sizeof m.u.key_request.endpoint);
    send_request(d, &m);
}

static void ask_park(godwit_diameter_t *d, char **save)
{
    godwit_message_t m = e2m_request(GODWIT_KEY_PARK, GODWIT_FUNCTION_HSE, keys_at);
    m.u.key_park.imsi = owner_imsi(strtok_r(NULL, " ", save));
    m.u.key_park.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    m.u.key_park.key_set = strtoull(strtok_r(NULL, " ", save), NULL, 10);
    m.u.key_park.parked.set = true;
    m.u.key_park.parked.generation = (uint32_t)strtoul(strtok_r(NULL, " ", save), NULL, 10);
    m.u.key_park.parked.user_next_in = (uint32_t)strtoul(strtok_r(NULL, " ", save), NULL, 10);
    copy(m.u.key_park.endpoint, config.identity, sizeof m.u.key_park.endpoint);
    send_request(d, &m);
}

static void ask_activation(godwit_diameter_t *d, char **save)
{
    godwit_message_t m = e2m_request(GODWIT_ACTIVATION, GODWIT_FUNCTION_PGW, GODWIT_FUNCTION_HSS);
    m.u.activation.imsi = owner_imsi(strtok_r(NULL, " ", save));
    m.u.activation.selector = selector_of(strtok_r(NULL, " ", save));
    copy(m.u.activation.endpoint, "hse.home.example", sizeof m.u.activation.endpoint);
    send_request(d, &m);
}

static void ask_bearer(godwit_diameter_t *d, char **save)
{
    godwit_message_t m = e2m_request(GODWIT_BEARER, GODWIT_FUNCTION_PGW, GODWIT_FUNCTION_HSE);
    godwit_bearer_t *b = &m.u.bearer;
    size_t len = 0;
    b->imsi = owner_imsi(strtok_r(NULL, " ", save));
    b->selector = selector_of(strtok_r(NULL, " ", save));
    (void)!godwit_hex_decode(strtok_r(NULL, " ", save), b->container, sizeof b->container, &len);
    b->container_len = (uint8_t)len;
    b->agreements = 3;
    b->suites = 0x0101;
    b->teid = 77;
    b->gateway_len = 4;
    memcpy(b->gateway, "\x0a\x00\x00\x01", 4);
    send_request(d, &m);
}

static bool obey_e2m(godwit_diameter_t *d, const char *word, char **save)
{
    if (!strcmp(word, "pull")) {
        ask_pull(d, save);
    } else if (!strcmp(word, "park")) {
        ask_park(d, save);
    } else if (!strcmp(word, "activation")) {
        ask_activation(d, save);
    } else if (!strcmp(word, "bearer")) {
        ask_bearer(d, save);
    } else {
        return false;
    }
    return true;
}

static bool obey(godwit_diameter_t *d, char *line)
{
    char *save, *word = strtok_r(line, " \n", &save);
    if (word == NULL || strcmp(word, "quit") == 0) {
        return false;
    }
    godwit_message_t request;
    save[strcspn(save, "\n")] = '\0';
    if (node_trigger_ask(word, &save, &request) || node_e2e_ask(word, &save, config.identity, keys_at, &request)) {
        send_request(d, &request);
        return true;
    }
    if (obey_e2m(d, word, &save)) {
        return true;
    }
    if (!strcmp(word, "air")) {
        ask_air(d, &save);
    } else if (!strcmp(word, "key")) {
        ask_key(d, &save);
    } else if (!strcmp(word, "confirm")) {
        ask_confirm(d, &save);
    } else if (!strcmp(word, "peers")) {
        printf("peers");
        for (size_t i = 0; i < config.peer_count; i++) {
            printf(" %s=%s", peers[i].identity, godwit_diameter_peer_open(d, i) ? "open" : "closed");
        }
        printf("\n");
    } else if (!strcmp(word, "counters")) {
        godwit_diameter_counters_t c = godwit_diameter_counters(d);
        printf("counters received=%llu refused=%llu overload=%llu sent=%llu answers=%llu timeouts=%llu\n",
               (unsigned long long)c.requests_received, (unsigned long long)c.requests_refused,
               (unsigned long long)c.requests_overload, (unsigned long long)c.requests_sent,
               (unsigned long long)c.answers_received, (unsigned long long)c.timeouts);
    }
    return true;
}

int main(int argc, char **argv)
{
    char error[GODWIT_DIAMETER_ERROR_MAX], line[512];
    config.peers = peers;
    config.log = log_line;
    for (int i = 1; i + 1 < argc; i += 2) {
        option(argv[i], argv[i + 1]);
    }
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0); /* what poll() does not see must not wait in a buffer */
    hss_open();
    copy(hss.local_host, config.identity, sizeof hss.local_host);
    copy(hss.local_realm, config.realm, sizeof hss.local_realm);
    godwit_diameter_t *d = godwit_diameter_start(&config, error);
    if (d == NULL) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    printf("ready port=%u\n", (unsigned)godwit_diameter_port(d));
    while (waits_to_read && fgets(line, sizeof line, stdin) != NULL && strcmp(line, "read\n") != 0) {
        (void)obey(d, line); /* it takes nothing that comes, until it is told to */
    }
    for (bool running = true; running;) {
        struct pollfd p[2] = {{.fd = godwit_diameter_fd(d), .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
        (void)poll(p, 2, -1);
        take(d);
        if (p[1].revents) {
            running = fgets(line, sizeof line, stdin) != NULL && obey(d, line);
        }
    }
    godwit_diameter_stop(d);
    puts("stopped");
    return 0;
}
