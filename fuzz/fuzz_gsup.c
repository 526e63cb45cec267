/* SPDX-License-Identifier: Apache-2.0
 *
 * What core/wire reads from an HLR's stream: frames of IPA, GSUP within them. What is accepted is built again and must
 * be accepted again with the same meaning.
 */
#include "core/wire/gsup.h"
#include "core/wire/ipa.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void gsup(godwit_slice_t message)
{
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_auth_info_request_t r, same_request;
    godwit_auth_info_answer_t a, same_answer;
    godwit_imsi_t imsi, same_imsi;
    if (godwit_gsup_request_parse(message, &r) == GODWIT_OK) {
        check(godwit_gsup_request_build(&r, &w) == GODWIT_OK);
        check(godwit_gsup_request_parse(godwit_written(&w), &same_request) == GODWIT_OK);
        check(memcmp(&r, &same_request, sizeof r) == 0);
    }
    if (godwit_gsup_answer_parse(message, &imsi, &a) == GODWIT_OK) {
        w = godwit_writer(octets, sizeof octets);
        check(godwit_gsup_answer_build(&imsi, &a, &w) == GODWIT_OK);
        check(godwit_gsup_answer_parse(godwit_written(&w), &same_imsi, &same_answer) == GODWIT_OK);
        check(godwit_imsi_equal(&imsi, &same_imsi) && memcmp(&a, &same_answer, sizeof a) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_slice_t stream = godwit_slice(data, size);
    godwit_ipa_frame_t frame;
    size_t used;
    while (godwit_ipa_frame_parse(stream, &frame, &used) == GODWIT_OK) {
        check(used >= 4 && used <= stream.len);
        if (frame.kind == GODWIT_IPA_GSUP) {
            gsup(frame.payload);
        } else if (frame.kind == GODWIT_IPA_ID_RESP) {
            check(godwit_ipa_unit_name(frame.payload).len <= frame.payload.len);
        }
        stream = godwit_slice(stream.ptr + used, stream.len - used);
    }
    return 0;
}
