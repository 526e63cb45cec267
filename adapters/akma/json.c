/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of Naanf_AKMA, and problems.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/akma/json_parts.h"
#include "core/agree/akma/akma.h"
#include "core/wire/bootstrapping_info.h"

#define UA_OCTETS 5u

/* ---- pieces ---- */

json_t *godwit_akma_json_load(godwit_slice_t text)
{
    json_t *json = text.len == 0 || text.len > GODWIT_AKMA_TEXT
                       ? NULL
                       : json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

bool godwit_akma_json_supi(const char *text, godwit_imsi_t *imsi)
{
    static const char kind[] = "imsi-";
    return text != NULL && strncmp(text, kind, sizeof kind - 1) == 0 &&
           godwit_imsi_from_text(text + sizeof kind - 1, imsi) == GODWIT_OK;
}

bool godwit_akma_json_hex(const char *text, size_t octets, uint8_t *out)
{
    size_t len = 0;
    return text != NULL && strlen(text) == 2 * octets && godwit_hex_decode(text, out, octets, &len) == GODWIT_OK;
}

/* jansson's own copy of a key. NULL is nothing. */
static void wipe(const char *text)
{
    if (text != NULL) {
        godwit_wipe((char *)(uintptr_t)text, strlen(text));
    }
}

static bool copy_a_kid(const char *from, char to[GODWIT_A_KID_MAX + 1])
{
    const size_t len = from == NULL ? 0 : strlen(from);
    bool good = len > 0 && len <= GODWIT_A_KID_MAX;
    for (size_t i = 0; good && i < len; i++) {
        good = from[i] > ' ' && from[i] <= '~' && from[i] != '"' && from[i] != '\\';
    }
    if (good) {
        memcpy(to, from, len + 1);
    }
    return good;
}

/* ---- problems ---- */

static const struct {
    godwit_status_t status;
    unsigned code;
} codes[] = {
    {GODWIT_MALFORMED, 400},      {GODWIT_NOT_ENTITLED, 403},  {GODWIT_AUTH_MAC_FAILURE, 403},
    {GODWIT_POLICY_FORBIDS, 403}, {GODWIT_UNKNOWN_KEY, 404},   {GODWIT_UNKNOWN_SUBSCRIBER, 404},
    {GODWIT_OVERLOAD, 429},       {GODWIT_PEER_INTERNAL, 500},
};
#define CODES (sizeof codes / sizeof codes[0])

unsigned godwit_akma_problem_write(godwit_status_t status, char text[GODWIT_AKMA_TEXT])
{
    size_t i = 0;
    while (i < CODES - 1 && codes[i].status != status) {
        i++;
    }
    (void)snprintf(text, GODWIT_AKMA_TEXT, "{\"status\":%u,\"cause\":\"%s\"}", codes[i].code,
                   godwit_status_name(codes[i].status));
    return codes[i].code;
}

/* A word that does not go with the code is none. */
godwit_status_t godwit_akma_problem_read(unsigned code, godwit_slice_t text)
{
    json_t *json = godwit_akma_json_load(text);
    const char *word = json_string_value(json_object_get(json, "cause"));
    godwit_status_t status = GODWIT_PEER_INTERNAL;
    for (size_t i = 0; word != NULL && i < CODES; i++) {
        if (codes[i].code == code && strcmp(word, godwit_status_name(codes[i].status)) == 0) {
            status = codes[i].status;
        }
    }
    json_decref(json);
    return status;
}

/* ---- anchor keys ---- */

void godwit_naanf_register_write(const godwit_akma_register_t *said, char text[GODWIT_AKMA_TEXT])
{
    char key[2 * sizeof said->k_akma + 1];
    if (said->a_kid[0] == '\0') {
        (void)snprintf(text, GODWIT_AKMA_TEXT, "{\"supi\":\"imsi-%s\"}", said->imsi.digits);
        return;
    }
    godwit_hex_encode(godwit_slice(said->k_akma, sizeof said->k_akma), key);
    (void)snprintf(text, GODWIT_AKMA_TEXT, "{\"supi\":\"imsi-%s\",\"aKId\":\"%s\",\"kAkma\":\"%s\"}", said->imsi.digits,
                   said->a_kid, key);
    godwit_wipe(key, sizeof key);
}

godwit_status_t godwit_naanf_register_read(godwit_slice_t text, bool removing, godwit_akma_register_t *said)
{
    godwit_akma_register_t r;
    json_t *json = godwit_akma_json_load(text);
    memset(&r, 0, sizeof r);
    bool good = godwit_akma_json_supi(json_string_value(json_object_get(json, "supi")), &r.imsi);
    if (!removing) {
        const char *key = json_string_value(json_object_get(json, "kAkma"));
        good = good && copy_a_kid(json_string_value(json_object_get(json, "aKId")), r.a_kid) &&
               godwit_akma_json_hex(key, sizeof r.k_akma, r.k_akma);
        wipe(key);
    }
    json_decref(json);
    if (good) {
        *said = r;
    }
    godwit_wipe(&r, sizeof r);
    return good ? GODWIT_OK : GODWIT_MALFORMED;
}

/* ---- keys of applications ---- */

/* An A-KID that a device has said goes into the text as it is: nothing that could end the string may stand in it. */
static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~' || *text == '"' || *text == '\\') {
            return false;
        }
    }
    return true;
}

