/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing: header, content, cipher, MAC, in place in the caller's buffer. A COUNT is used once, and only for a datagram
 * that was sealed whole; on an error nothing is appended and no plaintext is left behind.
 */
#include "core/emsdp/frame.h"

/* A datagram under way. */
struct sealing {
    frame_protection_t protection;
    godwit_writer_t w;
    size_t start; /* of the datagram in w */
    uint32_t *next_out;
};

static godwit_status_t begin(struct sealing *s, const godwit_crypto_t *crypto, godwit_emsdp_key_t *key, uint8_t command,
                             const godwit_writer_t *out)
{
    const bool user_plane = command == 0;
    const uint32_t limit = user_plane ? key->hot.up_limit_out : key->cp_limit_out;
    godwit_status_t status = godwit_emsdp_protection(crypto, key, user_plane, true, &s->protection);
    s->w = *out;
    s->start = out->len;
    s->next_out = user_plane ? &key->hot.up_next_out : &key->cp_next_out;
    if (status != GODWIT_OK) {
        return status;
    }
    if (*s->next_out >= limit) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    s->protection.input.count = *s->next_out;
    const godwit_emsdp_header_t header = {.user_plane = user_plane,
                                          .key_id = key->hot.key_id,
                                          .session_id = key->hot.session_id,
                                          .low_count = *s->next_out,
                                          .command = command};
    godwit_emsdp_header_put(&s->w, s->protection.framing, &header);
    return GODWIT_OK;
}

/* Enciphers the content, which begins at `content`, and appends the MAC. */
static godwit_status_t protect(struct sealing *s, uint8_t command, size_t content)
{
    uint8_t mac[32];
    const size_t len = s->w.len - s->start, mac_len = s->protection.suite->mac_len;
    if (s->w.overflow || len + mac_len > GODWIT_EMSDP_DATAGRAM_MAX) {
        return GODWIT_NO_SPACE;
    }
    uint8_t *octets = s->w.buf + content;
    godwit_status_t status = command == 0
                                 ? godwit_emsdp_cipher(&s->protection, octets, s->w.len - content)
                                 : godwit_emsdp_cipher_tlvs(&s->protection, command, octets, s->w.len - content);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_mac(&s->protection, godwit_slice(s->w.buf + s->start, len), mac);
    }
    if (status == GODWIT_OK) {
        godwit_put(&s->w, mac, mac_len);
        status = godwit_writer_status(&s->w);
    }
    return status; /* the MAC is sent: nothing to wipe */
}

/* The one place where a COUNT is consumed. */
static godwit_status_t end(struct sealing *s, godwit_status_t status, godwit_writer_t *out)
{
    if (status == GODWIT_OK) {
        *out = s->w;
        ++*s->next_out;
    } else if (s->w.len > s->start) {
        godwit_wipe(s->w.buf + s->start, s->w.len - s->start);
    }
    return status;
}

godwit_status_t godwit_emsdp_seal_user(const godwit_crypto_t *crypto, godwit_emsdp_key_t *key, godwit_slice_t payload,
                                       godwit_writer_t *out)
{
    struct sealing s;
    godwit_status_t status = begin(&s, crypto, key, 0, out);
    if (status == GODWIT_OK) {
        const size_t content = s.w.len;
        godwit_put_slice(&s.w, payload);
        status = protect(&s, 0, content);
    }
    return end(&s, status, out);
}

godwit_status_t godwit_emsdp_seal_control(const godwit_crypto_t *crypto, godwit_emsdp_key_t *key,
                                          const godwit_emsdp_control_t *m, godwit_slice_t transcript,
                                          godwit_writer_t *out)
{
    struct sealing s;
    const unsigned situation = FRAME_KEYED | (key->hot.end == GODWIT_END_DEVICE ? FRAME_UP : FRAME_DOWN);
    const size_t transcript_len = frame_has_transcript(m->command) ? GODWIT_EMSDP_TRANSCRIPT : 0;
    if (m->command == 0 || transcript.len != transcript_len) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = begin(&s, crypto, key, m->command, out);
    if (status == GODWIT_OK) {
        const uint32_t counts[2] = {key->cp_next_out, key->hot.up_next_out};
        const size_t tlvs = s.w.len;
        s.protection.transcript = transcript;
        status = godwit_emsdp_tlvs_build(m, situation, counts, &s.w);
        if (status == GODWIT_OK) {
            status = protect(&s, m->command, tlvs);
        }
    }
    return end(&s, status, out);
}
