/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, UMTS: one PDP context, activated and modified by the device with a PCO, modified or deactivated
 * by the network (TS 24.008 6.1.3; contribution 003, steps 5a and 5b).
 */
#include "core/wire/sm.h"
#include "device/access/internal.h"

#define NSAPI 5 /* the first there is (10.5.6.2) */

/* The transaction that this end began. */
static godwit_sm_transaction_t ours(const godwit_access_t *access)
{
    return (godwit_sm_transaction_t){.id = access->transaction, .to_originator = false};
}

godwit_status_t godwit_umts_activate_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t labels[GODWIT_ACCESS_APN_MAX + 1], options[GODWIT_ACCESS_CONTAINER_MAX + 8];
    godwit_writer_t apn = godwit_writer(labels, sizeof labels);
    godwit_writer_t pco = godwit_writer(options, sizeof options);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_access_apn(access, &apn);
    godwit_status_t status = godwit_access_pco(access, &pco);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_sm_activate_request_t m = {
        .transaction = ours(access),
        .nsapi = NSAPI,
        .address = {.organisation = GODWIT_SM_PDP_ORGANISATION_ETSI, .number = GODWIT_SM_PDP_NON_IP},
        .apn = godwit_written(&apn),
        .pco = godwit_written(&pco),
    };
    status = godwit_sm_activate_request_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

godwit_status_t godwit_umts_take_activate_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                                 godwit_access_requests_t *requests)
{
    godwit_sm_activate_accept_t m;
    godwit_status_t status = godwit_sm_activate_accept_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (access->exchange.pending != GODWIT_ACCESS_DO_ACTIVATE) {
        return GODWIT_WRONG_STATE;
    }
    access->bearer = NSAPI;
    access->state = GODWIT_ACCESS_ACTIVE;
    godwit_access_finish(access, requests);
    godwit_access_event(requests, "activated", GODWIT_OK);
    status = godwit_access_connected(access, requests);
    godwit_access_give_container(access, m.pco, requests);
    return status;
}

godwit_status_t godwit_umts_take_activate_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                                 godwit_access_requests_t *requests)
{
    godwit_sm_reject_t m;
    godwit_status_t status = godwit_sm_activate_reject_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (access->exchange.pending != GODWIT_ACCESS_DO_ACTIVATE) {
        return GODWIT_WRONG_STATE;
    }
    godwit_access_rejected(access, godwit_access_session_reason(m.cause), true, requests);
    return GODWIT_OK;
}

/* ---- modification ---- */

godwit_status_t godwit_umts_modify_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t options[GODWIT_ACCESS_CONTAINER_MAX + 8];
    godwit_writer_t pco = godwit_writer(options, sizeof options);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_sm_modify_request_ms_t m = {.transaction = ours(access)};
    godwit_status_t status = godwit_access_pco(access, &pco);
    m.pco = godwit_written(&pco);
    if (status == GODWIT_OK) {
        status = godwit_sm_modify_request_ms_build(&m, &w);
    }
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

godwit_status_t godwit_umts_take_modify_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_sm_modify_accept_network_t m;
    godwit_status_t status = godwit_sm_modify_accept_network_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (access->exchange.pending != GODWIT_ACCESS_DO_MODIFY) {
        return GODWIT_WRONG_STATE;
    }
    godwit_access_finish(access, requests);
    godwit_access_event(requests, "modified", GODWIT_OK);
    status = godwit_access_connected(access, requests);
    godwit_access_give_container(access, m.pco, requests);
    return status;
}

godwit_status_t godwit_umts_take_modify_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_sm_reject_t m;
    godwit_status_t status = godwit_sm_modify_reject_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (access->exchange.pending != GODWIT_ACCESS_DO_MODIFY) {
        return GODWIT_WRONG_STATE;
    }
    godwit_access_rejected(access, godwit_access_session_reason(m.cause), true, requests);
    return GODWIT_OK;
}

/* By the network: quality of service and the like, which mean nothing here. */
godwit_status_t godwit_umts_take_modify(godwit_access_t *access, const godwit_access_message_t *message,
                                        godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_sm_modify_request_network_t m;
    godwit_sm_modify_accept_ms_t accept = {.transaction = ours(access)};
    godwit_status_t status = godwit_sm_modify_request_network_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        status = godwit_access_connected(access, requests);
    }
    if (status == GODWIT_OK) {
        status = godwit_sm_modify_accept_ms_build(&accept, &w);
    }
    return status == GODWIT_OK ? godwit_umts_send(access, &w, true, requests) : status;
}

/* ---- deactivation ---- */

godwit_status_t godwit_umts_take_deactivate(godwit_access_t *access, const godwit_access_message_t *message,
                                            godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_sm_deactivate_request_t m;
    godwit_sm_deactivate_accept_t accept = {.transaction = ours(access)};
    godwit_status_t status = godwit_sm_deactivate_request_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        status = godwit_sm_deactivate_accept_build(&accept, &w);
    }
    if (status == GODWIT_OK) {
        status = godwit_umts_send(access, &w, true, requests);
    }
    if (status == GODWIT_OK && access->state == GODWIT_ACCESS_ACTIVE) { /* else it was told twice */
        godwit_access_deactivated(access, godwit_access_session_reason(m.cause), requests);
    }
    return status;
}
