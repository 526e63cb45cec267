/* SPDX-License-Identifier: Apache-2.0
 *
 * Mobility management of the circuit-switched domain (TS 24.008 9.2; values from 10.5.1 and 10.5.3), the part that
 * short messages need: location updating, authentication, connection management service, identity, TMSI, IMSI detach;
 * and the paging response of TS 44.018 9.1.25, which UMTS has as well. How optional elements are read stands in nas.h;
 * slices point into the message that was parsed. Elements that are ours say so: no standard message of this layer
 * carries them. Clause numbers and values are recalled; tshark reads the octets.
 */
#ifndef GODWIT_WIRE_MM_H
#define GODWIT_WIRE_MM_H

#include "core/wire/gmm.h"
#include "core/wire/nas.h"

#define GODWIT_PD_MM 0x05 /* TS 24.007 11.2.3.1.1 */
#define GODWIT_PD_RR 0x06

typedef enum godwit_mm_type { /* 10.4, table 10.2; bits 8 and 7 are a sequence number of the mobile station's (TS 24.007 11.2.3.2.1) */
                              GODWIT_MM_IMSI_DETACH_INDICATION = 0x01,
                              GODWIT_MM_LOCATION_UPDATING_ACCEPT = 0x02,
                              GODWIT_MM_LOCATION_UPDATING_REJECT = 0x04,
                              GODWIT_MM_LOCATION_UPDATING_REQUEST = 0x08,
                              GODWIT_MM_AUTHENTICATION_REJECT = 0x11,
                              GODWIT_MM_AUTHENTICATION_REQUEST = 0x12,
                              GODWIT_MM_AUTHENTICATION_RESPONSE = 0x14,
                              GODWIT_MM_IDENTITY_REQUEST = 0x18,
                              GODWIT_MM_IDENTITY_RESPONSE = 0x19,
                              GODWIT_MM_TMSI_REALLOCATION_COMMAND = 0x1A,
                              GODWIT_MM_TMSI_REALLOCATION_COMPLETE = 0x1B,
                              GODWIT_MM_AUTHENTICATION_FAILURE = 0x1C,
                              GODWIT_MM_CM_SERVICE_ACCEPT = 0x21,
                              GODWIT_MM_CM_SERVICE_REJECT = 0x22,
                              GODWIT_MM_CM_SERVICE_REQUEST = 0x24,
                              GODWIT_MM_STATUS = 0x31,
                              GODWIT_MM_INFORMATION = 0x32,
} godwit_mm_type_t;
#define GODWIT_RR_PAGING_RESPONSE 0x27

/* Reject causes, 10.5.3.6: those of GMM (godwit_gmm_cause_t) and these. */
#define GODWIT_MM_CAUSE_IMSI_UNKNOWN_IN_VLR 4
#define GODWIT_MM_CAUSE_SERVICE_NOT_SUPPORTED 32 /* service option not supported */

#define GODWIT_MM_UPDATE_NORMAL 0 /* location updating type, 10.5.3.5; bit 4 asks for a connection that stays */
#define GODWIT_MM_UPDATE_IMSI_ATTACH 2
#define GODWIT_MM_FOLLOW_ON 8
#define GODWIT_MM_SERVICE_SHORT_MESSAGE 4 /* CM service type, 10.5.3.3 */
#define GODWIT_MM_IDENTITY_IMSI 1         /* 10.5.3.4 */
#define GODWIT_MM_CLASSMARK_1 0x57        /* R99, no A5/1, power capability 8: nothing that matters here */

/* Location area identification, 10.5.1.3. */
#define GODWIT_MM_LAI 5
typedef struct godwit_mm_lai {
    godwit_plmn_t plmn;
    uint16_t lac;
} godwit_mm_lai_t;

void godwit_mm_lai_write(const godwit_mm_lai_t *lai, uint8_t octets[GODWIT_MM_LAI]);
/* Of a slice of GODWIT_MM_LAI octets, which the parsers below see to. */
godwit_mm_lai_t godwit_mm_lai_read(godwit_slice_t value);

#define GODWIT_MM_IDENTITY_MAX 9
/* The value of a mobile identity (10.5.1.4), an IMSI or a TMSI in the place of GMM's P-TMSI; in octets, which the slice
 * points into. Empty for what cannot be written. */
godwit_slice_t godwit_mm_identity_write(const godwit_gmm_identity_t *identity,
                                        uint8_t octets[1 + GODWIT_MM_IDENTITY_MAX]);
GODWIT_MUST_USE godwit_status_t godwit_mm_identity_read(godwit_slice_t value, godwit_gmm_identity_t *identity);

typedef struct godwit_mm_location_updating_request { /* 9.2.15 */
    uint8_t type, cksn;
    godwit_slice_t lai; /* the old one */
    uint8_t classmark;
    godwit_slice_t identity;
    godwit_slice_t res; /* ours, 29: RES of the vector that was handed over in the session before */
    godwit_slice_t sms; /* ours, 67: a CP-DATA that goes with it, ciphered as the radio stand-in does it */
} godwit_mm_location_updating_request_t;

