/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, EPS: which NAS message goes where, its protection (TS 24.301 4.4), and the security mode (5.4.3,
 * TS 33.401 7.2.4.4). A message without protection is taken only where 4.4.4.2 allows it. A security mode command with
 * a wrong MAC is not answered: whoever can forge one needs no help to disturb an attach.
 */
#include <string.h>

#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "device/access/trigger.h"

/* ---- sending ---- */

godwit_status_t godwit_eps_send(godwit_access_t *access, godwit_nas_header_type_t type, const godwit_writer_t *plain,
                                bool answers, godwit_access_requests_t *requests)
{
    size_t from = access->out.len;
    godwit_status_t status = godwit_writer_status(plain);
    if (status == GODWIT_OK) {
        godwit_put_u8(&access->out, GODWIT_RADIO_NAS);
        status =
            godwit_nas_security_create(&access->nas, access->config.crypto, type, godwit_written(plain), &access->out);
    }
    if (status == GODWIT_OK) {
        godwit_access_send_from(access, from, answers, requests);
    }
    return status;
}

godwit_status_t godwit_eps_send_plain(godwit_access_t *access, const godwit_writer_t *plain, bool answers,
                                      godwit_access_requests_t *requests)
{
    godwit_status_t status = godwit_writer_status(plain);
    return status == GODWIT_OK
               ? godwit_access_send_frame(access, GODWIT_RADIO_NAS, godwit_written(plain), answers, requests)
               : status;
}

godwit_status_t godwit_eps_transmit(godwit_access_t *access, godwit_access_requests_t *requests)
{
    switch (access->exchange.pending) {
    case GODWIT_ACCESS_DO_ATTACH:
        return godwit_eps_attach_request(access, requests);
    case GODWIT_ACCESS_DO_DETACH:
        return godwit_eps_detach_request(access, requests);
    case GODWIT_ACCESS_DO_MODIFY:
        return access->connected ? godwit_eps_modify_request(access, requests)
                                 : godwit_eps_service_request(access, requests);
    default:
        return godwit_eps_service_request(access, requests);
    }
}

/* ---- security mode ---- */

bool godwit_eps_algorithm_is_ours(uint8_t mask, uint8_t algorithm)
{
    return algorithm < 8 && (mask >> (7u - algorithm) & 1u) != 0;
}

/* The command repeats the capability that the network heard: a device that finds another one has been bid down (TS
 * 33.401 5.3.3, 7.2.4.4). EEA and EIA must be there; UEA, UIA and GEA, where repeated, are as sent: none. */
static bool capability_is_ours(const godwit_access_t *access, godwit_slice_t replayed)
{
    bool same = replayed.len >= 2 && replayed.len <= 5;
    for (size_t i = 0; same && i < replayed.len; i++) {
        same = replayed.ptr[i] == (i < 4 ? access->capability[i] : 0);
    }
    return same;
}

static bool is_acceptable(const godwit_access_t *access, const godwit_emm_security_mode_command_t *c)
{
    return c->eia != 0 && godwit_eps_algorithm_is_ours(access->capability[1], c->eia) &&
           godwit_eps_algorithm_is_ours(access->capability[0], c->eea) && capability_is_ours(access, c->capability);
}

static godwit_status_t refuse_mode(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_emm_cause_only_t reject = {.cause = GODWIT_EMM_CAUSE_CAPABILITIES_MISMATCH};
    godwit_status_t status = godwit_emm_security_mode_reject_build(&reject, &w);
    godwit_access_event(requests, "refused", GODWIT_POLICY_FORBIDS);
    access->exchange.reason = GODWIT_POLICY_FORBIDS;
    return status == GODWIT_OK ? godwit_eps_send_plain(access, &w, true, requests) : status;
}

static godwit_status_t complete_mode(godwit_access_t *access, godwit_access_requests_t *requests)
{
    const godwit_access_trigger_t *t = &access->trigger;
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_emm_security_mode_complete_t complete = {.imeisv = {NULL, 0}};
    if (t->complete_len > 0) {
        complete.trigger = godwit_slice(t->complete, t->complete_len);
    }
    godwit_status_t status = godwit_emm_security_mode_complete_build(&complete, &w);
    return status == GODWIT_OK ? godwit_eps_send(access, GODWIT_NAS_CIPHERED_NEW, &w, true, requests) : status;
}

godwit_status_t godwit_eps_complete_awaited(godwit_access_t *access, godwit_slice_t octets,
                                            godwit_access_requests_t *requests)
{
    godwit_access_trigger_t *t = &access->trigger;
    t->awaits = false;
    t->complete_len = (uint8_t)octets.len;
    if (octets.len > 0) {
        memcpy(t->complete, octets.ptr, octets.len);
    }
    godwit_status_t status = complete_mode(access, requests);
    if (status == GODWIT_OK) {
        godwit_access_secured(access, requests);
    }
    return status;
}

