/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/e2e_world.h"

void e2e_init(e2e_world_t *w, godwit_service_t service)
{
    memset(w, 0, sizeof *w);
    dut_init(&w->d);
    w->d.e2e.config.service = service;
    w->d.config.e2e = &w->d.e2e;
    w->d.config.enterprise = godwit_slice_of_string(EAS_NAME);
    assert_int_equal(godwit_device_init(&w->d.device, &w->d.config), GODWIT_OK);
}

godwit_e2e_terms_t e2e_terms_of(uint32_t age)
{
    return (godwit_e2e_terms_t){.service = GODWIT_SERVICE_CONFIDENTIALITY,
                                .suite = 1,
                                .key_id = (uint8_t)(1 + (age - 1) % 7),
                                .age = age,
                                .life_s = 86400,
                                .messages = 100};
}

void e2e_arm(e2e_world_t *w, const godwit_e2e_terms_t *terms)
{
    assert_int_equal(godwit_k_e2e(CRYPTO, w->d.e2m_keyset, godwit_slice_of_string(EAS_NAME), terms->age, w->k_e2e),
                     GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &w->eas, w->k_e2e, terms->suite, terms->key_id, w->d.config.framing,
                                           w->d.network.hot.session_id, terms->age, GODWIT_END_NETWORK),
                     GODWIT_OK);
}

void e2e_start(e2e_world_t *w, const godwit_e2e_terms_t *terms, const char *reading)
{
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    start.service = terms;
    dut_send(&w->d, reading);
    dut_expect_request(&w->d);
    dut_make_start(&w->d, &start);
    dut_receive(&w->d, octets_slice(&w->d.start));
    dut_run_card(&w->d);
}

void e2e_set_up(e2e_world_t *w, const godwit_e2e_terms_t *terms, const char *reading)
{
    e2e_start(w, terms, reading);
    e2e_arm(w, terms);
    godwit_emsdp_opened_t opened = dut_open(&w->d, dut_sent(&w->d, 0), w->plain);
    assert_int_equal(opened.control.command, GODWIT_SESSION_START_CONFIRMATION);
    assert_int_equal(godwit_device_state(&w->d.device), GODWIT_SESSION_ACTIVE);
    if (reading[0] != '\0') {
        octets_t inside = e2e_copy(opened.control.data);
        e2e_expect_reading(w, octets_slice(&inside), reading);
    }
}

octets_t e2e_hand_out(e2e_world_t *w, const godwit_e2e_terms_t *terms)
{
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(SERVICE), .terms = *terms};
    octets_t datagram = dut_seal(&w->d, &m);
    dut_receive(&w->d, octets_slice(&datagram));
    return datagram;
}

void e2e_expect_reading(e2e_world_t *w, godwit_slice_t datagram, const char *reading)
{
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_emsdp_open(CRYPTO, &w->eas, datagram, EMPTY, w->plain, &opened), GODWIT_OK);
    assert_true(opened.user_plane);
    assert_true(godwit_slice_equal(opened.payload, godwit_slice_of_string(reading)));
    godwit_emsdp_accept(&w->eas, &opened);
}

octets_t e2e_down(e2e_world_t *w, const char *text)
{
    octets_t o;
    godwit_writer_t out = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &w->eas, godwit_slice_of_string(text), &out), GODWIT_OK);
    o.len = out.len;
    return o;
}

void e2e_reject(e2e_world_t *w, godwit_slice_t datagram, godwit_status_t reason)
{
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .present = HAS(REASON) | HAS(ECHO), .reason = reason};
    assert_int_equal(godwit_emsdp_echo(CRYPTO, datagram, w->d.config.framing, m.echo), GODWIT_OK);
    octets_t reject = dut_seal(&w->d, &m);
    dut_receive(&w->d, octets_slice(&reject));
}

octets_t e2e_copy(godwit_slice_t octets)
{
    octets_t o = {.len = octets.len};
    assert_true(octets.len <= sizeof o.at);
    memcpy(o.at, octets.ptr, octets.len);
    return o;
}
