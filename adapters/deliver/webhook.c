/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings as HTTPS requests: one POST of its JSON each, signed when there is a secret, with a key that tells a
 * repetition. A reading has arrived when the answer is 2xx. Redirects are not followed. TLS as adapters/https/https.h
 * says; the body leaves by TLS alone unless plain is asked for.
 */

#include <ctype.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "adapters/deliver/deliver.h"
#include "adapters/deliver/parts.h"
#include "adapters/https/client.h"

#define IN_FLIGHT 1 /* more than one may arrive in another order when one fails */
#define IN_FLIGHT_MAX 64
#define TIMEOUT_MS 10000
#define ANSWER_MAX 4096 /* octets; nobody reads them */
#define SECRET_MIN 16
#define SECRET_MAX 512
#define SIGNATURE_MAX 128
#define RETRY_AFTER_MAX_S 3600

typedef struct webhook_delivery {
    godwit_delivery_t delivery;
    godwit_https_client_t *client;
    char *url;
    unsigned in_flight, in_flight_max;
    uint64_t not_before_ms; /* the server asked to be left alone until then */
    size_t secret_len;
    uint8_t secret[SECRET_MAX];
} webhook_delivery_t;

/* ---- opening ---- */

static bool refuse(char why[GODWIT_DELIVER_WHY], const char *url, const char *what, const char *which)
{
    (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to %.120s: %.80s%s%.100s", url, what, which == NULL ? "" : " ",
                   which == NULL ? "" : which);
    return false;
}

/* The secret is what is in the file, without the newline that ends it. */
static bool read_secret(webhook_delivery_t *w, const char *path, char why[GODWIT_DELIVER_WHY])
{
    struct stat st;
    if (path == NULL) {
        return true;
    }
    if (stat(path, &st) != 0 || !godwit_deliver_secret_read(path, w->secret, sizeof w->secret, &w->secret_len)) {
        return refuse(why, w->url, "its secret, of at most 512 octets, cannot be read from", path);
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return refuse(why, w->url, "others may read its secret; chmod 600", path);
    }
    w->secret_len -= w->secret[w->secret_len - 1] == '\n';
    return w->secret_len >= SECRET_MIN || refuse(why, w->url, "its secret must have 16 octets or more:", path);
}

/* https://name:password@host: the URL stands in the log and in the status. */
static bool has_userinfo(const char *url)
{
    const char *authority = strstr(url, "://");
    return authority != NULL && memchr(authority + 3, '@', strcspn(authority + 3, "/?#")) != NULL;
}

static bool good_scheme(const godwit_deliver_config_t *config, char why[GODWIT_DELIVER_WHY])
{
    if (has_userinfo(config->target)) {
        return refuse(why, "a webhook", "a name or password in its URL would stand in the log", NULL);
    }
    if (strncmp(config->target, "https://", 8) == 0) {
        return true;
    }
    if (strncmp(config->target, "http://", 7) != 0) {
        return refuse(why, config->target, "must be a https URL", NULL);
    }
    return config->plain ||
           refuse(why, config->target, "http only with plain: true, over a path that is trusted", NULL);
}

static bool start(webhook_delivery_t *w, const godwit_deliver_config_t *config, char why[GODWIT_DELIVER_WHY])
{
    char client_why[GODWIT_HTTPS_WHY];
    const godwit_https_client_config_t wanted = {.certificate = config->certificate,
                                                 .key = config->key,
                                                 .ca = config->ca,
                                                 .plain = config->plain,
                                                 .headers = {"Retry-After"},
                                                 .body_max = ANSWER_MAX,
                                                 .whole_ms = config->timeout_ms == 0 ? TIMEOUT_MS : config->timeout_ms,
                                                 .outstanding = w->in_flight_max};
    return godwit_https_client_start(&wanted, &w->client, client_why) == GODWIT_OK ||
           refuse(why, w->url, client_why, NULL);
}

static void close_webhook(godwit_delivery_t *delivery)
{
    webhook_delivery_t *w = (webhook_delivery_t *)delivery;
    godwit_https_client_stop(w->client);
    free(w->url);
    godwit_wipe(w, sizeof *w);
    free(w);
}

static godwit_status_t open_webhook(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                    godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    *delivery = NULL;
    if (!good_scheme(config, why)) {
        return GODWIT_IO_FAILED;
    }
    webhook_delivery_t *w = calloc(1, sizeof *w);
    if (w == NULL || (w->url = strdup(config->target)) == NULL) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery: no memory");
        free(w);
        return GODWIT_IO_FAILED;
    }
    w->delivery.kind = &godwit_deliver_webhook;
    w->delivery.told = *told;
    w->in_flight_max = config->in_flight == 0              ? IN_FLIGHT
                       : config->in_flight > IN_FLIGHT_MAX ? IN_FLIGHT_MAX
                                                           : config->in_flight;
    if (!read_secret(w, config->secret_file, why) || !start(w, config, why)) {
        close_webhook(&w->delivery);
        return GODWIT_IO_FAILED;
    }
    *delivery = &w->delivery;
    return GODWIT_OK;
}

/* ---- sending ---- */

/* "t=1700000000,v1=<hex>": HMAC-SHA-256 over the time in that decimal form, a full stop and the body, so that a
 * captured request cannot be sent again later with another time. False: it cannot be made. */
