/* SPDX-License-Identifier: Apache-2.0
 *
 * The codecs of GMM and SM messages in one table, for tests and fuzzing.
 */
#ifndef GODWIT_TESTS_GMM_MESSAGES_H
#define GODWIT_TESTS_GMM_MESSAGES_H

#include "core/wire/gmm.h"
#include "core/wire/sm.h"

#define GMM_STRUCTURE_MAX 512

typedef struct gmm_codec {
    const char *name;
    uint8_t type;
    bool named; /* it holds an identity: one that is neither IMSI nor P-TMSI is read, but not written */
    godwit_status_t (*build)(const void *message, godwit_writer_t *w);
    godwit_status_t (*parse)(godwit_slice_t octets, void *message);
} gmm_codec_t;

extern const gmm_codec_t gmm_codecs[];
extern const size_t gmm_codec_count;

#endif
