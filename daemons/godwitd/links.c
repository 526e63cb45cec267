/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions in other processes: Diameter peers, and a HLR over GSUP. What comes is queued like what a function here
 * sends.
 */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "daemons/godwitd/certificates.h"
#include "daemons/godwitd/daemon.h"

#define RECEIVE_AT_ONCE 256

/* The adapters' lines; from any thread, so each is one write. */
static void note(void *context, int level, const char *line)
{
    godwitd_t *d = context;
    godwit_log_level_t own = level <= LOG_ERR       ? GODWIT_LOG_ERROR
                             : level == LOG_WARNING ? GODWIT_LOG_WARNING
                             : level == LOG_DEBUG   ? GODWIT_LOG_DEBUG
                                                    : GODWIT_LOG_INFO;
    godwit_observe_note(&d->observer, daemon_now_ms(), own, "link", line);
}

/* Where requests of the functions here go: what is configured for one of them. */
static void destinations(const config_t *config, godwit_diameter_config_t *wanted)
{
    const config_hss_t *hss = &config->hss;
    const config_hse_t *hse = &config->hse;
    bool emks_asks = config->emks.hss_realm[0] != '\0';
    bool hse_asks = hse->emks_realm[0] != '\0';
    bool gateway_asks = config->pgw.hss_realm[0] != '\0', visited_asks = config->visited_hss_realm[0] != '\0';
    memcpy(wanted->hss_host, emks_asks ? config->emks.hss_host : hse->hss_host, sizeof wanted->hss_host);
    memcpy(wanted->hss_realm, emks_asks ? config->emks.hss_realm : hse->hss_realm, sizeof wanted->hss_realm);
    memcpy(wanted->emks_host, hse_asks ? hse->emks_host : hss->emks_host, sizeof wanted->emks_host);
    memcpy(wanted->emks_realm, hse_asks ? hse->emks_realm : hss->emks_realm, sizeof wanted->emks_realm);
    if (gateway_asks || visited_asks) {
        const config_pgw_t *pgw = &config->pgw;
        memcpy(wanted->hss_host, visited_asks ? config->visited_hss_host : pgw->hss_host, sizeof wanted->hss_host);
        memcpy(wanted->hss_realm, visited_asks ? config->visited_hss_realm : pgw->hss_realm, sizeof wanted->hss_realm);
    }
    memcpy(wanted->hse_realm, hss->hse_realm, sizeof wanted->hse_realm);
    if (config->pgw.hse_realm[0] != '\0') {
        memcpy(wanted->hse_host, config->pgw.hse_host, sizeof wanted->hse_host);
        memcpy(wanted->hse_realm, config->pgw.hse_realm, sizeof wanted->hse_realm);
    }
    memcpy(wanted->zh_host, config->gba_bsf.hss_host, sizeof wanted->zh_host);
    memcpy(wanted->zh_realm, config->gba_bsf.hss_realm, sizeof wanted->zh_realm);
    wanted->serve_zh = config_has(config, CONFIG_HSS) && hss->bsf_count > 0;
    memcpy(wanted->zn_host, config->zn_host, sizeof wanted->zn_host);
    memcpy(wanted->zn_realm, config->zn_realm, sizeof wanted->zn_realm);
    wanted->serve_zn = config_has(config, CONFIG_BSF);
    memcpy(wanted->sms_sc_host, config->sms_sc_host, sizeof wanted->sms_sc_host);
    memcpy(wanted->sms_sc_realm, config->sms_sc_realm, sizeof wanted->sms_sc_realm);
    wanted->serve_sms_sc = config_has(config, CONFIG_SMS_SC);
    if (config->sms_sc_realm[0] != '\0') { /* one of them at most */
        wanted->serve_sms_node = config_has(config, CONFIG_MME)    ? GODWIT_FUNCTION_MME
                                 : config_has(config, CONFIG_SGSN) ? GODWIT_FUNCTION_SGSN
                                                                   : GODWIT_FUNCTION_MSC;
    }
    wanted->serve_hss_keys = config_has(config, CONFIG_HSS) && hss->e2m.delivery != GODWIT_E2M_DELIVERY_NONE &&
                             hss->e2m.delivery != GODWIT_E2M_DELIVERY_D;
    wanted->serve_hse = config_has(config, CONFIG_HSE) && hse->bearers != 0;
    wanted->serve_device_rand =
        config_has(config, CONFIG_HSS) && hss->mkef_count > (config_has(config, CONFIG_MKEF) ? 1u : 0u);
    wanted->ask_device_rand = config->mkef.hss_realm[0] != '\0';
    if (wanted->ask_device_rand) {
        memcpy(wanted->hss_host, config->mkef.hss_host, sizeof wanted->hss_host);
        memcpy(wanted->hss_realm, config->mkef.hss_realm, sizeof wanted->hss_realm);
    }
    wanted->serve_he_vector =
        config_has(config, CONFIG_HSS) && (hss->ausf_count > (config_has(config, CONFIG_AUSF) ? 1u : 0u) ||
                                           hss->aaa_count > (config_has(config, CONFIG_AAA) ? 1u : 0u));
    wanted->serve_s6m =
        config_has(config, CONFIG_HSS) && hss->iwf_count > (config_has(config, CONFIG_MTC_IWF) ? 1u : 0u);
    const bool aaa_asks = config->aaa.hss_realm[0] != '\0';
    wanted->ask_he_vector = aaa_asks || config->ausf.hss_realm[0] != '\0';
    if (wanted->ask_he_vector) {
        memcpy(wanted->hss_host, aaa_asks ? config->aaa.hss_host : config->ausf.hss_host, sizeof wanted->hss_host);
        memcpy(wanted->hss_realm, aaa_asks ? config->aaa.hss_realm : config->ausf.hss_realm, sizeof wanted->hss_realm);
    }
    if (config_has(config, CONFIG_AAA) && config->aaa.role.iwf.host[0] != '\0') {
        wanted->serve_t5 |= 1u << GODWIT_FUNCTION_AAA;
    }
    trigger_destinations(config, wanted);
    e2e_destinations(config, wanted);
    wanted->ask_hss_keys = hse->hss_realm[0] != '\0' || gateway_asks;
}

