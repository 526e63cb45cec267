/* SPDX-License-Identifier: Apache-2.0
 *
 * How an application gives a message for a device: a POST over HTTPS with certificates on both sides
 * (docs/downlink.openapi.yaml), or a topic of MQTT whose payload is the message. This reads what came, and answers;
 * what becomes of the message is its owner's.
 */
#ifndef GODWIT_ADAPTERS_DOWNLINK_H
#define GODWIT_ADAPTERS_DOWNLINK_H

#include "adapters/https/server.h"
#include "godwit/crypto.h"

#define GODWIT_DOWNLINK_PAYLOAD_MAX 1208 /* what fits a datagram with the longest header and MAC */
#define GODWIT_DOWNLINK_CALLERS_MAX 64

typedef struct godwit_downlink {
    godwit_imsi_t imsi;
    bool has_id;
    uint8_t id[16];      /* of Idempotency-Key and of who said it: the same one again is the same message */
    uint32_t validity_s; /* 0: until it is sent */
    bool wake;           /* the device is to be triggered */
    uint16_t len;
    uint8_t payload[GODWIT_DOWNLINK_PAYLOAD_MAX];
} godwit_downlink_t;

/* The body of a POST: exactly one of payload (text) and payloadHex, of 1 to GODWIT_DOWNLINK_PAYLOAD_MAX octets;
 * validityPeriod; wake.
 * GODWIT_MALFORMED: *member is the one that is wrong, or "" for the whole. imsi and id are left alone. */
GODWIT_MUST_USE godwit_status_t godwit_downlink_read(godwit_slice_t text, godwit_downlink_t *downlink,
                                                     const char **member);

/* ---- topics: pattern has {imsi} as one whole level: "godwit/{imsi}/down" ---- */
/* GODWIT_INVALID_ARGUMENT: it has not, or has more than that, or wildcards. filter is what is to be subscribed to. */
GODWIT_MUST_USE godwit_status_t godwit_downlink_topic_filter(const char *pattern, char filter[256]);
/* GODWIT_MALFORMED: the topic is none of the pattern's, or that level is no IMSI. */
GODWIT_MUST_USE godwit_status_t godwit_downlink_topic_read(const char *pattern, const char *topic, godwit_imsi_t *imsi);

/* ---- the door ---- */

typedef struct godwit_downlink_config {
    const godwit_crypto_t *crypto;
    const char *host;
    uint16_t port;
    const char *certificate, *key, *ca; /* files, PEM */
    const char *const *callers;         /* names of certificates, that NULL ends: who may send to devices */
} godwit_downlink_config_t;

typedef struct godwit_downlink_door godwit_downlink_door_t;

/* GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one line. Everything is copied. */
GODWIT_MUST_USE godwit_status_t godwit_downlink_start(const godwit_downlink_config_t *config,
                                                      godwit_downlink_door_t **door, char why[GODWIT_HTTPS_WHY]);
uint16_t godwit_downlink_port(const godwit_downlink_door_t *door);
int godwit_downlink_fd(const godwit_downlink_door_t *door); /* readable when requests wait */
/* GODWIT_OK: to be answered by its route. GODWIT_AGAIN: none waits. Another status: somebody was refused here already;
 * detail (static) says why. */
GODWIT_MUST_USE godwit_status_t godwit_downlink_receive(godwit_downlink_door_t *door, godwit_downlink_t *downlink,
                                                        uint64_t *route, const char **detail);
/* GODWIT_OK is 202: it is durable, and goes when the device speaks. */
void godwit_downlink_answer(godwit_downlink_door_t *door, uint64_t route, godwit_status_t status, const char *detail);
void godwit_downlink_stop(godwit_downlink_door_t *door); /* NULL is nothing */

#endif
