/* SPDX-License-Identifier: Apache-2.0
 *
 * A SGSN between a device, a home and a GGSN that the test plays by hand, with core/wire's codecs and nothing of
 * device/ or roles/pgw.
 */
#ifndef GODWIT_TESTS_SGSN_WORLD_H
#define GODWIT_TESTS_SGSN_WORLD_H

#include "roles/sgsn.h"
#include "tests/support/owner.h"

#define SGSN_UES 4

typedef struct sgsn_device {
    godwit_address_t address;
    godwit_imsi_t imsi;
    uint8_t ck[16], ik[16]; /* what its USIM and ME come to */
    godwit_radio_security_t security;
    godwit_radio_capability_t capability;
    uint8_t cksn, reference;
    uint32_t p_tmsi;
    uint8_t buffer[GODWIT_RADIO_INNER_MAX];
} sgsn_device_t;

typedef struct sgsn_world {
    godwit_sgsn_t sgsn;
    godwit_sgsn_config_t config;
    godwit_sgsn_ue_t ues[SGSN_UES];
    godwit_gtp_pending_t pending[8];
    godwit_gtp_answered_t answered[8];
    owner_t owner;
    sgsn_device_t device;
    uint32_t sgsn_teid; /* of the context that was created last */
} sgsn_world_t;

#define GGSN_TEID 0x66000001U
extern const uint8_t sgsn_rand[16], sgsn_autn[16], sgsn_xres[8], sgsn_ck[16], sgsn_ik[16], sgsn_ggsn[4];

void sgsn_world_init(sgsn_world_t *w);
void sgsn_restart(sgsn_world_t *w); /* with w->config */
sgsn_device_t sgsn_device_number(uint8_t number);

/* ---- radio ---- */

void sgsn_give(sgsn_world_t *w, const godwit_address_t *from, godwit_port_t port, godwit_slice_t octets);
void sgsn_up(sgsn_world_t *w, const sgsn_device_t *d, const godwit_radio_frame_t *frame); /* without protection */
void sgsn_up_nas(sgsn_world_t *w, const sgsn_device_t *d, const godwit_writer_t *nas);    /* likewise */
void sgsn_up_protected(sgsn_world_t *w, sgsn_device_t *d, const godwit_radio_frame_t *frame);
void sgsn_up_protected_nas(sgsn_world_t *w, sgsn_device_t *d, const godwit_writer_t *nas);
/* The nth datagram of the last input by that door to that address; NULL when there are not so many. */
const godwit_request_t *sgsn_sent(const sgsn_world_t *w, godwit_port_t port, const godwit_address_t *to, size_t nth);
/* The nth frame to the device, protected or not; fails the test when there is none, or when it does not verify. */
godwit_radio_frame_t sgsn_down(sgsn_world_t *w, sgsn_device_t *d, size_t nth);
/* Its NAS message, which must be of that type. */
godwit_slice_t sgsn_down_nas(sgsn_world_t *w, sgsn_device_t *d, size_t nth, uint8_t type);
bool sgsn_is_quiet(const sgsn_world_t *w, godwit_port_t port);

/* ---- procedures, each of which fails the test when it does not go as it should ---- */

void sgsn_attach_request(sgsn_world_t *w, const sgsn_device_t *d);
void sgsn_answer_vector(sgsn_world_t *w, const godwit_auth_info_answer_t *answer);
godwit_auth_info_answer_t sgsn_vector(void);
/* Takes the challenge and answers it with that RES. */
void sgsn_respond(sgsn_world_t *w, sgsn_device_t *d, const uint8_t *res, size_t len);
void sgsn_complete_security(sgsn_world_t *w, sgsn_device_t *d);
void sgsn_attach(sgsn_world_t *w, sgsn_device_t *d);
void sgsn_service_request(sgsn_world_t *w, const sgsn_device_t *d);
void sgsn_service_request_with(sgsn_world_t *w, const sgsn_device_t *d,
                               const uint16_t *contexts); /* PDP context status */

/* ---- sessions ---- */

void sgsn_activate_request(sgsn_world_t *w, sgsn_device_t *d, godwit_slice_t pco);
void sgsn_modify_request(sgsn_world_t *w, sgsn_device_t *d, godwit_slice_t pco);
/* The GTPv1 message of that type that went to the GGSN. */
godwit_gtpv1_t sgsn_asked(sgsn_world_t *w, uint8_t type);
void sgsn_ggsn_answers(sgsn_world_t *w, const godwit_gtpv1_t *request, uint8_t cause, godwit_slice_t pco);
void sgsn_activate(sgsn_world_t *w, sgsn_device_t *d);
void sgsn_g_pdu(sgsn_world_t *w, uint32_t teid, const char *text);
void sgsn_expire(sgsn_world_t *w, uint32_t timer); /* that device's timer, as often as it takes */

#endif
