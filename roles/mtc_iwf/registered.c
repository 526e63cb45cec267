/* SPDX-License-Identifier: Apache-2.0
 *
 * A serving node says that a device is there, or about to be, and an AAA server that it has run AKA: whether that asks
 * for an association, and for which. Never: what is under way for the device turned to another node by that node's word
 * alone.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"

#define TURN_GAP_MS 60000u

/* A Command of another AKA run than that of the association in use, whose Complete has not come. */
static bool is_renewing(const godwit_association_record_t *record)
{
    return record->next.number != 0 &&
           memcmp(record->next.root_name, record->current.root_name, sizeof record->next.root_name) != 0;
}

/* Whether the device has a root that no association stands on. run: of the AKA run that its node tells of, if any. */
static bool wants_association(const godwit_iwf_keys_t *keys, const godwit_iwf_want_t *run)
{
    const godwit_association_t *current = &keys->held.current;
    const bool none = current->number == 0 && keys->held.next.number == 0; /* nor is one being made */
    if (keys->config.off || !keys->holds || (keys->config.lazy && none)) {
        return false;
    }
    return !godwit_iwf_is_ready(keys) || godwit_iwf_is_worn(current) || is_renewing(&keys->held) ||
           (run->has_root_name && memcmp(current->root_name, run->root_name, sizeof current->root_name) != 0);
}

static bool is_of_another_run(const godwit_association_t *next, const godwit_iwf_want_t *run)
{
    return run->has_root_name && memcmp(next->root_name, run->root_name, sizeof next->root_name) != 0;
}

/* The AAA server has another root: an association that stands on one of its roots moves to that. One that came from
 * 3GPP access stays, over WiFi too; a device that has none asks for one when it polls. Where the device is not known to
 * be its next Poll gets the Command. */
static godwit_status_t refresh_over_wifi(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_t5_up_t *up = &in->message->u.t5_up;
    const godwit_trigger_node_t nowhere = {0};
    godwit_iwf_way_t way = {.address = godwit_iwf_a3_address(keys, &up->imsi, in->now_ms)};
    godwit_iwf_want_t want = {.root = GODWIT_IWF_ROOT_EAP, .has_root_name = true};
    if (keys->config.off || !keys->holds || !up->new_root || keys->held.current.root != GODWIT_IWF_ROOT_EAP ||
        strcmp(in->message->origin_host, keys->config.aaa_host) != 0) {
        return GODWIT_WRONG_STATE;
    }
    way.kind = way.address.len > 0 ? GODWIT_IWF_WAY_A3 : GODWIT_IWF_WAY_NONE;
    memcpy(want.root_name, up->root_name, sizeof want.root_name);
    return godwit_iwf_may_try(keys, &up->imsi, GODWIT_IWF_TRY_GAP_MS, in->now_ms)
               ? godwit_iwf_ask(keys, &want, &nowhere, &way, in->now_ms, out)
               : GODWIT_OVERLOAD;
}

static bool is_under_way(godwit_iwf_keys_t *keys, uint64_t now_ms)
{
    return keys->held.next.number != 0 || godwit_iwf_wait_of(keys, &keys->held.imsi, now_ms) != NULL;
}

/* Within the security mode the HSS cannot name the node yet, unless the device was there before. Where the HSS makes the
 * key, and nothing is under way that could be turned, a liar gets a Command of which he can do nothing. */
static bool needs_no_name(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, uint64_t now_ms)
{
    return way->kind == GODWIT_IWF_WAY_SECURING && keys->config.key_from != GODWIT_IWF_KEY_FROM_MME &&
           !is_under_way(keys, now_ms);
}

godwit_status_t godwit_iwf_on_registered(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_iwf_way_t *way,
                                         godwit_outbox_t *out)
{
    const godwit_t5_up_t *up = &in->message->u.t5_up;
    godwit_iwf_visit_t visit = {.kind = GODWIT_IWF_VISIT_REGISTERED, .imsi = up->imsi, .way = *way};
    if (in->message->from == GODWIT_FUNCTION_AAA) {
        return refresh_over_wifi(keys, in, out);
    }
    visit.want.has_root_name = up->new_root;
    memcpy(visit.want.root_name, up->root_name, sizeof up->root_name);
    if (!wants_association(keys, &visit.want) ||
        (way->kind == GODWIT_IWF_WAY_SECURING && keys->config.ue_key_received)) { /* a key needs ciphered NAS */
        return GODWIT_WRONG_STATE;
    }
    const bool soon = !godwit_iwf_may_visit(keys, &up->imsi, way, in->now_ms);
    if (soon && way->kind == GODWIT_IWF_WAY_SECURING) {
        return GODWIT_OVERLOAD;
    }
    const godwit_iwf_want_t want = {.renewing = godwit_iwf_is_worn(&keys->held.current)};
    return needs_no_name(keys, way, in->now_ms)
               ? godwit_iwf_ask(keys, &want, &way->node, way, in->now_ms, out)
               : godwit_iwf_visit(keys, &visit, soon ? GODWIT_IWF_TRY_GAP_MS : 0, in->now_ms, out);
}

/* A Command that is under way for this AKA run is said again; else a key is asked for. A node that the device may have
 * left since turns what is under way for another seldom, however often it says so. */
static godwit_status_t go_on_there(godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *visit, bool newest,
                                   uint64_t now_ms, godwit_outbox_t *out)
{
    const godwit_iwf_want_t want = {.renewing = godwit_iwf_is_worn(&keys->held.current)};
    const godwit_iwf_way_t *way = &visit->way;
    if (!wants_association(keys, &visit->want)) {
        return GODWIT_WRONG_STATE;
    }
    if (!newest && is_under_way(keys, now_ms) && !godwit_iwf_may_try(keys, &visit->imsi, TURN_GAP_MS, now_ms)) {
        return GODWIT_OVERLOAD;
    }
    const bool goes_on = keys->held.next.number != 0 && !is_of_another_run(&keys->held.next, &visit->want);
    godwit_iwf_overtake(keys, way, !goes_on, now_ms, out);
    return goes_on ? godwit_iwf_begin(keys, &way->node, way, now_ms, out)
                   : godwit_iwf_ask(keys, &want, &way->node, way, now_ms, out);
}

godwit_status_t godwit_iwf_on_named(godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *visit, bool newest,
                                    uint64_t now_ms, godwit_outbox_t *out)
{
    switch (visit->kind) {
    case GODWIT_IWF_VISIT_REGISTERED:
        return go_on_there(keys, visit, newest, now_ms, out);
    case GODWIT_IWF_VISIT_ASK:
        return godwit_iwf_ask(keys, &visit->want, &visit->way.node, &visit->way, now_ms, out);
    case GODWIT_IWF_VISIT_BEGIN:
        return godwit_iwf_begin(keys, &visit->way.node, &visit->way, now_ms, out);
    default:
        return GODWIT_WRONG_STATE;
    }
}
