/* SPDX-License-Identifier: Apache-2.0
 *
 * Who an end of TLS is: a certificate, with the chain that it came with, and its key, from files. It may be renewed
 * while connections stand; a handshake that has begun goes on with the former one, so that each lives as long as the
 * last.
 */
#ifndef GODWIT_ADAPTERS_HTTPS_IDENTITY_H
#define GODWIT_ADAPTERS_HTTPS_IDENTITY_H

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "adapters/https/server.h"

typedef struct godwit_https_identity godwit_https_identity_t;

/* Files, PEM. NULL: why says in one line, which names the file. */
godwit_https_identity_t *godwit_https_identity_read(const char *certificate, const char *key,
                                                    char why[GODWIT_HTTPS_WHY]);
/* Takes both. What is shown from now on: former, which may be NULL, where it is the same, so that reading the same files
 * again costs no memory. */
godwit_https_identity_t *godwit_https_identity_follow(godwit_https_identity_t *fresh, godwit_https_identity_t *former);
void godwit_https_identity_free(godwit_https_identity_t *identity); /* NULL is nothing; all former ones too */
/* As GnuTLS wants it of who is asked for a certificate; all stay the identity's. */
void godwit_https_identity_show(godwit_https_identity_t *identity, gnutls_pcert_st **chain, unsigned *count,
                                gnutls_privkey_t *key);
/* Whether it is valid now, for that name, under those authorities. NULL: yes; else what is wrong. */
const char *godwit_https_identity_judge(const godwit_https_identity_t *identity, const char *name,
                                        gnutls_x509_trust_list_t authorities);
/* What a file of certificates says, without its key. */
#define GODWIT_HTTPS_PRINT 32
typedef struct godwit_https_certificate {
    int64_t not_after_s; /* since 1970: the first of its chain that ends */
    uint8_t print[GODWIT_HTTPS_PRINT];
} godwit_https_certificate_t;
GODWIT_MUST_USE bool godwit_https_certificate_read(const char *path, godwit_https_certificate_t *certificate);
/* A whole regular file that is not empty and has less than 256 KiB; to be freed, and wiped where it is a key. NULL:
 * why. */
char *godwit_https_read_pem(const char *path, char why[GODWIT_HTTPS_WHY]);
void godwit_https_release_pem(char *text); /* wipes; NULL is nothing */

#endif
