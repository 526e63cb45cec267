/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of AKMA: the first octet chooses a message, and the code of an answer. What is accepted is written again and
 * must be accepted again with the same meaning.
 */
#include "adapters/akma/json.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void requests(godwit_slice_t text)
{
    char written[GODWIT_AKMA_TEXT];
    godwit_akma_key_request_t key, key_again;
    godwit_5g_auth_request_t auth, auth_again;
    godwit_5g_confirm_t confirm, confirm_again;
    if (godwit_naanf_key_request_read(text, &key) == GODWIT_OK) {
        if (godwit_naanf_key_request_write(&key, written) != GODWIT_OK) {
            return; /* the AAnF will refuse it, too */
        }
        check(godwit_naanf_key_request_read(godwit_slice_of_string(written), &key_again) == GODWIT_OK);
        check(key.af_id_len == key_again.af_id_len && memcmp(key.af_id, key_again.af_id, key.af_id_len) == 0);
        check(strcmp(key.a_kid, key_again.a_kid) == 0);
    }
    if (godwit_nausf_request_read(text, &auth) == GODWIT_OK) {
        check(godwit_nausf_request_write(&auth, written) == GODWIT_OK);
        check(godwit_nausf_request_read(godwit_slice_of_string(written), &auth_again) == GODWIT_OK);
        check(godwit_imsi_equal(&auth.imsi, &auth_again.imsi) && auth.resync == auth_again.resync);
    }
    if (godwit_nausf_confirm_read(text, &confirm) == GODWIT_OK) {
        godwit_nausf_confirm_write(&confirm, written);
        check(godwit_nausf_confirm_read(godwit_slice_of_string(written), &confirm_again) == GODWIT_OK);
        check(memcmp(confirm.res_star, confirm_again.res_star, sizeof confirm.res_star) == 0);
    }
}

static void registration(godwit_slice_t text, bool removing)
{
    godwit_akma_register_t said;
    if (godwit_naanf_register_read(text, removing, &said) == GODWIT_OK) {
        check(removing == (said.a_kid[0] == '\0'));
    }
}

static void answers(unsigned code, godwit_slice_t text)
{
    godwit_akma_key_answer_t key;
    godwit_5g_auth_answer_t auth;
    godwit_naanf_key_answer_read(code, text, &key);
    godwit_nausf_answer_read(code, text, &auth);
    check(code == 200 || key.status != GODWIT_OK);
    check(code == 201 || auth.status != GODWIT_OK);
    check(code == 200 || godwit_nausf_result_read(code, text) != GODWIT_OK);
}

/* A path is text. */
static void path(godwit_slice_t text)
{
    char written[GODWIT_AKMA_TEXT], given[GODWIT_AKMA_TEXT] = {0};
    uint8_t rand[16], again[16];
    memcpy(given, text.ptr, text.len < sizeof given ? text.len : sizeof given - 1);
    if (godwit_nausf_path_read(given, rand) == GODWIT_OK) {
        godwit_nausf_path_write(rand, written);
        check(godwit_nausf_path_read(written, again) == GODWIT_OK && memcmp(rand, again, sizeof rand) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned codes[] = {200, 201, 400, 403, 404, 409, 413, 500, 302, 0};
    if (size < 2) {
        return 0;
    }
    const godwit_slice_t text = godwit_slice(data + 1, size - 1);
    switch (data[0]) {
    case 'q':
        requests(text);
        break;
    case 'r':
    case 'm':
        registration(text, data[0] == 'm');
        break;
    case 'p':
        path(text);
        break;
    default:
        answers(codes[data[0] % (sizeof codes / sizeof codes[0])], text);
        break;
    }
    return 0;
}
