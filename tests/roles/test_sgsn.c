/* SPDX-License-Identifier: Apache-2.0
 *
 * The SGSN: attach, authentication, security mode, idle, paging, detach. What is not protected moves no device that is
 * registered, and nothing of a dialogue that it cannot prove to belong to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/sgsn_world.h"

static sgsn_world_t w;
static sgsn_device_t *const d = &w.device;

static int setup(void **state)
{
    (void)state;
    sgsn_world_init(&w);
    return 0;
}

static const godwit_sgsn_ue_t *row_of(const sgsn_device_t *device, godwit_sgsn_state_t state)
{
    for (size_t i = 0; i < SGSN_UES; i++) {
        if (w.ues[i].state == state && godwit_imsi_equal(&w.ues[i].imsi, &device->imsi)) {
            return &w.ues[i];
        }
    }
    return NULL;
}

static size_t rows_in(godwit_sgsn_state_t state)
{
    size_t count = 0;
    for (size_t i = 0; i < SGSN_UES; i++) {
        count += w.ues[i].state == state;
    }
    return count;
}

/* ---- attach ---- */

static void a_device_attaches(void **state)
{
    (void)state;
    sgsn_attach_request(&w, d);
    const godwit_auth_info_request_t *asked =
        &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_int_equal(asked->kind, GODWIT_VECTOR_UTRAN);
    assert_int_equal(asked->vectors, 1);
    assert_true(godwit_imsi_equal(&asked->imsi, &d->imsi) && godwit_plmn_equal(asked->visited_plmn, w.config.plmn));
    assert_true(asked->e2m_aware && asked->policy_version == 7 && !asked->resync);
    setup(NULL);
    sgsn_attach(&w, d);
    const godwit_sgsn_ue_t *ue = row_of(d, GODWIT_SGSN_REGISTERED);
    assert_non_null(ue);
    assert_true(ue->connected && ue->e2m && ue->p_tmsi == d->p_tmsi && ue->waiting == GODWIT_SGSN_NOTHING);
    static const uint8_t zero[16];
    assert_memory_equal(ue->ck, zero, 16); /* they live in the security context alone */
    assert_memory_equal(ue->xres, zero, 16);
}

static void an_unaware_sgsn_says_and_hears_nothing_of_ours(void **state)
{
    (void)state;
    w.config.unaware = true;
    sgsn_restart(&w);
    sgsn_attach_request(&w, d);
    const godwit_auth_info_request_t *asked =
        &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(!asked->e2m_aware && asked->policy_version == 0);
    sgsn_restart(&w);
    sgsn_attach(&w, d);
    assert_false(row_of(d, GODWIT_SGSN_REGISTERED)->e2m);
}

static void a_device_without_a_name_is_asked_for_it(void **state)
{
    (void)state;
    uint8_t octets[32];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gmm_identity_response_t m = {.identity = {.kind = GODWIT_GMM_IDENTITY_IMSI, .imsi = d->imsi}};
    d->p_tmsi = 0xC0ABCDEF;
    sgsn_attach_request(&w, d);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_IDENTITY_REQUEST);
    sgsn_attach_request(&w, d); /* again: asked again, no second row */
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_IDENTITY_REQUEST);
    assert_int_equal(rows_in(GODWIT_SGSN_DIALOGUE), 1);
    assert_int_equal(godwit_gmm_identity_response_build(&m, &v), GODWIT_OK);
    sgsn_up_nas(&w, d, &v);
    const godwit_imsi_t imsi = owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request.imsi;
    assert_true(godwit_imsi_equal(&imsi, &d->imsi));
}

static void what_the_home_refuses_ends_in_a_reject_with_a_cause(void **state)
{
    (void)state;
    static const struct {
        godwit_status_t status;
        uint8_t cause;
    } rows[] = {{GODWIT_UNKNOWN_SUBSCRIBER, 8},
                {GODWIT_NOT_ENTITLED, 15},
                {GODWIT_POLICY_FORBIDS, 7},
                {GODWIT_OVERLOAD, 22},
                {GODWIT_PEER_INTERNAL, 17}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        godwit_auth_info_answer_t answer;
        godwit_gmm_reject_t reject;
        memset(&answer, 0, sizeof answer);
        answer.status = rows[i].status;
        sgsn_attach_request(&w, d);
        sgsn_answer_vector(&w, &answer);
        assert_int_equal(godwit_gmm_attach_reject_parse(sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_REJECT), &reject),
                         GODWIT_OK);
        assert_int_equal(reject.cause, rows[i].cause);
        assert_true(owner_saw(&w.owner, "attach_refused", rows[i].status));
        assert_int_equal(w.sgsn.top, 0);
    }
    sgsn_attach_request(&w, d);
    owner_give_timer(&w.owner, 0); /* no answer at all */
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_PEER_INTERNAL));
    assert_int_equal(w.sgsn.top, 0);
}

