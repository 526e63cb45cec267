/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE with a live session, given anything in any order: octet 1 chooses the framing, then operations, each an octet
 * of kind, an octet of length and its octets. Datagrams as they are come from a stranger, who must never cause a
 * delivery or a commit and never get more than three times his octets; datagrams with the MAC mended are as authentic
 * as a device could make them. Between the operations memory and store must agree.
 */
#include "core/emsdp/frame.h"
#include "fuzz/fuzz.h"
#include "tests/support/hse_world.h"

#include <stdlib.h>
#include <string.h>

enum { RAW, AUTHENTIC, USER, SET_UP, KEY_ANSWER, TIMER, SUBMIT, DROP, RESTART, COMMITS, TIME, OPERATIONS };

#define SET_UPS_MAX 40 /* so many sessions fit the owner's store */

static hse_world_t w;
static hse_device_t device;
static unsigned set_ups;
static bool commits_failed; /* then memory may know less than the store */

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ---- what must hold ---- */

static void memory_agrees_with_store(void)
{
    for (size_t i = 0; i < HSE_SESSIONS && !commits_failed; i++) {
        const godwit_session_record_t *memory = &w.sessions[i].record;
        const godwit_session_record_t *stored = w.sessions[i].used ? hse_stored(&w, memory->session_id) : NULL;
        if (!w.sessions[i].used) {
            continue;
        }
        check(stored != NULL && stored->state == memory->state);
        check(stored->current.generation == memory->current.generation);
        check(stored->current.hot.up_next_in == memory->current.hot.up_next_in);
        check(stored->current.hot.up_seen == memory->current.hot.up_seen);
        check(stored->current.cp_next_in == memory->current.cp_next_in);
        check(memory->current.hot.up_next_out <= stored->current.hot.up_limit_out); /* reserved before it was used */
        check(memory->current.cp_next_out <= stored->current.cp_limit_out);
    }
}

static void stranger_got_little(size_t given)
{
    size_t sent = 0;
    check(owner_count(&w.owner, GODWIT_REQUEST_DELIVER) == 0);
    check(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT) == 0);
    for (size_t i = 0; i < owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM); i++) {
        sent += owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, i)->octets.len;
    }
    check(sent <= 3 * given);
}

static void delivered_after_commit(void)
{
    if (owner_count(&w.owner, GODWIT_REQUEST_DELIVER) > 0) {
        check(owner_count(&w.owner, GODWIT_REQUEST_DELIVER) == 1);
        check(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) == 0);
    }
}

/* ---- operations ---- */

/* Some key that the HSE holds, chosen by who: of sessions in memory, current or next, and of set-ups. */
static const godwit_emsdp_key_t *some_key(uint8_t who, godwit_slice_t *transcript)
{
    const godwit_hse_session_t *session = &w.sessions[who % HSE_SESSIONS];
    const godwit_hse_exchange_t *exchange = &w.exchanges[who % HSE_EXCHANGES];
    for (size_t i = 0; i < HSE_EXCHANGES; i++) { /* what covers the exchange, should the command want it */
        if (w.exchanges[i].started && (who & 0x80) == 0) {
            *transcript = godwit_slice(w.exchanges[i].transcript, 32);
        }
    }
    if ((who & 0x40) != 0 && exchange->started) {
        *transcript = godwit_slice(exchange->transcript, 32);
        return &exchange->key;
    }
    if (!session->used) {
        return NULL;
    }
    return (who & 0x20) != 0 && session->record.next.hot.key_id != 0 ? &session->record.next : &session->record.current;
}

/* Makes the datagram what the holder of that key could have sent: header fields, cipher, MAC, under one of the COUNTs
 * that are tried. */
static void mend(const godwit_emsdp_key_t *key, godwit_slice_t transcript, uint8_t which, uint8_t *datagram, size_t len)
{
    const godwit_framing_t framing = frame_of_key(key);
    const size_t mac_len = godwit_suite(key->hot.suite)->mac_len;
    uint32_t counts[FRAME_CANDIDATES_MAX];
    frame_protection_t p;
    godwit_emsdp_header_t h;
    uint8_t mac[32];
    datagram[0] = (uint8_t)((datagram[0] & 0x87u) | (unsigned)key->hot.key_id << 3);
    for (unsigned i = 0; i < framing.session_octets; i++) {
        datagram[1 + i] = (uint8_t)(key->hot.session_id >> 8 * (framing.session_octets - 1u - i));
    }
    if (godwit_emsdp_peek(godwit_slice(datagram, len), framing, &h) != GODWIT_OK) {
        return;
    }
    const size_t header = frame_header_len(framing) + (h.user_plane ? 0 : 1);
    if (len < header + mac_len || godwit_emsdp_protection(w.config.crypto, key, h.user_plane, false, &p) != GODWIT_OK) {
        return;
    }
    unsigned n =
        godwit_emsdp_candidates(h.user_plane ? key->hot.up_next_in : key->cp_next_in, framing, h.low_count, counts);
    p.input.count = n > 0 ? counts[which % n] : h.low_count;
    if (h.command == GODWIT_MANAGE_KEYS_REQUEST) {
        (void)godwit_emsdp_claimed_count(godwit_slice(datagram + header, len - mac_len - header), &p.input.count);
    }
    if (frame_has_transcript(h.command)) {
        p.transcript = transcript;
    }
    if (h.user_plane || frame_ciphers_all(h.command)) {
        check(godwit_emsdp_cipher(&p, datagram + header, len - mac_len - header) == GODWIT_OK);
    }
    if (godwit_emsdp_mac(&p, godwit_slice(datagram, len - mac_len), mac) == GODWIT_OK) {
        memcpy(datagram + len - mac_len, mac, mac_len);
    }
}

