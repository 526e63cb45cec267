/* SPDX-License-Identifier: Apache-2.0
 *
 * NAS messages of devices: whose they are, and whether they may be believed (TS 24.301 4.4.4.3). A wrapper is tried
 * under the contexts of its address; what verifies under none moves nothing.
 */
#include "roles/mme/internal.h"

/* ---- without protection ---- */

static void plain_of_unproved(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t type, godwit_slice_t plain)
{
    switch (type) {
    case GODWIT_EMM_IDENTITY_RESPONSE:
        godwit_mme_on_identity(t, ue, plain);
        break;
    case GODWIT_EMM_AUTHENTICATION_RESPONSE:
        godwit_mme_on_authentication(t, ue, plain);
        break;
    case GODWIT_EMM_AUTHENTICATION_FAILURE:
        godwit_mme_on_authentication_failure(t, ue, plain);
        break;
    default:
        godwit_mme_on_security_reject(t, ue, plain);
        break;
    }
}

static bool is_of_setup(uint8_t type)
{
    return type == GODWIT_EMM_IDENTITY_RESPONSE || type == GODWIT_EMM_AUTHENTICATION_RESPONSE ||
           type == GODWIT_EMM_AUTHENTICATION_FAILURE || type == GODWIT_EMM_SECURITY_MODE_REJECT;
}

static void of_setup(godwit_mme_turn_t *t, uint8_t type, godwit_slice_t plain)
{
    godwit_mme_ue_t *ue = godwit_mme_unproved_at(t->mme, &t->in->from);
    if (ue == NULL) {
        godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, NULL, "an answer to a question that is not open");
        return;
    }
    plain_of_unproved(t, ue, type, plain);
}

static void on_plain(godwit_mme_turn_t *t, godwit_slice_t plain)
{
    uint8_t type;
    if (godwit_emm_type(plain, &type) != GODWIT_OK) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, NULL, "no EMM message");
    } else if (type == GODWIT_EMM_ATTACH_REQUEST) {
        godwit_mme_on_attach(t, plain, NULL);
    } else if (is_of_setup(type)) {
        of_setup(t, type, plain);
    } else if (type == GODWIT_EMM_CP_SERVICE_REQUEST) {
        godwit_mme_event(t, "refused", GODWIT_POLICY_FORBIDS, NULL, "a service request without protection");
        godwit_mme_service_reject(t, &t->in->from, GODWIT_EMM_CAUSE_IDENTITY_NOT_DERIVED);
    } else if (type == GODWIT_EMM_DETACH_REQUEST) {
        godwit_mme_on_detach_unknown(t, plain);
    } else {
        godwit_mme_event(t, "refused", GODWIT_POLICY_FORBIDS, NULL, "a message that must be protected");
    }
}

/* ---- verified ---- */

static void on_verified_emm(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t header, uint8_t type,
                            godwit_slice_t plain)
{
    switch (type) {
    case GODWIT_EMM_ATTACH_REQUEST:
        godwit_mme_on_attach(t, plain, ue);
        break;
    case GODWIT_EMM_ATTACH_COMPLETE:
        godwit_mme_on_complete(t, ue, plain);
        break;
    case GODWIT_EMM_CP_SERVICE_REQUEST:
        godwit_mme_on_service(t, ue, plain);
        break;
    case GODWIT_EMM_DETACH_REQUEST:
        godwit_mme_on_detach(t, ue, plain);
        break;
    case GODWIT_EMM_DETACH_ACCEPT:
        godwit_mme_on_detach_accept(t, ue, plain);
        break;
    case GODWIT_EMM_UPLINK_NAS_TRANSPORT:
        godwit_mme_on_nas_transport(t, ue, plain);
        break;
    case GODWIT_EMM_UPLINK_GENERIC_NAS_TRANSPORT:
        godwit_mme_on_generic_transport(t, ue, header, plain);
        break;
    case GODWIT_EMM_SECURITY_MODE_COMPLETE: /* again */
        break;
    default:
        if (is_of_setup(type)) { /* of an AKA run beside the context that it will replace */
            of_setup(t, type, plain);
        } else {
            godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, ue, "a message of no use here");
        }
        break;
    }
}

static void dispatch(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t header, godwit_slice_t plain)
{
    uint8_t type;
    godwit_esm_head_t head;
    ue->at_ms = t->in->now_ms;
    if (ue->state == GODWIT_MME_REGISTERED) {
        godwit_mme_idle_timer(t, ue);
    }
    if (ue->state == GODWIT_MME_SECURING) {
        godwit_mme_on_secured(t, ue, plain);
    } else if (godwit_emm_type(plain, &type) == GODWIT_OK) {
        on_verified_emm(t, ue, header, type, plain);
    } else if (header == GODWIT_NAS_CIPHERED && godwit_esm_type(plain, &head, &type) == GODWIT_OK) {
        godwit_mme_on_esm(t, ue, plain);
    } else {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "neither EMM nor a ciphered ESM message");
    }
}