/* The command has verified. What it brings for the trigger function is shown first, so that the answer can go in the
 * completion; not while the card works on another vector, which could take the place of this one meanwhile, and not
 * where no timer would end the wait. */
static godwit_status_t take_context(godwit_access_t *access, godwit_slice_t trigger, godwit_access_requests_t *requests)
{
    godwit_access_trigger_t *t = &access->trigger;
    const bool pending = access->exchange.pending != GODWIT_ACCESS_NOTHING;
    const bool shows = access->config.trigger && trigger.len > 0 && trigger.len <= sizeof t->shown && pending &&
                       !access->vector.running;
    if (pending) {
        godwit_access_timer_set(access, requests);
    }
    if (!shows) {
        return godwit_eps_complete_awaited(access, godwit_slice(NULL, 0), requests);
    }
    t->awaits = true;
    memcpy(t->shown, trigger.ptr, trigger.len);
    godwit_access_give_roots(access, requests);
    godwit_access_give_trigger(godwit_slice(t->shown, trigger.len), true, requests);
    return GODWIT_OK;
}

/* The command under the context that it begins. */
static godwit_status_t begin_context(godwit_access_t *access, godwit_slice_t nas,
                                     const godwit_emm_security_mode_command_t *c, godwit_access_requests_t *requests)
{
    const godwit_crypto_t *crypto = access->config.crypto;
    godwit_nas_security_t next;
    godwit_slice_t plain;
    uint8_t type;
    if (c->eia == 0) { /* there is no MAC to look at */
        return refuse_mode(access, requests);
    }
    godwit_status_t status =
        godwit_nas_security_init(&next, crypto, access->vector.root, c->ksi, c->eea, c->eia, false);
    if (status == GODWIT_OK) {
        status = godwit_nas_security_consume(&next, crypto, nas, access->work, &plain, &type);
    }
    bool verified = status == GODWIT_OK;
    bool acceptable = is_acceptable(access, c);
    if (verified && acceptable) {
        access->nas = next;
        access->vector.fresh = false; /* whatever happens: its COUNTs begin once */
        status = take_context(access, c->trigger, requests);
    }
    godwit_nas_security_wipe(&next);
    if (!verified && status != GODWIT_UNSUPPORTED_SUITE) {
        return status;
    }
    return verified && acceptable ? status : refuse_mode(access, requests);
}

/* The network did not get our answer, and asks again with another COUNT. */
static godwit_status_t repeat_context(godwit_access_t *access, godwit_slice_t nas, godwit_access_requests_t *requests)
{
    godwit_slice_t plain;
    uint8_t type;
    godwit_status_t status =
        godwit_nas_security_consume(&access->nas, access->config.crypto, nas, access->work, &plain, &type);
    return status == GODWIT_OK && !access->trigger.awaits ? complete_mode(access, requests) : status;
}

godwit_status_t godwit_eps_take_security_mode(godwit_access_t *access, godwit_slice_t nas,
                                              const godwit_nas_wrapper_t *wrapper, godwit_access_requests_t *requests)
{
    const godwit_access_vector_t *v = &access->vector;
    godwit_emm_security_mode_command_t c;
    godwit_status_t status = godwit_emm_security_mode_command_parse(wrapper->message, &c);
    if (status != GODWIT_OK) {
        return status;
    }
    if (v->taken && v->fresh && c.ksi == v->ksi) {
        return begin_context(access, nas, &c, requests);
    }
    bool again = access->nas.set && c.ksi == access->nas.ksi && c.eea == access->nas.eea && c.eia == access->nas.eia &&
                 is_acceptable(access, &c);
    return again ? repeat_context(access, nas, requests) : GODWIT_UNKNOWN_KEY;
}

/* ---- receiving ---- */

