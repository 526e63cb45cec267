/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of messages of device triggering.
 */
#include <stdio.h>

#include "core/wire/s6a.h"
#include "core/wire/s6m.h"
#include "core/wire/t4.h"
#include "core/wire/t5.h"
#include "core/wire/tsp.h"
#include "lab/internal.h"
#include "lab/trace.h"

const char *lab_trigger_label(godwit_slice_t octets, const godwit_diameter_header_t *header)
{
    static const char *const messages[] = {"T5", "T5 (down)", "T5 (up)", "T5 (key)"};
    if (header->application == GODWIT_T5_APPLICATION) {
        bool request = (header->flags & GODWIT_DIAMETER_REQUEST) != 0;
        return messages[request ? godwit_t5_message(octets) : GODWIT_T5_MESSAGE_NONE];
    }
    switch (header->command) {
    case GODWIT_S6A_UPDATE_LOCATION:
        return "Update-Location";
    case GODWIT_S6M_SUBSCRIBER_INFORMATION:
        return "Subscriber-Information";
    case GODWIT_TSP_DEVICE_ACTION:
        return "Device-Action";
    case GODWIT_TSP_DEVICE_NOTIFICATION:
        return "Device-Notification";
    case GODWIT_T4_DEVICE_TRIGGER:
        return "Device-Trigger";
    case GODWIT_T4_DELIVERY_REPORT:
        return "Delivery-Report";
    default:
        return NULL;
    }
}

/* Up, the IMSI stands before the message. */
void lab_a3_label(godwit_slice_t octets, char label[64])
{
    static const char *const names[] = {
        "?",
        "IWF Security Mode Command",
        "IWF Security Mode Complete",
        "IWF Security Mode Reject",
        "Trigger",
        "Acknowledgement",
        "Poll",
        "Poll Answer",
    };
    godwit_a3_header_t header;
    godwit_a3_datagram_t datagram;
    const bool up = godwit_a3_datagram_parse(octets, &datagram) == GODWIT_OK &&
                    godwit_a3_peek(datagram.message, &header) == GODWIT_OK && !godwit_a3_is_down(header.type);
    if (!up && godwit_a3_is_cookie_answer(octets)) {
        (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "Cookie");
    } else if (up || godwit_a3_peek(octets, &header) == GODWIT_OK) {
        (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "%s", names[header.type]);
    }
}
