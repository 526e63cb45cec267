/* SPDX-License-Identifier: Apache-2.0
 *
 * The applications that this adapter speaks, and their commands: one table, from which freeDiameter's dictionary, what
 * we advertise and what we take are made. A new application is a line here, its codec in core/wire, and its kinds in
 * translate.c.
 */
#include "adapters/diameter/internal.h"
#include "core/wire/ek.h"
#include "core/wire/s6a.h"
#include "core/wire/s6m.h"
#include "core/wire/sgd.h"
#include "core/wire/t4.h"
#include "core/wire/t5.h"
#include "core/wire/tsp.h"
#include "core/wire/zh.h"
#include "core/wire/zn.h"

static bool serves_s6a(const godwit_diameter_config_t *c)
{
    return c->serve_s6a;
}

static bool asks_s6a(const godwit_diameter_config_t *c)
{
    return c->hss_realm[0] != '\0';
}

static bool serves_ek(const godwit_diameter_config_t *c)
{
    return c->serve_ek || c->serve_hss_keys || c->serve_hse || c->serve_device_rand || c->serve_he_vector ||
           c->serve_eese || c->eese_realm[0] != '\0';
}

static bool asks_ek(const godwit_diameter_config_t *c)
{
    return c->emks_realm[0] != '\0' || c->hse_realm[0] != '\0' || c->ask_hss_keys || c->ask_device_rand ||
           c->ask_he_vector || c->eese_realm[0] != '\0' || c->serve_eese;
}

static bool serves_zh(const godwit_diameter_config_t *c)
{
    return c->serve_zh;
}

static bool asks_zh(const godwit_diameter_config_t *c)
{
    return c->zh_realm[0] != '\0';
}

static bool serves_zn(const godwit_diameter_config_t *c)
{
    return c->serve_zn;
}

static bool asks_zn(const godwit_diameter_config_t *c)
{
    return c->zn_realm[0] != '\0';
}

static bool serves_sgd(const godwit_diameter_config_t *c)
{
    return c->serve_sms_sc || c->serve_sms_node != GODWIT_FUNCTION_NONE;
}

static bool asks_sgd(const godwit_diameter_config_t *c)
{
    return c->sms_sc_realm[0] != '\0' || c->serve_sms_sc;
}

static bool serves_s6m(const godwit_diameter_config_t *c)
{
    return c->serve_s6m;
}

static bool asks_s6m(const godwit_diameter_config_t *c)
{
    return c->serve_mtc_iwf && c->hss_realm[0] != '\0';
}

static bool serves_tsp(const godwit_diameter_config_t *c)
{
    return c->serve_mtc_iwf || c->serve_scs;
}

static bool asks_tsp(const godwit_diameter_config_t *c)
{
    return serves_tsp(c); /* each side asks the other */
}

static bool serves_t4(const godwit_diameter_config_t *c)
{
    return c->serve_t4 || (c->serve_mtc_iwf && c->t4_realm[0] != '\0');
}

static bool asks_t4(const godwit_diameter_config_t *c)
{
    return serves_t4(c);
}

static bool serves_t5(const godwit_diameter_config_t *c)
{
    return c->serve_mtc_iwf || c->serve_t5 != 0;
}

static bool asks_t5(const godwit_diameter_config_t *c)
{
    return serves_t5(c);
}

