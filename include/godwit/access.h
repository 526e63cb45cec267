/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's way into a mobile network: attach, authentication, security mode, bearer, modification, idle and paging,
 * detach, for EPS (TS 24.301 with control plane CIoT optimisation, data over NAS), UMTS and GPRS over GERAN (TS
 * 24.008). It yields the key set of agreements 01 and 02 (contribution 003). Frames are those of core/wire/radio.h, our
 * stand-in for the radio. As godwit/device.h: no malloc, no threads, no clock; one input at a time, and requests that
 * the caller carries out in order. All of it but that record of the next session is volatile: after a power loss the
 * device attaches anew.
 *
 *     godwit_access_init(&access, &config);
 *     godwit_access_attach(&access, &requests);                 // then carry out requests, feed frames, until the event "attached"
 *     godwit_access_send(&access, n_pdu, &requests);            // what a GODWIT_DEVICE_SEND of device.h gave
 *
 * How it works together with device.h (Solution 1, config.e2m):
 *     KEY_SET    -> godwit_device_access_key_set(device, agreement, rand, sqn, e2m_keyset);
 *                   godwit_device_container(device, ...) -> contents; godwit_access_container(access, contents, &requests)
 *     CONTAINER  -> godwit_device_bearer_start(device, octets, ...): empty octets mean that none came, and the device falls back
 *     DELIVER    -> godwit_device_receive(device, octets, ...)
 * With config.key_set alone (Solution 2) KEY_SET ends with godwit_device_access_key_set: nothing goes into the PCO.
 *     KEY_SET_AGAIN -> no AKA run this time, so the key set is the one that device has: godwit_device_container(device, ...) ->
 *                   contents; godwit_access_container(access, contents, &requests). Only with config.e2m.
 *
 * A detach keeps what the network knows the device by: GUTI or P-TMSI, with keys and COUNTs (TS 24.301 4.4.2, TS 24.008
 * 4.7.7.3). The next attach names them; whether AKA runs is then for the network to say (its policy: docs/policy.md).
 * Where the network does not know them, or does not answer, attach goes on as if there had been none. An owner for whom
 * that key set is of no use any more (device.h: "fallback" or "refused" after a container) calls godwit_access_renew,
 * and the next attach has an AKA run.
 *
 * Next session (config.next_session, contribution 000): in a detach, an attach by a stored vector, or at any time while
 * attached, the network may hand over RAND and AUTN of the following session. AUTHENTICATE is then asked for at once
 * (also after "detached"), and the result goes into a STORE. The next attach takes it out again (STORE of the emptied
 * record) before anything is sent, and needs no AKA run.
 *
 * Before the security mode command has verified, nothing from the network changes more than how this attach goes on;
 * rejects are then hints that make it back off, and never erase a key.
 */
#ifndef GODWIT_ACCESS_H
#define GODWIT_ACCESS_H

#include "core/wire/payload_trigger.h"
#include "godwit/aka.h"
#include "godwit/keys.h"

/* The most requests that one call gives. */
#define GODWIT_ACCESS_REQUESTS_MAX 10

/* What follows may be lowered where memory is dear; library and firmware must be compiled with the same values. */

/* Longest N-PDU, either way: an EMSDP datagram. */
#ifndef GODWIT_ACCESS_NPDU_MAX
#define GODWIT_ACCESS_NPDU_MAX 1232
#endif
/* Longest frame: the N-PDU in its ESM DATA TRANSPORT inside a CONTROL PLANE SERVICE REQUEST, protected; or in PROTECTED
 * of the radio. */
#define GODWIT_ACCESS_FRAME_MAX (GODWIT_ACCESS_NPDU_MAX + 64)
/* Longest APN in the configuration, as text. */
#ifndef GODWIT_ACCESS_APN_MAX
#define GODWIT_ACCESS_APN_MAX 100
#endif
/* Longest contents of the PCO container, up. */
#define GODWIT_ACCESS_CONTAINER_MAX 64
/* Runs of the USIM that one attach may cost, whatever comes over the air. */
#ifndef GODWIT_ACCESS_USIM_RUNS_MAX
#define GODWIT_ACCESS_USIM_RUNS_MAX 8
#endif
/* How often one answer is sent again. */
#ifndef GODWIT_ACCESS_REPEATS_MAX
#define GODWIT_ACCESS_REPEATS_MAX 8
#endif

