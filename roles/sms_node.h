/* SPDX-License-Identifier: Apache-2.0
 *
 * Short messages at a serving node, the same for MME, SGSN and MSC: the relay layer (TS 24.011) towards one device on
 * one side, SHORT_MESSAGE_UP and _DOWN on the other (SGd, TS 29.338); and of SGSN and MSC what T5 brings for a device,
 * as short messages that the node makes itself (contribution 002). Which bearer carries the CP messages, and whether
 * the device must be paged first, is the node's. It must never hand up a message that did not come protected from the
 * device that the row is of, nor let a service centre speak in the node's own name.
 */
#ifndef GODWIT_ROLES_SMS_NODE_H
#define GODWIT_ROLES_SMS_NODE_H

#include "core/wire/sms_link.h"
#include "roles/serving_trigger.h"

/* In a row of the node; zeroed: nothing goes on. */
typedef struct godwit_sms_node {
    godwit_sms_link_t link;
    uint64_t tick_ms; /* when the timer comes that runs */
    bool asked;       /* the SMS-SC, about theirs */
    uint8_t up_reference;
    uint32_t up_transaction;
    /* Down: the message of the SMS-SC, or of the MTC-IWF, that waits for its answer. */
    bool down;
    bool started;   /* it is on its way to the device; else it waits for the radio */
    bool from_node; /* T5: the node itself is its originator */
    bool secret;    /* a key: not without ciphering */
    uint8_t down_reference;
    godwit_function_t down_from;
    uint32_t down_transaction;
    uint64_t down_route;
    char down_centre[GODWIT_E164_MAX + 1];
    uint8_t down_len, down_tpdu[GODWIT_TPDU_MAX];
} godwit_sms_node_t;

/* What a step needs of its node. */
typedef struct godwit_sms_host {
    const godwit_serving_home_t *home; /* own function and names; NULL where there is neither SMS-SC nor MTC-IWF */
    bool no_centre;                    /* there is no SMS-SC */
    godwit_outbox_t *out;
    const godwit_imsi_t *imsi;
    uint64_t now_ms;
    uint32_t transaction; /* for a SHORT_MESSAGE_UP or T5_UP: one that its answer finds the row by */
    bool confidential;    /* what `send` sends is ciphered and integrity protected */
    /* Device triggering; NULL: this node has none. number: the MTC-IWF's, in E.164 digits. */
    godwit_serving_trigger_t *trigger;
    const char *iwf_number;
    void (*send)(void *context, godwit_slice_t cp); /* to the device, protected */
    void (*tick)(void *context, uint32_t delay_ms); /* a timer of the row for godwit_sms_node_tick; 0: none */
    void *context;
} godwit_sms_host_t;

/* Whether a number can be the MTC-IWF's. */
bool godwit_sms_node_number(const char *iwf_number);
/* A CP message of the device. */
void godwit_sms_node_receive(godwit_sms_node_t *node, const godwit_sms_host_t *host, godwit_slice_t cp);
void godwit_sms_node_tick(godwit_sms_node_t *node, const godwit_sms_host_t *host);
/* The SMS-SC's or MTC-IWF's answer to the SHORT_MESSAGE_UP or T5_UP of that transaction; false: not this row's. */
bool godwit_sms_node_answered(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_message_t *answer);
/* A SHORT_MESSAGE_DOWN for this row's device: taken, and then godwit_sms_node_start is called when there is radio; or
 * answered at once, since one is on its way. False then. */
bool godwit_sms_node_down(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_message_t *message);
/* The same for a T5_DOWN. */
bool godwit_sms_node_t5(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_message_t *message);
/* The device listens. Nothing when nothing waits. */
void godwit_sms_node_start(godwit_sms_node_t *node, const godwit_sms_host_t *host);
/* Whether one waits for godwit_sms_node_start. */
bool godwit_sms_node_waits(const godwit_sms_node_t *node);
/* The device is gone, or cannot be paged: who waits is told. */
void godwit_sms_node_end(godwit_sms_node_t *node, const godwit_sms_host_t *host);
/* Answers a SHORT_MESSAGE_DOWN that no row takes. */
void godwit_sms_node_refuse(const godwit_serving_home_t *home, godwit_outbox_t *out, const godwit_message_t *message,
                            godwit_status_t outcome);

#endif
