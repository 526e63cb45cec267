/* SPDX-License-Identifier: Apache-2.0
 *
 * What core/wire reads of Diameter from a peer: every command's parser is given the same octets. What is accepted is
 * built again and must be accepted again with the same meaning.
 */
#include "core/wire/ek_e2e.h"
#include "core/wire/s6a.h"
#include "core/wire/s6m.h"
#include "core/wire/sgd.h"
#include "core/wire/t4.h"
#include "core/wire/t5.h"
#include "core/wire/tsp.h"
#include "core/wire/zh.h"
#include "core/wire/zn.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Room for a request and its echo: Session-Id, hosts and Proxy-Info are as long as the input had them. */
static uint8_t room[256 * 1024];

static godwit_slice_t written(const godwit_writer_t *w, godwit_status_t status)
{
    check(status == GODWIT_OK);
    return godwit_written(w);
}

static void refuse(godwit_slice_t octets, const godwit_diameter_command_t *answer, const godwit_diameter_fault_t *fault)
{
    godwit_writer_t w = godwit_writer(room, sizeof room);
    check(fault->result_code >= 3000);
    godwit_status_t status = godwit_diameter_refusal_build(octets, answer, godwit_slice_of_string("hss.home.example"),
                                                           godwit_slice_of_string("home.example"), fault, &w);
    check(status == GODWIT_OK || fault->result_code == GODWIT_DIAMETER_INVALID_MESSAGE_LENGTH);
}

static void air(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_auth_info_request_t r, again;
    godwit_diameter_fault_t fault;
    if (godwit_s6a_air_parse(octets, &e, &r, &fault) != GODWIT_OK) {
        refuse(octets, &godwit_s6a_aia, &fault);
        return;
    }
    godwit_writer_t w = godwit_writer(room, sizeof room);
    godwit_slice_t built = written(&w, godwit_s6a_air_build(&e, &r, &w));
    check(godwit_s6a_air_parse(built, &e, &again, &fault) == GODWIT_OK && memcmp(&r, &again, sizeof r) == 0);
}

static void aia(godwit_slice_t octets, godwit_vector_kind_t kind)
{
    godwit_diameter_envelope_t e;
    godwit_auth_info_answer_t a, again;
    if (godwit_s6a_aia_parse(octets, kind, &e, &a) == GODWIT_OK) {
        godwit_writer_t w = godwit_writer(room, sizeof room);
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_s6a_aia_build(&e, &a, &w));
        check(godwit_s6a_aia_parse(built, kind, &e, &again) == GODWIT_OK && memcmp(&a, &again, sizeof a) == 0);
    }
}

static void ek_request(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_key_request_t r, again;
    godwit_diameter_fault_t fault;
    if (godwit_ek_key_request_parse(octets, &e, &r, &fault) != GODWIT_OK) {
        refuse(octets, &godwit_ek_key_answer, &fault);
        return;
    }
    godwit_writer_t w = godwit_writer(room, sizeof room);
    godwit_slice_t built = written(&w, godwit_ek_key_request_build(&e, &r, &w));
    check(godwit_ek_key_request_parse(built, &e, &again, &fault) == GODWIT_OK && memcmp(&r, &again, sizeof r) == 0);
}

static void ek_confirm(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_key_confirm_t c, again;
    godwit_diameter_fault_t fault;
    if (godwit_ek_confirm_request_parse(octets, &e, &c, &fault) != GODWIT_OK) {
        refuse(octets, &godwit_ek_confirm_answer, &fault);
        return;
    }
    godwit_writer_t w = godwit_writer(room, sizeof room);
    godwit_slice_t built = written(&w, godwit_ek_confirm_request_build(&e, &c, &w));
    check(godwit_ek_confirm_request_parse(built, &e, &again, &fault) == GODWIT_OK && memcmp(&c, &again, sizeof c) == 0);
}