/* How the data of an attach by a stored vector travel (contribution 000). */
typedef enum godwit_carrier {
    GODWIT_CARRIER_NAS = 0, /* EPS: ESM DATA TRANSPORT inside the ATTACH REQUEST, ciphered */
    GODWIT_CARRIER_SMS = 1, /* a short message: its CP-DATA inside the ATTACH REQUEST, ciphered; else after it */
    GODWIT_CARRIER_PDP = 2, /* on the user plane, as soon as the bearer or PDP context is there */
} godwit_carrier_t;

/* GERAN: GPRS by a USIM in 3G context, over the same frames as UMTS, with Kc128 and Ki128 in the place of CK and IK. */
typedef enum godwit_access_kind {
    GODWIT_ACCESS_EPS = 1,
    GODWIT_ACCESS_UMTS = 2,
    GODWIT_ACCESS_GERAN = 3,
} godwit_access_kind_t;

/* The caller owns what the pointers show; it must live as long as the access. */
typedef struct godwit_access_config {
    const godwit_crypto_t *crypto;
    godwit_access_kind_t kind;
    godwit_imsi_t imsi;
    godwit_plmn_t serving_network; /* where the device is: KASME is bound to it (TS 33.401 A.2) */
    godwit_plmn_t home;            /* HPLMN */
    godwit_slice_t apn;            /* dotted text, e.g. "e2m.example"; may be empty: the network's default */
    bool e2m;                      /* wants Solution 1: KEY_SET, the container in the PCO, CONTAINER */
    bool key_set;                  /* wants the key set, but nothing in the PCO (Solution 2): KEY_SET alone */
    bool me_derives;   /* variant E: the ME derives for a USIM that does not; home must know (feature e2m-me) */
    uint8_t selector;  /* of the container: 1 RAND, 2 SQN; 0: RAND. Kept for the owner, who builds the container */
    uint16_t amf_flag; /* the bit of AMF that asks for the derivation; 0: the default 0x0080 */
    bool next_session; /* takes the vector of the following session, and attaches by it: see "Next session" below */
    /* the card is a SIM: it has no AUTN, so nobody could show that a vector is the home's; refused by init */
    bool gsm_sim;
    /* Of what godwit_access_attach_with is given. With sms all that godwit_access_send is given goes as short messages,
     * too. */
    godwit_carrier_t carrier;
    /* UMTS, GERAN: attaches to the circuit domain, at a MSC; only with carrier sms, without bearers and e2m */
    bool circuit_switched;
    const char *sms_number; /* carrier sms: the number that they go to, digits of E.164 */
    const char *sms_centre; /* the service centre's; NULL: the same */
    uint16_t sms_port;      /* application port, both ways; 0: 16020 */
    bool trigger; /* device triggering (contribution 002; trigger.h): ROOT, TRIGGER, UE_KEY, godwit_access_trigger */
    /* UMTS, GERAN, circuit domain: messages of device triggering go as short messages, to this number of E.164 digits,
     * with this application port both ways (0: 16021). EPS has NAS messages for them; with trigger_sms, for a MME that
     * does not know those, they are short messages there, too. Short messages for that port are taken in all of
     * them. */
    const char *trigger_number;
    uint16_t trigger_port;
    bool trigger_sms;
    /* What this end can do and accepts, as in the UE network capability (TS 24.301 9.9.3.34): 0x80 algorithm 0, 0x40
     * SNOW 3G, 0x20 AES, 0x10 ZUC. 0 stands for 0xF0 and 0x70. Integrity never with algorithm 0, whatever is set here.
     * UMTS: 0x80 is UEA0, 0x40 UEA2, UIA2.
     * GERAN: eia 0x40 is integrity with Ki128; 0x80 goes with a network that has no Ki128: ciphering by Kc of c3 and no
     * integrity, so nothing of the next session. */
    uint8_t eea, eia;
    uint32_t retransmit_ms; /* first wait for an answer, doubled each time; 0: 4000 */
    /* sendings of one request before it is given up; 0: 5 (TS 24.301 5.5.1.1, attach attempt counter) */
    uint8_t attempts;
} godwit_access_config_t;

