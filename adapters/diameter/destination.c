/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a request of ours goes: host and realm. Functions that there is one of are configured; of the others the
 * message says which.
 */
#include "adapters/diameter/internal.h"

#include <string.h>
#include <strings.h>

typedef struct place {
    const char *host, *realm;
} place_t;

/* What the message names, or else what is configured. */
static place_t named_or(const godwit_trigger_node_t *named, const char *host, const char *realm)
{
    return named->host[0] != '\0' ? (place_t){named->host, named->realm} : (place_t){host, realm};
}

/* To a serving node, or to the AAA server that stands for one. */
static place_t node_of(const godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_SHORT_MESSAGE_DOWN:
        return (place_t){m->u.short_message.node_host, m->u.short_message.node_realm};
    case GODWIT_T5_DOWN:
        return (place_t){m->u.t5_down.to.host, m->u.t5_down.to.realm};
    case GODWIT_IWF_KEY_REQUEST:
        return (place_t){m->u.iwf_key_request.to.host, m->u.iwf_key_request.to.realm};
    default:
        return (place_t){"", ""};
    }
}

static place_t mtc_iwf_of(const godwit_diameter_config_t *c, const godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_T5_UP:
        return named_or(&m->u.t5_up.to, c->mtc_iwf_host, c->mtc_iwf_realm);
    case GODWIT_T4_REPORT:
        return named_or(&m->u.t4_report.to, c->mtc_iwf_host, c->mtc_iwf_realm);
    default:
        return (place_t){c->mtc_iwf_host, c->mtc_iwf_realm};
    }
}

/* K_session goes to the host that is its endpoint; what an EESE says, to the HSE of that session, which is of our own
 * realm unless told otherwise. */
static place_t hse_of(const godwit_diameter_config_t *c, const godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_KEY_PUSH:
        return (place_t){m->u.key_push.endpoint, c->hse_realm};
    case GODWIT_E2E_RENEW:
        return (place_t){m->u.e2e_renew.path.hse, c->hse_realm[0] != '\0' ? c->hse_realm : c->realm};
    default:
        return (place_t){c->hse_host, c->hse_realm};
    }
}

static place_t place_of(const godwit_diameter_config_t *c, const godwit_message_t *m)
{
    switch (m->to) {
    case GODWIT_FUNCTION_HSS:
        return m->kind == GODWIT_ZH_REQUEST ? (place_t){c->zh_host, c->zh_realm} : (place_t){c->hss_host, c->hss_realm};
    case GODWIT_FUNCTION_BSF:
        return (place_t){c->zn_host, c->zn_realm};
    case GODWIT_FUNCTION_SMS_SC:
        return m->kind == GODWIT_T4_TRIGGER ? (place_t){c->t4_host, c->t4_realm}
                                            : (place_t){c->sms_sc_host, c->sms_sc_realm};
    case GODWIT_FUNCTION_MME:
    case GODWIT_FUNCTION_SGSN:
    case GODWIT_FUNCTION_MSC:
    case GODWIT_FUNCTION_AAA:
        return node_of(m);
    case GODWIT_FUNCTION_MTC_IWF:
        return mtc_iwf_of(c, m);
    case GODWIT_FUNCTION_SCS:
    case GODWIT_FUNCTION_AS:
        return (place_t){m->u.device_notification.to.host, m->u.device_notification.to.realm};
    case GODWIT_FUNCTION_EMKS:
        return (place_t){c->emks_host, c->emks_realm};
    case GODWIT_FUNCTION_EESE:
        return (place_t){c->eese_host, c->eese_realm};
    case GODWIT_FUNCTION_HSE:
        return hse_of(c, m);
    default:
        return (place_t){"", ""};
    }
}

bool godwit_diameter_destination(const godwit_diameter_t *d, const godwit_message_t *m, const char **host,
                                 const char **realm)
{
    place_t place = place_of(&d->config, m);
    *host = place.host;
    *realm = place.realm;
    return place.realm[0] != '\0';
}

/* K_iwf for a device goes to the node itself, over a way that is protected. */
bool godwit_diameter_may_carry(const godwit_diameter_t *d, const godwit_message_t *m)
{
    if (m->kind != GODWIT_T5_DOWN || m->u.t5_down.kind != GODWIT_T5_UE_KEY) {
        return true;
    }
    for (size_t i = 0; i < d->config.peer_count; i++) {
        if (strcasecmp(d->peers[i].identity, m->u.t5_down.to.host) == 0) {
            return godwit_diameter_way_of(d, i) != GODWIT_HOP_OPEN;
        }
    }
    return false;
}
