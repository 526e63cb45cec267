/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC device: what the caller asks for, and readings under a session's key. Every list of requests goes out through
 * godwit_mtc_finish, or a SEND could use a COUNT, or a RAND1, before the STORE that reserves it.
 */
#include "device/mtc.h"

#include <string.h>

#define KEY_READINGS_DEFAULT 65536u

static godwit_status_t config_check(const godwit_mtc_config_t *config)
{
    bool good = config->crypto != NULL && config->imsi.len >= GODWIT_IMSI_DIGITS_MIN &&
                config->imsi.len <= GODWIT_IMSI_DIGITS_MAX && godwit_fqdn_is_canonical(config->server) &&
                config->framing.session_octets <= 4 && config->framing.counter_octets <= 3 &&
                config->profile <= GODWIT_MTC_TS33868_K_MTC;
    return good ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

/* What the server follows without a word from it: it tries four COUNTs ahead, 2^n apart, and power losses may have
 * skipped some. */
static uint32_t sight(godwit_framing_t framing)
{
    return UINT32_C(2) << (3u + 8u * framing.counter_octets);
}

godwit_status_t godwit_mtc_init(godwit_mtc_t *mtc, const godwit_mtc_config_t *config)
{
    godwit_wipe(mtc, sizeof *mtc);
    godwit_status_t status = config_check(config);
    if (status != GODWIT_OK) {
        return status;
    }
    mtc->config = *config;
    godwit_mtc_config_t *mine = &mtc->config;
    mine->key_readings = mine->key_readings != 0 ? mine->key_readings : KEY_READINGS_DEFAULT;
    mine->key_readings = mine->key_readings < sight(mine->framing) ? mine->key_readings : sight(mine->framing);
    mine->reserve = mine->reserve != 0 ? mine->reserve : GODWIT_DEVICE_RESERVE_DEFAULT;
    mine->retransmit_ms = mine->retransmit_ms != 0 ? mine->retransmit_ms : GODWIT_DEVICE_RETRANSMIT_DEFAULT_MS;
    mine->attempts = mine->attempts != 0 ? mine->attempts : GODWIT_DEVICE_ATTEMPTS_DEFAULT;
    return GODWIT_OK;
}

godwit_status_t godwit_mtc_suspend(godwit_mtc_t *mtc, godwit_device_requests_t *requests)
{
    requests->count = 0;
    /* What is exact now stays so: the next datagram reserves again before it leaves. */
    mtc->key.hot.up_limit_out = mtc->key.hot.up_next_out;
    mtc->key.cp_limit_out = mtc->key.cp_next_out;
    mtc->unstored = true;
    return godwit_mtc_finish(mtc, GODWIT_OK, requests);
}

static godwit_status_t store(godwit_mtc_t *mtc, godwit_device_requests_t *requests)
{
    if (!mtc->unstored) {
        return GODWIT_OK;
    }
    const size_t len = godwit_mtc_record_write(mtc);
    if (len == 0) {
        return GODWIT_CRYPTO_FAILED;
    }
    godwit_device_store_first(requests, GODWIT_DEVICE_STORE, godwit_slice(mtc->record, len));
    mtc->unstored = false;
    return GODWIT_OK;
}

godwit_status_t godwit_mtc_finish(godwit_mtc_t *mtc, godwit_status_t status, godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    if (status == GODWIT_OK) {
        status = store(mtc, requests);
    }
    if (status == GODWIT_OK) {
        return GODWIT_OK;
    }
    if (godwit_device_hold_back(requests)) { /* it begins anew with the timer, if a reading waits */
        x->stage = GODWIT_MTC_NOTHING;
    }
    if (godwit_status_class(status) == GODWIT_CLASS_INTERNAL && (x->stage == GODWIT_MTC_ASKED || x->holds)) {
        godwit_device_wait(requests, mtc->config.retransmit_ms, x->sendings);
    }
    return status;
}

godwit_status_t godwit_mtc_transmit(godwit_mtc_t *mtc, godwit_slice_t datagram, bool with_reading,
                                    godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    godwit_status_t status = godwit_emsdp_echo(mtc->config.crypto, datagram, mtc->config.framing, x->echo);
    x->echo_set = status == GODWIT_OK;
    x->echo_had_reading = with_reading;
    if (status == GODWIT_OK) {
        godwit_device_ask_for(requests, GODWIT_DEVICE_SEND)->octets = datagram;
    }
    return status;
}

void godwit_mtc_exchange_end(godwit_mtc_t *mtc)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    x->stage = GODWIT_MTC_NOTHING;
    x->sendings = 0;
    x->holds = false;
    x->carries = false;
    godwit_wipe(mtc->reading, x->reading_len);
    x->reading_len = 0;
    godwit_wipe(x->kc_sres, sizeof x->kc_sres);
    godwit_wipe(x->chain, sizeof x->chain);
    godwit_wipe(&x->key, sizeof x->key);
}

void godwit_mtc_give_up(godwit_mtc_t *mtc, godwit_status_t reason, godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    const bool asked = x->stage == GODWIT_MTC_ASKED;
    if (asked && x->hides && !mtc->config.keep_hidden) {
        mtc->flags |= GODWIT_MTC_SHOWS_IMSI; /* perhaps the MKEF has lost it: nobody is locked out */
    }
    if (asked && x->carries) {
        godwit_device_event(requests, "reading_uncertain", reason);
    }
    godwit_mtc_exchange_end(mtc);
    godwit_device_event(requests, "given_up", reason);
}

/* ---- readings ---- */

