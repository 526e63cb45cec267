/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access in UMTS, against a network made of codecs by hand: TS 24.008, TS 33.102, contribution 003.
 */
#include "core/wire/gmm.h"
#include "core/wire/pco.h"
#include "core/wire/sm.h"
#include "tests/device/phone.h"

#define CKSN 3
#define P_TMSI 0xC0FFEE01u

static phone_t phone;
static godwit_radio_security_t net; /* the network's end */
static godwit_vector_t vector;
static uint8_t work[GODWIT_RADIO_INNER_MAX];
static godwit_radio_capability_t capability;

static int fresh(void **state)
{
    (void)state;
    phone_init(&phone, GODWIT_ACCESS_UMTS);
    memset(&net, 0, sizeof net);
    return 0;
}

/* ---- frames ---- */

static octets_t frame_of(godwit_radio_kind_t kind, godwit_slice_t octets, bool protect)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    godwit_radio_frame_t frame = {.kind = kind, .octets = octets, .nsapi = 5};
    assert_int_equal(protect ? godwit_radio_protected_create(&net, &frame, &w) : godwit_radio_build(&frame, &w),
                     GODWIT_OK);
    o.len = w.len;
    return o;
}

static octets_t down(const godwit_writer_t *w, bool protect)
{
    octets_t o = frame_of(GODWIT_RADIO_NAS, godwit_written(w), protect);
    phone_receive(&phone, octets_slice(&o));
    return o;
}

/* The next frame up: without protection the first NAS message of a connection. */
static godwit_radio_frame_t up_frame(bool protect)
{
    static octets_t frame;
    godwit_radio_frame_t inner;
    frame = phone_take(&phone);
    if (protect) {
        assert_int_equal(godwit_radio_protected_consume(&net, octets_slice(&frame), work, &inner), GODWIT_OK);
    } else {
        assert_int_equal(godwit_radio_parse(octets_slice(&frame), &inner), GODWIT_OK);
    }
    return inner;
}

static godwit_slice_t up(bool protect)
{
    godwit_radio_frame_t inner = up_frame(protect);
    assert_int_equal(inner.kind, protect ? GODWIT_RADIO_NAS : GODWIT_RADIO_INITIAL_NAS);
    if (!protect) {
        capability = inner.capability;
    }
    return inner.octets;
}

#define BUILD(layer, name, message)                                                                                    \
    uint8_t buffer_[512];                                                                                              \
    godwit_writer_t w = godwit_writer(buffer_, sizeof buffer_);                                                        \
    assert_int_equal(godwit_##layer##_##name##_build(message, &w), GODWIT_OK)

/* What comes from the network in the one context there is. */
static uint8_t transaction_id;
#define TO_DEVICE                                                                                                      \
    {                                                                                                                  \
        .id = transaction_id, .to_originator = true                                                                    \
    }

/* ---- the network's steps ---- */

static void expect_attach_request(void)
{
    godwit_gmm_attach_request_t m;
    assert_int_equal(godwit_gmm_attach_request_parse(up(false), &m), GODWIT_OK);
    assert_int_equal(m.type, 1);
    assert_int_equal(m.cksn, GODWIT_GMM_CKSN_NONE);
    assert_int_equal(m.identity.kind, GODWIT_GMM_IDENTITY_IMSI);
    assert_true(godwit_imsi_equal(&m.identity.imsi, &phone.config.imsi));
}

static godwit_gmm_attach_request_t expect_known_attach_request(void)
{
    godwit_gmm_attach_request_t m;
    assert_int_equal(godwit_gmm_attach_request_parse(up(false), &m), GODWIT_OK);
    assert_int_equal(m.cksn, CKSN);
    assert_int_equal(m.identity.kind, GODWIT_GMM_IDENTITY_P_TMSI);
    assert_int_equal(m.identity.p_tmsi, P_TMSI);
    return m;
}

static octets_t challenge(const godwit_vector_t *v, uint8_t reference)
{
    godwit_gmm_authentication_request_t m = {.reference = reference, .has_vector = true, .cksn = CKSN};
    memcpy(m.rand, v->rand, 16);
    memcpy(m.autn, v->autn, 16);
    BUILD(gmm, authentication_request, &m);
    return down(&w, false);
}

static void expect_res(const godwit_vector_t *v, uint8_t reference)
{
    godwit_gmm_authentication_response_t m;
    assert_int_equal(godwit_gmm_authentication_response_parse(up(false), &m), GODWIT_OK);
    assert_int_equal(m.reference, reference);
    assert_int_equal(m.res_len, v->xres_len);
    assert_memory_equal(m.res, v->xres, v->xres_len);
}

/* CK, IK as the SGSN has them: CK', IK' when the vector is flagged (HSS). */
static void keys_of(const godwit_vector_t *v, bool flagged)
{
    uint8_t ck_ik[32];
    memcpy(ck_ik, v->ck, 16);
    memcpy(ck_ik + 16, v->ik, 16);
    if (flagged) {
        assert_int_equal(godwit_e2m_ck_ik_prime(CRYPTO, ck_ik, v->autn, ck_ik), GODWIT_OK);
    }
    godwit_radio_security_init(&net, CRYPTO, ck_ik, ck_ik + 16, true);
}

static octets_t command_with(uint8_t uea, godwit_radio_capability_t heard)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    godwit_radio_command_t c = {.uea = uea, .uia = GODWIT_UIA2, .fresh = 0x12345678, .capability = heard};
    assert_int_equal(godwit_radio_command_create(&net, &c, &w), GODWIT_OK);
    o.len = w.len;
    phone_receive(&phone, octets_slice(&o));
    return o;
}

