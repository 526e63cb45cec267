/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the MTC device share. mtc.c: what the caller asks for; mtc_first.c: RAND1, the SIM, the first
 * datagram and its Start; mtc_receive.c: everything under the session's key, hints; mtc_record.c: what is stored.
 */
#ifndef GODWIT_DEVICE_MTC_H
#define GODWIT_DEVICE_MTC_H

#include "device/shared.h"
#include "godwit/mtc.h"

/* Flags of the record. */
#define GODWIT_MTC_HAS_TEMPORARY 1u
#define GODWIT_MTC_DISTRUSTED 2u /* the next reading begins anew; the key stays until a new one has verified */
#define GODWIT_MTC_SHOWS_IMSI 4u /* the temporary identity was not answered: the next RAND1 goes with the IMSI */
#define GODWIT_MTC_FLAGS 7u

typedef enum godwit_mtc_stage {
    GODWIT_MTC_NOTHING = 0,
    GODWIT_MTC_SIM_A, /* the SIM was asked with RANDa; ts33868: with RAND1 itself, and that is all */
    GODWIT_MTC_SIM_B,
    GODWIT_MTC_ASKED, /* the first datagram waits for its Start */
} godwit_mtc_stage_t;

/* ---- mtc.c ---- */
/* The end of every call that gives requests (shared.h, "the one way out"). */
GODWIT_MUST_USE godwit_status_t godwit_mtc_finish(godwit_mtc_t *mtc, godwit_status_t status,
                                                  godwit_device_requests_t *requests);
/* SEND, remembering what a hint about it must echo. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_transmit(godwit_mtc_t *mtc, godwit_slice_t datagram, bool with_reading,
                                                    godwit_device_requests_t *requests);
/* The exchange is over, answered or not: the reading that it held goes. */
void godwit_mtc_exchange_end(godwit_mtc_t *mtc);
/* No answer came, or none can come. Nothing is erased. */
void godwit_mtc_give_up(godwit_mtc_t *mtc, godwit_status_t reason, godwit_device_requests_t *requests);

/* ---- mtc_first.c ---- */
/* A new RAND1, and the SIM is asked; its counter is stored before that. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_begin(godwit_mtc_t *mtc, const uint8_t random[GODWIT_RAND1_RANDOM],
                                                 godwit_device_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_mtc_start_consume(godwit_mtc_t *mtc, const godwit_emsdp_header_t *header,
                                                         godwit_slice_t start, godwit_device_requests_t *requests);

/* ---- mtc_record.c ---- */
/* Into mtc->record; gives its length, 0 when the crypto backend failed. */
size_t godwit_mtc_record_write(godwit_mtc_t *mtc);

#endif
