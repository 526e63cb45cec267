/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, EPS: an attach by the vector that was handed over in the session before (contribution 000).
 * ATTACH REQUEST names GUTI and KSI of that, goes integrity protected under its keys with COUNT 0, carries RES, and the
 * small data in a container that alone is ciphered, as in CONTROL PLANE SERVICE REQUEST (TS 24.301 4.4.5). It is made
 * once: what is sent again is the same octets.
 */
#include <string.h>

#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "device/access/internal.h"

#define UPDATE_CONTROL_PLANE_CIOT 4 /* additional update type, TS 24.301 9.9.3.0B */
#define TRANSFER_REQUIRED 1         /* 9.9.4.5 */

/* What stands for the APN in the record. */
static godwit_status_t digest_apn(const godwit_access_t *access, uint8_t apn[4])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    godwit_status_t status = access->config.crypto->sha256(&access->config.apn, 1, digest);
    memcpy(apn, digest, 4);
    return status;
}

godwit_next_session_t godwit_eps_next_found(const godwit_access_t *access)
{
    const godwit_guti_t *guti = &access->guti;
    godwit_next_session_t found = {.domain = GODWIT_NEXT_NONE};
    const bool named = access->has_guti && access->nas.set && guti->m_tmsi != 0 &&
                       godwit_plmn_equal(guti->plmn, access->config.serving_network);
    if (!named || digest_apn(access, found.apn) != GODWIT_OK) {
        return found;
    }
    found.domain = GODWIT_NEXT_EPS;
    found.plmn = guti->plmn;
    found.ksi = godwit_next_session_ksi(access->nas.ksi);
    found.eea = access->nas.eea;
    found.eia = access->nas.eia;
    found.tmsi = guti->m_tmsi;
    godwit_store_u16(found.area, guti->mme_group);
    found.area[2] = guti->mme_code;
    found.capability_len = sizeof access->capability;
    memcpy(found.capability, access->capability, sizeof access->capability);
    return found;
}

bool godwit_eps_next_usable(const godwit_access_t *access)
{
    const godwit_next_session_t *s = &access->next.stored;
    return s->eia != 0 && godwit_eps_algorithm_is_ours(access->capability[0], s->eea) &&
           godwit_eps_algorithm_is_ours(access->capability[1], s->eia) &&
           s->capability_len == sizeof access->capability &&
           memcmp(s->capability, access->capability, sizeof access->capability) == 0;
}

static godwit_guti_t guti_of(const godwit_next_session_t *s)
{
    return (godwit_guti_t){
        .plmn = s->plmn, .mme_group = godwit_load_u16(s->area), .mme_code = s->area[2], .m_tmsi = s->tmsi};
}

/* The bearer is that of before: no question about APN and PCO, unless the APN is another one now. */
static godwit_status_t put_connectivity(const godwit_access_t *access, const godwit_next_session_t *s,
                                        godwit_writer_t *w)
{
    uint8_t apn[4];
    godwit_esm_pdn_connectivity_request_t m = {.head = {.pti = access->exchange.pti},
                                               .request_type = GODWIT_ESM_REQUEST_INITIAL,
                                               .pdn_type = GODWIT_ESM_PDN_NON_IP};
    godwit_status_t status = digest_apn(access, apn);
    m.information_transfer.set = memcmp(apn, s->apn, sizeof apn) != 0;
    m.information_transfer.value = TRANSFER_REQUIRED;
    return status == GODWIT_OK ? godwit_esm_pdn_connectivity_request_build(&m, w) : status;
}

