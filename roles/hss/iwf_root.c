/* SPDX-License-Identifier: Apache-2.0
 *
 * What associations of MTC-IWF and device stand on (contribution 002; docs/keys.md, K_iwf): of a subscriber with
 * feature "trigger" the root of the newest AKA run and of the one before, kept before the vector leaves; and the key
 * part of the answer over S6m. The association number rises durably before a key leaves. Never: a key to a node that is
 * no MTC-IWF of ours, or over a hop that proves nothing; K_iwf of a vector that is not flagged; a root to whom it is
 * not configured for; the KASME of a home node or of the BEST PLMN, which is the root of agreement 03.
 */
#include <string.h>

#include "roles/hss/internal.h"

/* ---- at the AKA run ---- */

godwit_status_t godwit_hss_iwf_root_gather(godwit_hss_t *hss, const godwit_input_t *in, const godwit_imsi_t *imsi,
                                           godwit_outbox_t *out)
{
    if (hss->triggers.root == GODWIT_IWF_ROOT_NONE) {
        return GODWIT_OK;
    }
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
        key->kind = GODWIT_RECORD_IWF_ROOT;
        key->imsi = *imsi;
        return GODWIT_AGAIN;
    }
    if (in->fetched_key.kind != GODWIT_RECORD_IWF_ROOT) {
        return GODWIT_OK; /* a later round: it is held */
    }
    godwit_wipe(&hss->triggers.held, sizeof hss->triggers.held);
    if (in->fetched != NULL) {
        hss->triggers.held = in->fetched->u.iwf_root;
    }
    return in->fetch_status == GODWIT_OK || in->fetch_status == GODWIT_NOT_FOUND ? GODWIT_OK : GODWIT_STORE_FAILED;
}

/* NONE: nothing is kept of this run. */
static godwit_iwf_root_t kind_of(const godwit_hss_run_t *run)
{
    const godwit_hss_t *hss = run->hss;
    if ((run->subscriber.features & GODWIT_FEATURE_TRIGGER) == 0 ||
        godwit_plmn_equal(run->request->visited_plmn, hss->best_plmn) ||
        godwit_hss_is_home(hss, run->message->origin_host)) {
        return GODWIT_IWF_ROOT_NONE;
    }
    const bool fits =
        hss->triggers.root == GODWIT_IWF_ROOT_FLAGGED ? run->e2m : run->request->kind == GODWIT_VECTOR_EUTRAN;
    return fits ? hss->triggers.root : GODWIT_IWF_ROOT_NONE;
}

/* The run that an AUTS refused never became the device's: the one before it stays the former. */
static godwit_status_t step_back(const godwit_hss_run_t *run, godwit_iwf_root_record_t *kept)
{
    uint8_t refused[GODWIT_IWF_ROOT_NAME];
    godwit_status_t status = godwit_iwf_root_name(run->hss->crypto, run->request->rand, refused);
    if (status == GODWIT_OK &&
        !(run->request->resync && memcmp(refused, kept->newest.root_name, sizeof refused) == 0)) {
        kept->former = kept->newest;
    }
    return status;
}

godwit_status_t godwit_hss_iwf_root_keep(godwit_hss_run_t *run, const godwit_auth_info_vector_t *vector,
                                         godwit_outbox_t *out)
{
    const godwit_iwf_root_t kind = kind_of(run);
    if (kind == GODWIT_IWF_ROOT_NONE) {
        return GODWIT_OK;
    }
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    if (record == NULL) {
        return GODWIT_NO_SPACE;
    }
    record->kind = GODWIT_RECORD_IWF_ROOT;
    godwit_iwf_root_record_t *kept = &record->u.iwf_root;
    *kept = run->hss->triggers.held;
    kept->imsi = run->subscriber.imsi;
    godwit_status_t status = step_back(run, kept);
    kept->newest = (godwit_iwf_key_t){.root = kind, .is_root = true};
    kept->newest_ms = run->now_ms;
    memcpy(kept->newest.key, kind == GODWIT_IWF_ROOT_FLAGGED ? run->ck_ik : vector->kasme, sizeof kept->newest.key);
    if (status == GODWIT_OK) {
        status = godwit_iwf_root_name(run->hss->crypto, vector->rand, kept->newest.root_name);
    }
    if (status == GODWIT_OK) {
        godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    }
    return status;
}

/* ---- the key part of S6m ---- */

const godwit_hss_iwf_t *godwit_hss_iwf_of(const godwit_hss_t *hss, const char *host)
{
    for (size_t i = 0; i < hss->triggers.iwf_count && i < GODWIT_HSS_IWFS_MAX; i++) {
        if (godwit_equal_names(hss->triggers.iwfs[i].host, host)) {
            return &hss->triggers.iwfs[i];
        }
    }
    return NULL;
}

/* Of KEY_K_IWF always FLAGGED: made of anything else it would trust the visited network, which is what the HSS is asked
 * to avoid. */
