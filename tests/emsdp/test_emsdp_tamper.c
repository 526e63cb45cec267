/* SPDX-License-Identifier: Apache-2.0
 *
 * Datagrams of the golden conversation that were changed, cut, reflected or replanted: none opens, and no key changes.
 */
#include "core/emsdp/frame.h"
#include "tests/emsdp/messages.h"

/* A datagram with what its receiver has at that moment. */
struct received {
    const char *name;
    octets_t datagram;
    godwit_emsdp_key_t to;
    uint8_t transcript[32];
    size_t transcript_len;
};

#define RECEIVED_MAX 20
static struct received all[RECEIVED_MAX];
static size_t count_of_all;
static octets_t request, start;

static ends_t generation_of(uint32_t generation)
{
    uint8_t k_session[32];
    ends_k_session(GODWIT_AGREEMENT_SEPARATE_EPS, generation, k_session);
    return ends_make(k_session, 1, (uint8_t)generation, GODWIT_FRAMING_DEFAULT);
}

static void add(const kat_record_t *r, const char *name, uint32_t generation, bool up, const octets_t *first,
                const octets_t *second)
{
    struct received *x = &all[count_of_all++];
    ends_t e = generation_of(generation);
    const godwit_slice_t d = kat_hex(r, name);
    assert_true(count_of_all <= RECEIVED_MAX);
    *x = (struct received){.name = name, .to = *ends_to(&e, up)};
    memcpy(x->datagram.at, d.ptr, d.len);
    x->datagram.len = d.len;
    if (first != NULL) {
        const godwit_slice_t exchange[] = {octets_slice(first), second == NULL ? EMPTY : octets_slice(second)};
        assert_int_equal(godwit_emsdp_transcript(CRYPTO, exchange, 2, x->transcript), GODWIT_OK);
        x->transcript_len = 32;
    }
}

static octets_t field(const kat_record_t *r, const char *name)
{
    octets_t o = {.len = kat_hex(r, name).len};
    memcpy(o.at, kat_hex(r, name).ptr, o.len);
    return o;
}

static void use_conversation(const kat_record_t *r, void *context)
{
    (void)context;
    request = field(r, "request");
    start = field(r, "start");
    const octets_t early = field(r, "early_request");
    add(r, "start", 1, false, &request, NULL);
    add(r, "confirmation", 1, true, &request, &start);
    add(r, "up_1", 1, true, NULL, NULL);
    add(r, "down_1", 1, false, NULL, NULL);
    add(r, "manage_request", 1, false, NULL, NULL);
    add(r, "down_old_key", 1, false, NULL, NULL);
    add(r, "manage_response", 2, true, NULL, NULL);
    add(r, "up_2", 2, true, NULL, NULL);
    add(r, "down_2", 2, false, NULL, NULL);
    add(r, "terminate_request", 2, true, NULL, NULL);
    add(r, "terminate_response", 2, false, NULL, NULL);
    add(r, "early_request", 3, true, NULL, NULL);
    add(r, "early_start", 3, false, &early, NULL);
    add(r, "up_3", 3, true, NULL, NULL);
    add(r, "terminate_request_down", 3, false, NULL, NULL);
    add(r, "terminate_response_up", 3, true, NULL, NULL);
}

static void use_reject(const kat_record_t *r, void *context)
{
    (void)context;
    add(r, "with_mac", 1, true, NULL, NULL);
}

static void use_full_count(const kat_record_t *r, void *context)
{
    (void)context;
    add(r, "request", 1, true, NULL, NULL);
}

static int load(void **state)
{
    (void)state;
    kat_each(GOLDEN, "conversation", use_conversation, NULL);
    kat_each(GOLDEN, "reject", use_reject, NULL);
    kat_each(GOLDEN, "full_count", use_full_count, NULL);
    return 0;
}

static godwit_status_t open_as(const struct received *x, const octets_t *d, const godwit_emsdp_key_t *key)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    const godwit_emsdp_key_t before = *key;
    const godwit_status_t status =
        godwit_emsdp_open(CRYPTO, key, octets_slice(d), godwit_slice(x->transcript, x->transcript_len), plain, &opened);
    assert_memory_equal(&before, key, sizeof before);
    return status;
}

