/* SPDX-License-Identifier: Apache-2.0
 *
 * Who means harm to what is end to end: an HSE that reads, forges and says again what it forwards, also over a change
 * of keys; another enterprise, another HSE, and whoever listens. Each really tries, in a world of its own.
 */
#include <string.h>

#include "lab/e2e_run.h"
#include "lab/internal.h"
#include "lab/table.h"

#define AFTER_MS 3000u
#define LIFE_MS 600000u
#define NUMBERS 1000000u /* of datagrams that the attacker says */
#define HEARD 8

typedef struct tap {
    lab_packet_t *up[HEARD], *down;
    size_t count;
} tap_t;

/* User-plane datagrams as they pass between device and HSE. */
static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    tap_t *t = context;
    godwit_emsdp_header_t h;
    const unsigned device = godwit_world_device_node(0);
    if (p->leg != GODWIT_WORLD_LEG_EMSDP ||
        godwit_emsdp_peek(godwit_slice(p->octets, p->len), lab_framing(w, GODWIT_WORLD_HSE), &h) != GODWIT_OK ||
        !h.user_plane) {
        return true;
    }
    if (p->from == device && t->count < HEARD) {
        t->up[t->count++] = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    } else if (p->to == device && t->down == NULL) {
        t->down = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    }
    return true;
}

/* ---- attacks: true when they succeed ---- */

static unsigned arrived(const godwit_world_t *w)
{
    return godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
}

static void say_up(godwit_world_t *w, unsigned node, godwit_slice_t octets, uint64_t number)
{
    godwit_message_t m = {.kind = GODWIT_USER_PLANE_UP, .to = GODWIT_FUNCTION_EAS, .transaction = 1};
    const godwit_session_record_t *session = godwit_world_session(w, 0);
    if (session == NULL || octets.len > sizeof m.u.user_plane.datagram) {
        return;
    }
    m.u.user_plane.session_id = session->session_id;
    m.u.user_plane.imsi = session->imsi;
    m.u.user_plane.number = NUMBERS + number;
    m.u.user_plane.len = (uint16_t)octets.len;
    memcpy(m.u.user_plane.datagram, octets.ptr, octets.len);
    lab_send_message(w, node, &m);
    godwit_world_run(w, 100);
}

static bool reads(godwit_world_t *w, tap_t *t)
{
    (void)t;
    godwit_world_search(w);
    return (w->secrets.held[GODWIT_WORLD_HSE] & (1u << GODWIT_LAB_K_E2E | 1u << GODWIT_LAB_TEXT)) != 0;
}

static bool forges(godwit_world_t *w, tap_t *t)
{
    const unsigned before = arrived(w);
    for (size_t at = 0; at < t->up[0]->len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            t->up[0]->octets[at] ^= (uint8_t)(1u << bit);
            say_up(w, GODWIT_WORLD_HSE, godwit_slice(t->up[0]->octets, t->up[0]->len), 8 * at + bit);
            t->up[0]->octets[at] ^= (uint8_t)(1u << bit);
        }
    }
    return arrived(w) != before;
}

static bool forges_down(godwit_world_t *w, tap_t *t)
{
    const unsigned before = godwit_world_received(w, 0);
    for (size_t at = 0; t->down != NULL && at < t->down->len; at++) {
        t->down->octets[at] ^= 1u;
        godwit_world_inject(w, 0, false, godwit_slice(t->down->octets, t->down->len));
        t->down->octets[at] ^= 1u;
        godwit_world_inject(w, 0, false, godwit_slice(t->down->octets, t->down->len));
        godwit_world_run(w, 100);
    }
    return godwit_world_received(w, 0) != before || t->down == NULL;
}

static bool says_all(godwit_world_t *w, const tap_t *t, unsigned node)
{
    const unsigned before = arrived(w);
    for (size_t i = 0; i < t->count; i++) {
        say_up(w, node, godwit_slice(t->up[i]->octets, t->up[i]->len), i);
    }
    return arrived(w) != before;
}

static bool replays(godwit_world_t *w, tap_t *t)
{
    return says_all(w, t, GODWIT_WORLD_HSE);
}

