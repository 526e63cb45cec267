/* SPDX-License-Identifier: Apache-2.0
 *
 * A MME with everything around it played by hand: devices (the UE's end of NAS security), the home (one vector after
 * the other), the S-GW.
 */
#ifndef GODWIT_TESTS_MME_WORLD_H
#define GODWIT_TESTS_MME_WORLD_H

#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "core/wire/radio.h"
#include "roles/mme.h"
#include "tests/support/owner.h"

#define MME_ROWS 4
#define MME_PCO_UP "\x80\xFF\x00\x04up-1"
#define MME_PCO_DOWN "\x80\xFF\x00\x04\x64own"
#define MME_SGW_TEID 0x5001
#define MME_SGW_USER_TEID 0x5002

typedef struct mme_world {
    owner_t owner;
    godwit_mme_t mme;
    godwit_mme_config_t config;
    godwit_mme_ue_t ues[MME_ROWS];
    godwit_gtp_pending_t pending[16];
    godwit_gtp_answered_t answered[8];
    godwit_address_t sgw;
    uint8_t vectors; /* given so far: the number is in RAND and KASME */
    bool e2m;
} mme_world_t;

typedef struct mme_device {
    godwit_address_t address;
    godwit_imsi_t imsi;
    bool has_guti;
    godwit_guti_t guti;
    uint8_t ksi, pti;
    uint8_t capability[2];
    uint8_t vector; /* its number, from RAND */
    godwit_nas_security_t nas;
    uint8_t plain[GODWIT_NAS_MAX]; /* the last message down, opened */
    size_t plain_len;
} mme_device_t;

void mme_world_init(mme_world_t *w);
/* Again with w->config as it is now; all devices are gone. */
void mme_world_restart(mme_world_t *w);
mme_device_t mme_device(const char *imsi, uint8_t address);

/* Up: a plain NAS message, a protected one, any frame. */
void mme_up_plain(mme_world_t *w, const mme_device_t *d, godwit_slice_t plain);
void mme_up(mme_world_t *w, mme_device_t *d, godwit_nas_header_type_t type, godwit_slice_t plain);
void mme_up_frame(mme_world_t *w, const mme_device_t *d, godwit_radio_kind_t kind, godwit_slice_t octets);

/* How many frames of that kind the last input sent to the device; and the nth NAS message of them, as it stands in the
 * frame. */
size_t mme_frames(const mme_world_t *w, const mme_device_t *d, godwit_radio_kind_t kind);
godwit_slice_t mme_nas(const mme_world_t *w, const mme_device_t *d, size_t nth);
/* The nth NAS message down, opened when it is protected: its EMM or ESM type. Fails the test when it does not come or
 * verify. */
uint8_t mme_down(const mme_world_t *w, mme_device_t *d, size_t nth);
godwit_slice_t mme_plain(const mme_device_t *d);

/* The home answers the AIR of the last input. */
void mme_home(mme_world_t *w, godwit_status_t status);
void mme_kasme(uint8_t vector, uint8_t kasme[32]);
void mme_xres(uint8_t vector, uint8_t xres[8]);

/* The S-GW: the nth GTP-C message of the last input, and messages to the MME. */
godwit_gtpv2_t mme_gtpc(const mme_world_t *w, size_t nth);
size_t mme_gtpc_count(const mme_world_t *w);
void mme_sgw(mme_world_t *w, const godwit_gtpv2_t *m);
void mme_sgw_created(mme_world_t *w, uint8_t cause);
void mme_sgw_data(mme_world_t *w, uint32_t teid, const char *data);
/* The payload of the nth G-PDU of the last input; its TEID must be the S-GW's. */
godwit_slice_t mme_data_up(const mme_world_t *w, size_t nth);

/* Messages of devices. */
godwit_slice_t mme_attach_request(const mme_device_t *d, uint8_t octets[128]);
godwit_slice_t mme_response(const mme_device_t *d, uint8_t octets[32]); /* AUTHENTICATION RESPONSE with the right RES */
godwit_slice_t mme_information(const mme_device_t *d, uint8_t octets[64]);
godwit_slice_t mme_data(const char *text, uint8_t octets[64]);
godwit_slice_t mme_service_request(const mme_device_t *d, const char *text, uint8_t octets[96]);
godwit_slice_t mme_detach_request(const mme_device_t *d, uint8_t type, uint8_t octets[32]);
godwit_slice_t mme_modification(const mme_device_t *d, uint8_t octets[64]);

/* Steps of an attach, each checked; then all of them. */
void mme_step_request(mme_world_t *w, mme_device_t *d);     /* up to the AIR */
void mme_step_vector(mme_world_t *w, mme_device_t *d);      /* up to AUTHENTICATION REQUEST, taken */
void mme_step_response(mme_world_t *w, mme_device_t *d);    /* up to SECURITY MODE COMMAND, taken */
void mme_step_secured(mme_world_t *w, mme_device_t *d);     /* up to ESM INFORMATION REQUEST */
void mme_step_information(mme_world_t *w, mme_device_t *d); /* up to Create Session Request */
void mme_step_accept(mme_world_t *w, mme_device_t *d);      /* up to ATTACH ACCEPT */
void mme_step_complete(mme_world_t *w, mme_device_t *d);
void mme_attach(mme_world_t *w, mme_device_t *d);

/* Lets the timer of the device's row that runs for NAS come due. */
void mme_nas_timer(mme_world_t *w, const mme_device_t *d);
godwit_mme_ue_t *mme_row(mme_world_t *w, const mme_device_t *d); /* the one with its keys, else with its address */

#endif
