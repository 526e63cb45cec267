/* SPDX-License-Identifier: Apache-2.0
 *
 * MIKEY-TICKET: what each of the three ends does. A ticket's data are a MIKEY message of its own, sealed under the
 * service's ticket key.
 */
#include "core/agree/ims_media/ticket.h"

#include <string.h>

#include "core/agree/ims_media/seen.h"
#include "core/wire/mikey.h"

#define ID_URI 1u
#define TICKET_HEAD 6u /* type (2), subtype, version, length (2) */

enum { ROLE_INITIATOR = 1, ROLE_RESPONDER = 2, ROLE_KMS = 3 }; /* of IDR and RANDR: recalled */
enum { TEK_SALT = 3, MPK = 6 };

const uint8_t godwit_ims_media_ua[5] = {0x01, 0x00, 0x00, 0x00, 0x06};

/* ---- parts that messages share ---- */

static void begin(godwit_mikey_writer_t *w, godwit_writer_t *out, uint8_t type, uint8_t role,
                  const godwit_ticket_fresh_t *fresh)
{
    const godwit_mikey_t header = {
        .data_type = type, .csb_id = fresh->csb_id, .map_type = GODWIT_MIKEY_MAP_EMPTY, .v = role != ROLE_KMS};
    uint8_t randr[2 + sizeof fresh->rand] = {role, sizeof fresh->rand};
    memcpy(randr + 2, fresh->rand, sizeof fresh->rand);
    godwit_mikey_begin(w, out, &header);
    godwit_mikey_put_counter(w, fresh->counter);
    godwit_mikey_put(w, GODWIT_MIKEY_RANDR, godwit_slice(randr, sizeof randr));
}

static void put_name(godwit_mikey_writer_t *w, uint8_t role, const char *name)
{
    godwit_mikey_put_idr(w, role, ID_URI, godwit_slice_of_string(name));
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= GODWIT_TICKET_NAME_MAX;
}

/* The name of that role; false: there is none that could be one. */
static bool take_name(const godwit_mikey_t *m, uint8_t role, char name[GODWIT_TICKET_NAME_MAX + 1])
{
    for (size_t i = 0; i < GODWIT_MIKEY_PAYLOADS_MAX; i++) {
        godwit_slice_t id = {NULL, 0};
        uint8_t its_role = 0, type = 0;
        if (godwit_mikey_idr(godwit_mikey_find(m, GODWIT_MIKEY_IDR, i), &its_role, &type, &id) != GODWIT_OK) {
            return false;
        }
        if (its_role == role) {
            if (id.len == 0 || id.len > GODWIT_TICKET_NAME_MAX || memchr(id.ptr, 0, id.len) != NULL) {
                return false;
            }
            memset(name, 0, GODWIT_TICKET_NAME_MAX + 1);
            memcpy(name, id.ptr, id.len);
            return true;
        }
    }
    return false;
}

static void put_ticket(godwit_mikey_writer_t *w, godwit_slice_t ticket)
{
    uint8_t head[TICKET_HEAD] = {0, 1, 0, 1};
    godwit_store_u16(head + 4, (uint16_t)ticket.len);
    godwit_mikey_put(w, GODWIT_MIKEY_TICKET, godwit_slice(head, sizeof head));
    godwit_put_slice(w->out, ticket);
}

static bool take_ticket(const godwit_mikey_t *m, godwit_slice_t *ticket)
{
    const godwit_mikey_payload_t *p = godwit_mikey_find(m, GODWIT_MIKEY_TICKET, 0);
    if (p == NULL) {
        return false;
    }
    *ticket = godwit_slice(p->body.ptr + TICKET_HEAD, p->body.len - TICKET_HEAD);
    return true;
}

