/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access in EPS, against a network made of codecs by hand: TS 24.301, TS 33.401, contribution 003.
 */
#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "core/wire/pco.h"
#include "tests/device/phone.h"

static phone_t phone;
static godwit_nas_security_t net; /* the network's end */
static godwit_vector_t vector;
static uint8_t work[GODWIT_NAS_MAX];
static uint8_t capability[6];
static uint8_t attach_pti, modify_pti;
static bool gives_guti; /* the network, in its attach accept */
static const godwit_guti_t guti = {
    .plmn = {{0x00, 0xF1, 0x10}}, .mme_group = 0x8001, .mme_code = 1, .m_tmsi = 0xC0000001};

static int fresh(void **state)
{
    (void)state;
    phone_init(&phone, GODWIT_ACCESS_EPS);
    memset(&net, 0, sizeof net);
    gives_guti = false;
    return 0;
}

/* ---- frames ---- */

static octets_t framed(godwit_slice_t nas)
{
    octets_t o;
    o.at[0] = GODWIT_RADIO_NAS;
    memcpy(o.at + 1, nas.ptr, nas.len);
    o.len = nas.len + 1;
    return o;
}

static octets_t sealed(godwit_nas_header_type_t type, const godwit_writer_t *plain)
{
    uint8_t octets[GODWIT_NAS_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_writer_status(plain), GODWIT_OK);
    assert_int_equal(godwit_nas_security_create(&net, CRYPTO, type, godwit_written(plain), &w), GODWIT_OK);
    return framed(godwit_written(&w));
}

static octets_t down(godwit_nas_header_type_t type, const godwit_writer_t *plain)
{
    octets_t o = type == GODWIT_NAS_PLAIN ? framed(godwit_written(plain)) : sealed(type, plain);
    phone_receive(&phone, octets_slice(&o));
    return o;
}

/* The next frame up, opened; header says how it must come. */
static godwit_slice_t up(godwit_nas_header_type_t header)
{
    static octets_t frame;
    godwit_slice_t plain;
    uint8_t type;
    frame = phone_take(&phone);
    assert_int_equal(frame.at[0], GODWIT_RADIO_NAS);
    godwit_slice_t nas = godwit_slice(frame.at + 1, frame.len - 1);
    if (header == GODWIT_NAS_PLAIN) {
        return nas;
    }
    assert_int_equal(godwit_nas_security_consume(&net, CRYPTO, nas, work, &plain, &type), GODWIT_OK);
    assert_int_equal(type, header);
    return plain;
}

