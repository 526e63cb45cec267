/* SPDX-License-Identifier: Apache-2.0
 *
 * Cookies of interface A3 over UDP (docs/trigger-wire.md, section 7; the models are RFC 9018 and RFC 7296 2.6): a hash
 * under a secret of this end over address, port and device, which only who receives there can say back. Nothing is kept
 * for a sender; secrets are of one period each, and that of the one before still counts. Never: more octets to an
 * address than came from there.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"

#define PERIOD_MS 60000u
#define TELL_MS 60000u
#define LABEL "A3 cookie"

/* ---- secrets ---- */

static godwit_status_t secret_of(const godwit_iwf_keys_t *keys, uint64_t period, uint8_t secret[GODWIT_INDEX_KEY])
{
    uint8_t number[8], whole[GODWIT_SHA256_SIZE];
    const godwit_slice_t parts[] = {godwit_slice_of_string(LABEL), godwit_slice(number, sizeof number)};
    godwit_store_u64(number, period);
    const godwit_slice_t key = godwit_slice(keys->config.table_key, sizeof keys->config.table_key);
    godwit_status_t status = keys->crypto->hmac_sha256(key, parts, 2, whole);
    memcpy(secret, whole, GODWIT_INDEX_KEY);
    godwit_wipe(whole, sizeof whole);
    return status;
}

/* That of now and that of before. False: the house failed, and no cookie is good. */
static bool turn_to(godwit_iwf_keys_t *keys, uint64_t now_ms)
{
    const uint64_t period = now_ms / PERIOD_MS + 1; /* 0: there are none yet; and that of before is not below */
    if (keys->cookie_period == period) {
        return true;
    }
    keys->cookie_period = 0;
    if (secret_of(keys, period, keys->cookie_secret[0]) != GODWIT_OK ||
        secret_of(keys, period - 1, keys->cookie_secret[1]) != GODWIT_OK) {
        return false;
    }
    keys->cookie_period = period;
    return true;
}

/* ---- cookies ---- */

static void cookie_of(const uint8_t secret[GODWIT_INDEX_KEY], const godwit_imsi_t *imsi, const godwit_address_t *from,
                      uint8_t cookie[GODWIT_A3_COOKIE])
{
    uint8_t text[1 + GODWIT_ADDRESS_MAX + GODWIT_IMSI_DIGITS_MAX];
    godwit_writer_t w = godwit_writer(text, sizeof text);
    godwit_put_u8(&w, from->len);
    godwit_put(&w, from->octets, from->len);
    godwit_put(&w, (const uint8_t *)imsi->digits, imsi->len);
    godwit_store_u64(cookie, godwit_siphash(secret, godwit_written(&w)));
}

bool godwit_iwf_cookie_is_good(godwit_iwf_keys_t *keys, const godwit_a3_datagram_t *datagram,
                               const godwit_address_t *from, uint64_t now_ms)
{
    uint8_t now[GODWIT_A3_COOKIE], before[GODWIT_A3_COOKIE];
    if (!datagram->has_cookie || !turn_to(keys, now_ms)) {
        return false;
    }
    cookie_of(keys->cookie_secret[0], &datagram->imsi, from, now);
    cookie_of(keys->cookie_secret[1], &datagram->imsi, from, before);
    const bool is_now = godwit_equal_secret(now, datagram->cookie, sizeof now);
    const bool is_before = godwit_equal_secret(before, datagram->cookie, sizeof before);
    return is_now || is_before;
}

/* So that who watches sees a flood, and his log is no part of it. */
static void tell(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (keys->cookie_told_ms == 0 || in->now_ms < keys->cookie_told_ms ||
        in->now_ms - keys->cookie_told_ms >= TELL_MS) {
        keys->cookie_told_ms = in->now_ms;
        godwit_outbox_event(out, "cookies_asked", GODWIT_OK, NULL, "senders over A3 are to show that they receive");
    }
}

/* Fewer octets than came. */
static void give(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_a3_datagram_t *datagram,
                 const godwit_iwf_way_t *way, godwit_outbox_t *out)
{
    godwit_a3_cookie_answer_t answer;
    uint8_t octets[GODWIT_A3_COOKIE_ANSWER];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (in->datagram.len < sizeof octets || !godwit_a3_echo(datagram->message, answer.echo) ||
        !turn_to(keys, in->now_ms)) {
        return;
    }
    cookie_of(keys->cookie_secret[0], &datagram->imsi, &in->from, answer.cookie);
    if (godwit_a3_cookie_answer_build(&answer, &w) == GODWIT_OK) {
        godwit_iwf_send(keys, &datagram->imsi, way, godwit_written(&w), out);
        tell(keys, in, out);
    }
}

bool godwit_iwf_admits(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_iwf_way_t *way, bool is_hint,
                       godwit_outbox_t *out)
{
    godwit_a3_datagram_t datagram;
    if (godwit_a3_datagram_parse(in->datagram, &datagram) != GODWIT_OK) {
        return false;
    }
    if (godwit_iwf_may_look(keys, &datagram.imsi, way, in->now_ms) &&
        (!is_hint || godwit_iwf_has_hint(keys, &datagram.imsi, way, in->now_ms))) {
        return true;
    }
    if (way->unproved) {
        give(keys, in, &datagram, way, out);
    }
    return false;
}
