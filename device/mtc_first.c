/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC device: RAND1, the runs of the SIM, the first datagram (10 under K_MTC) and its Start (11). The counter is
 * durable before the SIM sees the RAND1 that it makes; the chain advances only by the answer to the last RAND1, and is
 * durable before anything comes of that answer.
 */
#include <string.h>

#include "core/agree/device_rand/device_rand.h"
#include "device/mtc.h"

static void ask_sim(godwit_mtc_t *mtc, uint8_t stage, godwit_device_requests_t *requests)
{
    mtc->exchange.stage = stage;
    godwit_device_ask_for(requests, GODWIT_DEVICE_AUTHENTICATE_GSM)->rand = mtc->exchange.rand;
}

static bool is_ts33868(const godwit_mtc_t *mtc)
{
    return mtc->config.profile != GODWIT_MTC_GODWIT1;
}

/* RANDa or RANDb, into exchange.rand. ts33868: RAND1 is the RAND. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t set_rand(godwit_mtc_t *mtc, uint8_t stage)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    uint8_t a[16], b[16];
    if (is_ts33868(mtc)) {
        memcpy(x->rand, x->rand1, sizeof x->rand);
        return GODWIT_OK;
    }
    godwit_status_t status = godwit_device_rand_pair(mtc->config.crypto, x->rand1, &mtc->config.imsi, a, b);
    memcpy(x->rand, stage == GODWIT_MTC_SIM_A ? a : b, sizeof x->rand);
    return status;
}

godwit_status_t godwit_mtc_begin(godwit_mtc_t *mtc, const uint8_t random[GODWIT_RAND1_RANDOM],
                                 godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    if (mtc->counter >= GODWIT_MTC_COUNTER_MAX) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    mtc->counter++;
    mtc->unstored = true;
    godwit_rand1_make(mtc->counter, random, x->rand1);
    x->hides = (mtc->flags & (GODWIT_MTC_HAS_TEMPORARY | GODWIT_MTC_SHOWS_IMSI)) == GODWIT_MTC_HAS_TEMPORARY &&
               !is_ts33868(mtc);
    x->sendings = 0;
    godwit_status_t status = set_rand(mtc, GODWIT_MTC_SIM_A);
    if (status == GODWIT_OK) {
        ask_sim(mtc, GODWIT_MTC_SIM_A, requests);
    }
    return status;
}

/* ---- the first datagram ---- */

/* The key of this RAND1, and what the chain will be. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t make_key(godwit_mtc_t *mtc, uint8_t res[4])
{
    const godwit_mtc_config_t *config = &mtc->config;
    godwit_mtc_exchange_t *x = &mtc->exchange;
    uint8_t k_mtc[32];
    godwit_status_t status;
    memcpy(res, x->kc_sres + 16, 4);
    if (is_ts33868(mtc)) {
        status = godwit_mtc_ts33868(config->crypto, config->profile, x->kc_sres, config->server, x->rand1, res, k_mtc);
    } else {
        status = godwit_k_mtc(config->crypto, x->kc_sres, config->server, &config->imsi, x->rand1, mtc->chain, k_mtc);
    }
    if (status == GODWIT_OK) {
        status = godwit_mtc_key(config->crypto, k_mtc, x->rand1, config->framing, 0, GODWIT_END_DEVICE, &x->key);
    }
    if (status == GODWIT_OK && !is_ts33868(mtc)) {
        status = godwit_next_chain(config->crypto, x->kc_sres, mtc->chain, x->rand1, x->chain);
    }
    godwit_wipe(k_mtc, sizeof k_mtc);
    godwit_wipe(x->kc_sres, sizeof x->kc_sres);
    return status;
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t seal_first(godwit_mtc_t *mtc, const uint8_t encrypted_res[4])
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST, .present = 1u << GODWIT_TLV_RAND1};
    x->carries = x->holds && x->reading_len <= GODWIT_DEVICE_FIRST_READING_MAX;
    m.imsi = mtc->config.imsi;
    m.temporary = godwit_slice(mtc->temporary, sizeof mtc->temporary);
    memcpy(m.rand1, x->rand1, sizeof m.rand1);
    memcpy(m.encrypted_res, encrypted_res, sizeof m.encrypted_res);
    m.data = godwit_slice(mtc->reading, x->reading_len);
    m.present |= x->hides ? 1u << GODWIT_TLV_TEMPORARY_IDENTITY : 1u << GODWIT_TLV_IMSI;
    m.present |= is_ts33868(mtc) ? 1u << GODWIT_TLV_ENCRYPTED_RES : 0u;
    m.present |= x->carries ? 1u << GODWIT_TLV_DATA : 0u;
    godwit_writer_t out = godwit_writer(mtc->ask, sizeof mtc->ask);
    godwit_status_t status = godwit_emsdp_seal_control(mtc->config.crypto, &x->key, &m, godwit_slice(NULL, 0), &out);
    x->ask_len = (uint16_t)out.len;
    return status;
}

static godwit_status_t send_first(godwit_mtc_t *mtc, godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    uint8_t encrypted_res[4];
    godwit_status_t status = make_key(mtc, encrypted_res);
    if (status == GODWIT_OK) {
        status = seal_first(mtc, encrypted_res);
    }
    if (status == GODWIT_OK) {
        status = godwit_mtc_transmit(mtc, godwit_slice(mtc->ask, x->ask_len), x->carries, requests);
    }
    if (status == GODWIT_OK) {
        x->stage = GODWIT_MTC_ASKED;
        x->sendings = 1;
        x->hinted = false;
        godwit_device_wait(requests, mtc->config.retransmit_ms, x->sendings);
        godwit_device_event(requests, "session_requested", GODWIT_OK);
    }
    return status;
}

godwit_status_t godwit_mtc_sim_result(godwit_mtc_t *mtc, const godwit_mtc_sim_result_t *result,
                                      godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    requests->count = 0;
    if (x->stage != GODWIT_MTC_SIM_A && x->stage != GODWIT_MTC_SIM_B) {
        return GODWIT_WRONG_STATE;
    }
    const bool is_first = x->stage == GODWIT_MTC_SIM_A;
    if (result->status != GODWIT_OK) {
        godwit_mtc_give_up(mtc, result->status, requests);
        return godwit_mtc_finish(mtc, GODWIT_OK, requests);
    }
    memcpy(x->kc_sres + (is_first ? 0 : 8), result->kc, sizeof result->kc);
    memcpy(x->kc_sres + (is_first ? 16 : 20), result->sres, sizeof result->sres);
    godwit_status_t status = GODWIT_OK;
    if (is_first && !is_ts33868(mtc)) {
        status = set_rand(mtc, GODWIT_MTC_SIM_B);
        ask_sim(mtc, GODWIT_MTC_SIM_B, requests);
    } else {
        status = send_first(mtc, requests);
    }
    if (status != GODWIT_OK) {
        requests->count = 0;
        godwit_mtc_give_up(mtc, status, requests);
    }
    return godwit_mtc_finish(mtc, status, requests);
}

/* ---- Start ---- */

