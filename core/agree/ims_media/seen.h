/* SPDX-License-Identifier: Apache-2.0
 *
 * Which transfers of which tickets a user has taken. Inside this module.
 */
#ifndef GODWIT_AGREE_IMS_MEDIA_SEEN_H
#define GODWIT_AGREE_IMS_MEDIA_SEEN_H

#include "core/agree/ims_media/ticket.h"

/* rand names the ticket. GODWIT_KEY_EXPIRED; GODWIT_REPLAY: counter is not above the last one; GODWIT_OVERLOAD;
 * GODWIT_MALFORMED: a counter that nothing could follow. Nothing changes but on GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_tickets_take(godwit_tickets_seen_t *seen, const uint8_t rand[16],
                                                    uint32_t counter, uint64_t expires_ms, uint64_t now_ms);

#endif
