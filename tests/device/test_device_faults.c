/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's own house fails: a whole life, with the n-th call of the crypto backend failing, for every n, and the
 * device going on, or losing its power there. At every SEND and every DELIVER the record that is durable holds each key
 * just as the memory does, so nothing leaves before its STORE; no COUNT goes up twice with other octets; a call that
 * failed lets nothing leave; and in the end a reading arrives.
 */
#include "tests/device/e2e_world.h"
#include "tests/support/failing_crypto.h"

#define USES_MAX 256
#define READINGS_TO_ARRIVE 12u /* after the fault, the power and a set-up that is given up */

typedef struct use {
    uint8_t key[16], last[8];
    bool user_plane;
    uint32_t low_count;
} use_t;

typedef struct world {
    e2e_world_t w;
    bool e2e, fails_dark;
    godwit_emsdp_key_t before; /* the network's, of before a change of keys */
    use_t use[USES_MAX];
    size_t uses;
    uint32_t generation, age;
    octets_t up[8];
    size_t ups;
    unsigned arrived, failed, delivered;
    unsigned started, rekeyed, ended, confirmed; /* events */
    char text;
} world_t;

static world_t f;

/* ---- what must hold when something leaves ---- */

static void expect_same_key(const godwit_emsdp_key_t *here, const godwit_emsdp_key_t *durable)
{
    assert_int_equal(here->hot.key_id, durable->hot.key_id);
    assert_memory_equal(here->hot.k_enc, durable->hot.k_enc, sizeof here->hot.k_enc);
    assert_int_equal(here->generation, durable->generation);
    assert_int_equal(here->hot.up_limit_out, durable->hot.up_next_out); /* skipped after a power loss */
    assert_int_equal(here->cp_limit_out, durable->cp_next_out);
    assert_int_equal(here->hot.up_next_in, durable->hot.up_next_in);
    assert_true(here->hot.up_seen == durable->hot.up_seen);
    assert_int_equal(here->cp_next_in, durable->cp_next_in);
    assert_true(here->cp_seen == durable->cp_seen);
}

static void expect_durable(void)
{
    const dut_t *d = &f.w.d;
    static godwit_device_t copy;
    godwit_device_e2e_t e2e = {.config = d->e2e.config};
    godwit_device_config_t config = d->config;
    config.crypto = CRYPTO;
    config.e2e = f.e2e ? &e2e : NULL;
    assert_int_equal(godwit_device_init(&copy, &config), GODWIT_OK);
    if (d->nvm_len > 0) {
        assert_int_equal(godwit_device_restore(&copy, godwit_slice(d->nvm, d->nvm_len)), GODWIT_OK);
    }
    expect_same_key(&d->device.session.current, &copy.session.current);
    expect_same_key(&d->device.session.next, &copy.session.next);
    assert_int_equal(d->device.session.generation, copy.session.generation);
    assert_memory_equal(d->device.session.e2m_keyset, copy.session.e2m_keyset, 32);
    if (f.e2e && d->nvm_e2e_len > 0) {
        assert_int_equal(godwit_device_restore_e2e(&copy, godwit_slice(d->nvm_e2e, d->nvm_e2e_len)), GODWIT_OK);
        expect_same_key(&d->e2e.current.plane, &e2e.current.plane);
        assert_int_equal(d->e2e.current.exports, e2e.current.exports);
        assert_int_equal(d->e2e.lost, e2e.lost);
        assert_memory_equal(d->e2e.floor, e2e.floor, sizeof e2e.floor);
    }
}

static const godwit_emsdp_key_t *key_of(const godwit_emsdp_header_t *header)
{
    const godwit_device_t *device = &f.w.d.device;
    const godwit_emsdp_key_t *keys[] = {&device->session.current, &device->session.next, &f.w.d.e2e.current.plane};
    for (size_t i = f.e2e && header->user_plane ? 2 : 0; i < 3; i++) {
        if (keys[i]->hot.key_id == header->key_id && keys[i]->hot.session_id == header->session_id) {
            return keys[i];
        }
    }
    return NULL; /* the answer to the end of a session: its key is no more */
}

