/* SPDX-License-Identifier: Apache-2.0
 *
 * EAS Session Register (TS 33.163 Annex B): an EAS says who it is and how its keys are to age. It is believed as far as
 * its certificate goes, and only when the operator has entitled it for something. A registration has a name that nobody
 * guesses; a new one takes the place of the former.
 */
#include <string.h>

#include "roles/eese/internal.h"

/* ---- any request of an EAS ---- */

static bool has_name(const godwit_message_t *m)
{
    return memchr(m->origin_host, '\0', sizeof m->origin_host) != NULL && godwit_is_endpoint(m->origin_host);
}

/* Of a name that has been found good. */
static uint64_t failures_of(const char *name)
{
    static const uint8_t failures[] = "failures";
    return godwit_rate_whose((const uint8_t *)name, strlen(name)) ^ godwit_rate_whose(failures, sizeof failures);
}

godwit_status_t godwit_eese_admit(const godwit_eese_turn_t *turn, uint8_t eas_key[16], const char **detail)
{
    godwit_eese_t *eese = turn->eese;
    const godwit_message_t *m = turn->in->message;
    const uint64_t now_ms = turn->in->now_ms;
    *detail = "an EAS over a hop that proves nothing";
    if (m->hop == GODWIT_HOP_OPEN) {
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "an EAS without a name";
    if (!has_name(m)) {
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "the limit of this EAS";
    const uint64_t whose = godwit_rate_whose((const uint8_t *)m->origin_host, strlen(m->origin_host));
    if (godwit_eese_is_first_round(turn->in) &&
        (!godwit_rate_has(eese->buckets, GODWIT_EESE_BUCKETS_MAX, failures_of(m->origin_host),
                          eese->config.eas_failures_per_minute, now_ms) ||
         !godwit_rate_spend(eese->buckets, GODWIT_EESE_BUCKETS_MAX, whose, eese->config.eas_per_minute, now_ms))) {
        return GODWIT_OVERLOAD;
    }
    return godwit_name_key(eese->config.crypto, m->origin_host, eas_key);
}

void godwit_eese_charge(const godwit_eese_turn_t *turn, godwit_status_t status)
{
    if (godwit_status_class(status) == GODWIT_CLASS_PEER && status != GODWIT_OVERLOAD &&
        status != GODWIT_PEER_INTERNAL && turn->in->message->hop != GODWIT_HOP_OPEN && has_name(turn->in->message)) {
        (void)godwit_rate_spend(turn->eese->buckets, GODWIT_EESE_BUCKETS_MAX,
                                failures_of(turn->in->message->origin_host), turn->eese->config.eas_failures_per_minute,
                                turn->in->now_ms);
    }
}

/* ---- registration ---- */

static bool has_push_address(const godwit_eese_config_t *config, const char *eas)
{
    for (size_t i = 0; i < config->pushes; i++) {
        if (strncmp(config->push[i], eas, GODWIT_FQDN_MAX) == 0) {
            return true;
        }
    }
    return false;
}

static bool names_one(const godwit_eas_register_t *r)
{
    static const uint8_t none[GODWIT_EAS_REGISTRATION];
    return !godwit_equal_secret(r->registration, none, sizeof none);
}

static godwit_status_t judge(const godwit_eese_turn_t *turn, const uint8_t eas_key[16], godwit_eas_record_t *former,
                             const char **detail)
{
    const godwit_eas_register_t *r = &turn->in->message->u.eas_register;
    const godwit_eese_fetched_t *found = NULL;
    if (!r->remove && r->push && !has_push_address(&turn->eese->config, r->eas)) {
        *detail = "keys are to be pushed, and the operator has configured no address for that";
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_record_key_t key = {.kind = GODWIT_RECORD_EAS_ENTITLEMENT, .session_id = 1, .at_ms = turn->in->now_ms};
    memcpy(key.octets, eas_key, sizeof key.octets);
    godwit_status_t status = godwit_eese_fetch(turn, &key, &found);
    if (status == GODWIT_NOT_FOUND && !r->remove) {
        *detail = "an EAS that is entitled for nothing";
        return GODWIT_NOT_ENTITLED;
    }
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        return status;
    }
    key = (godwit_record_key_t){.kind = GODWIT_RECORD_EAS};
    memcpy(key.octets, eas_key, sizeof key.octets);
    status = godwit_eese_fetch(turn, &key, &found);
    if (status == GODWIT_OK) {
        *former = found->u.eas;
    }
    if ((status != GODWIT_OK && status != GODWIT_NOT_FOUND) || !names_one(r)) {
        return status == GODWIT_NOT_FOUND && r->remove ? GODWIT_UNKNOWN_SESSION
               : status == GODWIT_NOT_FOUND            ? GODWIT_OK
                                                       : status;
    }
    *detail = "no registration of that name";
    return status == GODWIT_OK && godwit_equal_secret(former->registration, r->registration, sizeof r->registration)
               ? GODWIT_OK
               : GODWIT_UNKNOWN_SESSION;
}

static void answer(const godwit_eese_turn_t *turn, godwit_status_t status, const godwit_eas_record_t *eas)
{
    godwit_message_t *m =
        godwit_outbox_answer(turn->out, turn->in->message, GODWIT_EAS_REGISTER_ANSWER, GODWIT_FUNCTION_EESE);
    if (m == NULL) {
        return;
    }
    godwit_eas_register_answer_t *a = &m->u.eas_register_answer;
    a->status = godwit_eese_said_as(status);
    if (eas != NULL) {
        memcpy(a->registration, eas->registration, sizeof a->registration);
        memcpy(a->ageing, eas->ageing, sizeof a->ageing);
    }
    godwit_eese_send(turn, m);
}

static void enter(const godwit_eese_turn_t *turn, const uint8_t eas_key[16], const godwit_eas_record_t *former)
{
    const godwit_eas_register_t *r = &turn->in->message->u.eas_register;
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return;
    }
    record->kind = GODWIT_RECORD_EAS;
    godwit_eas_record_t *eas = &record->u.eas;
    memcpy(eas->eas_key, eas_key, sizeof eas->eas_key);
    memcpy(eas->eas, r->eas, sizeof eas->eas);
    memcpy(eas->registration, names_one(r) ? former->registration : turn->in->random.ptr, sizeof eas->registration);
    eas->push = r->push;
    for (size_t i = 0; i < GODWIT_SERVICES; i++) {
        eas->ageing[i] = godwit_eese_bounded(&turn->eese->config, r->ageing[i]);
    }
    eas->registered_ms = turn->in->now_ms;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    answer(turn, GODWIT_OK, eas);
    godwit_outbox_event(turn->out, "eas_registered", GODWIT_OK, NULL, NULL);
}

static void leave(const godwit_eese_turn_t *turn, const uint8_t eas_key[16])
{
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key.kind = GODWIT_RECORD_EAS;
    memcpy(request->record_key.octets, eas_key, sizeof request->record_key.octets);
    answer(turn, GODWIT_OK, NULL);
    godwit_outbox_event(turn->out, "eas_removed", GODWIT_OK, NULL, NULL);
    godwit_eese_leave(turn, eas_key);
}

static godwit_status_t take(const godwit_eese_turn_t *turn, const char **detail)
{
    const godwit_eas_register_t *r = &turn->in->message->u.eas_register;
    godwit_eas_record_t former = {.registered_ms = 0};
    uint8_t eas_key[16];
    godwit_status_t status = godwit_eese_admit(turn, eas_key, detail);
    if (status != GODWIT_OK) {
        return status;
    }
    *detail = "EAS_Id is not what the certificate says";
    if (!godwit_speaks_for(turn->in->message, r->eas)) {
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "no registration to remove, or the store could not be read";
    status = judge(turn, eas_key, &former, detail);
    if (status != GODWIT_OK) {
        return status;
    }
    if (r->remove) {
        leave(turn, eas_key);
        return GODWIT_OK;
    }
    if (!names_one(r) && turn->in->random.len == 0) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_RANDOM)->count = GODWIT_EAS_REGISTRATION;
        return GODWIT_AGAIN;
    }
    enter(turn, eas_key, &former);
    return GODWIT_OK;
}

void godwit_eese_on_register(const godwit_eese_turn_t *turn)
{
    const char *detail = NULL;
    const godwit_status_t status = take(turn, &detail);
    if (status != GODWIT_OK && status != GODWIT_AGAIN) {
        godwit_eese_charge(turn, status);
        answer(turn, status, NULL);
        godwit_eese_refused(turn, status, NULL, detail);
    }
}
