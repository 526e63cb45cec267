/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this adapter share. freeDiameter's threads and the owner's thread meet in godwit_diameter_t, under
 * its lock; nobody waits while holding it, and of freeDiameter only fd_msg_free is called.
 */
#ifndef GODWIT_ADAPTERS_DIAMETER_INTERNAL_H
#define GODWIT_ADAPTERS_DIAMETER_INTERNAL_H

#include "adapters/diameter/diameter.h"
#include "adapters/https/identity.h"
#include "core/wire/diameter.h"

#include <freeDiameter/freeDiameter-host.h>
#include <freeDiameter/libfdcore.h>
#include <pthread.h>

#define GODWIT_DIAMETER_QUEUE 1024   /* messages for the owner */
#define GODWIT_DIAMETER_PENDING 1024 /* requests received and not yet answered; as many requests of ours */
#define GODWIT_DIAMETER_MESSAGE_MAX 65536

/* A request of a peer that the owner has: the message waits here for its answer. */
typedef struct godwit_diameter_pending {
    struct msg *request; /* NULL: free */
    uint8_t *octets;     /* of the request, as the codec wants them for the answer */
    size_t len;
    uint32_t generation; /* in the route: an answer to an earlier request of this place finds nothing */
    uint64_t since_ms;
    godwit_message_kind_t kind;
    size_t peer; /* whose connection brought it */
} godwit_diameter_pending_t;

/* A request of ours. */
typedef struct godwit_diameter_outstanding {
    bool used;
    uint32_t generation;
    uint64_t deadline_ms;
    godwit_message_kind_t kind; /* of the request */
    godwit_vector_kind_t vectors;
    godwit_function_t from, to;
    uint32_t transaction;
    uint32_t session;                                             /* the last part of its Session-Id */
    char host[GODWIT_NODE_NAME_MAX], realm[GODWIT_NODE_NAME_MAX]; /* where it went; host "": any of that realm */
} godwit_diameter_outstanding_t;

/* own.c: with TLS. */
typedef struct godwit_diameter_own {
    char *certificate, *key, *ca;      /* files */
    char *authorities;                 /* what stood in ca at the start */
    godwit_https_identity_t *identity; /* what is shown; former ones live as long */
} godwit_diameter_own_t;

struct godwit_diameter {
    /* Constant after start. */
    char identity[GODWIT_NODE_NAME_MAX], realm[GODWIT_NODE_NAME_MAX];
    godwit_diameter_config_t config; /* its strings are not kept, but for those in arrays */
    godwit_diameter_peer_t peers[GODWIT_DIAMETER_PEERS_MAX];
    bool tls;
    uint16_t port;
    int event, timer, poll, dh_file;
    godwit_diameter_own_t own; /* its identity under the lock */

    pthread_mutex_t lock;
    bool dead;                                     /* freeDiameter has ended itself */
    bool running;                                  /* false while starting and stopping */
    bool authentic[GODWIT_DIAMETER_PEERS_MAX];     /* its connection's certificate names it, or there is no TLS */
    godwit_message_t queue[GODWIT_DIAMETER_QUEUE]; /* ring */
    size_t queue_first, queue_count;
    godwit_diameter_pending_t pending[GODWIT_DIAMETER_PENDING];
    godwit_diameter_outstanding_t outstanding[GODWIT_DIAMETER_PENDING];
    size_t outstanding_count;
    uint64_t log_second; /* and how many lines it has seen */
    unsigned log_lines;
    uint32_t next_session;
    godwit_diameter_counters_t counters;
    char first_error[160]; /* what freeDiameter complained of first, while starting */
};

/* The one instance of this process, or NULL: freeDiameter's callbacks have no other way to it. */
extern godwit_diameter_t *godwit_diameter_instance;