static void expect_new_count(godwit_slice_t datagram)
{
    godwit_emsdp_header_t header;
    assert_int_equal(godwit_emsdp_peek(datagram, f.w.d.config.framing, &header), GODWIT_OK);
    const godwit_emsdp_key_t *key = header.key_id != 0 ? key_of(&header) : NULL;
    if (key == NULL) {
        return;
    }
    use_t now = {.user_plane = header.user_plane, .low_count = header.low_count};
    memcpy(now.key, key->hot.k_int, sizeof now.key);
    memcpy(now.last, datagram.ptr + datagram.len - sizeof now.last, sizeof now.last);
    for (size_t i = 0; i < f.uses; i++) {
        const use_t *u = &f.use[i];
        if (u->user_plane == now.user_plane && u->low_count == now.low_count && memcmp(u->key, now.key, 16) == 0) {
            assert_memory_equal(u->last, now.last, sizeof now.last);
        }
    }
    assert_true(f.uses < USES_MAX);
    f.use[f.uses++] = now;
}

/* ---- carrying out ---- */

static void carry_out(const godwit_device_request_t *r, bool *left)
{
    dut_t *d = &f.w.d;
    const bool stores = r->kind == GODWIT_DEVICE_STORE || r->kind == GODWIT_DEVICE_STORE_E2E;
    if (stores) {
        assert_false(*left);
        assert_true(r->octets.len > 0);
        memcpy(r->kind == GODWIT_DEVICE_STORE ? d->nvm : d->nvm_e2e, r->octets.ptr, r->octets.len);
        *(r->kind == GODWIT_DEVICE_STORE ? &d->nvm_len : &d->nvm_e2e_len) = r->octets.len;
        return;
    }
    if (r->kind == GODWIT_DEVICE_EVENT) {
        f.started += strcmp(r->name, "session_started") == 0;
        f.rekeyed += strcmp(r->name, "rekeyed") == 0;
        f.ended += strcmp(r->name, "terminated") == 0;
        f.confirmed += strcmp(r->name, "reading_confirmed") == 0;
    }
    f.delivered += r->kind == GODWIT_DEVICE_DELIVER;
    if (r->kind == GODWIT_DEVICE_SEND || r->kind == GODWIT_DEVICE_DELIVER) {
        expect_durable();
        *left = true;
    }
    if (r->kind == GODWIT_DEVICE_SEND) {
        expect_new_count(r->octets);
        assert_true(f.ups < sizeof f.up / sizeof f.up[0]);
        f.up[f.ups++] = e2e_copy(r->octets);
    }
}

static void took(godwit_status_t status)
{
    dut_t *d = &f.w.d;
    bool left = false;
    const uint8_t *run = NULL;
    for (size_t i = 0; i < d->requests.count; i++) {
        const godwit_device_request_t *r = &d->requests.item[i];
        assert_true(status == GODWIT_OK || r->kind == GODWIT_DEVICE_TIMER || r->kind == GODWIT_DEVICE_EVENT);
        carry_out(r, &left);
        run = r->kind == GODWIT_DEVICE_AUTHENTICATE ? r->rand : run;
    }
    if (status == GODWIT_CRYPTO_FAILED) {
        f.failed++;
        if (f.fails_dark) {
            dut_reboot(d);
        }
    } else {
        assert_true(status == GODWIT_OK || status == GODWIT_AGAIN || status == GODWIT_WRONG_STATE);
    }
    if (run != NULL) {
        godwit_usim_output_t out;
        assert_int_equal(godwit_usim_step(&d->card, run, run + 16, &out), GODWIT_OK);
        took(godwit_device_usim_result(&d->device, &out.result, d->random, &d->requests));
    }
}

static void give(const octets_t *datagram)
{
    const octets_t copy = *datagram;
    took(godwit_device_receive(&f.w.d.device, octets_slice(&copy), f.w.d.random, &f.w.d.requests));
}

/* ---- the network ---- */

static godwit_e2e_terms_t next_terms(void)
{
    godwit_e2e_terms_t terms = e2e_terms_of(++f.age);
    terms.key_id = (uint8_t)(1u + f.age % 7u);
    return terms;
}

static void start(void)
{
    godwit_e2e_terms_t terms = next_terms();
    dut_start_t s = dut_start(godwit_sqn_join(10 + f.generation, 1, GODWIT_IND_BITS_DEFAULT));
    s.generation = ++f.generation;
    s.service = f.e2e ? &terms : NULL;
    dut_make_start(&f.w.d, &s);
    e2e_arm(&f.w, &terms);
    give(&f.w.d.start);
}

/* Under the announced key, as the answer to early data. */
static void start_early(const octets_t *request, bool with_terms)
{
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT];
    const godwit_slice_t asked = octets_slice(request);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .present = HAS(HSE_CONFIGURATION),
                                .agreement = GODWIT_AGREEMENT_SEPARATE_EPS,
                                .suite = GODWIT_SUITE_DEFAULT,
                                .framing = GODWIT_FRAMING_DEFAULT};
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    if (with_terms) {
        m.present |= HAS(SERVICE);
        m.terms = next_terms();
        e2e_arm(&f.w, &m.terms);
    }
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &asked, 1, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &f.w.d.network, &m, godwit_slice(transcript, 32), &w),
                     GODWIT_OK);
    o.len = w.len;
    give(&o);
}