static bool is_fit(const godwit_mtc_t *mtc, const godwit_emsdp_control_t *m)
{
    return m->agreement == GODWIT_AGREEMENT_DEVICE_RAND && m->suite == mtc->exchange.key.hot.suite &&
           !godwit_emsdp_has(m, GODWIT_TLV_RAND);
}

/* The server showed that it has the key of this RAND1: that is the session now, whatever there was. */
static void adopt(godwit_mtc_t *mtc, const godwit_emsdp_key_t *key, const godwit_emsdp_control_t *m)
{
    mtc->unstored = true;
    mtc->key = *key;
    godwit_reserve_first(mtc->config.reserve, &mtc->key);
    if (!is_ts33868(mtc)) {
        memcpy(mtc->chain, mtc->exchange.chain, sizeof mtc->chain);
    }
    mtc->flags &= (uint8_t) ~(GODWIT_MTC_DISTRUSTED | GODWIT_MTC_SHOWS_IMSI);
    if (godwit_emsdp_has(m, GODWIT_TLV_TEMPORARY_IDENTITY)) {
        memcpy(mtc->temporary, m->temporary.ptr, sizeof mtc->temporary);
        mtc->flags |= GODWIT_MTC_HAS_TEMPORARY;
    }
    mtc->exchange.answer_len = 0;
    mtc->exchange.hints = 0;
}

static void started(godwit_mtc_t *mtc, const godwit_emsdp_opened_t *opened, godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    const bool arrived = x->carries;
    const bool waits = x->holds && !arrived;
    godwit_device_timer_cancel(requests);
    if (godwit_emsdp_has(&opened->control, GODWIT_TLV_DATA)) {
        godwit_device_request_t *delivery = godwit_device_ask_for(requests, GODWIT_DEVICE_DELIVER);
        delivery->octets = opened->control.data;
        delivery->count = opened->count;
    }
    godwit_device_event(requests, "session_started", GODWIT_OK);
    if (waits) { /* it goes when the timer comes due: what is delivered still stands where it would be sealed */
        x->stage = GODWIT_MTC_NOTHING;
        requests->item[0].delay_ms = 1;
        return;
    }
    godwit_mtc_exchange_end(mtc);
    if (arrived) {
        godwit_device_event(requests, "reading_sent", GODWIT_OK);
    }
}

GODWIT_DEVICE_OWN_FRAME godwit_status_t godwit_mtc_start_consume(godwit_mtc_t *mtc, const godwit_emsdp_header_t *header,
                                                                 godwit_slice_t start,
                                                                 godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    const godwit_slice_t first = godwit_slice(mtc->ask, x->ask_len);
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_emsdp_opened_t opened;
    if (x->stage != GODWIT_MTC_ASKED) {
        return GODWIT_WRONG_STATE;
    }
    if (mtc->config.framing.session_octets > 0 && header->session_id == 0) {
        return GODWIT_MALFORMED;
    }
    godwit_emsdp_key_t key = x->key;
    key.hot.session_id = header->session_id;
    godwit_status_t status = godwit_emsdp_transcript(mtc->config.crypto, &first, 1, transcript);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_open(mtc->config.crypto, &key, start, godwit_slice(transcript, sizeof transcript),
                                   mtc->work, &opened);
    }
    if (status == GODWIT_OK && !is_fit(mtc, &opened.control)) {
        status = GODWIT_POLICY_FORBIDS;
    }
    if (status == GODWIT_OK) {
        godwit_emsdp_accept(&key, &opened);
        adopt(mtc, &key, &opened.control);
        started(mtc, &opened, requests);
    }
    godwit_wipe(&key, sizeof key);
    return status;
}
