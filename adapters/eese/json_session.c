/* SPDX-License-Identifier: Apache-2.0
 *
 * EAS Session Request and EAS Session Start, by pull and by push. K_e2e is wiped wherever it passed.
 */
#include <string.h>

#include "adapters/eese/json.h"
#include "godwit/emsdp.h"

#define SESSION_OCTETS_MAX 4
#define COUNTER_OCTETS_MAX 3
#define KEY_ID_MAX 7

/* ---- pull ---- */

godwit_status_t godwit_eese_pull_read(godwit_slice_t text, bool next_age, godwit_eas_session_request_t *r,
                                      char wrong[GODWIT_JSON_PATH])
{
    godwit_eas_session_request_t read;
    godwit_json_t json;
    uint64_t session_id = 0, key_id = 0, age = 0;
    godwit_json_object_t root = godwit_json_open(&json, text);
    memset(&read, 0, sizeof read);
    if (next_age) {
        (void)godwit_json_truth(&root, "lost", false, &read.lost);
        (void)godwit_json_number(&root, "above_age", !read.lost, 1, UINT32_MAX - 1, &age);
    } else {
        (void)godwit_json_imsi(&root, "imsi", true, &read.imsi);
        (void)godwit_json_number(&root, "key_id", false, 1, KEY_ID_MAX, &key_id);
    }
    (void)godwit_json_number(&root, "session_id", false, 1, UINT32_MAX, &session_id);
    godwit_json_end(&root);
    memcpy(wrong, json.wrong, GODWIT_JSON_PATH);
    const godwit_status_t status = godwit_json_close(&json);
    if (status == GODWIT_OK) {
        read.session_id = (uint32_t)session_id;
        read.key_id = (uint8_t)key_id;
        read.above_age = (uint32_t)age;
        *r = read;
    }
    return status;
}

static void set_number(json_t *json, const char *name, uint64_t value)
{
    (void)json_object_set_new(json, name, json_integer((json_int_t)value));
}

godwit_status_t godwit_eese_pull_write(const godwit_eas_session_request_t *r, char text[GODWIT_EESE_TEXT])
{
    json_t *json = json_object();
    if (r->lost) {
        (void)json_object_set_new(json, "lost", json_true());
    } else if (r->above_age != 0) {
        set_number(json, "above_age", r->above_age);
    } else {
        (void)json_object_set_new(json, "imsi", json_string(r->imsi.digits));
    }
    if (r->key_id != 0 && !r->lost && r->above_age == 0) {
        set_number(json, "key_id", r->key_id);
    }
    if (r->session_id != 0) {
        set_number(json, "session_id", r->session_id);
    }
    return godwit_json_write(json, text, GODWIT_EESE_TEXT);
}

/* ---- what is given ---- */

static void read_service(godwit_json_object_t *o, godwit_service_t *service)
{
    char name[32];
    if (godwit_json_text(o, "service", true, name, sizeof name) &&
        godwit_service_from_name(name, service) != GODWIT_OK) {
        godwit_json_fail(o, "service");
    }
}

static void read_path(godwit_json_object_t *o, bool ended, godwit_e2e_path_t *path)
{
    uint64_t id = 0, session_octets = 0, counter_octets = 0;
    (void)godwit_json_imsi(o, "imsi", true, &path->imsi);
    (void)godwit_json_name(o, "hse", true, path->hse);
    (void)godwit_json_number(o, "session_id", true, 1, UINT32_MAX, &id);
    if (!ended) {
        (void)godwit_json_number(o, "session_octets", true, 0, SESSION_OCTETS_MAX, &session_octets);
        (void)godwit_json_number(o, "counter_octets", true, 0, COUNTER_OCTETS_MAX, &counter_octets);
    }
    path->session_id = (uint32_t)id;
    path->session_octets = (uint8_t)session_octets;
    path->counter_octets = (uint8_t)counter_octets;
}

