/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of godwit_access_t, here only so that its owner can reserve room for it. Nothing in it is for the caller.
 */
#ifndef GODWIT_ACCESS_STATE_H
#define GODWIT_ACCESS_STATE_H

#include "core/agree/next_session/next_session.h"
#include "core/wire/gmm.h"
#include "core/wire/nas_security.h"
#include "core/wire/payload_trigger.h"
#include "core/wire/radio.h"
#include "core/wire/sms_link.h"
#include "core/wire/tpdu.h"

/* The longest message without an N-PDU: a PCO with its container, an APN, and their heads. */
#define GODWIT_ACCESS_MESSAGE_MAX (GODWIT_ACCESS_APN_MAX + GODWIT_ACCESS_CONTAINER_MAX + 96)
/* What one call can send: an N-PDU, an answer and a request. */
#define GODWIT_ACCESS_OUT_MAX (GODWIT_ACCESS_FRAME_MAX + 2 * GODWIT_ACCESS_MESSAGE_MAX)

/* A request of ours that waits for its answer. */
typedef struct godwit_access_exchange {
    uint8_t pending;        /* godwit_access_procedure_t of device/access/internal.h; 0: none */
    uint8_t sendings;       /* of it so far */
    uint8_t pti;            /* of its session management message; UMTS: none */
    bool hinted;            /* a reject without protection was taken since the last sending */
    bool paged;             /* the connection is resumed because the network asks for it */
    uint8_t former;         /* of an attach: the state before it, as long as its keys are still those in use */
    bool offered;           /* of an attach: it named the keys of before */
    bool proved;            /* of an attach: the network has proved keys, new ones or those of before */
    godwit_status_t reason; /* of the last refusal */
} godwit_access_exchange_t;

/* An AKA run: what the USIM works on, and what the last accepted one gave. Secrets go as soon as they are in use. */
typedef struct godwit_access_vector {
    bool running;                       /* AUTHENTICATE was asked for */
    uint8_t runs;                       /* of the USIM, since the network last proved keys, or the caller attached */
    uint8_t asked_ksi, asked_reference; /* reference: UMTS */
    bool protect;                       /* EPS: the request came protected, and so goes the response */
    uint8_t asked[32];                  /* RAND || AUTN that the USIM works on */

    bool taken; /* what follows is set */
    uint8_t ksi;
    uint8_t given[32]; /* RAND || AUTN that it has taken */
    uint8_t res_len;
    uint8_t res[GODWIT_RES_MAX];
    bool fresh;       /* root has not been in use yet */
    uint8_t root[32]; /* EPS: KASME; UMTS: CK || IK of the radio: CK' || IK' when the vector is flagged */
    bool flagged, has_key_set;
    uint8_t e2m_keyset[32];
    /* config.trigger: what the USIM gave, until the network has proved the keys of this run; card_only: it kept CK and
     * IK itself. */
    bool rooted, card_only;
    uint8_t ck_ik[32];
} godwit_access_vector_t;

/* Device triggering. */
typedef struct godwit_access_trigger {
    /* the security mode's completion waits for what the owner has to say to the message that came in its command */
    bool awaits;
    uint8_t held_len, held[GODWIT_TRIGGER_CONTAINER_MAX]; /* up, until there is a connection */
    uint8_t complete_len,
        complete[GODWIT_TRIGGER_CONTAINER_MAX];             /* went in the completion: it may be asked for again */
    uint8_t shown_len, shown[GODWIT_TRIGGER_CONTAINER_MAX]; /* what TRIGGER shows */
    uint8_t roots[2][32];                                   /* what ROOT shows; wiped by the next call */
    godwit_iwf_key_t key;                                   /* what UE_KEY shows; likewise */
} godwit_access_trigger_t;

