/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP of AUSF and AAnF (docs/akma.md), with the JSON of the real adapter.
 */
#include <string.h>

#include "adapters/akma/json.h"
#include "lab/internal.h"

bool lab_is_http_akma(godwit_message_kind_t kind)
{
    switch (kind) {
    case GODWIT_5G_AUTH_REQUEST:
    case GODWIT_5G_AUTH_ANSWER:
    case GODWIT_5G_CONFIRM:
    case GODWIT_5G_CONFIRM_ANSWER:
    case GODWIT_AKMA_REGISTER:
    case GODWIT_AKMA_REGISTER_ANSWER:
    case GODWIT_AKMA_KEY_REQUEST:
    case GODWIT_AKMA_KEY_ANSWER:
        return true;
    default:
        return false;
    }
}

/* ---- writing ---- */

static size_t write_request(const godwit_message_t *m, unsigned to, char *text, size_t size)
{
    char body[GODWIT_AKMA_TEXT] = "", confirmation[GODWIT_AKMA_TEXT];
    const char *path = GODWIT_NAANF_RETRIEVE;
    godwit_status_t status = GODWIT_OK;
    switch (m->kind) {
    case GODWIT_5G_AUTH_REQUEST:
        path = GODWIT_NAUSF_AUTHENTICATIONS;
        status = godwit_nausf_request_write(&m->u.auth_5g_request, body);
        break;
    case GODWIT_5G_CONFIRM:
        godwit_nausf_path_write(m->u.confirm_5g.rand, confirmation);
        path = confirmation;
        godwit_nausf_confirm_write(&m->u.confirm_5g, body);
        break;
    case GODWIT_AKMA_REGISTER:
        path = m->u.akma_register.a_kid[0] != '\0' ? GODWIT_NAANF_REGISTER : GODWIT_NAANF_REMOVE;
        godwit_naanf_register_write(&m->u.akma_register, body);
        break;
    default:
        status = godwit_naanf_key_request_write(&m->u.akma_key_request, body);
        break;
    }
    size_t len = status == GODWIT_OK ? lab_http_write_request("POST", lab_host(to), path, body, text, size) : 0;
    godwit_wipe(body, sizeof body);
    return len;
}

static godwit_status_t status_of(const godwit_message_t *m)
{
    return m->kind == GODWIT_5G_AUTH_ANSWER    ? m->u.auth_5g_answer.status
           : m->kind == GODWIT_AKMA_KEY_ANSWER ? m->u.akma_key_answer.status
                                               : m->u.outcome;
}

static size_t write_answer(const godwit_message_t *m, char *text, size_t size)
{
    char body[GODWIT_AKMA_TEXT] = "";
    unsigned code = 200;
    godwit_status_t status = status_of(m);
    if (m->kind == GODWIT_5G_CONFIRM_ANSWER && (status == GODWIT_OK || status == GODWIT_AUTH_MAC_FAILURE)) {
        godwit_nausf_result_write(status, body);
    } else if (status != GODWIT_OK) {
        code = godwit_akma_problem_write(status, body);
    } else if (m->kind == GODWIT_5G_AUTH_ANSWER) {
        code = 201;
        godwit_nausf_answer_write(&m->u.auth_5g_answer, body);
    } else if (m->kind == GODWIT_AKMA_KEY_ANSWER) {
        godwit_naanf_key_answer_write(&m->u.akma_key_answer, body);
    } else {
        code = 204;
    }
    size_t len = lab_http_write_answer(code, body, text, size);
    godwit_wipe(body, sizeof body);
    return len;
}

size_t lab_http_write_akma(const godwit_message_t *m, unsigned to, char *text, size_t size)
{
    return godwit_message_is_answer(m->kind) ? write_answer(m, text, size) : write_request(m, to, text, size);
}

/* ---- reading ---- */

/* The path of the first line. */
static void path_of(const char *text, char path[GODWIT_AKMA_TEXT])
{
    size_t at = strcspn(text, " ") + 1, len = strcspn(text + at, " ");
    len = len < GODWIT_AKMA_TEXT ? len : GODWIT_AKMA_TEXT - 1;
    memcpy(path, text + at, len);
    path[len] = '\0';
}

/* The octets of a packet have no terminator, but this form has blanks before its end. */
bool lab_http_read_akma_request(const char *text, godwit_slice_t body, godwit_message_t *m)
{
    char path[GODWIT_AKMA_TEXT];
    if (body.ptr == NULL) {
        return false;
    }
    path_of(text, path);
    switch (m->kind) {
    case GODWIT_5G_AUTH_REQUEST:
        return godwit_nausf_request_read(body, &m->u.auth_5g_request) == GODWIT_OK;
    case GODWIT_5G_CONFIRM:
        return godwit_nausf_confirm_read(body, &m->u.confirm_5g) == GODWIT_OK &&
               godwit_nausf_path_read(path, m->u.confirm_5g.rand) == GODWIT_OK;
    case GODWIT_AKMA_REGISTER:
        return godwit_naanf_register_read(body, strcmp(path, GODWIT_NAANF_REMOVE) == 0, &m->u.akma_register) ==
               GODWIT_OK;
    default:
        return godwit_naanf_key_request_read(body, &m->u.akma_key_request) == GODWIT_OK;
    }
}

void lab_http_read_akma_answer(unsigned code, godwit_slice_t body, godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_5G_AUTH_ANSWER:
        godwit_nausf_answer_read(code, body, &m->u.auth_5g_answer);
        break;
    case GODWIT_5G_CONFIRM_ANSWER:
        m->u.outcome = godwit_nausf_result_read(code, body);
        break;
    case GODWIT_AKMA_KEY_ANSWER:
        godwit_naanf_key_answer_read(code, body, &m->u.akma_key_answer);
        break;
    default:
        m->u.outcome = code == 200 || code == 201 || code == 204 ? GODWIT_OK : godwit_akma_problem_read(code, body);
        break;
    }
}