typedef enum godwit_access_request_kind {
    GODWIT_ACCESS_SEND, /* octets: one frame for the radio */
    /* rand, autn: run the USIM (3G context), then call godwit_access_usim_result. Last of its list */
    GODWIT_ACCESS_AUTHENTICATE,
    GODWIT_ACCESS_TIMER,   /* call godwit_access_timer after delay_ms; 0 cancels */
    GODWIT_ACCESS_DELIVER, /* octets: an N-PDU from the network */
    /* octets: the record, to be made durable in place of the former one before what stands after it is carried out.
     * When that fails, drop what follows, and go on as after a power loss: init, and restore of the record that is
     * durable. Only with config.next_session. */
    GODWIT_ACCESS_STORE,
    /* agreement, rand, sqn, e2m_keyset: an access AKA run made a key set, and the serving network has proved the access
     * keys of that run. Last of its list: hand them on; with config.e2m then call godwit_access_container. e2m_keyset
     * is wiped by the next call. */
    GODWIT_ACCESS_KEY_SET,
    /* The network goes on with the keys of a former attach, or a PDP context is activated again: the container that
     * there was has named a generation that was taken. Last of its list: make another for the same key set and call
     * godwit_access_container. */
    GODWIT_ACCESS_KEY_SET_AGAIN,
    /* octets: contents of the container that came with the bearer or its modification; empty: none came, or none was
     * sent (the vector was not flagged, nobody derived a key set). Only with config.e2m. */
    GODWIT_ACCESS_CONTAINER,
    /* Only with config.trigger; root_kind, root, rand: an AKA run gave what an association can stand on, and the
     * serving network has proved the keys of that run: godwit_trigger_root. One for each kind that there is: FLAGGED
     * and KASME of a flagged vector in EPS. root is wiped by the next call; NULL: only the card has it (FLAGGED in UMTS
     * with a USIM that derives). */
    GODWIT_ACCESS_ROOT,
    /* octets: a message of device triggering, from a protected message of the network: godwit_trigger_receive. by_sms:
     * it is no message of the serving node but a short message of a service centre, which anybody may have sent: never
     * more than GODWIT_TRIGGER_SMS, whatever protected it on the radio (docs/sms.md). Last of its list. answers: it
     * came in the security mode command, and the completion waits:
     * godwit_access_trigger with the answer, empty where there is none. */
    GODWIT_ACCESS_TRIGGER,
    /* ue_key: K_iwf, its association and root, from a message that was ciphered and integrity protected:
     * godwit_trigger_ue_key. Wiped by the next call. Last of its list. */
    GODWIT_ACCESS_UE_KEY,
    GODWIT_ACCESS_EVENT, /* for a log: name, reason */
} godwit_access_request_kind_t;

