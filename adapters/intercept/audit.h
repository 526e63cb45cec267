/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit file: JSON lines, each with the SHA-256 of itself and of the line before, appended and made durable one by
 * one. Beside it a head (FILE.head) holds how many there are, so that lines cut from the end are missed; it is at most
 * GODWIT_AUDIT_UNSEALED lines behind. It holds no payload and no key.
 */
#ifndef GODWIT_ADAPTERS_INTERCEPT_AUDIT_H
#define GODWIT_ADAPTERS_INTERCEPT_AUDIT_H

#include "adapters/nvm/nvm.h"
#include "godwit/crypto.h"

#define GODWIT_AUDIT_WHY 512
#define GODWIT_AUDIT_UNSEALED 64u
#define GODWIT_AUDIT_HASH 65 /* hexadecimal, with its terminator */

typedef struct godwit_audit {
    int fd;
    uint64_t count, last_id; /* lines; the highest id that one of them names */
    uint64_t size;           /* octets */
    unsigned unsealed;       /* lines that the head does not know */
    char hash[GODWIT_AUDIT_HASH];
    godwit_nvm_t head;
} godwit_audit_t;

/* What one line says; texts NULL or numbers 0 are left out. */
typedef struct godwit_audit_entry {
    const char *event;
    uint64_t time_ms;
    uint64_t id;
    const char *imsi, *reference, *direction, *digest;
    uint64_t octets, count;
} godwit_audit_entry_t;

/* Makes the file, or checks the whole of it. A last line without end, as a power loss leaves it, is cut off.
 * GODWIT_MAC_FAILURE: it was changed;
 * GODWIT_AGAIN: another process has it; GODWIT_IO_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_audit_open(const char *path, godwit_audit_t *audit, char why[GODWIT_AUDIT_WHY]);
/* Durable on GODWIT_OK; else nothing was added. */
GODWIT_MUST_USE godwit_status_t godwit_audit_add(godwit_audit_t *audit, const godwit_audit_entry_t *entry);
/* Brings the head up to the last line. A failure is no harm: the next one does it. */
void godwit_audit_seal(godwit_audit_t *audit);
void godwit_audit_close(godwit_audit_t *audit); /* seals it first */

/* Reads a file, and its head when there is one, without changing anything. */
GODWIT_MUST_USE godwit_status_t godwit_audit_verify(const char *path, uint64_t *lines, char why[GODWIT_AUDIT_WHY]);

#endif
