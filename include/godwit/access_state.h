/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of godwit_access_t, here only so that its owner can reserve room for it. Nothing in it is for the caller.
 */
#ifndef GODWIT_ACCESS_STATE_H
#define GODWIT_ACCESS_STATE_H

/* The longest answer or request without an N-PDU: a PCO with its container, an APN, and their heads. */
#define GODWIT_ACCESS_MESSAGE_MAX (GODWIT_ACCESS_APN_MAX + GODWIT_ACCESS_CONTAINER_MAX + 96)

/* What one run of the USIM gave, until the security mode has shown that the serving network holds the same keys; then wiped. */
typedef struct godwit_access_vector {
    uint8_t rand[16], autn[16]; /* that the USIM works on, or has taken */
    bool running;               /* AUTHENTICATE was asked for */
    bool taken;                 /* the USIM has accepted them: what follows is set */
    uint8_t ksi;
    uint8_t res[GODWIT_RES_MAX];
    uint8_t res_len;
    uint8_t root
        [32]; /* EPS: KASME; UMTS: CK || IK of the radio, CK' || IK' when flagged. Empty of keys once they are in use */
    bool fresh; /* root has not been in use yet */
    bool has_key_set;
    uint8_t e2m_keyset[32];
} godwit_access_vector_t;

/* Keys in use. EPS: NAS encryption and integrity; UMTS: CK and IK of the radio. */
typedef struct godwit_access_security {
    bool set;
    bool on; /* UMTS: of this radio connection: a SECURITY MODE COMMAND has verified */
    uint8_t ksi, eea, eia;
    uint8_t k_enc[16], k_int[16];
    uint32_t up, down; /* the next COUNT of each direction; the network's may jump ahead, never back */
} godwit_access_security_t;

/* A request of ours that waits for its answer. */
typedef struct godwit_access_exchange {
    uint8_t pending;  /* which: device/access/internal.h; 0: none */
    uint8_t sendings; /* of it so far */
    bool hinted;      /* a reject without protection was taken since the last sending */
    godwit_status_t reason;
    uint8_t pti;
} godwit_access_exchange_t;

struct godwit_access {
    godwit_access_config_t config;
    godwit_access_vector_t vector;
    godwit_access_security_t security, former; /* former: until a message under its successor has verified */
    godwit_access_exchange_t exchange;
    uint8_t state;           /* godwit_access_state_t */
    bool connected;          /* a radio connection is there */
    bool wants;              /* asks for the key set, and got one with the last vector */
    bool waits;              /* the container must come from the owner before the answer goes */
    bool answered_container; /* CONTAINER was given for this bearer */
    uint8_t usim_runs, reattaches, repeats;
    uint8_t bearer; /* EPS bearer identity, or NSAPI; 0: none */
    uint8_t next_pti;
    uint8_t digest[8];   /* of the frame that `answer` answers */
    uint8_t key_set[32]; /* what KEY_SET shows; wiped by the next call */
    uint8_t container[GODWIT_ACCESS_CONTAINER_MAX];
    uint16_t container_len, answer_len, held_len;
    uint8_t answer[GODWIT_ACCESS_MESSAGE_MAX]; /* the last answer, as a frame */
    uint8_t held[GODWIT_ACCESS_NPDU_MAX];      /* the N-PDU that waits for the radio connection */
    uint8_t frame[GODWIT_ACCESS_FRAME_MAX];    /* what is sent */
    uint8_t work[GODWIT_ACCESS_FRAME_MAX];     /* what was received, deciphered */
};

#endif
