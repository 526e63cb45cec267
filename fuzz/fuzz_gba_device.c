/* SPDX-License-Identifier: Apache-2.0
 *
 * A device that bootstraps with whoever answers: codes, headers and bodies of anybody. It must never believe in a key:
 * nobody here knows RES. Then the same octets as a record.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "godwit/gba.h"

#define STEPS_MAX 16

typedef struct input {
    const uint8_t *at;
    size_t left;
} input_t;

static godwit_slice_t take(input_t *in)
{
    size_t len = in->left > 1 ? (size_t)in->at[0] << 8 | in->at[1] : 0;
    size_t head = in->left > 1 ? 2 : in->left;
    len = len < in->left - head ? len : in->left - head;
    godwit_slice_t slice = godwit_slice(in->at + head, len);
    in->at += head + len;
    in->left -= head + len;
    return slice;
}

static void answer(godwit_gba_t *gba, input_t *in, godwit_gba_requests_t *requests)
{
    static const uint16_t codes[] = {200, 401, 403, 503, 0, 302};
    godwit_gba_answer_t a = {.code = codes[in->at[0] % 6]};
    in->at++;
    in->left--;
    a.www_authenticate = take(in);
    a.authentication_info = take(in);
    a.body = take(in);
    if (godwit_gba_answer(gba, &a, 1000, requests) != GODWIT_OK) {
        requests->count = 0;
    }
}

static void card(godwit_gba_t *gba, input_t *in, godwit_gba_requests_t *requests)
{
    static const godwit_status_t says[] = {GODWIT_OK, GODWIT_AUTH_RESYNC, GODWIT_AUTH_MAC_FAILURE, GODWIT_IO_FAILED};
    godwit_gba_card_result_t result = {.status = says[in->at[0] % 4], .res_len = 8, .res = {0x5a, 0x17, 0xc3, 0x99}};
    result.res_len = gba->config.flavour == GODWIT_GBA_SIM ? 4 : 8;
    in->at++;
    in->left--;
    if (godwit_gba_card_result(gba, &result, requests) != GODWIT_OK) {
        requests->count = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static godwit_gba_t gba;
    static godwit_gba_requests_t requests;
    static const uint8_t random[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    input_t in = {data, size};
    if (size < 2) {
        return 0;
    }
    const godwit_gba_config_t config = {.crypto = &godwit_crypto_builtin,
                                        .flavour = (godwit_gba_flavour_t)(data[0] % 3),
                                        .impi = "001010123456789@ims.mnc001.mcc001.3gppnetwork.org",
                                        .bsf = "bsf.example",
                                        .tls = true};
    in.at++;
    in.left--;
    if (godwit_gba_init(&gba, &config) != GODWIT_OK || godwit_gba_bootstrap(&gba, random, &requests) != GODWIT_OK) {
        abort();
    }
    for (unsigned i = 0; i < STEPS_MAX && in.left > 0 && requests.count > 0; i++) {
        if (requests.item[requests.count - 1].kind == GODWIT_GBA_AUTHENTICATE) {
            card(&gba, &in, &requests);
        } else {
            answer(&gba, &in, &requests);
        }
        if (godwit_gba_b_tid_of(&gba)[0] != '\0') {
            abort();
        }
    }
    (void)!godwit_gba_restore(&gba, godwit_slice(data, size));
    return 0;
}
