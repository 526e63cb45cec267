/* SPDX-License-Identifier: Apache-2.0
 *
 * OFR, OFA, TFR and TFA of TS 29.338 6.3.2. The subscriber of an OFR stands in a User-Identifier (TS 29.336), that of a
 * TFR in User-Name.
 */
#include "core/wire/sgd.h"

#include <string.h>

#define PROTOCOL_ERROR 1U /* SM-Enumerated-Delivery-Failure-Cause: at the equipment */

enum { OFR_CENTRE, OFR_USER, OFR_MESSAGE, OFR_RULES };
enum { TFR_USER, TFR_CENTRE, TFR_MESSAGE, TFR_RULES };
enum { ANSWER_CAUSE, ANSWER_MESSAGE, ANSWER_RULES };

static const godwit_avp_rule_t ofr_rules[OFR_RULES] = {
    [OFR_CENTRE] = {GODWIT_AVP_SC_ADDRESS, 1, 1},
    [OFR_USER] = {GODWIT_AVP_USER_IDENTIFIER, 1, 1},
    [OFR_MESSAGE] = {GODWIT_AVP_SM_RP_UI, 1, 1},
};
static const godwit_avp_rule_t tfr_rules[TFR_RULES] = {
    [TFR_USER] = {GODWIT_AVP_USER_NAME, 1, 1},
    [TFR_CENTRE] = {GODWIT_AVP_SC_ADDRESS, 1, 1},
    [TFR_MESSAGE] = {GODWIT_AVP_SM_RP_UI, 1, 1},
};
static const godwit_avp_rule_t answer_rules[ANSWER_RULES] = {
    [ANSWER_CAUSE] = {GODWIT_AVP_SM_DELIVERY_FAILURE_CAUSE, 0, 1},
    [ANSWER_MESSAGE] = {GODWIT_AVP_SM_RP_UI, 0, 1},
};
static const godwit_avp_rule_t user_rules[] = {{GODWIT_AVP_USER_NAME, 1, 1}};

#define SGD(command, rules, count)                                                                                     \
    {                                                                                                                  \
        command, GODWIT_SGD_APPLICATION, GODWIT_VENDOR_3GPP, rules, count                                              \
    }
const godwit_diameter_command_t godwit_sgd_ofr = SGD(GODWIT_SGD_MO_FORWARD, ofr_rules, OFR_RULES);
const godwit_diameter_command_t godwit_sgd_ofa = SGD(GODWIT_SGD_MO_FORWARD, answer_rules, ANSWER_RULES);
const godwit_diameter_command_t godwit_sgd_tfr = SGD(GODWIT_SGD_MT_FORWARD, tfr_rules, TFR_RULES);
const godwit_diameter_command_t godwit_sgd_tfa = SGD(GODWIT_SGD_MT_FORWARD, answer_rules, ANSWER_RULES);

static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_UNKNOWN_SUBSCRIBER, {GODWIT_VENDOR_3GPP, 5001}},
    {GODWIT_UNKNOWN_SESSION, {GODWIT_VENDOR_3GPP, 5550}},
    {GODWIT_MALFORMED, {GODWIT_VENDOR_3GPP, 5555}},
    {GODWIT_NOT_ENTITLED, {GODWIT_VENDOR_3GPP, 5556}},
    {GODWIT_POLICY_FORBIDS, {GODWIT_VENDOR_3GPP, 5557}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    {GODWIT_OVERLOAD, {GODWIT_VENDOR_3GPP, 5551}},
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

static void put_user(godwit_writer_t *w, const godwit_imsi_t *imsi)
{
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(imsi->digits, imsi->len));
}

