/* SPDX-License-Identifier: Apache-2.0
 *
 * The REST front of the MTC-IWF in this process: its door, and delivery reports to an AS. What comes is queued like any
 * message.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "adapters/t8/t8.h"
#include "daemons/godwitd/certificates.h"
#include "daemons/godwitd/daemon.h"

#define RECEIVE_AT_ONCE 256

/* callers: of the sources that are AS. */
static godwit_t8_config_t wanted_of(const config_mtc_iwf_t *config, godwit_t8_caller_t callers[GODWIT_IWF_SOURCES_MAX])
{
    const config_rest_t *rest = &config->rest;
    godwit_t8_config_t wanted = {.host = rest->host,
                                 .port = rest->port,
                                 .certificate = rest->tls.certificate,
                                 .key = rest->tls.key,
                                 .ca = rest->tls.ca,
                                 .crl = rest->crl,
                                 .connect_to = rest->connect_to,
                                 .callers = callers};
    for (size_t i = 0; i < config->role.sources; i++) {
        if (config->role.source[i].function == GODWIT_FUNCTION_AS) {
            callers[wanted.caller_count++] =
                (godwit_t8_caller_t){.name = config->role.source[i].name, .notify = rest->notify[i]};
        }
    }
    return wanted;
}

bool rest_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    godwit_t8_caller_t callers[GODWIT_IWF_SOURCES_MAX];
    char why[GODWIT_HTTPS_WHY];
    if (!config_has(d->config, CONFIG_MTC_IWF) || d->config->mtc_iwf.rest.host[0] == '\0') {
        return true;
    }
    const godwit_t8_config_t wanted = wanted_of(&d->config->mtc_iwf, callers);
    if (godwit_t8_start(&wanted, &d->rest, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "mtc_iwf.rest: %.480s", why);
        return false;
    }
    return true;
}

void rest_reload(godwitd_t *d, const config_t *config)
{
    godwit_t8_caller_t callers[GODWIT_IWF_SOURCES_MAX];
    char why[GODWIT_HTTPS_WHY], text[GODWIT_HTTPS_WHY + 64];
    if (d->rest == NULL) {
        return;
    }
    godwit_t8_config_t wanted = wanted_of(&config->mtc_iwf, callers);
    wanted.certificate = d->config->mtc_iwf.rest.tls.certificate;
    wanted.key = d->config->mtc_iwf.rest.tls.key;
    wanted.ca = d->config->mtc_iwf.rest.tls.ca;
    wanted.crl = d->config->mtc_iwf.rest.crl;
    if (godwit_t8_renew(d->rest, &wanted, why) != GODWIT_OK) {
        (void)snprintf(text, sizeof text, "mtc_iwf.rest: %.480s; what was before holds", why);
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "reload", text);
    } else {
        certificates_taken(d, "mtc_iwf.rest.tls");
    }
}

bool rest_watch(const godwitd_t *d)
{
    return d->rest == NULL ||
           (edge_watch(d, godwit_t8_server_fd(d->rest)) && edge_watch(d, godwit_t8_client_fd(d->rest)));
}

void rest_ready(const godwitd_t *d)
{
    if (d->rest != NULL) {
        const char *host = d->config->mtc_iwf.rest.host;
        (void)printf(strchr(host, ':') != NULL ? " rest=[%s]:%u" : " rest=%s:%u", host,
                     (unsigned)godwit_t8_port(d->rest));
    }
}

/* ---- the collection ---- */

typedef struct listing {
    uint8_t source_key[16];
    godwit_t8_page_t page;
} listing_t;

static bool add(void *context, const godwit_record_t *record)
{
    listing_t *listing = context;
    return memcmp(record->u.trigger.source_key, listing->source_key, sizeof listing->source_key) == 0 &&
           godwit_t8_page_add(&listing->page, &record->u.trigger);
}

/* From the store, which has every trigger as it was committed last. */
static void answer_list(godwitd_t *d, const godwit_t8_list_t *list)
{
    static listing_t listing;
    godwit_record_key_t after = {.kind = GODWIT_RECORD_TRIGGER, .session_id = list->after};
    memset(&listing, 0, sizeof listing);
    godwit_status_t status = godwit_name_key(godwit_crypto_server(), list->scs, listing.source_key);
    memcpy(after.octets, listing.source_key, sizeof listing.source_key);
    if (status == GODWIT_OK) {
        status = godwit_store_list(d->store, GODWIT_RECORD_TRIGGER, &after, 0, add, &listing);
    }
    if (status != GODWIT_OK) {
        edge_refused(d, GODWIT_FUNCTION_MTC_IWF, GODWIT_STORE_FAILED, "a list of triggers; see godwit store check");
    }
    godwit_t8_answer_list(d->rest, list, status == GODWIT_OK ? &listing.page : NULL);
}

/* ---- what comes ---- */

/* One list at most in a turn: others do not wait while many are read. */
static void receive_requests(godwitd_t *d)
{
    godwit_message_t message;
    godwit_t8_list_t list = {.route = 0};
    for (unsigned i = 0; i < RECEIVE_AT_ONCE && list.route == 0 && queue_count(d->queue) < QUEUE_CAPACITY / 2; i++) {
        const char *detail = NULL;
        const godwit_status_t status = godwit_t8_receive(d->rest, &message, &list, &detail);
        if (status == GODWIT_AGAIN) {
            return;
        }
        if (status != GODWIT_OK) {
            edge_refused(d, GODWIT_FUNCTION_MTC_IWF, status, detail);
        } else if (list.route != 0) {
            answer_list(d, &list);
        } else {
            edge_take(d, &message);
        }
    }
}

void rest_receive(godwitd_t *d)
{
    godwit_message_t message;
    char why[GODWIT_HTTPS_WHY];
    if (d->rest == NULL) {
        return;
    }
    receive_requests(d);
    for (unsigned i = 0; i < RECEIVE_AT_ONCE && godwit_t8_notified(d->rest, &message, why); i++) {
        edge_take(d, &message);
        if (why[0] != '\0') {
            godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "rest", why);
        }
    }
}

/* Nobody to tell counts as told: that AS asks. */
static void notify(godwitd_t *d, const godwit_message_t *message)
{
    const godwit_status_t status = godwit_t8_notify(d->rest, message);
    if (status != GODWIT_OK) {
        const godwit_message_t answer = {.kind = GODWIT_DEVICE_NOTIFICATION_ANSWER,
                                         .from = GODWIT_FUNCTION_AS,
                                         .to = GODWIT_FUNCTION_MTC_IWF,
                                         .transaction = message->transaction,
                                         .u.outcome = status == GODWIT_NOT_FOUND ? GODWIT_OK : GODWIT_PEER_INTERNAL};
        edge_take(d, &answer);
    }
}

bool rest_send(godwitd_t *d, const godwit_message_t *message)
{
    if (d->rest == NULL || message->to != GODWIT_FUNCTION_AS) {
        return false;
    }
    if (message->kind == GODWIT_DEVICE_NOTIFICATION) {
        notify(d, message);
    } else {
        godwit_message_t next;
        if (godwit_t8_answer(d->rest, message, &next)) {
            edge_take(d, &next);
        }
    }
    return true;
}

void rest_stop(godwitd_t *d)
{
    godwit_t8_stop(d->rest);
    d->rest = NULL;
}