/* ---- bits -------------------------------------------------------------------------------------------------------- */

static bool is_command(uint8_t octet)
{
    static const uint8_t commands[] = {0x10, 0x11, 0x12, 0x20, 0x21, 0x30, 0x31, 0x80};
    return memchr(commands, octet, sizeof commands) != NULL;
}

enum { FIRST = 0, SESSION = 1, COUNTER = 4, COMMAND = 5 }; /* octets, S=3 E=1 */

/* The reason for each field of the datagram. */
static godwit_status_t expected(const octets_t *bent, size_t octet, unsigned bit, bool user_plane)
{
    const unsigned key_id = bent->at[FIRST] >> 3 & 7u;
    if (octet == FIRST && bit == 6) {
        return GODWIT_MALFORMED; /* RFU */
    }
    if (octet == FIRST && bit >= 3 && bit <= 5) { /* Key ID */
        return key_id == 0 && (user_plane || bent->at[COMMAND] != GODWIT_MESSAGE_REJECT) ? GODWIT_MALFORMED
                                                                                         : GODWIT_UNKNOWN_KEY;
    }
    if (octet >= SESSION && octet < COUNTER) {
        return GODWIT_UNKNOWN_SESSION;
    }
    if (((octet == FIRST && bit == 7 && user_plane) || (octet == COMMAND && !user_plane)) &&
        !is_command(bent->at[COMMAND])) {
        return GODWIT_MALFORMED; /* no such command */
    }
    return GODWIT_MAC_FAILURE;
}

static void every_bit_of_every_datagram_is_protected(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of_all; i++) {
        const struct received *x = &all[i];
        const bool user_plane = (x->datagram.at[0] & 0x80) != 0;
        assert_int_equal(open_as(x, &x->datagram, &x->to), GODWIT_OK);
        for (size_t bit = 0; bit < 8 * x->datagram.len; bit++) {
            octets_t bent = x->datagram;
            bent.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
            const godwit_status_t got = open_as(x, &bent, &x->to);
            if (got != expected(&bent, bit / 8, bit % 8, user_plane)) {
                fail_msg("%s, bit %zu of octet %zu: %s", x->name, bit % 8, bit / 8, godwit_status_name(got));
            }
        }
    }
}

static void every_cut_and_every_addition_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of_all; i++) {
        const struct received *x = &all[i];
        for (size_t len = 0; len < x->datagram.len + 20; len++) {
            octets_t cut = x->datagram;
            memset(cut.at + cut.len, 0, 20);
            cut.len = len;
            const godwit_status_t got = open_as(x, &cut, &x->to);
            if (len != x->datagram.len) {
                const size_t least = (x->datagram.at[0] & 0x80) != 0 ? 13 : 14;
                assert_int_equal(got, len < least ? GODWIT_MALFORMED : GODWIT_MAC_FAILURE);
            }
        }
    }
}

/* ---- the request, which has no MAC of its own -------------------------------------------------------------------- */

static void a_request_that_was_changed_breaks_start_and_confirmation(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 8 * request.len; bit++) {
        octets_t bent = request;
        bent.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        for (size_t i = 0; i < 2; i++) { /* start, confirmation */
            struct received x = all[i];
            const godwit_slice_t exchange[] = {octets_slice(&bent), i == 0 ? EMPTY : octets_slice(&start)};
            assert_int_equal(godwit_emsdp_transcript(CRYPTO, exchange, 2, x.transcript), GODWIT_OK);
            assert_int_equal(open_as(&x, &x.datagram, &x.to), GODWIT_MAC_FAILURE);
        }
    }
}

static void start_and_confirmation_without_their_exchange_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct received x = all[i];
        x.transcript_len = 0;
        assert_int_equal(open_as(&x, &x.datagram, &x.to), GODWIT_MAC_FAILURE);
        x = all[i];
        memcpy(x.transcript, all[1 - i].transcript, 32);
        assert_int_equal(open_as(&x, &x.datagram, &x.to), GODWIT_MAC_FAILURE);
    }
}

