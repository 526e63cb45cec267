/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/mtc_world.h"

#include <stdio.h>
#include <stdlib.h>

#define CRYPTO (&godwit_crypto_builtin)

/* ---- nothing twice ---- */

static uint64_t hash_of(godwit_slice_t octets)
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    assert_int_equal(CRYPTO->sha256(&octets, 1, digest), GODWIT_OK);
    return godwit_load_u64(digest);
}

static void watch(mtc_world_t *w, godwit_slice_t datagram)
{
    godwit_emsdp_header_t header;
    godwit_mtc_first_t first;
    uint64_t use;
    const uint64_t hash = hash_of(datagram);
    assert_int_equal(godwit_emsdp_peek(datagram, w->config.framing, &header), GODWIT_OK);
    if (godwit_mtc_first_peek(datagram, w->config.framing, &first) == GODWIT_OK) {
        use = UINT64_C(1) << 63 | godwit_rand1_counter(first.rand1);
    } else if (w->config.framing.session_octets > 0) {
        use = (uint64_t)header.session_id << 24 | (uint64_t)header.user_plane << 16 | header.low_count;
    } else {
        return; /* sessions cannot be told apart by their octets */
    }
    for (size_t i = 0; i < w->seen_count; i++) {
        assert_true(w->seen[i] != use || w->seen_hash[i] == hash);
    }
    assert_true(w->seen_count < MTC_SEEN_MAX);
    w->seen[w->seen_count] = use;
    w->seen_hash[w->seen_count++] = hash;
}

static void take_delivery(mtc_world_t *w, const godwit_reading_t *reading)
{
    assert_true(reading->payload.len < sizeof w->delivered);
    memcpy(w->delivered, reading->payload.ptr, reading->payload.len);
    w->delivered[reading->payload.len] = '\0';
    w->deliveries++;
    if (w->delivered[0] == 'r') {
        unsigned long n = strtoul(w->delivered + 1, NULL, 10);
        assert_in_range(n, 0, 1023);
        assert_false(w->was_delivered[n]);
        w->was_delivered[n] = true;
    }
}

/* ---- the device ---- */

static bool has_power(mtc_world_t *w)
{
    if (w->power == 0) {
        w->dark = true;
    } else if (w->power > 0) {
        w->power--;
    }
    return !w->dark;
}

static void queue(mtc_octets_t *queue, size_t *count, godwit_slice_t octets)
{
    assert_true(*count < MTC_QUEUE);
    memcpy(queue[*count].at, octets.ptr, octets.len);
    queue[(*count)++].len = octets.len;
}

static void take_event(mtc_world_t *w, const godwit_device_request_t *event)
{
    if (strcmp(event->name, "reading_uncertain") == 0) {
        w->last_was_uncertain = true;
    } else if (strcmp(event->name, "given_up") == 0) {
        w->last_was_given_up = true;
    } else if (strcmp(event->name, "refused") == 0) {
        w->last_refusal = event->reason;
    }
}

static void carry_out(mtc_world_t *w, const godwit_device_request_t *r, const uint8_t **rand)
{
    switch (r->kind) {
    case GODWIT_DEVICE_STORE:
        assert_in_range(r->octets.len, 1, sizeof w->nvm);
        memcpy(w->nvm, r->octets.ptr, r->octets.len);
        w->nvm_len = r->octets.len;
        w->stores++;
        break;
    case GODWIT_DEVICE_SEND:
        watch(w, r->octets);
        memcpy(w->last_up.at, r->octets.ptr, r->octets.len);
        w->last_up.len = r->octets.len;
        queue(w->up, &w->ups, r->octets);
        break;
    case GODWIT_DEVICE_AUTHENTICATE_GSM:
        *rand = r->rand;
        break;
    case GODWIT_DEVICE_TIMER:
        w->timer_ms = r->delay_ms;
        break;
    case GODWIT_DEVICE_DELIVER:
        assert_true(r->octets.len < sizeof w->received);
        memcpy(w->received, r->octets.ptr, r->octets.len);
        w->received[r->octets.len] = '\0';
        break;
    case GODWIT_DEVICE_EVENT:
        take_event(w, r);
        break;
    case GODWIT_DEVICE_AUTHENTICATE:
    case GODWIT_DEVICE_STORE_E2E:
        fail();
        break;
    }
}

/* The crypto may fail, in a sweep over its calls: then nothing leaves. */
static void expect_held_back(mtc_world_t *w, godwit_status_t status, const godwit_device_requests_t *requests)
{
    if (status == GODWIT_OK) {
        return;
    }
    assert_int_equal(status, GODWIT_CRYPTO_FAILED);
    for (size_t i = 0; i < requests->count; i++) {
        const godwit_device_request_kind_t kind = requests->item[i].kind;
        assert_true(kind == GODWIT_DEVICE_TIMER || kind == GODWIT_DEVICE_EVENT);
    }
    w->dark = w->dark || w->fails_dark;
}

static void settle(mtc_world_t *w, godwit_status_t status, godwit_device_requests_t *requests)
{
    const uint8_t *rand;
    do {
        rand = NULL;
        expect_held_back(w, status, requests);
        for (size_t i = 0; i < requests->count; i++) {
            if (!has_power(w)) {
                return;
            }
            carry_out(w, &requests->item[i], &rand);
        }
        if (rand != NULL) {
            godwit_mtc_sim_result_t result = {.status = w->card_is_out ? GODWIT_IO_FAILED : GODWIT_OK};
            mtc_sim(rand, result.sres, result.kc);
            w->sim_runs++;
            status = godwit_mtc_sim_result(&w->mtc, &result, requests);
        }
    } while (rand != NULL);
}