/* The last payload of a message that asks: V over the message itself. */
static godwit_status_t finish(godwit_mikey_writer_t *w, godwit_slice_t key)
{
    godwit_mikey_t so_far;
    godwit_status_t status = godwit_writer_status(w->out);
    if (status == GODWIT_OK) {
        status = godwit_mikey_parse(godwit_slice(w->out->buf + w->start, w->out->len - w->start), &so_far);
    }
    return status == GODWIT_OK ? godwit_mikey_put_verification(w, &so_far, key) : status;
}

static godwit_status_t read_message(godwit_slice_t octets, uint8_t type, godwit_mikey_t *m)
{
    return octets.len <= GODWIT_TICKET_MESSAGE_MAX && godwit_mikey_parse(octets, m) == GODWIT_OK && m->data_type == type
               ? GODWIT_OK
               : GODWIT_MALFORMED;
}

/* ---- keys, in a ticket and in an answer of the service ---- */

static godwit_status_t seal(const godwit_crypto_t *crypto, godwit_mikey_writer_t *w, godwit_slice_t psk,
                            const godwit_ticket_keys_t *keys)
{
    uint8_t from[8] = {0}, to[8];
    godwit_store_u64(to, keys->expires_ms);
    const godwit_mikey_key_t both[2] = {{.type = MPK,
                                         .key = godwit_slice(keys->mpk, sizeof keys->mpk),
                                         .interval = true,
                                         .from = godwit_slice(from, sizeof from),
                                         .to = godwit_slice(to, sizeof to)},
                                        {.type = TEK_SALT,
                                         .key = godwit_slice(keys->tek, sizeof keys->tek),
                                         .salt = godwit_slice(keys->salt, sizeof keys->salt)}};
    return godwit_mikey_seal(crypto, w, psk, both, 2);
}

static godwit_status_t open_keys(const godwit_crypto_t *crypto, const godwit_mikey_t *m, godwit_slice_t psk,
                                 godwit_ticket_keys_t *keys)
{
    godwit_mikey_key_t both[GODWIT_MIKEY_KEYS_MAX];
    uint8_t plain[GODWIT_TICKET_MESSAGE_MAX];
    size_t count = 0;
    godwit_status_t status = godwit_mikey_open(crypto, m, psk, plain, both, &count);
    if (status == GODWIT_OK &&
        (count != 2 || both[0].type != MPK || both[0].key.len != sizeof keys->mpk || both[0].to.len != 8 ||
         both[1].type != TEK_SALT || both[1].key.len != sizeof keys->tek || both[1].salt.len != sizeof keys->salt ||
         !take_name(m, ROLE_INITIATOR, keys->initiator) || !take_name(m, ROLE_RESPONDER, keys->responder))) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        keys->expires_ms = godwit_load_u64(both[0].to.ptr);
        memcpy(keys->mpk, both[0].key.ptr, sizeof keys->mpk);
        memcpy(keys->tek, both[1].key.ptr, sizeof keys->tek);
        memcpy(keys->salt, both[1].salt.ptr, sizeof keys->salt);
    }
    godwit_wipe(plain, sizeof plain);
    return status;
}

/* ---- the service ---- */

static godwit_status_t make_ticket(const godwit_kms_t *kms, const godwit_ticket_keys_t *keys, const uint8_t rand[16],
                                   godwit_writer_t *out)
{
    godwit_ticket_fresh_t fresh = {0};
    godwit_mikey_writer_t w;
    memcpy(fresh.rand, rand, sizeof fresh.rand);
    begin(&w, out, GODWIT_MIKEY_REQUEST_RESP, ROLE_KMS, &fresh);
    put_name(&w, ROLE_INITIATOR, keys->initiator);
    put_name(&w, ROLE_RESPONDER, keys->responder);
    return seal(kms->crypto, &w, godwit_slice(kms->ticket_key, sizeof kms->ticket_key), keys);
}

