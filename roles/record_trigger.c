/* SPDX-License-Identifier: Apache-2.0
 *
 * How servers name a device; and the searches of triggers and their counts, for owners that keep records in memory: the
 * store has indexes for them.
 */
#include <string.h>

#include "roles/record.h"

static bool has_octets(const godwit_record_key_t *key)
{
    static const uint8_t none[16];
    return memcmp(key->octets, none, sizeof none) != 0;
}

static bool is_wanted(const godwit_trigger_record_t *t, const godwit_record_key_t *key)
{
    if (has_octets(key)) {
        return t->action.reference == key->session_id && memcmp(t->source_key, key->octets, sizeof key->octets) == 0;
    }
    if (key->imsi.len > 0 && key->session_id != 0) {
        return (uint32_t)t->number == key->session_id && godwit_imsi_equal(&t->imsi, &key->imsi);
    }
    return key->imsi.len > 0 ? t->state == GODWIT_TRIGGER_WAITING && godwit_imsi_equal(&t->imsi, &key->imsi)
                             : t->due_ms <= key->at_ms;
}

/* Of a device by priority, of all by the time that they are due; then in the order of arrival. */
static bool is_before(const godwit_trigger_record_t *a, const godwit_trigger_record_t *b, bool of_device)
{
    if (of_device && a->action.priority != b->action.priority) {
        return a->action.priority;
    }
    if (!of_device && a->due_ms != b->due_ms) {
        return a->due_ms < b->due_ms;
    }
    return a->number < b->number;
}

const godwit_record_t *godwit_trigger_find(const godwit_record_t *records, size_t count, const godwit_record_key_t *key)
{
    const godwit_record_t *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (records[i].kind == GODWIT_RECORD_TRIGGER && is_wanted(&records[i].u.trigger, key) &&
            (found == NULL || is_before(&records[i].u.trigger, &found->u.trigger, key->imsi.len > 0))) {
            found = &records[i];
        }
    }
    return found;
}

static bool is_counted(const godwit_trigger_record_t *t, const godwit_record_key_t *key)
{
    return t->state <= GODWIT_TRIGGER_SENT &&
           (key->imsi.len > 0 ? godwit_imsi_equal(&t->imsi, &key->imsi)
                              : memcmp(t->source_key, key->octets, sizeof key->octets) == 0);
}

void godwit_trigger_count(const godwit_record_t *records, size_t count, const godwit_record_key_t *key,
                          godwit_record_t *tally)
{
    memset(tally, 0, sizeof *tally);
    tally->kind = GODWIT_RECORD_TRIGGER_TALLY;
    godwit_trigger_tally_record_t *t = &tally->u.trigger_tally;
    memcpy(t->source_key, key->octets, sizeof t->source_key);
    t->imsi = key->imsi;
    for (size_t i = 0; i < count; i++) {
        const godwit_trigger_record_t *trigger = &records[i].u.trigger;
        if (records[i].kind == GODWIT_RECORD_TRIGGER) {
            t->pending += is_counted(trigger, key);
            t->highest = trigger->number > t->highest ? trigger->number : t->highest;
        }
    }
}

bool godwit_device_action_is_same(const godwit_device_action_t *a, const godwit_device_action_t *b)
{
    return a->action == b->action && a->old_reference == b->old_reference && a->port == b->port &&
           a->priority == b->priority && a->payload_len == b->payload_len &&
           memcmp(a->payload, b->payload, a->payload_len) == 0 &&
           strcmp(a->device.external_id, b->device.external_id) == 0 && strcmp(a->device.msisdn, b->device.msisdn) == 0;
}

/* ---- external identifier (TS 23.003 19.7.2: a NAI of RFC 4282) and MSISDN: what is no name is told apart before anything is looked up by it ---- */

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 4282 2.1: words of these characters with single dots between them. */
static bool is_local_part(const char *text, size_t len)
{
    static const char others[] = "!#$%&'*+-/=?^_`{|}~";
    bool in_word = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' ? !in_word
                           : !is_letter_or_digit(text[i]) && memchr(others, text[i], sizeof others - 1) == NULL) {
            return false;
        }
        in_word = text[i] != '.';
    }
    return in_word;
}

static size_t length(const char *text, size_t cap)
{
    size_t len = 0;
    while (len < cap && text[len] != '\0') {
        len++;
    }
    return len;
}

/* The name with its domain in lower case; false when it is none. */
static bool canonical(const char *external_id, char to[GODWIT_EXTERNAL_ID_MAX + 1])
{
    const size_t len = length(external_id, GODWIT_EXTERNAL_ID_MAX + 1);
    const char *at = len <= GODWIT_EXTERNAL_ID_MAX ? memchr(external_id, '@', len) : NULL;
    if (at == NULL) {
        return false;
    }
    const size_t domain = (size_t)(at - external_id) + 1;
    memset(to, 0, GODWIT_EXTERNAL_ID_MAX + 1);
    for (size_t i = 0; i < len; i++) {
        const char c = external_id[i];
        to[i] = i >= domain && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return is_local_part(to, domain - 1) &&
           godwit_fqdn_is_canonical(godwit_slice((const uint8_t *)to + domain, len - domain)) &&
           memchr(to + domain, '.', len - domain) != NULL;
}

static bool is_msisdn(const char *text)
{
    const size_t len = length(text, GODWIT_MSISDN_MAX + 1);
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    return len > 0 && len <= GODWIT_MSISDN_MAX;
}

bool godwit_external_name_is_good(const godwit_external_name_t *name)
{
    char external_id[GODWIT_EXTERNAL_ID_MAX + 1];
    const bool has_id = name->external_id[0] != '\0';
    const bool has_msisdn = name->msisdn[0] != '\0';
    return (has_id || has_msisdn) && (!has_id || canonical(name->external_id, external_id)) &&
           (!has_msisdn || is_msisdn(name->msisdn));
}

godwit_status_t godwit_external_name_keys(const godwit_crypto_t *crypto, const godwit_external_name_t *name,
                                          uint8_t external_id[16], uint8_t msisdn[16])
{
    char text[GODWIT_EXTERNAL_ID_MAX + 1];
    memset(external_id, 0, 16);
    memset(msisdn, 0, 16);
    if (!godwit_external_name_is_good(name)) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = GODWIT_OK;
    if (canonical(name->external_id, text)) {
        status = godwit_name_key(crypto, text, external_id);
    }
    if (status == GODWIT_OK && name->msisdn[0] != '\0') {
        status = godwit_name_key(crypto, name->msisdn, msisdn);
    }
    return status;
}
