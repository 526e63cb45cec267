/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of godwit_device_t, here only so that its owner can reserve room for it. Nothing in it is for the caller.
 */
#ifndef GODWIT_DEVICE_STATE_H
#define GODWIT_DEVICE_STATE_H

/* Start Confirmation with the longest first reading: header 8, command 1, TLV 2, MAC 16; or a Session Start that waits
 * for the USIM. */
#define GODWIT_DEVICE_ANSWER_MAX (GODWIT_DEVICE_FIRST_READING_MAX < 64 ? 96 : GODWIT_DEVICE_FIRST_READING_MAX + 32)
/* Session Request: header 8, command 1, IMSI 10, UE configuration 5, Enterprise 2 and the name, Serving Network 5, AUTS
 * 16 or Data 2 and the reading, MAC 16. */
#define GODWIT_DEVICE_ASK_MAX (GODWIT_DEVICE_FIRST_READING_MAX + GODWIT_DEVICE_ENTERPRISE_MAX + 64)

/* What a session needs between two readings: its keys with their counters and windows, and the key set that the next
 * generation comes from. Two keys, for one is dropped only after a datagram under its successor has verified. */
typedef struct godwit_device_session {
    godwit_emsdp_key_t current;
    godwit_emsdp_key_t next; /* handed out by 30 (rekeying) or by 20, 21 (announced) */
    uint8_t e2m_keyset[32];
    uint32_t generation;   /* the last one accepted of that key set */
    uint32_t synchronised; /* the sending key's user-plane COUNT that the network is known to have followed to */
    uint8_t state;         /* godwit_session_state_t, of the keys above; a set-up under way is in the exchange */
    uint8_t flags;
} godwit_device_session_t;

_Static_assert(sizeof(godwit_device_session_t) <= 256, "RAM of a session (docs/device.md)");

/* One Session Request without a key, as a pure function of the configuration and this: it is made again rather than
 * kept. */
typedef struct godwit_device_attempt {
    bool used, with_auts;
    bool with_selector; /* the name of that key set: RAND of the access AKA run (Solution 2), or Key Reference */
    uint32_t low_count;
    uint32_t service_age; /* end to end: the last age taken of that key set */
    uint8_t auts[14];
} godwit_device_attempt_t;

/* The key set of the last access AKA run, or of a bootstrapping. In memory only, but for that of the session: with the
 * power the attachment is gone. */
typedef struct godwit_device_access {
    uint8_t agreement; /* 01 or 02; 04 or 05 of a bootstrapping; 0: there is none */
    bool is_current;   /* the session's keys come from it: its generation is the session's */
    bool bearer;       /* a container named it: Solution 1 */
    bool asked;        /* that container is not answered yet */
    bool wants_modify; /* "modify_bearer" was raised, and no container has been asked for since */
    bool fallen_back;  /* the network did not take it: separate AKA from here on */
    /* a container was not answered with a Start: whether the network still has the session's key must be asked */
    bool uncertain;
    uint32_t generation;      /* last accepted, unless is_current */
    uint8_t rand[16], sqn[6]; /* 04, 05: rand is from SHA-256 of the reference */
    godwit_slice_t reference; /* 04, 05; the owner's. Empty after restore, until the owner gives it again */
    uint8_t key_set[32];
    uint8_t transcript[32]; /* SHA-256 of the container's contents */
} godwit_device_access_t;

/* A request of ours that waits for its answer, and what must be known to take that answer. */
typedef struct godwit_device_exchange {
    uint8_t pending;    /* the command: Session Request, Terminate Request, Manage Keys Request; 0: none */
    uint8_t sendings;   /* of it so far */
    bool early;         /* the Session Request goes under the announced key, */
    bool early_reading; /* with the reading that is held */
    bool holds;         /* a reading is held */
    bool confirming;    /* in its place: a datagram that the EAS is to acknowledge, inside the request */
    bool usim_running;  /* AUTHENTICATE was asked for */
    /* the agreement of a vector that 20, 21 or 30 handed out, and which the USIM works on; 0: it works on a Start */
    uint8_t handed;
    uint8_t usim_runs;
    bool hinted; /* a hint was taken since the last sending */
    bool vector_set;
    bool vector_is_current;             /* key_set is the session's e2m_keyset */
    godwit_device_attempt_t attempt[2]; /* the last one, and the one before it, which stays answerable */
    uint8_t asked[32];                  /* RAND || AUTN that the USIM works on */
    uint8_t vector[32];                 /* RAND || AUTN of the last result that the USIM gave */
    uint8_t key_set[32];                /* e2mKEYSET from that result */
    uint8_t echo[GODWIT_EMSDP_ECHO];    /* of the last datagram sent: what a hint must show */
    bool echo_set, echo_had_reading;
    uint8_t hints, hint_readings; /* hints taken lately; readings since one of them was forgotten */
    uint8_t answered[8];          /* first of SHA-256 of the datagram that `answer` answers */
    uint8_t repeats;              /* of that answer */
    uint16_t answer_len, ask_len, start_len, reading_len;
} godwit_device_exchange_t;

struct godwit_device {
    godwit_device_config_t config;
    godwit_device_session_t session;
    godwit_device_exchange_t exchange;
    godwit_device_access_t access;
    bool unstored; /* the record is behind what stands here: STORE goes before anything else */
    uint8_t answer[GODWIT_DEVICE_ANSWER_MAX]; /* the last answer sent; or the Session Start that waits for the USIM */
    uint8_t ask[GODWIT_DEVICE_ASK_MAX];       /* the request that waits for its answer */
    uint8_t reading[GODWIT_DEVICE_READING_MAX];
    uint8_t work[GODWIT_DEVICE_DATAGRAM_MAX]; /* a user-plane datagram to send, or what was opened */
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
};

#endif
