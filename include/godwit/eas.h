/* SPDX-License-Identifier: Apache-2.0
 *
 * The enterprise's receiver as a library (Solution 5, TS 33.163 4.1 and Annex B; docs/eas.md): one device as its EAS
 * knows it. It opens user-plane datagrams that the HSE forwards unmodified, seals those that go down, and holds the
 * keys K_e2e as they age. It does no I/O, allocates nothing and asks no clock: seconds since 1970 come with each call.
 * It never holds K_session or anything above K_e2e. What godwit_eas_take, _accept, _seal, _export, _proved and a _tick
 * that says so have changed must be durable (godwit_eas_save) before anything that comes of it leaves: the answer to
 * the HSE, the reading, the datagram, the exported key.
 */
#ifndef GODWIT_EAS_H
#define GODWIT_EAS_H

#include "godwit/emsdp.h"

#define GODWIT_EAS_KEYS 3  /* of one device at a time: one that it uses, one before, one after it */
#define GODWIT_EAS_TAKEN 8 /* datagrams remembered, so that a repetition by the HSE is answered as the first time */

typedef struct godwit_eas_key {
    godwit_e2e_terms_t terms; /* age 0: there is no key here */
    uint64_t agreed_s;
    uint64_t until_s;         /* a later key was used: this one is wiped then. UINT64_MAX: none was */
    uint32_t order;           /* of coming; ages are no order, for each key set begins at 1 */
    uint32_t exports;         /* last number of an exported key */
    bool used;                /* the device has proved that it has it */
    uint8_t k_e2e[32];        /* secret */
    godwit_emsdp_key_t plane; /* secret */
} godwit_eas_key_t;

typedef struct godwit_eas_taken {
    uint64_t number; /* of the HSE; 0: nothing here */
    uint32_t order;  /* of the key */
    uint32_t count;
} godwit_eas_taken_t;

typedef struct godwit_eas_device {
    const godwit_crypto_t *crypto;
    godwit_e2e_path_t path;
    uint32_t overlap_s;
    uint32_t order; /* of the key that came last */
    bool waiting;   /* the owner's: something may wait for the device */
    godwit_eas_key_t keys[GODWIT_EAS_KEYS];
    godwit_eas_taken_t taken[GODWIT_EAS_TAKEN]; /* the newest first */
} godwit_eas_device_t;

/* What an EAS Session Start brings, pulled or pushed. */
typedef struct godwit_eas_grant {
    godwit_e2e_path_t path;
    godwit_e2e_terms_t terms;
    /* how long the key before it is good once this one was used, and how long a datagram under way may take */
    uint32_t overlap_s;
    uint64_t agreed_s; /* when its time began */
    uint8_t k_e2e[32]; /* secret */
} godwit_eas_grant_t;

/* A device with its first key. GODWIT_INVALID_ARGUMENT: terms or a path that cannot be; GODWIT_UNSUPPORTED_SUITE;
 * GODWIT_POLICY_FORBIDS: a suite that is not of that service. On an error *device is wiped. */
GODWIT_MUST_USE godwit_status_t godwit_eas_begin(godwit_eas_device_t *device, const godwit_crypto_t *crypto,
                                                 const godwit_eas_grant_t *grant);
/* A further key of the same session. The same one again changes nothing and is GODWIT_OK. GODWIT_REPLAY: it is older
 * than one that came; errors of _begin; nothing has changed then. */
GODWIT_MUST_USE godwit_status_t godwit_eas_take(godwit_eas_device_t *device, const godwit_eas_grant_t *grant);
void godwit_eas_wipe(godwit_eas_device_t *device);

typedef struct godwit_eas_opened {
    godwit_slice_t payload; /* points into plain */
    uint32_t count, age;
    uint32_t order; /* of the key */
    bool highest;   /* where it came from is where the device is */
    bool again;     /* the HSE says again what was accepted: OK is the answer, and it is not delivered twice */
} godwit_eas_opened_t;

/* Checks MAC, window and age, then deciphers into plain, which needs datagram.len octets. number: the HSE's for this
 * datagram, rising, the same when it says it again; 0: it gives none. Changes nothing. GODWIT_MALFORMED;
 * GODWIT_UNKNOWN_SESSION; GODWIT_UNKNOWN_KEY: godwit_eas_wanted may say more; GODWIT_MAC_FAILURE; GODWIT_REPLAY;
 * GODWIT_KEY_EXPIRED: by time, or by count; GODWIT_POLICY_FORBIDS: key agreement only. */
