/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of diameter_node that knows protection end to end.
 */
#include "tests/diameter/diameter_node_e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECIMAL 10

bool node_e2e_is(godwit_message_kind_t kind)
{
    return kind >= GODWIT_E2E_SESSION_REQUEST && kind <= GODWIT_E2E_KEY_ANSWER;
}

static void show_terms(const godwit_e2e_terms_t *t)
{
    printf(" terms=%d/%u/%u/%u/%u/%u", (int)t->service, t->suite, t->key_id, (unsigned)t->age, (unsigned)t->life_s,
           (unsigned)t->messages);
}

void node_e2e_serve(const godwit_message_t *m, godwit_message_t *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->kind = (godwit_message_kind_t)(m->kind + 1);
    answer->from = m->to;
    answer->to = m->from;
    answer->route = m->route;
    if (m->kind == GODWIT_E2E_SESSION_REQUEST) {
        const godwit_e2e_session_request_t *r = &m->u.e2e_session_request;
        printf(
            "session event=%d imsi=%s hse=%s session=%u eas=%s agreement=%d key_set=%llu service=%d suites=%u age=%u\n",
            (int)r->event, r->path.imsi.digits, r->path.hse, (unsigned)r->path.session_id, r->eas, (int)r->agreement,
            (unsigned long long)r->key_set, (int)r->service, r->suites, (unsigned)r->age);
        answer->u.e2e_session_answer.terms =
            (godwit_e2e_terms_t){GODWIT_SERVICE_CONFIDENTIALITY, 1, 2, r->age + 1, 3600, 7};
    } else if (m->kind == GODWIT_E2E_RENEW) {
        const godwit_e2e_renew_t *r = &m->u.e2e_renew;
        printf("renew what=%d imsi=%s hse=%s eas=%s", (int)r->renewal, r->path.imsi.digits, r->path.hse, r->eas);
        show_terms(&r->terms);
        printf("\n");
    } else {
        answer->u.e2e_key_answer.status = GODWIT_UNKNOWN_KEY;
    }
}

void node_e2e_show(const godwit_message_t *m)
{
    const godwit_e2e_key_answer_t *key = &m->u.e2e_key_answer;
    char text[2 * sizeof key->k_e2e + 1];
    switch (m->kind) {
    case GODWIT_E2E_SESSION_ANSWER:
        printf(" status=%s", godwit_status_name(m->u.e2e_session_answer.status));
        show_terms(&m->u.e2e_session_answer.terms);
        break;
    case GODWIT_E2E_KEY_ANSWER:
        godwit_hex_encode(godwit_slice(key->k_e2e, sizeof key->k_e2e), text);
        printf(" status=%s age=%u k_e2e=%s", godwit_status_name(key->status), (unsigned)key->age, text);
        break;
    default:
        printf(" status=%s", godwit_status_name(m->u.outcome));
        break;
    }
}

/* ---- standard input ---- */

static const char *next(char **save)
{
    const char *word = strtok_r(NULL, " ", save);
    return word != NULL ? word : "";
}

static godwit_e2e_path_t path(const char *imsi, const char *hse)
{
    godwit_e2e_path_t p = {.session_id = 9, .session_octets = 3, .counter_octets = 1};
    (void)!godwit_imsi_from_text(imsi, &p.imsi);
    (void)snprintf(p.hse, sizeof p.hse, "%s", hse);
    return p;
}

static void ask_session(char **save, const char *identity, godwit_message_t *m)
{
    godwit_e2e_session_request_t *r = &m->u.e2e_session_request;
    m->kind = GODWIT_E2E_SESSION_REQUEST;
    m->from = GODWIT_FUNCTION_HSE;
    m->to = GODWIT_FUNCTION_EESE;
    r->event = (godwit_e2e_event_t)strtoul(next(save), NULL, DECIMAL);
    r->path = path(next(save), identity);
    (void)snprintf(r->eas, sizeof r->eas, "%s", next(save));
    r->agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    r->key_set = 77;
    r->service = GODWIT_SERVICE_CONFIDENTIALITY;
    r->suites = 0x0F;
    r->age = 4;
    (void)!godwit_plmn_from_text("001-01", &r->serving_network);
}

static void ask_renew(char **save, godwit_message_t *m)
{
    godwit_e2e_renew_t *r = &m->u.e2e_renew;
    m->kind = GODWIT_E2E_RENEW;
    m->from = GODWIT_FUNCTION_EESE;
    m->to = GODWIT_FUNCTION_HSE;
    r->renewal = (godwit_e2e_renewal_t)strtoul(next(save), NULL, DECIMAL);
    const char *imsi = next(save);
    r->path = path(imsi, next(save));
    (void)snprintf(r->eas, sizeof r->eas, "%s", next(save));
    r->agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    r->key_set = 77;
    if (r->renewal == GODWIT_E2E_NEW_AGE) {
        r->terms = (godwit_e2e_terms_t){GODWIT_SERVICE_INTEGRITY, 6, 3, 5, 60, 0};
    }
}

static void ask_key(char **save, godwit_function_t keys_at, godwit_message_t *m)
{
    godwit_e2e_key_request_t *r = &m->u.e2e_key_request;
    m->kind = GODWIT_E2E_KEY_REQUEST;
    m->from = GODWIT_FUNCTION_EESE;
    m->to = keys_at;
    (void)!godwit_imsi_from_text(next(save), &r->imsi);
    r->agreement = (godwit_agreement_t)strtoul(next(save), NULL, DECIMAL);
    r->key_set = strtoull(next(save), NULL, DECIMAL);
    (void)snprintf(r->endpoint, sizeof r->endpoint, "%s", next(save));
    r->above_age = (uint32_t)strtoul(next(save), NULL, DECIMAL);
}

bool node_e2e_ask(const char *word, char **save, const char *identity, godwit_function_t keys_at,
                  godwit_message_t *request)
{
    memset(request, 0, sizeof *request);
    if (strcmp(word, "e2e-session") == 0) {
        ask_session(save, identity, request);
    } else if (strcmp(word, "e2e-renew") == 0) {
        ask_renew(save, request);
    } else if (strcmp(word, "e2e-key") == 0) {
        ask_key(save, keys_at, request);
    } else {
        return false;
    }
    return true;
}