static void expect_mode_complete(void)
{
    assert_int_equal(up_frame(true).kind, GODWIT_RADIO_COMPLETE);
}

static void authenticate(uint16_t amf)
{
    phone_attach(&phone);
    expect_attach_request();
    vector = phone_vector(amf);
    (void)challenge(&vector, 1);
    expect_res(&vector, 1);
}

static void secure(uint16_t amf, bool flagged)
{
    authenticate(amf);
    keys_of(&vector, flagged);
    (void)command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
}

static void accept_attach(void)
{
    godwit_gmm_attach_accept_t m = {
        .result = 1, .periodic_update_timer = 0xE0, .radio_priority_sms = 4, .has_p_tmsi = true, .p_tmsi = P_TMSI};
    m.rai.plmn = phone.config.serving_network;
    BUILD(gmm, attach_accept, &m);
    (void)down(&w, true);
}

static void expect_attach_complete(void)
{
    assert_int_equal(godwit_gmm_attach_complete_parse(up(true)), GODWIT_OK);
}

static void attach(uint16_t amf, bool flagged)
{
    secure(amf, flagged);
    accept_attach();
    expect_attach_complete();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
    assert_int_equal(phone.timer_ms, 0);
}

static void activate(void)
{
    assert_int_equal(godwit_access_activate(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
}

static void expect_container(godwit_slice_t pco, const char *container)
{
    godwit_slice_t contents;
    if (container == NULL) {
        assert_int_equal(pco.len, 0);
        return;
    }
    assert_int_equal(godwit_pco_find(pco, GODWIT_PCO_OPERATOR, &contents), GODWIT_OK);
    assert_true(godwit_slice_equal(contents, godwit_slice_of_string(container)));
}

static void expect_activate_request(const char *container)
{
    static const uint8_t labels[] = "\x03"
                                    "e2m"
                                    "\x07"
                                    "example";
    godwit_sm_activate_request_t m;
    assert_int_equal(godwit_sm_activate_request_parse(up(true), &m), GODWIT_OK);
    assert_int_equal(m.nsapi, 5);
    transaction_id = m.transaction.id;
    assert_false(m.transaction.to_originator);
    assert_int_equal(m.address.organisation, GODWIT_SM_PDP_ORGANISATION_ETSI);
    assert_int_equal(m.address.number, GODWIT_SM_PDP_NON_IP);
    assert_true(godwit_slice_equal(m.apn, godwit_slice(labels, sizeof labels - 1)));
    expect_container(m.pco, container);
}

static godwit_slice_t pco_with(const char *container, uint8_t *octets, size_t cap)
{
    godwit_pco_unit_t units[2] = {{0x0010, godwit_slice_of_string("\x05\xdc")},
                                  {GODWIT_PCO_OPERATOR, godwit_slice_of_string(container)}};
    godwit_writer_t w = godwit_writer(octets, cap);
    assert_int_equal(godwit_pco_build(units, container != NULL ? 2 : 1, &w), GODWIT_OK);
    return godwit_written(&w);
}

static void accept_activation(const char *container)
{
    uint8_t pco[64];
    godwit_sm_activate_accept_t m = {
        .transaction = TO_DEVICE, .radio_priority = 4, .pco = pco_with(container, pco, sizeof pco)};
    BUILD(sm, activate_accept, &m);
    (void)down(&w, true);
}

static void come_up(const char *container)
{
    attach(AMF_FLAGGED_UMTS, true);
    activate();
    expect_activate_request(CONTAINER_UP);
    accept_activation(container);
    phone_expect_silence(&phone);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
}

static void expect_key_set(const godwit_vector_t *v)
{
    uint8_t ck_ik[32], expected[32];
    memcpy(ck_ik, v->ck, 16);
    memcpy(ck_ik + 16, v->ik, 16);
    assert_int_equal(godwit_e2m_keyset(CRYPTO, ck_ik, GODWIT_AGREEMENT_ACCESS_UMTS, godwit_slice(v->autn, 6), expected),
                     GODWIT_OK);
    assert_int_equal(phone.agreement, GODWIT_AGREEMENT_ACCESS_UMTS);
    assert_memory_equal(phone.e2m_keyset, expected, 32);
    assert_memory_equal(phone.rand, v->rand, 16);
    assert_memory_equal(phone.sqn, v->autn, 6);
}

static void data_down(const char *text)
{
    octets_t o = frame_of(GODWIT_RADIO_N_PDU, godwit_slice_of_string(text), true);
    phone_receive(&phone, octets_slice(&o));
}

static void expect_data(const char *text)
{
    godwit_radio_frame_t inner = up_frame(true);
    assert_int_equal(inner.kind, GODWIT_RADIO_N_PDU);
    assert_int_equal(inner.nsapi, 5);
    assert_true(godwit_slice_equal(inner.octets, godwit_slice_of_string(text)));
}

static void release(void)
{
    octets_t o = frame_of(GODWIT_RADIO_RELEASE, EMPTY, true);
    phone_receive(&phone, octets_slice(&o));
    assert_true(godwit_access_is_idle(&phone.access));
}

static void page(void)
{
    uint8_t frame[9] = {GODWIT_RADIO_PAGING};
    godwit_imsi_to_ef(&phone.config.imsi, frame + 1);
    phone_receive(&phone, godwit_slice(frame, 9));
}

static void expect_service_request(godwit_gmm_service_t service)
{
    godwit_gmm_service_request_t m;
    assert_int_equal(godwit_gmm_service_request_parse(up(false), &m), GODWIT_OK);
    assert_int_equal(m.service, service);
    assert_int_equal(m.cksn, CKSN);
    assert_int_equal(m.p_tmsi, P_TMSI);
    assert_true(m.has_contexts);
    assert_int_equal(m.contexts, 1u << 5);
}

static void resume(void)
{
    (void)command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
}

/* ---- attach, activation ---- */

static void a_capable_card_gives_the_key_set_and_the_container_travels(void **state)
{
    (void)state;
    come_up("container down");
    assert_int_equal(phone.key_sets, 1);
    expect_key_set(&vector);
    assert_true(octets_equal(&phone.container, "container down"));
    assert_true(phone_said(&phone, "activated"));
}

static void a_me_derives_for_a_card_that_cannot(void **state)
{
    (void)state;
    phone.card_holder.card.e2m = false;
    phone.config.me_derives = true;
    phone_restart(&phone);
    come_up("container down"); /* under CK', IK' */
    expect_key_set(&vector);
}

static void a_flagged_vector_changes_the_keys_of_the_access_whoever_wants_them(void **state)
{
    (void)state;
    phone.card_holder.card.e2m = false;
    phone.config.me_derives = true;
    phone.config.e2m = false;
    phone_restart(&phone);
    attach(AMF_FLAGGED_UMTS, true);
    assert_int_equal(phone.key_sets, 0);
    assert_false(phone_remembers(&phone, vector.ck, 16));
}

static void a_vector_that_is_not_flagged_attaches_and_the_owner_falls_back(void **state)
{
    (void)state;
    attach(AMF_PLAIN_UMTS, false); /* under CK, IK as they are */
    assert_true(phone_said(&phone, "not_flagged"));
    activate();
    expect_activate_request(NULL);
    accept_activation("uninvited");
    assert_int_equal(phone.key_sets, 0);
    assert_int_equal(phone.containers, 1);
    assert_int_equal(phone.container.len, 0);
}

static void a_device_that_does_not_derive_cannot_use_a_flagged_vector(void **state)
{
    (void)state;
    phone.card_holder.card.e2m = false;
    authenticate(AMF_FLAGGED_UMTS);
    keys_of(&vector, true);
    phone.event_count = 0;
    (void)command_with(GODWIT_UEA2, capability);
    phone_expect_refused(&phone, GODWIT_MAC_FAILURE);
}

static void a_container_that_is_stripped_on_its_way_is_seen_as_empty(void **state)
{
    (void)state;
    come_up(NULL);
    assert_int_equal(phone.containers, 1);
    assert_int_equal(phone.container.len, 0);
}

static void solution_2_puts_nothing_into_the_pco(void **state)
{
    (void)state;
    phone.config.e2m = false;
    phone.config.key_set = true;
    phone_restart(&phone);
    attach(AMF_FLAGGED_UMTS, true);
    activate();
    expect_activate_request(NULL);
    accept_activation(NULL);
    expect_key_set(&vector);
    assert_int_equal(phone.containers, 0);
}

static void nothing_secret_stays_but_what_is_in_use(void **state)
{
    (void)state;
    come_up("down");
    assert_false(phone_remembers(&phone, vector.ck, 16));
    assert_false(phone_remembers(&phone, vector.ik, 16));
    assert_false(phone_remembers(&phone, vector.xres, vector.xres_len));
    phone_send(&phone, "x");
    expect_data("x");
    assert_false(phone_remembers(&phone, phone.e2m_keyset, 32));
    assert_true(phone_remembers(&phone, net.ik, 16));
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    godwit_gmm_detach_request_ms_t m;
    assert_int_equal(godwit_gmm_detach_request_ms_parse(up(true), &m), GODWIT_OK);
    assert_true(m.has_p_tmsi && m.p_tmsi == P_TMSI);
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_detach_accept_network_t accept = {.force_to_standby = false};
    assert_int_equal(godwit_gmm_detach_accept_network_build(&accept, &w), GODWIT_OK);
    (void)down(&w, true);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_true(phone_remembers(&phone, net.ik, 16)); /* for the next attach, until that or the owner ends them */
    godwit_access_renew(&phone.access);
    assert_false(phone_remembers(&phone, net.ik, 16));
    assert_false(phone_remembers(&phone, net.ck, 16));
}

static void activation_waits_for_the_container_and_the_attach(void **state)
{
    (void)state;
    assert_int_equal(godwit_access_activate(&phone.access, &phone.requests), GODWIT_WRONG_STATE);
    attach(AMF_FLAGGED_UMTS, true);
    activate();
    expect_activate_request(CONTAINER_UP);
    assert_int_equal(godwit_access_activate(&phone.access, &phone.requests), GODWIT_AGAIN);
    phone_timer(&phone);
    expect_activate_request(CONTAINER_UP);
    accept_activation("down");
    accept_activation("down"); /* told twice */
    assert_int_equal(phone.containers, 1);
    assert_int_equal(godwit_access_activate(&phone.access, &phone.requests), GODWIT_WRONG_STATE);
}

static void an_activation_that_is_refused_leaves_the_device_attached(void **state)
{
    (void)state;
    attach(AMF_FLAGGED_UMTS, true);
    activate();
    expect_activate_request(CONTAINER_UP);
    godwit_sm_reject_t m = {.transaction = TO_DEVICE, .cause = GODWIT_SM_CAUSE_REJECTED_BY_GGSN};
    BUILD(sm, activate_reject, &m);
    (void)down(&w, true);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
    uint8_t before = transaction_id;
    activate();
    for (unsigned i = 0; i < 5; i++) {
        expect_activate_request(CONTAINER_UP);
        assert_int_equal(transaction_id, before + 1); /* a new one, and the same for each sending */
        phone_timer(&phone);
    }
    phone_expect_silence(&phone);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_OK);
}

/* ---- authentication that fails ---- */

static void expect_failure(uint8_t cause, bool with_auts)
{
    godwit_gmm_authentication_failure_t m;
    assert_int_equal(godwit_gmm_authentication_failure_parse(up(false), &m), GODWIT_OK);
    assert_int_equal(m.cause, cause);
    assert_int_equal(m.has_auts, with_auts);
    if (with_auts) {
        uint64_t sqn;
        assert_int_equal(godwit_auts_consume(CRYPTO, &phone.card_holder.card.key, vector.rand, m.auts, &sqn),
                         GODWIT_OK);
    }
}

static void a_wrong_or_stale_autn_is_answered(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    godwit_vector_t stale = phone_vector(AMF_FLAGGED_UMTS);
    vector = phone_vector(AMF_FLAGGED_UMTS);
    vector.autn[8] ^= 1;
    (void)challenge(&vector, 1);
    expect_failure(GODWIT_GMM_CAUSE_MAC_FAILURE, false);
    vector = phone_vector(AMF_FLAGGED_UMTS);
    (void)challenge(&vector, 2);
    expect_res(&vector, 2);
    (void)challenge(&vector, 3); /* repeated */
    expect_res(&vector, 3);
    vector = stale;
    (void)challenge(&stale, 4);
    expect_failure(GODWIT_GMM_CAUSE_SYNCH_FAILURE, true);
    assert_int_equal(phone.card_runs, 3);
}

static void a_vector_for_the_other_system_or_of_gsm_is_refused(void **state)
{
    (void)state;
    phone_attach(&phone);
    expect_attach_request();
    vector = phone_vector(AMF_FLAGGED_EPS);
    (void)challenge(&vector, 1);
    phone_expect_refused(&phone, GODWIT_POLICY_FORBIDS);
    godwit_gmm_authentication_request_t m = {.reference = 1};
    BUILD(gmm, authentication_request, &m);
    (void)down(&w, false);
    phone_expect_refused(&phone, GODWIT_POLICY_FORBIDS);
    assert_int_equal(phone.card_runs, 0);
}

/* ---- security mode ---- */

static void a_security_mode_that_bids_down_is_refused(void **state)
{
    godwit_radio_capability_t bent;
    (void)state;
    authenticate(AMF_FLAGGED_UMTS);
    keys_of(&vector, true);
    bent = capability;
    bent.uea = 1u << GODWIT_UEA0;
    phone.event_count = 0;
    (void)command_with(GODWIT_UEA0, bent);
    phone_expect_refused(&phone, GODWIT_POLICY_FORBIDS);
    assert_int_equal(phone.key_sets, 0);
    (void)command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
    assert_int_equal(phone.key_sets, 1);
}

static void a_cipher_under_the_floor_is_refused(void **state)
{
    (void)state;
    phone.config.eea = 0x40;
    phone_restart(&phone);
    authenticate(AMF_FLAGGED_UMTS);
    assert_int_equal(capability.uea, 1u << GODWIT_UEA2);
    keys_of(&vector, true);
    phone.event_count = 0;
    (void)command_with(GODWIT_UEA0, capability);
    phone_expect_refused(&phone, GODWIT_POLICY_FORBIDS);
}

static void a_security_mode_with_a_wrong_mac_is_not_answered(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_UMTS);
    keys_of(&vector, false);
    phone.event_count = 0;
    (void)command_with(GODWIT_UEA2, capability);
    phone_expect_refused(&phone, GODWIT_MAC_FAILURE);
    keys_of(&vector, true);
    (void)command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
}

