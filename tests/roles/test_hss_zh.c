/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS towards BSFs (Zh): vectors that the card takes, its AUTS, triplets of a 2G SIM, and who is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hss.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define IMPI "001010000000001@ims.mnc001.mcc001.3gppnetwork.org"

static struct {
    godwit_hss_t hss;
    owner_t owner;
    godwit_aka_key_t key;
    godwit_sqn_array_t usim;
    godwit_message_t request;
} w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static godwit_subscriber_record_t *subscriber(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = owner_imsi("001010000000001")};
    return &owner_find(&w.owner, &key)->u.subscriber;
}

static int setup(void **state)
{
    (void)state;
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1}, opc[16] = {0xcd, 0x63};
    memset(&w, 0, sizeof w);
    owner_init(&w.owner, step, &w.hss);
    assert_int_equal(godwit_aka_key_init(&w.key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                                         godwit_slice(opc, 16), true, NULL),
                     GODWIT_OK);
    godwit_sqn_array_init(&w.usim);
    w.hss.crypto = CRYPTO;
    strcpy(w.hss.nodes[0].host, "bsf.home.test");
    w.hss.nodes[0].ind = 9;
    w.hss.node_count = 1;
    strcpy(w.hss.bsfs[0], "bsf.home.test");
    w.hss.bsf_count = 1;
    w.hss.gba_life_s = 7200;
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi("001010000000001");
    record.u.subscriber.key = w.key;
    record.u.subscriber.amf[0] = 0x80; /* stored by mistake */
    record.u.subscriber.ind_bits = 5;
    record.u.subscriber.seq_he = 100;
    record.u.subscriber.features = GODWIT_FEATURE_E2M_USIM | GODWIT_FEATURE_GBA_U;
    owner_put(&w.owner, &record);
    w.request.kind = GODWIT_ZH_REQUEST;
    w.request.from = GODWIT_FUNCTION_BSF;
    w.request.to = GODWIT_FUNCTION_HSS;
    w.request.transaction = 42;
    w.request.route = 9;
    strcpy(w.request.origin_host, "bsf.home.test");
    strcpy(w.request.origin_realm, "home.test");
    strcpy(w.request.u.zh_request.impi, IMPI);
    return 0;
}

static godwit_zh_answer_t ask(void)
{
    owner_give_message(&w.owner, &w.request);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_ZH_ANSWER, 0);
    assert_int_equal(answer->transaction, 42);
    assert_int_equal(answer->route, 9);
    assert_int_equal(answer->to, GODWIT_FUNCTION_BSF);
    return answer->u.zh_answer;
}

static godwit_usim_result_t usim(const godwit_zh_answer_t *a)
{
    godwit_usim_result_t result;
    assert_int_equal(godwit_usim_authenticate(CRYPTO, &w.key, &w.usim, a->rand, a->autn, &result), GODWIT_OK);
    return result;
}

static void a_bsf_gets_a_vector_of_its_ind_without_separation_bit_and_flag(void **state)
{
    (void)state;
    strcpy(w.hss.e2m.endpoint, "hse.home.test");
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_A; /* of access AKA runs; this is none */
    godwit_zh_answer_t a = ask();
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(a.type, GODWIT_GBA_3G);
    godwit_usim_result_t r = usim(&a);
    assert_int_equal(r.status, GODWIT_OK);
    assert_false(r.e2m);
    assert_int_equal(godwit_load_u16(a.autn + 6), 0);
    assert_int_equal(a.xres_len, r.res_len);
    assert_memory_equal(a.xres, r.res, r.res_len);
    assert_memory_equal(a.ck, r.ck, 16);
    assert_memory_equal(a.ik, r.ik, 16);
    assert_true(a.uicc_gba);
    assert_int_equal(a.life_s, 7200);
    assert_true(w.usim.seq_ms[9] == 101);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1); /* nothing pushed */
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
}

static void auts_of_that_bsf_resynchronises(void **state)
{
    (void)state;
    w.usim.seq_ms[9] = 5000;
    godwit_zh_answer_t a = ask();
    godwit_usim_result_t r = usim(&a);
    assert_int_equal(r.status, GODWIT_AUTH_RESYNC);
    w.request.u.zh_request.resync = true;
    memcpy(w.request.u.zh_request.rand, a.rand, 16);
    memcpy(w.request.u.zh_request.auts, r.auts, 14);
    w.request.u.zh_request.auts[13] ^= 1;
    assert_int_equal(ask().status, GODWIT_AUTH_MAC_FAILURE);
    assert_int_equal(subscriber()->seq_he, 101); /* nothing moved */
    w.request.u.zh_request.auts[13] ^= 1;
    strcpy(w.hss.bsfs[1], "bsf2.home.test"); /* another BSF brings it: not its RAND */
    w.hss.bsf_count = 2;
    strcpy(w.request.origin_host, "bsf2.home.test");
    assert_int_equal(ask().status, GODWIT_AUTH_MAC_FAILURE);
    strcpy(w.request.origin_host, "bsf.home.test");
    a = ask();
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(subscriber()->seq_he, 5001);
    assert_int_equal(usim(&a).status, GODWIT_OK);
}