typedef struct godwit_mm_location_updating_accept { /* 9.2.13 */
    godwit_slice_t lai;
    godwit_slice_t identity;    /* a TMSI, or the IMSI: no TMSI from now on */
    godwit_nas_octet_t proceed; /* 1: follow on proceed */
    godwit_slice_t rand, autn;  /* ours, 21 and 28: the vector of the following session; only under protection */
} godwit_mm_location_updating_accept_t;

typedef struct godwit_mm_cause { /* location updating reject 9.2.14, CM service reject 9.2.6, status 9.2.16 */
    uint8_t cause;
} godwit_mm_cause_t;

typedef struct godwit_mm_imsi_detach_indication { /* 9.2.12 */
    uint8_t classmark;
    godwit_slice_t identity;
} godwit_mm_imsi_detach_indication_t;

typedef struct godwit_mm_authentication_request { /* 9.2.2 */
    uint8_t cksn;
    godwit_slice_t rand, autn; /* autn NULL: a GSM challenge */
} godwit_mm_authentication_request_t;

typedef struct godwit_mm_authentication_response { /* 9.2.3: RES goes in two parts, 4 octets and the rest */
    godwit_slice_t first, rest;
} godwit_mm_authentication_response_t;

typedef struct godwit_mm_authentication_failure { /* 9.2.3a */
    uint8_t cause;
    godwit_slice_t auts;
} godwit_mm_authentication_failure_t;

typedef struct godwit_mm_identity_request { /* 9.2.10 */
    uint8_t type;
} godwit_mm_identity_request_t;

typedef struct godwit_mm_identity_response { /* 9.2.11 */
    godwit_slice_t identity;
} godwit_mm_identity_response_t;

typedef struct godwit_mm_tmsi_reallocation_command { /* 9.2.17 */
    godwit_slice_t lai, identity;
} godwit_mm_tmsi_reallocation_command_t;

typedef struct godwit_mm_cm_service_request { /* 9.2.9 */
    uint8_t type, cksn;
    godwit_slice_t classmark; /* classmark 2, 3 octets */
    godwit_slice_t identity;
} godwit_mm_cm_service_request_t;

typedef struct godwit_mm_information { /* 9.2.15a; names and time are read over */
    godwit_slice_t rand, autn;         /* ours, as in location updating accept */
} godwit_mm_information_t;

typedef struct godwit_rr_paging_response {
    uint8_t cksn;
    godwit_slice_t classmark, identity;
} godwit_rr_paging_response_t;

/* GODWIT_MALFORMED unless octets begin with that discriminator (skip indicator 0) and a type. The sequence number is
 * not in type. */
GODWIT_MUST_USE godwit_status_t godwit_mm_type(godwit_slice_t octets, uint8_t *type);

/* NAME_build(message, writer) and NAME_parse(octets, message). A build with a member out of range is
 * GODWIT_INVALID_ARGUMENT. */
#define GODWIT_MM_CODEC(name, type)                                                                                    \
    GODWIT_MUST_USE godwit_status_t godwit_##name##_build(const type *message, godwit_writer_t *w);                    \
    GODWIT_MUST_USE godwit_status_t godwit_##name##_parse(godwit_slice_t octets, type *message);
GODWIT_MM_CODEC(mm_location_updating_request, godwit_mm_location_updating_request_t)
GODWIT_MM_CODEC(mm_location_updating_accept, godwit_mm_location_updating_accept_t)
GODWIT_MM_CODEC(mm_location_updating_reject, godwit_mm_cause_t)
GODWIT_MM_CODEC(mm_imsi_detach_indication, godwit_mm_imsi_detach_indication_t)
GODWIT_MM_CODEC(mm_authentication_request, godwit_mm_authentication_request_t)
GODWIT_MM_CODEC(mm_authentication_response, godwit_mm_authentication_response_t)
GODWIT_MM_CODEC(mm_authentication_failure, godwit_mm_authentication_failure_t)
GODWIT_MM_CODEC(mm_identity_request, godwit_mm_identity_request_t)
GODWIT_MM_CODEC(mm_identity_response, godwit_mm_identity_response_t)
GODWIT_MM_CODEC(mm_tmsi_reallocation_command, godwit_mm_tmsi_reallocation_command_t)
GODWIT_MM_CODEC(mm_cm_service_request, godwit_mm_cm_service_request_t)
GODWIT_MM_CODEC(mm_cm_service_reject, godwit_mm_cause_t)
GODWIT_MM_CODEC(mm_status, godwit_mm_cause_t)
GODWIT_MM_CODEC(mm_information, godwit_mm_information_t)
GODWIT_MM_CODEC(rr_paging_response, godwit_rr_paging_response_t)
#undef GODWIT_MM_CODEC

/* Messages of nothing but their head, which have no parser but godwit_mm_type: authentication reject 9.2.1, CM service
 * accept 9.2.5, TMSI reallocation complete 9.2.18. */
GODWIT_MUST_USE godwit_status_t godwit_mm_empty_build(godwit_mm_type_t type, godwit_writer_t *w);

#endif
