/* SPDX-License-Identifier: Apache-2.0
 *
 * The codecs of NAS messages in one table, for tests and fuzzing: each builds and parses through its own structure.
 */
#ifndef GODWIT_TESTS_NAS_MESSAGES_H
#define GODWIT_TESTS_NAS_MESSAGES_H

#include "core/wire/emm.h"
#include "core/wire/esm.h"

#define NAS_STRUCTURE_MAX 512

typedef struct nas_codec {
    const char *name;
    bool esm;
    uint8_t type;
    size_t size;
    godwit_status_t (*build)(const void *message, godwit_writer_t *w);
    godwit_status_t (*parse)(godwit_slice_t octets, void *message);
} nas_codec_t;

extern const nas_codec_t nas_codecs[];
extern const size_t nas_codec_count;

#endif
