/* SPDX-License-Identifier: Apache-2.0
 *
 * A card file with anything in it: it is refused or makes a card that answers, and that saves to what it was loaded
 * from.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"
#include "roles/usim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t rand[16] = {1}, autn[16] = {2};
    godwit_usim_t usim, again;
    godwit_usim_output_t out;
    uint8_t image[GODWIT_USIM_IMAGE_SIZE];
    if (godwit_usim_load(&usim, &weak_crypto, godwit_slice(data, size)) != GODWIT_OK) {
        return 0;
    }
    if (godwit_usim_save(&usim, image) != GODWIT_OK ||
        godwit_usim_load(&again, &weak_crypto, godwit_slice(image, sizeof image)) != GODWIT_OK ||
        memcmp(&usim.sqn, &again.sqn, sizeof usim.sqn) != 0 || usim.e2m != again.e2m ||
        usim.amf_flag != again.amf_flag) {
        abort();
    }
    godwit_status_t status = godwit_usim_step(&usim, rand, autn, &out);
    if (status != GODWIT_OK && status != GODWIT_INVALID_ARGUMENT) { /* a 2G card has no 3G context */
        abort();
    }
    status = godwit_usim_step_gba(&again, rand, autn, &out);
    if (status != GODWIT_OK && status != GODWIT_INVALID_ARGUMENT && status != GODWIT_POLICY_FORBIDS) {
        abort();
    }
    return 0;
}
