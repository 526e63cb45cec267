/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS: Authentication-Information-Request in, vectors out (TS 29.272 5.2.3). Order: entitlement, subscriber, AUTS,
 * RAND, vectors, commit, answer. Whatever is refused moves nothing.
 */
#include <string.h>

#include "roles/hss/internal.h"

#define TICKS_PER_SECOND 10
#define CLOCK_BLOCK_SECONDS 60 /* one write of the mark for each half of it */
#define RAND_SIZE 16

static godwit_message_t *answer_of(godwit_outbox_t *out, const godwit_message_t *request, godwit_status_t status,
                                   uint32_t policy_version)
{
    godwit_message_t *answer = godwit_outbox_answer(out, request, GODWIT_AUTH_INFO_ANSWER, GODWIT_FUNCTION_HSS);
    if (answer != NULL) {
        answer->u.auth_info_answer.status = status;
        answer->u.auth_info_answer.kind = request->u.auth_info_request.kind;
        answer->u.auth_info_answer.policy_version = policy_version;
    }
    return answer;
}

godwit_status_t godwit_hss_told(godwit_status_t status)
{
    switch (status) {
    case GODWIT_UNKNOWN_SUBSCRIBER:
    case GODWIT_NOT_ENTITLED:
    case GODWIT_AUTH_MAC_FAILURE:
    case GODWIT_POLICY_FORBIDS:
        return status;
    default:
        return GODWIT_PEER_INTERNAL;
    }
}

static void refuse(godwit_outbox_t *out, const godwit_message_t *request, godwit_status_t status, const char *detail)
{
    godwit_message_t *answer = answer_of(out, request, godwit_hss_told(status), 0);
    if (answer != NULL) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
    godwit_outbox_event(out, "refused", status, &request->u.auth_info_request.imsi, detail);
}

/* First 8 octets of SHA-256 of a name, and what stands behind it. */
static godwit_status_t short_hash(const godwit_crypto_t *crypto, const char *text, const char *suffix, uint8_t hash[8])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_slice_t parts[2] = {godwit_slice_of_string(text), godwit_slice_of_string(suffix)};
    godwit_status_t status = crypto->sha256(parts, 2, digest);
    memcpy(hash, digest, 8);
    return status;
}

/* ---- one vector ---- */

static godwit_status_t vector_create(godwit_hss_run_t *run, const uint8_t rand[16], godwit_auth_info_vector_t *given)
{
    const godwit_crypto_t *crypto = run->hss->crypto;
    bool eutran = run->request->kind == GODWIT_VECTOR_EUTRAN;
    uint8_t amf[2], ck_ik[32];
    godwit_vector_t v;
    uint64_t sqn = 0;
    godwit_store_u16(amf, godwit_hss_amf(run));
    memset(&v, 0, sizeof v);
    godwit_status_t status = godwit_hss_next_sqn(run, &sqn);
    if (status == GODWIT_OK) {
        status = godwit_vector_create(crypto, &run->subscriber.key, rand, sqn, amf, &v);
    }
    memcpy(run->ck_ik, v.ck, 16);
    memcpy(run->ck_ik + 16, v.ik, 16);
    if (status == GODWIT_OK) {
        status = godwit_hss_derive(run, &v);
    }
    memcpy(given->rand, v.rand, sizeof given->rand);
    memcpy(given->autn, v.autn, sizeof given->autn);
    memcpy(given->xres, v.xres, sizeof given->xres);
    given->xres_len = v.xres_len;
    memcpy(ck_ik, v.ck, 16);
    memcpy(ck_ik + 16, v.ik, 16);
    if (status == GODWIT_OK && eutran) {
        status = godwit_kasme(crypto, ck_ik, run->request->visited_plmn, v.autn, given->kasme);
    } else if (status == GODWIT_OK) {
        memcpy(given->ck, v.ck, sizeof given->ck);
        memcpy(given->ik, v.ik, sizeof given->ik);
    }
    godwit_wipe(&v, sizeof v);
    godwit_wipe(ck_ik, sizeof ck_ik);
    return status;
}

