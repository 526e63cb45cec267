/* SPDX-License-Identifier: Apache-2.0
 *
 * A command or a group held against its grammar (RFC 6733 3.2, 4.4), and the envelope of every command: who sends it,
 * for whom, in which session. What does not fit is blamed in the words of RFC 6733 7.1.5, the first fault in the order
 * of the octets.
 */
#include "core/wire/diameter.h"

#include <string.h>

#define ENVELOPE_RULES 8
#define RULES_MAX (ENVELOPE_RULES + GODWIT_DIAMETER_RULES_MAX)

/* What Failed-AVP shows of an AVP that is missing or whose length lies: zeros of its least length. */
static const uint8_t zeros[80];

godwit_status_t godwit_diameter_blame(godwit_diameter_fault_t *fault, uint32_t result_code, godwit_avp_id_t id,
                                      godwit_slice_t data)
{
    const godwit_avp_definition_t *avp = godwit_avp_definition(id);
    *fault = (godwit_diameter_fault_t){result_code, avp->code, avp->vendor, avp->flags, data};
    return GODWIT_MALFORMED;
}

godwit_status_t godwit_diameter_read_visited_plmn(godwit_slice_t octets, godwit_plmn_t *plmn,
                                                  godwit_diameter_fault_t *fault)
{
    char text[8];
    memcpy(plmn->octets, octets.ptr, sizeof plmn->octets);
    if (godwit_plmn_to_text(*plmn, text) != GODWIT_OK) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_VISITED_PLMN_ID, octets);
    }
    return GODWIT_OK;
}

static godwit_status_t blame_avp(godwit_diameter_fault_t *fault, uint32_t result_code, const godwit_avp_t *avp,
                                 godwit_slice_t data)
{
    *fault = (godwit_diameter_fault_t){result_code, avp->code, avp->vendor, avp->flags, data};
    return GODWIT_MALFORMED;
}

static godwit_slice_t zeros_of(godwit_avp_id_t id)
{
    return godwit_slice(zeros, godwit_avp_definition(id)->min);
}

static size_t rule_of(const godwit_avp_rule_t *rules, size_t count, const godwit_avp_t *avp)
{
    size_t i = 0;
    if ((avp->flags & GODWIT_AVP_FLAG_VENDOR) && avp->vendor == 0) {
        return count; /* Vendor-Id 0 is reserved and does not mean the IETF (RFC 6733 4.1) */
    }
    while (i < count) {
        const godwit_avp_definition_t *d = godwit_avp_definition(rules[i].id);
        if (d->code == avp->code && d->vendor == avp->vendor) {
            break;
        }
        i++;
    }
    return i;
}

static bool may_be_skipped(const godwit_avp_t *avp)
{
    const godwit_avp_definition_t *d = godwit_avp_find(avp->code, avp->vendor);
    return !(avp->flags & GODWIT_AVP_FLAG_MANDATORY) || (d != NULL && d->passive);
}

/* One AVP that a rule names. */
static godwit_status_t accept(const godwit_avp_rule_t *rule, const godwit_avp_t *avp, uint32_t times,
                              godwit_diameter_fault_t *fault)
{
    const godwit_avp_definition_t *d = godwit_avp_definition(rule->id);
    if (avp->data.len < d->min || avp->data.len > d->max) {
        return blame_avp(fault, GODWIT_DIAMETER_INVALID_AVP_LENGTH, avp, zeros_of(rule->id));
    }
    if (rule->max && times > rule->max) {
        return blame_avp(fault, GODWIT_DIAMETER_AVP_OCCURS_TOO_MANY_TIMES, avp, avp->data);
    }
    return GODWIT_OK;
}

static godwit_status_t all_present(const godwit_avp_rule_t *rules, size_t count, const uint32_t *times,
                                   godwit_diameter_fault_t *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (times[i] < rules[i].min) {
            return godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, rules[i].id, zeros_of(rules[i].id));
        }
    }
    return GODWIT_OK;
}

