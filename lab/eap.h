/* SPDX-License-Identifier: Apache-2.0
 *
 * What lab/eap.c offers the others: devices on WiFi alone, whose associations stand on EAP-AKA'. A part of
 * lab/internal.h.
 */
#ifndef GODWIT_LAB_EAP_H
#define GODWIT_LAB_EAP_H

#include "lab/parts.h"

static inline bool lab_by_eap(const godwit_world_config_t *config)
{
    return config->trigger.on && config->trigger.root == GODWIT_IWF_ROOT_EAP;
}
void lab_start_aaa(godwit_world_t *w);
bool lab_eap_start(godwit_world_t *w, unsigned device);
/* False: it is not about EAP. */
bool lab_eap_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in);
void lab_eap_arrive(godwit_world_t *w, const lab_packet_t *packet);       /* from a device, at its access point */
void lab_eap_answered(godwit_world_t *w, const godwit_message_t *answer); /* by the AAA server */
void lab_eap_label(godwit_slice_t octets, char label[64]);
/* What a vector of EAP-AKA' leads to, if it is that device's. */
void lab_learn_eap(godwit_world_t *w, unsigned device, const godwit_he_vector_answer_t *answer);

#endif