godwit_status_t godwit_sgd_request_build(const godwit_diameter_envelope_t *envelope, bool up,
                                         const godwit_short_message_t *message, godwit_writer_t *w)
{
    uint8_t centre[GODWIT_E164_MAX / 2];
    size_t len = godwit_tbcd_encode(message->sc_address, centre, sizeof centre);
    if (len == 0 || message->tpdu_len == 0 || message->tpdu_len > GODWIT_TPDU_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, up ? &godwit_sgd_ofr : &godwit_sgd_tfr, envelope);
    if (!up) {
        put_user(w, &message->imsi);
    }
    godwit_avp_put(w, GODWIT_AVP_SC_ADDRESS, godwit_slice(centre, len));
    if (up) {
        size_t group = godwit_avp_open(w, GODWIT_AVP_USER_IDENTIFIER);
        put_user(w, &message->imsi);
        godwit_avp_close(w, group);
    }
    godwit_avp_put(w, GODWIT_AVP_SM_RP_UI, godwit_slice(message->tpdu, message->tpdu_len));
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_user(godwit_slice_t name, godwit_imsi_t *imsi, godwit_diameter_fault_t *fault)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1] = "";
    if (name.len < sizeof digits) {
        memcpy(digits, name.ptr, name.len);
    }
    return godwit_imsi_from_text(digits, imsi) == GODWIT_OK && strlen(digits) == name.len
               ? GODWIT_OK
               : godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_USER_NAME, name);
}

/* centre, user (User-Name), message are what the command's rules found. */
static godwit_status_t read_message(godwit_slice_t centre, godwit_slice_t user, godwit_slice_t message,
                                    godwit_short_message_t *m, godwit_diameter_fault_t *fault)
{
    if (godwit_tbcd_decode(centre, m->sc_address, sizeof m->sc_address) != GODWIT_OK || m->sc_address[0] == '\0') {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_SC_ADDRESS, centre);
    }
    memcpy(m->tpdu, message.ptr, message.len); /* the table of AVPs bounds it */
    m->tpdu_len = (uint8_t)message.len;
    return read_user(user, &m->imsi, fault);
}

godwit_status_t godwit_sgd_request_parse(godwit_slice_t octets, bool up, godwit_diameter_envelope_t *envelope,
                                         godwit_short_message_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[OFR_RULES], user;
    godwit_diameter_envelope_t parsed;
    godwit_short_message_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status =
        godwit_diameter_request_parse(octets, up ? &godwit_sgd_ofr : &godwit_sgd_tfr, &parsed, found, fault);
    if (status == GODWIT_OK && up) {
        status = godwit_avps_parse(found[OFR_USER], user_rules, 1, &user, fault);
    } else if (status == GODWIT_OK) {
        user = found[TFR_USER];
    }
    if (status == GODWIT_OK) {
        status =
            read_message(found[up ? OFR_CENTRE : TFR_CENTRE], user, found[up ? OFR_MESSAGE : TFR_MESSAGE], &m, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *message = m;
    }
    return status;
}

godwit_status_t godwit_sgd_answer_build(const godwit_diameter_envelope_t *envelope, bool up, godwit_status_t outcome,
                                        godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, up ? &godwit_sgd_ofa : &godwit_sgd_tfa, envelope,
                                            godwit_diameter_result_of(outcomes, OUTCOMES, outcome));
    if (outcome == GODWIT_MALFORMED) {
        size_t group = godwit_avp_open(w, GODWIT_AVP_SM_DELIVERY_FAILURE_CAUSE);
        godwit_avp_put_u32(w, GODWIT_AVP_SM_ENUMERATED_DELIVERY_FAILURE_CAUSE, PROTOCOL_ERROR);
        godwit_avp_close(w, group);
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_sgd_answer_parse(godwit_slice_t octets, bool up, godwit_diameter_envelope_t *envelope,
                                        godwit_status_t *outcome)
{
    godwit_slice_t found[ANSWER_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_status_t status =
        godwit_diameter_answer_parse(octets, up ? &godwit_sgd_ofa : &godwit_sgd_tfa, &parsed, &result, found);
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *outcome = godwit_diameter_status_of(outcomes, OUTCOMES, result);
    }
    return status;
}