static void an_e_utran_vector_is_not_used(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = sgsn_vector();
    answer.kind = GODWIT_VECTOR_EUTRAN;
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_PEER_INTERNAL));
}

static void a_wrong_res_gets_no_keys_and_the_right_one_still_does(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, d, (const uint8_t *)"\xA5\x42\x11\xD5\xE3\xBA\x50\xBE", 8);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_AUTH_MAC_FAILURE));
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_RADIO));
    owner_give_timer(&w.owner, 0);
    sgsn_respond(&w, d, sgsn_xres, 4); /* its beginning is not it */
    assert_true(owner_saw(&w.owner, "refused", GODWIT_AUTH_MAC_FAILURE));
    owner_give_timer(&w.owner, 0);
    uint8_t longer[16] = {0};
    memcpy(longer, sgsn_xres, sizeof sgsn_xres);
    sgsn_respond(&w, d, longer, sizeof longer); /* nor is it with more behind it */
    assert_true(owner_saw(&w.owner, "refused", GODWIT_AUTH_MAC_FAILURE));
    owner_give_timer(&w.owner, 0);
    sgsn_respond(&w, d, sgsn_xres, 8);
    sgsn_complete_security(&w, d);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_ACCEPT);
}

static void wrong_answers_until_the_end_are_rejected_by_name(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, d, (const uint8_t *)"nonsense", 8);
    sgsn_expire(&w, 0);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_AUTHENTICATION_REJECT);
    assert_true(owner_saw(&w.owner, "authentication_failed", GODWIT_AUTH_MAC_FAILURE));
    assert_int_equal(w.sgsn.top, 0);
}

static void resynchronise(void)
{
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gmm_authentication_failure_t failure = {.cause = GODWIT_GMM_CAUSE_SYNCH_FAILURE, .has_auts = true};
    memset(failure.auts, 0xAA, sizeof failure.auts);
    assert_int_equal(godwit_gmm_authentication_failure_build(&failure, &v), GODWIT_OK);
    sgsn_up_nas(&w, d, &v);
}

static void a_device_out_of_step_is_resynchronised_through_the_home(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    resynchronise();
    const godwit_auth_info_request_t *asked =
        &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(asked->resync);
    assert_memory_equal(asked->rand, sgsn_rand, 16);
    assert_int_equal(asked->auts[13], 0xAA);
    sgsn_answer_vector(&w, &answer);
    assert_true(owner_saw(&w.owner, "resynchronised", GODWIT_OK));
    sgsn_respond(&w, d, sgsn_xres, 8);
    sgsn_complete_security(&w, d);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_ACCEPT);
}

static void a_forged_auts_does_not_end_the_dialogue_and_costs_the_home_two_looks_at_most(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    godwit_auth_info_answer_t refusal = {.status = GODWIT_AUTH_MAC_FAILURE};
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    for (unsigned i = 0; i < 2; i++) {
        resynchronise();
        sgsn_answer_vector(&w, &refusal);
        assert_true(owner_saw(&w.owner, "refused", GODWIT_AUTH_MAC_FAILURE));
    }
    resynchronise();
    assert_null(owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    owner_give_timer(&w.owner, 0);
    sgsn_respond(&w, d, sgsn_xres, 8);
    sgsn_complete_security(&w, d);
}

/* ---- security mode ---- */

static void a_device_that_ignored_the_flag_fails_the_security_mode_and_the_event_says_why(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector(); /* CK', IK'; the device has CK, IK */
    godwit_gmm_reject_t reject;
    memset(d->ck, 1, sizeof d->ck);
    memset(d->ik, 2, sizeof d->ik);
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, d, sgsn_xres, 8); /* RES is right: it is the keys that differ */
    const godwit_request_t *command = sgsn_sent(&w, GODWIT_PORT_RADIO, &d->address, 0);
    godwit_radio_frame_t inner;
    assert_int_equal(godwit_radio_protected_consume(&d->security, command->octets, d->buffer, &inner),
                     GODWIT_MAC_FAILURE);
    sgsn_expire(&w, 0);
    assert_true(owner_saw(&w.owner, "security_mode_failed", GODWIT_UNKNOWN_KEY));
    assert_int_equal(godwit_gmm_attach_reject_parse(sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_REJECT), &reject),
                     GODWIT_OK);
    assert_int_equal(reject.cause, GODWIT_GMM_CAUSE_NETWORK_FAILURE);
    assert_int_equal(w.sgsn.top, 0);
}

