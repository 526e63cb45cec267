/* SPDX-License-Identifier: Apache-2.0
 *
 * MIKEY and what is read of it: parser and bodies, KEMAC under the key of the vectors, MSK and MTK of MBMS; and the
 * messages between a UICC hosting device and a remote device, and the line a=crypto. What is refused changes nothing;
 * what of a hosting device is accepted is built again to the same octets.
 */
#include "core/agree/ims_media/sdes.h"
#include "core/agree/ims_media/ticket.h"
#include "core/agree/local_device/local_device.h"
#include "core/agree/mbms/mbms.h"
#include "core/wire/mikey.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX 2048

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void within(godwit_slice_t whole, godwit_slice_t part)
{
    check(part.len == 0 || (part.ptr >= whole.ptr && part.len <= whole.len - (size_t)(part.ptr - whole.ptr)));
}

static void bodies(const godwit_mikey_t *m)
{
    godwit_slice_t octets = {NULL, 0};
    uint32_t counter;
    uint8_t role, type;
    for (size_t i = 0; i < m->count; i++) {
        within(m->octets, m->payload[i].body);
        if (godwit_mikey_id(&m->payload[i], &type, &octets) == GODWIT_OK) {
            within(m->octets, octets);
        }
        if (godwit_mikey_idr(&m->payload[i], &role, &type, &octets) == GODWIT_OK) {
            within(m->octets, octets);
        }
    }
    if (godwit_mikey_rand(m, &octets) == GODWIT_OK) {
        within(m->octets, octets);
    }
    if (godwit_mikey_counter(m, &counter) == GODWIT_OK) {
        within(m->octets, godwit_mikey_extension(m, 3));
    }
}

static void keys(const godwit_mikey_t *m)
{
    static uint8_t plain[MESSAGE_MAX];
    uint8_t psk[16];
    godwit_mikey_key_t key[GODWIT_MIKEY_KEYS_MAX];
    size_t count = 0;
    for (uint8_t i = 0; i < sizeof psk; i++) {
        psk[i] = i;
    }
    if (godwit_mikey_open(&godwit_crypto_builtin, m, godwit_slice(psk, sizeof psk), plain, key, &count) == GODWIT_OK) {
        check(count > 0 && count <= GODWIT_MIKEY_KEYS_MAX);
        for (size_t i = 0; i < count; i++) {
            within(godwit_slice(plain, sizeof plain), key[i].key);
            within(godwit_slice(plain, sizeof plain), key[i].salt);
        }
    }
}

static void mbms(godwit_slice_t octets)
{
    static godwit_mbms_user_t user, before;
    uint8_t muk[32], answer[256];
    godwit_writer_t w = godwit_writer(answer, sizeof answer);
    godwit_mtk_t mtk;
    for (uint8_t i = 0; i < sizeof muk; i++) {
        muk[i] = i;
    }
    memset(&user, 0, sizeof user);
    godwit_mbms_user_begin(&user, &godwit_crypto_builtin, muk);
    before = user;
    if (godwit_mbms_take_msk(&user, octets, &w) != GODWIT_OK) {
        check(memcmp(&user, &before, sizeof user) == 0);
    }
    /* The MSK of the vectors. */
    user.msk[0] = (godwit_mbms_msk_t){.set = true, .id = {{{0x00, 0xF1, 0x10}}, 2, 9}, .to = UINT16_MAX};
    for (uint8_t i = 0; i < sizeof user.msk[0].key; i++) {
        user.msk[0].key[i] = (uint8_t)(0x20 + i);
    }
    if (godwit_mbms_take_mtk(&user, octets, &mtk) == GODWIT_OK) {
        check(user.msk[0].next_mtk == (uint32_t)mtk.id + 1);
        check(godwit_mbms_take_mtk(&user, octets, &mtk) == GODWIT_REPLAY);
    }
}

static void local(godwit_slice_t octets)
{
    static const uint8_t ks_naf[32] = {0};
    uint8_t again[512], key[32];
    char b_tid[GODWIT_B_TID_MAX + 1];
    godwit_local_peer_t peer;
    godwit_writer_t w = godwit_writer(again, sizeof again);
    if (godwit_local_request_parse(octets, &peer) == GODWIT_OK) {
        check(godwit_local_request_build(&peer, &w) == GODWIT_OK && godwit_slice_equal(godwit_written(&w), octets));
    }
    if (godwit_local_answer_parse(octets, b_tid) == GODWIT_OK) {
        w = godwit_writer(again, sizeof again);
        check(godwit_local_answer_build(b_tid, &w) == GODWIT_OK && godwit_slice_equal(godwit_written(&w), octets));
    }
    peer = (godwit_local_peer_t){.device = "meter"};
    if (godwit_local_activation_take(&godwit_crypto_builtin, ks_naf, octets, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.example.net",
                                     &peer, key) == GODWIT_OK) {
        check(peer.uses > 0);
    }
}

static void sdes(godwit_slice_t line)
{
    char once[GODWIT_SDES_LINE_MAX], twice[GODWIT_SDES_LINE_MAX];
    godwit_writer_t w = godwit_writer(once, sizeof once), w2 = godwit_writer(twice, sizeof twice);
    godwit_sdes_t s;
    if (godwit_sdes_parse(line, &s) == GODWIT_OK) {
        check(godwit_sdes_build(&s, &w) == GODWIT_OK);
        check(godwit_sdes_parse(godwit_written(&w), &s) == GODWIT_OK);
        check(godwit_sdes_build(&s, &w2) == GODWIT_OK);
        check(godwit_slice_equal(godwit_written(&w), godwit_written(&w2)));
    }
}

/* Users and service all have the key of nothing but zeros. */
static void ticket(godwit_slice_t octets)
{
    static const godwit_kms_t kms = {.crypto = &godwit_crypto_builtin, .life_ms = 1000};
    static const uint8_t psk[32] = {0}, random[GODWIT_TICKET_RANDOM] = {0};
    static godwit_tickets_seen_t seen;
    uint8_t answer[GODWIT_TICKET_MESSAGE_MAX];
    const godwit_ticket_fresh_t fresh = {.counter = 1};
    const godwit_ticket_keys_t none = {.initiator = "a", .responder = "b"};
    godwit_writer_t w = godwit_writer(answer, sizeof answer), w2 = w, w3 = w;
    godwit_ticket_keys_t keys;
    godwit_slice_t part;
    if (godwit_kms_answer(&kms, psk, "sip:a@home.test", octets, 1, random, &w) == GODWIT_OK &&
        godwit_ticket_take(&godwit_crypto_builtin, psk, octets, godwit_written(&w), &keys, &part) == GODWIT_OK) {
        within(godwit_written(&w), part);
    }
    if (godwit_ticket_resolve(psk, &fresh, "b", octets, &w2) == GODWIT_OK) {
        check(godwit_ticket_accept(&godwit_crypto_builtin, psk, godwit_written(&w2), octets, octets, 1, &seen, &keys,
                                   &w3) != GODWIT_OK);
    }
    check(godwit_ticket_confirmed(&none, octets, octets) != GODWIT_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_slice_t octets = godwit_slice(data, size);
    godwit_mikey_t m;
    if (size > MESSAGE_MAX) {
        return 0;
    }
    if (godwit_mikey_parse(octets, &m) == GODWIT_OK) {
        bodies(&m);
        keys(&m);
    }
    mbms(octets);
    local(octets);
    sdes(octets);
    ticket(octets);
    return 0;
}
