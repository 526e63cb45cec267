/* SPDX-License-Identifier: Apache-2.0
 *
 * The NAF in this process and its doors: HTTP digest, PSK-TLS, PSK-DTLS. What comes in under a key of the BSF is a
 * reading of the subscriber whose bootstrapping it was, until that key is over. Over DTLS it is CoAP unless configured
 * otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "adapters/crypto/aesni.h"
#include "core/wire/coap.h"
#include "daemons/godwitd/daemon.h"
#include "roles/kms.h"

#define RECEIVE_AT_ONCE 64
#define COAP_ANSWER_MAX 64
#define TICKET_LIFE_MS 3600000u

/* Whose a PSK connection is. */
typedef struct naf_peer {
    uint64_t route;
    bool has_imsi;
    godwit_imsi_t imsi;
    uint64_t expires_ms;
    bool has_message; /* CoAP: the last reading that was taken, by its message ID (RFC 7252 4.5) */
    uint16_t message_id;
} naf_peer_t;

struct daemon_naf {
    godwit_naf_t role;
    godwit_naf_key_t *keys;
    godwit_kms_role_t kms;
    godwit_ua_t *ua;   /* NULL: no such door */
    godwit_psk_t *psk; /* NULL: no such door */
    naf_peer_t peers[GODWIT_PSK_CONNECTIONS_MAX];
};

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_naf_step(role, in, out);
}

static void step_kms(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_kms_step(role, in, out);
}

/* The ticket key is this process's: tickets end with it. */
static bool start_kms(godwitd_t *d)
{
    godwit_kms_role_t *kms = &d->naf->kms;
    kms->service = (godwit_kms_t){.crypto = godwit_crypto_server(), .life_ms = TICKET_LIFE_MS};
    memcpy(kms->fqdn, d->config->naf.role.fqdns[0], sizeof kms->fqdn);
    memcpy(kms->local_host, d->config->identity, sizeof kms->local_host);
    memcpy(kms->local_realm, d->config->realm, sizeof kms->local_realm);
    owner_set_role(d->owner, GODWIT_FUNCTION_KMS, step_kms, kms);
    return getrandom(kms->service.ticket_key, sizeof kms->service.ticket_key, 0) ==
           (ssize_t)sizeof kms->service.ticket_key;
}

static bool open_http(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_naf_t *config = &d->config->naf;
    char why[GODWIT_HTTPS_WHY];
    godwit_https_door_t doors[GODWIT_HTTPS_DOORS] = {
        {.port = config->port[0]}, {.port = config->port[1], .certificate = config->certificate, .key = config->key}};
    for (size_t i = 0; i < GODWIT_HTTPS_DOORS; i++) {
        doors[i].host = config->host[i][0] != '\0' ? config->host[i] : NULL;
    }
    if ((doors[0].host != NULL || doors[1].host != NULL) && godwit_ua_open(doors, &d->naf->ua, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
        return false;
    }
    return true;
}

static bool open_psk(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    godwit_psk_config_t config = d->config->naf.psk;
    char why[GODWIT_PSK_WHY];
    config.host = d->config->naf.psk_host;
    if ((config.tls || config.dtls) && godwit_psk_start(&config, &d->naf->psk, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "naf: %s", why);
        return false;
    }
    return true;
}

bool naf_open(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    if (!config_has(d->config, CONFIG_NAF)) {
        return true;
    }
    d->naf = calloc(1, sizeof *d->naf);
    if (d->naf == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory for the NAF");
        return false;
    }
    return open_http(d, error) && open_psk(d, error);
}

bool naf_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    if (d->naf == NULL) {
        return true;
    }
    godwit_naf_config_t role = d->config->naf.role;
    role.crypto = godwit_crypto_server();
    d->naf->keys = calloc(d->config->naf.keys, sizeof *d->naf->keys);
    if (d->naf->keys == NULL || godwit_naf_init(&d->naf->role, &role, d->naf->keys, d->config->naf.keys) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: naf cannot be started", d->config->file);
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_NAF, step, &d->naf->role);
    if (d->config->naf.kms && !start_kms(d)) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no random octets for the key of tickets");
        return false;
    }
    return true;
}

int naf_fd(const godwitd_t *d, size_t door)
{
    if (d->naf == NULL || door >= NAF_DOORS) {
        return -1;
    }
    if (door == GODWIT_HTTPS_DOORS) {
        return d->naf->psk != NULL ? godwit_psk_fd(d->naf->psk) : -1;
    }
    return d->naf->ua != NULL ? godwit_ua_fd(d->naf->ua, door) : -1;
}