static void an_answer_under_other_keys_is_named_too(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    const godwit_radio_frame_t complete = {.kind = GODWIT_RADIO_COMPLETE};
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, d, sgsn_xres, 8);
    (void)sgsn_down(&w, d, 0);
    memset(d->security.ik, 2, 16);
    sgsn_up_protected(&w, d, &complete);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MAC_FAILURE));
    sgsn_expire(&w, 0);
    assert_true(owner_saw(&w.owner, "security_mode_failed", GODWIT_MAC_FAILURE));
}

static void a_lost_command_or_complete_is_made_up_for(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, d, sgsn_xres, 8);
    owner_give_timer(&w.owner, 0); /* the first one was lost */
    godwit_radio_frame_t first = sgsn_down(&w, d, 0);
    owner_give_timer(&w.owner, 0); /* and so was the complete */
    godwit_radio_frame_t second = sgsn_down(&w, d, 0);
    assert_int_equal(first.command.fresh, second.command.fresh);
    sgsn_up_protected(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_COMPLETE});
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_ACCEPT);
    assert_int_equal(row_of(d, GODWIT_SGSN_REGISTERED)->security.next_out, 4);
}

static void capabilities_bid_down_show_in_the_command(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    w.config.uea_order[0] = GODWIT_UEA2;
    w.config.uea_order[1] = GODWIT_UEA0;
    w.config.uea_count = 2;
    sgsn_restart(&w);
    sgsn_device_t bent = *d;
    bent.capability.uea = 1U << GODWIT_UEA0; /* somebody on the way */
    sgsn_attach_request(&w, &bent);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, d, sgsn_xres, 8);
    godwit_radio_frame_t command = sgsn_down(&w, d, 0);
    assert_int_equal(command.command.uea, GODWIT_UEA0);
    assert_memory_not_equal(&command.command.capability, &d->capability, sizeof d->capability);
}

static void no_common_algorithm_is_refused_before_the_home_is_asked(void **state)
{
    (void)state;
    d->capability.uea = 1U << GODWIT_UEA0; /* ciphering is not to be had, and policy has not allowed that */
    sgsn_attach_request(&w, d);
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_UNSUPPORTED_SUITE));
    assert_null(owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_REJECT);
}

/* ---- registered ---- */

static void a_lost_attach_accept_or_complete_is_made_up_for(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    sgsn_attach_request(&w, d);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, d, sgsn_xres, 8);
    sgsn_complete_security(&w, d);
    for (unsigned i = 0; i < 3; i++) {
        owner_give_timer(&w.owner, 0);
        (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_ACCEPT);
        sgsn_attach_request(&w, d); /* the device asks again before it has heard anything: no second challenge */
        sgsn_complete_security(&w, d);
        (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_ACCEPT);
        assert_int_equal(rows_in(GODWIT_SGSN_DIALOGUE), 0);
    }
    owner_give_timer(&w.owner, 0);
    assert_true(owner_saw(&w.owner, "attached", GODWIT_OK)); /* it is proved; the complete was only lost */
}

static void an_attach_by_a_stranger_touches_no_registered_device(void **state)
{
    (void)state;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    sgsn_attach(&w, d);
    sgsn_activate(&w, d);
    const godwit_sgsn_ue_t before = *row_of(d, GODWIT_SGSN_REGISTERED);
    sgsn_device_t stranger = sgsn_device_number(9);
    stranger.imsi = d->imsi;
    sgsn_attach_request(&w, &stranger);
    sgsn_answer_vector(&w, &answer);
    sgsn_respond(&w, &stranger, (const uint8_t *)"nonsense", 8);
    sgsn_expire(&w, 1);
    stranger.p_tmsi = d->p_tmsi; /* by name */
    sgsn_attach_request(&w, &stranger);
    const godwit_sgsn_ue_t *after = row_of(d, GODWIT_SGSN_REGISTERED);
    assert_memory_equal(after, &before, sizeof before);
}