#define BUILD(layer, name, message)                                                                                    \
    uint8_t buffer_[GODWIT_NAS_MAX];                                                                                   \
    godwit_writer_t w = godwit_writer(buffer_, sizeof buffer_);                                                        \
    assert_int_equal(godwit_##layer##_##name##_build(message, &w), GODWIT_OK)

/* ---- the network's steps ---- */

static void expect_attach_request(void)
{
    godwit_emm_attach_request_t m;
    godwit_esm_pdn_connectivity_request_t esm;
    godwit_eps_identity_t identity;
    assert_int_equal(godwit_emm_attach_request_parse(up(GODWIT_NAS_PLAIN), &m), GODWIT_OK);
    assert_int_equal(m.attach_type, GODWIT_EMM_ATTACH_EPS);
    assert_int_equal(m.ksi, GODWIT_EMM_KSI_NONE);
    assert_int_equal(m.capability.len, sizeof capability);
    memcpy(capability, m.capability.ptr, sizeof capability);
    assert_int_equal(capability[5] & 4, 4); /* control plane CIoT EPS optimisation, TS 24.301 9.9.3.34 */
    assert_int_equal(godwit_eps_identity_parse(m.identity, &identity), GODWIT_OK);
    assert_true(!identity.is_guti && godwit_imsi_equal(&identity.imsi, &phone.config.imsi));
    assert_int_equal(godwit_esm_pdn_connectivity_request_parse(m.esm, &esm), GODWIT_OK);
    assert_int_equal(esm.pdn_type, GODWIT_ESM_PDN_NON_IP);
    assert_true(esm.information_transfer.set && esm.information_transfer.value == 1);
    assert_true(esm.pco.ptr == NULL && esm.apn.ptr == NULL);
    attach_pti = esm.head.pti;
}

static octets_t challenge(const godwit_vector_t *v, uint8_t ksi)
{
    godwit_emm_authentication_request_t m = {
        .ksi = ksi, .rand = godwit_slice(v->rand, 16), .autn = godwit_slice(v->autn, 16)};
    BUILD(emm, authentication_request, &m);
    return down(GODWIT_NAS_PLAIN, &w);
}

static void expect_res(const godwit_vector_t *v)
{
    godwit_emm_authentication_response_t m;
    assert_int_equal(godwit_emm_authentication_response_parse(up(GODWIT_NAS_PLAIN), &m), GODWIT_OK);
    assert_true(godwit_slice_equal(m.res, godwit_slice(v->xres, v->xres_len)));
}

static void kasme_of(const godwit_vector_t *v, uint8_t kasme[32])
{
    uint8_t ck_ik[32];
    memcpy(ck_ik, v->ck, 16);
    memcpy(ck_ik + 16, v->ik, 16);
    assert_int_equal(godwit_kasme(CRYPTO, ck_ik, phone.config.serving_network, v->autn, kasme), GODWIT_OK);
}

static octets_t command_with(uint8_t eea, uint8_t eia, const uint8_t *replayed, size_t replayed_len)
{
    uint8_t kasme[32];
    godwit_emm_security_mode_command_t m = {
        .eea = eea, .eia = eia, .ksi = 1, .capability = godwit_slice(replayed, replayed_len)};
    kasme_of(&vector, kasme);
    assert_int_equal(godwit_nas_security_init(&net, CRYPTO, kasme, 1, eea, eia != 0 ? eia : 2, true), GODWIT_OK);
    BUILD(emm, security_mode_command, &m);
    return down(GODWIT_NAS_INTEGRITY_NEW, &w);
}

static void expect_mode_complete(void)
{
    godwit_emm_security_mode_complete_t m;
    assert_int_equal(godwit_emm_security_mode_complete_parse(up(GODWIT_NAS_CIPHERED_NEW), &m), GODWIT_OK);
}

static void ask_information(void)
{
    godwit_esm_answer_t m = {.head = {.pti = attach_pti}};
    BUILD(esm, information_request, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
}

/* With that container in its PCO, or NULL for none. */
static void expect_information(const char *container)
{
    static const uint8_t labels[] = "\x03"
                                    "e2m"
                                    "\x07"
                                    "example";
    godwit_esm_information_response_t m;
    godwit_slice_t contents;
    assert_int_equal(godwit_esm_information_response_parse(up(GODWIT_NAS_CIPHERED), &m), GODWIT_OK);
    assert_int_equal(m.head.pti, attach_pti);
    assert_true(godwit_slice_equal(m.apn, godwit_slice(labels, sizeof labels - 1)));
    if (container == NULL) {
        assert_null(m.pco.ptr);
        return;
    }
    assert_int_equal(godwit_pco_find(m.pco, GODWIT_PCO_OPERATOR, &contents), GODWIT_OK);
    assert_true(godwit_slice_equal(contents, godwit_slice_of_string(container)));
}

static godwit_slice_t pco_with(const char *container, uint8_t *octets, size_t cap)
{
    godwit_pco_unit_t units[2] = {{0x0010, godwit_slice_of_string("\x05\xdc")},
                                  {GODWIT_PCO_OPERATOR, godwit_slice_of_string(container)}};
    godwit_writer_t w = godwit_writer(octets, cap);
    assert_int_equal(godwit_pco_build(units, container != NULL ? 2 : 1, &w), GODWIT_OK);
    return godwit_written(&w);
}

static void accept_attach_as(godwit_nas_header_type_t type, const char *container)
{
    static const uint8_t qos[1] = {9},
                         apn[4] = "\x03"
                                  "e2m",
                         address[5] = {5}, tai[6] = {0, 0, 0xF1, 0x10, 0, 1};
    uint8_t pco[64], esm[128];
    godwit_writer_t inner = godwit_writer(esm, sizeof esm);
    godwit_esm_activate_default_request_t bearer = {.head = {.bearer = 5, .pti = attach_pti},
                                                    .qos = godwit_slice(qos, 1),
                                                    .apn = godwit_slice(apn, 4),
                                                    .address = godwit_slice(address, 5),
                                                    .pco = pco_with(container, pco, sizeof pco)};
    assert_int_equal(godwit_esm_activate_default_request_build(&bearer, &inner), GODWIT_OK);
    godwit_emm_attach_accept_t m = {
        .attach_result = 1, .t3412 = 0xE0, .tai_list = godwit_slice(tai, 6), .esm = godwit_written(&inner)};
    uint8_t name[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t identity = godwit_writer(name, sizeof name);
    const godwit_eps_identity_t given = {.is_guti = true, .guti = guti};
    assert_int_equal(godwit_eps_identity_build(&given, &identity), GODWIT_OK);
    m.guti = gives_guti ? godwit_written(&identity) : m.guti;
    BUILD(emm, attach_accept, &m);
    (void)down(type, &w);
}

static void accept_attach(const char *container)
{
    accept_attach_as(GODWIT_NAS_CIPHERED, container);
}

static void expect_attach_complete(void)
{
    godwit_emm_attach_complete_t m;
    godwit_esm_answer_t esm;
    assert_int_equal(godwit_emm_attach_complete_parse(up(GODWIT_NAS_CIPHERED), &m), GODWIT_OK);
    assert_int_equal(godwit_esm_activate_default_accept_parse(m.esm, &esm), GODWIT_OK);
    assert_int_equal(esm.head.bearer, 5);
}

static void authenticate(uint16_t amf)
{
    phone_attach(&phone);
    expect_attach_request();
    vector = phone_vector(amf);
    (void)challenge(&vector, 1);
    expect_res(&vector);
}

static void secure(uint16_t amf)
{
    authenticate(amf);
    (void)command_with(2, 2, capability, 4);
    expect_mode_complete();
}

static void attach(uint16_t amf, const char *up_container, const char *down_container)
{
    secure(amf);
    ask_information();
    expect_information(up_container);
    accept_attach(down_container);
    expect_attach_complete();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    assert_int_equal(phone.timer_ms, 0);
}

static void expect_key_set(const godwit_vector_t *v)
{
    uint8_t ck_ik[32], expected[32];
    memcpy(ck_ik, v->ck, 16);
    memcpy(ck_ik + 16, v->ik, 16);
    assert_int_equal(godwit_e2m_keyset(CRYPTO, ck_ik, GODWIT_AGREEMENT_ACCESS_EPS, godwit_slice(v->autn, 6), expected),
                     GODWIT_OK);
    assert_int_equal(phone.agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    assert_memory_equal(phone.e2m_keyset, expected, 32);
    assert_memory_equal(phone.rand, v->rand, 16);
    assert_memory_equal(phone.sqn, v->autn, 6);
}

static void data_down(const char *text)
{
    godwit_esm_data_transport_t m = {.head = {.bearer = 5}, .data = godwit_slice_of_string(text)};
    BUILD(esm, data_transport, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
}

static void expect_data(const char *text)
{
    godwit_esm_data_transport_t m;
    assert_int_equal(godwit_esm_data_transport_parse(up(GODWIT_NAS_CIPHERED), &m), GODWIT_OK);
    assert_int_equal(m.head.bearer, 5);
    assert_true(godwit_slice_equal(m.data, godwit_slice_of_string(text)));
}

/* CONTROL PLANE SERVICE REQUEST with that N-PDU inside, or none. */
static void expect_service_request(uint8_t service_type, const char *text)
{
    godwit_emm_cp_service_request_t m;
    godwit_esm_data_transport_t data;
    assert_int_equal(godwit_emm_cp_service_request_parse(up(GODWIT_NAS_PARTLY), &m), GODWIT_OK);
    assert_int_equal(m.service_type, service_type);
    assert_int_equal(m.ksi, 1);
    assert_int_equal(m.esm.ptr != NULL, text != NULL);
    if (text != NULL) {
        assert_int_equal(godwit_esm_data_transport_parse(m.esm, &data), GODWIT_OK);
        assert_true(godwit_slice_equal(data.data, godwit_slice_of_string(text)));
    }
}

static void accept_service(void)
{
    godwit_emm_service_accept_t m = {.bearer_status = {NULL, 0}};
    BUILD(emm, service_accept, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
}

static void release(void)
{
    static const uint8_t frame[1] = {GODWIT_RADIO_RELEASE};
    phone_receive(&phone, godwit_slice(frame, 1));
}

static void page(void)
{
    uint8_t frame[9] = {GODWIT_RADIO_PAGING};
    godwit_imsi_to_ef(&phone.config.imsi, frame + 1);
    phone_receive(&phone, godwit_slice(frame, 9));
}

/* ---- attach ---- */

static void a_capable_card_gives_the_key_set_and_the_container_travels(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "container down");
    assert_int_equal(phone.key_sets, 1);
    expect_key_set(&vector);
    assert_int_equal(phone.containers, 1);
    assert_true(octets_equal(&phone.container, "container down"));
    assert_true(phone_said(&phone, "attached"));
}

static void a_me_derives_for_a_card_that_cannot(void **state)
{
    (void)state;
    phone.card_holder.card.e2m = false;
    phone.config.me_derives = true;
    phone_restart(&phone);
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "container down");
    expect_key_set(&vector);
    assert_true(octets_equal(&phone.container, "container down"));
}

static void nothing_secret_stays_but_what_is_in_use(void **state)
{
    uint8_t kasme[32];
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    kasme_of(&vector, kasme);
    assert_false(phone_remembers(&phone, vector.ck, 16));
    assert_false(phone_remembers(&phone, vector.ik, 16));
    assert_false(phone_remembers(&phone, vector.xres, vector.xres_len));
    assert_false(phone_remembers(&phone, kasme, 32));
    assert_false(phone_remembers(&phone, phone.e2m_keyset, 32));
    assert_true(phone_remembers(&phone, net.k_int, 16));
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    (void)phone_take(&phone);
    const godwit_emm_hand_over_t m = {.rand = {NULL, 0}};
    BUILD(emm, detach_accept, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
    assert_true(phone_said(&phone, "detached"));
    assert_false(phone_remembers(&phone, net.k_int, 16));
    assert_false(phone_remembers(&phone, net.k_enc, 16));
}

static void the_key_set_is_shown_only_after_the_security_mode(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    assert_int_equal(phone.key_sets, 0);
    (void)command_with(2, 2, capability, 2);
    assert_int_equal(phone.key_sets, 1);
}

static void a_vector_that_is_not_flagged_attaches_and_the_owner_falls_back(void **state)
{
    (void)state;
    attach(AMF_PLAIN_EPS, NULL, "uninvited");
    assert_int_equal(phone.key_sets, 0);
    assert_int_equal(phone.containers, 1);
    assert_int_equal(phone.container.len, 0);
    assert_true(phone_said(&phone, "not_flagged"));
}

static void a_flag_that_nobody_can_follow_is_told(void **state)
{
    (void)state;
    phone.card_holder.card.e2m = false;
    attach(AMF_FLAGGED_EPS, NULL, NULL);
    assert_int_equal(phone.key_sets, 0);
    assert_int_equal(phone.container.len, 0);
    assert_int_equal(phone.containers, 1);
    assert_true(phone_said(&phone, "not_derived"));
}

static void a_container_that_is_stripped_on_its_way_is_seen_as_empty(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    assert_int_equal(phone.containers, 1);
    assert_int_equal(phone.container.len, 0);
}

static void solution_2_puts_nothing_into_the_pco(void **state)
{
    (void)state;
    phone.config.e2m = false;
    phone.config.key_set = true;
    phone_restart(&phone);
    attach(AMF_FLAGGED_EPS, NULL, NULL);
    expect_key_set(&vector);
    assert_int_equal(phone.containers, 0);
}

static void a_device_without_e2m_is_any_device(void **state)
{
    (void)state;
    phone.config.e2m = false;
    phone_restart(&phone);
    attach(AMF_FLAGGED_EPS, NULL, NULL);
    assert_int_equal(phone.key_sets + phone.containers, 0);
}

static void the_information_waits_for_the_owner(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    godwit_access_requests_t list; /* an owner that takes its time */
    uint8_t kasme[32], octets[64];
    godwit_writer_t frame = godwit_writer(octets, sizeof octets);
    godwit_emm_security_mode_command_t c = {.eea = 2, .eia = 2, .ksi = 1, .capability = godwit_slice(capability, 2)};
    kasme_of(&vector, kasme);
    assert_int_equal(godwit_nas_security_init(&net, CRYPTO, kasme, 1, 2, 2, true), GODWIT_OK);
    BUILD(emm, security_mode_command, &c);
    godwit_put_u8(&frame, GODWIT_RADIO_NAS);
    assert_int_equal(godwit_nas_security_create(&net, CRYPTO, GODWIT_NAS_INTEGRITY_NEW, godwit_written(&w), &frame),
                     GODWIT_OK);
    assert_int_equal(godwit_access_receive(&phone.access, godwit_written(&frame), &list), GODWIT_OK);
    assert_int_equal(list.item[list.count - 1].kind, GODWIT_ACCESS_KEY_SET);
    assert_memory_not_equal(list.item[list.count - 1].e2m_keyset, phone.e2m_keyset, 32); /* not zero */
    ask_information();
    phone_expect_silence(&phone);
    assert_int_equal(godwit_access_container(&phone.access, godwit_slice_of_string("late"), &phone.requests),
                     GODWIT_OK);
    phone_carry_out(&phone);
    godwit_slice_t plain;
    uint8_t type; /* its SECURITY MODE COMPLETE went with the list that was not carried out */
    octets_t sent = phone_take(&phone);
    assert_int_equal(
        godwit_nas_security_consume(&net, CRYPTO, godwit_slice(sent.at + 1, sent.len - 1), work, &plain, &type),
        GODWIT_OK);
    assert_int_equal(godwit_access_container(&phone.access, EMPTY, &phone.requests), GODWIT_WRONG_STATE);
}

static void the_imsi_is_told_and_no_other_identity(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    for (uint8_t type = 1; type <= 3; type++) {
        godwit_emm_identity_request_t m = {.identity_type = type};
        BUILD(emm, identity_request, &m);
        (void)down(GODWIT_NAS_PLAIN, &w);
        if (type == 1) {
            godwit_emm_identity_response_t r;
            godwit_eps_identity_t identity;
            assert_int_equal(godwit_emm_identity_response_parse(up(GODWIT_NAS_PLAIN), &r), GODWIT_OK);
            assert_int_equal(godwit_eps_identity_parse(r.identity, &identity), GODWIT_OK);
            assert_true(godwit_imsi_equal(&identity.imsi, &phone.config.imsi));
        } else {
            phone_expect_refused(&phone, GODWIT_POLICY_FORBIDS);
        }
    }
}

/* ---- authentication that fails ---- */

static void expect_failure(uint8_t cause, const uint8_t *auts)
{
    godwit_emm_authentication_failure_t m;
    assert_int_equal(godwit_emm_authentication_failure_parse(up(GODWIT_NAS_PLAIN), &m), GODWIT_OK);
    assert_int_equal(m.cause, cause);
    assert_int_equal(m.auts.ptr != NULL, auts != NULL);
    if (auts != NULL) {
        assert_memory_equal(m.auts.ptr, auts, 14);
    }
}

static void a_wrong_autn_is_answered_with_cause_20_and_the_next_goes_on(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    vector = phone_vector(AMF_FLAGGED_EPS);
    vector.autn[15] ^= 1;
    (void)challenge(&vector, 1);
    expect_failure(GODWIT_EMM_CAUSE_MAC_FAILURE, NULL);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_AUTH_MAC_FAILURE);
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    expect_res(&vector);
}

static void a_stale_autn_is_answered_with_cause_21_and_auts(void **state)
{
    uint8_t auts[14];
    uint64_t sqn;
    godwit_emm_authentication_failure_t m;
    (void)state;
    godwit_vector_t old = phone_vector(AMF_FLAGGED_EPS);
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    phone_attach(&phone); /* anew, with the first registration still there */
    expect_attach_request();
    (void)challenge(&old, 2);
    assert_int_equal(godwit_emm_authentication_failure_parse(up(GODWIT_NAS_PLAIN), &m), GODWIT_OK);
    assert_int_equal(m.cause, GODWIT_EMM_CAUSE_SYNCH_FAILURE);
    memcpy(auts, m.auts.ptr, 14);
    assert_int_equal(godwit_auts_consume(CRYPTO, &phone.card_holder.card.key, old.rand, auts, &sqn), GODWIT_OK);
    assert_int_equal(sqn, godwit_sqn_highest(&phone.card_holder.card.sqn));
}

static void an_autn_without_the_separation_bit_does_not_reach_the_card(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    vector = phone_vector(AMF_FLAGGED_UMTS);
    (void)challenge(&vector, 1);
    expect_failure(GODWIT_EMM_CAUSE_NON_EPS_AUTHENTICATION, NULL);
    assert_int_equal(phone.card_runs, 0);
}

static void the_same_challenge_gets_the_same_res_without_the_card(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    expect_res(&vector);
    assert_int_equal(phone.card_runs, 1);
    (void)command_with(2, 2, capability, 2);
    expect_mode_complete();
    phone.event_count = 0;
    (void)challenge(&vector, 1); /* late: its keys are in use */
    phone_expect_refused(&phone, GODWIT_REPLAY);
    assert_int_equal(phone.card_runs, 1);
}

static void the_card_runs_only_so_often(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    for (unsigned i = 0; i < GODWIT_ACCESS_USIM_RUNS_MAX; i++) {
        vector = phone_vector(AMF_FLAGGED_EPS);
        vector.autn[15] ^= 1;
        (void)challenge(&vector, 1);
        expect_failure(GODWIT_EMM_CAUSE_MAC_FAILURE, NULL);
    }
    phone.event_count = 0;
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    phone_expect_refused(&phone, GODWIT_OVERLOAD);
    assert_int_equal(phone.card_runs, GODWIT_ACCESS_USIM_RUNS_MAX);
}

static void a_card_that_is_silent_ends_nothing(void **state)
{
    (void)state;
    phone.card_fails = GODWIT_IO_FAILED;
    phone_attach(&phone);
    expect_attach_request();
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    phone_expect_refused(&phone, GODWIT_IO_FAILED);
    phone.card_fails = GODWIT_OK;
    (void)challenge(&vector, 1);
    expect_res(&vector);
}

/* ---- security mode ---- */

static void expect_mode_reject(void)
{
    godwit_emm_cause_only_t m;
    assert_int_equal(godwit_emm_security_mode_reject_parse(up(GODWIT_NAS_PLAIN), &m), GODWIT_OK);
    assert_int_equal(m.cause, GODWIT_EMM_CAUSE_CAPABILITIES_MISMATCH);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_POLICY_FORBIDS);
    assert_int_equal(phone.key_sets, 0);
    phone.event_count = 0;
}

static void a_security_mode_that_bids_down_is_refused(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    uint8_t bent[4];
    memcpy(bent, capability, 4);
    bent[1] = 0x40;
    (void)command_with(1, 1, bent, 4); /* as if the device could SNOW 3G alone */
    expect_mode_reject();
    (void)command_with(2, 2, bent, 2);
    expect_mode_reject();
    bent[1] = capability[1];
    bent[2] = 0x40;
    (void)command_with(2, 2, bent, 4);
    expect_mode_reject();
    (void)command_with(2, 2, capability, 4); /* the honest one still goes */
    expect_mode_complete();
}

static void null_integrity_is_refused(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    (void)command_with(2, 0, capability, 2);
    expect_mode_reject();
    phone.config.eia = 0x80 | 0x20; /* not even where somebody configured it */
    phone_restart(&phone);
    authenticate(AMF_FLAGGED_EPS);
    assert_int_equal(capability[1], 0x20);
    (void)command_with(2, 0, capability, 2);
    expect_mode_reject();
}

static void an_algorithm_under_the_floor_is_refused(void **state)
{
    (void)state;
    phone.config.eea = 0x20;
    phone.config.eia = 0x20;
    phone_restart(&phone);
    authenticate(AMF_FLAGGED_EPS);
    (void)command_with(0, 2, capability, 2);
    expect_mode_reject();
    (void)command_with(2, 1, capability, 2);
    expect_mode_reject();
}

static void every_algorithm_of_the_device_serves(void **state)
{
    (void)state;
    for (uint8_t eea = 0; eea <= 3; eea++) {
        for (uint8_t eia = 1; eia <= 3; eia++) {
            phone_init(&phone, GODWIT_ACCESS_EPS);
            authenticate(AMF_FLAGGED_EPS);
            (void)command_with(eea, eia, capability, 4);
            expect_mode_complete();
            ask_information();
            expect_information(CONTAINER_UP);
        }
    }
}

static void a_security_mode_with_a_wrong_mac_is_not_answered(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    godwit_vector_t right = vector;
    vector = phone_vector(AMF_FLAGGED_EPS); /* another KASME */
    (void)command_with(2, 2, capability, 2);
    phone_expect_refused(&phone, GODWIT_MAC_FAILURE);
    assert_int_equal(phone.key_sets, 0);
    vector = right;
    (void)command_with(2, 2, capability, 2);
    expect_mode_complete();
}

static void a_security_mode_for_another_vector_is_refused(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)command_with(2, 2, capability, 2); /* nobody was authenticated */
    phone_expect_refused(&phone, GODWIT_UNKNOWN_KEY);
}

static void a_command_without_protection_is_nothing(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    phone.event_count = 0;
    godwit_emm_security_mode_command_t m = {.eea = 2, .eia = 2, .ksi = 1, .capability = godwit_slice(capability, 2)};
    BUILD(emm, security_mode_command, &m);
    (void)down(GODWIT_NAS_PLAIN, &w);
    phone_expect_refused(&phone, GODWIT_WRONG_STATE);
}

/* ---- loss, repetition, silence ---- */

static void each_message_of_the_network_may_come_twice(void **state)
{
    octets_t first, second;
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    octets_t command = command_with(2, 2, capability, 2);
    first = phone_take(&phone);
    phone_receive(&phone, octets_slice(&command));
    second = phone_take(&phone);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.at, second.at, first.len); /* one COUNT, one message */
    assert_int_equal(phone.key_sets, 1);
    for (unsigned i = 1; i < GODWIT_ACCESS_REPEATS_MAX; i++) {
        phone_receive(&phone, octets_slice(&command));
        (void)phone_take(&phone);
    }
    phone.event_count = 0;
    phone_receive(&phone, octets_slice(&command)); /* not for ever */
    phone_expect_refused(&phone, GODWIT_REPLAY);
}

static void each_step_may_be_asked_for_again_under_a_new_count(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    (void)command_with(2, 2, capability, 2);
    expect_mode_complete();
    godwit_emm_security_mode_command_t m = {.eea = 2, .eia = 2, .ksi = 1, .capability = godwit_slice(capability, 2)};
    BUILD(emm, security_mode_command, &m);
    (void)down(GODWIT_NAS_INTEGRITY_NEW, &w);
    expect_mode_complete();
    ask_information();
    expect_information(CONTAINER_UP);
    ask_information();
    expect_information(CONTAINER_UP);
    accept_attach("down");
    expect_attach_complete();
    accept_attach("down");
    expect_attach_complete();
    assert_int_equal(phone.containers, 1);
    assert_int_equal(phone.key_sets, 1);
}

static void a_replayed_message_is_refused(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    godwit_esm_data_transport_t m = {.head = {.bearer = 5}, .data = godwit_slice_of_string("once")};
    BUILD(esm, data_transport, &m);
    octets_t frame = down(GODWIT_NAS_CIPHERED, &w);
    assert_int_equal(phone.deliveries, 1);
    phone.event_count = 0;
    phone_receive(&phone, octets_slice(&frame));
    phone_expect_refused(&phone, GODWIT_REPLAY);
    assert_int_equal(phone.deliveries, 1);
    frame.at[frame.len - 1] ^= 1;
    phone_receive(&phone, octets_slice(&frame));
    phone_expect_refused(&phone, GODWIT_MAC_FAILURE);
}

static void silence_is_met_with_so_many_sendings(void **state)
{
    (void)state;
    phone_attach(&phone);
    uint32_t wait = 4000;
    for (unsigned i = 0; i < 5; i++) {
        expect_attach_request();
        assert_int_equal(phone.timer_ms, wait);
        wait *= 2;
        phone_timer(&phone);
    }
    phone_expect_silence(&phone);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_OK);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    phone_timer(&phone);
    phone_expect_silence(&phone);
    phone_attach(&phone); /* the owner may want it again */
    expect_attach_request();
}

