/* SPDX-License-Identifier: Apache-2.0
 *
 * AKMA from the card to the application: device, AUSF, HSS in the part of the UDM, AAnF; and who is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/akma.h"
#include "roles/aanf.h"
#include "roles/ausf.h"
#include "roles/hss.h"
#include "tests/support/failing_crypto.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define IMSI "001010000000001"
#define AMF "amf.visited.test"
#define AF "meter.example"

static struct {
    godwit_hss_t hss;
    godwit_ausf_t ausf;
    godwit_aanf_t aanf;
    godwit_akma_t device;
    owner_t udm, auth, anchor;
    godwit_aka_key_t key;
    godwit_sqn_array_t usim;
    uint8_t record[GODWIT_AKMA_RECORD];
} w;

static const godwit_plmn_t home = {{0x00, 0xf1, 0x10}}, visited = {{0x00, 0xf2, 0x20}};

static void hss_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void ausf_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_ausf_step(role, in, out);
}

static void aanf_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_aanf_step(role, in, out);
}

static void set_up_home(void)
{
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1}, opc[16] = {0xcd, 0x63};
    assert_int_equal(godwit_aka_key_init(&w.key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                                         godwit_slice(opc, 16), true, NULL),
                     GODWIT_OK);
    w.hss.crypto = CRYPTO;
    strcpy(w.hss.ausfs[0], "ausf.home.test");
    w.hss.ausf_count = 1;
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi(IMSI);
    record.u.subscriber.key = w.key;
    record.u.subscriber.ind_bits = 5;
    record.u.subscriber.seq_he = 100;
    owner_put(&w.udm, &record);
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    owner_init(&w.udm, hss_step, &w.hss);
    owner_init(&w.auth, ausf_step, &w.ausf);
    owner_init(&w.anchor, aanf_step, &w.aanf);
    w.udm.now_ms = w.auth.now_ms = w.anchor.now_ms = 1000000;
    set_up_home();
    godwit_sqn_array_init(&w.usim);
    w.ausf.crypto = w.aanf.crypto = CRYPTO;
    w.ausf.home = w.aanf.home = home;
    strcpy(w.ausf.local_host, "ausf.home.test");
    strcpy(w.ausf.networks[0].host, AMF);
    w.ausf.networks[0].plmn = visited;
    w.ausf.network_count = 1;
    strcpy(w.aanf.ausfs[0], "ausf.home.test");
    w.aanf.ausf_count = 1;
    strcpy(w.aanf.afs[0].host, "af.meter.example");
    strcpy(w.aanf.afs[0].fqdn, AF);
    w.aanf.af_count = 1;
    const godwit_akma_config_t config = {.crypto = CRYPTO, .imsi = owner_imsi(IMSI), .home = home};
    assert_int_equal(godwit_akma_init(&w.device, &config), GODWIT_OK);
    return 0;
}

/* Hands on what the AUSF asks of UDM and AAnF until nothing is left. */
static void carry(void)
{
    for (unsigned i = 0; i < 4; i++) {
        const godwit_request_t *r = owner_request(&w.auth, GODWIT_REQUEST_MESSAGE, 0);
        if (r == NULL || (r->message->to != GODWIT_FUNCTION_HSS && r->message->to != GODWIT_FUNCTION_AANF)) {
            return;
        }
        owner_t *other = r->message->to == GODWIT_FUNCTION_HSS ? &w.udm : &w.anchor;
        godwit_message_t asked = *r->message;
        owner_give_message(other, &asked);
        godwit_message_t answer = *owner_request(other, GODWIT_REQUEST_MESSAGE, 0)->message;
        owner_give_message(&w.auth, &answer);
    }
}

static godwit_message_t from_amf(godwit_message_kind_t kind)
{
    godwit_message_t m = {
        .kind = kind, .from = GODWIT_FUNCTION_MME, .to = GODWIT_FUNCTION_AUSF, .transaction = 7, .route = 3};
    strcpy(m.origin_host, AMF);
    return m;
}