/* The message into access->plain; the data, as far as the carrier has them here, by way of next.frame. */
static godwit_status_t put_request(godwit_access_t *access, const godwit_next_session_t *s, godwit_writer_t *w)
{
    uint8_t esm[16], octets[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t inner = godwit_writer(esm, sizeof esm);
    godwit_writer_t identity = godwit_writer(octets, sizeof octets);
    godwit_writer_t data = godwit_writer(access->next.frame, sizeof access->next.frame);
    const godwit_eps_identity_t mine = {.is_guti = true, .guti = guti_of(s)};
    const godwit_esm_data_transport_t transport = {.data = access->next.data};
    godwit_emm_attach_request_t m = {.attach_type = GODWIT_EMM_ATTACH_EPS,
                                     .ksi = s->ksi,
                                     .capability = godwit_slice(access->capability, sizeof access->capability),
                                     .res = godwit_slice(s->res, s->res_len),
                                     .additional_update = {true, UPDATE_CONTROL_PLANE_CIOT}};
    godwit_status_t status = put_connectivity(access, s, &inner);
    if (status == GODWIT_OK) {
        status = godwit_eps_identity_build(&mine, &identity);
    }
    if (status == GODWIT_OK && access->next.carries && access->config.carrier == GODWIT_CARRIER_NAS) {
        status = godwit_esm_data_transport_build(&transport, &data);
        m.data = godwit_written(&data);
    } else if (access->next.carries) {
        m.nas = access->next.data;
    }
    m.identity = godwit_written(&identity);
    m.esm = godwit_written(&inner);
    return status == GODWIT_OK ? godwit_emm_attach_request_build(&m, w) : status;
}

/* The frame, and the context that begins with it. */
static godwit_status_t make_frame(godwit_access_t *access, const godwit_next_session_t *s, godwit_nas_security_t *nas)
{
    const godwit_crypto_t *crypto = access->config.crypto;
    godwit_access_next_t *n = &access->next;
    godwit_writer_t plain = godwit_writer(access->plain, sizeof access->plain);
    godwit_status_t status = godwit_nas_security_init(nas, crypto, s->root, s->ksi, s->eea, s->eia, false);
    if (status == GODWIT_OK) {
        status = put_request(access, s, &plain);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_writer_t w = godwit_writer(n->frame, sizeof n->frame);
    godwit_put_u8(&w, GODWIT_RADIO_NAS);
    status = godwit_nas_security_create(nas, crypto, n->carries ? GODWIT_NAS_PARTLY : GODWIT_NAS_INTEGRITY,
                                        godwit_written(&plain), &w);
    n->frame_len = status == GODWIT_OK ? (uint16_t)w.len : 0;
    return status;
}

/* The keys of the vector take the place of what there was of a former session. */
static godwit_status_t begin(godwit_access_t *access)
{
    const godwit_next_session_t *found = &access->next.found;
    godwit_nas_security_t nas;
    memset(&nas, 0, sizeof nas);
    godwit_status_t status = make_frame(access, found, &nas);
    if (status == GODWIT_OK) {
        access->nas = nas;
        access->guti = guti_of(found);
        access->has_guti = true;
        access->known = access->keyed = false;
        access->container_len = 0;
    }
    godwit_nas_security_wipe(&nas);
    return status;
}

godwit_status_t godwit_eps_next_attach(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_status_t status = access->next.frame_len == 0 ? begin(access) : GODWIT_OK;
    if (status == GODWIT_OK) {
        godwit_access_next_send(access, requests);
    }
    return status;
}

/* ---- the hand-over ---- */

void godwit_eps_next_offered(godwit_access_t *access, const godwit_access_message_t *message, godwit_slice_t rand,
                             godwit_slice_t autn, const godwit_next_session_t *found,
                             godwit_access_requests_t *requests)
{
    if (rand.ptr == NULL || autn.ptr == NULL) {
        return;
    }
    const bool secret = message->ciphered && found->eea != 0;
    if (found->domain == GODWIT_NEXT_NONE || !secret) {
        const bool named = found->domain != GODWIT_NEXT_NONE;
        godwit_access_event(requests, "next_refused", named ? GODWIT_POLICY_FORBIDS : GODWIT_WRONG_STATE);
        return;
    }
    godwit_access_next_offered(access, rand.ptr, autn.ptr, found, requests);
}

godwit_status_t godwit_eps_take_hand_over(godwit_access_t *access, const godwit_access_message_t *message,
                                          godwit_access_requests_t *requests)
{
    godwit_emm_hand_over_t m;
    godwit_status_t status = godwit_emm_information_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        const godwit_next_session_t found = godwit_eps_next_found(access);
        godwit_eps_next_offered(access, message, m.rand, m.autn, &found, requests);
    }
    return status;
}