static void read_terms(godwit_json_object_t *o, godwit_eas_session_t *s)
{
    uint64_t suite = 0, key_id = 0, age = 0, life = 0, messages = 0, overlap = 0;
    read_service(o, &s->terms.service);
    (void)godwit_json_number(o, "suite", true, 1, GODWIT_SUITE_LAST, &suite);
    (void)godwit_json_number(o, "key_id", true, 1, KEY_ID_MAX, &key_id);
    (void)godwit_json_number(o, "age", true, 1, UINT32_MAX, &age);
    (void)godwit_json_number(o, "life", true, 0, UINT32_MAX, &life);
    (void)godwit_json_number(o, "messages", true, 0, UINT32_MAX, &messages);
    (void)godwit_json_number(o, "overlap", true, 0, UINT32_MAX, &overlap);
    (void)godwit_json_number(o, "agreed", true, 0, INT64_MAX, &s->agreed_ms);
    (void)godwit_json_number(o, "now", false, 0, INT64_MAX, &s->now_ms);
    (void)godwit_json_hex(o, "k_e2e", true, s->k_e2e, sizeof s->k_e2e);
    s->terms.suite = (uint8_t)suite;
    s->terms.key_id = (uint8_t)key_id;
    s->terms.age = (uint32_t)age;
    s->terms.life_s = (uint32_t)life;
    s->terms.messages = (uint32_t)messages;
    s->overlap_s = (uint32_t)overlap;
}

godwit_status_t godwit_eese_session_read(godwit_slice_t text, bool push, godwit_eas_session_t *s,
                                         char wrong[GODWIT_JSON_PATH])
{
    godwit_eas_session_t read;
    godwit_json_t json;
    godwit_json_object_t root = godwit_json_open(&json, text);
    memset(&read, 0, sizeof read);
    if (push) {
        (void)godwit_json_hex(&root, "registration", true, read.registration, sizeof read.registration);
        (void)godwit_json_name(&root, "eas_id", true, read.eas);
        (void)godwit_json_truth(&root, "ended", false, &read.ended);
    }
    read_path(&root, read.ended, &read.path);
    if (!read.ended) {
        read_terms(&root, &read);
    }
    godwit_json_end(&root);
    memcpy(wrong, json.wrong, GODWIT_JSON_PATH);
    const godwit_status_t status = godwit_json_close(&json);
    if (status == GODWIT_OK) {
        *s = read;
    }
    godwit_wipe(&read, sizeof read);
    return status;
}

static void write_terms(json_t *json, const godwit_eas_session_t *s)
{
    const char *service = godwit_service_name(s->terms.service);
    set_number(json, "session_octets", s->path.session_octets);
    set_number(json, "counter_octets", s->path.counter_octets);
    (void)json_object_set_new(json, "service", json_string(service == NULL ? "" : service));
    set_number(json, "suite", s->terms.suite);
    set_number(json, "key_id", s->terms.key_id);
    set_number(json, "age", s->terms.age);
    set_number(json, "life", s->terms.life_s);
    set_number(json, "messages", s->terms.messages);
    set_number(json, "overlap", s->overlap_s);
    set_number(json, "agreed", s->agreed_ms & INT64_MAX);
    if (s->now_ms != 0) {
        set_number(json, "now", s->now_ms & INT64_MAX);
    }
    godwit_json_set_hex(json, "k_e2e", godwit_slice(s->k_e2e, sizeof s->k_e2e));
}

godwit_status_t godwit_eese_session_write(const godwit_eas_session_t *s, bool push, char text[GODWIT_EESE_TEXT])
{
    json_t *json = json_pack("{s:s, s:s, s:I}", "imsi", s->path.imsi.digits, "hse", s->path.hse, "session_id",
                             (json_int_t)s->path.session_id);
    if (push) {
        godwit_json_set_hex(json, "registration", godwit_slice(s->registration, sizeof s->registration));
        (void)json_object_set_new(json, "eas_id", json_string(s->eas));
    }
    if (push && s->ended) {
        (void)json_object_set_new(json, "ended", json_true());
    } else {
        write_terms(json, s);
    }
    return godwit_json_write(json, text, GODWIT_EESE_TEXT);
}