static bool replays_over_ages(godwit_world_t *w, tap_t *t)
{
    const uint32_t before = lab_e2e_changes(w, 0);
    bool succeeds = false;
    for (unsigned i = 0; i < 24; i++) { /* within the overlap, and after it */
        godwit_world_run(w, LIFE_MS / 8);
        (void)godwit_world_submit(w, 0);
        godwit_world_run(w, AFTER_MS);
        succeeds = says_all(w, t, GODWIT_WORLD_HSE) || succeeds;
    }
    return succeeds || lab_e2e_changes(w, 0) < before + 2;
}

static bool speaks_as_another_hse(godwit_world_t *w, tap_t *t)
{
    godwit_world_part(w, godwit_world_device_node(0), GODWIT_WORLD_EVERYBODY, AFTER_MS);
    return says_all(w, t, GODWIT_WORLD_STRANGER);
}

static bool is_given(godwit_world_t *w, const godwit_message_t *m)
{
    w->access_answered = false;
    lab_send_message(w, GODWIT_WORLD_STRANGER, m);
    godwit_world_run(w, AFTER_MS);
    const godwit_message_t *a = &w->access_answer;
    return w->access_answered && m->kind == GODWIT_EAS_SESSION_PULL && a->kind == GODWIT_EAS_SESSION_PULL_ANSWER &&
           a->u.eas_session.status == GODWIT_OK;
}

/* It registers as itself, and asks under its own registration and under the other's. */
static bool asks_as_another_eas(godwit_world_t *w, tap_t *t)
{
    godwit_message_t m = {.kind = GODWIT_EAS_REGISTER, .to = GODWIT_FUNCTION_EESE, .transaction = 1};
    bool succeeds = false;
    (void)t;
    memcpy(m.u.eas_register.eas, lab_host(GODWIT_WORLD_STRANGER), strlen(lab_host(GODWIT_WORLD_STRANGER)) + 1);
    (void)is_given(w, &m);
    const godwit_message_t registered = w->access_answer;
    for (unsigned i = 0; i < 4; i++) {
        godwit_eas_session_request_t *r = &m.u.eas_session_request;
        m = (godwit_message_t){.kind = GODWIT_EAS_SESSION_PULL, .to = GODWIT_FUNCTION_EESE, .transaction = 1};
        r->imsi = lab_imsi(0);
        r->lost = i % 2 != 0;
        memcpy(r->registration, i < 2 ? registered.u.eas_register_answer.registration : w->eas->registration,
               sizeof r->registration);
        succeeds = is_given(w, &m) || succeeds;
    }
    return succeeds;
}

static bool sends_as_another_eas(godwit_world_t *w, tap_t *t)
{
    godwit_message_t m = {.kind = GODWIT_USER_PLANE_DOWN, .to = GODWIT_FUNCTION_HSE, .transaction = 1};
    const unsigned before = godwit_world_received(w, 0), sent = w->devices[0].sent_down;
    const godwit_session_record_t *session = godwit_world_session(w, 0);
    if (session == NULL || t->down == NULL) {
        return true;
    }
    m.u.user_plane.session_id = session->session_id;
    m.u.user_plane.len = (uint16_t)t->down->len;
    memcpy(m.u.user_plane.datagram, t->down->octets, t->down->len);
    memcpy(m.u.user_plane.hse, lab_host(GODWIT_WORLD_HSE), strlen(lab_host(GODWIT_WORLD_HSE)) + 1);
    (void)is_given(w, &m);
    return godwit_world_received(w, 0) != before || w->devices[0].sent_down != sent;
}

/* ---- the list ---- */

