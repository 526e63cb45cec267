/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of the MKEF, by jansson: every member is known, and of its form, or the text is refused.
 */
#include "adapters/mkef/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define SESSION_OCTETS_MAX 4
#define COUNTER_OCTETS_MAX 3

/* ---- reasons and codes of HTTP ---- */

static const struct {
    godwit_status_t status;
    unsigned code;
} codes[] = {
    {GODWIT_OK, 200},
    {GODWIT_MALFORMED, 400},
    {GODWIT_NOT_ENTITLED, 403},
    {GODWIT_POLICY_FORBIDS, 403},
    {GODWIT_UNKNOWN_SUBSCRIBER, 404},
    {GODWIT_REPLAY, 409},
    {GODWIT_KEY_EXPIRED, 410},
    {GODWIT_MAC_FAILURE, 422},
    {GODWIT_OVERLOAD, 429},
    {GODWIT_PEER_INTERNAL, 500},
};
#define CODES (sizeof codes / sizeof codes[0])

/* ---- pieces ---- */

static bool is_hex(const char *text, size_t octets, uint8_t *out)
{
    size_t len = 0;
    return text != NULL && strlen(text) == 2 * octets && godwit_hex_decode(text, out, octets, &len) == GODWIT_OK;
}

/* The whole text is one JSON object without a member twice. */
static json_t *load(godwit_slice_t text)
{
    json_t *json = text.len == 0 ? NULL : json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

/* ---- the request ---- */

godwit_status_t godwit_mkef_request_write(const godwit_mtc_key_request_t *r, char text[GODWIT_MKEF_TEXT])
{
    char hex[2 * GODWIT_MTC_DATAGRAM_MAX + 1];
    if (r->datagram_len == 0 || r->datagram_len > sizeof r->datagram || r->session_octets > SESSION_OCTETS_MAX ||
        r->counter_octets > COUNTER_OCTETS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_hex_encode(godwit_slice(r->datagram, r->datagram_len), hex);
    (void)snprintf(text, GODWIT_MKEF_TEXT, "{\"session_octets\":%u,\"counter_octets\":%u,\"datagram\":\"%s\"}",
                   (unsigned)r->session_octets, (unsigned)r->counter_octets, hex);
    return GODWIT_OK;
}

godwit_status_t godwit_mkef_request_read(godwit_slice_t text, godwit_mtc_key_request_t *request)
{
    godwit_mtc_key_request_t r;
    const char *datagram = NULL;
    int session_octets = -1, counter_octets = -1;
    json_t *json = load(text);
    memset(&r, 0, sizeof r);
    bool good = json != NULL && json_unpack(json, "{s:i,s:i,s:s!}", "session_octets", &session_octets, "counter_octets",
                                            &counter_octets, "datagram", &datagram) == 0;
    good = good && session_octets >= 0 && session_octets <= SESSION_OCTETS_MAX && counter_octets >= 0 &&
           counter_octets <= COUNTER_OCTETS_MAX;
    const size_t octets = good ? strlen(datagram) / 2 : 0;
    good = octets > 0 && octets <= sizeof r.datagram && is_hex(datagram, octets, r.datagram);
    json_decref(json);
    if (!good) {
        return GODWIT_MALFORMED;
    }
    r.session_octets = (uint8_t)session_octets;
    r.counter_octets = (uint8_t)counter_octets;
    r.datagram_len = (uint16_t)octets;
    *request = r;
    return GODWIT_OK;
}

/* ---- the answer ---- */

static void write_key(const godwit_mtc_key_answer_t *a, char text[GODWIT_MKEF_TEXT])
{
    static const uint8_t none[GODWIT_TEMPORARY_IDENTITY];
    char key[2 * sizeof a->k_mtc + 1], temporary[2 * sizeof a->temporary + 1];
    const bool has_temporary = memcmp(a->temporary, none, sizeof none) != 0;
    godwit_hex_encode(godwit_slice(a->k_mtc, sizeof a->k_mtc), key);
    godwit_hex_encode(godwit_slice(a->temporary, sizeof a->temporary), temporary);
    (void)snprintf(text, GODWIT_MKEF_TEXT, "{\"imsi\":\"%s\",\"server_id\":\"%s\",\"k_mtc\":\"%s\"%s%s%s}",
                   a->imsi.digits, a->server_id, key, has_temporary ? ",\"temporary\":\"" : "",
                   has_temporary ? temporary : "", has_temporary ? "\"" : "");
    godwit_wipe(key, sizeof key);
}

unsigned godwit_mkef_answer_write(const godwit_mtc_key_answer_t *answer, char text[GODWIT_MKEF_TEXT])
{
    if (answer->status == GODWIT_OK) {
        write_key(answer, text);
        return codes[0].code;
    }
    size_t i = 1;
    while (i < CODES - 1 && codes[i].status != answer->status) {
        i++;
    }
    (void)snprintf(text, GODWIT_MKEF_TEXT, "{\"error\":\"%s\"}", godwit_status_name(codes[i].status));
    return codes[i].code;
}

static bool copy_name(const char *from, char to[GODWIT_FQDN_MAX + 1])
{
    const size_t len = strlen(from);
    if (len > GODWIT_FQDN_MAX || !godwit_fqdn_is_canonical(godwit_slice_of_string(from))) {
        return false;
    }
    memcpy(to, from, len + 1);
    return true;
}

static bool read_key(json_t *json, godwit_mtc_key_answer_t *a)
{
    const char *imsi = NULL, *server_id = NULL, *key = NULL, *temporary = NULL;
    bool good = json_unpack(json, "{s:s,s:s,s:s,s?s!}", "imsi", &imsi, "server_id", &server_id, "k_mtc", &key,
                            "temporary", &temporary) == 0;
    good = good && godwit_imsi_from_text(imsi, &a->imsi) == GODWIT_OK && copy_name(server_id, a->server_id) &&
           is_hex(key, sizeof a->k_mtc, a->k_mtc) &&
           (temporary == NULL || is_hex(temporary, sizeof a->temporary, a->temporary));
    if (key != NULL) {
        godwit_wipe((char *)(uintptr_t)key, strlen(key)); /* jansson's own copy */
    }
    return good;
}

/* A word that does not go with the code is none. */
static godwit_status_t refusal(unsigned code, const char *word)
{
    for (size_t i = 1; i < CODES; i++) {
        if (codes[i].code == code && (word == NULL || strcmp(word, godwit_status_name(codes[i].status)) == 0)) {
            return codes[i].status;
        }
    }
    return GODWIT_PEER_INTERNAL;
}

void godwit_mkef_answer_read(unsigned code, godwit_slice_t text, godwit_mtc_key_answer_t *answer)
{
    json_t *json = load(text);
    memset(answer, 0, sizeof *answer);
    if (code != codes[0].code) {
        answer->status = refusal(code, json_string_value(json_object_get(json, "error")));
    } else if (json == NULL || !read_key(json, answer)) {
        godwit_wipe(answer, sizeof *answer);
        answer->status = GODWIT_PEER_INTERNAL;
    }
    json_decref(json);
}