static void a_security_mode_may_come_again_the_same_or_anew(void **state)
{
    (void)state;
    authenticate(AMF_FLAGGED_UMTS);
    keys_of(&vector, true);
    octets_t command = command_with(GODWIT_UEA2, capability);
    octets_t first = phone_take(&phone);
    phone_receive(&phone, octets_slice(&command));
    octets_t second = phone_take(&phone);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.at, second.at, first.len);
    (void)command_with(GODWIT_UEA2, capability); /* another COUNT */
    expect_mode_complete();
    assert_int_equal(phone.key_sets, 1);
    accept_attach();
    expect_attach_complete();
    accept_attach(); /* our completion was lost */
    expect_attach_complete();
}

static void before_security_nothing_else_is_taken(void **state)
{
    static const uint8_t gmm[] = {0x02, 0x05, 0x06, 0x0D, 0x0E, 0x20};
    static const uint8_t sm[] = {0x42, 0x43, 0x46, 0x48, 0x4B};
    (void)state;
    authenticate(AMF_FLAGGED_UMTS);
    for (size_t i = 0; i < sizeof gmm; i++) {
        uint8_t frame[12] = {GODWIT_RADIO_NAS, 0x08, gmm[i], 0x09};
        phone.event_count = 0;
        phone_receive(&phone, godwit_slice(frame, sizeof frame));
        phone_expect_refused(&phone, GODWIT_WRONG_STATE);
    }
    for (size_t i = 0; i < sizeof sm; i++) {
        uint8_t frame[12] = {GODWIT_RADIO_NAS, 0x8A, sm[i], 0x09};
        phone.event_count = 0;
        phone_receive(&phone, godwit_slice(frame, sizeof frame));
        phone_expect_refused(&phone, GODWIT_WRONG_STATE);
    }
    uint8_t data[4] = {GODWIT_RADIO_N_PDU, 5, 'x', 'y'};
    phone.event_count = 0;
    phone_receive(&phone, godwit_slice(data, sizeof data));
    phone_expect_refused(&phone, GODWIT_WRONG_STATE);
    assert_int_equal(phone.deliveries, 0);
}