static void answer(const octets_t *request, const godwit_emsdp_control_t *asked)
{
    godwit_emsdp_control_t m = {.command = asked->command == GODWIT_SESSION_TERMINATE_REQUEST
                                               ? GODWIT_SESSION_TERMINATE_RESPONSE
                                               : GODWIT_MANAGE_KEYS_RESPONSE};
    if (f.e2e && godwit_emsdp_has(asked, GODWIT_TLV_DATA)) {
        m.present = HAS(ECHO);
        memcpy(m.echo, asked->data.ptr + asked->data.len - sizeof m.echo, sizeof m.echo);
    }
    if (asked->command == GODWIT_SESSION_REQUEST) {
        start_early(request, godwit_emsdp_has(asked, GODWIT_TLV_SERVICE_REQUEST));
    } else if (godwit_emsdp_has(asked, GODWIT_TLV_SERVICE_REQUEST)) {
        const godwit_e2e_terms_t terms = next_terms();
        const godwit_emsdp_control_t grant = {
            .command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(SERVICE), .terms = terms};
        const octets_t o = dut_seal(&f.w.d, &grant);
        e2e_arm(&f.w, &terms);
        give(&o);
    } else {
        const octets_t o = dut_seal(&f.w.d, &m);
        give(&o);
    }
}

static void network_takes(const octets_t *up)
{
    dut_t *d = &f.w.d;
    godwit_emsdp_header_t header;
    godwit_emsdp_opened_t opened;
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT], plain[GODWIT_EMSDP_DATAGRAM_MAX];
    const godwit_slice_t both[2] = {octets_slice(&d->request), octets_slice(&d->start)};
    assert_int_equal(godwit_emsdp_peek(octets_slice(up), d->config.framing, &header), GODWIT_OK);
    if (header.key_id == 0) {
        d->request = *up;
        start();
        return;
    }
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, both, 2, transcript), GODWIT_OK);
    godwit_emsdp_key_t *keys[] = {header.user_plane && f.e2e ? &f.w.eas : &d->network, &f.before};
    for (size_t i = 0; i < 2; i++) {
        if (godwit_emsdp_open(CRYPTO, keys[i], octets_slice(up), godwit_slice(transcript, 32), plain, &opened) !=
            GODWIT_OK) {
            continue;
        }
        godwit_emsdp_accept(keys[i], &opened);
        f.arrived += header.user_plane || godwit_emsdp_has(&opened.control, GODWIT_TLV_DATA) ? 1u : 0u;
        if (!header.user_plane &&
            (header.command == GODWIT_MANAGE_KEYS_REQUEST || header.command == GODWIT_SESSION_TERMINATE_REQUEST ||
             header.command == GODWIT_SESSION_REQUEST)) {
            answer(up, &opened.control);
        }
        return;
    }
}

static void settle(void)
{
    while (f.ups > 0) {
        const octets_t first = f.up[0];
        memmove(&f.up[0], &f.up[1], --f.ups * sizeof f.up[0]);
        network_takes(&first);
    }
}

/* A request of the network: said again, as long as it may be that it was not taken. */
static void say(const godwit_emsdp_control_t *m)
{
    const octets_t o = dut_seal(&f.w.d, m);
    const unsigned failed = f.failed;
    give(&o);
    if (f.failed != failed) {
        give(&o);
    }
    settle();
}

static void hand_out_key(uint8_t command)
{
    dut_t *d = &f.w.d;
    uint8_t k_session[32];
    const godwit_emsdp_control_t m = {.command = command,
                                      .present = HAS(KEY),
                                      .key_generation = ++f.generation,
                                      .key_suite = GODWIT_SUITE_DEFAULT,
                                      .key_id = (uint8_t)(d->network.hot.key_id % 7u + 1u)};
    const octets_t o = dut_seal(d, &m);
    f.before = d->network;
    assert_int_equal(godwit_k_session(CRYPTO, d->e2m_keyset, d->config.endpoint, f.generation, k_session), GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &d->network, k_session, m.key_suite, m.key_id, d->config.framing,
                                           d->network.hot.session_id, f.generation, GODWIT_END_NETWORK),
                     GODWIT_OK);
    give(&o);
    give(&o); /* the same answer once more */
    settle();
}

