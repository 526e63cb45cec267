/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: frames. What is refused changes nothing. The frame that was answered last gets the same octets
 * again, but not for ever.
 * A release or a page without protection only changes whether a radio connection is believed in; keys and bearers stay.
 */
#include <string.h>

#include "device/access/internal.h"

godwit_status_t godwit_access_dispatch(godwit_access_t *access, const godwit_access_handler_t *handlers, size_t count,
                                       uint8_t type, const godwit_access_message_t *message,
                                       godwit_access_requests_t *requests)
{
    for (size_t i = 0; i < count; i++) {
        const godwit_access_handler_t *h = &handlers[i];
        if (h->type == type && (h->plain || message->verified) && (h->states >> access->state & 1u) != 0) {
            return h->take(access, message, requests);
        }
    }
    return GODWIT_WRONG_STATE;
}

static godwit_status_t page(godwit_access_t *access, const godwit_imsi_t *imsi, godwit_access_requests_t *requests)
{
    bool registered = access->state == GODWIT_ACCESS_ATTACHED || access->state == GODWIT_ACCESS_ACTIVE;
    if (!registered || !godwit_imsi_equal(imsi, &access->config.imsi)) {
        return GODWIT_WRONG_STATE;
    }
    bool pending = access->exchange.pending != GODWIT_ACCESS_NOTHING;
    if (pending && !access->connected) {
        return GODWIT_OK; /* it is on its way, or will be */
    }
    access->connected = access->secured = false; /* who pages has no connection, so we have none either */
    godwit_access_event(requests, "paged", GODWIT_OK);
    access->exchange.paged = true;
    return pending ? godwit_access_transmit(access, requests)
                   : godwit_access_start(access, GODWIT_ACCESS_DO_RESUME, requests);
}

static godwit_status_t release(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->state == GODWIT_ACCESS_ATTACHING || access->state == GODWIT_ACCESS_DETACHED) {
        return GODWIT_WRONG_STATE;
    }
    godwit_access_released(access, requests);
    return GODWIT_OK;
}

static godwit_status_t is_answered(godwit_access_t *access, godwit_slice_t frame, bool *answered)
{
    uint8_t whole[GODWIT_SHA256_SIZE];
    godwit_status_t status = access->config.crypto->sha256(&frame, 1, whole);
    memcpy(access->incoming, whole, sizeof access->incoming);
    *answered = status == GODWIT_OK && access->answer_len > 0 && access->repeats < GODWIT_ACCESS_REPEATS_MAX &&
                memcmp(access->incoming, access->answered, sizeof access->answered) == 0;
    return status;
}

static godwit_status_t take_nas(godwit_access_t *access, const godwit_radio_frame_t *f, godwit_slice_t frame,
                                godwit_access_requests_t *requests)
{
    bool answered;
    godwit_status_t status = is_answered(access, frame, &answered);
    if (status != GODWIT_OK) {
        return status;
    }
    if (answered) {
        access->repeats++;
        godwit_access_ask_for(requests, GODWIT_ACCESS_SEND)->octets = godwit_slice(access->answer, access->answer_len);
        return GODWIT_OK;
    }
    if (access->state == GODWIT_ACCESS_DETACHED) {
        return GODWIT_WRONG_STATE;
    }
    if (access->config.kind != GODWIT_ACCESS_EPS) {
        return godwit_umts_receive(access, f, frame, requests);
    }
    return f->kind == GODWIT_RADIO_NAS ? godwit_eps_receive(access, f->octets, requests) : GODWIT_MALFORMED;
}

static godwit_status_t take_frame(godwit_access_t *access, godwit_slice_t frame, godwit_access_requests_t *requests)
{
    godwit_radio_frame_t f;
    godwit_status_t status = frame.len <= GODWIT_ACCESS_FRAME_MAX ? godwit_radio_parse(frame, &f) : GODWIT_MALFORMED;
    if (status != GODWIT_OK) {
        return status;
    }
    switch (f.kind) {
    case GODWIT_RADIO_PAGING:
        return page(access, &f.imsi, requests);
    case GODWIT_RADIO_RELEASE:
        return release(access, requests);
    case GODWIT_RADIO_NAS:
    case GODWIT_RADIO_PROTECTED:
    case GODWIT_RADIO_INTEGRITY:
        return take_nas(access, &f, frame, requests);
    default: /* up only, or in protected frames only */
        return GODWIT_WRONG_STATE;
    }
}

godwit_status_t godwit_access_receive(godwit_access_t *access, godwit_slice_t frame, godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    godwit_status_t status = take_frame(access, frame, requests);
    if (status == GODWIT_OK) {
        return GODWIT_OK;
    }
    requests->count = 0;
    godwit_access_event(requests, "refused", status);
    return godwit_status_class(status) == GODWIT_CLASS_INTERNAL ? status : GODWIT_OK;
}