static void a_new_attach_replaces_the_old_one_when_it_is_proved(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    sgsn_activate(&w, d);
    sgsn_device_t again = sgsn_device_number(1);
    uint8_t cksn = d->cksn;
    again.address = owner_address(77);
    sgsn_attach(&w, &again);
    assert_int_equal(rows_in(GODWIT_SGSN_REGISTERED), 1);
    assert_int_not_equal(again.cksn, cksn);
    assert_int_equal(row_of(d, GODWIT_SGSN_REGISTERED)->context[0].state, GODWIT_SGSN_CONTEXT_FREE);
}

static void frames_without_protection_are_not_believed(void **state)
{
    (void)state;
    static const uint8_t messages[][3] = {{0x08, 0x03, 0}, {0x0A, 0x46, 0x24}, {0x08, 0x06, 0}, {0x08, 0x0D, 0}};
    sgsn_attach(&w, d);
    sgsn_activate(&w, d);
    const godwit_sgsn_ue_t before = *row_of(d, GODWIT_SGSN_REGISTERED);
    sgsn_up(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_RELEASE});
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    sgsn_up(&w, d,
            &(godwit_radio_frame_t){.kind = GODWIT_RADIO_N_PDU, .nsapi = 5, .octets = godwit_slice_of_string("x")});
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPU));
    for (size_t i = 0; i < 4; i++) {
        sgsn_up(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_NAS, .octets = godwit_slice(messages[i], 3)});
        assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    }
    assert_memory_equal(row_of(d, GODWIT_SGSN_REGISTERED), &before, sizeof before);
}

static void a_repeated_or_bent_frame_moves_nothing(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    sgsn_attach(&w, d);
    const godwit_radio_frame_t release = {.kind = GODWIT_RADIO_RELEASE};
    assert_int_equal(godwit_radio_protected_create(&d->security, &release, &v), GODWIT_OK);
    const godwit_sgsn_ue_t before = *row_of(d, GODWIT_SGSN_REGISTERED);
    for (size_t i = 1; i < v.len; i++) {
        octets[i] ^= 0x10;
        sgsn_give(&w, &d->address, GODWIT_PORT_RADIO, godwit_written(&v));
        octets[i] ^= 0x10;
        assert_memory_equal(row_of(d, GODWIT_SGSN_REGISTERED), &before, sizeof before);
    }
    sgsn_give(&w, &d->address, GODWIT_PORT_RADIO, godwit_written(&v));
    assert_true(owner_saw(&w.owner, "idle", GODWIT_OK));
    sgsn_give(&w, &d->address, GODWIT_PORT_RADIO, godwit_written(&v));
    assert_true(owner_saw(&w.owner, "refused", GODWIT_REPLAY));
}

static void an_unknown_connection_is_released(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    sgsn_restart(&w); /* it has forgotten everything */
    sgsn_up_protected(
        &w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_N_PDU, .nsapi = 5, .octets = godwit_slice_of_string("x")});
    assert_int_equal(sgsn_down(&w, d, 0).kind, GODWIT_RADIO_RELEASE);
    godwit_gmm_reject_t reject;
    sgsn_service_request(&w, d);
    assert_int_equal(godwit_gmm_service_reject_parse(sgsn_down_nas(&w, d, 0, GODWIT_GMM_SERVICE_REJECT), &reject),
                     GODWIT_OK);
    assert_int_equal(reject.cause, GODWIT_GMM_CAUSE_IMPLICITLY_DETACHED);
}

/* ---- idle ---- */

static void go_idle(void)
{
    sgsn_up_protected(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_RELEASE});
    assert_true(owner_saw(&w.owner, "idle", GODWIT_OK));
}

static void a_device_comes_out_of_idle_from_another_address(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    go_idle();
    d->address = owner_address(55);
    sgsn_service_request(&w, d);
    sgsn_complete_security(&w, d);
    assert_true(owner_saw(&w.owner, "resumed", GODWIT_OK));
    const godwit_sgsn_ue_t *ue = row_of(d, GODWIT_SGSN_REGISTERED);
    assert_true(ue->connected && godwit_address_equal(&ue->address, &d->address));
}

