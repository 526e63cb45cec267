/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP-AKA' (RFC 9048, on EAP of RFC 3748 and EAP-AKA of RFC 4187), full authentication: packets and attributes. No fast
 * re-authentication, no pseudonyms: what is encrypted is not read. A packet's AT_MAC is under K_aut and over the whole
 * packet; whoever parses one has not checked it.
 */
#ifndef GODWIT_WIRE_EAP_AKA_H
#define GODWIT_WIRE_EAP_AKA_H

#include "godwit/crypto.h"

#define GODWIT_EAP_MAX 320          /* octets of a packet of ours, or of one that is taken */
#define GODWIT_EAP_IDENTITY_MAX 128 /* octets of an identity (a NAI) */
#define GODWIT_EAP_NETWORK_MAX 32   /* octets of a network name */

typedef enum godwit_eap_code { /* RFC 3748 4 */
                               GODWIT_EAP_REQUEST = 1,
                               GODWIT_EAP_RESPONSE = 2,
                               GODWIT_EAP_SUCCESS = 3,
                               GODWIT_EAP_FAILURE = 4,
} godwit_eap_code_t;

typedef enum godwit_eap_type { /* RFC 3748 5; IANA */
                               GODWIT_EAP_TYPE_NONE = 0,
                               GODWIT_EAP_TYPE_IDENTITY = 1,
                               GODWIT_EAP_TYPE_NAK = 3,
                               GODWIT_EAP_TYPE_AKA_PRIME = 50,
} godwit_eap_type_t;

typedef enum godwit_eap_subtype { /* RFC 4187 11 */
                                  GODWIT_EAP_CHALLENGE = 1,
                                  GODWIT_EAP_AUTHENTICATION_REJECT = 2,
                                  GODWIT_EAP_SYNCHRONIZATION_FAILURE = 4,
                                  GODWIT_EAP_AKA_IDENTITY = 5,
                                  GODWIT_EAP_NOTIFICATION = 12,
                                  GODWIT_EAP_CLIENT_ERROR = 14,
} godwit_eap_subtype_t;

#define GODWIT_EAP_KDF_AKA_PRIME 1 /* AT_KDF: the one that there is (RFC 9048 3.3) */

/* Success and Failure have code and identifier alone. Slices point into the octets that were parsed; ptr NULL: not
 * there. */
typedef struct godwit_eap {
    godwit_eap_code_t code;
    uint8_t identifier;
    godwit_eap_type_t type;  /* another than above stays as it is, and nothing behind it is read */
    godwit_slice_t identity; /* type IDENTITY, response; AT_IDENTITY */
    uint8_t subtype;         /* AKA_PRIME: godwit_eap_subtype_t, or another */
    const uint8_t *rand, *autn, *auts;
    godwit_slice_t res;                                   /* 4 to 16 octets */
    godwit_slice_t network;                               /* AT_KDF_INPUT */
    uint16_t kdf;                                         /* the first AT_KDF; 0: none */
    bool any_identity, full_identity, permanent_identity; /* AT_ANY_ID_REQ, AT_FULLAUTH_ID_REQ, AT_PERMANENT_ID_REQ */
    uint16_t notification;                                /* AT_NOTIFICATION */
    uint16_t client_error;                                /* AT_CLIENT_ERROR_CODE */
    bool has_mac;                                         /* AT_MAC: in what is built, of zeros until it is signed */
    size_t mac_at;                                        /* where its 16 octets begin */
} godwit_eap_t;

/* GODWIT_NO_SPACE; GODWIT_INVALID_ARGUMENT for a RES, identity or name of another length. */
GODWIT_MUST_USE godwit_status_t godwit_eap_build(const godwit_eap_t *eap, godwit_writer_t *w);
/* GODWIT_MALFORMED for a length that is not its own, an attribute that is cut, twice there, of a wrong length, or
 * unknown and not to be skipped (RFC 4187 8.1), and for a packet longer than GODWIT_EAP_MAX. Octets behind the packet
 * are padding of the lower layer and not read. */
GODWIT_MUST_USE godwit_status_t godwit_eap_parse(godwit_slice_t octets, godwit_eap_t *eap);

/* Puts AT_MAC (HMAC-SHA-256-128, RFC 9048 3.4.2) into a packet that was built with has_mac. GODWIT_INVALID_ARGUMENT: it
 * has none. */
GODWIT_MUST_USE godwit_status_t godwit_eap_sign(const godwit_crypto_t *crypto, const uint8_t k_aut[32], uint8_t *octets,
                                                size_t len);
/* GODWIT_MAC_FAILURE: it is wrong, or not there. octets: the packet that eap was parsed from. */
GODWIT_MUST_USE godwit_status_t godwit_eap_verify(const godwit_crypto_t *crypto, const uint8_t k_aut[32],
                                                  const godwit_eap_t *eap, godwit_slice_t octets);

#endif