static godwit_5g_auth_answer_t challenge(const uint8_t *rand, const uint8_t *auts)
{
    godwit_message_t m = from_amf(GODWIT_5G_AUTH_REQUEST);
    m.u.auth_5g_request.imsi = owner_imsi(IMSI);
    m.u.auth_5g_request.serving_network = visited;
    if (auts != NULL) {
        m.u.auth_5g_request.resync = true;
        memcpy(m.u.auth_5g_request.rand, rand, 16);
        memcpy(m.u.auth_5g_request.auts, auts, 14);
    }
    owner_give_message(&w.auth, &m);
    carry();
    const godwit_message_t *answer = owner_message(&w.auth, GODWIT_5G_AUTH_ANSWER, 0);
    assert_int_equal(answer->transaction, 7);
    assert_int_equal(answer->route, 3);
    return answer->u.auth_5g_answer;
}

static godwit_usim_result_t card(const godwit_5g_auth_answer_t *a)
{
    godwit_usim_result_t result;
    assert_int_equal(godwit_usim_authenticate(CRYPTO, &w.key, &w.usim, a->rand, a->autn, &result), GODWIT_OK);
    return result;
}

static godwit_status_t confirm(const uint8_t rand[16], const uint8_t res_star[16])
{
    godwit_message_t m = from_amf(GODWIT_5G_CONFIRM);
    memcpy(m.u.confirm_5g.rand, rand, 16);
    memcpy(m.u.confirm_5g.res_star, res_star, 16);
    owner_give_message(&w.auth, &m);
    carry();
    return owner_message(&w.auth, GODWIT_5G_CONFIRM_ANSWER, 0)->u.outcome;
}

static void authenticate(void)
{
    uint8_t res_star[16], hxres_star[16];
    godwit_5g_auth_answer_t a = challenge(NULL, NULL);
    assert_int_equal(a.status, GODWIT_OK);
    godwit_usim_result_t r = card(&a);
    assert_int_equal(godwit_akma_answer(&w.device, visited, a.rand, a.autn, &r, res_star), GODWIT_OK);
    /* The serving network's own check (TS 33.501 6.1.3.2.0 step 9). */
    assert_int_equal(godwit_hxres_star(CRYPTO, a.rand, res_star, hxres_star), GODWIT_OK);
    assert_memory_equal(hxres_star, a.hxres_star, 16);
    assert_int_equal(confirm(a.rand, res_star), GODWIT_OK);
    /* A record that cannot be made changes nothing. */
    char before[GODWIT_A_KID_MAX + 1], after[GODWIT_A_KID_MAX + 1];
    const godwit_status_t named = godwit_akma_name(&w.device, before);
    const godwit_crypto_t *works = w.device.config.crypto;
    w.device.config.crypto = &failing_crypto;
    failing_crypto_at(1);
    assert_int_equal(godwit_akma_confirmed(&w.device, w.record), GODWIT_CRYPTO_FAILED);
    w.device.config.crypto = works;
    assert_int_equal(godwit_akma_name(&w.device, after), named);
    assert_true(named != GODWIT_OK || strcmp(before, after) == 0);
    assert_int_equal(godwit_akma_confirmed(&w.device, w.record), GODWIT_OK);
}

static const godwit_message_t *ask_key(const char *host, const char *a_kid, const char *fqdn)
{
    static const uint8_t ua[5] = {0x01, 0x00, 0x01, 0x13, 0x01};
    godwit_message_t m = {
        .kind = GODWIT_AKMA_KEY_REQUEST, .from = GODWIT_FUNCTION_AF, .to = GODWIT_FUNCTION_AANF, .transaction = 1};
    godwit_akma_key_request_t *asked = &m.u.akma_key_request;
    strcpy(m.origin_host, host);
    strcpy(asked->a_kid, a_kid);
    memcpy(asked->af_id, fqdn, strlen(fqdn));
    memcpy(asked->af_id + strlen(fqdn), ua, sizeof ua);
    asked->af_id_len = (uint16_t)(strlen(fqdn) + sizeof ua);
    owner_give_message(&w.anchor, &m);
    return owner_message(&w.anchor, GODWIT_AKMA_KEY_ANSWER, 0);
}

static void device_and_application_have_the_same_key(void **state)
{
    (void)state;
    static const char af_id[] = AF "\x01\x00\x01\x13\x01";
    char a_kid[GODWIT_A_KID_MAX + 1];
    uint8_t k_af[32];
    authenticate();
    assert_int_equal(godwit_akma_name(&w.device, a_kid), GODWIT_OK);
    assert_non_null(strstr(a_kid, "@5gc.mnc001.mcc001.3gppnetwork.org"));
    const godwit_akma_key_answer_t *answer = &ask_key("af.meter.example", a_kid, AF)->u.akma_key_answer;
    assert_int_equal(answer->status, GODWIT_OK);
    assert_true(godwit_imsi_equal(&answer->imsi, &w.device.config.imsi));
    assert_true(answer->expires_ms == 1000000 + 86400000);
    assert_int_equal(godwit_akma_k_af(&w.device, godwit_slice(af_id, sizeof AF - 1 + 5), k_af), GODWIT_OK);
    assert_memory_equal(answer->k_af, k_af, 32);
}