static void each_connection_has_a_fresh_of_its_own(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    uint32_t first = d->security.fresh;
    go_idle();
    sgsn_service_request(&w, d);
    sgsn_complete_security(&w, d);
    assert_int_not_equal(d->security.fresh, first);
}

/* Else what the device ciphered for the first command would be read as the plain text of the second. */
static void an_answer_verifies_under_the_algorithms_of_its_own_command(void **state)
{
    (void)state;
    w.config.uea_order[0] = GODWIT_UEA2;
    w.config.uea_order[1] = GODWIT_UEA0;
    w.config.uea_count = 2;
    sgsn_restart(&w);
    sgsn_attach(&w, d);
    go_idle();
    sgsn_service_request(&w, d);
    godwit_radio_frame_t command = sgsn_down(&w, d, 0);
    assert_int_equal(command.command.uea, GODWIT_UEA2);
    sgsn_device_t bent = *d; /* somebody at the same address */
    bent.capability.uea = 1U << GODWIT_UEA0;
    sgsn_service_request(&w, &bent);
    godwit_radio_frame_t other = sgsn_down(&w, &bent, 0);
    assert_int_equal(other.command.uea, GODWIT_UEA0);
    assert_int_not_equal(other.command.fresh, command.command.fresh);
    sgsn_up_protected(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_COMPLETE});
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MAC_FAILURE));
    assert_false(row_of(d, GODWIT_SGSN_REGISTERED)->connected);
    sgsn_service_request(&w, d); /* the device asks again, and gets the better one again */
    sgsn_complete_security(&w, d);
    const godwit_sgsn_ue_t *ue = row_of(d, GODWIT_SGSN_REGISTERED);
    assert_true(ue->connected && ue->security.uea == GODWIT_UEA2);
}

static void a_service_request_under_another_name_or_key_set_is_rejected(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    go_idle();
    sgsn_device_t other = *d;
    other.p_tmsi ^= 1U << 20; /* the same row */
    sgsn_service_request(&w, &other);
    (void)sgsn_down_nas(&w, &other, 0, GODWIT_GMM_SERVICE_REJECT);
    other = *d;
    other.cksn = (uint8_t)((d->cksn + 1) % 7);
    sgsn_service_request(&w, &other);
    (void)sgsn_down_nas(&w, &other, 0, GODWIT_GMM_SERVICE_REJECT);
    sgsn_service_request(&w, d);
    sgsn_complete_security(&w, d);
}

static void a_service_request_by_a_stranger_changes_nothing_for_the_device(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    sgsn_activate(&w, d);
    sgsn_device_t stranger = *d;
    for (uint8_t i = 0; i < 5; i++) {
        stranger.address = owner_address((uint8_t)(90 + i));
        sgsn_service_request(&w, &stranger);
    }
    sgsn_g_pdu(&w, row_of(d, GODWIT_SGSN_REGISTERED)->context[0].teid, "reading");
    godwit_radio_frame_t frame = sgsn_down(&w, d, 0);
    assert_int_equal(frame.kind, GODWIT_RADIO_N_PDU);
    sgsn_up_protected(
        &w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_N_PDU, .nsapi = 5, .octets = godwit_slice_of_string("x")});
    assert_false(sgsn_is_quiet(&w, GODWIT_PORT_GTPU));
    go_idle();
    sgsn_service_request(&w, d);
    sgsn_complete_security(&w, d);
    assert_true(owner_saw(&w.owner, "resumed", GODWIT_OK));
}

static void the_network_releases_after_a_silence(void **state)
{
    (void)state;
    w.config.inactive_ms = 10000;
    sgsn_restart(&w);
    sgsn_attach(&w, d);
    owner_give_timer(&w.owner, SGSN_UES + 0);
    assert_int_equal(sgsn_down(&w, d, 0).kind, GODWIT_RADIO_RELEASE);
    assert_true(owner_saw(&w.owner, "idle", GODWIT_OK));
}

