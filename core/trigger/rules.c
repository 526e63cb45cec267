/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3: the rules of an association that both ends follow (docs/trigger-wire.md, "Association"). The MTC-IWF
 * offers a list under a MAC of the new key; the device takes the first that it allows and says, under the chosen
 * suite's key, what it allows. So nobody between them can move the choice, and neither end can be told that the other
 * is weaker than it is.
 */
#include "core/trigger/internal.h"

#include <string.h>

#define SUITE_BITS 16u

godwit_status_t godwit_a3_command_peek(godwit_slice_t octets, godwit_a3_command_t *command)
{
    godwit_a3_header_t header;
    godwit_a3_message_t message;
    godwit_status_t status = godwit_a3_peek(octets, &header);
    if (status != GODWIT_OK || header.type != GODWIT_A3_COMMAND || header.key_id == 0) {
        return GODWIT_MALFORMED;
    }
    const godwit_slice_t body = godwit_slice(octets.ptr + A3_HEADER, octets.len - A3_HEADER - GODWIT_A3_MAC);
    status = godwit_a3_body_parse(header.type, body, &message);
    if (status == GODWIT_OK && godwit_a3_key_id(message.command.association) != header.key_id) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        *command = message.command;
    }
    return status;
}

uint8_t godwit_a3_choose(const godwit_a3_command_t *command, uint16_t allowed)
{
    const unsigned both = allowed & GODWIT_A3_SUITES;
    for (unsigned i = 0; i < command->suites && i < GODWIT_A3_SUITES_MAX; i++) {
        const unsigned suite = command->suite[i];
        if (suite >= 1 && suite <= SUITE_BITS && (both >> (suite - 1) & 1u) != 0) {
            return (uint8_t)suite;
        }
    }
    return 0;
}

static bool is_offered(const godwit_a3_command_t *command, uint8_t suite)
{
    return suite >= 1 && suite <= SUITE_BITS && godwit_a3_choose(command, (uint16_t)(1u << (suite - 1u))) == suite;
}

/* The suite that a Complete names, before its MAC is checked: nothing else tells whose key that is. */
static godwit_status_t suite_peek(godwit_slice_t octets, uint8_t *suite)
{
    godwit_a3_header_t header;
    godwit_status_t status = godwit_a3_peek(octets, &header);
    if (status != GODWIT_OK || header.type != GODWIT_A3_COMPLETE || header.key_id == 0 || header.count != 0 ||
        octets.len <= A3_HEADER + GODWIT_A3_MAC) {
        return GODWIT_MALFORMED;
    }
    *suite = octets.ptr[A3_HEADER];
    return GODWIT_OK;
}

godwit_status_t godwit_a3_complete_open(const godwit_crypto_t *crypto, const uint8_t k_iwf[32], godwit_slice_t command,
                                        godwit_slice_t octets, uint8_t *suite)
{
    godwit_a3_command_t asked;
    godwit_a3_opened_t opened;
    uint8_t digest[GODWIT_A3_DIGEST], chosen = 0;
    godwit_status_t status = godwit_a3_command_peek(command, &asked);
    if (status != GODWIT_OK) {
        return GODWIT_INVALID_ARGUMENT;
    }
    status = suite_peek(octets, &chosen);
    if (status == GODWIT_OK && !is_offered(&asked, chosen)) {
        status = GODWIT_UNSUPPORTED_SUITE;
    }
    const godwit_a3_key_t key = {.k_iwf = k_iwf, .association = asked.association, .suite = chosen};
    if (status == GODWIT_OK) {
        status = godwit_a3_open(crypto, &key, false, octets, &opened);
    }
    if (status == GODWIT_OK) {
        status = godwit_a3_digest(crypto, command, digest);
    }
    if (status == GODWIT_OK && memcmp(digest, opened.message.complete.command, sizeof digest) != 0) {
        status = GODWIT_MAC_FAILURE;
    }
    if (status == GODWIT_OK && godwit_a3_choose(&asked, opened.message.complete.device_suites) != chosen) {
        status = GODWIT_POLICY_FORBIDS;
    }
    if (status == GODWIT_OK) {
        *suite = chosen;
    }
    return status;
}

godwit_status_t godwit_a3_digest(const godwit_crypto_t *crypto, godwit_slice_t octets, uint8_t digest[GODWIT_A3_DIGEST])
{
    uint8_t whole[GODWIT_SHA256_SIZE];
    godwit_status_t status = crypto->sha256(&octets, 1, whole);
    memcpy(digest, whole, GODWIT_A3_DIGEST);
    return status;
}

godwit_status_t godwit_a3_source(const godwit_crypto_t *crypto, const char *name, bool proved,
                                 uint8_t source[GODWIT_A3_DIGEST])
{
    memset(source, 0, GODWIT_A3_DIGEST);
    return proved ? godwit_a3_digest(crypto, godwit_slice_of_string(name), source) : GODWIT_OK;
}
