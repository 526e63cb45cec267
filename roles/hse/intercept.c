/* SPDX-License-Identifier: Apache-2.0
 *
 * Lawful interception at the home endpoint, and nowhere else (contribution 004): the copy stands behind the commit, as
 * the delivery does. It is payload only; nothing that is told of a session differs for a target.
 */
#include <string.h>

#include "roles/hse/internal.h"

static bool is_target(const godwit_hse_config_t *config, const godwit_imsi_t *imsi)
{
    size_t low = 0, high = config->target_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(config->targets[middle].digits, imsi->digits);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

void godwit_hse_intercept(godwit_hse_turn_t *turn, bool down, uint32_t count, godwit_slice_t payload)
{
    const godwit_session_record_t *record = &turn->work.record;
    if (!is_target(&turn->hse->config, &record->imsi)) {
        return;
    }
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_INTERCEPT);
    request->down = down;
    request->reading = (godwit_reading_t){.imsi = record->imsi,
                                          .session_id = record->session_id,
                                          .count = count,
                                          .user_plane = down || turn->opened.user_plane,
                                          .payload = payload,
                                          .time_ms = turn->in->now_ms};
}