godwit_status_t godwit_avps_parse(godwit_slice_t avps, const godwit_avp_rule_t *rules, size_t count,
                                  godwit_slice_t *found, godwit_diameter_fault_t *fault)
{
    uint32_t times[RULES_MAX] = {0};
    godwit_reader_t r = godwit_reader(avps);
    godwit_avp_t avp;
    godwit_status_t status;
    if (count > RULES_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(found, 0, count * sizeof *found);
    while ((status = godwit_avp_next(&r, &avp)) == GODWIT_OK) {
        size_t i = rule_of(rules, count, &avp);
        if (i == count) {
            if (!may_be_skipped(&avp)) {
                return blame_avp(fault, GODWIT_DIAMETER_AVP_UNSUPPORTED, &avp, avp.data);
            }
            continue;
        }
        status = accept(&rules[i], &avp, ++times[i], fault);
        if (status != GODWIT_OK) {
            return status;
        }
        if (times[i] == 1) {
            found[i] = avp.data;
        }
    }
    if (status != GODWIT_NOT_FOUND) {
        return blame_avp(fault, GODWIT_DIAMETER_INVALID_AVP_LENGTH, &avp, godwit_slice(zeros, 0));
    }
    return all_present(rules, count, times, fault);
}

uint32_t godwit_avp_u32(godwit_slice_t data, uint32_t otherwise)
{
    return data.len == 4 ? godwit_load_u32(data.ptr) : otherwise;
}

uint64_t godwit_avp_u64(godwit_slice_t data, uint64_t otherwise)
{
    return data.len == 8 ? godwit_load_u64(data.ptr) : otherwise;
}

/* ---- the envelope ---- */

static void put_session(godwit_writer_t *w, const godwit_diameter_command_t *command, godwit_slice_t session_id)
{
    if (session_id.len > 0) {
        godwit_avp_put(w, GODWIT_AVP_SESSION_ID, session_id); /* first of all (RFC 6733 8.8) */
    }
    if (command->vendor == 0) {
        godwit_avp_put_u32(w, GODWIT_AVP_AUTH_APPLICATION_ID, command->application);
    } else {
        size_t at = godwit_avp_open(w, GODWIT_AVP_VENDOR_SPECIFIC_APPLICATION_ID);
        godwit_avp_put_u32(w, GODWIT_AVP_VENDOR_ID, command->vendor);
        godwit_avp_put_u32(w, GODWIT_AVP_AUTH_APPLICATION_ID, command->application);
        godwit_avp_close(w, at);
    }
    godwit_avp_put_u32(w, GODWIT_AVP_AUTH_SESSION_STATE, GODWIT_NO_STATE_MAINTAINED);
}

static size_t open_message(godwit_writer_t *w, const godwit_diameter_command_t *command,
                           const godwit_diameter_envelope_t *envelope, unsigned flags)
{
    flags |= envelope->flags & GODWIT_DIAMETER_PROXIABLE;
    size_t at =
        godwit_diameter_open(w, &(godwit_diameter_header_t){(uint8_t)flags, command->command, command->application,
                                                            envelope->hop_by_hop, envelope->end_to_end});
    put_session(w, command, envelope->session_id);
    godwit_avp_put(w, GODWIT_AVP_ORIGIN_HOST, envelope->origin_host);
    godwit_avp_put(w, GODWIT_AVP_ORIGIN_REALM, envelope->origin_realm);
    return at;
}

size_t godwit_diameter_request_open(godwit_writer_t *w, const godwit_diameter_command_t *command,
                                    const godwit_diameter_envelope_t *envelope)
{
    size_t at = open_message(w, command, envelope, GODWIT_DIAMETER_REQUEST);
    if (envelope->destination_host.len > 0) {
        godwit_avp_put(w, GODWIT_AVP_DESTINATION_HOST, envelope->destination_host);
    }
    godwit_avp_put(w, GODWIT_AVP_DESTINATION_REALM, envelope->destination_realm);
    return at;
}

static void put_result(godwit_writer_t *w, godwit_diameter_result_t result)
{
    if (result.vendor == 0) {
        godwit_avp_put_u32(w, GODWIT_AVP_RESULT_CODE, result.code);
        return;
    }
    size_t at = godwit_avp_open(w, GODWIT_AVP_EXPERIMENTAL_RESULT);
    godwit_avp_put_u32(w, GODWIT_AVP_VENDOR_ID, result.vendor);
    godwit_avp_put_u32(w, GODWIT_AVP_EXPERIMENTAL_RESULT_CODE, result.code);
    godwit_avp_close(w, at);
}

size_t godwit_diameter_answer_open(godwit_writer_t *w, const godwit_diameter_command_t *command,
                                   const godwit_diameter_envelope_t *envelope, godwit_diameter_result_t result)
{
    bool protocol_error = result.vendor == 0 && result.code / 1000 == 3;
    size_t at = open_message(w, command, envelope, protocol_error ? GODWIT_DIAMETER_ERROR : 0);
    put_result(w, result);
    return at;
}

void godwit_diameter_answer_close(godwit_writer_t *w, const godwit_diameter_envelope_t *envelope, size_t at)
{
    const godwit_avp_definition_t *proxy_info = godwit_avp_definition(GODWIT_AVP_PROXY_INFO);
    godwit_diameter_header_t header;
    godwit_slice_t avps;
    godwit_avp_t avp;
    if (godwit_diameter_header_parse(envelope->request, &header, &avps) == GODWIT_OK) {
        godwit_reader_t r = godwit_reader(avps);
        while (godwit_avp_next(&r, &avp) == GODWIT_OK) {
            if (avp.code == proxy_info->code && !(avp.flags & GODWIT_AVP_FLAG_VENDOR)) {
                godwit_put_slice(w, avp.whole);
                (void)godwit_put_space(w, (4 - avp.whole.len % 4) % 4);
            }
        }
    }
    godwit_diameter_close(w, at);
}

static const godwit_avp_rule_t request_rules[ENVELOPE_RULES] = {
    {GODWIT_AVP_SESSION_ID, 1, 1},          {GODWIT_AVP_ORIGIN_HOST, 1, 1},
    {GODWIT_AVP_ORIGIN_REALM, 1, 1},        {GODWIT_AVP_DESTINATION_HOST, 0, 1},
    {GODWIT_AVP_DESTINATION_REALM, 1, 1},   {GODWIT_AVP_AUTH_SESSION_STATE, 1, 1},
    {GODWIT_AVP_AUTH_APPLICATION_ID, 0, 1}, {GODWIT_AVP_VENDOR_SPECIFIC_APPLICATION_ID, 0, 1},
};

/* The grammar of the envelope and that of the command are one. */
static godwit_status_t parse_both(godwit_slice_t avps, const godwit_avp_rule_t *base, const godwit_avp_rule_t *rules,
                                  size_t count, godwit_slice_t *found_base, godwit_slice_t *found,
                                  godwit_diameter_fault_t *fault)
{
    godwit_avp_rule_t all[RULES_MAX];
    godwit_slice_t found_all[RULES_MAX];
    if (count > GODWIT_DIAMETER_RULES_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(all, base, ENVELOPE_RULES * sizeof *base);
    memcpy(all + ENVELOPE_RULES, rules, count * sizeof *rules);
    godwit_status_t status = godwit_avps_parse(avps, all, ENVELOPE_RULES + count, found_all, fault);
    memcpy(found_base, found_all, ENVELOPE_RULES * sizeof *found_base);
    memcpy(found, found_all + ENVELOPE_RULES, count * sizeof *found);
    return status;
}

godwit_status_t godwit_diameter_request_parse(godwit_slice_t octets, const godwit_diameter_command_t *command,
                                              godwit_diameter_envelope_t *envelope, godwit_slice_t *found,
                                              godwit_diameter_fault_t *fault)
{
    godwit_diameter_header_t header;
    godwit_slice_t avps, base[ENVELOPE_RULES];
    *fault = (godwit_diameter_fault_t){0};
    if (godwit_diameter_header_parse(octets, &header, &avps) != GODWIT_OK) {
        fault->result_code = GODWIT_DIAMETER_INVALID_MESSAGE_LENGTH;
        return GODWIT_MALFORMED;
    }
    if ((header.flags & (GODWIT_DIAMETER_REQUEST | GODWIT_DIAMETER_ERROR)) != GODWIT_DIAMETER_REQUEST ||
        header.command != command->command || header.application != command->application) {
        fault->result_code = GODWIT_DIAMETER_INVALID_HDR_BITS;
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = parse_both(avps, request_rules, command->rules, command->count, base, found, fault);
    if (status == GODWIT_OK) {
        *envelope = (godwit_diameter_envelope_t){.flags = header.flags,
                                                 .hop_by_hop = header.hop_by_hop,
                                                 .end_to_end = header.end_to_end,
                                                 .session_id = base[0],
                                                 .origin_host = base[1],
                                                 .origin_realm = base[2],
                                                 .destination_host = base[3],
                                                 .destination_realm = base[4]};
    }
    return status;
}

static const godwit_avp_rule_t answer_rules[ENVELOPE_RULES] = {
    {GODWIT_AVP_SESSION_ID, 1, 1},          {GODWIT_AVP_ORIGIN_HOST, 1, 1},
    {GODWIT_AVP_ORIGIN_REALM, 1, 1},        {GODWIT_AVP_RESULT_CODE, 0, 1},
    {GODWIT_AVP_EXPERIMENTAL_RESULT, 0, 1}, {GODWIT_AVP_AUTH_SESSION_STATE, 0, 1},
    {GODWIT_AVP_AUTH_APPLICATION_ID, 0, 1}, {GODWIT_AVP_VENDOR_SPECIFIC_APPLICATION_ID, 0, 1},
};

/* RFC 6733 7.2: what any node on the way may answer; Session-Id only if it could read it. */
static const godwit_avp_rule_t error_rules[ENVELOPE_RULES] = {
    {GODWIT_AVP_SESSION_ID, 0, 1},          {GODWIT_AVP_ORIGIN_HOST, 1, 1},
    {GODWIT_AVP_ORIGIN_REALM, 1, 1},        {GODWIT_AVP_RESULT_CODE, 0, 1},
    {GODWIT_AVP_EXPERIMENTAL_RESULT, 0, 1}, {GODWIT_AVP_AUTH_SESSION_STATE, 0, 1},
    {GODWIT_AVP_AUTH_APPLICATION_ID, 0, 1}, {GODWIT_AVP_VENDOR_SPECIFIC_APPLICATION_ID, 0, 1},
};

static godwit_status_t parse_result(godwit_slice_t result_code, godwit_slice_t experimental,
                                    godwit_diameter_result_t *result)
{
    static const godwit_avp_rule_t rules[] = {{GODWIT_AVP_VENDOR_ID, 1, 1},
                                              {GODWIT_AVP_EXPERIMENTAL_RESULT_CODE, 1, 1}};
    godwit_slice_t found[2];
    godwit_diameter_fault_t fault;
    if ((result_code.ptr != NULL) == (experimental.ptr != NULL)) {
        return GODWIT_MALFORMED; /* one of the two, and one only (TS 29.272 7.2.6) */
    }
    if (result_code.ptr != NULL) {
        *result = (godwit_diameter_result_t){0, godwit_avp_u32(result_code, 0)};
        return GODWIT_OK;
    }
    if (godwit_avps_parse(experimental, rules, 2, found, &fault) != GODWIT_OK || godwit_avp_u32(found[0], 0) == 0) {
        return GODWIT_MALFORMED;
    }
    *result = (godwit_diameter_result_t){godwit_avp_u32(found[0], 0), godwit_avp_u32(found[1], 0)};
    return GODWIT_OK;
}

godwit_status_t godwit_diameter_answer_parse(godwit_slice_t octets, const godwit_diameter_command_t *command,
                                             godwit_diameter_envelope_t *envelope, godwit_diameter_result_t *result,
                                             godwit_slice_t *found)
{
    godwit_diameter_header_t header;
    godwit_diameter_fault_t fault;
    godwit_slice_t avps, base[ENVELOPE_RULES];
    if (godwit_diameter_header_parse(octets, &header, &avps) != GODWIT_OK || header.command != command->command ||
        header.application != command->application || (header.flags & GODWIT_DIAMETER_REQUEST)) {
        return GODWIT_MALFORMED;
    }
    memset(found, 0, command->count * sizeof *found);
    bool error = (header.flags & GODWIT_DIAMETER_ERROR) != 0;
    godwit_status_t status = parse_both(avps, error ? error_rules : answer_rules, command->rules,
                                        error ? 0 : command->count, base, found, &fault);
    if (status == GODWIT_OK) {
        status = parse_result(base[3], base[4], result);
    }
    if (status == GODWIT_OK && error && result->vendor == 0 && result->code / 1000 == 2) {
        status = GODWIT_MALFORMED; /* RFC 6733 7.1.2: a success is no error */
    }
    if (status == GODWIT_OK) {
        *envelope = (godwit_diameter_envelope_t){.flags = header.flags,
                                                 .hop_by_hop = header.hop_by_hop,
                                                 .end_to_end = header.end_to_end,
                                                 .session_id = base[0],
                                                 .origin_host = base[1],
                                                 .origin_realm = base[2]};
    }
    return status;
}
