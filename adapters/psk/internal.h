/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this adapter share. All of it runs on the owner's thread; a handshake that waits for its key is an
 * asynchronous job of OpenSSL, a stack of its own that is left and entered again.
 */
#ifndef GODWIT_ADAPTERS_PSK_INTERNAL_H
#define GODWIT_ADAPTERS_PSK_INTERNAL_H

#include "adapters/psk/psk.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

typedef enum godwit_psk_state { GODWIT_PSK_FREE, GODWIT_PSK_HANDSHAKE, GODWIT_PSK_OPEN } godwit_psk_state_t;
typedef enum godwit_psk_key_state {
    GODWIT_PSK_KEY_NONE,   /* no identity has come */
    GODWIT_PSK_KEY_WAITED, /* the owner is to be asked, or is asked */
    GODWIT_PSK_KEY_GIVEN,
    GODWIT_PSK_KEY_REFUSED,
} godwit_psk_key_state_t;

typedef struct godwit_psk_connection {
    godwit_psk_state_t state;
    uint32_t generation; /* in the route */
    bool dtls, ready, told, opened_told;
    int fd;
    SSL *ssl;
    uint64_t deadline_ms, since_ms;
    godwit_psk_key_state_t key_state;
    uint8_t key[32]; /* secret, until the handshake has it */
    uint8_t ua_protocol[5];
    char identity[GODWIT_PSK_IDENTITY_MAX + 1];
    char server_name[GODWIT_FQDN_MAX + 1];
    const char *refused; /* to be told, then NULL */
} godwit_psk_connection_t;

struct godwit_psk {
    godwit_psk_config_t config;
    SSL_CTX *tls, *dtls;
    SSL *listening; /* DTLS: takes the next hello with a good cookie */
    int tls_fd, dtls_fd, epoll, timer;
    uint16_t tls_port, dtls_port;
    uint8_t cookie_secret[32];
    unsigned capacity, turn; /* turn: whose event comes next, so that nobody talks all others down */
    godwit_psk_connection_t *connections;
    const char *accept_refused; /* to be told */
    uint8_t data[GODWIT_PSK_DATA_MAX];
};

/* context.c */
SSL_CTX *godwit_psk_context(const godwit_psk_config_t *config, bool dtls, godwit_psk_t *psk);

/* sockets.c */
uint64_t godwit_psk_now_ms(void);
GODWIT_MUST_USE godwit_status_t godwit_psk_listen(godwit_psk_t *psk, char *why);
void godwit_psk_accept_tls(godwit_psk_t *psk);
void godwit_psk_accept_dtls(godwit_psk_t *psk);

/* connection.c */
godwit_psk_connection_t *godwit_psk_connection_new(godwit_psk_t *psk, int fd, SSL *ssl, bool dtls);
void godwit_psk_connection_close(godwit_psk_t *psk, godwit_psk_connection_t *c);
/* Goes on with it as far as it goes; true: event is filled in. */
bool godwit_psk_connection_drive(godwit_psk_t *psk, godwit_psk_connection_t *c, godwit_psk_event_t *event);
godwit_psk_connection_t *godwit_psk_connection_of(godwit_psk_t *psk, uint64_t route);

#endif
