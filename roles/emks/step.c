/* SPDX-License-Identifier: Apache-2.0
 *
 * The EMKS: which file takes which input. It keeps no record in memory, so a commit that failed leaves nothing to
 * forget.
 */
#include "roles/emks/internal.h"

void godwit_emks_step(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_TIMER) {
        godwit_emks_on_timer(emks, in, out);
        return;
    }
    if (in->kind != GODWIT_INPUT_MESSAGE) {
        return;
    }
    switch (in->message->kind) {
    case GODWIT_KEY_REQUEST:
        godwit_emks_on_key_request(emks, in, out);
        break;
    case GODWIT_KEY_CONFIRM:
        godwit_emks_on_key_confirm(emks, in, out);
        break;
    case GODWIT_KEY_SET_PUSH:
        godwit_emks_on_key_set_push(emks, in, out);
        break;
    case GODWIT_KEY_PARK:
        godwit_emks_on_key_park(emks, in, out);
        break;
    case GODWIT_E2E_KEY_REQUEST:
        godwit_emks_on_e2e_key_request(emks, in, out);
        break;
    case GODWIT_ZN_ANSWER:
    case GODWIT_AKMA_KEY_ANSWER:
        godwit_emks_on_bootstrapped(emks, in, out);
        break;
    case GODWIT_AUTH_INFO_ANSWER:
        godwit_emks_on_vector(emks, in, out);
        break;
    default:
        break;
    }
}