static void an_attach_that_stops_half_way_begins_again(void **state)
{
    (void)state;
    secure(AMF_FLAGGED_EPS);
    phone_timer(&phone);
    expect_attach_request();
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    expect_res(&vector);
    (void)command_with(2, 2, capability, 2);
    expect_mode_complete();
    assert_int_equal(phone.key_sets, 2);
    expect_key_set(&vector);
}

static void a_challenge_beside_an_attach_that_ended_well_leads_nowhere(void **state)
{
    (void)state;
    secure(AMF_FLAGGED_EPS);
    godwit_vector_t late = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&late, 1); /* the network took a repeated request for another attach */
    expect_res(&late);
    accept_attach("down");
    expect_attach_complete();
    godwit_nas_security_t attached = net;
    vector = late;
    phone.event_count = 0;
    (void)command_with(2, 2, capability, 2);
    assert_int_not_equal(phone_reason(&phone, "refused"), GODWIT_OK);
    phone_expect_silence(&phone);
    assert_int_equal(phone.key_sets, 1);
    net = attached;
    phone_send(&phone, "under the keys of the attach");
    expect_data("under the keys of the attach");
}

static void a_card_that_answers_when_the_attach_is_over_is_not_asked_for(void **state)
{
    godwit_usim_output_t out;
    godwit_access_requests_t list;
    (void)state;
    secure(AMF_FLAGGED_EPS);
    godwit_vector_t late = phone_vector(AMF_FLAGGED_EPS);
    godwit_emm_authentication_request_t m = {
        .ksi = 1, .rand = godwit_slice(late.rand, 16), .autn = godwit_slice(late.autn, 16)};
    BUILD(emm, authentication_request, &m);
    octets_t frame = framed(godwit_written(&w));
    assert_int_equal(godwit_access_receive(&phone.access, octets_slice(&frame), &list), GODWIT_OK);
    assert_int_equal(list.item[0].kind, GODWIT_ACCESS_AUTHENTICATE);
    accept_attach("down");
    expect_attach_complete();
    assert_int_equal(godwit_usim_step(&phone.card_holder.card, late.rand, late.autn, &out), GODWIT_OK);
    phone.event_count = 0;
    assert_int_equal(godwit_access_usim_result(&phone.access, &out.result, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    phone_expect_refused(&phone, GODWIT_WRONG_STATE);
    assert_false(phone_remembers(&phone, late.xres, late.xres_len));
}

/* ---- rejects ---- */

static void reject_attach(godwit_nas_header_type_t type, uint8_t cause)
{
    godwit_emm_attach_reject_t m = {.cause = cause};
    BUILD(emm, attach_reject, &m);
    (void)down(type, &w);
}

static void a_reject_without_protection_only_makes_it_wait(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    reject_attach(GODWIT_NAS_PLAIN, GODWIT_EMM_CAUSE_ILLEGAL_UE);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_NOT_ENTITLED);
    assert_int_equal(phone.timer_ms, 8000);
    reject_attach(GODWIT_NAS_PLAIN, GODWIT_EMM_CAUSE_ILLEGAL_UE); /* twice is once */
    assert_int_equal(phone.timer_ms, 8000);
    godwit_emm_empty_t m = {0};
    BUILD(emm, authentication_reject, &m);
    (void)down(GODWIT_NAS_PLAIN, &w);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHING);
    vector = phone_vector(AMF_FLAGGED_EPS); /* and the real network can still go on */
    (void)challenge(&vector, 1);
    expect_res(&vector);
    reject_attach(GODWIT_NAS_PLAIN, GODWIT_EMM_CAUSE_ILLEGAL_UE);
    (void)command_with(2, 2, capability, 2);
    expect_mode_complete();
}

