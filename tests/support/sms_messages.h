/* SPDX-License-Identifier: Apache-2.0
 *
 * The codecs of MM, CP, RP and TPDUs in one table, for tests and fuzzing.
 */
#ifndef GODWIT_TESTS_SMS_MESSAGES_H
#define GODWIT_TESTS_SMS_MESSAGES_H

#include "core/wire/mm.h"
#include "core/wire/tpdu.h"

#define SMS_STRUCTURE_MAX 256

typedef struct sms_codec {
    const char *name;
    godwit_status_t (*build)(const void *message, godwit_writer_t *w);
    godwit_status_t (*parse)(godwit_slice_t octets, void *message);
} sms_codec_t;

extern const sms_codec_t sms_codecs[];
extern const size_t sms_codec_count;

#endif