static void the_anchor_key_survives_in_the_device_and_belongs_to_one_subscriber(void **state)
{
    (void)state;
    char before[GODWIT_A_KID_MAX + 1], after[GODWIT_A_KID_MAX + 1];
    godwit_akma_t again;
    godwit_akma_config_t config = w.device.config;
    authenticate();
    assert_int_equal(godwit_akma_name(&w.device, before), GODWIT_OK);
    assert_int_equal(godwit_akma_init(&again, &config), GODWIT_OK);
    assert_int_equal(godwit_akma_name(&again, after), GODWIT_WRONG_STATE);
    assert_int_equal(godwit_akma_restore(&again, godwit_slice(w.record, sizeof w.record)), GODWIT_OK);
    assert_int_equal(godwit_akma_name(&again, after), GODWIT_OK);
    assert_string_equal(before, after);
    config.imsi = owner_imsi("001010000000002");
    assert_int_equal(godwit_akma_init(&again, &config), GODWIT_OK);
    assert_int_equal(godwit_akma_restore(&again, godwit_slice(w.record, sizeof w.record)), GODWIT_MALFORMED);
    for (size_t i = 0; i < sizeof w.record; i++) {
        w.record[i] ^= 0x10;
        assert_int_equal(godwit_akma_restore(&w.device, godwit_slice(w.record, sizeof w.record)), GODWIT_MALFORMED);
        w.record[i] ^= 0x10;
    }
}

static void a_new_authentication_ends_the_name_of_before(void **state)
{
    (void)state;
    char first[GODWIT_A_KID_MAX + 1], second[GODWIT_A_KID_MAX + 1];
    authenticate();
    assert_int_equal(godwit_akma_name(&w.device, first), GODWIT_OK);
    authenticate();
    assert_int_equal(godwit_akma_name(&w.device, second), GODWIT_OK);
    assert_string_not_equal(first, second);
    assert_int_equal(ask_key("af.meter.example", first, AF)->u.akma_key_answer.status, GODWIT_UNKNOWN_KEY);
    assert_int_equal(ask_key("af.meter.example", second, AF)->u.akma_key_answer.status, GODWIT_OK);
    godwit_message_t m = {.kind = GODWIT_AKMA_REGISTER, .from = GODWIT_FUNCTION_AUSF, .to = GODWIT_FUNCTION_AANF};
    strcpy(m.origin_host, "ausf.home.test"); /* Context_Remove */
    m.u.akma_register.imsi = owner_imsi(IMSI);
    owner_give_message(&w.anchor, &m);
    assert_int_equal(owner_message(&w.anchor, GODWIT_AKMA_REGISTER_ANSWER, 0)->u.outcome, GODWIT_OK);
    assert_int_equal(ask_key("af.meter.example", second, AF)->u.akma_key_answer.status, GODWIT_UNKNOWN_KEY);
}

static void an_application_gets_only_keys_of_its_own_name(void **state)
{
    (void)state;
    char a_kid[GODWIT_A_KID_MAX + 1];
    authenticate();
    assert_int_equal(godwit_akma_name(&w.device, a_kid), GODWIT_OK);
    assert_int_equal(ask_key("af.other.example", a_kid, AF)->u.akma_key_answer.status, GODWIT_NOT_ENTITLED);
    assert_int_equal(ask_key("af.meter.example", a_kid, "other.example")->u.akma_key_answer.status,
                     GODWIT_NOT_ENTITLED);
    assert_int_equal(ask_key("af.meter.example", a_kid, "METER.example")->u.akma_key_answer.status, GODWIT_MALFORMED);
    a_kid[10] = a_kid[10] == '0' ? '1' : '0';
    assert_int_equal(ask_key("af.meter.example", a_kid, AF)->u.akma_key_answer.status, GODWIT_UNKNOWN_KEY);
    assert_int_equal(ask_key("af.meter.example", "", AF)->u.akma_key_answer.status, GODWIT_UNKNOWN_KEY);
    w.anchor.fail_fetches = true;
    assert_int_equal(godwit_akma_name(&w.device, a_kid), GODWIT_OK);
    assert_int_equal(ask_key("af.meter.example", a_kid, AF)->u.akma_key_answer.status, GODWIT_PEER_INTERNAL);
}