static void a_page_is_sent_until_the_device_comes_or_the_attempts_end(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    sgsn_activate(&w, d);
    uint32_t teid = row_of(d, GODWIT_SGSN_REGISTERED)->context[0].teid;
    go_idle();
    sgsn_g_pdu(&w, teid, "first");
    godwit_radio_frame_t page = sgsn_down(&w, d, 0);
    assert_true(page.kind == GODWIT_RADIO_PAGING && godwit_imsi_equal(&page.imsi, &d->imsi));
    sgsn_g_pdu(&w, teid, "second"); /* takes the place of the first; no second page */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_RADIO));
    sgsn_service_request(&w, d);
    sgsn_complete_security(&w, d);
    godwit_radio_frame_t frame = sgsn_down(&w, d, 0);
    assert_int_equal(frame.kind, GODWIT_RADIO_N_PDU);
    assert_memory_equal(frame.octets.ptr, "second", 6);
    go_idle();
    sgsn_g_pdu(&w, teid, "third");
    sgsn_expire(&w, 0);
    assert_true(owner_saw(&w.owner, "paging_failed", GODWIT_PEER_INTERNAL));
    assert_int_equal(row_of(d, GODWIT_SGSN_REGISTERED)->buffered_len, 0);
}

static void a_protected_service_request_gets_its_accept(void **state)
{
    (void)state;
    uint8_t octets[32];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    sgsn_attach(&w, d);
    const godwit_gmm_service_request_t m = {.cksn = d->cksn, .p_tmsi = d->p_tmsi};
    assert_int_equal(godwit_gmm_service_request_build(&m, &v), GODWIT_OK);
    sgsn_up_protected_nas(&w, d, &v);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_SERVICE_ACCEPT);
}

/* ---- attach without AKA ---- */

static void policy_says_how_many_attaches_go_by_on_one_aka_run(void **state)
{
    (void)state;
    w.config.reauthenticate_attaches = 2;
    sgsn_restart(&w);
    sgsn_attach(&w, d);
    uint32_t count = d->security.next_out;
    sgsn_attach_request(&w, d); /* with P-TMSI and key set identifier: no vector */
    assert_null(owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    sgsn_complete_security(&w, d);
    godwit_gmm_attach_accept_t accept;
    assert_int_equal(godwit_gmm_attach_accept_parse(sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_ACCEPT), &accept),
                     GODWIT_OK);
    assert_true(d->security.next_out > count); /* COUNT goes on */
    d->p_tmsi = accept.p_tmsi;
    sgsn_attach_request(&w, d); /* the third */
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);

    setup(NULL);
    w.config.reauthenticate_attaches = 2;
    sgsn_restart(&w);
    sgsn_attach(&w, d);
    d->cksn = GODWIT_GMM_CKSN_NONE; /* it has no keys any more */
    sgsn_attach_request(&w, d);
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
}

/* ---- detach ---- */

static void detach(bool protect)
{
    uint8_t octets[32];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_gmm_detach_request_ms_t m = {.type = 1, .has_p_tmsi = true, .p_tmsi = d->p_tmsi};
    assert_int_equal(godwit_gmm_detach_request_ms_build(&m, &v), GODWIT_OK);
    if (protect) {
        sgsn_up_protected_nas(&w, d, &v);
    } else {
        sgsn_up_nas(&w, d, &v);
    }
}

static void a_device_detaches_and_a_repeated_request_is_answered_again(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    sgsn_activate(&w, d);
    detach(true);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_DETACH_ACCEPT);
    (void)sgsn_asked(&w, GODWIT_GTPV1_DELETE_REQUEST);
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));
    detach(true);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_DETACH_ACCEPT);
    owner_give_timer(&w.owner, 0); /* after a while the row is free */
    assert_int_equal(w.sgsn.top, 0);
}

static void a_detach_without_protection_is_believed_after_the_security_mode(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    go_idle();
    detach(false);
    assert_non_null(row_of(d, GODWIT_SGSN_REGISTERED));
    sgsn_complete_security(&w, d);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_DETACH_ACCEPT);
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));
}

static void the_operator_detaches_a_device_even_out_of_idle(void **state)
{
    (void)state;
    uint8_t octets[8];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    sgsn_attach(&w, d);
    go_idle();
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .imsi = d->imsi});
    assert_int_equal(sgsn_down(&w, d, 0).kind, GODWIT_RADIO_PAGING);
    sgsn_service_request(&w, d);
    sgsn_complete_security(&w, d);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_GMM_DETACH_REQUEST);
    assert_int_equal(godwit_gmm_detach_accept_ms_build(&v), GODWIT_OK);
    sgsn_up_protected_nas(&w, d, &v);
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));

    setup(NULL);
    sgsn_attach(&w, d);
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .imsi = d->imsi});
    sgsn_expire(&w, 0); /* it does not answer: it is detached all the same */
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));
}

