/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests of the CoAP client and their answers. A request's token is its place among those in flight, and the low half
 * of its tag.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/coap/internal.h"

#define IN_FLIGHT 4
#define ACK_MS 2000
#define ACK_LEAST_MS 1000
#define LIFE_MS 93000 /* MAX_TRANSMIT_WAIT of RFC 7252 4.8.2: after it nothing is sent again */
#define FORMAT_JSON 50
#define TOKEN_LEN 5

/* ---- what libcoap tells ---- */

static coap_flight_t *flight_of(godwit_coap_t *coap, const coap_pdu_t *pdu)
{
    coap_bin_const_t token = coap_pdu_get_token(pdu);
    if (token.length != TOKEN_LEN || token.s[0] >= COAP_FLIGHTS_MAX) {
        return NULL;
    }
    coap_flight_t *flight = &coap->flights[token.s[0]];
    return flight->used && !flight->answered && godwit_load_u32(token.s + 1) == (uint32_t)flight->tag ? flight : NULL;
}

static void settle(coap_flight_t *flight, unsigned code, const char *why)
{
    if (flight != NULL) {
        flight->answered = true;
        flight->code = code;
        flight->why = why;
    }
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent, const coap_pdu_t *received,
                                   const coap_mid_t mid)
{
    godwit_coap_t *coap = coap_session_get_app_data(session);
    unsigned code = (unsigned)coap_pdu_get_code(received);
    (void)sent, (void)mid;
    settle(flight_of(coap, received), (code >> 5) * 100 + (code & 0x1F), NULL);
    return COAP_RESPONSE_OK;
}

static const char *reason_of(coap_nack_reason_t reason)
{
    switch (reason) {
    case COAP_NACK_TOO_MANY_RETRIES:
        return "no acknowledgement";
    case COAP_NACK_RST:
        return "the server knows nothing of it (Reset)";
    case COAP_NACK_TLS_FAILED:
        return "DTLS failed";
    case COAP_NACK_ICMP_ISSUE:
        return "nobody listens there";
    default:
        return "it could not be sent";
    }
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent, const coap_nack_reason_t reason,
                    const coap_mid_t mid)
{
    godwit_coap_t *coap = coap_session_get_app_data(session);
    (void)mid;
    if (coap == NULL) {
        return;
    }
    if (sent != NULL) {
        settle(flight_of(coap, sent), 0, reason_of(reason));
    }
    coap->broken = coap->broken || reason != COAP_NACK_RST;
}

/* ---- opening and closing ---- */

static godwit_status_t copy(char *room, size_t size, const char *text, char why[GODWIT_COAP_WHY])
{
    if (text != NULL && strlen(text) >= size) {
        (void)snprintf(why, GODWIT_COAP_WHY, "%.40s... is too long", text);
        return GODWIT_INVALID_ARGUMENT;
    }
    (void)snprintf(room, size, "%s", text != NULL ? text : "");
    return GODWIT_OK;
}

