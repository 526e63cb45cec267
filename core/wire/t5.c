/* SPDX-License-Identifier: Apache-2.0
 *
 * T5 (docs/diameter.md): the requests. A grammar for all of them; which members a purpose must have, and which it must
 * not, is judged after it.
 */
#include "core/wire/t5.h"

#include <string.h>

#include "core/wire/trigger_parts.h"

/* T5-Purpose. */
enum {
    PURPOSE_CONTAINER = GODWIT_T5_CONTAINER,
    PURPOSE_UE_KEY = GODWIT_T5_UE_KEY,
    PURPOSE_UP = 2, /* and then godwit_t5_up_kind_t */
    PURPOSE_FROM_DEVICE = PURPOSE_UP + GODWIT_T5_FROM_DEVICE,
    PURPOSE_SECURING = PURPOSE_UP + GODWIT_T5_SECURING,
    PURPOSE_REGISTERED = PURPOSE_UP + GODWIT_T5_REGISTERED,
    PURPOSE_KEY = 6,
};

enum { PURPOSE, USER_NAME, CONTAINER, KEY, PLMN, ROOT_NAME, NEW_ROOT, ENDPOINT, ASSOCIATION, NODE, RULES };
static const godwit_avp_rule_t rules[RULES] = {
    [PURPOSE] = {GODWIT_AVP_T5_PURPOSE, 1, 1},          [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [CONTAINER] = {GODWIT_AVP_TRIGGER_CONTAINER, 0, 1}, [KEY] = {GODWIT_AVP_IWF_KEY, 0, 1},
    [PLMN] = {GODWIT_AVP_VISITED_PLMN_ID, 0, 1},        [ROOT_NAME] = {GODWIT_AVP_ROOT_NAME, 0, 1},
    [NEW_ROOT] = {GODWIT_AVP_NEW_ROOT, 0, 1},           [ENDPOINT] = {GODWIT_AVP_ENDPOINT, 0, 1},
    [ASSOCIATION] = {GODWIT_AVP_ASSOCIATION, 0, 1},     [NODE] = {GODWIT_AVP_NODE_FUNCTION, 0, 1},
};
const godwit_diameter_command_t godwit_t5_request = {GODWIT_EK_COMMAND_KEY, GODWIT_T5_APPLICATION, GODWIT_EK_VENDOR,
                                                     rules, RULES};

static uint32_t purpose_of(godwit_slice_t octets)
{
    const godwit_avp_definition_t *d = godwit_avp_definition(GODWIT_AVP_T5_PURPOSE);
    godwit_diameter_header_t header;
    godwit_slice_t avps;
    godwit_avp_t avp;
    if (godwit_diameter_header_parse(octets, &header, &avps) != GODWIT_OK) {
        return 0;
    }
    godwit_reader_t r = godwit_reader(avps);
    while (godwit_avp_next(&r, &avp) == GODWIT_OK) {
        if (avp.code == d->code && avp.vendor == d->vendor) {
            return godwit_avp_u32(avp.data, 0);
        }
    }
    return 0;
}

godwit_t5_message_t godwit_t5_message(godwit_slice_t octets)
{
    uint32_t purpose = purpose_of(octets);
    if (purpose == PURPOSE_CONTAINER || purpose == PURPOSE_UE_KEY) {
        return GODWIT_T5_MESSAGE_DOWN;
    }
    if (purpose > PURPOSE_UP && purpose < PURPOSE_KEY) {
        return GODWIT_T5_MESSAGE_UP;
    }
    return purpose == PURPOSE_KEY ? GODWIT_T5_MESSAGE_KEY : GODWIT_T5_MESSAGE_NONE;
}

/* node: which function of a process this is for, or from. */
static size_t request_open(godwit_writer_t *w, const godwit_diameter_envelope_t *envelope, uint32_t purpose,
                           const godwit_imsi_t *imsi, uint8_t node)
{
    size_t at = godwit_diameter_request_open(w, &godwit_t5_request, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_T5_PURPOSE, purpose);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(imsi->digits, imsi->len));
    godwit_avp_put_u32(w, GODWIT_AVP_NODE_FUNCTION, node);
    return at;
}

static godwit_status_t read_node(const godwit_slice_t *found, uint8_t *node, godwit_diameter_fault_t *fault)
{
    uint32_t value = 0;
    godwit_status_t status =
        godwit_trigger_read_number(GODWIT_AVP_NODE_FUNCTION, found[NODE], 1, 0xFF, GODWIT_NODE_MME, &value, fault);
    *node = (uint8_t)value;
    return status;
}