static void nobody_but_an_ausf_registers(void **state)
{
    (void)state;
    godwit_message_t m = {.kind = GODWIT_AKMA_REGISTER, .from = GODWIT_FUNCTION_AUSF, .to = GODWIT_FUNCTION_AANF};
    strcpy(m.origin_host, "rogue.test");
    m.u.akma_register.imsi = owner_imsi(IMSI);
    owner_give_message(&w.anchor, &m);
    assert_int_equal(owner_message(&w.anchor, GODWIT_AKMA_REGISTER_ANSWER, 0)->u.outcome, GODWIT_NOT_ENTITLED);
    strcpy(m.origin_host, "ausf.home.test");
    strcpy(m.u.akma_register.a_kid, "rid0.atid00@5gc.mnc001.mcc001.3gppnetwork.org");
    owner_give_message(&w.anchor, &m);
    assert_int_equal(owner_message(&w.anchor, GODWIT_AKMA_REGISTER_ANSWER, 0)->u.outcome, GODWIT_MALFORMED);
    assert_int_equal(w.anchor.commits, 0);
}

static void a_wrong_res_star_registers_nothing_and_ends_the_run(void **state)
{
    (void)state;
    uint8_t res_star[16];
    godwit_5g_auth_answer_t a = challenge(NULL, NULL);
    godwit_usim_result_t r = card(&a);
    assert_int_equal(godwit_akma_answer(&w.device, visited, a.rand, a.autn, &r, res_star), GODWIT_OK);
    res_star[15] ^= 1;
    assert_int_equal(confirm(a.rand, res_star), GODWIT_AUTH_MAC_FAILURE);
    res_star[15] ^= 1;
    assert_int_equal(confirm(a.rand, res_star), GODWIT_UNKNOWN_KEY); /* once */
    assert_int_equal(w.anchor.commits, 0);
}

static void another_caller_cannot_confirm_and_another_network_gets_no_vector(void **state)
{
    (void)state;
    uint8_t res_star[16];
    strcpy(w.ausf.networks[1].host, "amf.third.test");
    w.ausf.networks[1].plmn = home;
    w.ausf.network_count = 2;
    godwit_5g_auth_answer_t a = challenge(NULL, NULL);
    godwit_usim_result_t r = card(&a);
    assert_int_equal(godwit_akma_answer(&w.device, visited, a.rand, a.autn, &r, res_star), GODWIT_OK);
    godwit_message_t m = from_amf(GODWIT_5G_CONFIRM);
    strcpy(m.origin_host, "amf.third.test");
    memcpy(m.u.confirm_5g.rand, a.rand, 16);
    memcpy(m.u.confirm_5g.res_star, res_star, 16);
    owner_give_message(&w.auth, &m);
    assert_int_equal(owner_message(&w.auth, GODWIT_5G_CONFIRM_ANSWER, 0)->u.outcome, GODWIT_UNKNOWN_KEY);
    assert_int_equal(confirm(a.rand, res_star), GODWIT_OK);
    m = from_amf(GODWIT_5G_AUTH_REQUEST);
    m.u.auth_5g_request.imsi = owner_imsi(IMSI);
    m.u.auth_5g_request.serving_network = home; /* not this caller's */
    owner_give_message(&w.auth, &m);
    assert_int_equal(owner_message(&w.auth, GODWIT_5G_AUTH_ANSWER, 0)->u.auth_5g_answer.status, GODWIT_NOT_ENTITLED);
    w.hss.ausf_count = 0;
    assert_int_equal(challenge(NULL, NULL).status, GODWIT_NOT_ENTITLED);
}

static void auts_of_the_card_resynchronises(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 32; i++) {
        w.usim.seq_ms[i] = 5000;
    }
    godwit_5g_auth_answer_t a = challenge(NULL, NULL);
    godwit_usim_result_t r = card(&a);
    assert_int_equal(r.status, GODWIT_AUTH_RESYNC);
    uint8_t bent[14];
    memcpy(bent, r.auts, sizeof bent);
    bent[3] ^= 1;
    assert_int_equal(challenge(a.rand, bent).status, GODWIT_AUTH_MAC_FAILURE);
    a = challenge(a.rand, r.auts);
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(card(&a).status, GODWIT_OK);
}