typedef struct godwit_access_request {
    godwit_access_request_kind_t kind;
    godwit_slice_t octets; /* lives until the next call, as do the pointers */
    const uint8_t *rand, *autn;
    const uint8_t *sqn; /* 6 octets: SQN xor AK, the first of AUTN: all that a ME sees of SQN (TS 33.102 6.3.2) */
    const uint8_t *e2m_keyset;
    godwit_iwf_root_t root_kind;
    const uint8_t *root; /* 32 octets */
    const godwit_iwf_key_t *ue_key;
    bool by_sms, answers;         /* TRIGGER */
    godwit_agreement_t agreement; /* GODWIT_AGREEMENT_ACCESS_UMTS, _EPS */
    uint32_t delay_ms;
    /* Static:
     *   "attach_requested", "authenticated" (the USIM took the vector), "secured" (security mode), "context_reused" (the network goes on with
     *   the keys of a former attach), "attached" (EPS: with its bearer; UMTS: without),
     *   "activated" (UMTS: PDP context), "modified", "idle", "connected" (again, after idle), "paged", "deactivated", "detached";
     *   "not_flagged": config.e2m or key_set, and the vector does not ask for the derivation; "not_derived": it does, and neither card nor
     *   ME derives; "refused": what came was refused, or the network refuses what we asked (reason); "given_up": a procedure ended
     *   without success (reason: of the last refusal, GODWIT_OK after silence);
     *   Carrier sms: "sms_accepted" (by the service centre), "sms_refused" (RP-ERROR: reason), "sms_failed" (CP-ERROR: reason; GODWIT_OK after
     *   silence: nobody knows whether it has arrived);
     *   "trigger_dropped": a message of device triggering that waited for the radio connection;
     *   "n_pdu_uncertain": the N-PDU that waited for the radio connection was dropped, or nobody knows.
     *   Next session: "next_stored" (the vector of the following session is kept), "next_refused" (the USIM, or what came with it, did not allow
     *   that: reason), "next_used" (the network took the stored vector: no AKA run), "next_fallback" (it runs AKA all the same). */
    const char *name;
    godwit_status_t reason;
} godwit_access_request_t;

typedef struct godwit_access_requests {
    godwit_access_request_t item[GODWIT_ACCESS_REQUESTS_MAX];
    size_t count;
} godwit_access_requests_t;

typedef enum godwit_access_state {
    GODWIT_ACCESS_DETACHED,
    GODWIT_ACCESS_ATTACHING,
    GODWIT_ACCESS_ATTACHED, /* without PDP context or bearer: not yet, or not any more */
    GODWIT_ACCESS_ACTIVE,   /* a bearer or PDP context is there */
    GODWIT_ACCESS_DETACHING,
} godwit_access_state_t;

typedef struct godwit_access godwit_access_t; /* defined at the end: allocate it where you like, touch nothing inside */

/* GODWIT_INVALID_ARGUMENT for a configuration that cannot be; GODWIT_UNSUPPORTED_SUITE for config.gsm_sim. */
GODWIT_MUST_USE godwit_status_t godwit_access_init(godwit_access_t *access, const godwit_access_config_t *config);
/* Attach. EPS: with the default bearer of config.apn. A device that is attached attaches anew: its keys and bearer hold
 * until those of the new attach do. GODWIT_AGAIN while a procedure runs. */
GODWIT_MUST_USE godwit_status_t godwit_access_attach(godwit_access_t *access, godwit_access_requests_t *requests);
/* Attach with data: an N-PDU, or with carrier sms what a short message is to carry (at most 133 octets). Where a vector
 * of before is stored the data go with the attach, as config.carrier says, else as soon as a bearer is there.
 * "n_pdu_uncertain" when nobody knows whether they have arrived. */
GODWIT_MUST_USE godwit_status_t godwit_access_attach_with(godwit_access_t *access, godwit_slice_t data,
                                                          godwit_access_requests_t *requests);
/* Next session, after godwit_access_init: the record that the last STORE request gave. GODWIT_MALFORMED when it is
 * damaged or another subscriber's: the device is then as after init. */
GODWIT_MUST_USE godwit_status_t godwit_access_restore(godwit_access_t *access, godwit_slice_t record);
/* The next attach names no keys of before, so that the network must run AKA; keys in use stay in use until then. */
void godwit_access_renew(godwit_access_t *access);
/* UMTS: the PDP context of config.apn, after "attached"; the container goes in its PCO (the second time KEY_SET_AGAIN
 * first). EPS, where the network has taken the bearer away:
 * attaches anew. GODWIT_WRONG_STATE in other states than GODWIT_ACCESS_ATTACHED, GODWIT_AGAIN while a procedure runs or
 * the container of KEY_SET has not come. */