/* Envelope, purpose and IMSI. */
static godwit_status_t begin(godwit_slice_t octets, uint32_t least, uint32_t most, godwit_diameter_envelope_t *envelope,
                             godwit_slice_t *found, uint32_t *purpose, godwit_imsi_t *imsi,
                             godwit_diameter_fault_t *fault)
{
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_t5_request, envelope, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_T5_PURPOSE, found[PURPOSE], least, most, 0, purpose, fault);
    }
    return status == GODWIT_OK ? godwit_trigger_read_imsi(found[USER_NAME], imsi, fault) : status;
}

#define BIT(rule) (1u << (rule))
#define ALWAYS (BIT(PURPOSE) | BIT(USER_NAME) | BIT(NODE))

/* Beside what all have: what must be there, and what may. */
static godwit_status_t expect(const godwit_slice_t *found, unsigned must, unsigned may, godwit_diameter_fault_t *fault)
{
    static const uint8_t zeros[GODWIT_TRIGGER_CONTAINER_MAX];
    for (size_t i = 0; i < RULES; i++) {
        godwit_avp_id_t id = rules[i].id;
        if ((must & BIT(i)) != 0 && found[i].ptr == NULL) {
            return godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, id,
                                         godwit_slice(zeros, godwit_avp_definition(id)->min));
        }
        if (((must | may | ALWAYS) & BIT(i)) == 0 && found[i].ptr != NULL) {
            return godwit_diameter_blame(fault, GODWIT_DIAMETER_AVP_OCCURS_TOO_MANY_TIMES, id, found[i]);
        }
    }
    return GODWIT_OK;
}

/* ---- DOWN ---- */

godwit_status_t godwit_t5_down_build(const godwit_diameter_envelope_t *envelope, const godwit_t5_down_t *down,
                                     godwit_writer_t *w)
{
    bool container = down->kind == GODWIT_T5_CONTAINER;
    if (container ? down->container_len == 0 || down->container_len > sizeof down->container
                  : down->ue_key.root == GODWIT_IWF_ROOT_NONE || down->ue_key.is_root) {
        return GODWIT_INVALID_ARGUMENT; /* a root never goes to a device */
    }
    size_t at =
        request_open(w, envelope, container ? PURPOSE_CONTAINER : PURPOSE_UE_KEY, &down->imsi, down->to.function);
    if (container) {
        godwit_avp_put(w, GODWIT_AVP_TRIGGER_CONTAINER, godwit_slice(down->container, down->container_len));
    } else {
        godwit_trigger_put_key(w, &down->ue_key);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_ue_key(godwit_slice_t octets, godwit_iwf_key_t *key, godwit_diameter_fault_t *fault)
{
    godwit_status_t status = godwit_trigger_read_key(octets, key, fault);
    if (status == GODWIT_OK && key->is_root) {
        static const uint8_t zeros[1];
        status = godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_IWF_KEY,
                                       godwit_slice(zeros, sizeof zeros));
    }
    return status;
}

godwit_status_t godwit_t5_down_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_t5_down_t *down, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_t5_down_t d;
    uint32_t purpose = 0;
    memset(&d, 0, sizeof d);
    godwit_status_t status = begin(octets, PURPOSE_CONTAINER, PURPOSE_UE_KEY, &parsed, found, &purpose, &d.imsi, fault);
    if (status == GODWIT_OK) {
        status = read_node(found, &d.to.function, fault);
    }
    if (status == GODWIT_OK) {
        status = expect(found, purpose == PURPOSE_CONTAINER ? BIT(CONTAINER) : BIT(KEY), 0, fault);
    }
    if (status == GODWIT_OK && purpose == PURPOSE_CONTAINER) {
        memcpy(d.container, found[CONTAINER].ptr, found[CONTAINER].len); /* the table of AVPs bounds it */
        d.container_len = (uint8_t)found[CONTAINER].len;
    } else if (status == GODWIT_OK) {
        status = read_ue_key(found[KEY], &d.ue_key, fault);
    }
    if (status == GODWIT_OK) {
        d.kind = (godwit_t5_down_kind_t)purpose;
        *envelope = parsed;
        *down = d;
    }
    godwit_wipe(&d, sizeof d);
    return status;
}

/* ---- UP ---- */

static bool is_set(const uint8_t *octets, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= octets[i];
    }
    return any != 0;
}