static void after_security_nothing_plain_is_taken(void **state)
{
    (void)state;
    come_up("down");
    for (unsigned type = 0; type < 0x60; type++) {
        uint8_t gmm[40] = {GODWIT_RADIO_NAS, 0x08, (uint8_t)type, 0x09};
        uint8_t sm[40] = {GODWIT_RADIO_NAS, 0x8A, (uint8_t)type, 0x09};
        phone.event_count = 0;
        phone_receive(&phone, godwit_slice(gmm, sizeof gmm));
        assert_int_not_equal(phone_reason(&phone, "refused"), GODWIT_OK);
        phone.event_count = 0;
        phone_receive(&phone, godwit_slice(sm, sizeof sm));
        assert_int_not_equal(phone_reason(&phone, "refused"), GODWIT_OK);
        phone_expect_silence(&phone);
    }
    phone_send(&phone, "still here");
    expect_data("still here");
}

/* ---- silence and rejects ---- */

static void silence_is_met_with_so_many_sendings(void **state)
{
    (void)state;
    phone_attach(&phone);
    for (unsigned i = 0; i < 5; i++) {
        expect_attach_request();
        phone_timer(&phone);
    }
    phone_expect_silence(&phone);
    assert_true(phone_said(&phone, "given_up"));
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

static void a_reject_counts_only_with_protection(void **state)
{
    (void)state;
    godwit_gmm_reject_t m = {.cause = GODWIT_GMM_CAUSE_ILLEGAL_MS};
    BUILD(gmm, attach_reject, &m);
    authenticate(AMF_FLAGGED_UMTS);
    (void)down(&w, false);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_NOT_ENTITLED);
    assert_int_equal(phone.timer_ms, 8000);
    keys_of(&vector, true);
    (void)command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
    (void)down(&w, true);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

/* ---- N-PDUs, idle, paging ---- */

static void n_pdus_go_both_ways(void **state)
{
    (void)state;
    come_up("down");
    phone_send(&phone, "reading 1");
    expect_data("reading 1");
    data_down("shut the valve");
    assert_true(octets_equal(&phone.delivered, "shut the valve"));
    octets_t o = frame_of(GODWIT_RADIO_N_PDU, godwit_slice_of_string("once"), true);
    phone_receive(&phone, octets_slice(&o));
    phone.event_count = 0;
    phone_receive(&phone, octets_slice(&o));
    phone_expect_refused(&phone, GODWIT_REPLAY);
    assert_int_equal(phone.deliveries, 2);
}

static void n_pdus_of_another_context_are_refused(void **state)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_N_PDU, .octets = godwit_slice_of_string("x"), .nsapi = 6};
    (void)state;
    come_up("down");
    assert_int_equal(godwit_radio_protected_create(&net, &frame, &w), GODWIT_OK);
    phone.event_count = 0;
    phone_receive(&phone, godwit_written(&w));
    phone_expect_refused(&phone, GODWIT_UNKNOWN_SESSION);
    assert_int_equal(phone.deliveries, 0);
}

