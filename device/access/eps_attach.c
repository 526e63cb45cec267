/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, EPS: attach with the default bearer of a non-IP APN (TS 24.301 5.5.1, 6.5.1, 6.6.1.2). APN and
 * PCO wait for ESM INFORMATION RESPONSE, which goes protected: only then is the selector of the key set known, and
 * nobody reads along.
 */
#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "device/access/internal.h"

/* Additional update type, TS 24.301 9.9.3.0B: control plane CIoT EPS optimisation preferred (bits 4 and 3: 01). */
#define UPDATE_CONTROL_PLANE_CIOT 4
#define TRANSFER_REQUIRED 1 /* 9.9.4.5 */

godwit_status_t godwit_eps_attach_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t esm[32], octets[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t inner = godwit_writer(esm, sizeof esm);
    godwit_writer_t identity = godwit_writer(octets, sizeof octets);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_esm_pdn_connectivity_request_t connectivity = {.head = {.pti = access->exchange.pti},
                                                          .request_type = GODWIT_ESM_REQUEST_INITIAL,
                                                          .pdn_type = GODWIT_ESM_PDN_NON_IP,
                                                          .information_transfer = {true, TRANSFER_REQUIRED}};
    if (godwit_access_next_sends(access)) {
        return godwit_eps_next_attach(access, requests);
    }
    const bool offers = godwit_access_offers(access);
    godwit_eps_identity_t mine = {.is_guti = offers, .imsi = access->config.imsi, .guti = access->guti};
    godwit_status_t status = godwit_esm_pdn_connectivity_request_build(&connectivity, &inner);
    if (status == GODWIT_OK) {
        status = godwit_eps_identity_build(&mine, &identity);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_emm_attach_request_t m = {.attach_type = GODWIT_EMM_ATTACH_EPS,
                                     .ksi = offers ? access->nas.ksi : (uint8_t)GODWIT_EMM_KSI_NONE,
                                     .identity = godwit_written(&identity),
                                     .capability = godwit_slice(access->capability, sizeof access->capability),
                                     .esm = godwit_written(&inner),
                                     .additional_update = {true, UPDATE_CONTROL_PLANE_CIOT}};
    status = godwit_emm_attach_request_build(&m, &w);
    if (status != GODWIT_OK || !offers) {
        return status == GODWIT_OK ? godwit_eps_send_plain(access, &w, false, requests) : status;
    }
    access->exchange.offered = true; /* integrity alone: the network has to find the context first (4.4.5) */
    return godwit_eps_send(access, GODWIT_NAS_INTEGRITY, &w, false, requests);
}

godwit_status_t godwit_eps_information(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t labels[GODWIT_ACCESS_APN_MAX + 1], options[GODWIT_ACCESS_CONTAINER_MAX + 8];
    godwit_writer_t apn = godwit_writer(labels, sizeof labels);
    godwit_writer_t pco = godwit_writer(options, sizeof options);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_esm_information_response_t m = {.head = {.pti = access->information_pti}};
    godwit_status_t status = godwit_access_pco(access, &pco);
    godwit_access_apn(access, &apn);
    m.apn = apn.len > 0 ? godwit_written(&apn) : m.apn;
    m.pco = pco.len > 0 ? godwit_written(&pco) : m.pco;
    if (status == GODWIT_OK) {
        status = godwit_esm_information_response_build(&m, &w);
    }
    if (status == GODWIT_OK) {
        access->owes_information = false;
        access->container_sent = access->container_spent = access->container_len > 0;
        status = godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, true, requests);
    }
    return status;
}

/* The network has shown that it has the keys of the vector that this attach goes by. */
static void prove_next(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->next.armed) {
        access->exchange.proved = true;
        godwit_access_next_used(access, requests);
    }
}

godwit_status_t godwit_eps_take_information(godwit_access_t *access, const godwit_access_message_t *message,
                                            godwit_access_requests_t *requests)
{
    godwit_esm_answer_t m;
    godwit_status_t status = godwit_esm_information_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.head.pti != access->exchange.pti) {
        return GODWIT_UNKNOWN_SESSION;
    }
    access->information_pti = m.head.pti;
    access->owes_information = true;
    godwit_access_timer_set(access, requests);
    prove_next(access, requests);
    if (!access->exchange.proved) {
        godwit_access_reused(access, requests);
    }
    return access->awaits_container ? GODWIT_OK : godwit_eps_information(access, requests);
}