static const godwit_access_handler_t emm[] = {
    {GODWIT_EMM_AUTHENTICATION_REQUEST, true, GODWIT_ACCESS_IN(ATTACHING), godwit_eps_take_authentication},
    {GODWIT_EMM_AUTHENTICATION_REQUEST, false, GODWIT_ACCESS_IN_REGISTERED, godwit_eps_take_authentication},
    {GODWIT_EMM_AUTHENTICATION_REJECT, true, GODWIT_ACCESS_IN(ATTACHING), godwit_eps_take_authentication_reject},
    {GODWIT_EMM_AUTHENTICATION_REJECT, false, GODWIT_ACCESS_IN_REGISTERED, godwit_eps_take_authentication_reject},
    {GODWIT_EMM_IDENTITY_REQUEST, true, GODWIT_ACCESS_IN(ATTACHING), godwit_eps_take_identity},
    {GODWIT_EMM_IDENTITY_REQUEST, false, GODWIT_ACCESS_IN_REGISTERED, godwit_eps_take_identity},
    {GODWIT_EMM_ATTACH_ACCEPT, false, GODWIT_ACCESS_IN(ATTACHING) | GODWIT_ACCESS_IN(ACTIVE),
     godwit_eps_take_attach_accept},
    {GODWIT_EMM_ATTACH_REJECT, true, GODWIT_ACCESS_IN(ATTACHING), godwit_eps_take_attach_reject},
    {GODWIT_EMM_SERVICE_ACCEPT, false, GODWIT_ACCESS_IN_REGISTERED, godwit_eps_take_service_accept},
    {GODWIT_EMM_SERVICE_REJECT, true, GODWIT_ACCESS_IN_REGISTERED, godwit_eps_take_service_reject},
    {GODWIT_EMM_DETACH_REQUEST, false, GODWIT_ACCESS_IN_ANY, godwit_eps_take_detach},
    {GODWIT_EMM_DETACH_ACCEPT, true, GODWIT_ACCESS_IN(DETACHING), godwit_eps_take_detach_accept},
    {GODWIT_EMM_STATUS, false, GODWIT_ACCESS_IN_ANY, godwit_eps_take_status},
    {GODWIT_EMM_DOWNLINK_NAS_TRANSPORT, false, GODWIT_ACCESS_IN(ACTIVE) | GODWIT_ACCESS_IN(ATTACHING),
     godwit_eps_take_nas_transport},
    {GODWIT_EMM_DOWNLINK_GENERIC_NAS_TRANSPORT, false, GODWIT_ACCESS_IN(ACTIVE) | GODWIT_ACCESS_IN(ATTACHED),
     godwit_eps_take_generic},
    {GODWIT_EMM_INFORMATION, false, GODWIT_ACCESS_IN(ACTIVE), godwit_eps_take_hand_over},
};

static const godwit_access_handler_t esm[] = {
    {GODWIT_ESM_INFORMATION_REQUEST, false, GODWIT_ACCESS_IN(ATTACHING), godwit_eps_take_information},
    {GODWIT_ESM_MODIFY_REQUEST, false, GODWIT_ACCESS_IN(ACTIVE), godwit_eps_take_modify},
    {GODWIT_ESM_RESOURCE_MODIFICATION_REJECT, false, GODWIT_ACCESS_IN(ACTIVE), godwit_eps_take_modify_refused},
    {GODWIT_ESM_DEACTIVATE_REQUEST, false, GODWIT_ACCESS_IN(ACTIVE), godwit_eps_take_deactivate},
    {GODWIT_ESM_DATA_TRANSPORT, false, GODWIT_ACCESS_IN(ACTIVE), godwit_eps_take_data},
};

static godwit_status_t take_plain(godwit_access_t *access, const godwit_access_message_t *m,
                                  godwit_access_requests_t *requests)
{
    godwit_esm_head_t head;
    uint8_t type;
    if (godwit_emm_type(m->octets, &type) == GODWIT_OK) {
        return godwit_access_dispatch(access, emm, sizeof emm / sizeof emm[0], type, m, requests);
    }
    godwit_status_t status = godwit_esm_type(m->octets, &head, &type);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m->verified && !m->ciphered) { /* session management always goes ciphered (TS 24.301 4.4.5) */
        return GODWIT_POLICY_FORBIDS;
    }
    return godwit_access_dispatch(access, esm, sizeof esm / sizeof esm[0], type, m, requests);
}

godwit_status_t godwit_eps_receive(godwit_access_t *access, godwit_slice_t nas, godwit_access_requests_t *requests)
{
    godwit_nas_wrapper_t wrapper;
    godwit_access_message_t m = {.octets = nas};
    uint8_t type;
    if (godwit_nas_wrapper_parse(nas, &wrapper) != GODWIT_OK) {
        return take_plain(access, &m, requests);
    }
    if (wrapper.type == GODWIT_NAS_INTEGRITY_NEW) {
        return godwit_eps_take_security_mode(access, nas, &wrapper, requests);
    }
    if (access->trigger.awaits) { /* before our completion the network has nothing to say under these keys */
        return GODWIT_WRONG_STATE;
    }
    if (wrapper.type != GODWIT_NAS_INTEGRITY && wrapper.type != GODWIT_NAS_CIPHERED) { /* 4 and 5 go up only */
        return GODWIT_MALFORMED;
    }
    godwit_status_t status =
        godwit_nas_security_consume(&access->nas, access->config.crypto, nas, access->work, &m.octets, &type);
    if (status != GODWIT_OK) {
        return status;
    }
    m.verified = true;
    m.ciphered = type == GODWIT_NAS_CIPHERED;
    return take_plain(access, &m, requests);
}
