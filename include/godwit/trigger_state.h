/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of godwit_trigger_t, here only so that its owner can reserve room for it. Nothing in it is for the caller.
 */
#ifndef GODWIT_TRIGGER_STATE_H
#define GODWIT_TRIGGER_STATE_H

#define GODWIT_TRIGGER_ROOTS 4 /* one of each kind: the newest */

/* One association as the device has it. */
typedef struct godwit_trigger_association {
    uint32_t number; /* 0: none */
    uint8_t root;    /* godwit_iwf_root_t */
    uint8_t suite;
    bool heard;             /* something came down under it: the MTC-IWF has the Complete */
    uint16_t device_suites; /* as its Complete said, so that it can be said again */
    uint8_t command[GODWIT_A3_DIGEST];
    uint8_t k_iwf[32];          /* secret */
    uint32_t next_down;         /* highest COUNT accepted + 1 */
    uint64_t seen_down;         /* window below it */
    uint32_t next_up, limit_up; /* next COUNT; first one that is not reserved */
} godwit_trigger_association_t;

typedef enum godwit_trigger_root_state {
    GODWIT_TRIGGER_ROOT_NONE = 0,
    GODWIT_TRIGGER_ROOT_HERE,
    GODWIT_TRIGGER_ROOT_IN_CARD,
    GODWIT_TRIGGER_ROOT_NAMED, /* ue-key received: the device was in that AKA run, and derives nothing of it */
} godwit_trigger_root_state_t;

typedef struct godwit_trigger_root {
    uint8_t state;
    uint8_t name[GODWIT_IWF_ROOT_NAME];
    uint8_t key[32]; /* secret */
    uint32_t taken;  /* highest number of an association that stands on it */
} godwit_trigger_root_t;

/* What is remembered of a reference. outcome 0: the place is free. */
typedef struct godwit_trigger_memory {
    uint32_t reference;
    bool protected;  /* what came without protection is another world, in which anybody on the way may write */
    uint8_t outcome; /* godwit_a3_outcome_t: what is acknowledged when it comes (again) */
    uint8_t again;   /* how often that was done for a replay; in memory only */
} godwit_trigger_memory_t;

/* With its application, not confirmed. */
typedef struct godwit_trigger_pending {
    bool used, protected;
    bool given, repeated; /* DELIVER has left; it is marked. In memory only */
    uint8_t via;
    godwit_a3_trigger_t trigger;
} godwit_trigger_pending_t;

/* magic 2, version 1, time 4, highest number 4, newest root 1; associations 65 each; roots 45 each; key received 45;
 * next reference 1, references 5 each; pending ones 32 and the payload each; check 8. */
#define GODWIT_TRIGGER_RECORD                                                                                          \
    (12 + 2 * 65 + GODWIT_TRIGGER_ROOTS * 45 + 45 + 1 + GODWIT_TRIGGER_MEMORY_MAX * 5 +                                \
     GODWIT_TRIGGER_PENDING_MAX * (32 + GODWIT_TRIGGER_PAYLOAD_MAX) + 8)

#define GODWIT_TRIGGER_COMPLETE 24 /* octets of a Complete */

/* What was said last: how long it is, and by which way it went; 0: nothing was said. */
typedef struct godwit_trigger_said {
    uint8_t via, len;
} godwit_trigger_said_t;

typedef struct godwit_trigger {
    godwit_trigger_config_t config;
    /* The record. */
    uint32_t time_s;      /* the latest that is known: of protected messages, moved on by what went by since */
    uint32_t last_number; /* of an association, the highest; only rises */
    uint8_t newest_root;  /* godwit_iwf_root_t */
    godwit_trigger_association_t current, former; /* former: until something comes down under current */
    godwit_trigger_root_t root[GODWIT_TRIGGER_ROOTS];
    godwit_iwf_key_t received; /* secret; association 0: none */
    godwit_trigger_memory_t memory[GODWIT_TRIGGER_MEMORY_MAX];
    uint8_t memory_next; /* the place that is taken next */
    godwit_trigger_pending_t pending[GODWIT_TRIGGER_PENDING_MAX];

    /* In memory only. */
    bool unstored;       /* the record is behind what stands above: STORE goes before anything else */
    uint64_t base_up_ms; /* goes with time_s, where has_base */
    bool has_base;
    uint8_t polls;                              /* sendings of the Poll under way; 0: none */
    uint8_t rejects[GODWIT_TRIGGER_VIA_A3 + 1]; /* sent by each way since something protected came, or a root */
    uint8_t repeats;   /* of the Complete, as long as nothing has come down under its association */
    uint8_t waiting;   /* as the last Poll Answer says */
    uint8_t asked_via; /* DERIVE is under way for `command`, which came by it; 0: none is */
    uint8_t command_len, command[GODWIT_TRIGGER_CONTAINER_MAX];
    uint8_t drawn[GODWIT_A3_DIGEST]; /* of the caller's random octets: what a cookie for a hint must echo */
    bool has_cookie;                 /* of the MTC-IWF, until something protected comes down */
    uint8_t cookies;                 /* taken since something was said of the device's own accord */
    uint8_t cookie[GODWIT_A3_COOKIE];
    godwit_trigger_said_t said_complete, said;
    /* To be sent, as the next; each behind room for a cookie. */
    uint8_t complete[GODWIT_A3_COOKIE_PART + GODWIT_TRIGGER_COMPLETE];
    uint8_t out[GODWIT_A3_COOKIE_PART + GODWIT_TRIGGER_CONTAINER_MAX];
    uint8_t record[GODWIT_TRIGGER_RECORD];
} godwit_trigger_t;

#endif
