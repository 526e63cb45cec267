/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy document (docs/policy.md, docs/policy.schema.json): text to policy and back. Whatever is wrong is told
 * with its line and its path; nothing that is not known is passed over.
 */
#ifndef GODWIT_ADAPTERS_POLICY_POLICY_H
#define GODWIT_ADAPTERS_POLICY_POLICY_H

#include "godwit/policy.h"

#define GODWIT_POLICY_DOCUMENT_MAX ((size_t)65536)
#define GODWIT_POLICY_WHY 512

/* GODWIT_OK: *policy is checked. GODWIT_MALFORMED: no document of this form; GODWIT_POLICY_FORBIDS: it says what no
 * policy may. why: "line 3:
 * networks[0].suites[1]: ...", or what is wrong with the text as JSON. */
GODWIT_MUST_USE godwit_status_t godwit_policy_parse(const char *text, size_t len, godwit_policy_t *policy,
                                                    char why[GODWIT_POLICY_WHY]);
/* The document, with a final newline; NULL without memory. The caller frees it. */
char *godwit_policy_write(const godwit_policy_t *policy, size_t *len);
/* From a file of at most GODWIT_POLICY_DOCUMENT_MAX octets; GODWIT_IO_FAILED too. */
GODWIT_MUST_USE godwit_status_t godwit_policy_load(const char *path, godwit_policy_t *policy,
                                                   char why[GODWIT_POLICY_WHY]);

#endif