bool godwit_mtc_is_live(const godwit_mtc_t *mtc)
{
    const godwit_emsdp_key_t *key = &mtc->key;
    return godwit_emsdp_key_is_set(key) && (mtc->flags & GODWIT_MTC_DISTRUSTED) == 0 &&
           key->hot.up_next_out < mtc->config.key_readings && key->cp_next_out < GODWIT_DEVICE_COUNT_RETIRE;
}

uint32_t godwit_mtc_session_id(const godwit_mtc_t *mtc)
{
    return mtc->key.hot.session_id;
}

void godwit_mtc_renew(godwit_mtc_t *mtc)
{
    mtc->flags |= GODWIT_MTC_DISTRUSTED;
}

static godwit_status_t send_user(godwit_mtc_t *mtc, godwit_slice_t reading, godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    godwit_writer_t out = godwit_writer(mtc->work, sizeof mtc->work);
    godwit_status_t status =
        godwit_reserve_seal_user(mtc->config.crypto, mtc->config.reserve, &mtc->key, reading, &out, &mtc->unstored);
    if (status == GODWIT_OK) {
        status = godwit_mtc_transmit(mtc, godwit_written(&out), true, requests);
    }
    if (status == GODWIT_OK) {
        godwit_device_event(requests, "reading_sent", GODWIT_OK);
    }
    if (x->hints > 0 && ++x->hint_readings >= GODWIT_DEVICE_READINGS_PER_HINT) {
        x->hint_readings = 0;
        x->hints--;
    }
    return status;
}

static void hold(godwit_mtc_t *mtc, godwit_slice_t reading)
{
    if (reading.len > 0) {
        memcpy(mtc->reading, reading.ptr, reading.len);
        mtc->exchange.reading_len = (uint16_t)reading.len;
        mtc->exchange.holds = true;
    }
}

static godwit_status_t take(godwit_mtc_t *mtc, godwit_slice_t reading, const uint8_t random[GODWIT_RAND1_RANDOM],
                            godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    if (x->stage == GODWIT_MTC_NOTHING && godwit_mtc_is_live(mtc)) {
        return reading.len > 0 ? send_user(mtc, reading, requests) : GODWIT_OK;
    }
    hold(mtc, reading); /* where a first datagram has left without it, it goes after Start */
    return x->stage == GODWIT_MTC_NOTHING ? godwit_mtc_begin(mtc, random, requests) : GODWIT_OK;
}

/* The reading that was just offered; a first datagram that was under way before it goes on. */
static void not_taken(godwit_mtc_t *mtc, bool was_under_way, godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    requests->count = 0;
    if (!was_under_way) {
        godwit_mtc_exchange_end(mtc);
        return;
    }
    godwit_wipe(mtc->reading, x->reading_len);
    x->reading_len = 0;
    x->holds = false;
}

godwit_status_t godwit_mtc_send(godwit_mtc_t *mtc, godwit_slice_t reading, const uint8_t random[GODWIT_RAND1_RANDOM],
                                godwit_device_requests_t *requests)
{
    const bool under_way = mtc->exchange.stage != GODWIT_MTC_NOTHING;
    requests->count = 0;
    if (reading.len > GODWIT_DEVICE_READING_MAX) {
        return GODWIT_NO_SPACE;
    }
    if (mtc->exchange.holds) {
        return GODWIT_AGAIN;
    }
    godwit_status_t status = godwit_mtc_finish(mtc, take(mtc, reading, random, requests), requests);
    if (status != GODWIT_OK) {
        not_taken(mtc, under_way, requests);
    }
    return status;
}

/* A reading too long for the first datagram waited for the delivery of a message down; when the session did not live to
 * see it, another begins. */
static godwit_status_t send_held(godwit_mtc_t *mtc, const uint8_t random[GODWIT_RAND1_RANDOM],
                                 godwit_device_requests_t *requests)
{
    if (!godwit_mtc_is_live(mtc)) {
        return godwit_mtc_begin(mtc, random, requests);
    }
    godwit_status_t status = send_user(mtc, godwit_slice(mtc->reading, mtc->exchange.reading_len), requests);
    if (status == GODWIT_OK) {
        godwit_mtc_exchange_end(mtc);
    }
    return status;
}

static godwit_status_t timer_came(godwit_mtc_t *mtc, const uint8_t random[GODWIT_RAND1_RANDOM],
                                  godwit_device_requests_t *requests)
{
    godwit_mtc_exchange_t *x = &mtc->exchange;
    if (x->stage == GODWIT_MTC_NOTHING) {
        return x->holds ? send_held(mtc, random, requests) : GODWIT_OK;
    }
    if (x->stage != GODWIT_MTC_ASKED) { /* the SIM is at it */
        return GODWIT_OK;
    }
    if (x->sendings >= mtc->config.attempts) {
        godwit_mtc_give_up(mtc, GODWIT_OK, requests);
        return GODWIT_OK;
    }
    x->sendings++;
    x->hinted = false;
    godwit_status_t status = godwit_mtc_transmit(mtc, godwit_slice(mtc->ask, x->ask_len), x->carries, requests);
    godwit_device_wait(requests, mtc->config.retransmit_ms, x->sendings);
    return status;
}

godwit_status_t godwit_mtc_timer(godwit_mtc_t *mtc, const uint8_t random[GODWIT_RAND1_RANDOM],
                                 godwit_device_requests_t *requests)
{
    requests->count = 0;
    return godwit_mtc_finish(mtc, timer_came(mtc, random, requests), requests);
}