/* ---- the owner ---- */

static void timer(void)
{
    took(godwit_device_timer(&f.w.d.device, f.w.d.random, &f.w.d.requests));
    settle();
}

static void reading(void)
{
    const char text[] = {'r', ++f.text, '\0'};
    took(godwit_device_send(&f.w.d.device, godwit_slice_of_string(text), f.w.d.random, &f.w.d.requests));
    settle();
    timer();
}

static void confirmed_reading_and_export(void)
{
    dut_t *d = &f.w.d;
    uint8_t psk[32];
    static const uint8_t none[32];
    godwit_psk_name_t name = {0};
    const char text[] = {'c', ++f.text, '\0'};
    took(godwit_device_send_confirmed(&d->device, godwit_slice_of_string(text), &d->requests));
    settle();
    const godwit_status_t status = godwit_device_export_psk(&d->device, "tls1.3", 0, &name, psk, &d->requests);
    assert_true(status == GODWIT_OK || memcmp(psk, none, sizeof psk) == 0);
    took(status);
    took(godwit_device_elapsed(&d->device, 86400 / 8, &d->requests));
}

static void down(void)
{
    const octets_t o = f.e2e ? e2e_down(&f.w, "down") : dut_seal_user(&f.w.d, "down");
    give(&o);
}

static void change_keys(void)
{
    if (f.e2e) {
        const godwit_e2e_terms_t terms = next_terms();
        const godwit_emsdp_control_t m = {
            .command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(SERVICE), .terms = terms};
        const octets_t o = dut_seal(&f.w.d, &m);
        e2e_arm(&f.w, &terms);
        give(&o);
        give(&o);
        settle();
        confirmed_reading_and_export();
    }
    hand_out_key(GODWIT_MANAGE_KEYS_REQUEST);
}

static void live(void)
{
    dut_t *d = &f.w.d;
    for (unsigned i = 0; i < 6; i++) {
        reading();
    }
    down();
    change_keys();
    reading();
    down();
    const godwit_emsdp_control_t ask = {.command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(COUNT)};
    say(&ask);
    took(godwit_device_synchronise(&d->device, &d->requests));
    settle();
    took(godwit_device_suspend(&d->device, &d->requests));
    reading();
    hand_out_key(GODWIT_SESSION_TERMINATE_REQUEST);
    reading(); /* early */
    reading();
    took(godwit_device_terminate(&d->device, &d->requests));
    settle();
    reading();
}

static void begin(bool e2e)
{
    memset(&f, 0, sizeof f);
    f.e2e = e2e;
    if (e2e) {
        e2e_init(&f.w, GODWIT_SERVICE_CONFIDENTIALITY);
    } else {
        dut_init(&f.w.d);
    }
    f.w.d.config.reserve = 2;
    f.w.d.config.crypto = &failing_crypto;
    assert_int_equal(godwit_device_init(&f.w.d.device, &f.w.d.config), GODWIT_OK);
}

static void sweep(bool e2e, bool dark)
{
    bool done = false;
    for (unsigned n = 1; !done; n++) {
        begin(e2e);
        f.fails_dark = dark;
        failing_crypto_at(n);
        live();
        done = failing_crypto_waits();
        failing_crypto_at(0);
        const unsigned before = f.arrived;
        for (unsigned i = 0; i < READINGS_TO_ARRIVE && f.arrived == before; i++) {
            reading();
        }
        assert_true(f.arrived > before);
        assert_true(!done || n > 80); /* and the whole life was gone through */
        assert_true(!done || (f.started == 3 && f.rekeyed == 1 && f.ended == 2 && f.delivered == 2));
        assert_true(!done || f.confirmed == (e2e ? 1 : 0));
    }
}

static void whatever_fails_nothing_leaves_before_it_is_stored(void **state)
{
    (void)state;
    sweep(false, false);
}

static void the_same_where_the_power_goes_with_it(void **state)
{
    (void)state;
    sweep(false, true);
}

static void end_to_end_nothing_leaves_before_it_is_stored(void **state)
{
    (void)state;
    sweep(true, false);
}

static void end_to_end_the_same_where_the_power_goes_with_it(void **state)
{
    (void)state;
    sweep(true, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_fails_nothing_leaves_before_it_is_stored),
        cmocka_unit_test(the_same_where_the_power_goes_with_it),
        cmocka_unit_test(end_to_end_nothing_leaves_before_it_is_stored),
        cmocka_unit_test(end_to_end_the_same_where_the_power_goes_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
