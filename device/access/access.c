/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: what the caller asks for.
 */
#include <string.h>

#include "core/agree/access_aka/access_aka.h"
#include "core/trigger/trigger.h"
#include "device/access/trigger.h"

#define RETRANSMIT_DEFAULT_MS 4000u
#define ATTEMPTS_DEFAULT 5u
/* TS 24.301 9.9.3.34. */
#define ALGORITHM_0 0x80u
#define ALGORITHM_1 0x40u
#define CIPHERS_DEFAULT 0xF0u
#define INTEGRITIES_DEFAULT 0x70u
#define TRANSACTIONS 7u          /* TS 24.007 11.2.3.1.3: identifiers 0 to 6 */
#define CONTROL_PLANE_CIOT 0x04u /* octet 8 of the element, bit 3 */

static bool kind_is_possible(const godwit_access_config_t *config)
{
    unsigned useful = config->kind == GODWIT_ACCESS_EPS    ? 0x70u
                      : config->kind == GODWIT_ACCESS_UMTS ? ALGORITHM_1
                                                           : ALGORITHM_0 | ALGORITHM_1;
    return config->kind >= GODWIT_ACCESS_EPS && config->kind <= GODWIT_ACCESS_GERAN &&
           (config->eia == 0 || (config->eia & useful) != 0);
}

static bool trigger_is_possible(const godwit_access_config_t *config)
{
    godwit_sms_address_t number;
    const bool by_sms = config->trigger && (config->kind != GODWIT_ACCESS_EPS || config->trigger_sms);
    return (!by_sms && config->trigger_number == NULL) ||
           (config->trigger_number != NULL &&
            godwit_sms_address_from_text(config->trigger_number, &number) == GODWIT_OK);
}

static bool is_possible(const godwit_access_config_t *config)
{
    bool apn =
        config->apn.len == 0 || (config->apn.len < GODWIT_ACCESS_APN_MAX && godwit_fqdn_is_canonical(config->apn));
    bool sms = config->carrier != GODWIT_CARRIER_SMS || config->sms_number != NULL;
    bool circuit = !config->circuit_switched || ((config->carrier == GODWIT_CARRIER_SMS || config->trigger) &&
                                                 !config->e2m && config->kind != GODWIT_ACCESS_EPS);
    return sms && trigger_is_possible(config) && circuit && config->crypto != NULL &&
           config->imsi.len >= GODWIT_IMSI_DIGITS_MIN && config->imsi.len <= GODWIT_IMSI_DIGITS_MAX && apn &&
           config->selector <= 2 && kind_is_possible(config) && godwit_access_aka_flag_valid(config->amf_flag);
}