static godwit_status_t answer(const godwit_kms_t *kms, const uint8_t psk[32], const godwit_mikey_t *asked,
                              const godwit_ticket_keys_t *keys, const uint8_t rand[16], godwit_slice_t ticket,
                              godwit_writer_t *out)
{
    bool resolve = asked->data_type == GODWIT_MIKEY_RESOLVE_INIT_PSK;
    godwit_ticket_fresh_t fresh = {.csb_id = asked->csb_id};
    godwit_mikey_writer_t w;
    godwit_status_t status = godwit_mikey_counter(asked, &fresh.counter);
    if (status != GODWIT_OK) {
        return status;
    }
    memcpy(fresh.rand, rand, sizeof fresh.rand);
    begin(&w, out, resolve ? GODWIT_MIKEY_RESOLVE_RESP : GODWIT_MIKEY_REQUEST_RESP, ROLE_KMS, &fresh);
    put_name(&w, ROLE_INITIATOR, keys->initiator);
    put_name(&w, ROLE_RESPONDER, keys->responder);
    put_ticket(&w, ticket);
    return seal(kms->crypto, &w, godwit_slice(psk, 32), keys);
}

static godwit_status_t on_request(const godwit_kms_t *kms, const uint8_t psk[32], const char *user,
                                  const godwit_mikey_t *m, uint64_t now_ms, const uint8_t *random, godwit_writer_t *out)
{
    uint8_t octets[GODWIT_TICKET_MESSAGE_MAX];
    godwit_writer_t ticket = godwit_writer(octets, sizeof octets);
    godwit_ticket_keys_t keys = {.expires_ms = now_ms + kms->life_ms};
    if (!take_name(m, ROLE_INITIATOR, keys.initiator) || !take_name(m, ROLE_RESPONDER, keys.responder)) {
        return GODWIT_MALFORMED;
    }
    if (strcmp(keys.initiator, user) != 0) {
        return GODWIT_NOT_ENTITLED;
    }
    memcpy(keys.mpk, random + 32, sizeof keys.mpk);
    memcpy(keys.tek, random + 48, sizeof keys.tek);
    memcpy(keys.salt, random + 64, sizeof keys.salt);
    godwit_status_t status = make_ticket(kms, &keys, random + 16, &ticket);
    if (status == GODWIT_OK) {
        status = answer(kms, psk, m, &keys, random, godwit_written(&ticket), out);
    }
    godwit_wipe(&keys, sizeof keys);
    return status;
}