/* The vector of the following session. */
typedef struct godwit_access_next {
    bool running;        /* AUTHENTICATE was asked for: what the USIM gives goes into `stored` */
    bool armed;          /* the attach under way goes by the stored vector, and its frame is in `frame` */
    bool carries;        /* and the data are in it */
    bool passed_over;    /* the next attach is not to go by it: godwit_access_renew */
    godwit_slice_t data; /* of the caller, within its call */
    /* data wait in `held`: UMTS, GERAN: the PDP context for them is activated as soon as the device is attached */
    bool follows;
    uint8_t asked[32];                          /* RAND || AUTN that the USIM works on */
    godwit_next_session_t stored;               /* domain NONE: nothing */
    godwit_next_session_t found;                /* what the record will be when the USIM has taken the vector */
    uint8_t record[GODWIT_NEXT_SESSION_RECORD]; /* what a STORE shows */
    uint16_t frame_len;
    uint8_t frame[GODWIT_ACCESS_FRAME_MAX]; /* sent again, it is these octets */
} godwit_access_next_t;

/* Short messages as the carrier. */
typedef struct godwit_access_sms {
    godwit_sms_link_t link;
    bool ticks;        /* the timer that runs is its own */
    bool with_attach;  /* what is on its way is in the attach request by the stored vector */
    uint8_t reference; /* of the last message up: RP-Message Reference and TP-MR alike */
    uint8_t waiting_len, waiting[GODWIT_SMS_PORT_DATA_MAX]; /* what goes when the one on its way has its answer */
} godwit_access_sms_t;

struct godwit_access {
    godwit_access_config_t config;
    uint8_t capability[6]; /* EPS: UE network capability, as sent */
    uint8_t state;         /* godwit_access_state_t */
    bool connected;        /* a radio connection is there */
    uint8_t reattaches;    /* by itself, since the caller last wanted something */
    godwit_access_exchange_t exchange;
    godwit_access_vector_t vector;
    godwit_access_next_t next;
    godwit_access_sms_t sms;
    godwit_access_trigger_t trigger;
    godwit_nas_security_t nas;     /* EPS */
    godwit_radio_security_t radio; /* UMTS */
    bool radio_set, secured;       /* UMTS: radio has keys; they protect this connection */
    uint8_t cksn;                  /* UMTS: of the keys in radio */
    uint32_t p_tmsi;
    bool has_p_tmsi;
    godwit_gmm_rai_t area; /* UMTS: as the network last said */
    bool has_guti;
    godwit_guti_t guti; /* EPS */
    bool known;         /* GUTI or P-TMSI is the name of the keys in nas or radio: both outlive a detach */
    bool keyed;         /* the AKA run of these keys made a key set, and the owner has it */

    uint8_t transaction;   /* UMTS: identifier of the PDP context's activation */
    uint8_t bearer;        /* EPS bearer identity, or NSAPI; 0: none */
    uint8_t last_pti;      /* the last one used */
    bool awaits_container; /* KEY_SET or KEY_SET_AGAIN was given, the owner has not answered yet */
    bool owes_activation;  /* and then the PDP context is asked for */
    bool container_spent;  /* the container has gone up in an activation: another one needs a new generation */
    bool owes_information; /* and the network has asked for it: PTI in information_pti */
    uint8_t information_pti;
    bool container_sent; /* in the PCO of the bearer's activation or of the modification under way */
    uint8_t container[GODWIT_ACCESS_CONTAINER_MAX];
    uint16_t container_len;
    uint8_t key_set[32]; /* what KEY_SET shows; wiped by the next call */

    uint8_t incoming[8], answered[8]; /* first of SHA-256 of the frame at hand; of the frame that `answer` answers */
    uint8_t repeats;                  /* of that answer */
    uint16_t answer_len, held_len;
    bool held_sms;                             /* `held` is a CP message */
    bool held_sent;                            /* in a request to resume that was not answered yet */
    uint8_t answer[GODWIT_ACCESS_MESSAGE_MAX]; /* the last answer, as a frame */
    /* what waits for the radio connection: N-PDU; EPS: its ESM DATA TRANSPORT; or held_sms */
    uint8_t held[GODWIT_ACCESS_FRAME_MAX];
    uint8_t plain[GODWIT_ACCESS_FRAME_MAX]; /* a message being built */
    godwit_writer_t out;                    /* over sends */
    uint8_t sends[GODWIT_ACCESS_OUT_MAX];   /* the frames of the last call */
    uint8_t work[GODWIT_NAS_MAX];           /* what was received, deciphered */
};

#endif