static const struct {
    const char *who, *what;
    bool (*tries)(godwit_world_t *w, tap_t *t);
    godwit_service_t service;
    bool expected;
} attacks[GODWIT_LAB_E2E_ATTACKS] = {
    {"the HSE", "reads what it forwards", reads, GODWIT_SERVICE_CONFIDENTIALITY, false},
    {"the HSE", "changes what it forwards, bit by bit", forges, GODWIT_SERVICE_CONFIDENTIALITY, false},
    {"the HSE", "changes what is not ciphered", forges, GODWIT_SERVICE_INTEGRITY, false},
    {"the HSE", "makes messages for the device, or says them again", forges_down, GODWIT_SERVICE_CONFIDENTIALITY,
     false},
    {"the HSE", "says readings again", replays, GODWIT_SERVICE_CONFIDENTIALITY, false},
    {"the HSE", "says readings again over changes of keys", replays_over_ages, GODWIT_SERVICE_CONFIDENTIALITY, false},
    {"another HSE", "says readings of a session that is not its own", speaks_as_another_hse, GODWIT_SERVICE_INTEGRITY,
     false},
    {"another EAS", "asks the EESE for the key", asks_as_another_eas, GODWIT_SERVICE_CONFIDENTIALITY, false},
    {"another EAS", "sends to the device", sends_as_another_eas, GODWIT_SERVICE_CONFIDENTIALITY, false},
};

void godwit_lab_try_e2e(godwit_lab_e2e_attack_t list[GODWIT_LAB_E2E_ATTACKS])
{
    for (size_t i = 0; i < GODWIT_LAB_E2E_ATTACKS; i++) {
        const godwit_lab_run_t run = {.procedure = GODWIT_LAB_E2E,
                                      .seed = 1,
                                      .devices = 1,
                                      .e2e = {.source = '3', .service = attacks[i].service}};
        tap_t tap = {0};
        godwit_lab_report_t report = {.ok = true};
        godwit_world_config_t config = godwit_lab_e2e_world(&run);
        config.wire = on_wire;
        config.context = &tap;
        godwit_world_t *w = godwit_world_new(&config);
        bool ready = true;
        for (unsigned n = 0; n < 4; n++) {
            ready = godwit_lab_round_of_readings(w, &report) && ready;
            godwit_world_submit_down(w, 0, "a message");
            godwit_world_run(w, AFTER_MS);
        }
        ready = ready && tap.count > 0 && w->violation == NULL;
        list[i] =
            (godwit_lab_e2e_attack_t){.who = attacks[i].who, .what = attacks[i].what, .expected = attacks[i].expected};
        list[i].succeeded = !ready || attacks[i].tries(w, &tap) || w->violation != NULL;
        for (size_t n = 0; n < tap.count; n++) {
            lab_free(tap.up[n]);
        }
        lab_free(tap.down);
        godwit_world_free(w);
    }
}

/* ---- rows ---- */

size_t godwit_lab_e2e_rows(godwit_lab_e2e_row_t rows[GODWIT_LAB_E2E_ROWS_MAX])
{
    static const char sources[] = "ABCDE23";
    size_t count = 0;
    for (int access = GODWIT_WORLD_WIFI; access <= GODWIT_WORLD_UMTS; access++) {
        for (const char *source = sources; *source != '\0'; source++) {
            if (access != GODWIT_WORLD_WIFI || *source == '3') {
                rows[count++].run =
                    (godwit_lab_run_t){.procedure = GODWIT_LAB_E2E,
                                       .access = (godwit_world_access_t)access,
                                       .seed = 1,
                                       .devices = 1,
                                       .e2e = {.source = *source, .roaming = access != GODWIT_WORLD_WIFI}};
            }
        }
    }
    for (int service = GODWIT_SERVICE_KEY_AGREEMENT; service <= GODWIT_SERVICE_INTEGRITY; service++) {
        rows[count] = rows[0];
        rows[count++].run.e2e.service = (godwit_service_t)service;
    }
    return count;
}

void godwit_lab_measure_e2e(godwit_lab_e2e_row_t *row)
{
    godwit_lab_run_t plain = {
        .procedure = GODWIT_LAB_SEPARATE_AKA, .access = row->run.access, .seed = 1, .devices = 1, .fast = true};
    const char *why = godwit_lab_run_check(&row->run);
    if (why != NULL) {
        memset(&row->report, 0, sizeof row->report);
        godwit_lab_fail(&row->report, why);
        return;
    }
    godwit_lab_run(&row->run, NULL, &row->report);
    godwit_lab_run(&plain, NULL, &row->solution_3);
}
