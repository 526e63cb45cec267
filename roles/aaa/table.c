/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs of EAP, what their successes left, and the ways out of them.
 */
#include <string.h>

#include "roles/aaa/internal.h"

#define WAIT_MS 20000u
#define ROOT_LIFE_S 86400u

godwit_status_t godwit_aaa_init(godwit_aaa_t *aaa, const godwit_aaa_config_t *config, godwit_aaa_run_t *runs,
                                size_t run_capacity, godwit_aaa_root_t *roots, size_t root_capacity)
{
    memset(aaa, 0, sizeof *aaa);
    if (run_capacity == 0 || run_capacity > GODWIT_AAA_RUNS_MAX || root_capacity == 0 ||
        root_capacity > GODWIT_AAA_ROOTS_MAX || config->network_count > GODWIT_AAA_NETWORKS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    aaa->config = *config;
    aaa->runs = runs;
    aaa->run_capacity = run_capacity;
    aaa->roots = roots;
    aaa->root_capacity = root_capacity;
    memset(runs, 0, run_capacity * sizeof *runs);
    memset(roots, 0, root_capacity * sizeof *roots);
    return GODWIT_OK;
}

uint32_t godwit_aaa_wait(const godwit_aaa_t *aaa)
{
    return aaa->config.wait_ms != 0 ? aaa->config.wait_ms : WAIT_MS;
}

/* ---- runs ---- */

/* A quarter of the table at most is one caller's: nobody's runs make room for another's. */
godwit_aaa_run_t *godwit_aaa_place(godwit_aaa_t *aaa, const char *caller)
{
    godwit_aaa_run_t *free_one = NULL, *oldest = NULL;
    size_t own = 0;
    for (size_t i = 0; i < aaa->run_capacity; i++) {
        godwit_aaa_run_t *run = &aaa->runs[i];
        if (run->state == GODWIT_AAA_FREE) {
            free_one = free_one != NULL ? free_one : run;
        } else if (strcmp(run->caller, caller) == 0) {
            own++;
            if (run->state == GODWIT_AAA_CHALLENGED && (oldest == NULL || run->since_ms < oldest->since_ms)) {
                oldest = run;
            }
        }
    }
    return 4 * own >= aaa->run_capacity + 3 ? oldest : free_one;
}

godwit_aaa_run_t *godwit_aaa_by_transaction(godwit_aaa_t *aaa, uint32_t transaction)
{
    for (size_t i = 0; i < aaa->run_capacity; i++) {
        godwit_aaa_run_t *run = &aaa->runs[i];
        if (run->state == GODWIT_AAA_VECTOR && run->transaction == transaction) {
            return run;
        }
    }
    return NULL;
}

godwit_aaa_run_t *godwit_aaa_by_name(godwit_aaa_t *aaa, const uint8_t name[GODWIT_EAP_STATE], const char *caller)
{
    for (size_t i = 0; i < aaa->run_capacity; i++) {
        godwit_aaa_run_t *run = &aaa->runs[i];
        if (run->state == GODWIT_AAA_CHALLENGED && memcmp(run->name, name, sizeof run->name) == 0 &&
            strcmp(run->caller, caller) == 0) {
            return run;
        }
    }
    return NULL;
}

/* ---- roots ---- */

void godwit_aaa_keep(godwit_aaa_t *aaa, const godwit_aaa_run_t *run, const uint8_t name[GODWIT_IWF_ROOT_NAME],
                     uint64_t now_ms)
{
    godwit_aaa_root_t *place = &aaa->roots[0];
    for (size_t i = 0; i < aaa->root_capacity; i++) {
        godwit_aaa_root_t *root = &aaa->roots[i];
        if (root->since_ms != 0 && godwit_imsi_equal(&root->imsi, &run->imsi)) {
            place = root;
            break;
        }
        if (root->since_ms < place->since_ms) { /* a free one is the oldest of all */
            place = root;
        }
    }
    place->since_ms = now_ms > 0 ? now_ms : 1;
    place->imsi = run->imsi;
    memcpy(place->name, name, sizeof place->name);
    memcpy(place->root, run->root, sizeof place->root);
}

const godwit_aaa_root_t *godwit_aaa_root_of(const godwit_aaa_t *aaa, const godwit_imsi_t *imsi, uint64_t now_ms)
{
    const uint64_t life_ms = 1000u * (uint64_t)(aaa->config.root_life_s != 0 ? aaa->config.root_life_s : ROOT_LIFE_S);
    for (size_t i = 0; i < aaa->root_capacity; i++) {
        const godwit_aaa_root_t *root = &aaa->roots[i];
        if (root->since_ms != 0 && godwit_imsi_equal(&root->imsi, imsi)) {
            return now_ms <= root->since_ms || now_ms - root->since_ms < life_ms ? root : NULL;
        }
    }
    return NULL;
}

/* ---- output ---- */

godwit_message_t *godwit_aaa_ask(godwit_aaa_t *aaa, godwit_outbox_t *out, godwit_function_t to,
                                 godwit_message_kind_t kind, uint32_t transaction)
{
    godwit_message_t *message = godwit_outbox_message(out, kind, GODWIT_FUNCTION_AAA, to, transaction);
    if (message != NULL) {
        memcpy(message->origin_host, aaa->config.local_host, sizeof message->origin_host);
        memcpy(message->origin_realm, aaa->config.local_realm, sizeof message->origin_realm);
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    return message;
}

godwit_eap_answer_t *godwit_aaa_answer(const godwit_aaa_run_t *run, godwit_eap_verdict_t verdict, godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_message(out, GODWIT_EAP_PACKET_ANSWER, GODWIT_FUNCTION_AAA,
                                                      GODWIT_FUNCTION_DEVICE, run->caller_transaction);
    if (message == NULL) {
        return NULL;
    }
    message->route = run->caller_route;
    message->u.eap_answer.verdict = verdict;
    memcpy(message->u.eap_answer.state, run->name, sizeof run->name);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    return &message->u.eap_answer;
}

void godwit_aaa_reject(godwit_aaa_run_t *run, godwit_status_t reason, const char *detail, godwit_outbox_t *out)
{
    godwit_eap_answer_t *answer = godwit_aaa_answer(run, GODWIT_EAP_REJECTED, out);
    if (answer != NULL) {
        const godwit_eap_t failure = {.code = GODWIT_EAP_FAILURE, .identifier = run->identifier};
        godwit_writer_t w = godwit_writer(answer->packet, sizeof answer->packet);
        answer->packet_len = godwit_eap_build(&failure, &w) == GODWIT_OK ? (uint16_t)w.len : 0;
    }
    godwit_outbox_event(out, "refused", reason, &run->imsi, detail);
    godwit_wipe(run, sizeof *run);
}

/* A timer that runs is left alone: requests that keep coming must not put it off. */
void godwit_aaa_sweep_later(godwit_aaa_t *aaa, uint32_t delay_ms, godwit_outbox_t *out)
{
    if (!aaa->sweeping) {
        aaa->sweeping = true;
        godwit_outbox_timer(out, GODWIT_AAA_TIMER_SWEEP, delay_ms);
    }
}

/* ---- the MTC-IWF ---- */

static godwit_status_t make_key(const godwit_aaa_t *aaa, const godwit_message_t *m, uint64_t now_ms,
                                godwit_iwf_key_t *key, const char **detail)
{
    const godwit_iwf_key_request_t *asked = &m->u.iwf_key_request;
    if (m->hop == GODWIT_HOP_OPEN) {
        *detail = "the way to the MTC-IWF is open: no key goes over it";
        return GODWIT_NOT_ENTITLED;
    }
    if (aaa->config.iwf.host[0] == '\0' || strcmp(m->origin_host, aaa->config.iwf.host) != 0 ||
        strcmp(m->origin_host, asked->iwf) != 0) {
        *detail = "not our MTC-IWF";
        return GODWIT_NOT_ENTITLED;
    }
    const godwit_aaa_root_t *root = godwit_aaa_root_of(aaa, &asked->imsi, now_ms);
    if (root == NULL) {
        *detail = "no EAP run of that device";
        return GODWIT_WRONG_STATE;
    }
    key->root = GODWIT_IWF_ROOT_EAP;
    key->association = asked->association;
    memcpy(key->root_name, root->name, sizeof key->root_name);
    return godwit_k_iwf(aaa->config.crypto, root->root, godwit_slice_of_string(asked->iwf), &asked->imsi,
                        asked->association, key->key);
}

void godwit_aaa_on_key_request(godwit_aaa_t *aaa, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    const char *detail = NULL;
    godwit_message_t *answer = godwit_outbox_answer(out, m, GODWIT_IWF_KEY_ANSWER, GODWIT_FUNCTION_AAA);
    if (answer == NULL) {
        return;
    }
    godwit_iwf_key_answer_t *said = &answer->u.iwf_key_answer;
    const godwit_status_t status = make_key(aaa, m, in->now_ms, &said->key, &detail);
    if (status != GODWIT_OK) {
        godwit_wipe(&said->key, sizeof said->key);
    }
    said->status = status == GODWIT_OK || status == GODWIT_WRONG_STATE ? status : godwit_status_on_the_wire(status);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    godwit_outbox_event(out, status == GODWIT_OK ? "key_given" : "refused", status, &m->u.iwf_key_request.imsi, detail);
}
