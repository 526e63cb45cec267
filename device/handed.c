/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: a vector of the next session, handed out under the key that lives, in Manage Keys or Terminate
 * (contribution 000). The USIM runs at once. The datagram waits for it unaccepted, and is opened again afterwards:
 * until the USIM has taken the vector nothing moves. What it gave is kept, so that the same vector, sent again or
 * offered in a Session Start, does not cost a second run.
 */
#include <string.h>

#include "core/agree/separate_aka/separate_aka.h"
#include "device/internal.h"

bool godwit_device_is_handed(const godwit_device_incoming_t *in)
{
    return !in->opened.user_plane && godwit_emsdp_has(&in->opened.control, GODWIT_TLV_RAND);
}

/* What must fit this device before the USIM is troubled. */
static godwit_status_t check(const godwit_device_t *device, const godwit_emsdp_control_t *m)
{
    if (device->access.is_current || m->agreement < 1 || m->agreement > 8 ||
        (device->config.agreements >> (m->agreement - 1) & 1u) == 0) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (m->command == GODWIT_SESSION_TERMINATE_RESPONSE &&
        device->exchange.pending != GODWIT_SESSION_TERMINATE_REQUEST) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = godwit_device_suite_check(device, m->suite);
    if (status == GODWIT_OK) {
        status = godwit_separate_aka_check((godwit_agreement_t)m->agreement, m->autn, 0);
    }
    return status == GODWIT_INVALID_ARGUMENT ? GODWIT_POLICY_FORBIDS : status;
}

static godwit_status_t ask_usim(godwit_device_t *device, const godwit_emsdp_control_t *m, godwit_slice_t datagram,
                                godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    if (datagram.len > sizeof device->answer) {
        return GODWIT_MALFORMED;
    }
    memcpy(device->answer, datagram.ptr, datagram.len);
    x->start_len = (uint16_t)datagram.len;
    x->answer_len = 0;
    memcpy(x->asked, m->rand, 16);
    memcpy(x->asked + 16, m->autn, 16);
    x->usim_running = true;
    x->handed = m->agreement;
    godwit_device_request_t *run = godwit_device_ask_for(requests, GODWIT_DEVICE_AUTHENTICATE);
    run->rand = x->asked;
    run->autn = x->asked + 16;
    return GODWIT_AGAIN;
}

static bool is_vector(const uint8_t vector[32], const godwit_emsdp_control_t *m)
{
    return memcmp(vector, m->rand, 16) == 0 && memcmp(vector + 16, m->autn, 16) == 0;
}

godwit_status_t godwit_device_handed_judge(godwit_device_t *device, const godwit_device_incoming_t *in,
                                           godwit_device_requests_t *requests)
{
    const godwit_device_exchange_t *x = &device->exchange;
    const godwit_emsdp_control_t *m = &in->opened.control;
    if (!godwit_device_is_handed(in)) {
        return GODWIT_OK;
    }
    if (x->usim_running) {
        return is_vector(x->asked, m) ? GODWIT_AGAIN : GODWIT_OVERLOAD;
    }
    godwit_status_t status = check(device, m);
    if (status == GODWIT_OK && (!x->vector_set || !is_vector(x->vector, m))) {
        status = ask_usim(device, m, in->datagram, requests);
    }
    return status;
}

/* The datagram that waited, opened again; it lies in device->answer, which is written over only when all of it was
 * read. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t take_again(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_slice_t datagram = godwit_slice(device->answer, device->exchange.start_len);
    godwit_emsdp_header_t header;
    godwit_status_t status = godwit_emsdp_peek(datagram, device->config.framing, &header);
    return status == GODWIT_OK ? godwit_device_under_a_key(device, &header, datagram, requests) : status;
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t refuse(godwit_device_t *device, const godwit_usim_result_t *result,
                                                      godwit_device_requests_t *requests)
{
    godwit_device_incoming_t in = {.datagram = godwit_slice(device->answer, device->exchange.start_len)};
    godwit_emsdp_header_t header;
    bool stale = result->status == GODWIT_AUTH_RESYNC;
    godwit_status_t status = godwit_emsdp_peek(in.datagram, device->config.framing, &header);
    if (status == GODWIT_OK) {
        status = godwit_device_open(device, &header, &in);
    }
    if (status == GODWIT_OK) {
        status = godwit_device_handed_refuse(device, &in, stale ? GODWIT_AUTH_RESYNC : GODWIT_AUTH_MAC_FAILURE,
                                             stale ? result->auts : NULL, requests);
    }
    return status;
}

static godwit_status_t keep_result(godwit_device_t *device, uint8_t agreement, const godwit_usim_result_t *result)
{
    godwit_device_exchange_t *x = &device->exchange;
    x->vector_set = false;
    x->vector_is_current = false;
    godwit_status_t status =
        godwit_separate_aka_keyset(device->config.crypto, (godwit_agreement_t)agreement, result->ck, result->ik,
                                   x->asked + 16, device->config.best_plmn, 0, x->key_set);
    if (status == GODWIT_OK) {
        memcpy(x->vector, x->asked, sizeof x->vector);
        x->vector_set = true;
    }
    return status;
}

godwit_status_t godwit_device_handed_result(godwit_device_t *device, const godwit_usim_result_t *result,
                                            godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    const uint8_t agreement = x->handed;
    x->handed = 0;
    godwit_status_t status = result->status;
    if (status == GODWIT_OK) {
        status = keep_result(device, agreement, result);
        status = status == GODWIT_OK ? take_again(device, requests) : status;
    } else if (status == GODWIT_AUTH_RESYNC || status == GODWIT_AUTH_MAC_FAILURE) {
        status = refuse(device, result, requests);
    }
    if (status != GODWIT_OK) { /* a card that did not answer is asked again when the datagram comes again */
        godwit_device_event(requests, "refused", status);
    }
    return godwit_status_class(status) == GODWIT_CLASS_PEER || result->status != GODWIT_OK ? GODWIT_OK : status;
}
