/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek (docs/diameter.md): outcomes, and the members that more than one command has.
 */
#include "core/wire/ek_parts.h"

#include <string.h>

/* Refusals keep their reason: Experimental-Result of our vendor, 5000 plus the reason octet. */
#define OURS(status)                                                                                                   \
    {                                                                                                                  \
        status,                                                                                                        \
        {                                                                                                              \
            GODWIT_EK_VENDOR, 5000u + (uint32_t)(status)                                                               \
        }                                                                                                              \
    }
static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    OURS(GODWIT_MALFORMED),
    OURS(GODWIT_UNKNOWN_SESSION),
    OURS(GODWIT_UNKNOWN_KEY),
    OURS(GODWIT_MAC_FAILURE),
    OURS(GODWIT_REPLAY),
    OURS(GODWIT_COUNT_EXHAUSTED),
    OURS(GODWIT_UNSUPPORTED_SUITE),
    OURS(GODWIT_POLICY_FORBIDS),
    OURS(GODWIT_NOT_ENTITLED),
    OURS(GODWIT_UNKNOWN_SUBSCRIBER),
    OURS(GODWIT_AUTH_MAC_FAILURE),
    OURS(GODWIT_AUTH_RESYNC),
    OURS(GODWIT_KEY_EXPIRED),
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

godwit_diameter_result_t godwit_ek_result_of(godwit_status_t status)
{
    return godwit_diameter_result_of(outcomes, OUTCOMES, status);
}

godwit_status_t godwit_ek_status_of(godwit_diameter_result_t result)
{
    return godwit_diameter_status_of(outcomes, OUTCOMES, result);
}

/* ---- members that more than one command has ---- */

static godwit_status_t read_text(godwit_slice_t from, char *text, size_t cap)
{
    if (from.len >= cap || memchr(from.ptr, '\0', from.len) != NULL) {
        return GODWIT_MALFORMED;
    }
    memset(text, 0, cap);
    memcpy(text, from.ptr, from.len);
    return GODWIT_OK;
}

godwit_status_t godwit_ek_read_imsi(godwit_slice_t name, godwit_imsi_t *imsi, godwit_diameter_fault_t *fault)
{
    char text[GODWIT_IMSI_DIGITS_MAX + 1];
    if (read_text(name, text, sizeof text) != GODWIT_OK || godwit_imsi_from_text(text, imsi) != GODWIT_OK) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_USER_NAME, name);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_ek_read_endpoint(godwit_slice_t name, char endpoint[GODWIT_FQDN_MAX + 1],
                                        godwit_diameter_fault_t *fault)
{
    if (!godwit_fqdn_is_canonical(name) || read_text(name, endpoint, GODWIT_FQDN_MAX + 1) != GODWIT_OK) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_ENDPOINT, name);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_ek_read_small(godwit_avp_id_t id, godwit_slice_t data, uint32_t least, uint32_t most,
                                     uint32_t *value, godwit_diameter_fault_t *fault)
{
    *value = godwit_avp_u32(data, 0);
    if (*value < least || *value > most) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, id, data);
    }
    return GODWIT_OK;
}

/* ---- selectors and parked keys ---- */

void godwit_ek_put_selector(godwit_writer_t *w, const godwit_selector_t *selector)
{
    bool sqn = selector->kind == GODWIT_SELECTOR_SQN;
    godwit_avp_put(w, sqn ? GODWIT_AVP_CONCEALED_SQN : GODWIT_AVP_RAND, godwit_slice(selector->octets, sqn ? 6 : 16));
}

godwit_status_t godwit_ek_read_selector(godwit_slice_t rand, godwit_slice_t sqn, godwit_selector_t *selector,
                                        godwit_diameter_fault_t *fault)
{
    memset(selector, 0, sizeof *selector);
    if ((rand.ptr == NULL) == (sqn.ptr == NULL)) { /* exactly one */
        static const uint8_t zeros[16];
        return rand.ptr == NULL ? godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, GODWIT_AVP_RAND,
                                                        godwit_slice(zeros, sizeof zeros))
                                : godwit_diameter_blame(fault, GODWIT_DIAMETER_AVP_OCCURS_TOO_MANY_TIMES,
                                                        GODWIT_AVP_CONCEALED_SQN, sqn);
    }
    selector->kind = rand.ptr != NULL ? GODWIT_SELECTOR_RAND : GODWIT_SELECTOR_SQN;
    godwit_slice_t octets = rand.ptr != NULL ? rand : sqn;
    memcpy(selector->octets, octets.ptr, octets.len);
    return GODWIT_OK;
}

void godwit_ek_put_parked(godwit_writer_t *w, const godwit_parked_t *parked)
{
    size_t at = godwit_avp_open(w, GODWIT_AVP_PARKED_KEY);
    godwit_put_u8(w, parked->suite);
    godwit_put_u8(w, parked->key_id);
    godwit_put_u32(w, parked->generation);
    godwit_put_u32(w, parked->user_next_in);
    godwit_put_u32(w, parked->user_next_out);
    godwit_put_u32(w, parked->control_next_in);
    godwit_put_u32(w, parked->control_next_out);
    godwit_put_u64(w, parked->user_seen);
    godwit_put_u64(w, parked->control_seen);
    godwit_avp_close(w, at);
}

void godwit_ek_read_parked(godwit_slice_t octets, godwit_parked_t *parked)
{
    godwit_reader_t r = godwit_reader(octets);
    parked->set = true;
    parked->suite = godwit_get_u8(&r);
    parked->key_id = godwit_get_u8(&r);
    parked->generation = godwit_get_u32(&r);
    parked->user_next_in = godwit_get_u32(&r);
    parked->user_next_out = godwit_get_u32(&r);
    parked->control_next_in = godwit_get_u32(&r);
    parked->control_next_out = godwit_get_u32(&r);
    parked->user_seen = godwit_get_u64(&r);
    parked->control_seen = godwit_get_u64(&r);
}
