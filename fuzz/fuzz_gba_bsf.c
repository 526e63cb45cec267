/* SPDX-License-Identifier: Apache-2.0
 *
 * A BSF among devices, strangers, a HSS and a NAF: each octet is a step, and what a stranger sends follows it. A record
 * is made for a device that answered with its card, and for nobody else; a NAF has a key for what there is a record of,
 * and for nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tests/support/gba_world.h"

#define STEPS_MAX 200

static gba_world_t w;
static gba_device_t devices[3];
static unsigned right; /* answers with the card */

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* A device goes on where it is, or begins. */
static void device_step(gba_device_t *d)
{
    static const uint8_t random[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    bool idle = d->requests.count == 0 || d->requests.item[d->requests.count - 1].kind != GODWIT_GBA_GET;
    if (idle) {
        check(godwit_gba_bootstrap(&d->gba, random, &d->requests) == GODWIT_OK);
    }
    bool answers = d->gba.phase == GODWIT_GBA_ANSWERED;
    gba_get(&w, d, gba_authorization(d), true);
    if (w.answered) {
        right += answers && w.answer.code == 200;
        check(w.answer.code != 200 || answers);
        gba_device_answer(&w, d);
    } else {
        d->requests.count = 0;
    }
}

static size_t stranger_step(const uint8_t *data, size_t size)
{
    char text[GODWIT_HTTP_FIELD_MAX] = {0};
    size_t len = size > 1 ? (size_t)data[0] * 4 : 0;
    len = len < size - (size > 0) ? len : size - (size > 0);
    len = len < sizeof text ? len : sizeof text - 1;
    memcpy(text, data + (size > 0), len);
    gba_get(&w, &devices[0], text, false);
    check(!w.answered || w.answer.code != 200);
    return len + (size > 0);
}

static void naf_step(const gba_device_t *d, bool entitled)
{
    const char *b_tid = godwit_gba_b_tid_of(&d->gba);
    const godwit_zn_answer_t *a = gba_zn(&w, entitled ? GBA_NAF_HOST : "naf.other.example", b_tid, GBA_NAF_NAME, true);
    const godwit_bootstrap_record_t *record = b_tid[0] != '\0' ? gba_record(&w, b_tid) : NULL;
    bool lives = record != NULL && w.owner.now_ms < record->expires_ms;
    check((a->status == GODWIT_OK) == (entitled && lives));
}

static void world_step(uint8_t what)
{
    if (what % 3 == 0) {
        w.owner.now_ms += (uint64_t)what * 10000;
    } else if (what % 3 == 1) {
        owner_give_timer(&w.owner, (uint32_t)what * 5);
    } else {
        w.owner.fail_commits = !w.owner.fail_commits;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const godwit_gba_flavour_t flavours[] = {GODWIT_GBA_ME, GODWIT_GBA_U, GODWIT_GBA_SIM};
    static const char *const digits[] = {"001010000000001", "001010000000002", "001010000000003"};
    gba_world_init(&w);
    right = 0;
    for (size_t i = 0; i < 3; i++) {
        gba_device_init(&devices[i], digits[i], flavours[i]);
    }
    for (unsigned i = 0; i < STEPS_MAX && size > 0 && w.owner.record_count < OWNER_RECORDS; i++) {
        uint8_t step = *data;
        data++;
        size--;
        if (step < 128) {
            device_step(&devices[step % 3]);
        } else if (step < 192) {
            size_t used = stranger_step(data, size);
            data += used;
            size -= used;
        } else if (step < 224) {
            naf_step(&devices[step % 3], step % 2 == 0);
        } else {
            world_step(step);
        }
        check(w.owner.record_count <= right);
    }
    return 0;
}