static bool sign(const webhook_delivery_t *w, godwit_slice_t body, char text[SIGNATURE_MAX])
{
    const uint64_t now_s = (uint64_t)time(NULL);
    uint8_t mac[EVP_MAX_MD_SIZE];
    unsigned mac_len = 0;
    int len = snprintf(text, SIGNATURE_MAX, "t=%" PRIu64 ",v1=", now_s);
    uint8_t *signed_octets = malloc(body.len + 32);
    if (signed_octets == NULL) {
        return false;
    }
    const int head = snprintf((char *)signed_octets, 32, "%" PRIu64 ".", now_s);
    memcpy(signed_octets + head, body.ptr, body.len);
    const bool good = HMAC(EVP_sha256(), w->secret, (int)w->secret_len, signed_octets, (size_t)head + body.len, mac,
                           &mac_len) != NULL;
    if (good) {
        godwit_hex_encode(godwit_slice(mac, mac_len), text + len);
    }
    godwit_wipe(signed_octets, body.len + 32);
    free(signed_octets);
    return good;
}

static godwit_status_t post(webhook_delivery_t *w, const godwit_reading_t *reading, godwit_slice_t body)
{
    char key[GODWIT_DELIVER_NAME_MAX + 32], signature[SIGNATURE_MAX];
    const char *origin = reading->origin == NULL ? "" : reading->origin;
    (void)snprintf(key, sizeof key, "\"%s/%" PRIu64 "\"", origin, reading->number);
    godwit_https_ask_t ask = {.method = "POST",
                              .url = w->url,
                              .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}},
                              .body = body};
    if (w->secret_len > 0) {
        if (!sign(w, body, signature)) {
            return GODWIT_AGAIN;
        }
        ask.headers[2] = (godwit_https_header_t){"Godwit-Signature", signature};
    }
    return godwit_https_client_submit(w->client, &ask, reading->number) == GODWIT_OK ? GODWIT_OK : GODWIT_AGAIN;
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    webhook_delivery_t *w = (webhook_delivery_t *)delivery;
    size_t len = 0;
    if (w->in_flight >= w->in_flight_max || now_ms < w->not_before_ms) {
        return GODWIT_AGAIN;
    }
    char *line = godwit_deliver_line(reading, &len);
    if (line == NULL) {
        return GODWIT_AGAIN;
    }
    const godwit_status_t status = post(w, reading, godwit_slice(line, len - 1));
    w->in_flight += status == GODWIT_OK;
    godwit_wipe(line, len);
    free(line);
    return status;
}

/* ---- answers ---- */

/* "120": seconds; a date is not looked at. */
static void leave_alone(webhook_delivery_t *w, const char *retry_after, uint64_t now_ms)
{
    if (retry_after == NULL || !isdigit((unsigned char)retry_after[0])) {
        return;
    }
    const unsigned long seconds = strtoul(retry_after, NULL, 10);
    w->not_before_ms = now_ms + 1000 * (seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S);
}

/* What may be otherwise later: no answer, the server's own trouble, too early, too many. All else says that this
 * request is not wanted. */
static bool may_pass(const godwit_https_answer_t *answer)
{
    return answer->status != GODWIT_OK || answer->code >= 500 || answer->code == 408 || answer->code == 425 ||
           answer->code == 429;
}

static void take(webhook_delivery_t *w, const godwit_https_answer_t *answer, uint64_t now_ms)
{
    const godwit_deliver_told_t *told = &w->delivery.told;
    w->in_flight--;
    if (answer->status == GODWIT_OK && answer->code >= 200 && answer->code < 300) {
        told->done(told->context, answer->tag);
        return;
    }
    if (answer->status == GODWIT_OK) {
        (void)snprintf(w->delivery.why, sizeof w->delivery.why, "delivery to %.200s: answered %u", w->url,
                       answer->code);
        leave_alone(w, answer->headers[0], now_ms);
    } else {
        (void)snprintf(w->delivery.why, sizeof w->delivery.why, "delivery to %.120s: %.150s", w->url, answer->why);
    }
    told->failed(told->context, answer->tag, may_pass(answer) ? GODWIT_DELIVER_LATER : GODWIT_DELIVER_REFUSED,
                 w->delivery.why);
}

static uint64_t step(godwit_delivery_t *delivery, uint64_t now_ms)
{
    webhook_delivery_t *w = (webhook_delivery_t *)delivery;
    godwit_https_answer_t answer;
    while (godwit_https_client_next(w->client, &answer)) {
        take(w, &answer, now_ms);
    }
    return now_ms < w->not_before_ms ? w->not_before_ms - now_ms : GODWIT_DELIVER_NEVER;
}

static godwit_status_t nothing(godwit_delivery_t *delivery)
{
    (void)delivery;
    return GODWIT_OK;
}

static int fd_of(const godwit_delivery_t *delivery)
{
    return godwit_https_client_fd(((const webhook_delivery_t *)delivery)->client);
}

const godwit_deliver_kind_t godwit_deliver_webhook = {.name = "webhook",
                                                      .open = open_webhook,
                                                      .offer = offer,
                                                      .flush = nothing,
                                                      .step = step,
                                                      .fd = fd_of,
                                                      .close = close_webhook,
                                                      .queued = true};
