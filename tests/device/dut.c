/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/dut.h"

#include "core/agree/separate_aka/separate_aka.h"

static godwit_aka_key_t test_key(void)
{
    uint8_t k[16], opc[16];
    size_t len;
    godwit_aka_key_t key;
    assert_int_equal(godwit_hex_decode("465b5ce8b199b49faa5f0a2ee238a6bc", k, sizeof k, &len), GODWIT_OK);
    assert_int_equal(godwit_hex_decode("cd63cb71954a9f4e48a5994e37a02baf", opc, sizeof opc, &len), GODWIT_OK);
    assert_int_equal(
        godwit_aka_key_init(&key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16), godwit_slice(opc, 16), true, NULL),
        GODWIT_OK);
    return key;
}

void dut_init(dut_t *d)
{
    godwit_aka_key_t key = test_key();
    memset(d, 0, sizeof *d);
    d->config = (godwit_device_config_t){
        .crypto = CRYPTO,
        .endpoint = godwit_slice_of_string("hse.example"),
        .framing = GODWIT_FRAMING_DEFAULT,
        .suites = 0x000F,
    };
    assert_int_equal(godwit_imsi_from_text("001010123456789", &d->config.imsi), GODWIT_OK);
    assert_int_equal(godwit_plmn_from_text("001-01", &d->config.best_plmn), GODWIT_OK);
    d->config.serving_network = d->config.best_plmn;
    godwit_usim_init(&d->card, CRYPTO, &d->config.imsi, &key);
    d->card.sqn.delta = 0;
    assert_int_equal(godwit_device_init(&d->device, &d->config), GODWIT_OK);
}

godwit_vector_t dut_vector(uint64_t sqn, uint16_t amf)
{
    static const uint8_t rand[16] = {0x23, 0x55, 0x3c, 0xbe, 0x96, 0x37, 0xa8, 0x9d,
                                     0x21, 0x8a, 0xe6, 0x4d, 0xae, 0x47, 0xbf, 0x35};
    godwit_aka_key_t key = test_key();
    godwit_vector_t vector;
    uint8_t amf_octets[2];
    godwit_store_u16(amf_octets, amf);
    assert_int_equal(godwit_vector_create(CRYPTO, &key, rand, sqn, amf_octets, &vector), GODWIT_OK);
    return vector;
}

/* ---- requests ---- */

godwit_slice_t dut_sent(const dut_t *d, unsigned index)
{
    unsigned seen = 0;
    bool store_after = false;
    godwit_slice_t found = EMPTY;
    for (size_t i = d->requests.count; i-- > 0;) { /* a STORE that stands behind a SEND would come too late */
        const godwit_device_request_t *r = &d->requests.item[i];
        store_after = store_after || r->kind == GODWIT_DEVICE_STORE || r->kind == GODWIT_DEVICE_STORE_E2E;
        assert_false(store_after && r->kind == GODWIT_DEVICE_SEND);
    }
    for (size_t i = 0; i < d->requests.count; i++) {
        if (d->requests.item[i].kind == GODWIT_DEVICE_SEND && seen++ == index) {
            found = d->requests.item[i].octets;
        }
    }
    assert_true(seen > index);
    return found;
}

unsigned dut_sends(const dut_t *d)
{
    unsigned sends = 0;
    for (size_t i = 0; i < d->requests.count; i++) {
        sends += d->requests.item[i].kind == GODWIT_DEVICE_SEND;
    }
    return sends;
}

const godwit_device_request_t *dut_find(const dut_t *d, godwit_device_request_kind_t kind)
{
    for (size_t i = 0; i < d->requests.count; i++) {
        if (d->requests.item[i].kind == kind) {
            return &d->requests.item[i];
        }
    }
    return NULL;
}

const godwit_device_request_t *dut_event(const dut_t *d, const char *name)
{
    for (size_t i = 0; i < d->requests.count; i++) {
        const godwit_device_request_t *r = &d->requests.item[i];
        if (r->kind == GODWIT_DEVICE_EVENT && strcmp(r->name, name) == 0) {
            return r;
        }
    }
    return NULL;
}

void dut_store(dut_t *d)
{
    const godwit_device_request_t *store = dut_find(d, GODWIT_DEVICE_STORE);
    if (store != NULL) {
        assert_in_range(store->octets.len, 1, sizeof d->nvm);
        memcpy(d->nvm, store->octets.ptr, store->octets.len);
        d->nvm_len = store->octets.len;
        d->stores++;
    }
    store = dut_find(d, GODWIT_DEVICE_STORE_E2E);
    if (store != NULL) {
        assert_in_range(store->octets.len, 1, sizeof d->nvm_e2e);
        memcpy(d->nvm_e2e, store->octets.ptr, store->octets.len);
        d->nvm_e2e_len = store->octets.len;
    }
}

void dut_reboot(dut_t *d)
{
    assert_int_equal(godwit_device_init(&d->device, &d->config), GODWIT_OK);
    if (d->nvm_len > 0) {
        assert_int_equal(godwit_device_restore(&d->device, godwit_slice(d->nvm, d->nvm_len)), GODWIT_OK);
    }
    if (d->nvm_e2e_len > 0) {
        assert_int_equal(godwit_device_restore_e2e(&d->device, godwit_slice(d->nvm_e2e, d->nvm_e2e_len)), GODWIT_OK);
    }
}