godwit_status_t godwit_naanf_key_request_write(const godwit_akma_key_request_t *r, char text[GODWIT_AKMA_TEXT])
{
    char name[GODWIT_FQDN_MAX + 1], protocol[2 * UA_OCTETS + 1];
    const godwit_slice_t fqdn = godwit_akma_fqdn_of(godwit_slice(r->af_id, r->af_id_len));
    if (fqdn.len == 0 || !is_plain(r->a_kid)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(name, fqdn.ptr, fqdn.len);
    name[fqdn.len] = '\0';
    godwit_hex_encode(godwit_slice(r->af_id + fqdn.len, UA_OCTETS), protocol);
    (void)snprintf(text, GODWIT_AKMA_TEXT, "{\"afId\":\"%s/%s\",\"aKId\":\"%s\"}", name, protocol, r->a_kid);
    return GODWIT_OK;
}

/* FQDN / five octets in hex. */
static bool read_af_id(const char *text, godwit_akma_key_request_t *r)
{
    const char *slash = text == NULL ? NULL : strchr(text, '/');
    const size_t len = slash == NULL ? 0 : (size_t)(slash - text);
    if (len == 0 || len > GODWIT_FQDN_MAX || !godwit_akma_json_hex(slash + 1, UA_OCTETS, r->af_id + len)) {
        return false;
    }
    memcpy(r->af_id, text, len);
    r->af_id_len = (uint16_t)(len + UA_OCTETS);
    return true;
}

godwit_status_t godwit_naanf_key_request_read(godwit_slice_t text, godwit_akma_key_request_t *request)
{
    godwit_akma_key_request_t r;
    json_t *json = godwit_akma_json_load(text);
    memset(&r, 0, sizeof r);
    bool good = read_af_id(json_string_value(json_object_get(json, "afId")), &r) &&
                copy_a_kid(json_string_value(json_object_get(json, "aKId")), r.a_kid);
    json_decref(json);
    if (good) {
        *request = r;
    }
    return good ? GODWIT_OK : GODWIT_MALFORMED;
}

void godwit_naanf_key_answer_write(const godwit_akma_key_answer_t *answer, char text[GODWIT_AKMA_TEXT])
{
    char key[2 * sizeof answer->k_af + 1], expiry[32];
    godwit_writer_t w = godwit_writer(expiry, sizeof expiry - 1);
    godwit_put_date_time(&w, answer->expires_ms / 1000);
    expiry[w.len] = '\0';
    godwit_hex_encode(godwit_slice(answer->k_af, sizeof answer->k_af), key);
    (void)snprintf(text, GODWIT_AKMA_TEXT,
                   "{\"expiry\":\"%s\",\"kaf\":\"%s\",\"supi\":\"imsi-%s\",\"godwitCreated\":%llu}", expiry, key,
                   answer->imsi.digits, (unsigned long long)answer->created_ms);
    godwit_wipe(key, sizeof key);
}

static bool read_key(const json_t *json, godwit_akma_key_answer_t *a)
{
    const char *key = json_string_value(json_object_get(json, "kaf"));
    const char *expiry = json_string_value(json_object_get(json, "expiry"));
    const json_t *created = json_object_get(json, "godwitCreated");
    uint64_t seconds = 0;
    bool good = godwit_akma_json_supi(json_string_value(json_object_get(json, "supi")), &a->imsi) &&
                godwit_akma_json_hex(key, sizeof a->k_af, a->k_af) && expiry != NULL &&
                godwit_date_time_parse(godwit_slice_of_string(expiry), &seconds) == GODWIT_OK &&
                (created == NULL || (json_is_integer(created) && json_integer_value(created) >= 0));
    a->expires_ms = seconds * 1000;
    a->created_ms = created == NULL ? 0 : (uint64_t)json_integer_value(created);
    wipe(key);
    return good;
}

void godwit_naanf_key_answer_read(unsigned code, godwit_slice_t text, godwit_akma_key_answer_t *answer)
{
    memset(answer, 0, sizeof *answer);
    if (code != 200) {
        answer->status = godwit_akma_problem_read(code, text);
        return;
    }
    json_t *json = godwit_akma_json_load(text);
    if (!read_key(json, answer)) {
        godwit_wipe(answer, sizeof *answer);
        answer->status = GODWIT_PEER_INTERNAL;
    }
    json_decref(json);
}
