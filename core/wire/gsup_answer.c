/* SPDX-License-Identifier: Apache-2.0
 *
 * SendAuthInfo result and error. A result carries keys: what was read before a fault is wiped.
 */
#include "core/wire/gsup.h"

#include <string.h>

#define SEND_AUTH_INFO_ERROR 0x09
#define SEND_AUTH_INFO_RESULT 0x0A
#define IE_CAUSE 0x02
#define IE_AUTH_TUPLE 0x03
#define IE_IK 0x23
#define IE_CK 0x24
#define IE_AUTN 0x25
#define IE_RES 0x27

/* The first line with the status is sent, the first with the cause is read; the last one stands for all that is not
 * named. */
static const struct {
    godwit_status_t status;
    uint8_t cause;
} causes[] = {
    {GODWIT_UNKNOWN_SUBSCRIBER, 2}, /* IMSI unknown in HLR */
    {GODWIT_NOT_ENTITLED, 13},      /* roaming not allowed in this location area */
    {GODWIT_NOT_ENTITLED, 3},       /* illegal MS */
    {GODWIT_NOT_ENTITLED, 6},       /* illegal ME */
    {GODWIT_NOT_ENTITLED, 11},      /* PLMN not allowed */
    {GODWIT_NOT_ENTITLED, 12},      /* location area not allowed */
    {GODWIT_POLICY_FORBIDS, 7},     /* GPRS services not allowed */
    {GODWIT_POLICY_FORBIDS, 8},     /* GPRS and non-GPRS services not allowed */
    {GODWIT_POLICY_FORBIDS, 14},    /* GPRS services not allowed in this PLMN */
    {GODWIT_AUTH_MAC_FAILURE, 20},  /* MAC failure */
    {GODWIT_OVERLOAD, 22},          /* congestion */
    {GODWIT_PEER_INTERNAL, 17},     /* network failure */
};
#define CAUSES (sizeof causes / sizeof causes[0])

static uint8_t cause_of(godwit_status_t status)
{
    size_t i = 0;
    while (i + 1 < CAUSES && causes[i].status != status) {
        i++;
    }
    return causes[i].cause;
}

static godwit_status_t status_of(uint8_t cause)
{
    size_t i = 0;
    while (i + 1 < CAUSES && causes[i].cause != cause) {
        i++;
    }
    return causes[i].status;
}

static void put_tuple(godwit_writer_t *w, const godwit_auth_info_vector_t *v)
{
    uint8_t octets[128];
    godwit_writer_t tuple = godwit_writer(octets, sizeof octets);
    godwit_gsup_put(&tuple, GODWIT_GSUP_RAND, v->rand, sizeof v->rand);
    godwit_gsup_put(&tuple, IE_IK, v->ik, sizeof v->ik);
    godwit_gsup_put(&tuple, IE_CK, v->ck, sizeof v->ck);
    godwit_gsup_put(&tuple, IE_AUTN, v->autn, sizeof v->autn);
    godwit_gsup_put(&tuple, IE_RES, v->xres, v->xres_len);
    godwit_gsup_put(w, IE_AUTH_TUPLE, octets, tuple.len);
    godwit_wipe(octets, sizeof octets);
}

godwit_status_t godwit_gsup_answer_build(const godwit_imsi_t *imsi, const godwit_auth_info_answer_t *answer,
                                         godwit_writer_t *w)
{
    bool ok = answer->status == GODWIT_OK;
    if (ok && (answer->kind != GODWIT_VECTOR_UTRAN || answer->vectors == 0 || answer->vectors > GODWIT_VECTORS_MAX)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, ok ? SEND_AUTH_INFO_RESULT : SEND_AUTH_INFO_ERROR);
    godwit_gsup_put_imsi(w, imsi);
    if (!ok) {
        uint8_t cause = cause_of(answer->status);
        godwit_gsup_put(w, IE_CAUSE, &cause, 1);
    }
    for (size_t i = 0; ok && i < answer->vectors; i++) {
        if (answer->vector[i].xres_len < 4 || answer->vector[i].xres_len > GODWIT_RES_MAX) {
            return GODWIT_INVALID_ARGUMENT;
        }
        put_tuple(w, &answer->vector[i]);
    }
    return godwit_writer_status(w);
}

