/* SPDX-License-Identifier: Apache-2.0
 *
 * What kinds that reach a server have in common.
 */
#ifndef GODWIT_ADAPTERS_DELIVER_PARTS_H
#define GODWIT_ADAPTERS_DELIVER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file's octets, at most cap of them; false when it cannot be read, or is empty or longer. */
bool godwit_deliver_secret_read(const char *path, uint8_t *octets, size_t cap, size_t *len);
/* "SCHEME://HOST[:PORT]", or "SCHEMEs://" with TLS; HOST may be "[IPv6]". */
bool godwit_deliver_url_read(const char *url, const char *scheme, uint16_t port_plain, uint16_t port_tls,
                             char host[128], uint16_t *port, bool *tls);

#endif
