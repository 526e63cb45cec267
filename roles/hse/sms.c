/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices behind short messages: the address of one is its IMSI as in EF_IMSI, and answers leave by the port they came
 * by. Inside, the address has the port's number before it, so that it is neither a tunnel's nor a socket's.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define EF_IMSI 8u
#define INSIDE (1u + EF_IMSI)

bool godwit_hse_is_sms(const godwit_address_t *address)
{
    return address->len == INSIDE && address->octets[0] == GODWIT_PORT_SMS;
}

bool godwit_hse_take_sms(const godwit_input_t *in, godwit_input_t *inner)
{
    *inner = *in;
    inner->from.len = INSIDE;
    inner->from.octets[0] = GODWIT_PORT_SMS;
    memcpy(inner->from.octets + 1, in->from.octets, EF_IMSI);
    return in->from.len == EF_IMSI;
}

void godwit_hse_leave_by_sms(godwit_request_t *request)
{
    request->port = GODWIT_PORT_SMS;
    memmove(request->to.octets, request->to.octets + 1, EF_IMSI);
    request->to.len = EF_IMSI;
}