static godwit_status_t take(godwit_coap_t *coap, const godwit_coap_config_t *config, char why[GODWIT_COAP_WHY])
{
    godwit_status_t status = godwit_coap_target_set(coap, config->url, why);
    if (status == GODWIT_OK) {
        status = copy(coap->psk_identity, sizeof coap->psk_identity, config->psk_identity, why);
    }
    if (status == GODWIT_OK) {
        status = copy(coap->ca, sizeof coap->ca, config->ca, why);
    }
    if (status == GODWIT_OK) {
        status = copy(coap->certificate, sizeof coap->certificate, config->certificate, why);
    }
    if (status == GODWIT_OK) {
        status = copy(coap->key, sizeof coap->key, config->key, why);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    bool secure = coap_uri_scheme_is_secure(&coap->uri);
    bool with_psk = config->psk_identity != NULL && config->psk.len > 0 && config->psk.len <= sizeof coap->psk;
    if (secure ? with_psk == (config->ca != NULL) : config->psk_identity != NULL || config->ca != NULL) {
        (void)snprintf(why, GODWIT_COAP_WHY,
                       secure ? "coaps needs either a pre-shared key with its identity, or a CA"
                              : "coap:// has no keys: coaps:// is meant");
        return GODWIT_INVALID_ARGUMENT;
    }
    if (with_psk) {
        memcpy(coap->psk, config->psk.ptr, config->psk.len);
        coap->psk_len = config->psk.len;
    }
    coap->in_flight = config->in_flight != 0 ? config->in_flight : IN_FLIGHT;
    coap->ack_ms = config->ack_ms != 0 ? config->ack_ms : ACK_MS;
    coap->ack_ms = coap->ack_ms < ACK_LEAST_MS ? ACK_LEAST_MS : coap->ack_ms; /* libcoap takes no less */
    return GODWIT_OK;
}

godwit_status_t godwit_coap_open(const godwit_coap_config_t *config, godwit_coap_t **out, char why[GODWIT_COAP_WHY])
{
    *out = NULL;
    coap_startup();
    coap_set_log_level(LOG_EMERG);
    coap_dtls_set_log_level(LOG_EMERG);
    godwit_coap_t *coap = calloc(1, sizeof *coap);
    if (coap == NULL) {
        (void)snprintf(why, GODWIT_COAP_WHY, "no memory");
        return GODWIT_NO_SPACE;
    }
    godwit_status_t status = config->in_flight <= COAP_FLIGHTS_MAX ? take(coap, config, why) : GODWIT_INVALID_ARGUMENT;
    if (status == GODWIT_OK) {
        coap->context = coap_new_context(NULL);
        if (coap->context == NULL || coap_context_get_coap_fd(coap->context) < 0) {
            (void)snprintf(why, GODWIT_COAP_WHY, "the CoAP library could not be started");
            status = GODWIT_IO_FAILED;
        }
    }
    if (status != GODWIT_OK) {
        godwit_coap_close(coap);
        return status;
    }
    if (coap->ca[0] != '\0' && coap_context_set_pki_root_cas(coap->context, coap->ca, NULL) == 0) {
        (void)snprintf(why, GODWIT_COAP_WHY, "%.160s: no certificates of authorities can be read there", coap->ca);
        godwit_coap_close(coap);
        return GODWIT_IO_FAILED;
    }
    /* Without SINGLE_BODY: a body of an answer, which nobody reads, is not gathered, however long the server makes
     * it. */
    coap_context_set_block_mode(coap->context, COAP_BLOCK_USE_LIBCOAP);
    coap_register_response_handler(coap->context, on_response);
    coap_register_nack_handler(coap->context, on_nack);
    *out = coap;
    return GODWIT_OK;
}

int godwit_coap_fd(const godwit_coap_t *coap)
{
    return coap_context_get_coap_fd(coap->context);
}

void godwit_coap_close(godwit_coap_t *coap)
{
    if (coap == NULL) {
        return;
    }
    if (coap->session != NULL) {
        coap_session_set_app_data(coap->session, NULL);
        coap_session_release(coap->session);
    }
    if (coap->context != NULL) {
        coap_free_context(coap->context);
    }
    godwit_wipe(coap, sizeof *coap);
    free(coap);
}

/* ---- requests ---- */

static coap_flight_t *place(godwit_coap_t *coap)
{
    unsigned used = 0;
    coap_flight_t *free_one = NULL;
    for (size_t i = 0; i < COAP_FLIGHTS_MAX; i++) {
        used += coap->flights[i].used;
        free_one = coap->flights[i].used ? free_one : &coap->flights[i];
    }
    return used < coap->in_flight ? free_one : NULL;
}

static void add_segments(coap_optlist_t **options, uint16_t number, const coap_str_const_t *text,
                         int (*split)(const uint8_t *, size_t, unsigned char *, size_t *))
{
    unsigned char room[COAP_PATH_MAX + 64];
    unsigned char *at = room;
    size_t len = sizeof room;
    int count = text->length > 0 ? split(text->s, text->length, room, &len) : 0;
    for (int i = 0; i < count; i++) {
        (void)coap_insert_optlist(options, coap_new_optlist(number, coap_opt_length(at), coap_opt_value(at)));
        at += coap_opt_size(at);
    }
}

static bool fill(godwit_coap_t *coap, coap_pdu_t *pdu, const coap_flight_t *flight, godwit_slice_t body)
{
    uint8_t token[TOKEN_LEN] = {(uint8_t)(flight - coap->flights)};
    const uint8_t format = FORMAT_JSON;
    coap_optlist_t *options = NULL;
    godwit_store_u32(token + 1, (uint32_t)flight->tag);
    add_segments(&options, COAP_OPTION_URI_PATH, &coap->uri.path, coap_split_path);
    add_segments(&options, COAP_OPTION_URI_QUERY, &coap->uri.query, coap_split_query);
    (void)coap_insert_optlist(&options, coap_new_optlist(COAP_OPTION_CONTENT_FORMAT, 1, &format));
    bool good = coap_add_token(pdu, sizeof token, token) != 0 && coap_add_optlist_pdu(pdu, &options) != 0 &&
                coap_add_data_large_request(coap->session, pdu, body.len, body.ptr, NULL, NULL) != 0;
    coap_delete_optlist(options);
    return good;
}

/* Of a session that has failed, no answer comes any more. */
static void expire(godwit_coap_t *coap, coap_flight_t *flight, uint64_t now_ms)
{
    if (flight->used && !flight->answered && now_ms >= flight->until_ms) {
        settle(flight, 0, "acknowledged, and no response came");
    } else if (flight->used && !flight->answered && coap->broken) {
        settle(flight, 0, "the session with the server has ended");
    }
}

static void expire_all(godwit_coap_t *coap, uint64_t now_ms)
{
    for (size_t i = 0; i < COAP_FLIGHTS_MAX; i++) {
        expire(coap, &coap->flights[i], now_ms);
    }
}

godwit_status_t godwit_coap_post(godwit_coap_t *coap, godwit_slice_t body, uint64_t tag, uint64_t now_ms)
{
    coap_flight_t *flight = place(coap);
    if (flight == NULL) {
        return GODWIT_AGAIN;
    }
    expire_all(coap, now_ms); /* before another session takes the place of one that has failed */
    if (!godwit_coap_session_begin(coap)) {
        return GODWIT_IO_FAILED;
    }
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, coap->session);
    *flight = (coap_flight_t){.used = true, .tag = tag, .until_ms = now_ms + LIFE_MS};
    if (pdu == NULL || !fill(coap, pdu, flight, body)) {
        coap_delete_pdu(pdu);
        flight->used = false;
        return GODWIT_IO_FAILED;
    }
    if (coap_send(coap->session, pdu) == COAP_INVALID_MID) { /* which frees it */
        settle(flight, 0, "it could not be sent");
        coap->broken = true;
    }
    return GODWIT_OK;
}

bool godwit_coap_next(godwit_coap_t *coap, uint64_t now_ms, godwit_coap_answer_t *answer)
{
    (void)coap_io_process(coap->context, COAP_IO_NO_WAIT);
    expire_all(coap, now_ms);
    for (size_t i = 0; i < COAP_FLIGHTS_MAX; i++) {
        coap_flight_t *flight = &coap->flights[i];
        if (flight->used && flight->answered) {
            *answer = (godwit_coap_answer_t){.tag = flight->tag,
                                             .status = flight->code != 0 ? GODWIT_OK : GODWIT_IO_FAILED,
                                             .code = flight->code,
                                             .why = flight->why};
            flight->used = false;
            return true;
        }
    }
    return false;
}
