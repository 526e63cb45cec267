/* SPDX-License-Identifier: Apache-2.0
 *
 * An HSE with its owner, and the test as its EMKS and as a device: a device here is no library but a key of the other
 * end, so that each datagram can be made, bent and counted by hand.
 */
#ifndef GODWIT_TESTS_HSE_WORLD_H
#define GODWIT_TESTS_HSE_WORLD_H

#include "roles/hse.h"
#include "tests/support/owner.h"

#define HSE_SESSIONS 16
#define HSE_EXCHANGES 16
#define HSE_SENDERS 16
#define HSE_ENDPOINT "hse.example"
#define HSE_FORWARDS 12
#define HSE_HELD 6
#define HSE_KEY_SET 7 /* number of the key set of every answer, unless the test says otherwise */

typedef struct hse_world {
    godwit_hse_t hse;
    godwit_hse_config_t config;
    owner_t owner;
    godwit_hse_session_t sessions[HSE_SESSIONS];
    godwit_hse_exchange_t exchanges[HSE_EXCHANGES];
    godwit_hse_sender_t senders[HSE_SENDERS];
    godwit_hse_forward_t forwards[HSE_FORWARDS], held[HSE_HELD];
    uint32_t generation; /* the EMKS: last handed out */
    unsigned attempts;   /* Session Requests made, so that each differs */
} hse_world_t;

/* One device. */
typedef struct hse_device {
    godwit_imsi_t imsi;
    godwit_address_t from;
    uint16_t suites;
    uint8_t agreements;
    const char *enterprise;   /* NULL: it names none */
    godwit_service_t service; /* NONE: it asks for none */
    uint16_t service_suites;
    godwit_emsdp_key_t key;
    uint8_t request[GODWIT_EMSDP_DATAGRAM_MAX]; /* 10 */
    size_t request_len;
    uint8_t start[128]; /* 11 */
    size_t start_len;
    uint8_t sent[GODWIT_EMSDP_DATAGRAM_MAX]; /* last keyed datagram */
    size_t sent_len;
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened; /* last that was received */
} hse_device_t;

void hse_world_init(hse_world_t *w);
/* A process that starts anew: memory is gone, the store is there. */
void hse_world_restart(hse_world_t *w);
hse_device_t hse_device(const char *imsi, uint8_t address);

/* ---- the device ---- */
godwit_slice_t hse_slice(const char *text);
/* Makes a fresh Session Request; auts may be NULL. */
void hse_make_request(hse_world_t *w, hse_device_t *d, const uint8_t *auts);
void hse_give_request(hse_world_t *w, hse_device_t *d);
/* Reads Session Start from what the HSE sent, as a device does: generation, key, MAC over its own request. */
void hse_take_start(hse_world_t *w, hse_device_t *d);
void hse_seal_confirmation(hse_device_t *d, const char *reading);
void hse_seal_user(hse_device_t *d, const char *reading);
void hse_seal_control(hse_device_t *d, uint8_t command, const godwit_emsdp_control_t *m);
void hse_give(hse_world_t *w, hse_device_t *d); /* d->sent */
/* Request to Confirmation with a reading. */
void hse_set_up(hse_world_t *w, hse_device_t *d);
void hse_send_reading(hse_world_t *w, hse_device_t *d, const char *reading);
/* The datagram that the HSE sent (nth), opened under d's key and accepted. */
void hse_receive(hse_world_t *w, hse_device_t *d, size_t nth);
/* The key of a generation as a device makes it. */
godwit_emsdp_key_t hse_key(const hse_world_t *w, uint32_t session_id, uint32_t generation, uint8_t suite,
                           uint8_t key_id);

/* ---- the EMKS ---- */
void hse_k_session(uint32_t generation, uint8_t k_session[32]);
/* Answers the KEY_REQUEST that the HSE just sent: with the next generation, or with that status. */
void hse_answer_key(hse_world_t *w, godwit_status_t status);
godwit_message_t hse_key_answer(hse_world_t *w, uint32_t transaction, godwit_status_t status);

/* ---- looking ---- */
void hse_assert_delivered(const hse_world_t *w, const char *reading);
void hse_assert_nothing_delivered(const hse_world_t *w);
/* Refused with that reason: nothing was delivered, sent or committed. */
void hse_assert_silently_refused(const hse_world_t *w, godwit_status_t reason);
/* The stored session; NULL when there is none. */
godwit_session_record_t *hse_stored(hse_world_t *w, uint32_t session_id);
size_t hse_stored_sessions(const hse_world_t *w);

#endif
