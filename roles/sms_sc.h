/* SPDX-License-Identifier: Apache-2.0
 *
 * The service centre of short messages, as far as machines need one (TS 23.040): takes SMS-SUBMITs that serving nodes bring (SHORT_MESSAGE_UP) for
 * one number and one application port, and hands their user data to the HSE as datagrams on port SMS, whose address is the IMSI that
 * the serving node vouches for; wraps the HSE's datagrams into SMS-DELIVERs and sends them to the node that spoke last for that IMSI
 * (SHORT_MESSAGE_DOWN), again after a while when the device is absent, and given up after so many times. It keeps nothing in a store, and
 * believes nothing of an IMSI but where to send: what is inside is EMSDP's to protect.
 */
#ifndef GODWIT_ROLES_SMS_SC_H
#define GODWIT_ROLES_SMS_SC_H

#include "core/wire/tpdu.h"
#include "roles/role.h"

#define GODWIT_SMS_SC_QUEUE                                                                                            \
    4 /* messages that wait for one device; a fifth pushes out the oldest that is not on its way */
#define GODWIT_SMS_SC_DEVICES_MAX 65536

typedef struct godwit_sms_waiting {
    uint8_t len; /* 0: free */
    uint16_t port;
    uint8_t time[7]; /* TP-SCTS: when it came to the centre */
    uint8_t octets[GODWIT_SMS_PORT_DATA_MAX];
} godwit_sms_waiting_t;

/* A device, and the node that spoke last for it. */
typedef struct godwit_sms_sc_device {
    bool used;
    godwit_imsi_t imsi;
    uint64_t at_ms; /* of the last message, either way */
    godwit_function_t node;
    char node_host[GODWIT_NODE_NAME_MAX], node_realm[GODWIT_NODE_NAME_MAX];
    bool on_its_way; /* queue[0] is */
    uint8_t left;    /* tries of queue[0] */
    uint32_t transaction;
    godwit_sms_waiting_t queue[GODWIT_SMS_SC_QUEUE];
} godwit_sms_sc_device_t;

typedef struct godwit_sms_sc_config {
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    char number[GODWIT_E164_MAX + 1]; /* our own, which devices send to and hear from */
    uint16_t port;                    /* 0: GODWIT_SMS_PORT */
    uint32_t retry_ms;                /* 0: 30000 */
    uint8_t tries;                    /* of one message; 0: 4 */
    uint32_t answer_ms;               /* how long a node may take; 0: 60000 */
} godwit_sms_sc_config_t;

typedef struct godwit_sms_sc {
    godwit_sms_sc_config_t config;
    godwit_sms_address_t number;
    godwit_sms_sc_device_t *devices;
    size_t capacity;
    uint32_t next_transaction;
} godwit_sms_sc_t;

/* GODWIT_INVALID_ARGUMENT: a number that is none, a table of size 0 or beyond GODWIT_SMS_SC_DEVICES_MAX. */
GODWIT_MUST_USE godwit_status_t godwit_sms_sc_init(godwit_sms_sc_t *sc, const godwit_sms_sc_config_t *config,
                                                   godwit_sms_sc_device_t *devices, size_t capacity);
/* Inputs: MESSAGE (SHORT_MESSAGE_UP, SHORT_MESSAGE_DOWN_ANSWER); DATAGRAM of port SMS (from: the IMSI that it is for); TIMER. Requests: DATAGRAM of port
 * SMS to the HSE (to: the IMSI that it is from), MESSAGE, TIMER, EVENT: sms_accepted, sms_refused, sms_delivered, sms_not_delivered. */
void godwit_sms_sc_step(godwit_sms_sc_t *sc, const godwit_input_t *in, godwit_outbox_t *out);

#endif