godwit_status_t godwit_hss_quintuplet(godwit_hss_run_t *run, godwit_vector_t *vector)
{
    uint8_t amf[2];
    uint64_t sqn = 0;
    godwit_store_u16(amf, godwit_hss_amf(run));
    memset(vector, 0, sizeof *vector);
    godwit_status_t status = run->request->resync ? godwit_hss_resynchronise(run) : GODWIT_OK;
    if (status == GODWIT_OK) {
        status = godwit_hss_next_sqn(run, &sqn);
    }
    if (status == GODWIT_OK) {
        status = godwit_vector_create(run->hss->crypto, &run->subscriber.key, run->random.ptr, sqn, amf, vector);
    }
    return status;
}

/* ---- profile "time": the clock of this node ---- */

static uint64_t ticks_per_second(const godwit_hss_t *hss)
{
    return hss->ticks_per_second != 0 ? hss->ticks_per_second : TICKS_PER_SECOND;
}

static uint64_t ticks_at(const godwit_hss_t *hss, uint64_t now_ms)
{
    uint64_t per_second = ticks_per_second(hss);
    return now_ms / 1000 * per_second + now_ms % 1000 * per_second / 1000;
}

static void take_clock(godwit_hss_t *hss, const godwit_input_t *in)
{
    godwit_sqn_clock_start(&hss->clock, ticks_at(hss, in->now_ms), in->fetched != NULL ? in->fetched->u.clock.mark : 0);
    hss->clock_known = true;
}

void godwit_hss_set_clock(godwit_hss_t *hss, uint64_t now_ms, godwit_outbox_t *out)
{
    godwit_sqn_clock_set(&hss->clock, ticks_at(hss, now_ms));
    uint64_t mark = godwit_sqn_clock_wants(&hss->clock, ticks_per_second(hss) * CLOCK_BLOCK_SECONDS);
    godwit_record_t *record = mark != 0 ? godwit_outbox_alloc(out, sizeof *record) : NULL;
    if (record != NULL) {
        record->kind = GODWIT_RECORD_CLOCK;
        record->u.clock.mark = mark;
        godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
        godwit_sqn_clock_reserve(&hss->clock, mark);
    }
}

/* ---- the run ---- */

godwit_status_t godwit_hss_run_begin(godwit_hss_run_t *run, const godwit_input_t *in)
{
    const godwit_subscriber_record_t *subscriber = &in->fetched->u.subscriber;
    uint8_t hash[8];
    run->subscriber = *subscriber;
    run->subscriber.resynchronised = false;
    run->random = in->random;
    run->now_ms = in->now_ms;
    if (subscriber->ind_bits > GODWIT_IND_BITS_MAX) {
        run->detail = "the stored subscriber has too many IND bits";
        return GODWIT_INTERNAL;
    }
    godwit_status_t status = short_hash(run->hss->crypto, run->message->origin_host, "", run->requester);
    if (status == GODWIT_OK) {
        status = short_hash(run->hss->crypto, run->message->origin_host, "/next", run->requester_next);
    }
    if (status == GODWIT_OK) {
        status = short_hash(run->hss->crypto, subscriber->imsi.digits, "", hash);
        run->subscriber_id = godwit_load_u64(hash) | 1; /* 0 means free */
        run->last_tick = *godwit_hss_slot(run->hss, run->subscriber_id);
    }
    run->ind = godwit_hss_ind(run->hss, run->message->origin_host, run->requester, subscriber->ind_bits);
    return status;
}

static godwit_status_t make_vectors(godwit_hss_run_t *run, godwit_auth_info_answer_t *answer)
{
    godwit_status_t status = GODWIT_OK;
    if (run->request->resync) {
        status = godwit_hss_resynchronise(run);
    }
    for (uint8_t i = 0; status == GODWIT_OK && i < run->vectors; i++) {
        status = vector_create(run, run->random.ptr + (size_t)RAND_SIZE * i, &answer->vector[i]);
        if (status != GODWIT_OK) {
            run->detail = status == GODWIT_INVALID_ARGUMENT ? "the subscriber's algorithm makes no such vector"
                                                            : "a vector could not be made";
        }
    }
    answer->vectors = run->vectors;
    answer->e2m = run->e2m;
    answer->next_session = (run->subscriber.features & GODWIT_FEATURE_NEXT_SESSION) != 0;
    return status;
}

static void add_commit(const godwit_hss_run_t *run, godwit_outbox_t *out)
{
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    if (record == NULL) {
        return;
    }
    record->kind = GODWIT_RECORD_SUBSCRIBER;
    record->u.subscriber = run->subscriber;
    godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
}

