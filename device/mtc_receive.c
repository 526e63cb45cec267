/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC device: what comes from the server. The receive window is in the record before anything is delivered; what is
 * refused changes nothing. A Reject without a key is a hint from whoever saw our datagram: it never erases a key. There
 * are no Manage Keys: a key that is not to be trusted any more is followed by a new RAND1.
 */
#include "device/mtc.h"

#include <string.h>

#define HINTS_MAX 4 /* taken at once; one more after every GODWIT_DEVICE_READINGS_PER_HINT readings */

static bool is_our_last(const godwit_mtc_t *mtc, const godwit_emsdp_control_t *m)
{
    return mtc->exchange.echo_set && memcmp(mtc->exchange.echo, m->echo, GODWIT_EMSDP_ECHO) == 0;
}

static void tell_uncertain(godwit_mtc_t *mtc, godwit_device_requests_t *requests)
{
    if (mtc->exchange.echo_had_reading) {
        godwit_device_event(requests, "reading_uncertain", GODWIT_OK);
    }
    mtc->exchange.echo_set = false;
}

/* ---- under the key ---- */

static void settle(godwit_mtc_t *mtc, const godwit_emsdp_opened_t *opened)
{
    godwit_emsdp_accept(&mtc->key, opened);
    mtc->unstored = true;
}

static void user_data(godwit_mtc_t *mtc, const godwit_emsdp_opened_t *opened, godwit_device_requests_t *requests)
{
    settle(mtc, opened);
    godwit_device_request_t *delivery = godwit_device_ask_for(requests, GODWIT_DEVICE_DELIVER);
    delivery->octets = opened->payload;
    delivery->count = opened->count;
}

/* 20: the session ends, most likely because its key has aged. The next reading begins with a new RAND1. */
static godwit_status_t terminate(godwit_mtc_t *mtc, const godwit_emsdp_opened_t *opened, godwit_slice_t datagram,
                                 godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    const godwit_emsdp_control_t m = {.command = GODWIT_SESSION_TERMINATE_RESPONSE};
    godwit_writer_t out = godwit_writer(mtc->answer, sizeof mtc->answer);
    if (godwit_emsdp_has(&opened->control, GODWIT_TLV_KEY)) {
        return GODWIT_MALFORMED; /* no key is handed out under this agreement */
    }
    x->answer_len = 0;
    godwit_status_t status = godwit_device_digest_of(mtc->config.crypto, datagram, x->answered);
    if (status == GODWIT_OK) {
        status =
            godwit_reserve_seal_control(mtc->config.crypto, mtc->config.reserve, &mtc->key, &m, &out, &mtc->unstored);
    }
    if (status == GODWIT_OK) {
        x->answer_len = (uint16_t)out.len;
        x->repeats = 0;
        x->echo_set = false;
        godwit_wipe(&mtc->key, sizeof mtc->key);
        mtc->unstored = true;
        godwit_device_ask_for(requests, GODWIT_DEVICE_SEND)->octets = godwit_written(&out);
        godwit_device_event(requests, "terminated", GODWIT_OK);
    }
    return status;
}

/* 80 under the key: the server's word. */
static void reject(godwit_mtc_t *mtc, const godwit_emsdp_opened_t *opened, godwit_device_requests_t *requests)
{
    const godwit_emsdp_control_t *m = &opened->control;
    settle(mtc, opened);
    if (godwit_device_ends_the_session(m->reason)) {
        mtc->flags |= GODWIT_MTC_DISTRUSTED;
    }
    godwit_device_event(requests, "refused", m->reason);
    if (is_our_last(mtc, m)) {
        tell_uncertain(mtc, requests);
    }
}