static void a_vector_without_separation_bit_is_refused_by_the_device(void **state)
{
    (void)state;
    uint8_t res_star[16];
    godwit_5g_auth_answer_t a = challenge(NULL, NULL);
    godwit_usim_result_t r = card(&a);
    a.autn[6] &= 0x7F;
    assert_int_equal(godwit_akma_answer(&w.device, visited, a.rand, a.autn, &r, res_star), GODWIT_AUTH_MAC_FAILURE);
    assert_int_equal(godwit_akma_confirmed(&w.device, w.record), GODWIT_WRONG_STATE);
}

static void a_flood_of_one_caller_leaves_room_for_others_and_ends(void **state)
{
    (void)state;
    strcpy(w.ausf.networks[1].host, "amf.flood.test");
    w.ausf.networks[1].plmn = visited;
    w.ausf.network_count = 2;
    godwit_message_t m = from_amf(GODWIT_5G_AUTH_REQUEST);
    strcpy(m.origin_host, "amf.flood.test");
    m.u.auth_5g_request.imsi = owner_imsi(IMSI);
    m.u.auth_5g_request.serving_network = visited;
    for (unsigned i = 0; i < 2 * GODWIT_AUSF_PENDING_MAX; i++) {
        owner_give_message(&w.auth, &m); /* the UDM is silent */
    }
    assert_int_equal(owner_message(&w.auth, GODWIT_5G_AUTH_ANSWER, 0)->u.auth_5g_answer.status, GODWIT_OVERLOAD);
    assert_int_equal(challenge(NULL, NULL).status, GODWIT_OK);
    w.auth.now_ms += 60000;
    for (unsigned i = 0; i < GODWIT_AUSF_PENDING_MAX; i++) {
        owner_give_timer(&w.auth, 1);
    }
    for (unsigned i = 0; i < GODWIT_AUSF_PENDING_MAX; i++) {
        assert_int_equal(w.ausf.pending[i].state, GODWIT_AUSF_FREE);
    }
    assert_null(owner_request(&w.auth, GODWIT_REQUEST_TIMER, 0));
}

static void a_clock_that_is_set_back_leaves_nothing_waiting(void **state)
{
    (void)state;
    godwit_message_t m = from_amf(GODWIT_5G_AUTH_REQUEST);
    m.u.auth_5g_request.imsi = owner_imsi(IMSI);
    m.u.auth_5g_request.serving_network = visited;
    w.auth.now_ms = UINT64_C(1) << 40;
    owner_give_message(&w.auth, &m); /* the UDM is silent */
    w.auth.now_ms = 1000000;
    owner_give_timer(&w.auth, 1);
    w.auth.now_ms += 60000;
    owner_give_timer(&w.auth, 1);
    assert_int_equal(owner_message(&w.auth, GODWIT_5G_AUTH_ANSWER, 0)->u.auth_5g_answer.status, GODWIT_PEER_INTERNAL);
    assert_int_equal(w.ausf.pending[0].state, GODWIT_AUSF_FREE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(device_and_application_have_the_same_key, setup),
        cmocka_unit_test_setup(the_anchor_key_survives_in_the_device_and_belongs_to_one_subscriber, setup),
        cmocka_unit_test_setup(a_new_authentication_ends_the_name_of_before, setup),
        cmocka_unit_test_setup(an_application_gets_only_keys_of_its_own_name, setup),
        cmocka_unit_test_setup(nobody_but_an_ausf_registers, setup),
        cmocka_unit_test_setup(a_wrong_res_star_registers_nothing_and_ends_the_run, setup),
        cmocka_unit_test_setup(another_caller_cannot_confirm_and_another_network_gets_no_vector, setup),
        cmocka_unit_test_setup(auts_of_the_card_resynchronises, setup),
        cmocka_unit_test_setup(a_vector_without_separation_bit_is_refused_by_the_device, setup),
        cmocka_unit_test_setup(a_flood_of_one_caller_leaves_room_for_others_and_ends, setup),
        cmocka_unit_test_setup(a_clock_that_is_set_back_leaves_nothing_waiting, setup),
    };
    return cmocka_run_group_tests_name("akma", tests, NULL, NULL);
}
