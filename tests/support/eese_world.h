/* SPDX-License-Identifier: Apache-2.0
 *
 * An EESE in memory, and the ends that speak with it: one HSE, an EMKS and an HSS that own key sets, and EASs.
 */
#ifndef GODWIT_TESTS_EESE_WORLD_H
#define GODWIT_TESTS_EESE_WORLD_H

#include "roles/eese.h"
#include "tests/support/owner.h"

#define EESE_HSE "hse1.hse.example"
#define EESE_EMKS "emks.home.example"
#define EESE_HSS "hss.home.example"
#define EESE_EAS "eas.meters.example"
#define EESE_OTHER "eas.rival.example"
#define EESE_DEVICE "001010000000001"

typedef struct eese_world {
    godwit_eese_config_t config;
    godwit_eese_t eese;
    owner_t owner;
    uint8_t registration[GODWIT_EAS_REGISTRATION];
    uint32_t transaction; /* of the last request of ours */
    uint32_t age;         /* that the owner of the key set gave last */
} eese_world_t;

/* Configured, entitled for EESE_DEVICE and all services, and not registered yet. */
void eese_world_init(eese_world_t *w);
void eese_world_entitle(eese_world_t *w, const char *eas, const char *imsi, uint8_t services, uint64_t until_ms);
/* A message of that function and host, over TLS. */
godwit_message_t eese_world_message(eese_world_t *w, godwit_message_kind_t kind, godwit_function_t from,
                                    const char *host);
/* As it stands; gives it, and tells the status of the answer. */
godwit_message_t eese_world_registration(eese_world_t *w, const char *eas, bool push);
godwit_status_t eese_world_register(eese_world_t *w, const char *eas, bool push);
godwit_message_t eese_world_request(eese_world_t *w, godwit_e2e_event_t event, uint32_t session_id, uint32_t age);
godwit_message_t eese_world_pull(eese_world_t *w, const char *eas);
/* The owner of key sets answers the nth question of the last input with the next age above what was asked for. */
void eese_world_give_key(eese_world_t *w, size_t nth);
void eese_world_refuse_key(eese_world_t *w, godwit_status_t status);
/* EAS or HSE says that of the nth message of that kind. */
void eese_world_acknowledge(eese_world_t *w, godwit_message_kind_t kind, size_t nth, godwit_status_t outcome);
/* A session that is open, taken and whose key the EAS has. */
void eese_world_live(eese_world_t *w, uint32_t session_id);
const godwit_e2e_session_record_t *eese_world_session(eese_world_t *w, uint32_t session_id);
/* Whether the last input led to a message of that kind. */
bool eese_world_said(const eese_world_t *w, godwit_message_kind_t kind);

#endif