void godwit_hss_commit(godwit_hss_run_t *run, godwit_outbox_t *out)
{
    if (!run->subscriber.sqn_by_time) {
        godwit_hss_remember_rands(run);
    }
    if (!run->subscriber.sqn_by_time || run->subscriber.resynchronised) {
        add_commit(run, out);
    }
}

/* The vector of a following session is for subscribers who have that feature. */
static godwit_status_t may_have_next(godwit_hss_run_t *run)
{
    if (run->next && (run->subscriber.features & GODWIT_FEATURE_NEXT_SESSION) == 0) {
        run->detail = "a vector of a following session, which the subscription does not have";
        return GODWIT_POLICY_FORBIDS;
    }
    return GODWIT_OK;
}

static void answer_request(godwit_hss_run_t *run, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_status_t status = godwit_hss_run_begin(run, in);
    godwit_message_t *answer = answer_of(out, run->message, GODWIT_OK, run->hss->policy_version);
    if (answer == NULL) {
        return;
    }
    godwit_hss_flag(run);
    if (run->subscriber.sqn_by_time) {
        godwit_hss_set_clock(run->hss, in->now_ms, out);
    }
    if (status == GODWIT_OK) {
        status = may_have_next(run);
    }
    if (status == GODWIT_OK) {
        status = make_vectors(run, &answer->u.auth_info_answer);
    }
    if (status == GODWIT_OK) {
        status = godwit_hss_iwf_root_keep(run, &answer->u.auth_info_answer.vector[0], out);
    }
    if (status != GODWIT_OK) {
        refuse(out, run->message, status, run->detail);
        return;
    }
    godwit_hss_commit(run, out);
    if (run->e2m) { /* before the answer: the HSE or the EMKS has it, as a rule, before the device is asked */
        godwit_hss_retain(run, &answer->u.auth_info_answer.vector[0], out);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    godwit_outbox_event(out, run->request->resync ? "resynchronised" : "vector_given", GODWIT_OK, &run->request->imsi,
                        run->e2m    ? "flagged"
                        : run->next ? "for the following session"
                                    : NULL);
    if (run->subscriber.sqn_by_time && !out->overflow) {
        godwit_hss_remember_recent(run);
    }
}

static uint8_t vectors_to_make(const godwit_hss_t *hss, const godwit_message_t *message)
{
    const godwit_auth_info_request_t *request = &message->u.auth_info_request;
    bool one = hss->vectors_per_request == 0 || request->next_session ||
               hss->triggers.root != GODWIT_IWF_ROOT_NONE || /* the newest is the one that the device has, as a rule */
               godwit_hss_may_flag(hss, message);            /* contribution 003, note 2 */
    unsigned most = one ? 1 : hss->vectors_per_request;
    unsigned count = request->vectors < most ? request->vectors : most;
    return (uint8_t)(count < GODWIT_VECTORS_MAX ? count : GODWIT_VECTORS_MAX);
}

static const char *senseless(const godwit_auth_info_request_t *request)
{
    if (request->kind != GODWIT_VECTOR_EUTRAN && request->kind != GODWIT_VECTOR_UTRAN) {
        return "the request asks for neither E-UTRAN nor UTRAN vectors";
    }
    return request->vectors == 0 ? "the request asks for no vector" : NULL;
}

void godwit_hss_fetch(godwit_outbox_t *out, godwit_record_kind_t kind, const godwit_imsi_t *imsi)
{
    godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = kind;
    if (imsi != NULL) {
        key->imsi = *imsi;
    }
}

godwit_status_t godwit_hss_gather(godwit_hss_t *hss, const godwit_input_t *in, const godwit_imsi_t *imsi, size_t random,
                                  godwit_outbox_t *out)
{
    bool asked = in->fetch_status != GODWIT_AGAIN;
    bool subscriber_came = asked && in->fetched_key.kind == GODWIT_RECORD_SUBSCRIBER;
    bool clock_came = asked && in->fetched_key.kind == GODWIT_RECORD_CLOCK;
    if (asked && in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        return GODWIT_STORE_FAILED;
    }
    if (clock_came && !hss->clock_known) {
        take_clock(hss, in);
    }
    if (!hss->clock_known) {
        godwit_hss_fetch(out, GODWIT_RECORD_CLOCK, NULL);
    } else if (!subscriber_came) {
        godwit_hss_fetch(out, GODWIT_RECORD_SUBSCRIBER, imsi);
    } else if (in->fetched == NULL) {
        return GODWIT_UNKNOWN_SUBSCRIBER;
    } else if (in->random.len != random) {
        godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = random;
    } else {
        return GODWIT_OK;
    }
    return GODWIT_AGAIN;
}

static void on_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_run_t run = {.hss = hss, .message = in->message, .request = &in->message->u.auth_info_request};
    run.vectors = vectors_to_make(hss, in->message);
    run.next = run.request->next_session;
    godwit_status_t status = godwit_hss_iwf_root_gather(hss, in, &run.request->imsi, out);
    if (status == GODWIT_OK) {
        status = godwit_hss_gather(hss, in, &run.request->imsi, (size_t)RAND_SIZE * run.vectors, out);
    }
    if (status == GODWIT_OK) {
        answer_request(&run, in, out);
    } else if (status != GODWIT_AGAIN) {
        refuse(out, run.message, status, status == GODWIT_STORE_FAILED ? "the store could not be read" : NULL);
    }
    if (status != GODWIT_AGAIN) {
        godwit_wipe(&hss->triggers.held, sizeof hss->triggers.held);
    }
    godwit_wipe(&run, sizeof run);
}