static godwit_status_t hand_over(godwit_mtc_t *mtc, const godwit_emsdp_header_t *header,
                                 const godwit_emsdp_opened_t *opened, godwit_slice_t datagram,
                                 godwit_device_requests_t *requests)
{
    if (header->user_plane) {
        user_data(mtc, opened, requests);
        return GODWIT_OK;
    }
    if (header->command == GODWIT_SESSION_TERMINATE_REQUEST) {
        return terminate(mtc, opened, datagram, requests);
    }
    if (header->command == GODWIT_MESSAGE_REJECT) {
        reject(mtc, opened, requests);
        return GODWIT_OK;
    }
    return GODWIT_WRONG_STATE;
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t under_the_key(godwit_mtc_t *mtc, const godwit_emsdp_header_t *header,
                                                             godwit_slice_t datagram,
                                                             godwit_device_requests_t *requests)
{
    godwit_emsdp_opened_t opened;
    if (!godwit_emsdp_key_is_set(&mtc->key) || mtc->key.hot.session_id != header->session_id) {
        return GODWIT_UNKNOWN_SESSION;
    }
    godwit_status_t status =
        godwit_emsdp_open(mtc->config.crypto, &mtc->key, datagram, godwit_slice(NULL, 0), mtc->work, &opened);
    return status == GODWIT_OK ? hand_over(mtc, header, &opened, datagram, requests) : status;
}

/* ---- hints ---- */

GODWIT_DEVICE_OWN_FRAME static godwit_status_t hint(godwit_mtc_t *mtc, godwit_slice_t datagram,
                                                    godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    godwit_status_t status = godwit_emsdp_unkeyed_parse(datagram, mtc->config.framing, &header, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.command != GODWIT_MESSAGE_REJECT) {
        return GODWIT_WRONG_STATE;
    }
    if (!is_our_last(mtc, &m)) {
        return GODWIT_UNKNOWN_SESSION;
    }
    godwit_device_event(requests, "refused", m.reason);
    if (x->stage == GODWIT_MTC_ASKED) {
        if (!x->hinted) { /* back off: the next sending comes later, and there is one less of them */
            x->hinted = true;
            x->sendings++;
            godwit_device_wait(requests, mtc->config.retransmit_ms, x->sendings);
        }
    } else if (godwit_device_ends_the_session(m.reason)) {
        if ((mtc->flags & GODWIT_MTC_DISTRUSTED) == 0 && x->hints < HINTS_MAX) {
            mtc->flags |= GODWIT_MTC_DISTRUSTED;
            x->hints++;
        }
        tell_uncertain(mtc, requests);
    }
    return GODWIT_OK;
}

/* ---- dispatch ---- */

/* The octets that the last answer was for get the identical answer again, but not for ever: they may be a recording. */
GODWIT_DEVICE_OWN_FRAME static bool is_answered(godwit_mtc_t *mtc, godwit_slice_t datagram)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    uint8_t digest[8];
    if (x->answer_len == 0 || x->repeats >= GODWIT_DEVICE_REPEATS_MAX ||
        godwit_device_digest_of(mtc->config.crypto, datagram, digest) != GODWIT_OK ||
        memcmp(digest, x->answered, sizeof digest) != 0) {
        return false;
    }
    x->repeats++;
    return true;
}

static godwit_status_t dispatch(godwit_mtc_t *mtc, godwit_slice_t datagram, godwit_device_requests_t *requests)
{
    godwit_emsdp_header_t header;
    if (datagram.len > sizeof mtc->work) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = godwit_emsdp_peek(datagram, mtc->config.framing, &header);
    if (status != GODWIT_OK) {
        return status;
    }
    if (header.key_id == 0) {
        return hint(mtc, datagram, requests);
    }
    if (is_answered(mtc, datagram)) {
        godwit_device_ask_for(requests, GODWIT_DEVICE_SEND)->octets =
            godwit_slice(mtc->answer, mtc->exchange.answer_len);
        return GODWIT_OK;
    }
    if (!header.user_plane && header.command == GODWIT_SESSION_START) {
        return godwit_mtc_start_consume(mtc, &header, datagram, requests);
    }
    return under_the_key(mtc, &header, datagram, requests);
}

godwit_status_t godwit_mtc_receive(godwit_mtc_t *mtc, godwit_slice_t datagram, godwit_device_requests_t *requests)
{
    requests->count = 0;
    godwit_status_t status = dispatch(mtc, datagram, requests);
    if (status != GODWIT_OK) {
        requests->count = 0;
        godwit_device_event(requests, "refused", status);
    }
    return godwit_mtc_finish(mtc, godwit_status_class(status) == GODWIT_CLASS_INTERNAL ? status : GODWIT_OK, requests);
}
