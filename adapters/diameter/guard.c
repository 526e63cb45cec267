/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps from freeDiameter 1.2.1 what it does not survive: any error within its routing or dispatching threads makes it
 * end itself, and a peer can cause two. An error answer to a message that goes wrong in routing is sent directly, which
 * fails when the peer has just gone; and a Session-Id that its session module does not take fails after the message was
 * accepted. And an answer that breaks a rule before its Result-Code was read meets an assertion.
 */
#include "adapters/diameter/internal.h"

#include <string.h>
#include <syslog.h>

#define SESSION_ID 263
#define RESULT_CODE 268
#define SESSION_ID_MAX 255

/* Set in the header of a message that routing let pass, cleared in what peers send: one of the bits that RFC 6733 3
 * reserves.
 * (freeDiameter's own data for each message is freed before the last hook sees it.) */
#define ROUTED 0x01u

static bool was_routed(struct msg *message)
{
    struct msg_hdr *header;
    return fd_msg_hdr(message, &header) == 0 && (header->msg_flags & ROUTED);
}

static void mark(struct msg *message, bool routed)
{
    struct msg_hdr *header;
    if (fd_msg_hdr(message, &header) == 0) {
        header->msg_flags = (uint8_t)((header->msg_flags & ~ROUTED) | (routed ? ROUTED : 0));
    }
}

static bool is_session_id(struct avp *avp, const struct avp_hdr *header)
{
    if ((header->avp_flags & AVP_FLAG_VENDOR) || fd_msg_parse_dict(avp, fd_g_config->cnf_dict, NULL) != 0 ||
        header->avp_value == NULL || header->avp_value->os.len < 1 || header->avp_value->os.len > SESSION_ID_MAX) {
        return false;
    }
    for (size_t i = 0; i < header->avp_value->os.len; i++) {
        if (header->avp_value->os.data[i] <= ' ' || header->avp_value->os.data[i] > '~') {
            return false;
        }
    }
    return true;
}

/* A Session-Id that is none, or a second one, is taken out: the codec will miss it and say so to the peer. */
static void guard_session(struct msg *message)
{
    struct avp *avp = NULL;
    struct avp_hdr *header;
    bool seen = false;
    if (fd_msg_browse(message, MSG_BRW_FIRST_CHILD, &avp, NULL) != 0) {
        return;
    }
    while (avp != NULL && fd_msg_avp_hdr(avp, &header) == 0) {
        struct avp *next = NULL;
        if (fd_msg_browse(avp, MSG_BRW_NEXT, &next, NULL) != 0) {
            next = NULL;
        }
        if (header->avp_code == SESSION_ID && (seen || !is_session_id(avp, header))) {
            (void)fd_msg_free(avp);
        } else if (header->avp_code == SESSION_ID) {
            seen = true;
        }
        avp = next;
    }
}

/* Of an answer that breaks a rule freeDiameter looks for the Result-Code, and ends itself where that AVP has not been
 * read yet: behind what broke the rule, or when its own length is wrong. So it is read now, or taken out: then the
 * answer is none. */
static void guard_result(struct msg *message)
{
    struct avp *avp = NULL;
    struct avp_hdr *header;
    struct msg_hdr *head;
    if (fd_msg_hdr(message, &head) != 0 || (head->msg_flags & CMD_FLAG_REQUEST) ||
        fd_msg_browse(message, MSG_BRW_FIRST_CHILD, &avp, NULL) != 0) {
        return;
    }
    while (avp != NULL && fd_msg_avp_hdr(avp, &header) == 0) {
        struct avp *next = NULL;
        if (fd_msg_browse(avp, MSG_BRW_NEXT, &next, NULL) != 0) {
            next = NULL;
        }
        if (header->avp_code == RESULT_CODE && (header->avp_flags & AVP_FLAG_VENDOR) == 0 &&
            (fd_msg_parse_dict(avp, fd_g_config->cnf_dict, NULL) != 0 || header->avp_value == NULL)) {
            (void)fd_msg_free(avp);
        }
        avp = next;
    }
}

/* The error that routing is about to send to a peer is addressed to nobody, and so dropped: what is not for us gets no
 * answer. Requests of our own, which have no source, are told. */
static void address_to_nobody(struct msg *message)
{
    char nobody[] = "nobody.invalid";
    DiamId_t source = NULL;
    size_t len = 0;
    if (fd_msg_source_get(message, &source, &len) == 0 && source != NULL) {
        (void)fd_msg_source_set(message, nobody, sizeof nobody - 1);
    }
}

/* Messages of our own have no source yet. */
static bool is_ours(struct msg *message)
{
    DiamId_t source = NULL;
    size_t len = 0;
    return message != NULL && fd_msg_source_get(message, &source, &len) == 0 && source == NULL;
}

static void hook(enum fd_hook_type type, struct msg *message, struct peer_hdr *peer, void *other,
                 struct fd_hook_permsgdata *data, void *context)
{
    godwit_diameter_t *d = context;
    (void)peer;
    (void)data;
    if (type == HOOK_MESSAGE_RECEIVED) {
        mark(message, false);
        guard_result(message);
    } else if (type == HOOK_MESSAGE_ROUTING_LOCAL) {
        mark(message, true);
        guard_session(message);
    } else if (type == HOOK_MESSAGE_DROPPED) {
        godwit_diameter_log(d, LOG_NOTICE, "a message was dropped: %s", other != NULL ? (const char *)other : "");
    } else {
        if (message != NULL && !was_routed(message)) {
            address_to_nobody(message);
        }
        godwit_diameter_log(d, LOG_NOTICE, "%s",
                            type == HOOK_MESSAGE_ROUTING_ERROR && is_ours(message)
                                ? "a request has nowhere to go: no peer that it may go to is connected"
                                : "a message could not be parsed or is not for us");
    }
}

int godwit_diameter_guard(godwit_diameter_t *d)
{
    struct fd_hook_hdl *handle;
    return fd_hook_register(HOOK_MASK(HOOK_MESSAGE_RECEIVED, HOOK_MESSAGE_ROUTING_LOCAL, HOOK_MESSAGE_DROPPED,
                                      HOOK_MESSAGE_PARSING_ERROR, HOOK_MESSAGE_ROUTING_ERROR),
                            hook, d, NULL, &handle);
}