void dut_send(dut_t *d, const char *reading)
{
    assert_int_equal(godwit_device_send(&d->device, godwit_slice_of_string(reading), d->random, &d->requests),
                     GODWIT_OK);
    dut_store(d);
}

void dut_receive(dut_t *d, godwit_slice_t datagram)
{
    assert_int_equal(godwit_device_receive(&d->device, datagram, d->random, &d->requests), GODWIT_OK);
    dut_store(d);
}

void dut_run_card(dut_t *d)
{
    const godwit_device_request_t *run = dut_find(d, GODWIT_DEVICE_AUTHENTICATE);
    godwit_usim_output_t out;
    if (run == NULL) {
        return;
    }
    d->card_runs++;
    assert_int_equal(godwit_usim_step(&d->card, run->rand, run->autn, &out), GODWIT_OK);
    assert_int_equal(godwit_device_usim_result(&d->device, &out.result, d->random, &d->requests), GODWIT_OK);
    dut_store(d);
}

void dut_expect_refused(const dut_t *d, godwit_status_t reason)
{
    assert_int_equal(d->requests.count, 1);
    assert_int_equal(d->requests.item[0].kind, GODWIT_DEVICE_EVENT);
    assert_string_equal(d->requests.item[0].name, "refused");
    assert_int_equal(d->requests.item[0].reason, reason);
}

/* ---- the network ---- */

void dut_expect_request(dut_t *d)
{
    godwit_slice_t sent = dut_sent(d, 0);
    assert_non_null(dut_event(d, "session_requested"));
    memcpy(d->request.at, sent.ptr, sent.len);
    d->request.len = sent.len;
}

dut_start_t dut_start(uint64_t sqn)
{
    return (dut_start_t){
        .vector = dut_vector(sqn, 0x8080),
        .agreement = GODWIT_AGREEMENT_SEPARATE_EPS,
        .suite = GODWIT_SUITE_DEFAULT,
        .key_id = 1,
        .generation = 1,
        .session_id = 1,
        .framing = GODWIT_FRAMING_DEFAULT,
    };
}

/* The same as separate_aka, but taking any AMF: a network may be wrong. */
static void key_set(dut_t *d, const dut_start_t *start)
{
    uint8_t root[32];
    memcpy(root, start->vector.ck, 16);
    memcpy(root + 16, start->vector.ik, 16);
    if (start->agreement == GODWIT_AGREEMENT_SEPARATE_EPS) {
        uint8_t kasme[32];
        assert_int_equal(godwit_kasme(CRYPTO, root, d->config.best_plmn, start->vector.autn, kasme), GODWIT_OK);
        memcpy(root, kasme, sizeof root);
    }
    assert_int_equal(
        godwit_e2m_keyset(CRYPTO, root, start->agreement, godwit_slice(start->vector.autn, 6), d->e2m_keyset),
        GODWIT_OK);
}

void dut_make_start(dut_t *d, const dut_start_t *start)
{
    uint8_t k_session[32], transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_slice_t request = octets_slice(&d->request);
    godwit_emsdp_control_t m = {
        .command = GODWIT_SESSION_START,
        .present = HAS(RAND) | HAS(AUTN) | HAS(HSE_CONFIGURATION),
        .agreement = (uint8_t)start->agreement,
        .suite = start->suite,
        .framing = start->framing,
        .generation = start->generation,
    };
    if (start->service != NULL) {
        m.present |= HAS(SERVICE);
        m.terms = *start->service;
    }
    memcpy(m.rand, start->vector.rand, 16);
    memcpy(m.autn, start->vector.autn, 16);
    key_set(d, start);
    assert_int_equal(godwit_k_session(CRYPTO, d->e2m_keyset, d->config.endpoint, start->generation, k_session),
                     GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &d->network, k_session, start->suite, start->key_id,
                                           d->config.framing, start->session_id, start->generation, GODWIT_END_NETWORK),
                     GODWIT_OK);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &request, 1, transcript), GODWIT_OK);
    godwit_writer_t w = godwit_writer(d->start.at, sizeof d->start.at);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &d->network, &m, godwit_slice(transcript, 32), &w), GODWIT_OK);
    d->start.len = w.len;
}

godwit_emsdp_opened_t dut_open(dut_t *d, godwit_slice_t datagram, uint8_t *plain)
{
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_slice_t both[2] = {octets_slice(&d->request), octets_slice(&d->start)};
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, both, 2, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d->network, datagram, godwit_slice(transcript, 32), plain, &opened),
                     GODWIT_OK);
    godwit_emsdp_accept(&d->network, &opened);
    return opened;
}

octets_t dut_seal(dut_t *d, const godwit_emsdp_control_t *m)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &d->network, m, EMPTY, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

octets_t dut_seal_user(dut_t *d, const char *text)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &d->network, godwit_slice_of_string(text), &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

void dut_set_up(dut_t *d, const char *reading)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    dut_send(d, reading);
    dut_expect_request(d);
    dut_make_start(d, &start);
    dut_receive(d, octets_slice(&d->start));
    dut_run_card(d);
    godwit_emsdp_opened_t opened = dut_open(d, dut_sent(d, 0), plain);
    assert_int_equal(opened.control.command, GODWIT_SESSION_START_CONFIRMATION);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string(reading)));
    assert_int_equal(godwit_device_state(&d->device), GODWIT_SESSION_ACTIVE);
}