static void rejects_without_end_end_the_attach(void **state)
{
    unsigned sendings = 0;
    (void)state;
    phone_attach(&phone);
    while (phone.queued > 0 && sendings < 10) {
        sendings++;
        expect_attach_request();
        reject_attach(GODWIT_NAS_PLAIN, GODWIT_EMM_CAUSE_IMSI_UNKNOWN);
        phone_timer(&phone);
    }
    assert_int_equal(sendings, 3);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_UNKNOWN_SUBSCRIBER);
}

static void a_reject_with_protection_ends_the_attach(void **state)
{
    (void)state;
    secure(AMF_FLAGGED_EPS);
    uint8_t esm[16];
    godwit_writer_t inner = godwit_writer(esm, sizeof esm);
    godwit_esm_refusal_t refusal = {.head = {.pti = attach_pti}, .cause = GODWIT_ESM_CAUSE_UNKNOWN_APN};
    assert_int_equal(godwit_esm_pdn_connectivity_reject_build(&refusal, &inner), GODWIT_OK);
    godwit_emm_attach_reject_t m = {.cause = GODWIT_EMM_CAUSE_ESM_FAILURE, .esm = godwit_written(&inner)};
    BUILD(emm, attach_reject, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_int_equal(phone.timer_ms, 0);
    assert_false(phone_remembers(&phone, net.k_int, 16));
}

static void before_security_nothing_else_is_taken(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_EPS);
    static const uint8_t types[] = {0x42, 0x45, 0x46, 0x4E, 0x4F, 0x60};
    for (size_t i = 0; i < sizeof types; i++) {
        uint8_t frame[8] = {GODWIT_RADIO_NAS, 0x07, types[i], 0x09};
        phone.event_count = 0;
        phone_receive(&phone, godwit_slice(frame, sizeof frame));
        phone_expect_refused(&phone, GODWIT_WRONG_STATE);
    }
    static const uint8_t esm[] = {0xC1, 0xC9, 0xCD, 0xD9, 0xEB};
    for (size_t i = 0; i < sizeof esm; i++) {
        uint8_t frame[10] = {GODWIT_RADIO_NAS, 0x52, 0x01, esm[i], 0, 1, 'x'};
        phone.event_count = 0;
        phone_receive(&phone, godwit_slice(frame, sizeof frame));
        phone_expect_refused(&phone, GODWIT_WRONG_STATE);
    }
    assert_int_equal(phone.deliveries, 0);
}