/* Even with the right key: a MAC that covers no exchange is no MAC of a Confirmation. */
static void a_confirmation_that_covers_no_exchange_is_refused(void **state)
{
    (void)state;
    struct received x = all[1];
    octets_t d = hex("080000010012");
    uint8_t input[8 + 1 + 4 + 1 + 1] = {0}, mac[16];
    const godwit_slice_t part = godwit_slice(input, sizeof input);
    input[8] = d.at[0];
    input[12] = 1;
    input[14] = d.at[COMMAND];
    assert_int_equal(CRYPTO->aes128_cmac(x.to.hot.k_int, &part, 1, mac), GODWIT_OK);
    memcpy(d.at + d.len, mac, 8);
    d.len += 8;
    x.transcript_len = 0;
    assert_int_equal(open_as(&x, &d, &x.to), GODWIT_MAC_FAILURE);
}

/* The transcript stands after the command octet: were it before, transcript || body of a Confirmation would be the
 * input of a longer Terminate Request. */
static void a_confirmation_does_not_pass_as_another_command(void **state)
{
    static const uint8_t others[] = {0x10, 0x11, 0x20, 0x21, 0x30, 0x31, 0x80};
    (void)state;
    const struct received *x = &all[1];
    for (size_t i = 0; i < sizeof others; i++) {
        octets_t changed = x->datagram, with_hash = x->datagram;
        changed.at[COMMAND] = others[i];
        assert_int_equal(open_as(x, &changed, &x->to), GODWIT_MAC_FAILURE);
        memmove(with_hash.at + 6 + 32, with_hash.at + 6, with_hash.len - 6);
        memcpy(with_hash.at + 6, x->transcript, 32);
        with_hash.len += 32;
        with_hash.at[COMMAND] = others[i];
        assert_int_equal(open_as(x, &with_hash, &x->to), GODWIT_MAC_FAILURE);
    }
}

/* ---- in the wrong place ------------------------------------------------------------------------------------------ */

static void a_datagram_sent_back_to_its_sender_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of_all; i++) {
        godwit_emsdp_key_t sender = all[i].to;
        sender.hot.end ^= 1;
        assert_int_equal(open_as(&all[i], &all[i].datagram, &sender), GODWIT_MAC_FAILURE);
    }
}

static void a_datagram_of_one_plane_does_not_pass_on_the_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of_all; i++) {
        octets_t moved = all[i].datagram;
        moved.at[FIRST] ^= 0x80;
        const bool control = (moved.at[FIRST] & 0x80) == 0;
        assert_int_equal(open_as(&all[i], &moved, &all[i].to),
                         control && !is_command(moved.at[COMMAND]) ? GODWIT_MALFORMED : GODWIT_MAC_FAILURE);
    }
}

/* The payload of a user-plane datagram may look like a command: the BEARER keeps the planes apart even then. */
static void a_payload_that_looks_like_a_command_is_no_command(void **state)
{
    (void)state;
    ends_t e = ends_default(5, GODWIT_FRAMING_DEFAULT); /* no ciphering: the payload is as it was given */
    octets_t d = seal_user(&e.device, godwit_slice("\x20", 1));
    uint8_t plain[64];
    godwit_emsdp_opened_t opened;
    d.at[FIRST] ^= 0x80;
    assert_int_equal(godwit_emsdp_open(CRYPTO, &e.network, octets_slice(&d), EMPTY, plain, &opened),
                     GODWIT_MAC_FAILURE);
}

static void keys_of_another_generation_open_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of_all; i++) {
        godwit_emsdp_key_t other = all[i].to;
        other.hot.k_int[15] ^= 1;
        assert_int_equal(open_as(&all[i], &all[i].datagram, &other), GODWIT_MAC_FAILURE);
    }
}

