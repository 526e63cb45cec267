/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, EPS: device triggering in DOWNLINK and UPLINK GENERIC NAS TRANSPORT (TS 24.301 8.2.31, 8.2.32).
 * Only what verified and came under the cipher of the context is read; K_iwf not even then where that cipher is the
 * null one.
 */
#include "core/wire/emm.h"
#include "core/wire/ue_key.h"
#include "device/access/trigger.h"

godwit_status_t godwit_eps_send_trigger(godwit_access_t *access, godwit_slice_t octets,
                                        godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    const godwit_emm_generic_nas_transport_t m = {.container_type = GODWIT_EMM_GENERIC_TRIGGER, .container = octets};
    godwit_status_t status = godwit_emm_uplink_generic_nas_transport_build(&m, &w);
    return status == GODWIT_OK ? godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, false, requests) : status;
}

static godwit_status_t take_trigger(godwit_access_t *access, godwit_slice_t octets, godwit_access_requests_t *requests)
{
    if (octets.len > GODWIT_TRIGGER_CONTAINER_MAX) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = godwit_access_connected(access, requests);
    if (status == GODWIT_OK) {
        godwit_access_give_trigger(octets, false, requests);
    }
    return status;
}

static godwit_status_t take_ue_key(godwit_access_t *access, godwit_slice_t octets, godwit_access_requests_t *requests)
{
    godwit_iwf_key_t *key = &access->trigger.key;
    if (access->nas.eea == 0) {
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_status_t status = godwit_ue_key_parse(octets, key);
    godwit_wipe(access->work, sizeof access->work);
    if (status == GODWIT_OK) {
        status = godwit_access_connected(access, requests);
    }
    if (status == GODWIT_OK) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_UE_KEY)->ue_key = key;
    }
    return status;
}

godwit_status_t godwit_eps_take_generic(godwit_access_t *access, const godwit_access_message_t *message,
                                        godwit_access_requests_t *requests)
{
    godwit_emm_generic_nas_transport_t m;
    if (!access->config.trigger || !message->ciphered) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = godwit_emm_downlink_generic_nas_transport_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    switch (m.container_type) {
    case GODWIT_EMM_GENERIC_TRIGGER:
        return take_trigger(access, m.container, requests);
    case GODWIT_EMM_GENERIC_UE_KEY:
        return take_ue_key(access, m.container, requests);
    default:
        return GODWIT_WRONG_STATE;
    }
}
