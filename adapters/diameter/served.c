/* SPDX-License-Identifier: Apache-2.0
 *
 * Which requests are for a function here, and for which.
 */
#include "adapters/diameter/internal.h"

static bool is_access(unsigned agreements)
{
    return agreements != 0 && (agreements & ~0x03u) == 0; /* bits of agreements 01 and 02 */
}

/* What is asked of the owner of key sets of access AKA runs. */
static bool is_of_access_keys(const godwit_message_t *m)
{
    const godwit_key_request_t *r = &m->u.key_request;
    switch (m->kind) {
    case GODWIT_KEY_REQUEST:
        return r->purpose == GODWIT_KEY_BY_SELECTOR ||
               (r->purpose == GODWIT_KEY_NEXT_GENERATION && is_access(r->agreements));
    case GODWIT_KEY_CONFIRM:
        return m->u.key_confirm.agreement == GODWIT_AGREEMENT_ACCESS_UMTS ||
               m->u.key_confirm.agreement == GODWIT_AGREEMENT_ACCESS_EPS;
    case GODWIT_KEY_PARK:
        return true;
    case GODWIT_E2E_KEY_REQUEST:
        return m->u.e2e_key_request.agreement == GODWIT_AGREEMENT_ACCESS_UMTS ||
               m->u.e2e_key_request.agreement == GODWIT_AGREEMENT_ACCESS_EPS;
    default:
        return false;
    }
}

bool godwit_diameter_is_served(const godwit_diameter_config_t *config, godwit_message_t *request)
{
    if (godwit_diameter_is_of_triggers(request->kind)) {
        return godwit_diameter_trigger_is_served(config, request);
    }
    if (is_of_access_keys(request) && config->serve_hss_keys) {
        request->to = GODWIT_FUNCTION_HSS;
        return true;
    }
    if (request->kind == GODWIT_SHORT_MESSAGE_DOWN) {
        request->to = config->serve_sms_node;
        return request->to != GODWIT_FUNCTION_NONE;
    }
    switch (request->to) {
    case GODWIT_FUNCTION_SMS_SC:
        return config->serve_sms_sc;
    case GODWIT_FUNCTION_BSF:
        return config->serve_zn;
    case GODWIT_FUNCTION_HSS:
        if (request->kind == GODWIT_ZH_REQUEST) {
            return config->serve_zh;
        }
        if (request->kind == GODWIT_DEVICE_RAND_REQUEST) {
            return config->serve_device_rand;
        }
        if (request->kind == GODWIT_HE_VECTOR_REQUEST) {
            return config->serve_he_vector;
        }
        return request->kind == GODWIT_AUTH_INFO_REQUEST ? config->serve_s6a : config->serve_hss_keys;
    case GODWIT_FUNCTION_EMKS:
        return config->serve_ek;
    case GODWIT_FUNCTION_HSE:
        return request->kind == GODWIT_E2E_RENEW ? config->eese_realm[0] != '\0' : config->serve_hse;
    case GODWIT_FUNCTION_EESE:
        return config->serve_eese;
    default:
        return false;
    }
}
