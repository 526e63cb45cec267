/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card in a file: the role's image in a durable record.
 */
#include "adapters/usim/soft.h"

#include <stdio.h>
#include <string.h>

static godwit_status_t open_file(godwit_usim_soft_t *card, const char *path, const godwit_disk_t *disk)
{
    memset(card, 0, sizeof *card);
    godwit_status_t status = godwit_nvm_open(&card->nvm, path, disk);
    if (status != GODWIT_OK) {
        (void)snprintf(card->why, sizeof card->why, "%s", card->nvm.why);
    }
    return status;
}

static godwit_status_t store(godwit_usim_soft_t *card, const uint8_t image[GODWIT_USIM_IMAGE_SIZE], size_t len)
{
    godwit_status_t status = godwit_nvm_write(&card->nvm, godwit_slice(image, len));
    if (status != GODWIT_OK) {
        (void)snprintf(card->why, sizeof card->why, "%s", card->nvm.why);
    }
    return status;
}

static godwit_status_t read_image(godwit_usim_soft_t *card, uint8_t image[GODWIT_USIM_IMAGE_SIZE], size_t *len)
{
    godwit_status_t status = godwit_nvm_read(&card->nvm, image, GODWIT_USIM_IMAGE_SIZE, len);
    if (status != GODWIT_OK) {
        (void)snprintf(card->why, sizeof card->why, "%s", card->nvm.why);
    }
    return status;
}

static godwit_status_t create_in(godwit_usim_soft_t *card, const godwit_usim_t *blank)
{
    uint8_t image[GODWIT_USIM_IMAGE_SIZE];
    size_t len;
    godwit_status_t status = read_image(card, image, &len);
    if (status == GODWIT_OK || status == GODWIT_NO_SPACE) {
        (void)snprintf(card->why, sizeof card->why,
                       "%s: exists already; a card is not overwritten: choose another name", card->nvm.path);
        status = GODWIT_WRONG_STATE;
    } else if (status == GODWIT_NOT_FOUND) {
        status = godwit_usim_save(blank, image);
        status = status == GODWIT_OK ? store(card, image, godwit_usim_image_len(blank)) : status;
    }
    godwit_wipe(image, sizeof image);
    return status;
}

godwit_status_t godwit_usim_soft_create(godwit_usim_soft_t *card, const char *path, const godwit_usim_t *blank,
                                        const godwit_disk_t *disk)
{
    godwit_status_t status = open_file(card, path, disk);
    if (status == GODWIT_OK) {
        status = create_in(card, blank);
        godwit_usim_soft_close(card);
    }
    return status;
}

godwit_status_t godwit_usim_soft_open(godwit_usim_soft_t *card, const char *path, const godwit_crypto_t *crypto,
                                      const godwit_disk_t *disk)
{
    uint8_t image[GODWIT_USIM_IMAGE_SIZE];
    size_t len = 0;
    godwit_status_t status = open_file(card, path, disk);
    if (status != GODWIT_OK) {
        return status;
    }
    status = read_image(card, image, &len);
    if (status == GODWIT_OK) {
        status = godwit_usim_load(&card->usim, crypto, godwit_slice(image, len));
        if (status == GODWIT_MALFORMED) {
            (void)snprintf(
                card->why, sizeof card->why,
                "%s: damaged, or not a card file; restore it from a backup no older than its last use, or make "
                "a new card",
                card->nvm.path);
        }
    }
    card->open = status == GODWIT_OK;
    if (!card->open) {
        godwit_usim_soft_close(card);
    }
    godwit_wipe(image, sizeof image);
    return status;
}

/* The image is durable before anything of what was asked for leaves. */
static godwit_status_t finish(godwit_usim_soft_t *card, godwit_status_t status, godwit_usim_output_t *out,
                              godwit_usim_result_t *result)
{
    if (status == GODWIT_OK && out->store) {
        status = store(card, out->image, godwit_usim_image_len(&card->usim));
        if (status != GODWIT_OK) {
            godwit_usim_soft_close(card);
        }
    }
    if (status == GODWIT_OK && result != NULL) {
        *result = out->result;
    }
    godwit_wipe(out, sizeof *out);
    return status;
}

static godwit_status_t check_open(godwit_usim_soft_t *card)
{
    if (!card->open) {
        (void)snprintf(card->why, sizeof card->why, "%s: the card is not open", card->nvm.path);
    }
    return card->open ? GODWIT_OK : GODWIT_WRONG_STATE;
}

godwit_status_t godwit_usim_soft_authenticate(godwit_usim_soft_t *card, const uint8_t rand[16], const uint8_t autn[16],
                                              godwit_usim_result_t *result)
{
    godwit_usim_output_t out;
    memset(result, 0, sizeof *result);
    godwit_status_t status = check_open(card);
    return status == GODWIT_OK ? finish(card, godwit_usim_step(&card->usim, rand, autn, &out), &out, result) : status;
}

static godwit_status_t tell_gba(godwit_usim_soft_t *card, godwit_status_t status)
{
    if (status == GODWIT_POLICY_FORBIDS) {
        (void)snprintf(card->why, sizeof card->why, "%s: this card has no GBA context (godwit usim create --gba-u)",
                       card->nvm.path);
    }
    return status;
}

godwit_status_t godwit_usim_soft_authenticate_gba(godwit_usim_soft_t *card, const uint8_t rand[16],
                                                  const uint8_t autn[16], godwit_usim_result_t *result)
{
    godwit_usim_output_t out;
    memset(result, 0, sizeof *result);
    godwit_status_t status = check_open(card);
    status = status == GODWIT_OK ? tell_gba(card, godwit_usim_step_gba(&card->usim, rand, autn, &out)) : status;
    return status == GODWIT_OK ? finish(card, status, &out, result) : status;
}

godwit_status_t godwit_usim_soft_gba_keep(godwit_usim_soft_t *card, const char *b_tid, uint64_t expires_s)
{
    godwit_usim_output_t out;
    godwit_status_t status = check_open(card);
    status = status == GODWIT_OK ? tell_gba(card, godwit_usim_gba_keep(&card->usim, b_tid, expires_s, &out)) : status;
    return status == GODWIT_OK ? finish(card, status, &out, NULL) : status;
}

godwit_status_t godwit_usim_soft_k_iwf(godwit_usim_soft_t *card, godwit_slice_t iwf, uint32_t association,
                                       uint8_t k_iwf[32])
{
    godwit_status_t status = check_open(card);
    return status == GODWIT_OK ? godwit_usim_k_iwf(&card->usim, iwf, association, k_iwf) : status;
}

void godwit_usim_soft_close(godwit_usim_soft_t *card)
{
    godwit_nvm_close(&card->nvm);
    godwit_wipe(&card->usim, sizeof card->usim);
    card->open = false;
}
