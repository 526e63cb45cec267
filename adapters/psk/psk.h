/* SPDX-License-Identifier: Apache-2.0
 *
 * A server for PSK-TLS (1.2, 1.3) and PSK-DTLS (1.2) on Ua, inside a single-threaded owner (TS 33.222 5.4, RFC 4279).
 * The identity is a B-TID, alone or after "3GPP-bootstrapping;"; its key is asked of the owner while the handshake
 * waits, and other connections go on. No certificates, no tickets, no resumption: who has no key gets a handshake
 * failure. Connections, handshakes and silence are bounded.
 */
#ifndef GODWIT_ADAPTERS_PSK_H
#define GODWIT_ADAPTERS_PSK_H

#include "godwit/bytes.h"

#define GODWIT_PSK_WHY 256
#define GODWIT_PSK_IDENTITY_MAX 127
#define GODWIT_PSK_DATA_MAX 4096
#define GODWIT_PSK_CONNECTIONS_MAX 1024

typedef struct godwit_psk_config {
    const char *host; /* an address */
    bool tls, dtls;
    uint16_t tls_port, dtls_port; /* 0: a free one */
    /* Of TLS 1.2 and DTLS 1.2, as OpenSSL names them; NULL: PSK-AES128-GCM-SHA256. The Ua protocol identifier, and so
     * the key, follows from the suite that is agreed: where there is more than one, a device must know which it will
     * be. */
    const char *ciphers;
    const char *hint;      /* NULL: 3GPP-bootstrapping */
    unsigned connections;  /* 256; when all are taken, the oldest that is in its handshake goes */
    uint32_t handshake_ms; /* 5000 */
    uint32_t idle_ms;      /* 60000: without anything from the other end */
} godwit_psk_config_t;

typedef enum godwit_psk_event_kind {
    GODWIT_PSK_KEY_WANTED, /* identity, ua_protocol, server_name: then call godwit_psk_key */
    GODWIT_PSK_OPENED,     /* the handshake is done: the other end has the key */
    GODWIT_PSK_DATA,       /* data: one record */
    GODWIT_PSK_REFUSED,    /* for the log: why */
} godwit_psk_event_kind_t;

/* Lives until the next call. */
typedef struct godwit_psk_event {
    godwit_psk_event_kind_t kind;
    uint64_t route; /* names the connection */
    bool dtls;
    const char *identity;    /* B-TID */
    const char *server_name; /* of SNI; "": none was sent */
    /* TS 33.220 H.3: 01 00 01 yy zz with the suite of TLS 1.2 and DTLS 1.2, 01 00 00 00 07 for TLS 1.3. */
    uint8_t ua_protocol[5];
    godwit_slice_t data;
    const char *why;
} godwit_psk_event_t;

typedef struct godwit_psk godwit_psk_t;

/* GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one line. */
GODWIT_MUST_USE godwit_status_t godwit_psk_start(const godwit_psk_config_t *config, godwit_psk_t **psk,
                                                 char why[GODWIT_PSK_WHY]);
uint16_t godwit_psk_tls_port(const godwit_psk_t *psk);
uint16_t godwit_psk_dtls_port(const godwit_psk_t *psk);
int godwit_psk_fd(const godwit_psk_t *psk);                         /* readable when next() has something to do */
bool godwit_psk_next(godwit_psk_t *psk, godwit_psk_event_t *event); /* false: nothing more for now */
/* The key that was wanted; NULL: there is none, and the handshake fails. A route that is gone is nothing. */
void godwit_psk_key(godwit_psk_t *psk, uint64_t route, const uint8_t key[32]);
/* One record to the other end. False: the connection is gone, or takes no more. */
bool godwit_psk_send(godwit_psk_t *psk, uint64_t route, godwit_slice_t data);
void godwit_psk_end(godwit_psk_t *psk, uint64_t route); /* a route that is gone is nothing */
void godwit_psk_stop(godwit_psk_t *psk);                /* NULL is nothing */

#endif
