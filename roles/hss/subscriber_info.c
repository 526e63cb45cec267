/* SPDX-License-Identifier: Apache-2.0
 *
 * S6m: Subscriber-Information-Request (TS 29.336 5.2.2; TS 23.682 5.2.1) of an MTC-IWF of ours, and of nobody else:
 * whether that SCS may trigger that device, who it is and where. The key part is iwf_root.c's. The answer is yes only
 * where the subscription lists the SCS by name; a device that is barred is barred for all.
 */
#include <string.h>

#include "roles/hss/internal.h"

static godwit_status_t told(godwit_status_t status)
{
    return status == GODWIT_UNKNOWN_KEY ? status : godwit_hss_told(status);
}

static void refuse(const godwit_message_t *request, godwit_status_t status, const char *detail, godwit_outbox_t *out)
{
    godwit_message_t *answer = godwit_outbox_answer(out, request, GODWIT_SUBSCRIBER_INFO_ANSWER, GODWIT_FUNCTION_HSS);
    if (answer != NULL) {
        answer->u.subscriber_info_answer.status = told(status);
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
    godwit_outbox_event(out, "refused", status, &request->u.subscriber_info_request.imsi, detail);
}

/* ---- may it ask ---- */

static godwit_status_t judge_request(const godwit_hss_t *hss, const godwit_message_t *message, const char **detail)
{
    const godwit_subscriber_info_request_t *request = &message->u.subscriber_info_request;
    if (godwit_hss_iwf_of(hss, message->origin_host) == NULL) {
        *detail = "not one of our MTC-IWFs";
        return GODWIT_NOT_ENTITLED;
    }
    if (request->imsi.len == 0 && !godwit_external_name_is_good(&request->device)) {
        *detail = "an external identifier or MSISDN that is none";
        return GODWIT_UNKNOWN_SUBSCRIBER;
    }
    return request->key == GODWIT_IWF_KEY_NOT_WANTED ? GODWIT_OK : godwit_hss_iwf_key_allowed(hss, message, detail);
}

/* ---- whom does it ask about ---- */

static godwit_status_t ask_subscription(const godwit_hss_t *hss, const godwit_subscriber_info_request_t *request,
                                        godwit_outbox_t *out)
{
    uint8_t external_id[16], msisdn[16];
    if (request->imsi.len > 0) {
        godwit_hss_fetch(out, GODWIT_RECORD_TRIGGER_SUBSCRIPTION, &request->imsi);
        return GODWIT_AGAIN;
    }
    const godwit_status_t status = godwit_external_name_keys(hss->crypto, &request->device, external_id, msisdn);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION;
    memcpy(key->octets, request->device.external_id[0] != '\0' ? external_id : msisdn, sizeof key->octets);
    return GODWIT_AGAIN;
}

/* Where two names are said, they are of one device. */
static bool is_named(const godwit_hss_t *hss, const godwit_trigger_subscription_record_t *s,
                     const godwit_subscriber_info_request_t *request)
{
    uint8_t external_id[16], msisdn[16];
    if (request->imsi.len > 0) {
        return true;
    }
    return godwit_external_name_keys(hss->crypto, &request->device, external_id, msisdn) == GODWIT_OK &&
           (request->device.external_id[0] == '\0' ||
            memcmp(external_id, s->external_id_key, sizeof external_id) == 0) &&
           (request->device.msisdn[0] == '\0' || memcmp(msisdn, s->msisdn_key, sizeof msisdn) == 0);
}

static bool lists(const godwit_trigger_subscription_record_t *s, const char *scs)
{
    for (uint8_t i = 0; i < s->sources && i < GODWIT_TRIGGER_SOURCES_MAX; i++) {
        if (godwit_equal_names(s->source[i], scs)) {
            return true;
        }
    }
    return false;
}

static godwit_status_t judge(const godwit_hss_t *hss, const godwit_record_t *fetched,
                             const godwit_subscriber_info_request_t *request, const char **detail)
{
    const godwit_trigger_subscription_record_t *s = fetched != NULL ? &fetched->u.trigger_subscription : NULL;
    if (s == NULL || !is_named(hss, s, request)) {
        *detail = "no device with that name may be triggered";
        return GODWIT_UNKNOWN_SUBSCRIBER;
    }
    if (request->scs[0] != '\0' && !lists(s, request->scs)) {
        *detail = "that source may not trigger that device";
        return GODWIT_NOT_ENTITLED;
    }
    if (s->barred) {
        *detail = "triggers are barred for that device";
        return GODWIT_POLICY_FORBIDS;
    }
    return GODWIT_OK;
}

/* ---- the answer ---- */

static void fill(const godwit_hss_triggers_t *held, godwit_subscriber_info_answer_t *a)
{
    a->status = GODWIT_OK;
    a->imsi = held->subscription.imsi;
    a->device = held->subscription.device;
    for (; a->nodes < held->location.nodes && a->nodes < GODWIT_SERVING_NODES_MAX; a->nodes++) {
        a->node[a->nodes] = held->location.node[a->nodes];
    }
}

/* root: what was fetched for the key, NULL where there is none or none is wanted. */
static void give(godwit_hss_t *hss, const godwit_message_t *message, const godwit_record_t *root, godwit_outbox_t *out)
{
    const char *detail = NULL;
    const bool wants_key = message->u.subscriber_info_request.key != GODWIT_IWF_KEY_NOT_WANTED;
    godwit_status_t status = GODWIT_OK;
    godwit_iwf_key_t key;
    memset(&key, 0, sizeof key);
    if (wants_key) {
        status = godwit_hss_iwf_key(hss, message, root, &key, out, &detail);
    }
    godwit_message_t *answer =
        status == GODWIT_OK ? godwit_outbox_answer(out, message, GODWIT_SUBSCRIBER_INFO_ANSWER, GODWIT_FUNCTION_HSS)
                            : NULL;
    if (answer != NULL) {
        fill(&hss->triggers, &answer->u.subscriber_info_answer);
        answer->u.subscriber_info_answer.key = key;
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
        godwit_outbox_event(out, wants_key ? "association_key_given" : "subscriber_info_given", GODWIT_OK,
                            &hss->triggers.subscription.imsi, NULL);
    } else if (status != GODWIT_OK) {
        refuse(message, status, detail, out);
    }
    godwit_wipe(&key, sizeof key);
}

static void go_on(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_subscriber_info_request_t *request = &in->message->u.subscriber_info_request;
    const char *detail = NULL;
    godwit_status_t status;
    switch (in->fetched_key.kind) {
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        status = judge(hss, in->fetched, request, &detail);
        if (status != GODWIT_OK) {
            refuse(in->message, status, detail, out);
            return;
        }
        hss->triggers.subscription = in->fetched->u.trigger_subscription;
        godwit_hss_fetch(out, GODWIT_RECORD_LOCATION, &hss->triggers.subscription.imsi);
        return;
    case GODWIT_RECORD_LOCATION:
        memset(&hss->triggers.location, 0, sizeof hss->triggers.location);
        if (in->fetched != NULL) {
            hss->triggers.location = in->fetched->u.location;
        }
        if (request->key != GODWIT_IWF_KEY_NOT_WANTED) {
            godwit_hss_fetch(out, GODWIT_RECORD_IWF_ROOT, &hss->triggers.subscription.imsi);
            return;
        }
        give(hss, in->message, NULL, out);
        return;
    default:
        give(hss, in->message, in->fetched, out);
        return;
    }
}

void godwit_hss_on_subscriber_info_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const char *detail = NULL;
    godwit_status_t status = judge_request(hss, in->message, &detail);
    if (status == GODWIT_OK && in->fetch_status == GODWIT_AGAIN) {
        status = ask_subscription(hss, &in->message->u.subscriber_info_request, out);
    } else if (status == GODWIT_OK && in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        detail = "the store could not be read";
        status = GODWIT_STORE_FAILED;
    } else if (status == GODWIT_OK) {
        go_on(hss, in, out);
    }
    if (status != GODWIT_OK && status != GODWIT_AGAIN) {
        refuse(in->message, status, detail, out);
    }
}
