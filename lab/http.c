/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes by HTTP inside TLS: between MTC server and MKEF (docs/mkef.md), and on Ub. The octets are those inside; who
 * sent them is what a certificate would say. A connection pairs request and answer.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/mkef/json.h"
#include "lab/internal.h"

#define BODY_AT "\r\n\r\n"

bool lab_is_http(godwit_message_kind_t kind)
{
    return lab_is_http_akma(kind) || lab_is_http_e2e(kind) || kind == GODWIT_MTC_KEY_REQUEST ||
           kind == GODWIT_MTC_KEY_ANSWER || kind == GODWIT_UB_ANSWER;
}

/* ---- writing ---- */

size_t lab_http_write_request(const char *method, const char *host, const char *path, const char *body, char *text,
                              size_t size)
{
    int len = snprintf(text, size,
                       "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu" BODY_AT "%s",
                       method, path, host, strlen(body), body);
    return len > 0 && (size_t)len < size ? (size_t)len : 0;
}

size_t lab_http_write_answer(unsigned code, const char *body, char *text, size_t size)
{
    int len = snprintf(text, size,
                       "HTTP/1.1 %u %s\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
                       "Content-Length: %zu" BODY_AT "%s",
                       code, code / 100 == 2 ? "OK" : "Refused", strlen(body), body);
    return len > 0 && (size_t)len < size ? (size_t)len : 0;
}

size_t lab_http_write(const godwit_message_t *m, unsigned to, char *text, size_t size)
{
    char body[GODWIT_MKEF_TEXT];
    size_t len = 0;
    if (lab_is_http_akma(m->kind)) {
        return lab_http_write_akma(m, to, text, size);
    }
    if (lab_is_http_e2e(m->kind)) {
        return lab_http_write_e2e(m, to, text, size);
    }
    if (m->kind == GODWIT_UB_ANSWER) {
        return lab_gba_write_answer(m, text, size);
    }
    if (m->kind == GODWIT_MTC_KEY_ANSWER) {
        unsigned code = godwit_mkef_answer_write(&m->u.mtc_key_answer, body);
        len = lab_http_write_answer(code, body, text, size);
    } else if (godwit_mkef_request_write(&m->u.mtc_key_request, body) == GODWIT_OK) {
        len = lab_http_write_request("POST", lab_host(to), GODWIT_MKEF_PATH, body, text, size);
    }
    godwit_wipe(body, sizeof body);
    return len;
}

/* ---- reading ---- */

static godwit_slice_t body_of(const char *text, size_t len)
{
    for (size_t i = 0; i + 4 <= len; i++) {
        if (memcmp(text + i, BODY_AT, 4) == 0) {
            return godwit_slice((const uint8_t *)text + i + 4, len - i - 4);
        }
    }
    return godwit_slice(NULL, 0);
}

bool lab_http_read(const char *text, size_t len, godwit_message_t *m)
{
    static const char head[] = "HTTP/1.1 ";
    godwit_slice_t body = body_of(text, len);
    if (m->kind == GODWIT_MTC_KEY_REQUEST) {
        return godwit_mkef_request_read(body, &m->u.mtc_key_request) == GODWIT_OK;
    }
    if (lab_is_http_akma(m->kind) && m->kind % 2 != 0) {
        return lab_http_read_akma_request(text, body, m);
    }
    if (lab_is_http_e2e(m->kind) && m->kind % 2 != 0) {
        return lab_http_read_e2e_request(text, body, m);
    }
    if (len < sizeof head + 2 || memcmp(text, head, sizeof head - 1) != 0) {
        return false;
    }
    const char *digits = text + sizeof head - 1;
    unsigned code = (unsigned)(digits[0] - '0') * 100 + (unsigned)(digits[1] - '0') * 10 + (unsigned)(digits[2] - '0');
    if (lab_is_http_akma(m->kind)) {
        lab_http_read_akma_answer(code, body, m);
        return true;
    }
    if (lab_is_http_e2e(m->kind)) {
        lab_http_read_e2e_answer(code, body, m);
        return true;
    }
    godwit_mkef_answer_read(code, body, &m->u.mtc_key_answer);
    return true;
}