GODWIT_MUST_USE godwit_status_t godwit_eas_open(const godwit_eas_device_t *device, uint64_t now_s, uint64_t number,
                                                godwit_slice_t datagram, uint8_t *plain, godwit_eas_opened_t *opened);
/* Moves the window past it. From the first datagram under a key on, earlier keys live for the overlap only. Not for one
 * that came again. */
void godwit_eas_accept(godwit_eas_device_t *device, uint64_t now_s, uint64_t number, const godwit_eas_opened_t *opened);

/* Whether the newest key is for more than key agreement. */
bool godwit_eas_has_user_plane(const godwit_eas_device_t *device);
/* Appends a datagram for the device, under the last key that it has used. GODWIT_AGAIN: it has used none that is still
 * good: when it speaks.
 * GODWIT_POLICY_FORBIDS: key agreement only. GODWIT_NO_SPACE. */
GODWIT_MUST_USE godwit_status_t godwit_eas_seal(godwit_eas_device_t *device, uint64_t now_s, godwit_slice_t payload,
                                                godwit_writer_t *out);

/* A key for TLS, DTLS or OSCORE. label as in godwit_exported_psk; device_role: 0 when the device is the client there, 1
 * the server. With number 0 a number that was not given yet, of the newest key, and *name is set; else the one that
 * *name names, as the device chose it. No number is given twice: GODWIT_REPLAY.
 * GODWIT_UNKNOWN_KEY: that age is not here; GODWIT_KEY_EXPIRED. */
GODWIT_MUST_USE godwit_status_t godwit_eas_export(godwit_eas_device_t *device, uint64_t now_s, const char *label,
                                                  uint8_t device_role, godwit_psk_name_t *name, uint8_t psk[32]);

/* The same in two steps, for a server whose client names a key before it has proved anything. _derive gives the key
 * that *name names and changes nothing: whoever makes up numbers uses none up. _proved, when the handshake under that
 * key is complete, uses its number up, and must be durable before anything of that connection is believed or sent;
 * where it gives an error, GODWIT_REPLAY when another connection under that key was first, the connection is to be
 * ended. Errors of _export; GODWIT_POLICY_FORBIDS for "oscore", which has no handshake: a second use of that key would
 * use its nonces twice. */
GODWIT_MUST_USE godwit_status_t godwit_eas_derive(const godwit_eas_device_t *device, uint64_t now_s, const char *label,
                                                  uint8_t device_role, const godwit_psk_name_t *name, uint8_t psk[32]);
GODWIT_MUST_USE godwit_status_t godwit_eas_proved(godwit_eas_device_t *device, uint64_t now_s,
                                                  const godwit_psk_name_t *name);

/* ---- ageing ---- */

/* Wipes keys whose time is over. True when one was: then the record is to be written. */
bool godwit_eas_tick(godwit_eas_device_t *device, uint64_t now_s);
/* When godwit_eas_tick or godwit_eas_wanted will have something new to say; UINT64_MAX: never by time alone. */
uint64_t godwit_eas_due(const godwit_eas_device_t *device, uint64_t now_s);
/* Nothing is left: no key, and none to come by itself. */
bool godwit_eas_is_empty(const godwit_eas_device_t *device);

typedef enum godwit_eas_want {
    GODWIT_EAS_WANT_NOTHING = 0,
    GODWIT_EAS_WANT_COUNT, /* the newest key has been used for nearly as many messages as it may be */
    GODWIT_EAS_WANT_TIME,  /* the newest key's life is over, and none came that follows it */
    GODWIT_EAS_WANT_LOST,  /* there is no key */
} godwit_eas_want_t;

/* Which key is to be asked for (EAS Session Request): an age above *above_age; with WANT_LOST whichever. */
godwit_eas_want_t godwit_eas_wanted(const godwit_eas_device_t *device, uint64_t now_s, uint32_t *above_age);

/* ---- what must survive ---- */

/* Keys in clear: whoever stores it wraps it. Returns the octets written; 0 only when the crypto backend failed. */
size_t godwit_eas_save(const godwit_eas_device_t *device, uint8_t record[GODWIT_EAS_RECORD_MAX]);
/* GODWIT_MALFORMED: damaged, or not one: everything in it is lost, and *device is wiped. */
GODWIT_MUST_USE godwit_status_t godwit_eas_load(godwit_eas_device_t *device, const godwit_crypto_t *crypto,
                                                godwit_slice_t record);

#endif