static void out_of_idle_the_reading_follows_the_security_mode(void **state)
{
    (void)state;
    come_up("down");
    release();
    phone_send(&phone, "reading 2");
    expect_service_request(GODWIT_GMM_SERVICE_DATA);
    phone_expect_silence(&phone);
    resume();
    expect_data("reading 2");
    assert_int_equal(phone.timer_ms, 0);
    assert_int_equal(phone.key_sets, 1);
    assert_int_equal(godwit_access_idle(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    assert_int_equal(up_frame(true).kind, GODWIT_RADIO_RELEASE);
    assert_true(godwit_access_is_idle(&phone.access));
}

static void a_page_is_answered(void **state)
{
    (void)state;
    come_up("down");
    release();
    page();
    expect_service_request(GODWIT_GMM_SERVICE_PAGING_RESPONSE);
    resume();
    data_down("wake up");
    assert_true(octets_equal(&phone.delivered, "wake up"));
}

static void a_service_request_may_lead_to_a_new_authentication(void **state)
{
    (void)state;
    come_up("down");
    release();
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_GMM_SERVICE_DATA);
    vector = phone_vector(AMF_FLAGGED_UMTS);
    (void)challenge(&vector, 7);
    expect_res(&vector, 7);
    keys_of(&vector, true);
    resume();
    expect_data("reading");
    assert_int_equal(phone.key_sets, 2);
    expect_key_set(&vector);
}

static void a_network_that_forgot_us_makes_us_attach_anew(void **state)
{
    (void)state;
    come_up("down");
    release();
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_GMM_SERVICE_DATA);
    godwit_gmm_reject_t m = {.cause = GODWIT_GMM_CAUSE_IMPLICITLY_DETACHED};
    BUILD(gmm, service_reject, &m);
    (void)down(&w, false);
    (void)expect_known_attach_request(); /* it may have the keys still */
    vector = phone_vector(AMF_FLAGGED_UMTS);
    (void)challenge(&vector, 1);
    expect_res(&vector, 1);
    keys_of(&vector, true);
    (void)command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
    accept_attach();
    expect_attach_complete();
    activate();
    expect_activate_request(CONTAINER_UP);
    accept_activation("new");
    expect_data("reading"); /* it was held all the while */
    assert_true(octets_equal(&phone.container, "new"));
}

