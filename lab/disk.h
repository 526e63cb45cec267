/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk in memory that loses power: what was not made durable survives, or not, or by half, as the seed decides. For
 * tests of whatever keeps a file through adapters/nvm.
 */
#ifndef GODWIT_LAB_DISK_H
#define GODWIT_LAB_DISK_H

#include "adapters/nvm/disk.h"

#define GODWIT_LAB_DISK_FILES 8
#define GODWIT_LAB_DISK_FILE_MAX 1024

/* One file body. What is durable, and what the system shows while it has power. */
typedef struct godwit_lab_body {
    uint8_t durable[GODWIT_LAB_DISK_FILE_MAX], shown[GODWIT_LAB_DISK_FILE_MAX];
    size_t durable_len, shown_len;
} godwit_lab_body_t;

/* One name: the body that it shows, and the body that it names durably; -1 none. */
typedef struct godwit_lab_name {
    char path[64];
    int shown, durable;
    bool locked;
} godwit_lab_name_t;

typedef struct godwit_lab_disk {
    godwit_disk_t disk; /* to be handed to adapters; context is this */
    uint64_t seed;
    bool off;
    unsigned operations; /* writes, syncs and renames since the last power-on */
    unsigned cut_at;     /* power is lost in place of this operation, counted from 1; 0: never */
    godwit_lab_name_t names[GODWIT_LAB_DISK_FILES];
    godwit_lab_body_t bodies[GODWIT_LAB_DISK_FILES];
    bool body_used[GODWIT_LAB_DISK_FILES];
} godwit_lab_disk_t;

void godwit_lab_disk_init(godwit_lab_disk_t *disk, uint64_t seed);
/* After a loss of power (now, if there was none): decides what survived, and forgets every lock. */
void godwit_lab_disk_power_cycle(godwit_lab_disk_t *disk);

#endif
