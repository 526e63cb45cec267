/* SPDX-License-Identifier: Apache-2.0
 *
 * The device under test: the library with a soft card, its requests carried out by hand, and a network end made of core
 * functions alone.
 */
#ifndef GODWIT_TESTS_DEVICE_DUT_H
#define GODWIT_TESTS_DEVICE_DUT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/device.h"
#include "roles/usim.h"
#include "tests/kat/kat.h"

#define CRYPTO (&godwit_crypto_builtin)
#define EMPTY godwit_slice(NULL, 0)
#define HAS(tag) (1u << GODWIT_TLV_##tag)

typedef struct octets {
    uint8_t at[GODWIT_EMSDP_DATAGRAM_MAX];
    size_t len;
} octets_t;

static inline godwit_slice_t octets_slice(const octets_t *o)
{
    return godwit_slice(o->at, o->len);
}

typedef struct dut {
    godwit_device_config_t config;
    godwit_device_t device;
    godwit_device_requests_t requests;
    godwit_usim_t card;
    unsigned card_runs;
    uint8_t random[4];
    uint8_t nvm[GODWIT_DEVICE_RECORD_MAX];
    size_t nvm_len;
    unsigned stores;
    /* End to end, where config.e2e shows it. */
    godwit_device_e2e_t e2e;
    uint8_t nvm_e2e[GODWIT_DEVICE_E2E_RECORD_MAX];
    size_t nvm_e2e_len;
    /* The network. */
    godwit_emsdp_key_t network;
    uint8_t e2m_keyset[32];
    octets_t request, start;
} dut_t;

/* MILENAGE test set 1, PLMN 001-01, endpoint hse.example: what the golden file has. The card takes any jump of SQN. */
void dut_init(dut_t *d);
godwit_vector_t dut_vector(uint64_t sqn, uint16_t amf);

/* The octets that the last call asked to send, by their order; fails when there are fewer. Checks that every STORE
 * comes before every SEND. */
godwit_slice_t dut_sent(const dut_t *d, unsigned index);
unsigned dut_sends(const dut_t *d);
/* The request of that kind, or NULL. */
const godwit_device_request_t *dut_find(const dut_t *d, godwit_device_request_kind_t kind);
/* The event of that name, or NULL. */
const godwit_device_request_t *dut_event(const dut_t *d, const char *name);
/* Carries out STORE and STORE_E2E into nvm. */
void dut_store(dut_t *d);
/* Reboot: what is in nvm is all there is. */
void dut_reboot(dut_t *d);

void dut_send(dut_t *d, const char *reading);
void dut_receive(dut_t *d, godwit_slice_t datagram);
/* Carries out AUTHENTICATE, if it was asked for, with the card. */
void dut_run_card(dut_t *d);

/* The network's Session Start to the device's last Session Request (in d->request, which dut_expect_request fills):
 * d->start, and the network's key. */
void dut_expect_request(dut_t *d);
typedef struct dut_start {
    godwit_vector_t vector;
    godwit_agreement_t agreement;
    uint8_t suite, key_id;
    uint32_t generation, session_id;
    godwit_framing_t framing;          /* as the TLV says */
    const godwit_e2e_terms_t *service; /* NULL: none */
} dut_start_t;
dut_start_t dut_start(uint64_t sqn);
void dut_make_start(dut_t *d, const dut_start_t *start);
/* Opens what the device sent, under the network's key and the transcript of request and start (for 12). */
godwit_emsdp_opened_t dut_open(dut_t *d, godwit_slice_t datagram, uint8_t *plain);
octets_t dut_seal(dut_t *d, const godwit_emsdp_control_t *m);
octets_t dut_seal_user(dut_t *d, const char *text);
/* From nothing to a live session, with the reading delivered. */
void dut_set_up(dut_t *d, const char *reading);
/* Expects that the last datagram was refused with this reason, and nothing else asked for. */
void dut_expect_refused(const dut_t *d, godwit_status_t reason);

#endif