void naf_ready(const godwitd_t *d)
{
    static const char *const names[GODWIT_HTTPS_DOORS] = {"naf-http", "naf-https"};
    const config_naf_t *config = &d->config->naf;
    for (size_t i = 0; d->naf != NULL && d->naf->ua != NULL && i < GODWIT_HTTPS_DOORS; i++) {
        if (config->host[i][0] != '\0') {
            bool v6 = strchr(config->host[i], ':') != NULL;
            (void)printf(v6 ? " %s=[%s]:%u" : " %s=%s:%u", names[i], config->host[i],
                         (unsigned)godwit_ua_port(d->naf->ua, i));
        }
    }
    if (d->naf != NULL && d->naf->psk != NULL) {
        bool v6 = strchr(config->psk_host, ':') != NULL;
        (void)printf(v6 ? " naf-psk=[%s]:%u/%u" : " naf-psk=%s:%u/%u", config->psk_host,
                     (unsigned)godwit_psk_tls_port(d->naf->psk), (unsigned)godwit_psk_dtls_port(d->naf->psk));
    }
}

void naf_stop(godwitd_t *d)
{
    if (d->naf == NULL) {
        return;
    }
    godwit_ua_close(d->naf->ua);
    godwit_psk_stop(d->naf->psk);
    if (d->naf->keys != NULL) {
        godwit_wipe(d->naf->keys, d->config->naf.keys * sizeof *d->naf->keys);
        free(d->naf->keys);
    }
    godwit_wipe(d->naf, sizeof *d->naf);
    free(d->naf);
    d->naf = NULL;
}

/* ---- readings ---- */

static void deliver(godwitd_t *d, const godwit_imsi_t *imsi, godwit_slice_t payload)
{
    const godwit_reading_t reading = {
        .imsi = *imsi, .user_plane = true, .payload = payload, .time_ms = daemon_now_ms()};
    if (payload.len > 0) {
        deliveries_take(d, &reading, false);
    }
}

static void note(godwitd_t *d, const char *name, godwit_status_t reason, const char *detail)
{
    const godwit_event_t event = {.name = name, .reason = reason, .detail = detail};
    godwit_observe_event(&d->observer, daemon_now_ms(), "naf", &event);
}

/* ---- PSK ---- */

static naf_peer_t *peer_of(godwitd_t *d, uint64_t route)
{
    return &d->naf->peers[route % GODWIT_PSK_CONNECTIONS_MAX];
}

static void ask_for_key(godwitd_t *d, const godwit_psk_event_t *event)
{
    godwit_message_t *message = queue_add(d->queue);
    const char *fqdn = event->server_name[0] != '\0' ? event->server_name : d->config->naf.role.fqdns[0];
    if (message == NULL) {
        godwit_psk_key(d->naf->psk, event->route, NULL);
        return;
    }
    memset(message, 0, sizeof *message);
    message->kind = GODWIT_NAF_KEY_REQUEST;
    message->from = GODWIT_FUNCTION_DEVICE;
    message->to = GODWIT_FUNCTION_NAF;
    message->route = event->route;
    godwit_naf_key_request_t *request = &message->u.naf_key_request;
    (void)snprintf(request->b_tid, sizeof request->b_tid, "%s", event->identity);
    (void)snprintf(request->fqdn, sizeof request->fqdn, "%s", fqdn);
    memcpy(request->ua_protocol, event->ua_protocol, sizeof request->ua_protocol);
}

static void take_key(godwitd_t *d, const godwit_message_t *answer)
{
    const godwit_naf_key_answer_t *a = &answer->u.naf_key_answer;
    naf_peer_t *peer = peer_of(d, answer->route);
    if (d->naf->psk == NULL || answer->route < peer->route) {
        return; /* routes only rise: another connection has that place by now */
    }
    *peer = (naf_peer_t){.route = answer->route, .expires_ms = a->expires_ms};
    peer->has_imsi = a->status == GODWIT_OK && godwit_impi_to_imsi(a->impi, &peer->imsi) == GODWIT_OK;
    godwit_psk_key(d->naf->psk, answer->route, peer->has_imsi ? a->ks_naf : NULL);
}

/* A client that did not see our answer says the same message again: it is answered, and delivered once. */
static bool is_new(naf_peer_t *peer, uint16_t message_id)
{
    bool again = peer->has_message && peer->message_id == message_id;
    peer->has_message = true;
    peer->message_id = message_id;
    return !again;
}