/* log.c: from freeDiameter's and our own threads. */
void godwit_diameter_log(godwit_diameter_t *d, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void godwit_diameter_log_handler(int level, const char *format, va_list args);

/* config.c: GODWIT_OK, or a line in error. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_config_check(const godwit_diameter_config_t *config, char *error);
/* The configuration file's descriptor, or -1. */
int godwit_diameter_config_file(godwit_diameter_t *d, const godwit_diameter_config_t *config, char *error);
GODWIT_MUST_USE godwit_status_t godwit_diameter_address(const char *text, uint16_t port,
                                                        struct sockaddr_storage *address, socklen_t *len);
bool godwit_diameter_is_loopback(const struct sockaddr_storage *address);

/* own.c: after freeDiameter has read its file, and before it starts. */
bool godwit_diameter_own_start(godwit_diameter_t *d, const godwit_diameter_config_t *config, char *error);
void godwit_diameter_own_release(godwit_diameter_t *d);

/* applications.c: the one table of what is spoken; NULL beyond its end. */
typedef struct godwit_diameter_application {
    uint32_t bit; /* in godwit_diameter_peer_t.only */
    uint32_t id, vendor;
    const char *name;
    bool (*serves)(const godwit_diameter_config_t *config); /* its requests come to us */
    bool (*asks)(const godwit_diameter_config_t *config);   /* we send requests of it */
} godwit_diameter_application_t;
typedef struct godwit_diameter_pair {
    godwit_message_kind_t kind;
    const godwit_diameter_command_t *request, *answer;
    const char *name; /* without -Request and -Answer */
} godwit_diameter_pair_t;
const godwit_diameter_application_t *godwit_diameter_application(size_t i);
const godwit_diameter_pair_t *godwit_diameter_pair(size_t i);
const godwit_diameter_command_t *godwit_diameter_answer_command(godwit_message_kind_t request);

/* dictionary.c: vendors, applications, commands and AVPs of the table; 0 or an errno. */
int godwit_diameter_dictionary(void);
/* The command object for fd_disp_register; NULL if unknown. */
struct dict_object *godwit_diameter_command_object(const godwit_diameter_command_t *request);

/* peers.c: who may connect, who is who. */
int godwit_diameter_peers_add(godwit_diameter_t *d);
int godwit_diameter_peers_watch(godwit_diameter_t *d);
/* The peer that a message came from and whether what it says of its sender holds. */
bool godwit_diameter_sender_holds(godwit_diameter_t *d, struct msg *message,
                                  const godwit_diameter_envelope_t *envelope);
/* Whether an answer is of the host that was asked, whoever handed it on; an error on the way is of anybody's. */
bool godwit_diameter_is_of_asked(const godwit_diameter_outstanding_t *request,
                                 const godwit_diameter_envelope_t *envelope);

/* The place of the peer whose connection brought a message; GODWIT_DIAMETER_PEERS_MAX: nobody's. */
size_t godwit_diameter_source(const godwit_diameter_t *d, struct msg *message);
/* Whether the peer that a request came from may ask that application. */
bool godwit_diameter_peer_may_ask(godwit_diameter_t *d, struct msg *message);
/* How the way is protected that such a message came by: what a relay hands on is open, whatever the relay has proved of
 * itself. */
godwit_hop_t godwit_diameter_hop(godwit_diameter_t *d, struct msg *message, const godwit_diameter_envelope_t *envelope);
/* Of a peer of the configuration, by what is configured. */
godwit_hop_t godwit_diameter_way_of(const godwit_diameter_t *d, size_t peer);

/* stop.c: ends freeDiameter. False: it gave up on the way, so threads of it may go on until the process ends. */
bool godwit_diameter_shut_down(void);

/* guard.c: what freeDiameter would not survive is kept from it. */
int godwit_diameter_guard(godwit_diameter_t *d);

/* translate.c: octets to messages and back, the kind choosing the codec. */
/* Which request of that command it is: the messages of Solution 1 are told by Key-Purpose. */
godwit_message_kind_t godwit_diameter_kind_of(godwit_slice_t octets, godwit_message_kind_t kind);
/* Whether there is a function here for a request that came, to which it then goes. */
bool godwit_diameter_is_served(const godwit_diameter_config_t *config, godwit_message_t *request);
bool godwit_diameter_is_request(godwit_message_kind_t kind);
GODWIT_MUST_USE godwit_status_t godwit_diameter_read_request(godwit_slice_t octets, godwit_message_kind_t kind,
                                                             godwit_diameter_envelope_t *envelope,
                                                             godwit_message_t *message, godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_diameter_read_answer(godwit_slice_t octets,
                                                            const godwit_diameter_outstanding_t *request,
                                                            godwit_diameter_envelope_t *envelope,
                                                            godwit_message_t *message);
GODWIT_MUST_USE godwit_status_t godwit_diameter_write_request(const godwit_diameter_envelope_t *envelope,
                                                              const godwit_message_t *message, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_diameter_write_answer(const godwit_diameter_envelope_t *envelope,
                                                             const godwit_message_t *message, godwit_writer_t *w);
/* The kind of answer to a request; and an answer that says that none came. */
godwit_message_kind_t godwit_diameter_answer_kind(godwit_message_kind_t request);
void godwit_diameter_failed(const godwit_diameter_outstanding_t *request, godwit_message_t *message);

/* translate_e2e.c: the same for the messages of protection end to end. */
bool godwit_diameter_is_of_triggers(godwit_message_kind_t kind); /* translate.c */
bool godwit_diameter_is_e2e(godwit_message_kind_t kind);
GODWIT_MUST_USE godwit_status_t godwit_diameter_e2e_parse_request(godwit_slice_t octets,
                                                                  godwit_diameter_envelope_t *envelope,
                                                                  godwit_message_t *message,
                                                                  godwit_diameter_fault_t *fault);
void godwit_diameter_e2e_failed(godwit_message_t *message);
GODWIT_MUST_USE godwit_status_t godwit_diameter_e2e_parse_answer(godwit_slice_t octets,
                                                                 godwit_diameter_envelope_t *envelope,
                                                                 godwit_message_t *message);
GODWIT_MUST_USE godwit_status_t godwit_diameter_e2e_write_request(const godwit_diameter_envelope_t *envelope,
                                                                  const godwit_message_t *message, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_diameter_e2e_write_answer(const godwit_diameter_envelope_t *envelope,
                                                                 const godwit_message_t *message, godwit_writer_t *w);

/* translate_trigger.c: the same for the messages of device triggering. */
godwit_message_kind_t godwit_diameter_trigger_kind_of(godwit_slice_t octets);
bool godwit_diameter_trigger_is_served(const godwit_diameter_config_t *config, godwit_message_t *request);
GODWIT_MUST_USE godwit_status_t godwit_diameter_trigger_parse_request(godwit_slice_t octets,
                                                                      godwit_diameter_envelope_t *envelope,
                                                                      godwit_message_t *message,
                                                                      godwit_diameter_fault_t *fault);
void godwit_diameter_trigger_failed(godwit_message_t *message);
GODWIT_MUST_USE godwit_status_t godwit_diameter_trigger_parse_answer(godwit_slice_t octets,
                                                                     godwit_diameter_envelope_t *envelope,
                                                                     godwit_message_t *message);
GODWIT_MUST_USE godwit_status_t godwit_diameter_trigger_write_request(const godwit_diameter_envelope_t *envelope,
                                                                      const godwit_message_t *message,
                                                                      godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_diameter_trigger_write_answer(const godwit_diameter_envelope_t *envelope,
                                                                     const godwit_message_t *message,
                                                                     godwit_writer_t *w);

/* destination.c: host and realm that a request of ours goes to; false: there is none. And whether it may go there at
 * all. */
bool godwit_diameter_destination(const godwit_diameter_t *d, const godwit_message_t *message, const char **host,
                                 const char **realm);
bool godwit_diameter_may_carry(const godwit_diameter_t *d, const godwit_message_t *message);

/* exchange.c: the queue to the owner and the tables, each call under the lock. */
uint64_t godwit_diameter_now_ms(void);
void godwit_diameter_push(godwit_diameter_t *d, const godwit_message_t *message); /* answers always fit */
/* A request for the owner, its message kept. False: too many are waiting, or too many of that peer. Takes octets and
 * request when true. */
bool godwit_diameter_accept(godwit_diameter_t *d, size_t peer, struct msg *request, uint8_t *octets, size_t len,
                            godwit_message_t *message);
void godwit_diameter_forget_pending(godwit_diameter_t *d);
bool godwit_diameter_take_pending(godwit_diameter_t *d, uint64_t route, godwit_message_kind_t answer,
                                  godwit_diameter_pending_t *pending);
/* How long an answer to such a request may take: longer where a device must be paged and acknowledge first. */
uint32_t godwit_diameter_timeout_ms(const godwit_diameter_t *d, godwit_message_kind_t kind);
/* A place for a request of ours in that session: its number, or 0. */
uint64_t godwit_diameter_register(godwit_diameter_t *d, const godwit_message_t *request,
                                  const godwit_diameter_envelope_t *envelope, uint32_t session);
/* The Session-Id that ends so (RFC 6733 8.8). */
#define GODWIT_DIAMETER_SESSION (GODWIT_NODE_NAME_MAX + 32)
void godwit_diameter_session(const godwit_diameter_t *d, uint32_t session, char text[GODWIT_DIAMETER_SESSION]);
bool godwit_diameter_take_outstanding(godwit_diameter_t *d, uint64_t number, godwit_diameter_outstanding_t *taken);
void godwit_diameter_sweep(godwit_diameter_t *d);

/* listening.c: by the kernel's list. */
bool godwit_diameter_is_listening(uint16_t port);

/* carry.c: between octets and freeDiameter's messages. */
int godwit_diameter_serve(void);
/* The octets of a message; freed by the caller. False: none. */
bool godwit_diameter_octets(struct msg *message, uint8_t **octets, size_t *len);
/* Sends octets as the answer to request, which it takes. */
void godwit_diameter_carry_answer(struct msg *request, godwit_slice_t octets);
GODWIT_MUST_USE godwit_status_t godwit_diameter_carry_request(godwit_slice_t octets, uint64_t number,
                                                              uint32_t timeout_ms);

#endif
