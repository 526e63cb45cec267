/* SPDX-License-Identifier: Apache-2.0
 *
 * What every device with a key of EMSDP needs, whatever the agreement: requests to the caller, COUNTs reserved before
 * they are used, and what records have in common.
 */
#ifndef GODWIT_DEVICE_SHARED_H
#define GODWIT_DEVICE_SHARED_H

#include "godwit/device.h"

/* A device has little stack: what such a function needs for itself is given back before its caller goes deeper
 * elsewhere. */
#define GODWIT_DEVICE_OWN_FRAME __attribute__((noinline))

/* A key is replaced long before its COUNT ends. */
#define GODWIT_DEVICE_COUNT_RETIRE 0xFFFF0000u

/* Readings after which one more hint is taken. */
#define GODWIT_DEVICE_READINGS_PER_HINT 16

#define GODWIT_DEVICE_RESERVE_DEFAULT 16u
#define GODWIT_DEVICE_RETRANSMIT_DEFAULT_MS 4000u
#define GODWIT_DEVICE_ATTEMPTS_DEFAULT 4u

/* ---- requests ---- */
godwit_device_request_t *godwit_device_ask_for(godwit_device_requests_t *requests, godwit_device_request_kind_t kind);
void godwit_device_event(godwit_device_requests_t *requests, const char *name, godwit_status_t reason);
/* The wait after so many sendings: doubled each time. */
void godwit_device_wait(godwit_device_requests_t *requests, uint32_t first_ms, unsigned sendings);
void godwit_device_timer_cancel(godwit_device_requests_t *requests);

/* ---- the one way out ----
 * What changes something that a record holds says so (`unstored`) and goes on, as if it were durable. At the end of
 * each call the STORE is put before everything else. Where no record can be made, or anything else of our own house
 * failed, nothing leaves: `unstored` stays, and the first call that can make the record again stores it before its own
 * requests. So nobody between a change and the end of a call has to think of it. */
void godwit_device_store_first(godwit_device_requests_t *requests, godwit_device_request_kind_t kind,
                               godwit_slice_t record);
/* Leaves of a list what is true and harmless where nothing may leave: the timer and events; a reading that it would have
 * sent is uncertain. True: the SIM was to be asked, and is not. */
bool godwit_device_hold_back(godwit_device_requests_t *requests);

/* ---- COUNTs ---- */
/* Reasons of a Reject after which a session cannot go on. */
bool godwit_device_ends_the_session(godwit_status_t reason);
/* Limits of a key that was never used: the next record holds them. */
void godwit_reserve_first(uint32_t reserve, godwit_emsdp_key_t *key);
/* Seal, reserving COUNTs where they are used up: *unstored is then set. */
GODWIT_MUST_USE godwit_status_t godwit_reserve_seal_user(const godwit_crypto_t *crypto, uint32_t reserve,
                                                         godwit_emsdp_key_t *key, godwit_slice_t payload,
                                                         godwit_writer_t *out, bool *unstored);
GODWIT_MUST_USE godwit_status_t godwit_reserve_seal_control(const godwit_crypto_t *crypto, uint32_t reserve,
                                                            godwit_emsdp_key_t *key, const godwit_emsdp_control_t *m,
                                                            godwit_writer_t *out, bool *unstored);

/* ---- records ---- */
#define GODWIT_DEVICE_CHECK 8u
/* The last octets of a record: bind it to subscriber, endpoint and framing, and show damage. */
GODWIT_MUST_USE godwit_status_t godwit_device_check_of(const godwit_crypto_t *crypto, godwit_slice_t record,
                                                       const godwit_imsi_t *imsi, godwit_slice_t endpoint,
                                                       godwit_framing_t framing, uint8_t check[GODWIT_DEVICE_CHECK]);
/* With the first COUNT that is not reserved in the place of the next one: what is read back skips what may have been
 * used. */
void godwit_device_put_key(godwit_writer_t *w, const godwit_emsdp_key_t *key);
/* GODWIT_MALFORMED for a key that is damaged, not a device's, or of another framing. */
GODWIT_MUST_USE godwit_status_t godwit_device_get_key(godwit_reader_t *r, godwit_framing_t framing,
                                                      godwit_emsdp_key_t *key);
/* First 8 octets of SHA-256. */
GODWIT_MUST_USE godwit_status_t godwit_device_digest_of(const godwit_crypto_t *crypto, godwit_slice_t datagram,
                                                        uint8_t digest[8]);

#endif