GODWIT_MUST_USE godwit_status_t godwit_access_activate(godwit_access_t *access, godwit_access_requests_t *requests);
/* Contents of the container up, after KEY_SET or KEY_SET_AGAIN (kept for the PCO of the activation), empty for none.
 * Sends what waited for it.
 * GODWIT_NO_SPACE when too long. */
GODWIT_MUST_USE godwit_status_t godwit_access_container(godwit_access_t *access, godwit_slice_t contents,
                                                        godwit_access_requests_t *requests);
/* Modification of the bearer with a PCO of this container (contribution 003, step 5b): CONTAINER comes back.
 * GODWIT_WRONG_STATE where no bearer is, GODWIT_AGAIN while another procedure runs. A device that is idle resumes
 * first. */
GODWIT_MUST_USE godwit_status_t godwit_access_modify(godwit_access_t *access, godwit_slice_t contents,
                                                     godwit_access_requests_t *requests);
/* One N-PDU up. A device that is idle resumes with it. GODWIT_WRONG_STATE where no bearer is; GODWIT_AGAIN while one is
 * held that waits for the radio connection (until "connected"); GODWIT_NO_SPACE when too long. Carrier sms: one octet
 * to 133 of user data, with or without a bearer; GODWIT_AGAIN while one waits behind another that is on its way. */
GODWIT_MUST_USE godwit_status_t godwit_access_send(godwit_access_t *access, godwit_slice_t n_pdu,
                                                   godwit_access_requests_t *requests);
/* A message of device triggering up (what a SEND of trigger.h gave): at most GODWIT_TRIGGER_CONTAINER_MAX octets. A
 * device that is idle resumes with it; one that attaches sends it when it is attached. After a TRIGGER that wants an
 * answer: that answer, or empty octets. GODWIT_WRONG_STATE without config.trigger, or where no registration is or
 * begins; GODWIT_AGAIN while one waits. */
GODWIT_MUST_USE godwit_status_t godwit_access_trigger(godwit_access_t *access, godwit_slice_t octets,
                                                      godwit_access_requests_t *requests);
/* Releases the radio connection: the bearer stays. GODWIT_WRONG_STATE unless attached, GODWIT_AGAIN while a procedure
 * runs. */
GODWIT_MUST_USE godwit_status_t godwit_access_idle(godwit_access_t *access, godwit_access_requests_t *requests);
/* Detach. GODWIT_WRONG_STATE when not attached. Ends an attach that is under way at once. Keys that the network knows
 * stay for the next attach; godwit_access_init, or wiping the whole, ends them. */
GODWIT_MUST_USE godwit_status_t godwit_access_detach(godwit_access_t *access, godwit_access_requests_t *requests);
/* A frame came. What is refused changes nothing and gives an EVENT with the reason; the return value is not GODWIT_OK
 * only when our own house failed. */
GODWIT_MUST_USE godwit_status_t godwit_access_receive(godwit_access_t *access, godwit_slice_t frame,
                                                      godwit_access_requests_t *requests);
/* The USIM's answer to AUTHENTICATE; one for each, with GODWIT_IO_FAILED in it where the card did not answer.
 * GODWIT_WRONG_STATE when none was asked for, or the device was detached meanwhile. */
GODWIT_MUST_USE godwit_status_t godwit_access_usim_result(godwit_access_t *access, const godwit_usim_result_t *result,
                                                          godwit_access_requests_t *requests);
/* The timer came due: retransmission, or giving up. */
GODWIT_MUST_USE godwit_status_t godwit_access_timer(godwit_access_t *access, godwit_access_requests_t *requests);

godwit_access_state_t godwit_access_state(const godwit_access_t *access);
bool godwit_access_is_idle(const godwit_access_t *access); /* attached, without a radio connection */

#include "godwit/access_state.h"

#endif
