/* SPDX-License-Identifier: Apache-2.0
 *
 * Members that Tsp, S6m, T4 and T5 share.
 */
#include "core/wire/trigger_parts.h"

#include <string.h>

static godwit_status_t invalid(godwit_diameter_fault_t *fault, godwit_avp_id_t id, godwit_slice_t data)
{
    return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, id, data);
}

godwit_status_t godwit_trigger_read_text(godwit_avp_id_t id, godwit_slice_t from, char *text, size_t cap,
                                         godwit_diameter_fault_t *fault)
{
    if (from.len >= cap) {
        return invalid(fault, id, from);
    }
    for (size_t i = 0; i < from.len; i++) {
        if (from.ptr[i] <= ' ' || from.ptr[i] > '~') {
            return invalid(fault, id, from);
        }
    }
    memset(text, 0, cap);
    if (from.len > 0) {
        memcpy(text, from.ptr, from.len);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_trigger_read_number(godwit_avp_id_t id, godwit_slice_t data, uint32_t least, uint32_t most,
                                           uint32_t otherwise, uint32_t *value, godwit_diameter_fault_t *fault)
{
    *value = otherwise;
    if (data.ptr == NULL) {
        return GODWIT_OK;
    }
    *value = godwit_avp_u32(data, otherwise);
    return *value >= least && *value <= most ? GODWIT_OK : invalid(fault, id, data);
}

godwit_status_t godwit_trigger_read_imsi(godwit_slice_t name, godwit_imsi_t *imsi, godwit_diameter_fault_t *fault)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1] = "";
    if (name.len < sizeof digits) {
        memcpy(digits, name.ptr, name.len);
    }
    return godwit_imsi_from_text(digits, imsi) == GODWIT_OK && strlen(digits) == name.len
               ? GODWIT_OK
               : invalid(fault, GODWIT_AVP_USER_NAME, name);
}

/* ---- who ---- */

godwit_status_t godwit_trigger_put_name(godwit_writer_t *w, const godwit_external_name_t *name)
{
    uint8_t number[(GODWIT_MSISDN_MAX + 1) / 2];
    if (name->external_id[0] != '\0') {
        godwit_avp_put(w, GODWIT_AVP_EXTERNAL_IDENTIFIER, godwit_slice_of_string(name->external_id));
    }
    if (name->msisdn[0] != '\0') {
        size_t len = godwit_tbcd_encode(name->msisdn, number, sizeof number);
        if (len == 0) {
            return GODWIT_INVALID_ARGUMENT;
        }
        godwit_avp_put(w, GODWIT_AVP_MSISDN, godwit_slice(number, len));
    }
    return GODWIT_OK;
}

static godwit_status_t read_msisdn(godwit_slice_t octets, char msisdn[GODWIT_MSISDN_MAX + 1],
                                   godwit_diameter_fault_t *fault)
{
    char digits[GODWIT_MSISDN_MAX + 2]; /* what so many octets can hold, with the end */
    if (godwit_tbcd_decode(octets, digits, sizeof digits) != GODWIT_OK || digits[0] == '\0' ||
        strlen(digits) > GODWIT_MSISDN_MAX) {
        return invalid(fault, GODWIT_AVP_MSISDN, octets);
    }
    memset(msisdn, 0, GODWIT_MSISDN_MAX + 1);
    memcpy(msisdn, digits, strlen(digits) + 1);
    return GODWIT_OK;
}

godwit_status_t godwit_trigger_read_name(godwit_slice_t external_id, godwit_slice_t msisdn,
                                         godwit_external_name_t *name, godwit_diameter_fault_t *fault)
{
    godwit_status_t status = godwit_trigger_read_text(GODWIT_AVP_EXTERNAL_IDENTIFIER, external_id, name->external_id,
                                                      sizeof name->external_id, fault);
    return status == GODWIT_OK && msisdn.ptr != NULL ? read_msisdn(msisdn, name->msisdn, fault) : status;
}

godwit_status_t godwit_trigger_put_user(godwit_writer_t *w, const godwit_imsi_t *imsi,
                                        const godwit_external_name_t *name)
{
    size_t group = godwit_avp_open(w, GODWIT_AVP_USER_IDENTIFIER);
    if (imsi != NULL && imsi->len > 0) {
        godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(imsi->digits, imsi->len));
    }
    godwit_status_t status = godwit_trigger_put_name(w, name);
    godwit_avp_close(w, group);
    return status;
}

