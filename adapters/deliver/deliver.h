/* SPDX-License-Identifier: Apache-2.0
 *
 * Delivery of readings to an application: the seam, and the kinds there are. A kind takes readings in the order in
 * which they are offered, and says of each, once, whether the destination has it. It never waits: what needs time goes
 * on in its step. It never drops what it took, and never tells that the destination has what may still be lost on this
 * side.
 */
#ifndef GODWIT_ADAPTERS_DELIVER_H
#define GODWIT_ADAPTERS_DELIVER_H

#include "roles/role.h"

#define GODWIT_DELIVER_WHY 320
#define GODWIT_DELIVER_NAME_MAX 255

/* Why a reading did not arrive. */
typedef enum godwit_deliver_failure {
    GODWIT_DELIVER_LATER,   /* it may arrive when it is offered again */
    GODWIT_DELIVER_REFUSED, /* the destination does not want this reading, whenever it is offered */
} godwit_deliver_failure_t;

/* Who is told, on the thread that calls the kind, from within any of its functions. */
typedef struct godwit_deliver_told {
    void *context;
    void (*done)(void *context, uint64_t number); /* the destination has it */
    void (*failed)(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why);
} godwit_deliver_told_t;

/* What a destination is. Strings stay as long as the delivery is open. A kind reads what it needs, and its check
 * refuses the rest. */
typedef struct godwit_deliver_config {
    const char *name;                   /* of the destination, for logs; also what tells two of a kind apart */
    const char *target;                 /* a path, an address, a URL; NULL for standard output */
    const char *certificate, *key, *ca; /* files, PEM; NULL: shows none, and trusts what the system trusts */
    const char *secret_file;            /* of the key that signs, or of a pre-shared key: octets as in the file */
    const char *topic;                  /* MQTT: with {imsi} and {session} */
    const char *client_id, *username, *password_file; /* MQTT */
    const char *psk_identity;                         /* CoAP */
    bool plain;                                       /* without TLS: http:// too */
    bool acknowledged;                                /* unix: the application answers each line with one of its own */
    unsigned in_flight;                               /* readings without an outcome; 0: what the kind thinks best */
    uint32_t timeout_ms;                              /* of one attempt; 0: what the kind thinks best */
} godwit_deliver_config_t;

/* What every kind's own structure begins with. */
typedef struct godwit_delivery {
    const struct godwit_deliver_kind *kind;
    godwit_deliver_told_t told;
    char why[GODWIT_DELIVER_WHY]; /* of the last trouble */
} godwit_delivery_t;

#define GODWIT_DELIVER_NEVER UINT64_MAX

typedef struct godwit_deliver_kind {
    const char *name; /* as the configuration says it */
    /* Returns at once; a destination that cannot be reached yet is none the worse. GODWIT_IO_FAILED: it can never work
     * so, why says more. */
    godwit_status_t (*open)(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                            godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY]);
    /* GODWIT_OK: taken (copied), and exactly one of done and failed follows for reading->number, maybe at once, unless
     * the delivery is closed before. GODWIT_AGAIN: no room now; it is offered again after the next outcome or step. */
    godwit_status_t (*offer)(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms);
    /* At the end of each batch of offers. GODWIT_IO_FAILED: there is trouble, as delivery->why says; what was taken
     * waits. */
    godwit_status_t (*flush)(godwit_delivery_t *delivery);
    /* Does what is due. The milliseconds after which it wants to be called again at the latest, or NEVER: only when fd
     * is readable.
     * NULL: the kind needs none. */
    uint64_t (*step)(godwit_delivery_t *delivery, uint64_t now_ms);
    int (*fd)(const godwit_delivery_t *delivery); /* readable when step has something to do. NULL: there is none */
    void (*close)(godwit_delivery_t *delivery);   /* flushes what can be at once */
    bool queued;                                  /* it needs time: readings for it wait in a queue */
} godwit_deliver_kind_t;

extern const godwit_deliver_kind_t godwit_deliver_stdout, godwit_deliver_file, godwit_deliver_udp, godwit_deliver_mqtt,
    godwit_deliver_coap, godwit_deliver_webhook, godwit_deliver_unix;

/* By name; NULL for another. */
const godwit_deliver_kind_t *godwit_deliver_kind(const char *name);

/* A reading as one JSON line, with its newline: imsi, session, count, payload (text when it is UTF-8, else
 * payload_hex), time; and id {origin, number} when it has one. NULL without memory. The caller wipes and frees it. */
char *godwit_deliver_line(const godwit_reading_t *reading, size_t *len);

#endif
