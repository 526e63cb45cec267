/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering at a serving node, the same for MME, SGSN and MSC (contribution 002, interface D): telling the home
 * where the device is (Update Location), telling its MTC-IWF that it can be reached, and making K_iwf where the MTC-IWF
 * takes it from here (key-from mme). Only the MTC-IWF that the home named may speak to a device, and it never gets a
 * key by an open hop, nor one of another association than its own.
 */
#ifndef GODWIT_ROLES_SERVING_TRIGGER_H
#define GODWIT_ROLES_SERVING_TRIGGER_H

#include "roles/serving.h"

/* In a row of the node; zeroed: nothing is known. Wiped with the row: root is secret. */
typedef struct godwit_serving_trigger {
    uint32_t asked;            /* transaction of the LOCATION_UPDATE whose answer has not come; 0: none */
    bool located;              /* the home has heard where the device is */
    uint64_t asked_ms;         /* when it was told last */
    godwit_trigger_node_t iwf; /* of the home; host "": it has named none */
    bool named_openly;         /* by an open hop: it gets no key from here */
    bool missed;            /* something for the device has not reached it: the MTC-IWF hears when it is there again */
    bool new_root;          /* an AKA run that the MTC-IWF has not been told of */
    godwit_iwf_root_t kind; /* NONE: no K_iwf can be made here */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    uint8_t root[32];
} godwit_serving_trigger_t;

/* RAT-Type of LOCATION_UPDATE. */
#define GODWIT_LOCATION_UTRAN 0
#define GODWIT_LOCATION_GERAN 1
#define GODWIT_LOCATION_EUTRAN 4

/* The keys of an AKA run are in use: what a K_iwf of this node stands on. kind NONE: nobody here could make one (a
 * flagged vector in UMTS, an attach by a stored vector). */
void godwit_serving_trigger_root(godwit_serving_trigger_t *trigger, const godwit_crypto_t *crypto,
                                 godwit_iwf_root_t kind, const uint8_t root[32], const uint8_t rand[16]);
/* The device is registered: LOCATION_UPDATE to its home. */
void godwit_serving_trigger_locate(godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                   godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi, uint8_t rat,
                                   uint64_t now_ms);
/* Whether the home should be told again when the device is heard: it has refused, or not answered for a minute, and the
 * device may stay for months. */
bool godwit_serving_trigger_is_lost(const godwit_serving_trigger_t *trigger, uint64_t now_ms);
/* The answer to that of this row: the home's MTC-IWF is remembered. False: it is of another row. True, and *registered:
 * the MTC-IWF is to hear of the device. */
bool godwit_serving_trigger_located(godwit_serving_trigger_t *trigger, const godwit_message_t *answer,
                                    bool *registered);
/* T5_UP REGISTERED. Nothing where the home has no MTC-IWF. */
void godwit_serving_trigger_registered(godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                       godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi);
/* The device is heard again: REGISTERED, when something has missed it. */
void godwit_serving_trigger_heard(godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                  godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi);
/* T5_UP SECURING: a NAS security mode command is about to go, under the keys of the AKA run that
 * godwit_serving_trigger_root was told of. False: as below. */
bool godwit_serving_trigger_securing(const godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                     godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi);
/* T5_UP with a container of the device; false: there is no MTC-IWF, or no room. */
bool godwit_serving_trigger_up(const godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                               godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi,
                               godwit_slice_t container);

/* Whether a T5_DOWN may reach that row's device (NULL: there is none): GODWIT_OK, GODWIT_NOT_FOUND,
 * GODWIT_NOT_ENTITLED; GODWIT_MALFORMED for a container or key that is none. */
GODWIT_MUST_USE godwit_status_t godwit_serving_trigger_admit(const godwit_serving_trigger_t *trigger,
                                                             const godwit_message_t *message);
/* Answers T5_DOWN. */
void godwit_serving_trigger_answer(godwit_outbox_t *out, godwit_function_t own, const godwit_message_t *message,
                                   godwit_status_t status);
/* Answers IWF_KEY_REQUEST for that row's device (NULL: there is none). */
void godwit_serving_trigger_key(const godwit_serving_trigger_t *trigger, const godwit_crypto_t *crypto,
                                godwit_outbox_t *out, godwit_function_t own, const godwit_message_t *message);

#endif
