/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two ends of RADIUS share.
 */
#ifndef GODWIT_ADAPTERS_RADIUS_INTERNAL_H
#define GODWIT_ADAPTERS_RADIUS_INTERNAL_H

#include "adapters/radius/packet.h"

#define RADIUS_HEADER 20u
#define RADIUS_MD5 16u
#define RADIUS_ATTRIBUTE_MAX 253u /* octets of a value */
#define RADIUS_KEY 32u
#define RADIUS_MICROSOFT 311u

/* RFC 2865 5, RFC 3579 3; vendor types of RFC 2548. */
enum {
    RADIUS_STATE = 24,
    RADIUS_VENDOR_SPECIFIC = 26,
    RADIUS_PROXY_STATE = 33,
    RADIUS_EAP_MESSAGE = 79,
    RADIUS_MESSAGE_AUTHENTICATOR = 80,
    RADIUS_MPPE_SEND_KEY = 16,
    RADIUS_MPPE_RECV_KEY = 17,
};

typedef struct radius_walk {
    godwit_reader_t reader;
    uint8_t type;
    godwit_slice_t value;
} radius_walk_t;

radius_walk_t godwit_radius_walk(godwit_slice_t packet);
/* The next attribute; false at the end, or where one is cut (reader.failed). */
bool godwit_radius_next(radius_walk_t *walk);
/* False: it does not fit. */
bool godwit_radius_append(uint8_t *to, size_t cap, size_t *len, godwit_slice_t octets);
void godwit_radius_put(godwit_writer_t *w, uint8_t type, godwit_slice_t value);
void godwit_radius_put_eap(godwit_writer_t *w, godwit_slice_t eap);

GODWIT_MUST_USE godwit_status_t godwit_radius_md5(const godwit_slice_t *parts, size_t count,
                                                  uint8_t digest[RADIUS_MD5]);
GODWIT_MUST_USE godwit_status_t godwit_radius_hmac(godwit_slice_t secret, godwit_slice_t text, uint8_t mac[RADIUS_MD5]);
/* The one Message-Authenticator of a packet, over it as it stands. */
GODWIT_MUST_USE godwit_status_t godwit_radius_check(godwit_slice_t packet, godwit_slice_t secret);

#endif