static void after_security_nothing_plain_is_taken(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    for (unsigned type = 0x41; type <= 0x70; type++) {
        uint8_t frame[40] = {GODWIT_RADIO_NAS, 0x07, (uint8_t)type, 0x09};
        phone.event_count = 0;
        phone_receive(&phone, godwit_slice(frame, sizeof frame));
        assert_int_equal(phone_reason(&phone, "refused") == GODWIT_OK, 0);
        phone_expect_silence(&phone);
    }
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    phone_send(&phone, "still here");
    expect_data("still here");
}

static void an_accept_that_is_not_ciphered_is_refused(void **state)
{
    (void)state;
    secure(AMF_FLAGGED_EPS);
    phone.event_count = 0;
    accept_attach_as(GODWIT_NAS_INTEGRITY, "down");
    phone_expect_refused(&phone, GODWIT_UNKNOWN_SESSION);
    attach_pti++;
    accept_attach("for another procedure");
    phone_expect_refused(&phone, GODWIT_UNKNOWN_SESSION);
    ask_information();
    phone_expect_refused(&phone, GODWIT_UNKNOWN_SESSION);
}

/* ---- N-PDUs, idle, paging ---- */

static void n_pdus_go_both_ways(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    phone_send(&phone, "reading 1");
    expect_data("reading 1");
    data_down("shut the valve");
    assert_true(octets_equal(&phone.delivered, "shut the valve"));
    static uint8_t longest[GODWIT_ACCESS_NPDU_MAX + 1];
    assert_int_equal(godwit_access_send(&phone.access, godwit_slice(longest, sizeof longest), &phone.requests),
                     GODWIT_NO_SPACE);
    assert_int_equal(godwit_access_send(&phone.access, godwit_slice(longest, sizeof longest - 1), &phone.requests),
                     GODWIT_OK);
}

static void an_n_pdu_that_is_not_ciphered_is_refused(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    godwit_esm_data_transport_t m = {.head = {.bearer = 5}, .data = godwit_slice_of_string("bare")};
    BUILD(esm, data_transport, &m);
    phone.event_count = 0;
    (void)down(GODWIT_NAS_INTEGRITY, &w);
    phone_expect_refused(&phone, GODWIT_POLICY_FORBIDS);
}

static void out_of_idle_the_reading_rides_in_the_service_request(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    release();
    assert_true(godwit_access_is_idle(&phone.access));
    phone_send(&phone, "reading 2");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "reading 2");
    assert_int_equal(godwit_access_send(&phone.access, godwit_slice_of_string("no"), &phone.requests), GODWIT_AGAIN);
    accept_service();
    assert_false(godwit_access_is_idle(&phone.access));
    phone_expect_silence(&phone);
    phone_send(&phone, "reading 3");
    expect_data("reading 3");
}

static void data_from_the_network_completes_a_service_request_too(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    assert_int_equal(godwit_access_idle(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    octets_t frame = phone_take(&phone);
    assert_int_equal(frame.len, 1);
    assert_int_equal(frame.at[0], GODWIT_RADIO_RELEASE);
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "reading");
    data_down("answer");
    assert_true(octets_equal(&phone.delivered, "answer"));
    assert_int_equal(phone.timer_ms, 0);
}

static void a_page_is_answered(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    release();
    page();
    expect_service_request(GODWIT_EMM_SERVICE_MT, NULL);
    page(); /* again, while that is under way */
    phone_expect_silence(&phone);
    data_down("wake up");
    assert_true(octets_equal(&phone.delivered, "wake up"));
    page(); /* the network lost our connection without telling */
    expect_service_request(GODWIT_EMM_SERVICE_MT, NULL);
    phone_send(&phone, "while paged");
    phone_expect_silence(&phone);
    accept_service();
    expect_data("while paged");
}

static void a_page_for_another_is_not_ours(void **state)
{
    godwit_imsi_t other;
    uint8_t frame[9] = {GODWIT_RADIO_PAGING};
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    release();
    phone.event_count = 0;
    assert_int_equal(godwit_imsi_from_text("001010000000001", &other), GODWIT_OK);
    godwit_imsi_to_ef(&other, frame + 1);
    phone_receive(&phone, godwit_slice(frame, 9));
    phone_expect_refused(&phone, GODWIT_WRONG_STATE);
}

static void a_service_request_without_answer_is_given_up(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    release();
    phone_send(&phone, "reading");
    for (unsigned i = 0; i < 5; i++) {
        expect_service_request(GODWIT_EMM_SERVICE_MO, "reading"); /* each under a COUNT of its own */
        phone_timer(&phone);
    }
    phone_expect_silence(&phone);
    assert_int_equal(phone_reason(&phone, "n_pdu_uncertain"), GODWIT_OK);
    assert_true(phone_said(&phone, "given_up"));
    assert_true(godwit_access_is_idle(&phone.access)); /* still registered */
}

static void reject_service(godwit_nas_header_type_t type, uint8_t cause)
{
    godwit_emm_service_reject_t m = {.cause = cause};
    BUILD(emm, service_reject, &m);
    (void)down(type, &w);
}

static void a_network_that_forgot_us_makes_us_attach_anew(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    release();
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "reading");
    reject_service(GODWIT_NAS_PLAIN, GODWIT_EMM_CAUSE_IDENTITY_NOT_DERIVED);
    expect_attach_request();
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    expect_res(&vector);
    (void)command_with(2, 2, capability, 2);
    expect_mode_complete();
    ask_information();
    expect_information(CONTAINER_UP);
    accept_attach("new");
    expect_attach_complete();
    assert_int_equal(phone.key_sets, 2);
    assert_int_equal(phone.containers, 2);
}

