/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of the MKEF: the first octet chooses a request or an answer, and its code. What is accepted is written again and
 * must be accepted again with the same meaning.
 */
#include "adapters/mkef/json.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void request(godwit_slice_t text)
{
    godwit_mtc_key_request_t r, again;
    char written[GODWIT_MKEF_TEXT];
    if (godwit_mkef_request_read(text, &r) == GODWIT_OK) {
        check(godwit_mkef_request_write(&r, written) == GODWIT_OK);
        check(godwit_mkef_request_read(godwit_slice_of_string(written), &again) == GODWIT_OK);
        check(memcmp(&r, &again, sizeof r) == 0);
    }
}

static void answer(unsigned code, godwit_slice_t text)
{
    godwit_mtc_key_answer_t a, again;
    char written[GODWIT_MKEF_TEXT];
    godwit_mkef_answer_read(code, text, &a);
    check(code == 200 || a.status != GODWIT_OK);
    code = godwit_mkef_answer_write(&a, written);
    check((code == 200) == (a.status == GODWIT_OK));
    godwit_mkef_answer_read(code, godwit_slice_of_string(written), &again);
    check(memcmp(&a, &again, sizeof a) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned codes[] = {200, 400, 403, 404, 409, 410, 422, 429, 500, 302, 0};
    if (size == 0) {
        return 0;
    }
    const godwit_slice_t text = godwit_slice(data + 1, size - 1);
    if (data[0] == 'q') {
        request(text);
    } else {
        answer(codes[data[0] % (sizeof codes / sizeof codes[0])], text);
    }
    return 0;
}