static void take_coap(godwitd_t *d, naf_peer_t *peer, const godwit_psk_event_t *event)
{
    uint8_t octets[COAP_ANSWER_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_coap_t m, answer;
    if (godwit_coap_parse(event->data, &m) != GODWIT_OK) {
        note(d, "refused", GODWIT_MALFORMED, "DTLS: no CoAP message");
        return;
    }
    bool get = m.code == GODWIT_COAP_GET, put = m.code == GODWIT_COAP_POST || m.code == GODWIT_COAP_PUT;
    uint8_t code = m.unknown_critical ? GODWIT_COAP_BAD_OPTION
                   : get              ? GODWIT_COAP_CONTENT
                   : put              ? GODWIT_COAP_CHANGED
                                      : GODWIT_COAP_METHOD_NOT_ALLOWED;
    godwit_slice_t body = get ? godwit_slice_of_string("godwit\n") : godwit_slice(NULL, 0);
    if (put && !m.unknown_critical && is_new(peer, m.message_id)) {
        deliver(d, &peer->imsi, m.payload);
    }
    if (godwit_coap_answer(&m, code, body, &answer) && godwit_coap_build(&answer, &w) == GODWIT_OK) {
        (void)godwit_psk_send(d->naf->psk, event->route, godwit_written(&w));
    }
}

static void take_data(godwitd_t *d, const godwit_psk_event_t *event)
{
    naf_peer_t *peer = peer_of(d, event->route);
    if (peer->route != event->route || !peer->has_imsi || peer->expires_ms <= daemon_now_ms()) {
        note(d, "refused", GODWIT_KEY_EXPIRED, "PSK: the key of this connection is over");
        godwit_psk_end(d->naf->psk, event->route);
    } else if (event->dtls && !d->config->naf.dtls_raw) {
        take_coap(d, peer, event);
    } else {
        deliver(d, &peer->imsi, event->data);
        (void)godwit_psk_send(d->naf->psk, event->route, event->data); /* back to where it came from */
    }
}

static void receive_psk(godwitd_t *d)
{
    godwit_psk_event_t event;
    for (unsigned i = 0; i < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; i++) {
        if (!godwit_psk_next(d->naf->psk, &event)) {
            return;
        }
        switch (event.kind) {
        case GODWIT_PSK_KEY_WANTED:
            ask_for_key(d, &event);
            break;
        case GODWIT_PSK_DATA:
            take_data(d, &event);
            break;
        case GODWIT_PSK_OPENED:
            note(d, "psk_opened", GODWIT_OK, event.dtls ? "DTLS" : "TLS");
            break;
        case GODWIT_PSK_REFUSED:
        default:
            if (event.why != NULL) {
                note(d, "refused", GODWIT_MAC_FAILURE, event.why);
            }
            break;
        }
    }
}

/* ---- both ---- */

void naf_receive(godwitd_t *d)
{
    godwit_message_t message;
    if (d->naf == NULL) {
        return;
    }
    for (unsigned i = 0; d->naf->ua != NULL && i < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; i++) {
        godwit_message_t *place = godwit_ua_receive(d->naf->ua, &message) ? queue_add(d->queue) : NULL;
        if (place == NULL) {
            break;
        }
        *place = message;
    }
    if (d->naf->psk != NULL) {
        receive_psk(d);
    }
}

static void ask_kms(godwitd_t *d, const godwit_message_t *request)
{
    godwit_message_t *place = queue_add(d->queue);
    if (place != NULL) {
        *place = *request;
        return;
    }
    godwit_message_t full = {.kind = GODWIT_KMS_ANSWER, .transaction = request->transaction, .route = request->route};
    full.u.kms_answer.status = GODWIT_OVERLOAD;
    godwit_ua_send_kms(d->naf->ua, &full);
}

void naf_send(godwitd_t *d, const godwit_message_t *answer)
{
    godwit_slice_t reading;
    godwit_imsi_t imsi;
    godwit_message_t request;
    if (d->naf == NULL) {
        return;
    }
    if (answer->kind == GODWIT_NAF_KEY_ANSWER) {
        take_key(d, answer);
    } else if (d->naf->ua != NULL && answer->kind == GODWIT_KMS_ANSWER) {
        godwit_ua_send_kms(d->naf->ua, answer);
    } else if (d->naf->ua != NULL && d->config->naf.kms && godwit_ua_for_kms(d->naf->ua, answer, &request)) {
        ask_kms(d, &request);
    } else if (d->naf->ua != NULL) {
        godwit_ua_send(d->naf->ua, answer, &reading);
        if (godwit_impi_to_imsi(answer->u.ua_answer.impi, &imsi) == GODWIT_OK) {
            deliver(d, &imsi, reading);
        }
    }
}
