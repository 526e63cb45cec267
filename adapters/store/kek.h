/* SPDX-License-Identifier: Apache-2.0
 *
 * The key-encryption key's file: 64 hexadecimal digits and a newline, mode 0600. It must never be read when others may
 * read it, and never be made anew beside a store that was made with another.
 */
#ifndef GODWIT_ADAPTERS_STORE_KEK_H
#define GODWIT_ADAPTERS_STORE_KEK_H

#include "adapters/store/wrap.h"

/* GODWIT_NOT_FOUND when there is no such file; GODWIT_STORE_FAILED for any other trouble. why names the file and what
 * to do. */
GODWIT_MUST_USE godwit_status_t godwit_kek_read(const char *path, godwit_kek_t *kek, char *why, size_t why_size);
/* Makes a random one, durable before it returns. When another process was first, reads that one. */
GODWIT_MUST_USE godwit_status_t godwit_kek_make(const char *path, godwit_kek_t *kek, char *why, size_t why_size);

#endif
