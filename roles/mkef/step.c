/* SPDX-License-Identifier: Apache-2.0
 *
 * The MKEF's inputs. It holds nothing of a device in memory but what waits for the HLR.
 */
#include "roles/mkef/internal.h"

godwit_message_t *godwit_mkef_answer(godwit_outbox_t *out, godwit_function_t to, uint32_t transaction, uint64_t route)
{
    godwit_message_t *message =
        godwit_outbox_message(out, GODWIT_MTC_KEY_ANSWER, GODWIT_FUNCTION_MKEF, to, transaction);
    if (message != NULL) {
        message->route = route;
    }
    return message;
}

void godwit_mkef_step(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_TIMER) {
        godwit_mkef_on_timer(mkef, in, out);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_MTC_KEY_REQUEST) {
        godwit_mkef_on_request(mkef, in, out);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_DEVICE_RAND_ANSWER) {
        godwit_mkef_on_answer(mkef, in, out);
    }
}
