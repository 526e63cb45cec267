/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card in a file (mode 0600): for machines without a SIM slot, for tests and demonstrations. The file is
 * replaced durably before a result leaves. Whoever reads the file has K: it is a card, to be guarded like one.
 */
#ifndef GODWIT_ADAPTERS_USIM_SOFT_H
#define GODWIT_ADAPTERS_USIM_SOFT_H

#include "adapters/nvm/nvm.h"
#include "roles/usim.h"

typedef struct godwit_usim_soft {
    godwit_nvm_t nvm;
    godwit_usim_t usim;
    bool open;
    char why[GODWIT_NVM_WHY_MAX]; /* after a failure: one line that names the file, what was wrong and what to do */
} godwit_usim_soft_t;

/* Makes a card file of a card that godwit_usim_init made; never over an existing one (GODWIT_WRONG_STATE). disk: NULL
 * for the operating system's. The card is not open afterwards. */
GODWIT_MUST_USE godwit_status_t godwit_usim_soft_create(godwit_usim_soft_t *card, const char *path,
                                                        const godwit_usim_t *blank, const godwit_disk_t *disk);
/* GODWIT_NOT_FOUND; GODWIT_MALFORMED when it is damaged; GODWIT_AGAIN when another process has it open;
 * GODWIT_IO_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_usim_soft_open(godwit_usim_soft_t *card, const char *path,
                                                      const godwit_crypto_t *crypto, const godwit_disk_t *disk);
/* What the card answers. GODWIT_IO_FAILED when the new sequence numbers could not be made durable: result is then
 * wiped, and the card closed, for it no longer knows what its file holds. */
GODWIT_MUST_USE godwit_status_t godwit_usim_soft_authenticate(godwit_usim_soft_t *card, const uint8_t rand[16],
                                                              const uint8_t autn[16], godwit_usim_result_t *result);
/* The same in the GBA context, for a card that has one: GODWIT_POLICY_FORBIDS otherwise. */
GODWIT_MUST_USE godwit_status_t godwit_usim_soft_authenticate_gba(godwit_usim_soft_t *card, const uint8_t rand[16],
                                                                  const uint8_t autn[16], godwit_usim_result_t *result);
/* EF_GBABP (TS 31.102 4.2.79). */
GODWIT_MUST_USE godwit_status_t godwit_usim_soft_gba_keep(godwit_usim_soft_t *card, const char *b_tid,
                                                          uint64_t expires_s);
/* K_iwf of the last flagged run since the card was opened: godwit_usim_k_iwf. */
GODWIT_MUST_USE godwit_status_t godwit_usim_soft_k_iwf(godwit_usim_soft_t *card, godwit_slice_t iwf,
                                                       uint32_t association, uint8_t k_iwf[32]);
/* Wipes and unlocks. */
void godwit_usim_soft_close(godwit_usim_soft_t *card);

#endif
