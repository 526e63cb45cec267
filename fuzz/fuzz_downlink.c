/* SPDX-License-Identifier: Apache-2.0
 *
 * What an application says to a device: the first octet chooses a body or a topic.
 */
#include "adapters/downlink/downlink.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_downlink_t d = {0};
    const char *member = NULL;
    char topic[256];
    godwit_imsi_t imsi;
    if (size == 0 || (data[0] == 't' && size > sizeof topic)) {
        return 0;
    }
    if (data[0] != 't') {
        godwit_status_t status = godwit_downlink_read(godwit_slice(data + 1, size - 1), &d, &member);
        check(status == GODWIT_OK ? d.len > 0 && d.len <= sizeof d.payload : d.len == 0 && member != NULL);
        return 0;
    }
    memcpy(topic, data + 1, size - 1);
    topic[size - 1] = '\0';
    if (godwit_downlink_topic_filter(topic, (char[256]){0}) == GODWIT_OK) {
        check(godwit_downlink_topic_read(topic, topic, &imsi) != GODWIT_OK); /* {imsi} is none */
    }
    if (godwit_downlink_topic_read("godwit/{imsi}/down", topic, &imsi) == GODWIT_OK) {
        check(imsi.len > 0 && strstr(topic, imsi.digits) != NULL);
    }
    return 0;
}