static const godwit_diameter_application_t applications[] = {
    {GODWIT_DIAMETER_S6A, GODWIT_S6A_APPLICATION, GODWIT_VENDOR_3GPP, "S6a", serves_s6a, asks_s6a},
    {GODWIT_DIAMETER_EK, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR, "Ek", serves_ek, asks_ek},
    {GODWIT_DIAMETER_ZH, GODWIT_ZH_APPLICATION, GODWIT_VENDOR_3GPP, "Zh", serves_zh, asks_zh},
    {GODWIT_DIAMETER_ZN, GODWIT_ZN_APPLICATION, GODWIT_VENDOR_3GPP, "Zn", serves_zn, asks_zn},
    {GODWIT_DIAMETER_SGD, GODWIT_SGD_APPLICATION, GODWIT_VENDOR_3GPP, "SGd", serves_sgd, asks_sgd},
    {GODWIT_DIAMETER_S6M, GODWIT_S6M_APPLICATION, GODWIT_VENDOR_3GPP, "S6m", serves_s6m, asks_s6m},
    {GODWIT_DIAMETER_TSP, GODWIT_TSP_APPLICATION, GODWIT_VENDOR_3GPP, "Tsp", serves_tsp, asks_tsp},
    {GODWIT_DIAMETER_T4, GODWIT_T4_APPLICATION, GODWIT_VENDOR_3GPP, "T4", serves_t4, asks_t4},
    {GODWIT_DIAMETER_T5, GODWIT_T5_APPLICATION, GODWIT_EK_VENDOR, "T5", serves_t5, asks_t5},
};

/* kind: which request it is, as far as the command alone tells. */
static const godwit_diameter_pair_t pairs[] = {
    {GODWIT_AUTH_INFO_REQUEST, &godwit_s6a_air, &godwit_s6a_aia, "Authentication-Information"},
    {GODWIT_KEY_REQUEST, &godwit_ek_key_request, &godwit_ek_key_answer, "Key"},
    {GODWIT_KEY_CONFIRM, &godwit_ek_confirm_request, &godwit_ek_confirm_answer, "Key-Confirm"},
    {GODWIT_ZH_REQUEST, &godwit_zh_mar, &godwit_zh_maa, "Multimedia-Auth"},
    {GODWIT_ZN_REQUEST, &godwit_zn_bir, &godwit_zn_bia, "Bootstrapping-Info"},
    {GODWIT_SHORT_MESSAGE_UP, &godwit_sgd_ofr, &godwit_sgd_ofa, "MO-Forward-Short-Message"},
    {GODWIT_SHORT_MESSAGE_DOWN, &godwit_sgd_tfr, &godwit_sgd_tfa, "MT-Forward-Short-Message"},
    {GODWIT_LOCATION_UPDATE, &godwit_s6a_ulr, &godwit_s6a_ula, "Update-Location"},
    {GODWIT_SUBSCRIBER_INFO_REQUEST, &godwit_s6m_sir, &godwit_s6m_sia, "Subscriber-Information"},
    {GODWIT_DEVICE_ACTION, &godwit_tsp_dar, &godwit_tsp_daa, "Device-Action"},
    {GODWIT_DEVICE_NOTIFICATION, &godwit_tsp_dnr, &godwit_tsp_dna, "Device-Notification"},
    {GODWIT_T4_TRIGGER, &godwit_t4_dtr, &godwit_t4_dta, "Device-Trigger"},
    {GODWIT_T4_REPORT, &godwit_t4_drr, &godwit_t4_dra, "Delivery-Report"},
    {GODWIT_T5_DOWN, &godwit_t5_request, &godwit_t5_answer, "T5"},
};

const godwit_diameter_application_t *godwit_diameter_application(size_t i)
{
    return i < sizeof applications / sizeof applications[0] ? &applications[i] : NULL;
}

const godwit_diameter_pair_t *godwit_diameter_pair(size_t i)
{
    return i < sizeof pairs / sizeof pairs[0] ? &pairs[i] : NULL;
}

const godwit_diameter_command_t *godwit_diameter_answer_command(godwit_message_kind_t request)
{
    const godwit_diameter_pair_t *pair;
    if (request == GODWIT_T5_UP || request == GODWIT_IWF_KEY_REQUEST) {
        return &godwit_t5_answer;
    }
    for (size_t i = 0; (pair = godwit_diameter_pair(i)) != NULL; i++) {
        if (pair->kind == request) {
            return pair->answer;
        }
    }
    return &godwit_ek_key_answer; /* the many that are told by Key-Purpose */
}