static void profile_time_writes_nothing_but_its_clock(void **state)
{
    (void)state;
    subscriber()->sqn_by_time = true;
    w.owner.now_ms = 3600000;
    (void)ask();
    unsigned commits = w.owner.commits;
    w.owner.now_ms += 1000;
    godwit_zh_answer_t a = ask();
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(w.owner.commits, commits);
    assert_int_equal(usim(&a).status, GODWIT_OK);
}

static void a_2g_subscriber_gets_a_triplet_that_costs_no_sqn(void **state)
{
    (void)state;
    uint8_t sres[4], kc[8];
    subscriber()->key.algorithm = w.key.algorithm = GODWIT_ALG_GSM_MILENAGE;
    godwit_zh_answer_t a = ask();
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(a.type, GODWIT_GBA_2G);
    assert_int_equal(godwit_gsm_compute(CRYPTO, &w.key, a.rand, sres, kc), GODWIT_OK);
    assert_int_equal(a.xres_len, 4);
    assert_memory_equal(a.xres, sres, 4);
    assert_memory_equal(a.kc, kc, 8);
    assert_false(a.uicc_gba); /* a SIM cannot */
    assert_int_equal(subscriber()->seq_he, 100);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    w.request.u.zh_request.resync = true;
    assert_int_equal(ask().status, GODWIT_AUTH_MAC_FAILURE);
}

static void refused(const char *host, const char *impi, godwit_status_t status)
{
    strcpy(w.request.origin_host, host);
    strcpy(w.request.u.zh_request.impi, impi);
    godwit_zh_answer_t a = ask();
    assert_int_equal(a.status, status);
    assert_int_equal(a.xres_len, 0);
    assert_int_equal(subscriber()->seq_he, 100);
}

static void strangers_and_other_identities_get_nothing(void **state)
{
    (void)state;
    refused("naf.home.test", IMPI, GODWIT_NOT_ENTITLED);
    refused("", IMPI, GODWIT_NOT_ENTITLED);
    refused("bsf.home.test", "001010000000002@ims.mnc001.mcc001.3gppnetwork.org", GODWIT_UNKNOWN_SUBSCRIBER);
    refused("bsf.home.test", "001010000000001@ims.mnc002.mcc001.3gppnetwork.org", GODWIT_UNKNOWN_SUBSCRIBER);
    refused("bsf.home.test", "001010000000001@ims.mnc001.mcc002.3gppnetwork.org", GODWIT_UNKNOWN_SUBSCRIBER);
    refused("bsf.home.test", "001010000000001@example.org", GODWIT_UNKNOWN_SUBSCRIBER);
    refused("bsf.home.test", "001010000000001@ims.mnc001.mcc001.3gppnetwork.org.evil", GODWIT_UNKNOWN_SUBSCRIBER);
    refused("bsf.home.test", "0010100000000011@ims.mnc001.mcc001.3gppnetwork.org", GODWIT_UNKNOWN_SUBSCRIBER);
    refused("bsf.home.test", "001010000000001", GODWIT_UNKNOWN_SUBSCRIBER);
    refused("bsf.home.test", "", GODWIT_UNKNOWN_SUBSCRIBER);
    w.owner.fail_fetches = true;
    refused("bsf.home.test", IMPI, GODWIT_PEER_INTERNAL);
}

static void an_mnc_of_three_digits_is_read_as_such(void **state)
{
    (void)state;
    godwit_imsi_t imsi;
    assert_int_equal(godwit_impi_to_imsi("310410123456789@ims.mnc410.mcc310.3gppnetwork.org", &imsi), GODWIT_OK);
    assert_string_equal(imsi.digits, "310410123456789");
    assert_int_equal(godwit_impi_to_imsi("310410123456789@IMS.mnc041.mcc310.3gppnetwork.org", &imsi), GODWIT_OK);
    assert_int_equal(godwit_impi_to_imsi("310410123456789@ims.mnc411.mcc310.3gppnetwork.org", &imsi), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_bsf_gets_a_vector_of_its_ind_without_separation_bit_and_flag, setup),
        cmocka_unit_test_setup(auts_of_that_bsf_resynchronises, setup),
        cmocka_unit_test_setup(profile_time_writes_nothing_but_its_clock, setup),
        cmocka_unit_test_setup(a_2g_subscriber_gets_a_triplet_that_costs_no_sqn, setup),
        cmocka_unit_test_setup(strangers_and_other_identities_get_nothing, setup),
        cmocka_unit_test_setup(an_mnc_of_three_digits_is_read_as_such, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