/* One member of a tuple; seen collects a bit for each of the five. */
static godwit_status_t read_member(godwit_auth_info_vector_t *v, uint8_t tag, godwit_slice_t value, unsigned *seen)
{
    const struct {
        uint8_t tag, *to, min, max;
    } members[] = {{GODWIT_GSUP_RAND, v->rand, 16, 16},
                   {IE_IK, v->ik, 16, 16},
                   {IE_CK, v->ck, 16, 16},
                   {IE_AUTN, v->autn, 16, 16},
                   {IE_RES, v->xres, 4, GODWIT_RES_MAX}};
    for (unsigned i = 0; i < 5; i++) {
        if (members[i].tag != tag) {
            continue;
        }
        if (value.len < members[i].min || value.len > members[i].max || (*seen & 1u << i)) {
            return GODWIT_MALFORMED;
        }
        memcpy(members[i].to, value.ptr, value.len);
        v->xres_len = tag == IE_RES ? (uint8_t)value.len : v->xres_len;
        *seen |= 1u << i;
    }
    return GODWIT_OK; /* SRES and Kc among others: not for us */
}

/* A tuple that lacks a member of a quintuplet is a triplet and counts for nothing. */
static godwit_status_t read_tuple(godwit_slice_t octets, godwit_auth_info_answer_t *answer)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_auth_info_vector_t v;
    godwit_status_t status = GODWIT_OK;
    godwit_slice_t value;
    unsigned seen = 0;
    uint8_t tag;
    memset(&v, 0, sizeof v);
    while (status == GODWIT_OK && (status = godwit_gsup_next(&r, &tag, &value)) == GODWIT_OK) {
        status = read_member(&v, tag, value, &seen);
    }
    if (status == GODWIT_NOT_FOUND) {
        status = GODWIT_OK;
        if (seen == 0x1F && answer->vectors < GODWIT_VECTORS_MAX) {
            answer->vector[answer->vectors++] = v;
        }
    }
    godwit_wipe(&v, sizeof v);
    return status;
}

static godwit_status_t read_elements(godwit_reader_t *r, godwit_imsi_t *imsi, uint8_t *cause,
                                     godwit_auth_info_answer_t *answer)
{
    godwit_status_t status = GODWIT_OK;
    godwit_slice_t value;
    uint8_t tag;
    while (status == GODWIT_OK && (status = godwit_gsup_next(r, &tag, &value)) == GODWIT_OK) {
        if (tag == GODWIT_GSUP_IMSI) {
            status = godwit_gsup_read_imsi(value, imsi);
        } else if (tag == IE_AUTH_TUPLE) {
            status = read_tuple(value, answer);
        } else if (tag == IE_CAUSE) {
            status = value.len == 1 ? GODWIT_OK : GODWIT_MALFORMED;
            *cause = value.len == 1 ? value.ptr[0] : 0;
        }
    }
    return status == GODWIT_NOT_FOUND && imsi->len > 0 ? GODWIT_OK : GODWIT_MALFORMED;
}

godwit_status_t godwit_gsup_answer_parse(godwit_slice_t octets, godwit_imsi_t *imsi, godwit_auth_info_answer_t *answer)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_auth_info_answer_t a;
    godwit_imsi_t subscriber = {0};
    uint8_t type = godwit_get_u8(&r), cause = 0;
    if (r.failed) {
        return GODWIT_MALFORMED;
    }
    if (type != SEND_AUTH_INFO_RESULT && type != SEND_AUTH_INFO_ERROR) {
        return GODWIT_NOT_FOUND;
    }
    memset(&a, 0, sizeof a);
    a.kind = GODWIT_VECTOR_UTRAN;
    godwit_status_t status = read_elements(&r, &subscriber, &cause, &a);
    if (status == GODWIT_OK) {
        if (type == SEND_AUTH_INFO_ERROR) {
            godwit_wipe(a.vector, sizeof a.vector);
            a.vectors = 0;
            a.status = status_of(cause);
        } else {
            a.status = a.vectors > 0 ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
        }
        *imsi = subscriber;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
