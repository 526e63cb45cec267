/* SPDX-License-Identifier: Apache-2.0
 *
 * The policies that a network holds: its own, and those that others gave it. Durable: versions never go down, also
 * across restarts. May be used from several threads.
 */
#ifndef GODWIT_ADAPTERS_POLICY_BOOK_H
#define GODWIT_ADAPTERS_POLICY_BOOK_H

#include "adapters/policy/policy.h"

#define GODWIT_POLICY_BOOK_MAX 64 /* policies of others */

typedef struct godwit_policy_book godwit_policy_book_t;

/* path: the durable file, made when it is not there. own is checked against what the file holds of it.
 * GODWIT_POLICY_FORBIDS (its version went down, or stayed while the contents changed), GODWIT_MALFORMED (the file is
 * not one of ours), GODWIT_AGAIN (another process has it), GODWIT_IO_FAILED; why says more. */
GODWIT_MUST_USE godwit_status_t godwit_policy_book_open(const char *path, const godwit_policy_t *own,
                                                        godwit_policy_book_t **book, char why[GODWIT_POLICY_WHY]);
void godwit_policy_book_close(godwit_policy_book_t *book);

/* A policy of another network; or a new one of our own, when it names our PLMN and own is set. Durable on GODWIT_OK.
 * GODWIT_AGAIN: it is held already; GODWIT_POLICY_FORBIDS, GODWIT_NO_SPACE, GODWIT_IO_FAILED: nothing has changed. */
GODWIT_MUST_USE godwit_status_t godwit_policy_book_take(godwit_policy_book_t *book, const godwit_policy_t *policy,
                                                        bool own, char why[GODWIT_POLICY_WHY]);
/* Our own, as that network may read it. NULL without memory; the caller frees it. */
char *godwit_policy_book_document(godwit_policy_book_t *book, godwit_plmn_t other, size_t *len);
void godwit_policy_book_own(godwit_policy_book_t *book, godwit_policy_t *policy);
/* The one with that index; false when there are no more. */
bool godwit_policy_book_at(godwit_policy_book_t *book, size_t index, godwit_policy_t *policy);
/* False when that network gave none. */
bool godwit_policy_book_of(godwit_policy_book_t *book, godwit_plmn_t plmn, godwit_policy_t *policy);

#endif
