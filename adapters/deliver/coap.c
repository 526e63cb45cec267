/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings to a CoAP server: each a confirmable POST whose body is the JSON line of one reading; it has arrived when
 * the response is 2.xx. Over coaps:// with a pre-shared key or certificates; coap:// is without protection.
 */
#include "adapters/coap/coap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/deliver/deliver.h"
#include "adapters/deliver/parts.h"

#define STEP_MS 1000

typedef struct coap_delivery {
    godwit_delivery_t delivery;
    godwit_coap_t *coap;
} coap_delivery_t;

static godwit_status_t refuse(const godwit_deliver_config_t *config, const char *what, char why[GODWIT_DELIVER_WHY])
{
    (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to CoAP %.40s: %s", config->target != NULL ? config->target : "",
                   what);
    return GODWIT_IO_FAILED;
}

static godwit_status_t start(coap_delivery_t *c, const godwit_deliver_config_t *config, char why[GODWIT_DELIVER_WHY])
{
    uint8_t psk[GODWIT_COAP_KEY_MAX];
    char reason[GODWIT_COAP_WHY];
    size_t len = 0;
    godwit_coap_config_t wanted = {.url = config->target,
                                   .psk_identity = config->psk_identity,
                                   .ca = config->ca,
                                   .certificate = config->certificate,
                                   .key = config->key,
                                   .in_flight = config->in_flight,
                                   .ack_ms = config->timeout_ms};
    if (config->psk_identity != NULL) {
        if (config->secret_file == NULL || !godwit_deliver_secret_read(config->secret_file, psk, sizeof psk, &len)) {
            return refuse(config, "psk_identity needs secret_file, of 1 to 64 octets", why);
        }
        wanted.psk = godwit_slice(psk, len);
    }
    godwit_status_t status = godwit_coap_open(&wanted, &c->coap, reason);
    godwit_wipe(psk, sizeof psk);
    return status == GODWIT_OK ? status : refuse(config, reason, why);
}

static godwit_status_t open_coap(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                 godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    *delivery = NULL;
    if (config->target == NULL || (strncmp(config->target, "coap://", 7) == 0 && !config->plain)) {
        return refuse(config,
                      config->target == NULL ? "needs a URL" : "coap:// is without protection: it needs plain: true",
                      why);
    }
    coap_delivery_t *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return refuse(config, "no memory", why);
    }
    c->delivery.kind = &godwit_deliver_coap;
    c->delivery.told = *told;
    godwit_status_t status = start(c, config, why);
    if (status != GODWIT_OK) {
        free(c);
        return status;
    }
    *delivery = &c->delivery;
    return GODWIT_OK;
}

/* Codes that blame this very reading (RFC 7252 5.9.2, RFC 7959): others may be mended at the server. */
static bool is_refusal(unsigned code)
{
    return code == 400 || code == 402 || code == 406 || code == 413 || code == 415 || code == 422;
}

static void tell(coap_delivery_t *c, const godwit_coap_answer_t *answer)
{
    const godwit_deliver_told_t *told = &c->delivery.told;
    if (answer->status == GODWIT_OK && answer->code / 100 == 2) {
        told->done(told->context, answer->tag);
        return;
    }
    if (answer->status == GODWIT_OK) {
        (void)snprintf(c->delivery.why, sizeof c->delivery.why, "the CoAP server answered %u.%02u", answer->code / 100,
                       answer->code % 100);
    } else {
        (void)snprintf(c->delivery.why, sizeof c->delivery.why, "the CoAP server: %s", answer->why);
    }
    told->failed(told->context, answer->tag,
                 answer->status == GODWIT_OK && is_refusal(answer->code) ? GODWIT_DELIVER_REFUSED
                                                                         : GODWIT_DELIVER_LATER,
                 c->delivery.why);
}

static uint64_t step(godwit_delivery_t *delivery, uint64_t now_ms)
{
    coap_delivery_t *c = (coap_delivery_t *)delivery;
    godwit_coap_answer_t answer;
    while (godwit_coap_next(c->coap, now_ms, &answer)) {
        tell(c, &answer);
    }
    return STEP_MS;
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    coap_delivery_t *c = (coap_delivery_t *)delivery;
    size_t len = 0;
    char *line = godwit_deliver_line(reading, &len);
    if (line == NULL) {
        return GODWIT_AGAIN;
    }
    godwit_status_t status =
        godwit_coap_post(c->coap, godwit_slice((const uint8_t *)line, len - 1), reading->number, now_ms);
    godwit_wipe(line, len);
    free(line);
    return status == GODWIT_OK ? status : GODWIT_AGAIN;
}

static godwit_status_t flush(godwit_delivery_t *delivery)
{
    (void)delivery;
    return GODWIT_OK;
}

static int fd(const godwit_delivery_t *delivery)
{
    return godwit_coap_fd(((const coap_delivery_t *)delivery)->coap);
}

static void close_coap(godwit_delivery_t *delivery)
{
    coap_delivery_t *c = (coap_delivery_t *)delivery;
    godwit_coap_close(c->coap);
    free(c);
}

const godwit_deliver_kind_t godwit_deliver_coap = {.name = "coap",
                                                   .open = open_coap,
                                                   .offer = offer,
                                                   .flush = flush,
                                                   .step = step,
                                                   .fd = fd,
                                                   .close = close_coap,
                                                   .queued = true};
