/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of an OsmoHLR at 127.0.0.1 (osmo_hlr.py starts it) through our GSUP client, judged by a USIM of ours: fresh
 * vectors, SQN that only goes forward, resynchronisation with a right and with a wrong AUTS, unknown subscriber, one
 * with GSM data only, many at once.
 */
#include "adapters/gsup/gsup.h"
#include "godwit/aka.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define EXPECT(what)                                                                                                   \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);                                         \
            failures++;                                                                                                \
        }                                                                                                              \
    } while (0)

static const godwit_aka_key_t key = {
    .algorithm = GODWIT_ALG_MILENAGE,
    .k = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f, 0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6, 0xbc},
    .k_len = 16,
    .opc = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e, 0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0, 0x2b, 0xaf},
};

static void log_line(void *context, int level, const char *line)
{
    (void)context;
    (void)level;
    puts(line);
}

static godwit_message_t request_for(const char *imsi, uint32_t transaction)
{
    godwit_message_t m = {.kind = GODWIT_AUTH_INFO_REQUEST,
                          .from = GODWIT_FUNCTION_EMKS,
                          .to = GODWIT_FUNCTION_HSS,
                          .transaction = transaction};
    m.u.auth_info_request.kind = GODWIT_VECTOR_UTRAN;
    m.u.auth_info_request.vectors = 1;
    if (godwit_imsi_from_text(imsi, &m.u.auth_info_request.imsi) != GODWIT_OK) {
        abort();
    }
    return m;
}

static godwit_message_t next_answer(godwit_gsup_t *g)
{
    godwit_message_t m;
    while (godwit_gsup_receive(g, &m) != GODWIT_OK) {
        struct pollfd p = {.fd = godwit_gsup_fd(g), .events = POLLIN};
        if (poll(&p, 1, 60000) <= 0) {
            fprintf(stderr, "no answer, not even the client's own\n");
            exit(1);
        }
    }
    return m;
}

static godwit_auth_info_answer_t ask(godwit_gsup_t *g, const godwit_message_t *request)
{
    EXPECT(godwit_gsup_send(g, request) == GODWIT_OK);
    godwit_message_t m = next_answer(g);
    EXPECT(m.kind == GODWIT_AUTH_INFO_ANSWER && m.transaction == request->transaction);
    EXPECT(m.from == GODWIT_FUNCTION_HSS && m.to == GODWIT_FUNCTION_EMKS);
    return m.u.auth_info_answer;
}

static godwit_usim_result_t authenticate(godwit_sqn_array_t *array, const godwit_auth_info_answer_t *a)
{
    godwit_usim_result_t result;
    EXPECT(a->status == GODWIT_OK && a->vectors == 1);
    EXPECT(godwit_usim_authenticate(&godwit_crypto_builtin, &key, array, a->vector[0].rand, a->vector[0].autn,
                                    &result) == GODWIT_OK);
    return result;
}

static void fresh_vectors_are_accepted(godwit_gsup_t *g, godwit_sqn_array_t *array)
{
    for (uint32_t i = 0; i < 3; i++) {
        godwit_message_t request = request_for("001010000000000", 100 + i);
        godwit_auth_info_answer_t a = ask(g, &request);
        godwit_usim_result_t r = authenticate(array, &a);
        EXPECT(r.status == GODWIT_OK);
        EXPECT(a.vector[0].xres_len == r.res_len && memcmp(a.vector[0].xres, r.res, r.res_len) == 0);
        EXPECT(memcmp(a.vector[0].ck, r.ck, 16) == 0 && memcmp(a.vector[0].ik, r.ik, 16) == 0);
        EXPECT((a.vector[0].autn[6] & 0x80) == 0); /* OsmoHLR leaves the separation bit clear */
    }
}

/* The card is far ahead of the HLR: AUTS, and the next vector fits. */
static void resynchronisation_works_at_once(godwit_gsup_t *g, godwit_sqn_array_t *array)
{
    for (unsigned i = 0; i < 32; i++) {
        array->seq_ms[i] = 1u << 20;
    }
    godwit_message_t request = request_for("001010000000000", 200);
    godwit_auth_info_answer_t a = ask(g, &request);
    godwit_usim_result_t r = authenticate(array, &a);
    EXPECT(r.status == GODWIT_AUTH_RESYNC);

    godwit_message_t wrong = request_for("001010000000000", 201);
    wrong.u.auth_info_request.resync = true;
    memcpy(wrong.u.auth_info_request.rand, a.vector[0].rand, 16);
    memcpy(wrong.u.auth_info_request.auts, r.auts, 14);
    wrong.u.auth_info_request.auts[13] ^= 1;
    godwit_auth_info_answer_t refused = ask(g, &wrong);
    EXPECT(refused.status == GODWIT_AUTH_MAC_FAILURE && refused.vectors == 0);

    request = request_for("001010000000000", 202); /* the wrong one moved nothing: still behind */
    godwit_auth_info_answer_t behind = ask(g, &request);
    EXPECT(authenticate(array, &behind).status == GODWIT_AUTH_RESYNC);

    request = wrong;
    request.transaction = 203;
    request.u.auth_info_request.auts[13] ^= 1;
    a = ask(g, &request);
    EXPECT(authenticate(array, &a).status == GODWIT_OK);
}

static void strangers_are_refused(godwit_gsup_t *g)
{
    godwit_message_t request = request_for("001019876543210", 300);
    EXPECT(ask(g, &request).status == GODWIT_UNKNOWN_SUBSCRIBER);
    request = request_for("001010999999999", 301); /* GSM data only: triplets */
    EXPECT(ask(g, &request).status == GODWIT_POLICY_FORBIDS);
}

static void many_subscribers_at_once(godwit_gsup_t *g)
{
    bool answered[10] = {false};
    for (uint32_t i = 0; i < 10; i++) {
        char imsi[16];
        snprintf(imsi, sizeof imsi, "00101000000%04u", i);
        godwit_message_t request = request_for(imsi, 400 + i);
        EXPECT(godwit_gsup_send(g, &request) == GODWIT_OK);
    }
    for (int i = 0; i < 10; i++) {
        godwit_message_t m = next_answer(g);
        EXPECT(m.transaction >= 400 && m.transaction < 410 && !answered[m.transaction - 400]);
        EXPECT(m.u.auth_info_answer.status == GODWIT_OK);
        answered[(m.transaction - 400) % 10] = true;
    }
}

int main(void)
{
    const godwit_gsup_config_t config = {.host = "127.0.0.1", .unit_name = "emks-of-the-test", .log = log_line};
    char error[GODWIT_GSUP_ERROR_MAX];
    godwit_sqn_array_t array = {.ind_bits = 5};
    godwit_gsup_t *g = godwit_gsup_start(&config, error);
    if (g == NULL) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    fresh_vectors_are_accepted(g, &array);
    resynchronisation_works_at_once(g, &array);
    strangers_are_refused(g);
    many_subscribers_at_once(g);
    EXPECT(godwit_gsup_ready(g));
    godwit_gsup_stop(g);
    printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