static void on_verified(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t header, godwit_slice_t plain)
{
    dispatch(t, ue, header, plain);
    if (ue->state == GODWIT_MME_REGISTERED && ue->connected && godwit_mme_is_late(ue)) {
        godwit_mme_detach(t, ue, GODWIT_EMM_DETACH_REATTACH);
    }
}

/* ---- protected, under nobody's context ---- */

static godwit_mme_ue_t *verify_by_guti(godwit_mme_turn_t *t, godwit_slice_t octets, godwit_slice_t message,
                                       uint8_t buffer[GODWIT_NAS_MAX], godwit_slice_t *plain)
{
    godwit_emm_attach_request_t m;
    godwit_eps_identity_t identity;
    uint8_t type;
    if (godwit_emm_attach_request_parse(message, &m) != GODWIT_OK ||
        godwit_eps_identity_parse(m.identity, &identity) != GODWIT_OK || !identity.is_guti) {
        return NULL;
    }
    godwit_mme_ue_t *ue = godwit_mme_by_guti(t->mme, &identity.guti);
    bool verified = ue != NULL && godwit_nas_security_consume(&ue->security, t->mme->config.crypto, octets, buffer,
                                                              plain, &type) == GODWIT_OK;
    return verified ? ue : NULL;
}

static void on_stranger(godwit_mme_turn_t *t, godwit_slice_t octets, const godwit_nas_wrapper_t *wrapper, bool known)
{
    uint8_t type = 0;
    uint8_t buffer[GODWIT_NAS_MAX];
    godwit_slice_t plain = wrapper->message;
    bool readable = wrapper->type == GODWIT_NAS_INTEGRITY || wrapper->type == GODWIT_NAS_PARTLY;
    if (!readable || godwit_emm_type(wrapper->message, &type) != GODWIT_OK) {
        type = 0;
    }
    if (type == GODWIT_EMM_ATTACH_REQUEST) {
        godwit_mme_ue_t *ue = verify_by_guti(t, octets, wrapper->message, buffer, &plain);
        if (ue != NULL || !godwit_mme_on_next_attach(t, octets, wrapper->message)) {
            godwit_mme_on_attach(t, ue != NULL ? plain : wrapper->message, ue);
        }
    } else if (type == GODWIT_EMM_CP_SERVICE_REQUEST) {
        godwit_mme_service_reject(t, &t->in->from, GODWIT_EMM_CAUSE_IDENTITY_NOT_DERIVED);
    } else if (type == GODWIT_EMM_DETACH_REQUEST && !known) {
        godwit_mme_on_detach_unknown(t, plain);
    } else if (!known) { /* a radio connection that nobody knows: the device shall ask anew */
        godwit_mme_frame(t, &t->in->from, GODWIT_RADIO_RELEASE, godwit_slice(NULL, 0));
    }
    godwit_wipe(buffer, sizeof buffer);
}

static void on_protected(godwit_mme_turn_t *t, godwit_slice_t octets, const godwit_nas_wrapper_t *wrapper)
{
    uint8_t buffer[GODWIT_NAS_MAX], type;
    godwit_slice_t plain;
    godwit_status_t status = GODWIT_UNKNOWN_KEY;
    godwit_mme_ue_t *ue = godwit_mme_secured_at(t->mme, &t->in->from, NULL);
    while (ue != NULL) {
        godwit_status_t tried =
            godwit_nas_security_consume(&ue->security, t->mme->config.crypto, octets, buffer, &plain, &type);
        status = status == GODWIT_REPLAY ? status : tried;
        if (tried == GODWIT_OK) {
            on_verified(t, ue, type, plain);
            godwit_wipe(buffer, sizeof buffer);
            return;
        }
        ue = godwit_mme_secured_at(t->mme, &t->in->from, ue);
    }
    if (status != GODWIT_REPLAY) {
        on_stranger(t, octets, wrapper, status != GODWIT_UNKNOWN_KEY);
    }
    godwit_mme_event(t, "refused", status, NULL, "a protected message of no context at that address");
}

/* ---- */

static bool is_attach(godwit_slice_t message)
{
    uint8_t type;
    return godwit_emm_type(message, &type) == GODWIT_OK && type == GODWIT_EMM_ATTACH_REQUEST;
}

void godwit_mme_on_nas(godwit_mme_turn_t *t, godwit_slice_t octets)
{
    godwit_nas_wrapper_t wrapper;
    bool wrapped = godwit_nas_wrapper_parse(octets, &wrapper) == GODWIT_OK;
    bool readable = wrapped && (wrapper.type == GODWIT_NAS_INTEGRITY || wrapper.type == GODWIT_NAS_PARTLY);
    godwit_guti_t guti;
    if ((is_attach(octets) || (readable && is_attach(wrapper.message))) && t->in->random.len < GODWIT_MME_RANDOM) {
        godwit_outbox_add(t->out, GODWIT_REQUEST_RANDOM)->count = GODWIT_MME_RANDOM; /* before anything moves */
        return;
    }
    if (readable && godwit_mme_goes_by_next(t->mme, wrapper.message, &guti) && godwit_mme_needs_record(t, &guti)) {
        return;
    }
    if (wrapped) {
        on_protected(t, octets, &wrapper);
    } else {
        on_plain(t, octets);
    }
}