godwit_status_t godwit_trigger_read_user(godwit_slice_t group, godwit_imsi_t *imsi, godwit_external_name_t *name,
                                         godwit_diameter_fault_t *fault)
{
    enum { IMSI, MSISDN, EXTERNAL_ID, RULES };
    static const godwit_avp_rule_t rules[RULES] = {
        [IMSI] = {GODWIT_AVP_USER_NAME, 0, 1},
        [MSISDN] = {GODWIT_AVP_MSISDN, 0, 1},
        [EXTERNAL_ID] = {GODWIT_AVP_EXTERNAL_IDENTIFIER, 0, 1},
    };
    godwit_slice_t found[RULES];
    godwit_status_t status = godwit_avps_parse(group, rules, RULES, found, fault);
    if (status == GODWIT_OK && found[IMSI].ptr != NULL) {
        status = godwit_trigger_read_imsi(found[IMSI], imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_name(found[EXTERNAL_ID], found[MSISDN], name, fault);
    }
    return status;
}

/* ---- where ---- */

enum { MME_NAME, MME_REALM, SGSN_NAME, SGSN_REALM, OUR_HOST, OUR_REALM, SGSN_NUMBER, MSC_NUMBER, NODE_RULES };
static const godwit_avp_rule_t node_rules[NODE_RULES] = {
    [MME_NAME] = {GODWIT_AVP_MME_NAME, 0, 1},       [MME_REALM] = {GODWIT_AVP_MME_REALM, 0, 1},
    [SGSN_NAME] = {GODWIT_AVP_SGSN_NAME, 0, 1},     [SGSN_REALM] = {GODWIT_AVP_SGSN_REALM, 0, 1},
    [OUR_HOST] = {GODWIT_AVP_NODE_HOST, 0, 1},      [OUR_REALM] = {GODWIT_AVP_NODE_REALM, 0, 1},
    [SGSN_NUMBER] = {GODWIT_AVP_SGSN_NUMBER, 0, 1}, [MSC_NUMBER] = {GODWIT_AVP_MSC_NUMBER, 0, 1},
};

/* By which AVPs a node is named, host and realm. */
static const struct {
    uint8_t function;
    size_t host, realm; /* places in node_rules */
} names[] = {
    {GODWIT_NODE_MME, MME_NAME, MME_REALM},
    {GODWIT_NODE_SGSN, SGSN_NAME, SGSN_REALM},
    {GODWIT_NODE_MSC, OUR_HOST, OUR_REALM},
};
#define NAMES (sizeof names / sizeof names[0])

void godwit_trigger_put_node(godwit_writer_t *w, godwit_avp_id_t id, const godwit_trigger_node_t *node)
{
    for (size_t i = 0; i < NAMES && node->host[0] != '\0'; i++) {
        if (names[i].function == node->function) {
            size_t group = godwit_avp_open(w, id);
            godwit_avp_put(w, node_rules[names[i].host].id, godwit_slice_of_string(node->host));
            if (node->realm[0] != '\0') {
                godwit_avp_put(w, node_rules[names[i].realm].id, godwit_slice_of_string(node->realm));
            }
            godwit_avp_close(w, group);
        }
    }
}

godwit_status_t godwit_trigger_read_node(godwit_slice_t group, godwit_trigger_node_t *node,
                                         godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[NODE_RULES];
    godwit_status_t status = godwit_avps_parse(group, node_rules, NODE_RULES, found, fault);
    memset(node, 0, sizeof *node);
    for (size_t i = 0; i < NAMES && status == GODWIT_OK; i++) {
        godwit_slice_t host = found[names[i].host], realm = found[names[i].realm];
        if (host.ptr == NULL) {
            continue;
        }
        node->function = names[i].function;
        status = godwit_trigger_read_text(node_rules[names[i].host].id, host, node->host, sizeof node->host, fault);
        if (status == GODWIT_OK) {
            status =
                godwit_trigger_read_text(node_rules[names[i].realm].id, realm, node->realm, sizeof node->realm, fault);
        }
        break;
    }
    return status;
}

/* ---- the key of an association ---- */

void godwit_trigger_put_key(godwit_writer_t *w, const godwit_iwf_key_t *key)
{
    if (key->root == GODWIT_IWF_ROOT_NONE) {
        return;
    }
    size_t at = godwit_avp_open(w, GODWIT_AVP_IWF_KEY);
    godwit_put_u8(w, (uint8_t)key->root);
    godwit_put_u8(w, key->is_root ? 1 : 0);
    godwit_put(w, key->root_name, sizeof key->root_name);
    godwit_put_u32(w, key->association);
    godwit_put(w, key->key, sizeof key->key);
    godwit_avp_close(w, at);
}

godwit_status_t godwit_trigger_read_key(godwit_slice_t octets, godwit_iwf_key_t *key, godwit_diameter_fault_t *fault)
{
    godwit_reader_t r = godwit_reader(octets);
    uint8_t root = godwit_get_u8(&r), is_root = godwit_get_u8(&r);
    if (root < GODWIT_IWF_ROOT_FLAGGED || root > GODWIT_IWF_ROOT_EAP || is_root > 1) {
        return invalid(fault, GODWIT_AVP_IWF_KEY, octets);
    }
    key->root = (godwit_iwf_root_t)root;
    key->is_root = is_root == 1;
    godwit_get(&r, key->root_name, sizeof key->root_name);
    key->association = godwit_get_u32(&r);
    godwit_get(&r, key->key, sizeof key->key);
    return GODWIT_OK;
}