static void on_auth_info_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const char *nonsense = senseless(&in->message->u.auth_info_request);
    if (nonsense != NULL) {
        refuse(out, in->message, GODWIT_MALFORMED, nonsense);
    } else if (!godwit_hss_is_of(hss, in->message, in->message->u.auth_info_request.visited_plmn)) {
        refuse(out, in->message, GODWIT_NOT_ENTITLED, "a PLMN that this node may not name (hss.networks)");
    } else {
        on_request(hss, in, out);
    }
}

static void on_commit_failed(godwit_hss_t *hss, const godwit_record_key_t *key)
{
    if (key->kind == GODWIT_RECORD_CLOCK) {
        hss->clock_known = false; /* what it reserved is not durable: back to the mark that is */
    } else if (key->kind == GODWIT_RECORD_SUBSCRIBER || key->kind == GODWIT_RECORD_IWF_ROOT) {
        godwit_hss_forget_retained(hss, &key->imsi); /* that vector never left */
    }
}

static const struct {
    godwit_message_kind_t kind;
    void (*on)(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);
} handlers[] = {
    {GODWIT_AUTH_INFO_REQUEST, on_auth_info_request},
    {GODWIT_KEY_REQUEST, godwit_hss_on_key_request},
    {GODWIT_KEY_CONFIRM, godwit_hss_on_key_confirm},
    {GODWIT_KEY_PARK, godwit_hss_on_key_park},
    {GODWIT_E2E_KEY_REQUEST, godwit_hss_on_e2e_key_request},
    {GODWIT_DEVICE_RAND_REQUEST, godwit_hss_on_device_rand},
    {GODWIT_ACTIVATION, godwit_hss_on_activation},
    {GODWIT_ZH_REQUEST, godwit_hss_on_zh_request},
    {GODWIT_HE_VECTOR_REQUEST, godwit_hss_on_he_vector_request},
    {GODWIT_LOCATION_UPDATE, godwit_hss_on_location_update},
    {GODWIT_SUBSCRIBER_INFO_REQUEST, godwit_hss_on_subscriber_info_request},
    {GODWIT_KEY_PUSH_ANSWER, godwit_hss_on_push_answer},
    {GODWIT_KEY_SET_PUSH_ANSWER, godwit_hss_on_push_answer},
};

static void on_message(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        if (handlers[i].kind == in->message->kind) {
            handlers[i].on(hss, in, out);
            return;
        }
    }
}

void godwit_hss_step(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    switch (in->kind) {
    case GODWIT_INPUT_MESSAGE:
        on_message(hss, in, out);
        break;
    case GODWIT_INPUT_TIMER:
        godwit_hss_on_timer(hss, in, out);
        break;
    case GODWIT_INPUT_COMMIT_FAILED:
        on_commit_failed(hss, &in->record_key);
        break;
    default:
        break;
    }
}
