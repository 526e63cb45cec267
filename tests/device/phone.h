/* SPDX-License-Identifier: Apache-2.0
 *
 * The access library with a soft card and an owner that does what godwit/access.h says: carries out requests, answers
 * KEY_SET with a container.
 * What it sends is queued; what it says is noted. The network is made by hand in the tests.
 */
#ifndef GODWIT_TESTS_DEVICE_PHONE_H
#define GODWIT_TESTS_DEVICE_PHONE_H

#include "godwit/access.h"
#include "tests/device/dut.h"

#define QUEUE_MAX 64
#define CONTAINER_UP "container up"
#define AMF_PLAIN_EPS 0x8000
#define AMF_FLAGGED_EPS 0x8080
#define AMF_PLAIN_UMTS 0x0000
#define AMF_FLAGGED_UMTS 0x0080

typedef struct phone {
    godwit_access_config_t config;
    godwit_access_t access;
    godwit_access_requests_t requests;
    dut_t card_holder; /* its card */
    unsigned card_runs;
    godwit_status_t card_fails; /* not GODWIT_OK: the card gives this */
    octets_t queue[QUEUE_MAX];  /* frames sent and not taken yet */
    unsigned queued;
    const char *events[QUEUE_MAX];
    godwit_status_t reasons[QUEUE_MAX];
    unsigned event_count;
    unsigned key_sets, key_sets_again, containers, deliveries;
    godwit_agreement_t agreement;
    uint8_t e2m_keyset[32], rand[16], sqn[6];
    /* What is done with ROOT, TRIGGER and UE_KEY; true: it has called the library, whose new list is in requests. NULL:
     * they are noted. */
    bool (*on_trigger)(struct phone *p, const godwit_access_request_t *r);
    void (*make_container)(const struct phone *p, octets_t *contents); /* NULL: CONTAINER_UP */
    octets_t container, delivered;
    /* Device triggering. */
    unsigned triggers, ue_keys, roots;
    octets_t trigger; /* the last TRIGGER */
    bool trigger_by_sms, root_given;
    godwit_iwf_root_t root_kind; /* of the last ROOT; root_given: it was in it */
    uint8_t root[32], root_rand[16];
    godwit_iwf_key_t ue_key;
    uint32_t timer_ms; /* 0: not running */
    octets_t flash;    /* what STORE has made durable; len 0: nothing */
    unsigned stores;
    unsigned dies_in; /* requests that it still carries out, and then its power is gone; 0: never */
    bool dead;
} phone_t;

/* PLMN 001-01, APN e2m.example, Solution 1. The card is capable; it takes any jump of SQN. */
void phone_init(phone_t *p, godwit_access_kind_t kind);
/* Anew with p->config, which the test changed. */
void phone_restart(phone_t *p);
/* After a loss of power: all is gone but what the flash has. */
void phone_power_up(phone_t *p);
void phone_attach(phone_t *p);
void phone_attach_with(phone_t *p, const char *text);
void phone_detach(phone_t *p);
/* Carries out what the last call asked for, and what comes of that. */
void phone_carry_out(phone_t *p);
void phone_receive(phone_t *p, godwit_slice_t frame);
void phone_timer(phone_t *p);
void phone_send(phone_t *p, const char *text);
/* A message of device triggering up. */
void phone_trigger(phone_t *p, const char *text);

/* The oldest frame that was sent; fails when there is none. */
octets_t phone_take(phone_t *p);
void phone_expect_silence(const phone_t *p);
/* Whether the event was told since it was last asked; forgets all events. */
bool phone_said(phone_t *p, const char *name);
/* The reason of the last event of that name; fails when there was none. Forgets nothing. */
godwit_status_t phone_reason(const phone_t *p, const char *name);
/* Expects the last frame to have been refused for this reason, and nothing sent. */
void phone_expect_refused(phone_t *p, godwit_status_t reason);
bool octets_equal(const octets_t *a, const char *text);
/* Whether these octets stand anywhere in the library's memory. */
bool phone_remembers(const phone_t *p, const uint8_t *secret, size_t len);
/* AUTN that the next call of the card will take, unless sqn was used. */
godwit_vector_t phone_vector(uint16_t amf);

#endif