/* What can be read can be written, and reads the same. */
#define BOTH_WAYS(what, type)                                                                                          \
    static void what(godwit_slice_t octets)                                                                            \
    {                                                                                                                  \
        godwit_diameter_envelope_t e;                                                                                  \
        type m, again;                                                                                                 \
        godwit_diameter_fault_t fault;                                                                                 \
        if (godwit_ek_##what##_parse(octets, &e, &m, &fault) != GODWIT_OK) {                                           \
            refuse(octets, &godwit_ek_key_answer, &fault);                                                             \
            return;                                                                                                    \
        }                                                                                                              \
        godwit_writer_t w = godwit_writer(room, sizeof room);                                                          \
        godwit_slice_t built = written(&w, godwit_ek_##what##_build(&e, &m, &w));                                      \
        check(godwit_ek_##what##_parse(built, &e, &again, &fault) == GODWIT_OK && memcmp(&m, &again, sizeof m) == 0);  \
    }

BOTH_WAYS(key_push, godwit_key_push_t)
BOTH_WAYS(key_set_push, godwit_key_set_push_t)
BOTH_WAYS(key_park, godwit_key_park_t)
BOTH_WAYS(activation, godwit_activation_t)
BOTH_WAYS(bearer, godwit_bearer_t)
BOTH_WAYS(e2e_session, godwit_e2e_session_request_t)
BOTH_WAYS(e2e_renew, godwit_e2e_renew_t)
BOTH_WAYS(e2e_key, godwit_e2e_key_request_t)

static void ek_e2m(godwit_slice_t octets)
{
    (void)godwit_ek_purpose(octets);
    key_push(octets);
    key_set_push(octets);
    key_park(octets);
    activation(octets);
    bearer(octets);
    e2e_session(octets);
    e2e_renew(octets);
    e2e_key(octets);
}

static void bearer_answer(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_bearer_answer_t a, again;
    if (godwit_ek_bearer_answer_parse(octets, &e, &a) == GODWIT_OK) {
        godwit_writer_t w = godwit_writer(room, sizeof room);
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_ek_bearer_answer_build(&e, &a, &w));
        check(godwit_ek_bearer_answer_parse(built, &e, &again) == GODWIT_OK && a.status == again.status);
    }
}

static void e2e_answers(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_e2e_session_answer_t s, s_again;
    godwit_e2e_key_answer_t k, k_again;
    if (godwit_ek_e2e_session_answer_parse(octets, &e, &s) == GODWIT_OK) {
        godwit_writer_t w = godwit_writer(room, sizeof room);
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_ek_e2e_session_answer_build(&e, &s, &w));
        check(godwit_ek_e2e_session_answer_parse(built, &e, &s_again) == GODWIT_OK && s.terms.age == s_again.terms.age);
    }
    if (godwit_ek_e2e_key_answer_parse(octets, &e, &k) == GODWIT_OK) {
        check(k.status != GODWIT_OK || k.age != 0);
        godwit_writer_t w = godwit_writer(room, sizeof room);
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_ek_e2e_key_answer_build(&e, &k, &w));
        check(godwit_ek_e2e_key_answer_parse(built, &e, &k_again) == GODWIT_OK && k.age == k_again.age);
    }
}

static void ek_answers(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_key_answer_t a, again;
    godwit_status_t outcome;
    if (godwit_ek_key_answer_parse(octets, &e, &a) == GODWIT_OK) {
        godwit_writer_t w = godwit_writer(room, sizeof room);
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_ek_key_answer_build(&e, &a, &w));
        check(godwit_ek_key_answer_parse(built, &e, &again) == GODWIT_OK && a.status == again.status);
    }
    (void)!godwit_ek_confirm_answer_parse(octets, &e, &outcome);
    (void)!godwit_ek_outcome_parse(octets, &e, &outcome);
    bearer_answer(octets);
    e2e_answers(octets);
}

/* Zh and Zn (TS 29.109). */
static void gaa_requests(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
    godwit_zh_request_t mar, mar_again;
    godwit_zn_request_t bir, bir_again;
    godwit_writer_t w = godwit_writer(room, sizeof room);
    if (godwit_zh_mar_parse(octets, &e, &mar, &fault) == GODWIT_OK) {
        godwit_slice_t built = written(&w, godwit_zh_mar_build(&e, &mar, &w));
        check(godwit_zh_mar_parse(built, &e, &mar_again, &fault) == GODWIT_OK &&
              memcmp(&mar, &mar_again, sizeof mar) == 0);
    } else {
        refuse(octets, &godwit_zh_maa, &fault);
    }
    w = godwit_writer(room, sizeof room);
    if (godwit_zn_bir_parse(octets, &e, &bir, &fault) == GODWIT_OK) {
        godwit_slice_t built = written(&w, godwit_zn_bir_build(&e, &bir, &w));
        check(godwit_zn_bir_parse(built, &e, &bir_again, &fault) == GODWIT_OK &&
              memcmp(&bir, &bir_again, sizeof bir) == 0);
    } else {
        refuse(octets, &godwit_zn_bia, &fault);
    }
}