static void a_forged_reject_costs_an_attach_and_no_key(void **state)
{
    (void)state;
    come_up("down");
    release();
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_GMM_SERVICE_DATA);
    godwit_gmm_reject_t m = {.cause = GODWIT_GMM_CAUSE_IDENTITY_UNKNOWN};
    BUILD(gmm, service_reject, &m);
    (void)down(&w, false);
    phone.event_count = 0;
    data_down("under keys that the attach is to replace");
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_UNKNOWN_KEY);
    (void)command_with(GODWIT_UEA2, capability); /* nor may they come back by a security mode */
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_UNKNOWN_KEY);
    for (unsigned i = 0; i < 5; i++) {
        expect_attach_request();
        phone_timer(&phone);
    }
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    phone_send(&phone, "under the old keys");
    expect_service_request(GODWIT_GMM_SERVICE_DATA);
    resume();
    expect_data("under the old keys");
}

static void a_release_without_protection_only_costs_a_service_request(void **state)
{
    static const uint8_t frame[1] = {GODWIT_RADIO_RELEASE};
    (void)state;
    come_up("down");
    phone_receive(&phone, godwit_slice(frame, 1));
    phone_send(&phone, "reading");
    expect_service_request(GODWIT_GMM_SERVICE_DATA);
    resume();
    expect_data("reading");
}

/* ---- modification, deactivation, detach ---- */

static void modify(const char *container)
{
    assert_int_equal(godwit_access_modify(&phone.access, godwit_slice_of_string(container), &phone.requests),
                     GODWIT_OK);
    phone_carry_out(&phone);
}

static void expect_modify_request(const char *container)
{
    godwit_sm_modify_request_ms_t m;
    assert_int_equal(godwit_sm_modify_request_ms_parse(up(true), &m), GODWIT_OK);
    expect_container(m.pco, container);
}

static void a_modification_carries_a_new_container_both_ways(void **state)
{
    uint8_t pco[64];
    (void)state;
    come_up("down");
    release();
    modify("again up");
    expect_service_request(GODWIT_GMM_SERVICE_SIGNALLING);
    resume();
    expect_modify_request("again up");
    godwit_sm_modify_accept_network_t m = {.transaction = TO_DEVICE, .pco = pco_with("again down", pco, sizeof pco)};
    BUILD(sm, modify_accept_network, &m);
    (void)down(&w, true);
    assert_true(octets_equal(&phone.container, "again down"));
    assert_true(phone_said(&phone, "modified"));
    assert_int_equal(phone.containers, 2);
    (void)down(&w, true);
    assert_int_equal(phone.containers, 2);
}