/* ---- bounds ---- */

static void a_flood_of_attaches_evicts_no_registered_device(void **state)
{
    (void)state;
    sgsn_attach(&w, d);
    for (uint8_t i = 10; i < 200; i++) {
        sgsn_device_t stranger = sgsn_device_number(i);
        w.owner.now_ms++;
        sgsn_attach_request(&w, &stranger);
    }
    assert_non_null(row_of(d, GODWIT_SGSN_REGISTERED));
    assert_int_equal(rows_in(GODWIT_SGSN_DIALOGUE), SGSN_UES - 1);
    sgsn_device_t late = sgsn_device_number(3);
    sgsn_attach(&w, &late); /* and the next one comes in */
}

static void a_table_full_of_registered_devices_refuses_by_name(void **state)
{
    (void)state;
    for (uint8_t i = 1; i <= SGSN_UES; i++) {
        sgsn_device_t device = sgsn_device_number(i);
        sgsn_attach(&w, &device);
    }
    sgsn_device_t one_more = sgsn_device_number(9);
    sgsn_attach_request(&w, &one_more);
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_OVERLOAD));
}

static void a_configuration_that_cannot_be_is_refused(void **state)
{
    (void)state;
    godwit_sgsn_config_t c = w.config;
    c.uia_count = 1; /* UIA0 */
    assert_int_equal(godwit_sgsn_init(&w.sgsn, &c, w.ues, SGSN_UES, w.pending, 8, w.answered, 8),
                     GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.uea_count = 4;
    assert_int_equal(godwit_sgsn_init(&w.sgsn, &c, w.ues, SGSN_UES, w.pending, 8, w.answered, 8),
                     GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.apns = 0;
    assert_int_equal(godwit_sgsn_init(&w.sgsn, &c, w.ues, SGSN_UES, w.pending, 8, w.answered, 8),
                     GODWIT_INVALID_ARGUMENT);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_device_attaches),
        TEST(an_unaware_sgsn_says_and_hears_nothing_of_ours),
        TEST(a_device_without_a_name_is_asked_for_it),
        TEST(what_the_home_refuses_ends_in_a_reject_with_a_cause),
        TEST(an_e_utran_vector_is_not_used),
        TEST(a_wrong_res_gets_no_keys_and_the_right_one_still_does),
        TEST(wrong_answers_until_the_end_are_rejected_by_name),
        TEST(a_device_out_of_step_is_resynchronised_through_the_home),
        TEST(a_forged_auts_does_not_end_the_dialogue_and_costs_the_home_two_looks_at_most),
        TEST(a_device_that_ignored_the_flag_fails_the_security_mode_and_the_event_says_why),
        TEST(an_answer_under_other_keys_is_named_too),
        TEST(a_lost_command_or_complete_is_made_up_for),
        TEST(capabilities_bid_down_show_in_the_command),
        TEST(no_common_algorithm_is_refused_before_the_home_is_asked),
        TEST(a_lost_attach_accept_or_complete_is_made_up_for),
        TEST(an_attach_by_a_stranger_touches_no_registered_device),
        TEST(a_new_attach_replaces_the_old_one_when_it_is_proved),
        TEST(frames_without_protection_are_not_believed),
        TEST(a_repeated_or_bent_frame_moves_nothing),
        TEST(an_unknown_connection_is_released),
        TEST(a_device_comes_out_of_idle_from_another_address),
        TEST(each_connection_has_a_fresh_of_its_own),
        TEST(an_answer_verifies_under_the_algorithms_of_its_own_command),
        TEST(a_service_request_under_another_name_or_key_set_is_rejected),
        TEST(a_service_request_by_a_stranger_changes_nothing_for_the_device),
        TEST(the_network_releases_after_a_silence),
        TEST(a_page_is_sent_until_the_device_comes_or_the_attempts_end),
        TEST(a_protected_service_request_gets_its_accept),
        TEST(policy_says_how_many_attaches_go_by_on_one_aka_run),
        TEST(a_device_detaches_and_a_repeated_request_is_answered_again),
        TEST(a_detach_without_protection_is_believed_after_the_security_mode),
        TEST(the_operator_detaches_a_device_even_out_of_idle),
        TEST(a_flood_of_attaches_evicts_no_registered_device),
        TEST(a_table_full_of_registered_devices_refuses_by_name),
        TEST(a_configuration_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
