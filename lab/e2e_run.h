/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end, for who runs worlds: what devices and EAS have, and what may be done to them.
 */
#ifndef GODWIT_LAB_E2E_RUN_H
#define GODWIT_LAB_E2E_RUN_H

#include "godwit/eas.h"
#include "lab/procedure_parts.h"

uint32_t lab_e2e_age(const godwit_world_t *w, unsigned device);     /* as the device has it; 0: none */
uint32_t lab_e2e_changes(const godwit_world_t *w, unsigned device); /* how often it took a key */
/* As the EAS has it durably, its newest session; false: it has none. To be wiped. */
bool lab_e2e_at_eas(const godwit_world_t *w, unsigned device, godwit_eas_device_t *at_eas);
bool lab_e2e_has_age(const godwit_eas_device_t *at_eas, uint32_t age);
/* Both ends export a key; true: the same one. */
bool lab_e2e_export(godwit_world_t *w, unsigned device);
/* The EAS loses every session of its store, and its power. */
void lab_e2e_forget(godwit_world_t *w);

#endif
