/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: the record of end to end, beside that of the session. As there: keys in clear, COUNTs as the
 * first that is not reserved, and a check that binds it to the subscriber, the EAS and the framing. It is written
 * before the record of the session, so that an age that was taken is never forgotten.
 */
#include <string.h>

#include "device/internal.h"

/* magic (2) | version (1) | service (1) | lost (1) | heard (4) | two ages with the names of their key sets (12 each) |
 * two keys | check (8); a key: K_e2e (32) | life (4) | messages (4) | elapsed (4) | exports (4) | user plane (104). */
#define MAGIC 0x4745u /* "GE" */
#define VERSION 1u
#define CHECK GODWIT_DEVICE_CHECK
#define KEY (48u + GODWIT_EMSDP_KEY_RECORD)
#define RECORD (9u + 24u + 2u * KEY + CHECK)

_Static_assert(RECORD <= GODWIT_DEVICE_E2E_RECORD_MAX, "the record fits the room that device_e2e.h promises");

static godwit_status_t check_of(const godwit_device_t *device, const uint8_t *record, uint8_t check[CHECK])
{
    const godwit_device_config_t *config = &device->config;
    return godwit_device_check_of(config->crypto, godwit_slice(record, RECORD - CHECK), &config->imsi,
                                  config->enterprise, config->framing, check);
}

static void put_key(godwit_writer_t *w, const godwit_device_e2e_key_t *key)
{
    godwit_put(w, key->k_e2e, sizeof key->k_e2e);
    godwit_put_u32(w, key->life_s);
    godwit_put_u32(w, key->messages);
    godwit_put_u32(w, key->elapsed_s);
    godwit_put_u32(w, key->exports);
    godwit_device_put_key(w, &key->plane);
}

size_t godwit_device_e2e_record_write(godwit_device_t *device)
{
    godwit_device_e2e_t *e = device->config.e2e;
    godwit_writer_t w = godwit_writer(e->record, RECORD);
    godwit_put_u16(&w, MAGIC);
    godwit_put_u8(&w, VERSION);
    godwit_put_u8(&w, (uint8_t)e->config.service);
    godwit_put_u8(&w, e->lost ? 1 : 0);
    godwit_put_u32(&w, e->heard);
    for (size_t i = 0; i < 2; i++) {
        godwit_put(&w, e->floor[i].name, sizeof e->floor[i].name);
        godwit_put_u32(&w, e->floor[i].age);
    }
    put_key(&w, &e->current);
    put_key(&w, &e->former);
    uint8_t *check = godwit_put_space(&w, CHECK);
    if (check == NULL || check_of(device, e->record, check) != GODWIT_OK) {
        return 0;
    }
    e->unsaved_s = 0;
    return w.len;
}

/* ---- reading back ---- */

static godwit_status_t get_key(const godwit_device_t *device, godwit_reader_t *r, godwit_device_e2e_key_t *key)
{
    const godwit_device_e2e_config_t *config = &device->config.e2e->config;
    godwit_get(r, key->k_e2e, sizeof key->k_e2e);
    key->life_s = godwit_get_u32(r);
    key->messages = godwit_get_u32(r);
    key->elapsed_s = godwit_get_u32(r);
    key->exports = godwit_get_u32(r);
    godwit_status_t status = godwit_device_get_key(r, device->config.framing, &key->plane);
    const uint8_t suite = key->plane.hot.suite;
    bool allowed = suite >= 1 && suite <= GODWIT_SUITE_LAST && (config->suites >> (suite - 1u) & 1u) != 0;
    return status == GODWIT_OK && godwit_emsdp_key_is_set(&key->plane) && !allowed ? GODWIT_MALFORMED : status;
}

static godwit_status_t parse(godwit_device_t *device, godwit_slice_t record)
{
    godwit_device_e2e_t *e = device->config.e2e;
    godwit_reader_t r = godwit_reader(record);
    bool known = godwit_get_u16(&r) == MAGIC;
    known = godwit_get_u8(&r) == VERSION && known;
    known = godwit_get_u8(&r) == (uint8_t)e->config.service && known;
    const uint8_t lost = godwit_get_u8(&r);
    e->lost = lost != 0;
    e->heard = godwit_get_u32(&r);
    for (size_t i = 0; i < 2; i++) {
        godwit_get(&r, e->floor[i].name, sizeof e->floor[i].name);
        e->floor[i].age = godwit_get_u32(&r);
    }
    godwit_status_t status = get_key(device, &r, &e->current);
    if (status == GODWIT_OK) {
        status = get_key(device, &r, &e->former);
    }
    return known && lost <= 1 && status == GODWIT_OK ? GODWIT_OK : GODWIT_MALFORMED;
}

static void empty(godwit_device_e2e_t *e)
{
    const godwit_device_e2e_config_t config = e->config;
    godwit_wipe(e, sizeof *e);
    e->config = config;
}

/* The keys are of the session that is there; of another one, only its ages are of use. */
static bool is_of_session(const godwit_device_t *device)
{
    return device->session.state != GODWIT_SESSION_IDLE &&
           device->config.e2e->current.plane.hot.session_id == godwit_device_session_id(device);
}

godwit_status_t godwit_device_restore_e2e(godwit_device_t *device, godwit_slice_t record)
{
    uint8_t check[CHECK];
    if (!godwit_device_is_e2e(device)) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = GODWIT_MALFORMED;
    if (record.len == RECORD) {
        status = check_of(device, record.ptr, check);
    }
    if (status == GODWIT_OK && memcmp(check, record.ptr + RECORD - CHECK, CHECK) != 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = parse(device, record);
    }
    if (status ==
        GODWIT_MALFORMED) { /* which ages were taken is not known: the next reading begins with a key set of its own */
        empty(device->config.e2e);
        device->session.flags |= device->session.state != GODWIT_SESSION_IDLE ? GODWIT_DEVICE_DISTRUSTED : 0u;
    } else if (status == GODWIT_OK && !is_of_session(device)) {
        godwit_device_e2e_forget(device);
        device->config.e2e->unstored = false; /* of which the record says nothing else */
    }
    return status;
}
