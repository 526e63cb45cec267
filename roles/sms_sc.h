/* SPDX-License-Identifier: Apache-2.0
 *
 * The service centre of short messages, as far as machines need one (TS 23.040): takes SMS-SUBMITs that serving nodes
 * bring (SHORT_MESSAGE_UP) for one number and one application port, and hands their user data to the HSE as datagrams
 * on port SMS, whose address is the IMSI that the serving node vouches for; wraps the HSE's datagrams into SMS-DELIVERs
 * and sends them to the node that spoke last for that IMSI (SHORT_MESSAGE_DOWN), again after a while when the device is
 * absent, and given up after so many times. T4 (TS 23.682): the MTC-IWF's triggers wait beside them until their
 * validity ends, also for devices that have not spoken yet, and SMS-SUBMITs for the MTC-IWF's number go to it. It keeps
 * nothing in a store, and believes nothing of an IMSI but where to send: what is inside is EMSDP's and the trigger's to
 * protect.
 */
#ifndef GODWIT_ROLES_SMS_SC_H
#define GODWIT_ROLES_SMS_SC_H

#include "core/trigger/trigger.h"
#include "core/wire/tpdu.h"
#include "roles/role.h"

#define GODWIT_SMS_SC_EACH                                                                                             \
    4 /* datagrams that wait for one device, and triggers; a fifth datagram pushes out the oldest */
#define GODWIT_SMS_SC_QUEUE 8
#define GODWIT_SMS_SC_DEVICES_MAX 65536

typedef struct godwit_sms_waiting {
    uint8_t len; /* 0: free */
    bool trigger, priority;
    uint8_t time[7]; /* TP-SCTS: when it came to the centre */
    uint16_t port;
    uint32_t reference;  /* trigger: the MTC-IWF's */
    uint64_t expires_ms; /* trigger */
    uint8_t octets[GODWIT_SMS_PORT_DATA_MAX];
} godwit_sms_waiting_t;

/* A device, and the node that spoke last for it, or that the MTC-IWF has named since. */
typedef struct godwit_sms_sc_device {
    bool used;
    godwit_imsi_t imsi;
    uint64_t at_ms; /* of the last message, either way */
    godwit_function_t node;
    char node_host[GODWIT_NODE_NAME_MAX], node_realm[GODWIT_NODE_NAME_MAX]; /* "": not known */
    bool on_its_way;                                                        /* queue[0] is */
    uint8_t left;                                                           /* tries of queue[0] */
    uint64_t due_ms; /* when queue[0] is tried again, or its node has been silent for too long */
    uint32_t transaction;
    godwit_sms_waiting_t queue[GODWIT_SMS_SC_QUEUE];
    /* A container of the device that the MTC-IWF has not answered: what its node is told then. */
    bool up;
    godwit_function_t up_from;
    uint32_t up_asked, up_transaction;
    uint64_t up_route;
} godwit_sms_sc_device_t;

/* A node that may speak for devices. */
typedef struct godwit_sms_sc_node {
    godwit_function_t function;
    char host[GODWIT_NODE_NAME_MAX];
} godwit_sms_sc_node_t;
#define GODWIT_SMS_SC_NODES_MAX 16

typedef struct godwit_sms_sc_config {
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    char number[GODWIT_E164_MAX + 1]; /* our own, which devices send to and hear from */
    uint16_t port;                    /* 0: GODWIT_SMS_PORT */
    uint32_t retry_ms;                /* 0: 30000 */
    uint8_t tries;                    /* of one message; 0: 4. A trigger is tried on after them, ten times as seldom */
    uint32_t answer_ms;               /* how long a node may take; 0: 60000 */
    uint8_t nodes;                    /* 0: all that the owner lets speak */
    godwit_sms_sc_node_t node[GODWIT_SMS_SC_NODES_MAX];
    /* T4. */
    /* The one MTC-IWF whose triggers are taken, and that hears of them; host "": none. */
    char iwf_host[GODWIT_NODE_NAME_MAX], iwf_realm[GODWIT_NODE_NAME_MAX];
    bool iwf_open; /* its triggers are taken also over a hop that proves nothing, where its name is anybody's */
    char iwf_number[GODWIT_E164_MAX + 1]; /* its number, which devices send to and hear from; another than ours */
    uint16_t trigger_port;                /* of the device: 0: GODWIT_A3_PORT */
    uint32_t validity_s;                  /* the longest, and of a trigger that says none; 0: 3 days */
} godwit_sms_sc_config_t;

typedef struct godwit_sms_sc {
    godwit_sms_sc_config_t config;
    godwit_sms_address_t number, iwf_number;
    godwit_sms_sc_device_t *devices;
    size_t capacity;
    uint32_t next_transaction;
} godwit_sms_sc_t;

/* GODWIT_INVALID_ARGUMENT: numbers that are none, or the same; a table of size 0 or beyond
 * GODWIT_SMS_SC_DEVICES_MAX. */
GODWIT_MUST_USE godwit_status_t godwit_sms_sc_init(godwit_sms_sc_t *sc, const godwit_sms_sc_config_t *config,
                                                   godwit_sms_sc_device_t *devices, size_t capacity);
/* Inputs: MESSAGE (SHORT_MESSAGE_UP, SHORT_MESSAGE_DOWN_ANSWER, T4_TRIGGER, T4_REPORT_ANSWER); DATAGRAM of port SMS
 * (from: the IMSI that it is for); TIMER. Requests: DATAGRAM of port SMS to the HSE (to: the IMSI that it is from),
 * MESSAGE, TIMER, EVENT: sms_accepted, sms_refused, sms_delivered, sms_not_delivered, trigger_queued, trigger_refused,
 * trigger_recalled. T4_TRIGGER is answered with OK (the centre has it, or has taken it back); NOT_ENTITLED (another
 * MTC-IWF than ours, a hop that proves nothing, or a node that may not speak for devices); MALFORMED; OVERLOAD; NOT_FOUND (recall, replace: it
 * does not wait here any more, or never did). */
void godwit_sms_sc_step(godwit_sms_sc_t *sc, const godwit_input_t *in, godwit_outbox_t *out);

#endif