godwit_status_t godwit_access_init(godwit_access_t *access, const godwit_access_config_t *config)
{
    godwit_wipe(access, sizeof *access);
    if (!is_possible(config)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (config->gsm_sim) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    access->config = *config;
    godwit_access_config_t *mine = &access->config;
    unsigned none = mine->kind == GODWIT_ACCESS_GERAN ? 0 : ALGORITHM_0; /* what integrity may never be */
    mine->selector = mine->selector != 0 ? mine->selector : 1;
    mine->eea = mine->eea != 0 ? mine->eea : CIPHERS_DEFAULT;
    mine->eia = mine->eia != 0 ? mine->eia & (uint8_t)~none : INTEGRITIES_DEFAULT;
    mine->retransmit_ms = mine->retransmit_ms != 0 ? mine->retransmit_ms : RETRANSMIT_DEFAULT_MS;
    mine->attempts = mine->attempts != 0 ? mine->attempts : (uint8_t)ATTEMPTS_DEFAULT;
    mine->trigger_port = mine->trigger_port != 0 ? mine->trigger_port : GODWIT_A3_PORT;
    mine->sms_port = mine->sms_port != 0 ? mine->sms_port : GODWIT_SMS_PORT;
    access->capability[0] = mine->eea;
    access->capability[1] = mine->eia;
    access->capability[5] = CONTROL_PLANE_CIOT;
    access->state = GODWIT_ACCESS_DETACHED;
    return GODWIT_OK;
}

/* ---- N-PDUs ---- */

godwit_status_t godwit_access_hold(godwit_access_t *access, godwit_slice_t n_pdu)
{
    if (access->config.kind == GODWIT_ACCESS_EPS) {
        return godwit_eps_hold(access, n_pdu);
    }
    access->held_sms = false;
    memcpy(access->held, n_pdu.ptr, n_pdu.len);
    access->held_len = (uint16_t)n_pdu.len;
    return GODWIT_OK;
}

static godwit_status_t may_send(const godwit_access_t *access, godwit_slice_t n_pdu)
{
    if (access->state == GODWIT_ACCESS_ATTACHING && access->exchange.former == GODWIT_ACCESS_ACTIVE) {
        return GODWIT_AGAIN;
    }
    if (access->state != GODWIT_ACCESS_ACTIVE) {
        return GODWIT_WRONG_STATE;
    }
    if (n_pdu.len == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (n_pdu.len > GODWIT_ACCESS_NPDU_MAX) {
        return GODWIT_NO_SPACE;
    }
    return access->held_len > 0 ? GODWIT_AGAIN : GODWIT_OK;
}

godwit_status_t godwit_access_send(godwit_access_t *access, godwit_slice_t n_pdu, godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (access->config.carrier == GODWIT_CARRIER_SMS) {
        access->reattaches = 0;
        return godwit_access_sms_send(access, n_pdu, requests);
    }
    godwit_status_t status = may_send(access, n_pdu);
    if (status == GODWIT_OK) {
        status = godwit_access_hold(access, n_pdu);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    access->reattaches = 0; /* what the caller wants anew may again cost as many */
    if (access->connected) {
        return godwit_access_connected(access, requests);
    }
    if (access->exchange.pending == GODWIT_ACCESS_NOTHING) {
        status = godwit_access_start(access, GODWIT_ACCESS_DO_RESUME, requests);
    }
    if (status != GODWIT_OK) {
        access->held_len = 0;
    }
    return status;
}

/* ---- bearers ---- */

static godwit_status_t keep_container(godwit_access_t *access, godwit_slice_t contents)
{
    if (contents.len > sizeof access->container) {
        return GODWIT_NO_SPACE;
    }
    if (contents.len > 0) {
        memcpy(access->container, contents.ptr, contents.len);
    }
    access->container_len = (uint16_t)contents.len;
    access->awaits_container = access->container_spent = false;
    return GODWIT_OK;
}

godwit_status_t godwit_access_begin_activation(godwit_access_t *access, godwit_access_requests_t *requests)
{
    access->owes_activation = false;
    access->container_sent = access->container_spent = access->container_len > 0;
    access->transaction =
        (uint8_t)((access->transaction + 1) % TRANSACTIONS); /* so that it is no repetition of another */
    return godwit_access_start(access, GODWIT_ACCESS_DO_ACTIVATE, requests);
}

godwit_status_t godwit_access_container(godwit_access_t *access, godwit_slice_t contents,
                                        godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (!access->awaits_container) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = keep_container(access, contents);
    if (status == GODWIT_OK && access->owes_information) {
        status = godwit_eps_information(access, requests);
    }
    if (status == GODWIT_OK && access->owes_activation) {
        status = godwit_access_begin_activation(access, requests);
    }
    return status;
}

godwit_status_t godwit_access_activate(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (access->state != GODWIT_ACCESS_ATTACHED || access->config.circuit_switched) {
        return GODWIT_WRONG_STATE;
    }
    if (access->config.kind == GODWIT_ACCESS_EPS) {
        return godwit_access_attach(access, requests);
    }
    if (access->exchange.pending != GODWIT_ACCESS_NOTHING || access->awaits_container) {
        return GODWIT_AGAIN;
    }
    if (access->container_spent && access->keyed && access->config.e2m) {
        access->owes_activation = true;
        godwit_access_ask_again(access, requests);
        return GODWIT_OK;
    }
    return godwit_access_begin_activation(access, requests);
}

godwit_status_t godwit_access_modify(godwit_access_t *access, godwit_slice_t contents,
                                     godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (access->state != GODWIT_ACCESS_ACTIVE) {
        return GODWIT_WRONG_STATE;
    }
    if (access->exchange.pending != GODWIT_ACCESS_NOTHING) {
        return GODWIT_AGAIN;
    }
    godwit_status_t status = keep_container(access, contents);
    if (status == GODWIT_OK) {
        access->reattaches = 0;
        access->container_sent = access->container_spent = access->container_len > 0;
        status = godwit_access_start(access, GODWIT_ACCESS_DO_MODIFY, requests);
    }
    return status;
}

/* ---- leaving ---- */

static bool is_registered(const godwit_access_t *access)
{
    return access->state == GODWIT_ACCESS_ATTACHED || access->state == GODWIT_ACCESS_ACTIVE;
}

godwit_status_t godwit_access_idle(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (!is_registered(access)) {
        return GODWIT_WRONG_STATE;
    }
    if (access->exchange.pending != GODWIT_ACCESS_NOTHING) {
        return GODWIT_AGAIN;
    }
    godwit_status_t status = GODWIT_OK;
    if (access->connected) { /* nothing of EPS NAS says it: the radio does */
        status = godwit_access_send_frame(access, GODWIT_RADIO_RELEASE, godwit_slice(NULL, 0), false, requests);
    }
    godwit_access_released(access, requests);
    return status;
}

godwit_status_t godwit_access_detach(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (access->state == GODWIT_ACCESS_DETACHING) {
        return GODWIT_AGAIN;
    }
    if (access->state == GODWIT_ACCESS_ATTACHING) {
        godwit_access_drop_held(access, requests);
        godwit_access_trigger_drop(access, requests);
        godwit_access_next_fallback(access, requests);
        godwit_access_leave(access);
        godwit_access_timer_cancel(access, requests);
        godwit_access_event(requests, "detached", GODWIT_OK);
        return GODWIT_OK;
    }
    if (!is_registered(access)) {
        return GODWIT_WRONG_STATE;
    }
    godwit_access_drop_held(access, requests);
    godwit_access_trigger_drop(access, requests);
    access->state = GODWIT_ACCESS_DETACHING;
    return godwit_access_start(access, GODWIT_ACCESS_DO_DETACH, requests);
}

godwit_access_state_t godwit_access_state(const godwit_access_t *access)
{
    return (godwit_access_state_t)access->state;
}

bool godwit_access_is_idle(const godwit_access_t *access)
{
    return is_registered(access) && !access->connected;
}
