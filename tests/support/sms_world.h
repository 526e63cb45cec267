/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices that speak by short messages, octets between them and their network: device/access with a soft card against
 * MSC and SGSN, over UTRAN and GERAN, and the service centre behind; the home and its MTC-IWF by hand.
 */
#ifndef GODWIT_TESTS_SMS_WORLD_H
#define GODWIT_TESTS_SMS_WORLD_H

#include "tests/device/phone.h"

#include "roles/msc.h"
#include "roles/sgsn.h"
#include "roles/sms_sc.h"
#include "tests/support/owner.h"

enum { SMS_NODE = 0, SMS_CENTRE, SMS_OWNERS, SMS_ROWS = 4, SMS_PENDING = 8, SMS_EVENTS = 64, SMS_TIMERS = 16 };
#define SMS_NUMBER "491710760000"

typedef struct sms_event {
    int to; /* SMS_OWNERS: the device */
    bool is_message;
    octets_t octets;
    godwit_message_t message;
} sms_event_t;

typedef struct sms_world {
    bool circuit;
    owner_t owners[SMS_OWNERS];
    godwit_msc_t msc;
    godwit_msc_ue_t msc_ues[SMS_ROWS];
    godwit_sgsn_t sgsn;
    godwit_sgsn_ue_t sgsn_ues[SMS_ROWS];
    godwit_gtp_pending_t pending[SMS_PENDING];
    godwit_gtp_answered_t answered[SMS_PENDING];
    godwit_sms_sc_t sc;
    godwit_sms_sc_device_t devices[SMS_ROWS];
    phone_t phone;
    sms_event_t events[SMS_EVENTS];
    size_t first, last;
    uint32_t due[SMS_OWNERS][SMS_TIMERS], numbers[SMS_OWNERS][SMS_TIMERS];
    bool home_silent, no_following, lose_up;
    unsigned vectors, next_vectors, readings;
    octets_t reading;
    uint16_t amf;                             /* of the home's vectors */
    bool iwf;                                 /* the home names a MTC-IWF, iwf.example */
    bool home_refuses;                        /* Update Location */
    bool home_is_open;                        /* by a way that nobody protects */
    unsigned to_iwf_count;                    /* T5_UP and T4_REPORT */
    godwit_message_t to_iwf[4], answered_iwf; /* the last of them; the last answer to what sms_iwf gave */
    godwit_location_update_t location;
    unsigned locations;
    godwit_status_t sc_says; /* not OK: in the place of the SMS-SC's answer */
    char seen[512];          /* names of events of the node */
} sms_world_t;
#define SMS_IWF_NUMBER "491710760001"

extern sms_world_t sms;

/* A node of that domain, a service centre, a phone that is not attached: for devices of this kind. */
void sms_begin(bool circuit, godwit_access_kind_t kind);
void sms_begin_node(void); /* it starts anew */
void sms_attach(void);
void sms_send(const char *text);
void sms_expect_reading(unsigned count, const char *text);
/* The HSE's datagram for the phone. */
void sms_answer(const char *text);
void sms_give_frame(godwit_slice_t frame);
/* What that owner was asked for by its last input. */
void sms_carry_out(int owner);
/* What the MTC-IWF says to node or centre; what it is answered is in answered_iwf. */
void sms_iwf(int to, const godwit_message_t *message);
void sms_idle(void);
/* Until nothing moves. */
void sms_run(void);
/* All timers of that owner but long ones come due. */
void sms_let_time_pass(int owner);
/* Whether the node has raised that event since it was last asked. */
bool sms_saw(const char *name);

#endif