static godwit_status_t on_resolve(const godwit_kms_t *kms, const uint8_t psk[32], const char *user,
                                  const godwit_mikey_t *m, uint64_t now_ms, const uint8_t *random, godwit_writer_t *out)
{
    char name[GODWIT_TICKET_NAME_MAX + 1];
    godwit_slice_t ticket = {NULL, 0};
    godwit_mikey_t inner;
    godwit_ticket_keys_t keys;
    if (!take_name(m, ROLE_RESPONDER, name) || !take_ticket(m, &ticket) ||
        read_message(ticket, GODWIT_MIKEY_REQUEST_RESP, &inner) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status =
        open_keys(kms->crypto, &inner, godwit_slice(kms->ticket_key, sizeof kms->ticket_key), &keys);
    if (status == GODWIT_OK && (strcmp(name, user) != 0 || strcmp(keys.responder, user) != 0)) {
        status = GODWIT_NOT_ENTITLED;
    } else if (status == GODWIT_OK && keys.expires_ms <= now_ms) {
        status = GODWIT_KEY_EXPIRED;
    }
    if (status == GODWIT_OK) {
        status = answer(kms, psk, m, &keys, random, ticket, out);
    }
    godwit_wipe(&keys, sizeof keys);
    return status;
}

godwit_status_t godwit_kms_answer(const godwit_kms_t *kms, const uint8_t psk[32], const char *user,
                                  godwit_slice_t request, uint64_t now_ms, const uint8_t random[GODWIT_TICKET_RANDOM],
                                  godwit_writer_t *out)
{
    godwit_mikey_t m;
    bool resolve = read_message(request, GODWIT_MIKEY_RESOLVE_INIT_PSK, &m) == GODWIT_OK;
    godwit_status_t status = resolve ? GODWIT_OK : read_message(request, GODWIT_MIKEY_REQUEST_INIT_PSK, &m);
    if (status == GODWIT_OK) {
        status = godwit_mikey_verify(&m, &m, godwit_slice(psk, 32));
    }
    if (status != GODWIT_OK) {
        return status;
    }
    return resolve ? on_resolve(kms, psk, user, &m, now_ms, random, out)
                   : on_request(kms, psk, user, &m, now_ms, random, out);
}

/* The answer must be to what was asked: its counter and CSB ID, under the user's key. */
static godwit_status_t take_answer(const godwit_crypto_t *crypto, const uint8_t psk[32], const godwit_mikey_t *asked,
                                   const godwit_mikey_t *came, godwit_ticket_keys_t *keys)
{
    uint32_t sent = 0, back = 0;
    godwit_status_t status = open_keys(crypto, came, godwit_slice(psk, 32), keys);
    if (status == GODWIT_OK &&
        (godwit_mikey_counter(asked, &sent) != GODWIT_OK || godwit_mikey_counter(came, &back) != GODWIT_OK ||
         sent != back || asked->csb_id != came->csb_id)) {
        status = GODWIT_REPLAY;
    }
    return status;
}

/* ---- user A ---- */

godwit_status_t godwit_ticket_request(const uint8_t psk[32], const godwit_ticket_fresh_t *fresh, const char *me,
                                      const char *responder, godwit_writer_t *out)
{
    godwit_mikey_writer_t w;
    if (!is_name(me) || !is_name(responder)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    begin(&w, out, GODWIT_MIKEY_REQUEST_INIT_PSK, ROLE_INITIATOR, fresh);
    put_name(&w, ROLE_INITIATOR, me);
    put_name(&w, ROLE_RESPONDER, responder);
    return finish(&w, godwit_slice(psk, 32));
}

godwit_status_t godwit_ticket_take(const godwit_crypto_t *crypto, const uint8_t psk[32], godwit_slice_t request,
                                   godwit_slice_t octets, godwit_ticket_keys_t *keys, godwit_slice_t *ticket)
{
    char me[GODWIT_TICKET_NAME_MAX + 1], responder[GODWIT_TICKET_NAME_MAX + 1];
    godwit_mikey_t asked, came;
    if (read_message(request, GODWIT_MIKEY_REQUEST_INIT_PSK, &asked) != GODWIT_OK ||
        read_message(octets, GODWIT_MIKEY_REQUEST_RESP, &came) != GODWIT_OK || !take_ticket(&came, ticket) ||
        !take_name(&asked, ROLE_INITIATOR, me) || !take_name(&asked, ROLE_RESPONDER, responder)) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = take_answer(crypto, psk, &asked, &came, keys);
    if (status == GODWIT_OK && (strcmp(keys->initiator, me) != 0 || strcmp(keys->responder, responder) != 0)) {
        status = GODWIT_NOT_ENTITLED;
    }
    return status;
}

godwit_status_t godwit_ticket_transfer(const godwit_ticket_keys_t *keys, const godwit_ticket_fresh_t *fresh,
                                       godwit_slice_t ticket, godwit_writer_t *out)
{
    godwit_mikey_writer_t w;
    begin(&w, out, GODWIT_MIKEY_TRANSFER_INIT, ROLE_INITIATOR, fresh);
    put_name(&w, ROLE_INITIATOR, keys->initiator);
    put_name(&w, ROLE_RESPONDER, keys->responder);
    put_ticket(&w, ticket);
    return finish(&w, godwit_slice(keys->mpk, sizeof keys->mpk));
}

godwit_status_t godwit_ticket_confirmed(const godwit_ticket_keys_t *keys, godwit_slice_t transfer,
                                        godwit_slice_t octets)
{
    godwit_mikey_t sent, came;
    if (read_message(transfer, GODWIT_MIKEY_TRANSFER_INIT, &sent) != GODWIT_OK ||
        read_message(octets, GODWIT_MIKEY_TRANSFER_RESP, &came) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    return godwit_mikey_verify(&came, &sent, godwit_slice(keys->mpk, sizeof keys->mpk));
}

/* ---- user B ---- */

godwit_status_t godwit_ticket_resolve(const uint8_t psk[32], const godwit_ticket_fresh_t *fresh, const char *me,
                                      godwit_slice_t transfer, godwit_writer_t *out)
{
    godwit_slice_t ticket = {NULL, 0};
    godwit_mikey_writer_t w;
    godwit_mikey_t m;
    if (!is_name(me)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (read_message(transfer, GODWIT_MIKEY_TRANSFER_INIT, &m) != GODWIT_OK || !take_ticket(&m, &ticket)) {
        return GODWIT_MALFORMED;
    }
    begin(&w, out, GODWIT_MIKEY_RESOLVE_INIT_PSK, ROLE_RESPONDER, fresh);
    put_name(&w, ROLE_RESPONDER, me);
    put_ticket(&w, ticket);
    return finish(&w, godwit_slice(psk, 32));
}

/* Behind all MACs. */
static godwit_status_t take_once(godwit_tickets_seen_t *seen, const godwit_mikey_t *transfer, godwit_slice_t ticket,
                                 uint64_t expires_ms, uint64_t now_ms)
{
    godwit_mikey_t inner;
    godwit_slice_t rand = {NULL, 0};
    uint32_t counter = 0;
    if (read_message(ticket, GODWIT_MIKEY_REQUEST_RESP, &inner) != GODWIT_OK ||
        godwit_mikey_rand(&inner, &rand) != GODWIT_OK || rand.len != sizeof seen->entry[0].ticket ||
        godwit_mikey_counter(transfer, &counter) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    return godwit_tickets_take(seen, rand.ptr, counter, expires_ms, now_ms);
}

static godwit_status_t confirm(const godwit_ticket_keys_t *keys, const godwit_mikey_t *transfer, godwit_writer_t *out)
{
    const godwit_mikey_t header = {
        .data_type = GODWIT_MIKEY_TRANSFER_RESP, .csb_id = transfer->csb_id, .map_type = GODWIT_MIKEY_MAP_EMPTY};
    godwit_mikey_writer_t w;
    godwit_mikey_begin(&w, out, &header);
    put_name(&w, ROLE_RESPONDER, keys->responder);
    return godwit_mikey_put_verification(&w, transfer, godwit_slice(keys->mpk, sizeof keys->mpk));
}

godwit_status_t godwit_ticket_accept(const godwit_crypto_t *crypto, const uint8_t psk[32], godwit_slice_t resolve,
                                     godwit_slice_t resolved, godwit_slice_t transfer, uint64_t now_ms,
                                     godwit_tickets_seen_t *seen, godwit_ticket_keys_t *keys, godwit_writer_t *out)
{
    godwit_slice_t given = {NULL, 0}, asked_for = {NULL, 0};
    godwit_mikey_t asked, came, m;
    if (read_message(resolve, GODWIT_MIKEY_RESOLVE_INIT_PSK, &asked) != GODWIT_OK ||
        read_message(resolved, GODWIT_MIKEY_RESOLVE_RESP, &came) != GODWIT_OK ||
        read_message(transfer, GODWIT_MIKEY_TRANSFER_INIT, &m) != GODWIT_OK || !take_ticket(&m, &given) ||
        !take_ticket(&came, &asked_for) || !godwit_slice_equal(given, asked_for)) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = take_answer(crypto, psk, &asked, &came, keys);
    if (status == GODWIT_OK) {
        status = godwit_mikey_verify(&m, &m, godwit_slice(keys->mpk, sizeof keys->mpk));
    }
    if (status == GODWIT_OK) {
        status = take_once(seen, &m, given, keys->expires_ms, now_ms);
    }
    if (status == GODWIT_OK) {
        status = confirm(keys, &m, out);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(keys, sizeof *keys);
    }
    return status;
}