static void a_key_that_was_never_set_opens_nothing(void **state)
{
    const godwit_emsdp_key_t unset = {.hot = {.framing = 0x31, .session_id = 1}};
    (void)state;
    assert_int_equal(open_as(&all[2], &all[2].datagram, &unset), GODWIT_UNKNOWN_KEY);
    octets_t hint = {.at = {0, 0, 0, 1, 0, 0x80, 0x0D, 1, 2, 0x0E, 8}, .len = 19};
    assert_int_equal(open_as(&all[2], &hint, &unset), GODWIT_UNKNOWN_KEY);
}

/* An authentic datagram that says what its command cannot: refused after the MAC, and the text wiped. */
static void authentic_nonsense_is_malformed(void **state)
{
    (void)state;
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    godwit_emsdp_control_t m = short_start(GODWIT_AGREEMENT_SEPARATE_EPS);
    uint8_t hash[32] = {0}, plain[64];
    godwit_emsdp_opened_t opened = {.count = 77};
    m.framing.session_octets = 2; /* Start repeats the framing: here it does not */
    const octets_t d = seal_control(&e.network, &m, godwit_slice(hash, 32));
    assert_int_equal(godwit_emsdp_open(CRYPTO, &e.device, octets_slice(&d), godwit_slice(hash, 32), plain, &opened),
                     GODWIT_MALFORMED);
    assert_int_equal(opened.count, 0); /* wiped, as is the text */
    assert_int_equal(opened.control.present, 0);
    assert_int_equal(plain[0], 0);
}

/* A holder of the key that lies: a Manage Keys Request with a right MAC under the COUNT that it claims. */
static octets_t claim(const godwit_emsdp_key_t *sender, uint32_t count, uint32_t low_count)
{
    frame_protection_t p;
    uint8_t mac[32];
    octets_t d = hex("080000010030"
                     "0c080000000000000000");
    d.at[FIRST] |= (uint8_t)(low_count & 7u);
    d.at[COUNTER] = (uint8_t)(low_count >> 3);
    godwit_store_u32(d.at + 8, count);
    assert_int_equal(godwit_emsdp_protection(CRYPTO, sender, false, true, &p), GODWIT_OK);
    p.input.count = count;
    assert_int_equal(godwit_emsdp_mac(&p, octets_slice(&d), mac), GODWIT_OK);
    memcpy(d.at + d.len, mac, 8);
    d.len += 8;
    return d;
}

static void a_claimed_count_must_exist_and_agree_with_the_header(void **state)
{
    (void)state;
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    const octets_t sound = claim(&e.device, 0x12345, 0x345), other = claim(&e.device, 0x12345, 0x346),
                   none = claim(&e.device, UINT32_MAX, 0x7FF);
    struct received x = {.name = "claim"};
    assert_int_equal(open_as(&x, &sound, &e.network), GODWIT_OK);
    assert_int_equal(open_as(&x, &other, &e.network), GODWIT_MAC_FAILURE);
    assert_int_equal(open_as(&x, &none, &e.network), GODWIT_MAC_FAILURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_every_datagram_is_protected),
        cmocka_unit_test(every_cut_and_every_addition_is_refused),
        cmocka_unit_test(a_request_that_was_changed_breaks_start_and_confirmation),
        cmocka_unit_test(start_and_confirmation_without_their_exchange_are_refused),
        cmocka_unit_test(a_confirmation_that_covers_no_exchange_is_refused),
        cmocka_unit_test(a_confirmation_does_not_pass_as_another_command),
        cmocka_unit_test(a_datagram_sent_back_to_its_sender_is_refused),
        cmocka_unit_test(a_datagram_of_one_plane_does_not_pass_on_the_other),
        cmocka_unit_test(a_payload_that_looks_like_a_command_is_no_command),
        cmocka_unit_test(keys_of_another_generation_open_nothing),
        cmocka_unit_test(a_key_that_was_never_set_opens_nothing),
        cmocka_unit_test(a_claimed_count_must_exist_and_agree_with_the_header),
        cmocka_unit_test(authentic_nonsense_is_malformed),
    };
    return cmocka_run_group_tests_name("emsdp_tamper", tests, load, NULL);
}