static void give_authentic(godwit_slice_t octets)
{
    uint8_t datagram[256];
    godwit_slice_t transcript = godwit_slice(NULL, 0);
    if (octets.len < 3) {
        return;
    }
    const godwit_emsdp_key_t *key = some_key(octets.ptr[0], &transcript);
    size_t len = octets.len - 2;
    memcpy(datagram, octets.ptr + 2, len);
    if (key != NULL && len > 5) {
        mend(key, transcript, octets.ptr[1], datagram, len);
    }
    godwit_address_t from = owner_address(octets.ptr[1]);
    if (w.config.framing.session_octets == 0) {
        from = device.from;
    }
    owner_give_datagram(&w.owner, &from, godwit_slice(datagram, len));
    delivered_after_commit();
}

static const godwit_message_t *sent_key_request(void)
{
    for (size_t i = 0; i < owner_count(&w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        const godwit_message_t *message = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, i)->message;
        if (message->kind == GODWIT_KEY_REQUEST) {
            return message;
        }
    }
    return NULL;
}

/* A device sets up as far as the HSE lets it. */
static void set_up(godwit_slice_t octets)
{
    godwit_emsdp_header_t header;
    uint8_t who = octets.len > 0 ? octets.ptr[0] : 0;
    if (++set_ups > SET_UPS_MAX) {
        return;
    }
    device.imsi = owner_imsi((who & 1) != 0 ? "001010123456789" : "001010000000002");
    hse_make_request(&w, &device, (who & 2) != 0 ? device.request : NULL); /* any 14 octets */
    hse_give_request(&w, &device);
    const godwit_message_t *request = sent_key_request();
    if (request == NULL) {
        return;
    }
    godwit_message_t answer = hse_key_answer(&w, request->transaction, GODWIT_OK);
    owner_give_message(&w.owner, &answer);
    const godwit_request_t *start = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    if (start == NULL || godwit_emsdp_peek(start->octets, w.config.framing, &header) != GODWIT_OK ||
        header.command != GODWIT_SESSION_START) {
        return;
    }
    hse_take_start(&w, &device);
    hse_seal_confirmation(&device, "reading");
    if ((who & 4) == 0) {
        hse_give(&w, &device);
        delivered_after_commit();
    }
}

static void answer_key(godwit_slice_t octets)
{
    uint8_t status = octets.len > 0 ? octets.ptr[0] & 15 : 0;
    uint32_t back = octets.len > 1 ? octets.ptr[1] & 7 : 0;
    godwit_message_t answer = hse_key_answer(&w, w.hse.next_transaction - back, (godwit_status_t)status);
    if (octets.len > 2 && status == GODWIT_OK) { /* a next vector */
        answer.u.key_answer.key_set += octets.ptr[2];
        memset(answer.u.key_answer.rand, octets.ptr[2], 16);
    }
    owner_give_message(&w.owner, &answer);
}

static uint32_t some_session(godwit_slice_t octets)
{
    const godwit_hse_session_t *session = &w.sessions[octets.len > 0 ? octets.ptr[0] % HSE_SESSIONS : 0];
    return session->used ? session->record.session_id : (uint32_t)octets.len;
}

static void operate(uint8_t kind, godwit_slice_t octets)
{
    godwit_address_t stranger = owner_address(200);
    switch (kind % OPERATIONS) {
    case RAW:
        owner_give_datagram(&w.owner, &stranger, octets);
        stranger_got_little(octets.len);
        break;
    case AUTHENTIC:
        give_authentic(octets);
        break;
    case USER:
        hse_seal_user(&device, "reading");
        hse_give(&w, &device);
        delivered_after_commit();
        break;
    case SET_UP:
        set_up(octets);
        break;
    case KEY_ANSWER:
        answer_key(octets);
        break;
    case TIMER:
        owner_give_timer(&w.owner, some_session(octets));
        break;
    case SUBMIT:
        owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = device.imsi, .datagram = octets});
        break;
    case DROP:
        owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .session_id = some_session(octets)});
        break;
    case RESTART:
        hse_world_restart(&w);
        break;
    case COMMITS:
        w.owner.fail_commits = !w.owner.fail_commits;
        commits_failed = true;
        break;
    case TIME:
    default:
        w.owner.now_ms += octets.len > 1 ? (uint64_t)octets.ptr[0] << (octets.ptr[1] & 31) : 1000;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    hse_world_init(&w);
    w.config.framing = (data[0] & 1) != 0 ? (godwit_framing_t){(uint8_t)(data[0] >> 1 & 3), (uint8_t)(data[0] >> 3 & 3)}
                                          : GODWIT_FRAMING_DEFAULT;
    w.config.rekey_datagrams = 2;
    w.config.reauthenticate_generations = 4;
    w.config.next_vector = (godwit_next_vector_t)((data[0] >> 5) % 3);
    hse_world_restart(&w);
    device = hse_device("001010123456789", 1);
    set_ups = 0;
    commits_failed = false;
    hse_set_up(&w, &device);
    godwit_reader_t r = godwit_reader(godwit_slice(data + 1, size - 1));
    while (r.left > 0) {
        uint8_t kind = godwit_get_u8(&r), len = godwit_get_u8(&r);
        size_t taken = len < r.left ? len : r.left;
        operate(kind, godwit_get_slice(&r, taken));
        memory_agrees_with_store();
    }
    return 0;
}
