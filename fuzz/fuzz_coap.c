/* SPDX-License-Identifier: Apache-2.0
 *
 * CoAP messages of whoever has a DTLS session with a NAF: what is read can be answered, and the answer is read again.
 */
#include "core/wire/coap.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_coap_t m, answer, again;
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_coap_parse(godwit_slice(data, size), &m) != GODWIT_OK) {
        return 0;
    }
    if (godwit_coap_answer(&m, GODWIT_COAP_CHANGED, godwit_slice_of_string("ok"), &answer) &&
        (godwit_coap_build(&answer, &w) != GODWIT_OK || godwit_coap_parse(godwit_written(&w), &again) != GODWIT_OK ||
         again.message_id != m.message_id || godwit_coap_answer(&again, 0, godwit_slice(NULL, 0), &answer))) {
        abort();
    }
    return 0;
}
