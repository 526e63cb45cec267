/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end in a world: the device's end. A part of lab/parts.h.
 */
#ifndef GODWIT_LAB_E2E_PARTS_H
#define GODWIT_LAB_E2E_PARTS_H

#include "godwit/device.h"
#include "lab/world_e2e.h"

#define LAB_FORWARDS 128 /* of an HSE: up, and down */

/* What the watcher counts. */
typedef struct lab_e2e_watch {
    unsigned forwarded,
        foreign; /* datagrams that an HSE gave to the EAS, repetitions too; those that are no device's */
    /* EAS or HSE lost power, or what they say to each other was lost: a message may go again under another COUNT */
    bool disturbed;
} lab_e2e_watch_t;

typedef struct lab_e2e_end {
    godwit_device_e2e_t library;
    uint8_t nvm[GODWIT_DEVICE_E2E_RECORD_MAX], nvm_next[GODWIT_DEVICE_E2E_RECORD_MAX];
    size_t nvm_len, nvm_next_len;
    bool storing;        /* the record that is being stored is this one */
    uint64_t told_ms;    /* up to when the device has been told that time passes */
    uint64_t durable_ms; /* as of its record */
    uint64_t asleep_until_ms;
} lab_e2e_end_t;

#endif