static void gaa_answers(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_zh_answer_t maa, maa_again;
    godwit_zn_answer_t bia, bia_again;
    godwit_writer_t w = godwit_writer(room, sizeof room);
    if (godwit_zh_maa_parse(octets, &e, &maa) == GODWIT_OK) {
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_zh_maa_build(&e, &maa, &w));
        check(godwit_zh_maa_parse(built, &e, &maa_again) == GODWIT_OK && memcmp(&maa, &maa_again, sizeof maa) == 0);
    }
    w = godwit_writer(room, sizeof room);
    if (godwit_zn_bia_parse(octets, &e, &bia) == GODWIT_OK) {
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_zn_bia_build(&e, &bia, &w));
        check(godwit_zn_bia_parse(built, &e, &bia_again) == GODWIT_OK && memcmp(&bia, &bia_again, sizeof bia) == 0);
    }
}

/* SGd (TS 29.338). */
static void sgd(godwit_slice_t octets, bool up)
{
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
    godwit_short_message_t message, again;
    godwit_status_t outcome, outcome_again;
    godwit_writer_t w = godwit_writer(room, sizeof room);
    if (godwit_sgd_request_parse(octets, up, &e, &message, &fault) == GODWIT_OK) {
        godwit_slice_t built = written(&w, godwit_sgd_request_build(&e, up, &message, &w));
        check(godwit_sgd_request_parse(built, up, &e, &again, &fault) == GODWIT_OK &&
              memcmp(&message, &again, sizeof again) == 0);
    }
    w = godwit_writer(room, sizeof room);
    if (godwit_sgd_answer_parse(octets, up, &e, &outcome) == GODWIT_OK) {
        e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");
        godwit_slice_t built = written(&w, godwit_sgd_answer_build(&e, up, outcome, &w));
        check(godwit_sgd_answer_parse(built, up, &e, &outcome_again) == GODWIT_OK && outcome == outcome_again);
    }
}