static bool start_diameter(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_diameter_t *config = &d->config->diameter;
    char why[GODWIT_DIAMETER_ERROR_MAX];
    godwit_diameter_config_t wanted = {
        .identity = d->config->identity,
        .realm = d->config->realm,
        .listen = config->listen,
        .port = config->port,
        .peers = config->peers,
        .peer_count = config->peer_count,
        .tls_certificate = config->certificate,
        .tls_key = config->key,
        .tls_ca = config->ca,
        .link_protected = config->link_protected,
        .serve_s6a = config_has(d->config, CONFIG_HSS),
        .serve_ek = config_has(d->config, CONFIG_EMKS),
        .timeout_ms = config->timeout_ms,
        .log = note,
        .context = d,
    };
    destinations(d->config, &wanted);
    d->diameter = godwit_diameter_start(&wanted, why);
    if (d->diameter == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
    }
    return d->diameter != NULL;
}

void links_reload(godwitd_t *d)
{
    char why[GODWIT_DIAMETER_ERROR_MAX], text[GODWIT_DIAMETER_ERROR_MAX + 64];
    if (d->diameter == NULL) {
        return;
    }
    if (!godwit_diameter_renew(d->diameter, why)) {
        (void)snprintf(text, sizeof text, "%s; what was before holds", why);
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "reload", text);
    } else {
        certificates_taken(d, "diameter.tls");
    }
    if (godwit_diameter_has_other_authorities(d->diameter)) {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "reload",
                            "diameter.tls.ca: what stands in the file has changed; this needs a restart");
    }
}

static bool start_gsup(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    char why[GODWIT_GSUP_ERROR_MAX];
    const godwit_gsup_config_t wanted = {
        .host = d->config->emks.gsup_host,
        .port = d->config->emks.gsup_port,
        .unit_name = d->config->emks.gsup_name,
        .timeout_ms = d->config->emks.timeout_ms,
        .log = note,
        .context = d,
    };
    d->gsup = godwit_gsup_start(&wanted, why);
    if (d->gsup == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
    }
    return d->gsup != NULL;
}

bool links_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    bool gsup = config_has(d->config, CONFIG_EMKS) && d->config->emks.source == CONFIG_SOURCE_GSUP;
    return (!gsup || start_gsup(d, error)) && (!d->config->diameter.used || start_diameter(d, error));
}

void links_send(godwitd_t *d, const godwit_message_t *message)
{
    godwit_status_t status = GODWIT_NOT_FOUND;
    if (mkef_send(d, message) || akma_send(d, message) || e2e_send(d, message) || eas_send(d, message)) {
        return;
    }
    if (message->kind == GODWIT_AUTH_INFO_REQUEST && d->gsup != NULL) {
        status = godwit_gsup_send(d->gsup, message);
    } else if (d->diameter != NULL) {
        status = godwit_diameter_send(d->diameter, message);
    }
    if (status != GODWIT_OK) {
        const godwit_event_t event = {.name = "message_lost", .reason = status, .detail = "it could not be sent"};
        godwit_observe_event(&d->observer, daemon_now_ms(), owner_function_name(message->from), &event);
    }
}

/* True when a message came, over whichever link. freeDiameter may have ended itself: then this process has to end, too,
 * for whoever supervises it to start it anew. */
static bool receive_one(godwitd_t *d, godwit_message_t *message)
{
    godwit_status_t status = d->diameter != NULL ? godwit_diameter_receive(d->diameter, message) : GODWIT_AGAIN;
    if (status == GODWIT_IO_FAILED) {
        d->failed = d->stopping = true;
        return false;
    }
    return status == GODWIT_OK || (d->gsup != NULL && godwit_gsup_receive(d->gsup, message) == GODWIT_OK);
}

void links_receive(godwitd_t *d)
{
    godwit_message_t message;
    /* As much as the queue holds with room for what it will cause here. */
    for (unsigned i = 0; i < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; i++) {
        if (!receive_one(d, &message)) {
            break;
        }
        edge_take(d, &message);
    }
    godwit_wipe(&message, sizeof message);
}

void links_stop(godwitd_t *d)
{
    if (d->gsup != NULL) {
        godwit_gsup_stop(d->gsup);
    }
    if (d->diameter != NULL) {
        godwit_diameter_stop(d->diameter);
    }
    d->gsup = NULL;
    d->diameter = NULL;
}
