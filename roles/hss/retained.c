/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of retained key sets: one for each IMSI, in sets of eight ways. When a set is full of keys that live, no
 * vector is flagged for another subscriber of it: nobody's key is pushed out by somebody else's AKA.
 */
#include <string.h>

#include "roles/hss/internal.h"

#define WAYS 8
#define RETENTION_MS 120000
_Static_assert(GODWIT_HSS_RETAINED_MAX % WAYS == 0, "sets of eight");

/* FNV-1a: an IMSI is one that the operator provisioned. */
static godwit_hss_retained_t *set_of(godwit_hss_t *hss, const godwit_imsi_t *imsi)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof imsi->digits && imsi->digits[i] != '\0'; i++) {
        hash = (hash ^ (uint8_t)imsi->digits[i]) * 16777619u;
    }
    return &hss->retained[(size_t)(hash % (GODWIT_HSS_RETAINED_MAX / WAYS)) * WAYS];
}

uint32_t godwit_hss_retention_ms(const godwit_hss_t *hss)
{
    return hss->e2m.retention_ms != 0 ? hss->e2m.retention_ms : RETENTION_MS;
}

bool godwit_hss_is_over(const godwit_hss_t *hss, const godwit_hss_retained_t *entry, uint64_t now_ms)
{
    return now_ms >= entry->expires_ms || entry->expires_ms - now_ms > UINT64_C(2) * godwit_hss_retention_ms(hss);
}

void godwit_hss_expire(godwit_hss_retained_t *entry)
{
    godwit_wipe(entry->e2m_keyset, sizeof entry->e2m_keyset);
    entry->expired = true;
    entry->pushing = entry->answering = false;
}

godwit_hss_retained_t *godwit_hss_retained_of(godwit_hss_t *hss, const godwit_imsi_t *imsi, uint64_t now_ms)
{
    godwit_hss_retained_t *set = set_of(hss, imsi);
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].used && godwit_imsi_equal(&set[i].imsi, imsi)) {
            if (!set[i].expired && godwit_hss_is_over(hss, &set[i], now_ms)) {
                godwit_hss_expire(&set[i]); /* its timer is late */
            }
            return &set[i];
        }
    }
    return NULL;
}

godwit_hss_retained_t *godwit_hss_place_for(godwit_hss_t *hss, const godwit_imsi_t *imsi, uint64_t now_ms)
{
    godwit_hss_retained_t *set = set_of(hss, imsi), *place = godwit_hss_retained_of(hss, imsi, now_ms);
    for (size_t i = 0; place == NULL && i < WAYS; i++) {
        place = !set[i].used ? &set[i] : NULL;
    }
    for (size_t i = 0; place == NULL && i < WAYS; i++) {
        place = set[i].expired || godwit_hss_is_over(hss, &set[i], now_ms) ? &set[i] : NULL;
    }
    return place;
}

void godwit_hss_forget_retained(godwit_hss_t *hss, const godwit_imsi_t *imsi)
{
    godwit_hss_retained_t *entry = godwit_hss_retained_of(hss, imsi, 0); /* whatever the time is */
    if (entry != NULL) {
        godwit_wipe(entry, sizeof *entry);
    }
}

bool godwit_hss_selects(const godwit_hss_retained_t *entry, const godwit_selector_t *selector)
{
    switch (selector->kind) {
    case GODWIT_SELECTOR_RAND:
        return memcmp(selector->octets, entry->rand, sizeof entry->rand) == 0;
    case GODWIT_SELECTOR_SQN:
        return memcmp(selector->octets, entry->autn, 6) == 0; /* SQN xor AK */
    default:
        return false;
    }
}