static void a_modification_that_is_refused_ends_with_an_empty_container(void **state)
{
    (void)state;
    come_up("down");
    modify("again up");
    expect_modify_request("again up");
    godwit_sm_reject_t m = {.transaction = TO_DEVICE, .cause = GODWIT_SM_CAUSE_INSUFFICIENT_RESOURCES};
    BUILD(sm, modify_reject, &m);
    (void)down(&w, true);
    assert_int_equal(phone_reason(&phone, "given_up"), GODWIT_OVERLOAD);
    assert_int_equal(phone.containers, 2);
    assert_int_equal(phone.container.len, 0);
}

static void a_context_that_the_network_does_not_have_is_given_up(void **state)
{
    (void)state;
    come_up("down");
    modify("again up");
    expect_modify_request("again up");
    godwit_sm_reject_t m = {.transaction = TO_DEVICE, .cause = GODWIT_SM_CAUSE_UNKNOWN_CONTEXT};
    BUILD(sm, modify_reject, &m);
    (void)down(&w, true);
    assert_true(phone_said(&phone, "deactivated"));
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
    activate();
    expect_activate_request(CONTAINER_UP); /* another one: what it asked for in "again up" may have been given out */
    assert_int_equal(phone.key_sets_again, 1);
    accept_activation("down");
    godwit_gmm_service_accept_t accept = {.has_contexts = true, .contexts = 1u << 5};
    for (unsigned i = 0; i < 2; i++) {
        uint8_t octets[16];
        godwit_writer_t out = godwit_writer(octets, sizeof octets);
        assert_int_equal(godwit_gmm_service_accept_build(&accept, &out), GODWIT_OK);
        (void)down(&out, true);
        assert_int_equal(godwit_access_state(&phone.access), i == 0 ? GODWIT_ACCESS_ACTIVE : GODWIT_ACCESS_ATTACHED);
        accept.contexts = 1u << 6;
    }
}

static void the_network_may_modify_and_deactivate(void **state)
{
    godwit_sm_modify_accept_ms_t modified;
    godwit_sm_deactivate_accept_t gone;
    (void)state;
    come_up("down");
    godwit_sm_modify_request_network_t change = {.transaction = TO_DEVICE, .radio_priority = 4};
    godwit_sm_deactivate_request_t end = {.transaction = TO_DEVICE, .cause = GODWIT_SM_CAUSE_REGULAR_DEACTIVATION};
    {
        BUILD(sm, modify_request_network, &change);
        (void)down(&w, true);
    }
    assert_int_equal(godwit_sm_modify_accept_ms_parse(up(true), &modified), GODWIT_OK);
    for (unsigned i = 0; i < 2; i++) { /* the second because our accept was lost */
        BUILD(sm, deactivate_request, &end);
        (void)down(&w, true);
        assert_int_equal(godwit_sm_deactivate_accept_parse(up(true), &gone), GODWIT_OK);
        assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
    }
    activate();
    expect_activate_request(CONTAINER_UP);
}

static void the_network_may_detach_us(void **state)
{
    (void)state;
    come_up("down");
    for (uint8_t type = 1; type <= 2; type++) {
        if (type == 2) {
            phone_init(&phone, GODWIT_ACCESS_UMTS);
            come_up("down");
        }
        godwit_gmm_detach_request_network_t m = {.type = type};
        BUILD(gmm, detach_request_network, &m);
        (void)down(&w, true);
        assert_int_equal(godwit_gmm_detach_accept_ms_parse(up(true)), GODWIT_OK);
        if (type == 1) {
            (void)expect_known_attach_request();
        }
        phone_expect_silence(&phone);
    }
}