/* A request of device triggering, and an answer. */
#define REQUEST_BOTH_WAYS(what, type, answer)                                                                          \
    static void what(godwit_slice_t octets)                                                                            \
    {                                                                                                                  \
        godwit_diameter_envelope_t e;                                                                                  \
        type m, again;                                                                                                 \
        godwit_diameter_fault_t fault;                                                                                 \
        if (godwit_##what##_parse(octets, &e, &m, &fault) != GODWIT_OK) {                                              \
            refuse(octets, &answer, &fault);                                                                           \
            return;                                                                                                    \
        }                                                                                                              \
        godwit_writer_t w = godwit_writer(room, sizeof room);                                                          \
        godwit_slice_t built = written(&w, godwit_##what##_build(&e, &m, &w));                                         \
        check(godwit_##what##_parse(built, &e, &again, &fault) == GODWIT_OK && memcmp(&m, &again, sizeof m) == 0);     \
    }
#define ANSWER_BOTH_WAYS(what, type)                                                                                   \
    static void what(godwit_slice_t octets)                                                                            \
    {                                                                                                                  \
        godwit_diameter_envelope_t e;                                                                                  \
        type m, again;                                                                                                 \
        if (godwit_##what##_parse(octets, &e, &m) == GODWIT_OK) {                                                      \
            godwit_writer_t w = godwit_writer(room, sizeof room);                                                      \
            e.session_id = e.session_id.len ? e.session_id : godwit_slice_of_string("s");                              \
            godwit_slice_t built = written(&w, godwit_##what##_build(&e, &m, &w));                                     \
            check(godwit_##what##_parse(built, &e, &again) == GODWIT_OK);                                              \
        }                                                                                                              \
    }
REQUEST_BOTH_WAYS(tsp_dnr, godwit_device_notification_t, godwit_tsp_dna)
REQUEST_BOTH_WAYS(t4_dtr, godwit_t4_trigger_t, godwit_t4_dta)
REQUEST_BOTH_WAYS(t4_drr, godwit_t4_report_t, godwit_t4_dra)
REQUEST_BOTH_WAYS(t5_down, godwit_t5_down_t, godwit_t5_answer)
REQUEST_BOTH_WAYS(t5_key, godwit_iwf_key_request_t, godwit_t5_answer)
REQUEST_BOTH_WAYS(s6m_sir, godwit_subscriber_info_request_t, godwit_s6m_sia)
ANSWER_BOTH_WAYS(s6m_sia, godwit_subscriber_info_answer_t)
ANSWER_BOTH_WAYS(s6a_ula, godwit_location_update_answer_t)
ANSWER_BOTH_WAYS(t5_up_answer, godwit_t5_up_answer_t)
ANSWER_BOTH_WAYS(t5_key_answer, godwit_iwf_key_answer_t)

/* One that is too long is read, for the MTC-IWF to refuse, and not written. */
static void tsp_dar(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_device_action_t m, again;
    godwit_diameter_fault_t fault;
    if (godwit_tsp_dar_parse(octets, &e, &m, &fault) != GODWIT_OK) {
        refuse(octets, &godwit_tsp_daa, &fault);
        return;
    }
    m.too_long = false;
    godwit_writer_t w = godwit_writer(room, sizeof room);
    godwit_slice_t built = written(&w, godwit_tsp_dar_build(&e, &m, &w));
    check(godwit_tsp_dar_parse(built, &e, &again, &fault) == GODWIT_OK && memcmp(&m, &again, sizeof m) == 0);
}

/* A refusal by Diameter itself names no action, and is not written. */
static void tsp_daa(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_device_action_answer_t m, again;
    if (godwit_tsp_daa_parse(octets, &e, &m) == GODWIT_OK && m.action != 0) {
        godwit_writer_t w = godwit_writer(room, sizeof room);
        godwit_slice_t built = written(&w, godwit_tsp_daa_build(&e, &m, &w));
        check(godwit_tsp_daa_parse(built, &e, &again) == GODWIT_OK && memcmp(&m, &again, sizeof m) == 0);
    }
}

static void s6a_ulr(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_location_update_t m, again;
    uint8_t node, node_again;
    godwit_diameter_fault_t fault;
    if (godwit_s6a_ulr_parse(octets, &e, &node, &m, &fault) != GODWIT_OK) {
        refuse(octets, &godwit_s6a_ula, &fault);
        return;
    }
    godwit_writer_t w = godwit_writer(room, sizeof room);
    godwit_slice_t built = written(&w, godwit_s6a_ulr_build(&e, node, &m, &w));
    check(godwit_s6a_ulr_parse(built, &e, &node_again, &again, &fault) == GODWIT_OK &&
          memcmp(&m, &again, sizeof m) == 0 && node == node_again);
}

static void t5_up(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_t5_up_t m, again;
    uint8_t node, node_again;
    godwit_diameter_fault_t fault;
    (void)godwit_t5_message(octets);
    if (godwit_t5_up_parse(octets, &e, &m, &node, &fault) != GODWIT_OK) {
        refuse(octets, &godwit_t5_answer, &fault);
        return;
    }
    godwit_writer_t w = godwit_writer(room, sizeof room);
    godwit_slice_t built = written(&w, godwit_t5_up_build(&e, &m, node, &w));
    check(godwit_t5_up_parse(built, &e, &again, &node_again, &fault) == GODWIT_OK &&
          memcmp(&m, &again, sizeof m) == 0 && node == node_again);
}

static void outcomes(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_status_t outcome;
    (void)!godwit_tsp_dna_parse(octets, &e, &outcome);
    (void)!godwit_t5_outcome_parse(octets, &e, &outcome);
    (void)!godwit_t4_answer_parse(octets, true, &e, &outcome);
    (void)!godwit_t4_answer_parse(octets, false, &e, &outcome);
}

static void triggers(godwit_slice_t octets)
{
    s6m_sir(octets);
    s6m_sia(octets);
    s6a_ulr(octets);
    s6a_ula(octets);
    tsp_dar(octets);
    tsp_dnr(octets);
    t4_dtr(octets);
    t4_drr(octets);
    t5_down(octets);
    t5_up(octets);
    t5_key(octets);
    tsp_daa(octets);
    t5_up_answer(octets);
    t5_key_answer(octets);
    outcomes(octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_slice_t octets = godwit_slice(data, size);
    if (size <= sizeof room / 4) {
        air(octets);
        aia(octets, GODWIT_VECTOR_EUTRAN);
        aia(octets, GODWIT_VECTOR_UTRAN);
        ek_request(octets);
        ek_confirm(octets);
        ek_e2m(octets);
        ek_answers(octets);
        gaa_requests(octets);
        gaa_answers(octets);
        sgd(octets, true);
        sgd(octets, false);
        triggers(octets);
    }
    return 0;
}