godwit_status_t godwit_t5_up_build(const godwit_diameter_envelope_t *envelope, const godwit_t5_up_t *up, uint8_t node,
                                   godwit_writer_t *w)
{
    if (up->container_len > sizeof up->container || up->kind < GODWIT_T5_FROM_DEVICE ||
        up->kind > GODWIT_T5_REGISTERED || (up->kind == GODWIT_T5_FROM_DEVICE) != (up->container_len > 0)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = request_open(w, envelope, PURPOSE_UP + (uint32_t)up->kind, &up->imsi, node);
    if (up->container_len > 0) {
        godwit_avp_put(w, GODWIT_AVP_TRIGGER_CONTAINER, godwit_slice(up->container, up->container_len));
    }
    if (is_set(up->plmn.octets, sizeof up->plmn.octets)) {
        godwit_avp_put(w, GODWIT_AVP_VISITED_PLMN_ID, godwit_slice(up->plmn.octets, sizeof up->plmn.octets));
    }
    if (is_set(up->root_name, sizeof up->root_name)) {
        godwit_avp_put(w, GODWIT_AVP_ROOT_NAME, godwit_slice(up->root_name, sizeof up->root_name));
    }
    if (up->new_root) {
        godwit_avp_put_u32(w, GODWIT_AVP_NEW_ROOT, 1);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_up(const godwit_slice_t *found, godwit_t5_up_t *u, godwit_diameter_fault_t *fault)
{
    uint32_t new_root = 0;
    godwit_status_t status = expect(found, u->kind == GODWIT_T5_FROM_DEVICE ? BIT(CONTAINER) : 0,
                                    BIT(PLMN) | BIT(ROOT_NAME) | BIT(NEW_ROOT), fault);
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_NEW_ROOT, found[NEW_ROOT], 0, 1, 0, &new_root, fault);
    }
    if (status == GODWIT_OK && found[PLMN].ptr != NULL) {
        status = godwit_diameter_read_visited_plmn(found[PLMN], &u->plmn, fault);
    }
    if (status == GODWIT_OK && found[ROOT_NAME].ptr != NULL) {
        memcpy(u->root_name, found[ROOT_NAME].ptr, sizeof u->root_name);
    }
    if (status == GODWIT_OK && found[CONTAINER].ptr != NULL) {
        memcpy(u->container, found[CONTAINER].ptr, found[CONTAINER].len);
        u->container_len = (uint8_t)found[CONTAINER].len;
    }
    u->new_root = new_root == 1;
    return status;
}

godwit_status_t godwit_t5_up_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope, godwit_t5_up_t *up,
                                   uint8_t *node, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_t5_up_t u;
    uint32_t purpose = 0;
    uint8_t function = 0;
    memset(&u, 0, sizeof u);
    godwit_status_t status =
        begin(octets, PURPOSE_FROM_DEVICE, PURPOSE_REGISTERED, &parsed, found, &purpose, &u.imsi, fault);
    if (status == GODWIT_OK) {
        u.kind = (godwit_t5_up_kind_t)(purpose - PURPOSE_UP);
        status = read_up(found, &u, fault);
    }
    if (status == GODWIT_OK) {
        status = read_node(found, &function, fault);
    }
    if (status == GODWIT_OK) {
        *node = function;
        *envelope = parsed;
        *up = u;
    }
    return status;
}

/* ---- KEY ---- */

godwit_status_t godwit_t5_key_build(const godwit_diameter_envelope_t *envelope, const godwit_iwf_key_request_t *request,
                                    godwit_writer_t *w)
{
    size_t at = request_open(w, envelope, PURPOSE_KEY, &request->imsi, request->to.function);
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(request->iwf));
    godwit_avp_put_u32(w, GODWIT_AVP_ASSOCIATION, request->association);
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_iwf(godwit_slice_t name, char iwf[GODWIT_FQDN_MAX + 1], godwit_diameter_fault_t *fault)
{
    if (!godwit_fqdn_is_canonical(name)) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_ENDPOINT, name);
    }
    return godwit_trigger_read_text(GODWIT_AVP_ENDPOINT, name, iwf, GODWIT_FQDN_MAX + 1, fault);
}

godwit_status_t godwit_t5_key_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                    godwit_iwf_key_request_t *request, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_iwf_key_request_t q;
    uint32_t purpose = 0;
    memset(&q, 0, sizeof q);
    godwit_status_t status = begin(octets, PURPOSE_KEY, PURPOSE_KEY, &parsed, found, &purpose, &q.imsi, fault);
    if (status == GODWIT_OK) {
        status = read_node(found, &q.to.function, fault);
    }
    if (status == GODWIT_OK) {
        status = expect(found, BIT(ENDPOINT) | BIT(ASSOCIATION), 0, fault);
    }
    if (status == GODWIT_OK) {
        status = read_iwf(found[ENDPOINT], q.iwf, fault);
    }
    if (status == GODWIT_OK) {
        q.association = godwit_avp_u32(found[ASSOCIATION], 0);
        *envelope = parsed;
        *request = q;
    }
    return status;
}