static godwit_iwf_root_t wanted(const godwit_subscriber_info_request_t *request)
{
    return request->key == GODWIT_IWF_KEY_K_IWF ? GODWIT_IWF_ROOT_FLAGGED : request->root;
}

godwit_status_t godwit_hss_iwf_key_allowed(const godwit_hss_t *hss, const godwit_message_t *message,
                                           const char **detail)
{
    const godwit_subscriber_info_request_t *request = &message->u.subscriber_info_request;
    const godwit_hss_iwf_t *iwf = godwit_hss_iwf_of(hss, message->origin_host);
    if (iwf == NULL || !godwit_speaks_for(message, iwf->host)) {
        *detail = "a key of an association, and not one of our MTC-IWFs";
        return GODWIT_NOT_ENTITLED;
    }
    if (message->hop == GODWIT_HOP_OPEN) {
        *detail = "a key of an association over a hop that proves nothing";
        return GODWIT_NOT_ENTITLED;
    }
    if (request->key != GODWIT_IWF_KEY_K_IWF && request->key != GODWIT_IWF_KEY_ROOT) {
        *detail = "a key that does not exist";
        return GODWIT_MALFORMED;
    }
    if (request->key == GODWIT_IWF_KEY_ROOT && !iwf->has_roots) {
        *detail = "the root itself, which this MTC-IWF is not to have";
        return GODWIT_NOT_ENTITLED;
    }
    return GODWIT_OK;
}

/* NULL: there is none. */
static const godwit_iwf_key_t *root_for(const godwit_iwf_root_record_t *record,
                                        const godwit_subscriber_info_request_t *request)
{
    const godwit_iwf_key_t *kept[] = {&record->newest, &record->former};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const bool named =
            !request->has_root_name || memcmp(kept[i]->root_name, request->root_name, sizeof request->root_name) == 0;
        if (kept[i]->root != GODWIT_IWF_ROOT_NONE && kept[i]->root == wanted(request) && named) {
            return kept[i];
        }
    }
    return NULL;
}

/* For the operator, whose doing it mostly is: what is kept says the configuration, and of whom the subscription. */
static const char *why_none(const godwit_hss_t *hss, const godwit_iwf_root_record_t *stored,
                            const godwit_subscriber_info_request_t *request)
{
    if (hss->triggers.root != wanted(request)) {
        return "hss.trigger.root keeps AKA runs of another kind, or none";
    }
    if (stored == NULL || stored->newest.root == GODWIT_IWF_ROOT_NONE) {
        return wanted(request) == GODWIT_IWF_ROOT_FLAGGED
                   ? "no AKA run is kept: not attached since, or no feature trigger, or none of e2m-me and e2m-usim"
                   : "no AKA run is kept: not attached over EPS since, or no feature trigger";
    }
    return "the AKA run of that name is not kept any more";
}

/* Commits the number, and fills key. */
static godwit_status_t hand_out(const godwit_hss_t *hss, const godwit_message_t *message, const godwit_iwf_key_t *root,
                                const godwit_iwf_root_record_t *stored, godwit_iwf_key_t *key, godwit_outbox_t *out)
{
    const godwit_subscriber_info_request_t *request = &message->u.subscriber_info_request;
    const uint32_t number = godwit_association_after(stored->association, request->association_above);
    godwit_record_t *record = number != 0 ? godwit_outbox_alloc(out, sizeof *record) : NULL;
    godwit_status_t status = number == 0 ? GODWIT_COUNT_EXHAUSTED : record == NULL ? GODWIT_NO_SPACE : GODWIT_OK;
    *key = *root;
    key->association = number;
    if (status == GODWIT_OK && request->key == GODWIT_IWF_KEY_K_IWF) {
        key->is_root = false;
        status = godwit_k_iwf(hss->crypto, root->key, godwit_slice_of_string(message->origin_host), &stored->imsi,
                              number, key->key);
    }
    if (status == GODWIT_OK) {
        record->kind = GODWIT_RECORD_IWF_ROOT;
        record->u.iwf_root = *stored;
        record->u.iwf_root.association = number;
        godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    }
    return status;
}

godwit_status_t godwit_hss_iwf_key(const godwit_hss_t *hss, const godwit_message_t *message,
                                   const godwit_record_t *fetched, godwit_iwf_key_t *key, godwit_outbox_t *out,
                                   const char **detail)
{
    const godwit_iwf_root_record_t *stored = fetched != NULL ? &fetched->u.iwf_root : NULL;
    godwit_status_t status = godwit_hss_iwf_key_allowed(hss, message, detail);
    const godwit_iwf_key_t *root =
        status == GODWIT_OK && stored != NULL ? root_for(stored, &message->u.subscriber_info_request) : NULL;
    if (status == GODWIT_OK && root == NULL) {
        *detail = why_none(hss, stored, &message->u.subscriber_info_request);
        status = GODWIT_UNKNOWN_KEY;
    }
    if (status == GODWIT_OK) {
        *detail = "no key of an association could be made";
        status = hand_out(hss, message, root, stored, key, out);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(key, sizeof *key);
    }
    return status;
}