/* ---- accept ---- */

static godwit_status_t complete(godwit_access_t *access, uint8_t bearer, godwit_access_requests_t *requests)
{
    uint8_t esm[8];
    godwit_writer_t inner = godwit_writer(esm, sizeof esm);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_esm_answer_t accept = {.head = {.bearer = bearer, .pti = GODWIT_ESM_PTI_NONE}};
    godwit_status_t status = godwit_esm_activate_default_accept_build(&accept, &inner);
    if (status == GODWIT_OK) {
        godwit_emm_attach_complete_t m = {.esm = godwit_written(&inner)};
        status = godwit_emm_attach_complete_build(&m, &w);
    }
    return status == GODWIT_OK ? godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, true, requests) : status;
}

/* Without a GUTI the former one holds (5.5.1.2.4). */
static void take_name(godwit_access_t *access, godwit_slice_t guti)
{
    godwit_eps_identity_t identity;
    if (guti.ptr != NULL && godwit_eps_identity_parse(guti, &identity) == GODWIT_OK && identity.is_guti) {
        access->guti = identity.guti;
        access->has_guti = true;
    }
    access->known = access->has_guti;
}

static godwit_status_t become_active(godwit_access_t *access, const godwit_esm_activate_default_request_t *bearer,
                                     godwit_access_requests_t *requests)
{
    access->bearer = bearer->head.bearer;
    access->state = GODWIT_ACCESS_ACTIVE;
    godwit_eps_bearer_of_held(access);
    godwit_access_drop_challenge(access);
    godwit_access_finish(access, requests);
    godwit_access_event(requests, "attached", GODWIT_OK);
    godwit_status_t status = godwit_access_connected(access, requests);
    if (status == GODWIT_OK) {
        status = godwit_access_sms_attached(access, requests);
    }
    godwit_access_give_container(access, bearer->pco.ptr != NULL ? bearer->pco : bearer->epco, requests);
    return status;
}

godwit_status_t godwit_eps_take_attach_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                              godwit_access_requests_t *requests)
{
    godwit_emm_attach_accept_t m;
    godwit_esm_activate_default_request_t bearer;
    godwit_status_t status = godwit_emm_attach_accept_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        status = godwit_esm_activate_default_request_parse(m.esm, &bearer);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    bool again = access->state == GODWIT_ACCESS_ACTIVE; /* our completion was lost */
    bool fits = bearer.head.bearer >= GODWIT_ESM_DEFAULT_BEARER && message->ciphered &&
                (again ? bearer.head.bearer == access->bearer : bearer.head.pti == access->exchange.pti);
    if (!fits) {
        return GODWIT_UNKNOWN_SESSION;
    }
    if (!again) {
        prove_next(access, requests);
        take_name(access, m.guti);
    }
    status = complete(access, bearer.head.bearer, requests);
    if (status == GODWIT_OK && !again) {
        status = become_active(access, &bearer, requests);
    }
    if (status == GODWIT_OK) {
        const godwit_next_session_t found = godwit_eps_next_found(access);
        godwit_eps_next_offered(access, message, m.rand, m.autn, &found, requests);
    }
    return status;
}

godwit_status_t godwit_eps_take_attach_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                              godwit_access_requests_t *requests)
{
    godwit_emm_attach_reject_t m;
    godwit_esm_refusal_t refusal;
    godwit_status_t status = godwit_emm_attach_reject_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_status_t reason = godwit_access_mobility_reason(m.cause);
    if (m.cause == GODWIT_EMM_CAUSE_ESM_FAILURE && m.esm.ptr != NULL &&
        godwit_esm_pdn_connectivity_reject_parse(m.esm, &refusal) == GODWIT_OK) {
        reason = godwit_access_session_reason(refusal.cause);
    }
    godwit_access_rejected(access, reason, message->verified, requests);
    return GODWIT_OK;
}
