/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections msc and sms_sc, what mme and sgsn are told of short messages, and the HSE's door for them (docs/sms.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

#define DEVICES_DEFAULT 1024
#define RADIO_DEFAULT "127.0.0.1:7332"
#define SERVING (CONFIG_MME | CONFIG_SGSN | CONFIG_MSC)

bool config_sms_node(config_t *c, const char *where, const raw_remote_t *raw, bool *on)
{
    unsigned serving = c->functions & SERVING;
    *on = raw != NULL || config_has(c, CONFIG_SMS_SC);
    if (!*on || config_has(c, CONFIG_SMS_SC)) {
        return true;
    }
    if ((serving & (serving - 1U)) != 0) { /* a TFR does not say which of them it is for */
        return config_refuse(c, where, 0, "only one of mme, sgsn and msc in a process may have a SMS-SC elsewhere",
                             NULL);
    }
    return config_remote(c, where, raw, c->sms_sc_host, c->sms_sc_realm);
}

/* ---- msc ---- */

static bool msc_next_session(config_t *c, const raw_msc_t *raw)
{
    config_next_session_t next;
    godwit_msc_config_t *m = &c->msc.role;
    if (!config_next_session(c, "msc.next_session", raw->next_session, &next)) {
        return false;
    }
    m->next_session = next.on;
    m->next_life_s = next.life_s;
    m->next_wait_ms = next.wait_ms;
    if (raw->ki128 != NULL && strcmp(raw->ki128, "none") == 0) {
        m->ki128 = GODWIT_MSC_KI128_NONE;
    } else if (raw->ki128 != NULL && strcmp(raw->ki128, "required") != 0) {
        return config_refuse(c, "msc.ki128", 0, "must be required or none", raw->ki128);
    }
    return true;
}

bool config_msc_section(config_t *c, const raw_msc_t *raw)
{
    godwit_msc_config_t *m = &c->msc.role;
    if (raw == NULL) {
        return config_refuse(c, "msc", 0, "is missing, though it stands among the functions", NULL);
    }
    memcpy(m->local_host, c->identity, sizeof m->local_host);
    memcpy(m->local_realm, c->realm, sizeof m->local_realm);
    m->lac = (uint16_t)(raw->lac == 0 ? 1 : raw->lac);
    m->inactive_ms = 1000 * raw->idle_seconds;
    c->msc.devices = raw->devices == 0 ? DEVICES_DEFAULT : raw->devices;
    return config_plmn(c, "msc.plmn", 0, raw->plmn, &m->plmn) &&
           config_address(c, "msc.radio", 0, raw->radio == NULL ? RADIO_DEFAULT : raw->radio, &c->msc.radio) &&
           config_range(c, "msc.lac", raw->lac, 1, 65533) &&
           config_range(c, "msc.idle_seconds", raw->idle_seconds, 1, 86400) &&
           config_range(c, "msc.devices", raw->devices, 1, GODWIT_MSC_UES_MAX) &&
           (config_has(c, CONFIG_HSS) ||
            config_remote(c, "msc.hss", raw->hss, c->visited_hss_host, c->visited_hss_realm)) &&
           config_sms_node(c, "msc.sms_sc", raw->sms_sc, &m->sms) && msc_next_session(c, raw);
}

/* ---- sms_sc, and the HSE's end ---- */

/* Both ends of the link between SMS-SC and HSE: no protection of its own, and none but the other end is heard. */
static bool link_ends(config_t *c, const char *where, const char *listen, const char *peer, config_sms_link_t *link)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s.listen", where);
    if (!config_address(c, name, 0, listen, &link->listen)) {
        return false;
    }
    (void)snprintf(name, sizeof name, "%s.peer", where);
    if (!config_address(c, name, 0, peer, &link->peer)) {
        return false;
    }
    link->used = true;
    return link->listen.len == link->peer.len ||
           config_refuse(c, name, 0, "must be of the family of the address beside it", peer);
}

bool config_hse_sms(config_t *c, const raw_sms_link_t *raw)
{
    return raw == NULL || link_ends(c, "hse.sms", raw->listen, raw->peer, &c->hse.sms);
}

bool config_sms_sc_section(config_t *c, const raw_sms_sc_t *raw)
{
    godwit_sms_sc_config_t *s = &c->sms_sc.role;
    godwit_sms_address_t number;
    if (raw == NULL || raw->hse == NULL) {
        return config_refuse(c, raw == NULL ? "sms_sc" : "sms_sc.hse", 0,
                             "is missing, though sms_sc stands among the functions", NULL);
    }
    if (raw->number == NULL || godwit_sms_address_from_text(raw->number, &number) != GODWIT_OK) {
        return config_refuse(c, "sms_sc.number", 0, "must be digits of an international number", raw->number);
    }
    memcpy(s->local_host, c->identity, sizeof s->local_host);
    memcpy(s->local_realm, c->realm, sizeof s->local_realm);
    (void)snprintf(s->number, sizeof s->number, "%s", raw->number);
    s->port = (uint16_t)raw->port;
    s->retry_ms = 1000 * raw->retry_seconds;
    s->tries = (uint8_t)raw->tries;
    c->sms_sc.devices = raw->devices == 0 ? DEVICES_DEFAULT : raw->devices;
    c->diameter.used = c->diameter.used || c->raw->diameter != NULL;
    return config_range(c, "sms_sc.port", raw->port, 1, 65535) &&
           config_range(c, "sms_sc.retry_seconds", raw->retry_seconds, 1, 3600) &&
           config_range(c, "sms_sc.tries", raw->tries, 1, 100) &&
           config_range(c, "sms_sc.devices", raw->devices, 1, GODWIT_SMS_SC_DEVICES_MAX) &&
           link_ends(c, "sms_sc.hse", raw->hse->listen, raw->hse->peer, &c->sms_sc.hse);
}