static void a_forged_reject_costs_an_attach_and_no_key(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    release();
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "reading");
    reject_service(GODWIT_NAS_PLAIN, GODWIT_EMM_CAUSE_IMPLICITLY_DETACHED);
    for (unsigned i = 0; i < 5; i++) {
        expect_attach_request();
        phone_timer(&phone);
    }
    assert_true(phone_said(&phone, "given_up"));
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    phone_send(&phone, "under the old keys");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "under the old keys");
    accept_service();
}

static void a_reject_for_congestion_only_makes_it_wait(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    release();
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "reading");
    reject_service(GODWIT_NAS_PLAIN, GODWIT_EMM_CAUSE_CONGESTION);
    assert_int_equal(phone.timer_ms, 8000);
    reject_service(GODWIT_NAS_CIPHERED, GODWIT_EMM_CAUSE_CONGESTION);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_OVERLOAD);
}

/* ---- modification, deactivation ---- */

static void ask_modification(const char *container)
{
    godwit_esm_resource_modification_request_t m;
    godwit_slice_t contents;
    assert_int_equal(godwit_esm_resource_modification_request_parse(up(GODWIT_NAS_CIPHERED), &m), GODWIT_OK);
    assert_int_equal(m.bearer, 5);
    assert_int_equal(godwit_pco_find(m.pco, GODWIT_PCO_OPERATOR, &contents), GODWIT_OK);
    assert_true(godwit_slice_equal(contents, godwit_slice_of_string(container)));
    modify_pti = m.head.pti;
}

static void modify(const char *container)
{
    assert_int_equal(godwit_access_modify(&phone.access, godwit_slice_of_string(container), &phone.requests),
                     GODWIT_OK);
    phone_carry_out(&phone);
}

static void order_modification(uint8_t pti, const char *container)
{
    uint8_t pco[64];
    godwit_esm_modify_request_t m = {.head = {.bearer = 5, .pti = pti}, .pco = pco_with(container, pco, sizeof pco)};
    BUILD(esm, modify_request, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
}

static void expect_modify_accept(void)
{
    godwit_esm_answer_t m;
    assert_int_equal(godwit_esm_modify_accept_parse(up(GODWIT_NAS_CIPHERED), &m), GODWIT_OK);
    assert_int_equal(m.head.bearer, 5);
}

static void a_modification_carries_a_new_container_both_ways(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    modify("again up");
    ask_modification("again up");
    assert_int_equal(godwit_access_modify(&phone.access, EMPTY, &phone.requests), GODWIT_AGAIN);
    order_modification((uint8_t)(modify_pti + 1), "of another procedure");
    expect_modify_accept();
    assert_int_equal(phone.containers, 1);
    order_modification(modify_pti, "again down");
    expect_modify_accept();
    assert_int_equal(phone.containers, 2);
    assert_true(octets_equal(&phone.container, "again down"));
    assert_true(phone_said(&phone, "modified"));
    order_modification(modify_pti, "again down"); /* our accept was lost */
    expect_modify_accept();
    order_modification(0, "by the network");
    expect_modify_accept();
    assert_int_equal(phone.containers, 2);
}

static void a_modification_out_of_idle_resumes_first(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    release();
    modify("again up");
    expect_service_request(GODWIT_EMM_SERVICE_MO, NULL);
    accept_service();
    ask_modification("again up");
    phone_timer(&phone);
    ask_modification("again up");
    release(); /* in the middle of it */
    phone_timer(&phone);
    expect_service_request(GODWIT_EMM_SERVICE_MO, NULL);
    accept_service();
    ask_modification("again up");
    order_modification(modify_pti, NULL);
    expect_modify_accept();
    assert_int_equal(phone.container.len, 0);
    assert_int_equal(phone.containers, 2);
}

static void a_page_in_the_middle_of_a_modification_makes_it_resume(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    modify("again up");
    ask_modification("again up");
    page();
    expect_service_request(GODWIT_EMM_SERVICE_MT, NULL);
    page();
    phone_expect_silence(&phone);
    accept_service();
    ask_modification("again up");
    order_modification(modify_pti, "again down");
    expect_modify_accept();
}

static void a_modification_that_is_refused_or_not_answered_ends_with_an_empty_container(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    modify("again up");
    ask_modification("again up");
    godwit_esm_refusal_t m = {.head = {.bearer = 0, .pti = modify_pti}, .cause = GODWIT_ESM_CAUSE_REJECTED_BY_GATEWAY};
    BUILD(esm, resource_modification_reject, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_NOT_ENTITLED);
    assert_int_equal(phone.container.len, 0);
    assert_int_equal(phone.containers, 2);
    modify("again up");
    for (unsigned i = 0; i < 5; i++) {
        ask_modification("again up");
        phone_timer(&phone);
    }
    phone_expect_silence(&phone);
    assert_int_equal(phone.containers, 3);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
}

static void a_bearer_that_the_network_does_not_have_is_given_up(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    release();
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "reading");
    godwit_emm_service_accept_t m = {.bearer_status = godwit_slice("\x20\x00", 2)};
    {
        BUILD(emm, service_accept, &m);
        (void)down(GODWIT_NAS_CIPHERED, &w);
    }
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    m.bearer_status = godwit_slice("\x40\x00", 2);
    BUILD(emm, service_accept, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
    assert_true(phone_said(&phone, "deactivated"));
}

static void the_network_may_take_the_bearer_away(void **state)
{
    godwit_esm_answer_t accept;
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    godwit_esm_refusal_t m = {.head = {.bearer = 5}, .cause = GODWIT_ESM_CAUSE_REGULAR_DEACTIVATION};
    BUILD(esm, deactivate_request, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
    assert_int_equal(godwit_esm_deactivate_accept_parse(up(GODWIT_NAS_CIPHERED), &accept), GODWIT_OK);
    assert_true(phone_said(&phone, "deactivated"));
    assert_int_equal(godwit_access_send(&phone.access, godwit_slice_of_string("x"), &phone.requests),
                     GODWIT_WRONG_STATE);
    assert_int_equal(godwit_access_activate(&phone.access, &phone.requests), GODWIT_OK); /* which in EPS is an attach */
    phone_carry_out(&phone);
    expect_attach_request();
    assert_int_equal(godwit_access_activate(&phone.access, &phone.requests), GODWIT_WRONG_STATE);
}

/* ---- re-authentication ---- */

static void the_network_may_authenticate_again_under_the_keys_in_use(void **state)
{
    godwit_emm_authentication_response_t response;
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    vector = phone_vector(AMF_FLAGGED_EPS);
    godwit_emm_authentication_request_t m = {
        .ksi = 2, .rand = godwit_slice(vector.rand, 16), .autn = godwit_slice(vector.autn, 16)};
    BUILD(emm, authentication_request, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
    assert_int_equal(godwit_emm_authentication_response_parse(up(GODWIT_NAS_CIPHERED), &response), GODWIT_OK);
    assert_true(godwit_slice_equal(response.res, godwit_slice(vector.xres, vector.xres_len)));
    uint8_t kasme[32], octets[32];
    godwit_writer_t command = godwit_writer(octets, sizeof octets);
    godwit_emm_security_mode_command_t c = {.eea = 1, .eia = 1, .ksi = 2, .capability = godwit_slice(capability, 2)};
    kasme_of(&vector, kasme);
    assert_int_equal(godwit_nas_security_init(&net, CRYPTO, kasme, 2, 1, 1, true), GODWIT_OK);
    assert_int_equal(godwit_emm_security_mode_command_build(&c, &command), GODWIT_OK);
    (void)down(GODWIT_NAS_INTEGRITY_NEW, &command);
    expect_mode_complete();
    assert_int_equal(phone.key_sets, 2);
    expect_key_set(&vector);
    phone_send(&phone, "under the new keys");
    expect_data("under the new keys");
}

/* ---- detach ---- */

static void detach(void)
{
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
}

static void a_detach_without_answer_ends_all_the_same(void **state)
{
    godwit_emm_detach_request_t m;
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    release();
    detach();
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(godwit_emm_detach_request_parse(up(GODWIT_NAS_INTEGRITY), &m), GODWIT_OK);
        assert_int_equal(m.detach_type, GODWIT_EMM_DETACH_EPS);
        phone_timer(&phone);
    }
    phone_expect_silence(&phone);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_true(phone_said(&phone, "detached"));
    assert_false(phone_remembers(&phone, net.k_int, 16));
}

static void network_detach(uint8_t type)
{
    godwit_emm_network_detach_t m = {.detach_type = type};
    BUILD(emm, network_detach, &m);
    octets_t frame = down(GODWIT_NAS_CIPHERED, &w);
    godwit_emm_hand_over_t accept;
    assert_int_equal(godwit_emm_detach_accept_parse(up(GODWIT_NAS_CIPHERED), &accept), GODWIT_OK);
    if (type == GODWIT_EMM_DETACH_NO_REATTACH) {
        phone_receive(&phone, octets_slice(&frame)); /* the accept was lost: the same again, though the keys are gone */
        (void)phone_take(&phone);
    }
}

static void the_network_may_detach_us(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    network_detach(GODWIT_EMM_DETACH_NO_REATTACH);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_true(phone_said(&phone, "detached"));
    phone_expect_silence(&phone);
}

static void a_network_that_wants_us_back_gets_us_back_but_not_for_ever(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, "down");
    for (unsigned i = 0; i < 5; i++) {
        network_detach(GODWIT_EMM_DETACH_REATTACH);
        expect_attach_request();
        vector = phone_vector(AMF_FLAGGED_EPS);
        (void)challenge(&vector, 1);
        expect_res(&vector);
        (void)command_with(2, 2, capability, 2);
        expect_mode_complete();
        accept_attach(NULL);
        expect_attach_complete();
        phone.event_count = 0;
    }
    network_detach(GODWIT_EMM_DETACH_REATTACH);
    phone_expect_silence(&phone);
    assert_true(phone_said(&phone, "given_up"));
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

static void an_attach_under_way_can_be_ended(void **state)
{
    (void)state;
    secure(AMF_FLAGGED_EPS);
    detach();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_int_equal(phone.timer_ms, 0);
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_WRONG_STATE);
}

/* ---- configuration ---- */

static void a_configuration_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static godwit_access_t access;
    godwit_access_config_t c = phone.config;
    c.kind = (godwit_access_kind_t)4;
    assert_int_equal(godwit_access_init(&access, &c), GODWIT_INVALID_ARGUMENT);
    c = phone.config;
    c.gsm_sim = true;
    assert_int_equal(godwit_access_init(&access, &c), GODWIT_UNSUPPORTED_SUITE);
    c = phone.config;
    c.apn = godwit_slice_of_string("E2M..example");
    assert_int_equal(godwit_access_init(&access, &c), GODWIT_INVALID_ARGUMENT);
    c = phone.config;
    c.amf_flag = 0x8000;
    assert_int_equal(godwit_access_init(&access, &c), GODWIT_INVALID_ARGUMENT);
    c = phone.config;
    c.eia = 0x80; /* nothing but null integrity */
    assert_int_equal(godwit_access_init(&access, &c), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_access_attach(&phone.access, &phone.requests), GODWIT_OK);
    assert_int_equal(godwit_access_attach(&phone.access, &phone.requests), GODWIT_AGAIN);
}