static void a_detach_out_of_idle_resumes_first_and_ends_in_any_case(void **state)
{
    godwit_gmm_detach_request_ms_t m;
    (void)state;
    come_up("down");
    release();
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    expect_service_request(GODWIT_GMM_SERVICE_SIGNALLING);
    resume();
    assert_int_equal(godwit_gmm_detach_request_ms_parse(up(true), &m), GODWIT_OK);
    for (unsigned i = 1; i < 5; i++) {
        phone_timer(&phone);
        assert_int_equal(godwit_gmm_detach_request_ms_parse(up(true), &m), GODWIT_OK);
    }
    phone_timer(&phone);
    phone_expect_silence(&phone);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

#define CASE(name) cmocka_unit_test_setup(name, fresh)
/* ---- keys that outlive a detach ---- */

static void leave(void)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gmm_detach_request_ms_t m;
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    assert_int_equal(godwit_gmm_detach_request_ms_parse(up(true), &m), GODWIT_OK);
    const godwit_gmm_detach_accept_network_t accept = {.force_to_standby = false};
    assert_int_equal(godwit_gmm_detach_accept_network_build(&accept, &w), GODWIT_OK);
    (void)down(&w, true);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

static void the_next_attach_names_the_keys_of_the_last(void **state)
{
    (void)state;
    come_up("down");
    leave();
    unsigned runs = phone.card_runs;
    uint32_t next_out = phone.access.radio.next_out;
    phone_attach(&phone);
    assert_true(godwit_plmn_equal(expect_known_attach_request().old_rai.plmn, phone.config.serving_network));
    (void)command_with(GODWIT_UEA2, capability);
    assert_int_equal(phone.access.radio.next_out, next_out + 1); /* COUNT goes on under a new FRESH */
    expect_mode_complete();
    assert_true(phone_said(&phone, "context_reused"));
    assert_int_equal(phone.key_sets, 1);
    assert_int_equal(phone.key_sets_again, 1);
    (void)command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
    assert_int_equal(phone.key_sets_again, 1);
    accept_attach();
    expect_attach_complete();
    activate();
    expect_activate_request(CONTAINER_UP);
    accept_activation("again");
    assert_true(octets_equal(&phone.container, "again"));
    assert_int_equal(phone.card_runs, runs);
    leave();
    phone_attach(&phone);
    (void)expect_known_attach_request();
}

static void a_command_from_before_does_not_count_again(void **state)
{
    (void)state;
    secure(AMF_FLAGGED_UMTS, true);
    accept_attach();
    expect_attach_complete();
    octets_t again = command_with(GODWIT_UEA2, capability);
    expect_mode_complete();
    leave();
    phone_attach(&phone);
    (void)expect_known_attach_request();
    memset(phone.access.answered, 0, sizeof phone.access.answered); /* else it gets the answer that it had */
    phone_receive(&phone, octets_slice(&again));
    phone_expect_refused(&phone, GODWIT_REPLAY);
    assert_int_equal(phone.key_sets_again, 0);
}

static void a_network_that_does_not_have_the_keys_is_asked_without(void **state)
{
    (void)state;
    for (int how = 0; how < 3; how++) {
        godwit_gmm_reject_t m = {.cause = GODWIT_GMM_CAUSE_IMPLICITLY_DETACHED};
        BUILD(gmm, attach_reject, &m);
        (void)fresh(NULL);
        come_up("down");
        leave();
        phone_attach(&phone);
        (void)expect_known_attach_request();
        if (how == 0) { /* silence */
            phone_timer(&phone);
            (void)expect_known_attach_request();
        } else if (how == 1) {
            (void)down(&w, false);
        } else { /* the P-TMSI and CKSN of somebody else: his keys */
            godwit_radio_security_t ours = net;
            static const uint8_t others[16] = {1};
            godwit_radio_security_init(&net, CRYPTO, others, others, true);
            (void)command_with(GODWIT_UEA2, capability);
            phone_expect_refused(&phone, GODWIT_MAC_FAILURE);
            net = ours;
            phone_timer(&phone);
            (void)expect_known_attach_request();
        }
        phone_timer(&phone);
        expect_attach_request();
        vector = phone_vector(AMF_FLAGGED_UMTS);
        (void)challenge(&vector, 1);
        expect_res(&vector, 1);
        keys_of(&vector, true);
        (void)command_with(GODWIT_UEA2, capability);
        expect_mode_complete();
        accept_attach();
        expect_attach_complete();
        assert_int_equal(phone.key_sets, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_capable_card_gives_the_key_set_and_the_container_travels),
        CASE(a_me_derives_for_a_card_that_cannot),
        CASE(a_flagged_vector_changes_the_keys_of_the_access_whoever_wants_them),
        CASE(a_vector_that_is_not_flagged_attaches_and_the_owner_falls_back),
        CASE(a_device_that_does_not_derive_cannot_use_a_flagged_vector),
        CASE(a_container_that_is_stripped_on_its_way_is_seen_as_empty),
        CASE(solution_2_puts_nothing_into_the_pco),
        CASE(nothing_secret_stays_but_what_is_in_use),
        CASE(activation_waits_for_the_container_and_the_attach),
        CASE(an_activation_that_is_refused_leaves_the_device_attached),
        CASE(a_wrong_or_stale_autn_is_answered),
        CASE(a_vector_for_the_other_system_or_of_gsm_is_refused),
        CASE(a_security_mode_that_bids_down_is_refused),
        CASE(a_cipher_under_the_floor_is_refused),
        CASE(a_security_mode_with_a_wrong_mac_is_not_answered),
        CASE(a_security_mode_may_come_again_the_same_or_anew),
        CASE(before_security_nothing_else_is_taken),
        CASE(after_security_nothing_plain_is_taken),
        CASE(silence_is_met_with_so_many_sendings),
        CASE(a_reject_counts_only_with_protection),
        CASE(n_pdus_go_both_ways),
        CASE(n_pdus_of_another_context_are_refused),
        CASE(out_of_idle_the_reading_follows_the_security_mode),
        CASE(a_page_is_answered),
        CASE(a_service_request_may_lead_to_a_new_authentication),
        CASE(a_network_that_forgot_us_makes_us_attach_anew),
        CASE(a_forged_reject_costs_an_attach_and_no_key),
        CASE(a_release_without_protection_only_costs_a_service_request),
        CASE(a_modification_carries_a_new_container_both_ways),
        CASE(a_modification_that_is_refused_ends_with_an_empty_container),
        CASE(a_context_that_the_network_does_not_have_is_given_up),
        CASE(the_network_may_modify_and_deactivate),
        CASE(the_network_may_detach_us),
        CASE(a_detach_out_of_idle_resumes_first_and_ends_in_any_case),
        CASE(the_next_attach_names_the_keys_of_the_last),
        CASE(a_command_from_before_does_not_count_again),
        CASE(a_network_that_does_not_have_the_keys_is_asked_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