static void draw(mtc_world_t *w, uint8_t random[GODWIT_RAND1_RANDOM])
{
    memset(random, 0, GODWIT_RAND1_RANDOM);
    godwit_store_u64(random, ++w->randoms);
}

void mtc_world_init(mtc_world_t *w, godwit_framing_t framing, godwit_mtc_profile_t profile)
{
    memset(w, 0, sizeof *w);
    mtc_home_init(&w->home);
    w->home.profile = profile;
    hse_world_init(&w->server);
    w->server.config.framing = framing;
    w->server.config.device_rand = true;
    w->server.config.device_rand_ts33868 = profile != GODWIT_MTC_GODWIT1;
    w->server.config.budget_octets = 1u << 30;
    hse_world_restart(&w->server);
    w->address = owner_address(1);
    w->config = (godwit_mtc_config_t){.crypto = CRYPTO,
                                      .imsi = w->home.imsi,
                                      .server = godwit_slice_of_string(MTC_SERVER),
                                      .framing = framing,
                                      .profile = profile};
    w->power = -1;
    mtc_world_reboot(w);
}

void mtc_world_reboot(mtc_world_t *w)
{
    assert_int_equal(godwit_mtc_init(&w->mtc, &w->config), GODWIT_OK);
    if (w->nvm_len > 0) {
        assert_int_equal(godwit_mtc_restore(&w->mtc, godwit_slice(w->nvm, w->nvm_len)), GODWIT_OK);
    }
    w->dark = false;
    w->power = -1;
    w->timer_ms = 0;
}

static godwit_status_t send(mtc_world_t *w, godwit_slice_t reading)
{
    godwit_device_requests_t requests;
    uint8_t random[GODWIT_RAND1_RANDOM];
    draw(w, random);
    w->last_was_uncertain = w->last_was_given_up = false;
    w->last_refusal = GODWIT_OK;
    godwit_status_t status = godwit_mtc_send(&w->mtc, reading, random, &requests);
    if (status != GODWIT_AGAIN) {
        settle(w, status, &requests);
    }
    return status;
}

bool mtc_world_send(mtc_world_t *w, unsigned n)
{
    char text[16];
    (void)snprintf(text, sizeof text, "r%u", n);
    godwit_status_t status = send(w, godwit_slice_of_string(text));
    assert_true(status == GODWIT_OK || status == GODWIT_AGAIN || status == GODWIT_CRYPTO_FAILED);
    return status == GODWIT_OK;
}

void mtc_world_send_octets(mtc_world_t *w, godwit_slice_t reading)
{
    assert_int_equal(send(w, reading), GODWIT_OK);
}

void mtc_world_receive(mtc_world_t *w, godwit_slice_t datagram)
{
    godwit_device_requests_t requests;
    settle(w, godwit_mtc_receive(&w->mtc, datagram, &requests), &requests);
}

void mtc_world_timer(mtc_world_t *w)
{
    godwit_device_requests_t requests;
    uint8_t random[GODWIT_RAND1_RANDOM];
    if (w->timer_ms == 0) {
        return;
    }
    w->server.owner.now_ms += w->timer_ms;
    w->timer_ms = 0;
    draw(w, random);
    settle(w, godwit_mtc_timer(&w->mtc, random, &requests), &requests);
}

/* ---- the server and the MKEF ---- */

static void take_server(mtc_world_t *w)
{
    owner_t *o = &w->server.owner;
    const godwit_request_t *r;
    for (size_t i = 0; (r = owner_request(o, GODWIT_REQUEST_DELIVER, i)) != NULL; i++) {
        take_delivery(w, &r->reading);
    }
    for (size_t i = 0; (r = owner_request(o, GODWIT_REQUEST_DATAGRAM, i)) != NULL; i++) {
        if (!w->lose_down) {
            queue(w->down, &w->downs, r->octets);
        }
    }
    if (owner_count(o, GODWIT_REQUEST_MESSAGE) > 0) {
        godwit_message_t answer = mtc_home_answer(&w->home, owner_message(o, GODWIT_MTC_KEY_REQUEST, 0));
        owner_give_message(o, &answer);
        take_server(w);
    }
}

void mtc_world_pump(mtc_world_t *w)
{
    while (w->ups > 0 || w->downs > 0) {
        mtc_octets_t one;
        if (w->ups > 0) {
            one = w->up[0];
            memmove(w->up, w->up + 1, --w->ups * sizeof one);
            if (!w->lose_up) {
                owner_give_datagram(&w->server.owner, &w->address, godwit_slice(one.at, one.len));
                take_server(w);
            }
        } else {
            one = w->down[0];
            memmove(w->down, w->down + 1, --w->downs * sizeof one);
            if (!w->dark) {
                mtc_world_receive(w, godwit_slice(one.at, one.len));
            }
        }
    }
}

void mtc_world_submit(mtc_world_t *w, const char *text)
{
    owner_give(
        &w->server.owner,
        &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = w->home.imsi, .datagram = godwit_slice_of_string(text)});
    take_server(w);
}

void mtc_world_assert_in_step(const mtc_world_t *w)
{
    assert_true(memcmp(w->mtc.chain, w->home.chain.current, 32) == 0 ||
                memcmp(w->mtc.chain, w->home.chain.previous, 32) == 0);
    assert_true(w->mtc.counter >= w->home.counter);
}