#define CASE(name) cmocka_unit_test_setup(name, fresh)
/* ---- keys that outlive a detach ---- */

static void leave(void)
{
    const godwit_emm_hand_over_t m = {.rand = {NULL, 0}};
    godwit_emm_detach_request_t request;
    detach();
    godwit_eps_identity_t identity;
    assert_int_equal(godwit_emm_detach_request_parse(up(GODWIT_NAS_CIPHERED), &request), GODWIT_OK);
    assert_int_equal(godwit_eps_identity_parse(request.identity, &identity), GODWIT_OK);
    assert_int_equal(identity.is_guti, gives_guti);
    BUILD(emm, detach_accept, &m);
    (void)down(GODWIT_NAS_CIPHERED, &w);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

static void come_and_go(uint16_t amf)
{
    gives_guti = true;
    attach(amf, amf == AMF_FLAGGED_EPS ? CONTAINER_UP : NULL, NULL);
    leave();
}

static void expect_known_attach_request(void)
{
    godwit_emm_attach_request_t m;
    godwit_eps_identity_t identity;
    godwit_esm_pdn_connectivity_request_t esm;
    assert_int_equal(godwit_emm_attach_request_parse(up(GODWIT_NAS_INTEGRITY), &m), GODWIT_OK);
    assert_int_equal(m.ksi, 1);
    assert_int_equal(godwit_eps_identity_parse(m.identity, &identity), GODWIT_OK);
    assert_true(identity.is_guti && godwit_guti_equal(&identity.guti, &guti));
    assert_int_equal(m.capability.len, sizeof capability);
    assert_memory_equal(m.capability.ptr, capability, sizeof capability);
    assert_int_equal(godwit_esm_pdn_connectivity_request_parse(m.esm, &esm), GODWIT_OK);
    attach_pti = esm.head.pti;
}

static void the_next_attach_names_the_keys_of_the_last(void **state)
{
    (void)state;
    come_and_go(AMF_FLAGGED_EPS);
    assert_true(phone_remembers(&phone, net.k_int, 16));
    unsigned runs = phone.card_runs;
    uint32_t next_up = phone.access.nas.next_up;
    phone_attach(&phone);
    assert_int_equal(phone.access.nas.next_up, next_up + 1);
    expect_known_attach_request(); /* the network's COUNT has gone on, too: it verifies */
    ask_information();
    assert_true(phone_said(&phone, "context_reused"));
    assert_int_equal(phone.key_sets, 1);
    assert_int_equal(phone.key_sets_again, 1);
    expect_information(CONTAINER_UP);
    ask_information();
    expect_information(CONTAINER_UP);
    assert_int_equal(phone.key_sets_again, 1);
    accept_attach("container down");
    expect_attach_complete();
    assert_true(octets_equal(&phone.container, "container down"));
    assert_int_equal(phone.card_runs, runs);
    leave();
    phone_attach(&phone);
    expect_known_attach_request();
}

static void keys_without_a_key_set_ask_for_no_container(void **state)
{
    (void)state;
    come_and_go(AMF_PLAIN_EPS);
    phone_attach(&phone);
    expect_known_attach_request();
    ask_information();
    expect_information(NULL);
    assert_int_equal(phone.key_sets_again, 0);
    accept_attach(NULL);
    expect_attach_complete();
}

static void without_a_guti_no_keys_are_named(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    leave();
    assert_false(phone_remembers(&phone, net.k_int, 16));
    phone_attach(&phone);
    expect_attach_request();
}

static void a_network_that_is_silent_to_known_keys_is_asked_without(void **state)
{
    (void)state;
    come_and_go(AMF_FLAGGED_EPS);
    phone_attach(&phone);
    expect_known_attach_request();
    phone_timer(&phone);
    expect_known_attach_request();
    phone_timer(&phone);
    expect_attach_request();
    phone_timer(&phone);
    expect_attach_request();
    phone_timer(&phone);
    expect_attach_request();
    phone_timer(&phone);
    assert_true(phone_said(&phone, "given_up"));
    assert_false(phone_remembers(&phone, net.k_int, 16));
    phone_attach(&phone);
    expect_attach_request();
}

static void reject(godwit_nas_header_type_t type)
{
    godwit_emm_attach_reject_t m = {.cause = GODWIT_EMM_CAUSE_IDENTITY_NOT_DERIVED};
    BUILD(emm, attach_reject, &m);
    (void)down(type, &w);
}

static void a_reject_of_known_keys_leads_to_an_attach_without(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        (void)fresh(NULL);
        come_and_go(AMF_FLAGGED_EPS);
        phone_attach(&phone);
        expect_known_attach_request();
        reject(i == 0 ? GODWIT_NAS_PLAIN : GODWIT_NAS_CIPHERED);
        if (i == 0) {
            phone_timer(&phone); /* anybody may have said it */
        } else {
            assert_true(phone_said(&phone, "given_up"));
            phone_attach(&phone);
        }
        expect_attach_request();
    }
}

/* What it cannot verify: who it is, and AKA. The old keys hold until the new ones have verified, then the new ones are
 * those that are named. */
