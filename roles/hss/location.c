/* SPDX-License-Identifier: Apache-2.0
 *
 * Update Location (TS 29.272 5.2.1.1), as far as triggers need it: where a device is, durably before the answer. A node
 * says so of itself alone, and only of a PLMN that its realm belongs to, as with vectors. What is not done: no
 * subscription data is given, and no former node is told (Cancel-Location), so a device may stand at a node that it has
 * left until it registers at another of that function.
 */
#include <string.h>

#include "roles/hss/internal.h"

/* The MTC-IWF that serving nodes are told of. */
static void name_iwf(const godwit_hss_t *hss, godwit_trigger_node_t *node)
{
    if (hss->triggers.iwf_count > 0) {
        node->function = GODWIT_FUNCTION_MTC_IWF;
        memcpy(node->host, hss->triggers.iwfs[0].host, sizeof node->host);
        memcpy(node->realm, hss->triggers.iwfs[0].realm, sizeof node->realm);
    }
}

static void answer(const godwit_hss_t *hss, const godwit_message_t *request, godwit_status_t status, const char *detail,
                   godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_answer(out, request, GODWIT_LOCATION_UPDATE_ANSWER, GODWIT_FUNCTION_HSS);
    if (message == NULL) {
        return;
    }
    message->u.location_update_answer.status = status == GODWIT_OK ? GODWIT_OK : godwit_hss_told(status);
    if (status == GODWIT_OK) {
        name_iwf(hss, &message->u.location_update_answer.iwf);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_outbox_event(out, status == GODWIT_OK ? "located" : "refused", status, &request->u.location_update.imsi,
                        detail);
}

static bool is_serving_node(godwit_function_t function)
{
    return function == GODWIT_FUNCTION_MME || function == GODWIT_FUNCTION_SGSN || function == GODWIT_FUNCTION_MSC;
}

static bool is_newest(const godwit_location_record_t *location, const godwit_message_t *message)
{
    return location->nodes > 0 && location->node[0].function == message->from &&
           strcmp(location->node[0].host, message->origin_host) == 0;
}

/* The sender first, then those of other functions. */
static void move(const godwit_location_record_t *from, const godwit_message_t *message, uint64_t now_ms,
                 godwit_location_record_t *to)
{
    memset(to, 0, sizeof *to);
    to->imsi = message->u.location_update.imsi;
    to->nodes = 1;
    to->node[0].function = (uint8_t)message->from;
    memcpy(to->node[0].host, message->origin_host, sizeof to->node[0].host);
    memcpy(to->node[0].realm, message->origin_realm, sizeof to->node[0].realm);
    to->at_ms[0] = now_ms;
    for (uint8_t i = 0; i < from->nodes && i < GODWIT_SERVING_NODES_MAX; i++) {
        if (from->node[i].function != message->from && to->nodes < GODWIT_SERVING_NODES_MAX) {
            to->node[to->nodes] = from->node[i];
            to->at_ms[to->nodes++] = from->at_ms[i];
        }
    }
}

static void locate(const godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    static const godwit_location_record_t nowhere;
    const godwit_location_record_t *former = in->fetched != NULL ? &in->fetched->u.location : &nowhere;
    if (!is_newest(former, in->message)) { /* else it is where it was, and nothing need be written */
        godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
        if (record == NULL) {
            return;
        }
        record->kind = GODWIT_RECORD_LOCATION;
        move(former, in->message, in->now_ms, &record->u.location);
        godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    }
    answer(hss, in->message, GODWIT_OK, NULL, out);
}

void godwit_hss_on_location_update(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_location_update_t *update = &in->message->u.location_update;
    if (!is_serving_node(in->message->from)) {
        answer(hss, in->message, GODWIT_MALFORMED, "a location update of what is no serving node", out);
    } else if (!godwit_hss_is_of(hss, in->message, update->visited_plmn)) {
        answer(hss, in->message, GODWIT_NOT_ENTITLED, "a PLMN that this node may not name (hss.networks)", out);
    } else if (in->fetch_status == GODWIT_AGAIN) {
        godwit_hss_fetch(out, GODWIT_RECORD_SUBSCRIBER, &update->imsi);
    } else if (in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        answer(hss, in->message, GODWIT_STORE_FAILED, "the store could not be read", out);
    } else if (in->fetched_key.kind == GODWIT_RECORD_LOCATION) {
        locate(hss, in, out);
    } else if (in->fetched == NULL) {
        answer(hss, in->message, GODWIT_UNKNOWN_SUBSCRIBER, NULL, out);
    } else {
        godwit_hss_fetch(out, GODWIT_RECORD_LOCATION, &update->imsi);
    }
}
