/* SPDX-License-Identifier: Apache-2.0
 *
 * A receiver of an enterprise built into a program of its own: what comes over HTTPS (docs/eese.openapi.yaml) is given
 * to these functions, and what they return is the answer. docs/eas.md explains it.
 */
#include "examples/eas/enterprise.h"

static godwit_eas_device_t device; /* secret: wiped after each use */
static uint8_t record[GODWIT_EAS_RECORD_MAX], plain[GODWIT_EMSDP_DATAGRAM_MAX];

static godwit_status_t load(const char *imsi)
{
    const size_t len = enterprise_read(imsi, record, sizeof record);
    const godwit_status_t status =
        len == 0 ? GODWIT_NOT_FOUND : godwit_eas_load(&device, &godwit_crypto_builtin, godwit_slice(record, len));
    godwit_wipe(record, sizeof record);
    return status;
}

static godwit_status_t store(void)
{
    const size_t len = godwit_eas_save(&device, record);
    const bool kept = len > 0 && enterprise_write(device.path.imsi.digits, record, len);
    godwit_wipe(record, sizeof record);
    return kept ? GODWIT_OK : GODWIT_STORE_FAILED;
}

static void ask_if_wanted(void)
{
    uint32_t above_age = 0;
    if (godwit_eas_wanted(&device, enterprise_now_s(), &above_age) != GODWIT_EAS_WANT_NOTHING) {
        enterprise_ask_key(device.path.imsi.digits, above_age);
    }
}

godwit_status_t receiver_key(const godwit_eas_grant_t *grant)
{
    godwit_status_t status = load(grant->path.imsi.digits);
    const bool same = status == GODWIT_OK && device.path.session_id == grant->path.session_id;
    status = same ? godwit_eas_take(&device, grant) : godwit_eas_begin(&device, &godwit_crypto_builtin, grant);
    if (status == GODWIT_OK) {
        status = store();
    }
    godwit_eas_wipe(&device);
    return status;
}

static godwit_status_t take(const char *imsi, uint64_t number, godwit_slice_t datagram)
{
    godwit_eas_opened_t opened;
    const uint64_t now_s = enterprise_now_s();
    godwit_status_t status = godwit_eas_open(&device, now_s, number, datagram, plain, &opened);
    if (status != GODWIT_OK || opened.again) {
        return status; /* what the HSE says again is answered again, and no reading */
    }
    godwit_eas_accept(&device, now_s, number, &opened);
    status = store();
    if (status == GODWIT_OK) { /* first the window, then the reading, then the answer */
        enterprise_reading(imsi, opened.payload.ptr, opened.payload.len);
        ask_if_wanted();
    }
    return status;
}

godwit_status_t receiver_up(const char *imsi, uint64_t number, const uint8_t *octets, size_t len)
{
    godwit_status_t status = len <= sizeof plain ? load(imsi) : GODWIT_MALFORMED;
    if (status == GODWIT_NOT_FOUND || status == GODWIT_MALFORMED) {
        enterprise_ask_key(imsi, 0);
        status = GODWIT_UNKNOWN_KEY;
    } else if (status == GODWIT_OK) {
        status = take(imsi, number, godwit_slice(octets, len));
    }
    godwit_eas_wipe(&device);
    godwit_wipe(plain, sizeof plain);
    return status;
}

godwit_status_t receiver_down(const char *imsi, const void *message, size_t len, godwit_writer_t *out)
{
    godwit_status_t status = load(imsi);
    if (status == GODWIT_OK) {
        status = godwit_eas_seal(&device, enterprise_now_s(), godwit_slice(message, len), out);
    }
    if (status == GODWIT_OK) {
        status = store();
    }
    godwit_eas_wipe(&device);
    return status;
}