static void a_network_that_lost_the_keys_runs_aka(void **state)
{
    godwit_emm_identity_request_t ask = {.identity_type = GODWIT_EMM_IDENTITY_IMSI};
    godwit_emm_identity_response_t m;
    (void)state;
    come_and_go(AMF_FLAGGED_EPS);
    godwit_nas_security_t old = net;
    phone_attach(&phone);
    expect_known_attach_request();
    BUILD(emm, identity_request, &ask);
    (void)down(GODWIT_NAS_PLAIN, &w);
    assert_int_equal(godwit_emm_identity_response_parse(up(GODWIT_NAS_PLAIN), &m), GODWIT_OK);
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    expect_res(&vector);
    assert_true(phone_remembers(&phone, old.k_int, 16));
    (void)command_with(2, 2, capability, 4);
    expect_mode_complete();
    assert_false(phone_remembers(&phone, old.k_int, 16));
    assert_int_equal(phone.key_sets, 2);
    assert_int_equal(phone.key_sets_again, 0);
    ask_information();
    expect_information(CONTAINER_UP);
    accept_attach(NULL);
    expect_attach_complete();
    leave();
    phone_attach(&phone);
    expect_known_attach_request();
}

static void new_keys_without_an_accept_are_not_named(void **state)
{
    (void)state;
    gives_guti = true;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    leave();
    phone_attach(&phone);
    expect_known_attach_request();
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    expect_res(&vector);
    (void)command_with(2, 2, capability, 4);
    expect_mode_complete();
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    phone_attach(&phone);
    expect_attach_request(); /* the GUTI is the name of other keys */
}

static void an_attach_anew_names_the_keys_in_use_and_keeps_them_if_it_fails(void **state)
{
    (void)state;
    gives_guti = true;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    phone_attach(&phone);
    expect_known_attach_request();
    for (int i = 0; i < 5; i++) {
        phone_timer(&phone);
        phone.queued = 0;
    }
    assert_true(phone_said(&phone, "given_up"));
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    net.next_up = phone.access.nas.next_up;
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_EMM_SERVICE_MO, "reading");
}

static void an_owner_may_want_new_keys(void **state)
{
    (void)state;
    come_and_go(AMF_FLAGGED_EPS);
    godwit_access_renew(&phone.access);
    assert_false(phone_remembers(&phone, net.k_int, 16));
    phone_attach(&phone);
    expect_attach_request();
}

static void what_the_owner_wants_outlives_an_accept_that_comes_again(void **state)
{
    (void)state;
    gives_guti = true;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    godwit_access_renew(&phone.access);
    assert_true(phone_remembers(&phone, net.k_int, 16)); /* in use until the next attach */
    accept_attach(NULL);
    expect_attach_complete();
    phone_attach(&phone);
    expect_attach_request();
}

static void keys_whose_count_comes_to_its_end_are_not_named(void **state)
{
    (void)state;
    gives_guti = true;
    attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
    phone.access.nas.next_up = net.next_up = GODWIT_NAS_COUNT_END - 0x1000;
    leave();
    assert_false(phone_remembers(&phone, net.k_int, 16));
    phone_attach(&phone);
    expect_attach_request();
}

static void a_detach_with_a_cause_ends_the_keys(void **state)
{
    (void)state;
    gives_guti = true;
    for (int i = 0; i < 2; i++) {
        godwit_emm_network_detach_t m = {.detach_type = GODWIT_EMM_DETACH_NO_REATTACH};
        (void)fresh(NULL);
        gives_guti = true;
        attach(AMF_FLAGGED_EPS, CONTAINER_UP, NULL);
        m.cause = (godwit_nas_octet_t){i == 1, GODWIT_EMM_CAUSE_ILLEGAL_UE};
        BUILD(emm, network_detach, &m);
        (void)down(GODWIT_NAS_CIPHERED, &w);
        assert_int_equal(phone_remembers(&phone, net.k_int, 16), i == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_capable_card_gives_the_key_set_and_the_container_travels),
        CASE(a_me_derives_for_a_card_that_cannot),
        CASE(nothing_secret_stays_but_what_is_in_use),
        CASE(the_key_set_is_shown_only_after_the_security_mode),
        CASE(a_vector_that_is_not_flagged_attaches_and_the_owner_falls_back),
        CASE(a_flag_that_nobody_can_follow_is_told),
        CASE(a_container_that_is_stripped_on_its_way_is_seen_as_empty),
        CASE(solution_2_puts_nothing_into_the_pco),
        CASE(a_device_without_e2m_is_any_device),
        CASE(the_information_waits_for_the_owner),
        CASE(the_imsi_is_told_and_no_other_identity),
        CASE(a_wrong_autn_is_answered_with_cause_20_and_the_next_goes_on),
        CASE(a_stale_autn_is_answered_with_cause_21_and_auts),
        CASE(an_autn_without_the_separation_bit_does_not_reach_the_card),
        CASE(the_same_challenge_gets_the_same_res_without_the_card),
        CASE(the_card_runs_only_so_often),
        CASE(a_card_that_is_silent_ends_nothing),
        CASE(a_security_mode_that_bids_down_is_refused),
        CASE(null_integrity_is_refused),
        CASE(an_algorithm_under_the_floor_is_refused),
        CASE(every_algorithm_of_the_device_serves),
        CASE(a_security_mode_with_a_wrong_mac_is_not_answered),
        CASE(a_security_mode_for_another_vector_is_refused),
        CASE(a_command_without_protection_is_nothing),
        CASE(each_message_of_the_network_may_come_twice),
        CASE(each_step_may_be_asked_for_again_under_a_new_count),
        CASE(a_replayed_message_is_refused),
        CASE(silence_is_met_with_so_many_sendings),
        CASE(an_attach_that_stops_half_way_begins_again),
        CASE(a_challenge_beside_an_attach_that_ended_well_leads_nowhere),
        CASE(a_card_that_answers_when_the_attach_is_over_is_not_asked_for),
        CASE(a_reject_without_protection_only_makes_it_wait),
        CASE(rejects_without_end_end_the_attach),
        CASE(a_reject_with_protection_ends_the_attach),
        CASE(before_security_nothing_else_is_taken),
        CASE(after_security_nothing_plain_is_taken),
        CASE(an_accept_that_is_not_ciphered_is_refused),
        CASE(n_pdus_go_both_ways),
        CASE(an_n_pdu_that_is_not_ciphered_is_refused),
        CASE(out_of_idle_the_reading_rides_in_the_service_request),
        CASE(data_from_the_network_completes_a_service_request_too),
        CASE(a_page_is_answered),
        CASE(a_page_for_another_is_not_ours),
        CASE(a_service_request_without_answer_is_given_up),
        CASE(a_network_that_forgot_us_makes_us_attach_anew),
        CASE(a_forged_reject_costs_an_attach_and_no_key),
        CASE(a_reject_for_congestion_only_makes_it_wait),
        CASE(a_modification_carries_a_new_container_both_ways),
        CASE(a_modification_out_of_idle_resumes_first),
        CASE(a_page_in_the_middle_of_a_modification_makes_it_resume),
        CASE(a_modification_that_is_refused_or_not_answered_ends_with_an_empty_container),
        CASE(a_bearer_that_the_network_does_not_have_is_given_up),
        CASE(the_network_may_take_the_bearer_away),
        CASE(the_network_may_authenticate_again_under_the_keys_in_use),
        CASE(a_detach_without_answer_ends_all_the_same),
        CASE(the_network_may_detach_us),
        CASE(the_next_attach_names_the_keys_of_the_last),
        CASE(keys_without_a_key_set_ask_for_no_container),
        CASE(without_a_guti_no_keys_are_named),
        CASE(a_network_that_is_silent_to_known_keys_is_asked_without),
        CASE(a_reject_of_known_keys_leads_to_an_attach_without),
        CASE(a_network_that_lost_the_keys_runs_aka),
        CASE(new_keys_without_an_accept_are_not_named),
        CASE(an_attach_anew_names_the_keys_in_use_and_keeps_them_if_it_fails),
        CASE(an_owner_may_want_new_keys),
        CASE(what_the_owner_wants_outlives_an_accept_that_comes_again),
        CASE(keys_whose_count_comes_to_its_end_are_not_named),
        CASE(a_detach_with_a_cause_ends_the_keys),
        CASE(a_network_that_wants_us_back_gets_us_back_but_not_for_ever),
        CASE(an_attach_under_way_can_be_ended),
        CASE(a_configuration_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
