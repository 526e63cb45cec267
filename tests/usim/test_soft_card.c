/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card: what it answers, and that no power loss makes it take a vector twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "adapters/usim/soft.h"
#include "godwit/keys.h"
#include "lab/disk.h"

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;
static const uint8_t test_rand[16] = {0x23, 0x55, 0x3c, 0xbe, 0x96, 0x37, 0xa8, 0x9d,
                                      0x21, 0x8a, 0xe6, 0x4d, 0xae, 0x47, 0xbf, 0x35};

static godwit_imsi_t test_imsi(void)
{
    godwit_imsi_t imsi;
    assert_int_equal(godwit_imsi_from_text("001010123456789", &imsi), GODWIT_OK);
    return imsi;
}

/* TS 35.208 test set 1. */
static godwit_aka_key_t test_key(void)
{
    uint8_t k[16], opc[16];
    size_t len;
    godwit_aka_key_t key;
    assert_int_equal(godwit_hex_decode("465b5ce8b199b49faa5f0a2ee238a6bc", k, sizeof k, &len), GODWIT_OK);
    assert_int_equal(godwit_hex_decode("cd63cb71954a9f4e48a5994e37a02baf", opc, sizeof opc, &len), GODWIT_OK);
    assert_int_equal(
        godwit_aka_key_init(&key, crypto, GODWIT_ALG_MILENAGE, godwit_slice(k, 16), godwit_slice(opc, 16), true, NULL),
        GODWIT_OK);
    return key;
}

static godwit_vector_t vector_of(uint64_t seq, unsigned ind)
{
    const uint8_t amf[2] = {0x80, 0x00};
    godwit_aka_key_t key = test_key();
    godwit_vector_t vector;
    assert_int_equal(
        godwit_vector_create(crypto, &key, test_rand, godwit_sqn_join(seq, ind, GODWIT_IND_BITS_DEFAULT), amf, &vector),
        GODWIT_OK);
    return vector;
}

static godwit_usim_t test_blank(void)
{
    godwit_usim_t blank;
    godwit_imsi_t imsi = test_imsi();
    godwit_aka_key_t key = test_key();
    godwit_usim_init(&blank, crypto, &imsi, &key);
    return blank;
}

static void make_card(const char *path, const godwit_disk_t *disk)
{
    godwit_usim_soft_t card;
    godwit_usim_t blank = test_blank();
    assert_int_equal(godwit_usim_soft_create(&card, path, &blank, disk), GODWIT_OK);
}

static godwit_status_t run(godwit_usim_soft_t *card, const godwit_vector_t *vector)
{
    godwit_usim_result_t result;
    assert_int_equal(godwit_usim_soft_authenticate(card, vector->rand, vector->autn, &result), GODWIT_OK);
    return result.status;
}

/* ---- on the operating system's disk ---- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/godwit-card-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"card", "card.lock", "card.new"};
    char path[128];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

static const char *card_path(void)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/card", folder);
    return path;
}

static void a_card_in_a_file_answers_with_res_ck_and_ik(void **state)
{
    (void)state;
    godwit_usim_soft_t card;
    godwit_usim_result_t result;
    godwit_vector_t vector = vector_of(1, 0);
    make_card(card_path(), NULL);
    assert_int_equal(godwit_usim_soft_open(&card, card_path(), crypto, NULL), GODWIT_OK);
    assert_string_equal(card.usim.imsi.digits, "001010123456789");
    assert_int_equal(godwit_usim_soft_authenticate(&card, vector.rand, vector.autn, &result), GODWIT_OK);
    assert_int_equal(result.status, GODWIT_OK);
    assert_int_equal(result.res_len, vector.xres_len);
    assert_memory_equal(result.res, vector.xres, vector.xres_len);
    assert_memory_equal(result.ck, vector.ck, 16);
    assert_memory_equal(result.ik, vector.ik, 16);
    godwit_usim_soft_close(&card);
}

static void a_card_file_is_for_its_owner_only(void **state)
{
    (void)state;
    struct stat st;
    godwit_usim_soft_t card;
    godwit_vector_t vector = vector_of(1, 0);
    make_card(card_path(), NULL);
    assert_int_equal(stat(card_path(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(godwit_usim_soft_open(&card, card_path(), crypto, NULL), GODWIT_OK);
    assert_int_equal(run(&card, &vector), GODWIT_OK);
    godwit_usim_soft_close(&card);
    assert_int_equal(stat(card_path(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_card_remembers_its_sequence_numbers(void **state)
{
    (void)state;
    godwit_usim_soft_t card;
    godwit_vector_t first = vector_of(7, 3);
    godwit_vector_t other = vector_of(6, 4);
    make_card(card_path(), NULL);
    assert_int_equal(godwit_usim_soft_open(&card, card_path(), crypto, NULL), GODWIT_OK);
    assert_int_equal(run(&card, &first), GODWIT_OK);
    godwit_usim_soft_close(&card);
    assert_int_equal(godwit_usim_soft_open(&card, card_path(), crypto, NULL), GODWIT_OK);
    assert_int_equal(run(&card, &first), GODWIT_AUTH_RESYNC);
    assert_int_equal(run(&card, &other), GODWIT_OK);
    godwit_usim_soft_close(&card);
}

static void a_second_opener_is_refused_and_told_why(void **state)
{
    (void)state;
    godwit_usim_soft_t card, second;
    make_card(card_path(), NULL);
    assert_int_equal(godwit_usim_soft_open(&card, card_path(), crypto, NULL), GODWIT_OK);
    assert_int_equal(godwit_usim_soft_open(&second, card_path(), crypto, NULL), GODWIT_AGAIN);
    assert_non_null(strstr(second.why, card_path()));
    assert_non_null(strstr(second.why, "another process"));
    godwit_usim_soft_close(&card);
    assert_int_equal(godwit_usim_soft_open(&second, card_path(), crypto, NULL), GODWIT_OK);
    godwit_usim_soft_close(&second);
}

static void a_card_is_never_made_over_another(void **state)
{
    (void)state;
    godwit_usim_soft_t card;
    godwit_usim_t blank = test_blank();
    make_card(card_path(), NULL);
    assert_int_equal(godwit_usim_soft_create(&card, card_path(), &blank, NULL), GODWIT_WRONG_STATE);
    assert_non_null(strstr(card.why, "exists already"));
}

static void a_missing_card_and_a_missing_folder_are_told_apart_by_name(void **state)
{
    (void)state;
    godwit_usim_soft_t card;
    assert_int_equal(godwit_usim_soft_open(&card, card_path(), crypto, NULL), GODWIT_NOT_FOUND);
    assert_non_null(strstr(card.why, card_path()));
    assert_int_equal(godwit_usim_soft_open(&card, "/nowhere/at/all/card", crypto, NULL), GODWIT_IO_FAILED);
    assert_non_null(strstr(card.why, "/nowhere/at/all/card"));
}

/* ---- the image ---- */

static void every_damaged_octet_of_an_image_is_noticed(void **state)
{
    (void)state;
    godwit_usim_t usim, back;
    uint8_t image[GODWIT_USIM_IMAGE_SIZE];
    godwit_imsi_t imsi = test_imsi();
    godwit_aka_key_t key = test_key();
    godwit_usim_init(&usim, crypto, &imsi, &key);
    usim.sqn.seq_ms[31] = 12345;
    size_t size = godwit_usim_image_len(&usim);
    assert_int_equal(godwit_usim_save(&usim, image), GODWIT_OK);
    assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(image, size)), GODWIT_OK);
    assert_int_equal(back.sqn.seq_ms[31], 12345);
    assert_memory_equal(back.key.k, key.k, sizeof key.k);
    for (size_t i = 0; i < size; i++) {
        image[i] ^= 0x10;
        assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(image, size)), GODWIT_MALFORMED);
        image[i] ^= 0x10;
    }
    for (size_t len = 0; len < size; len++) {
        assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(image, len)), GODWIT_MALFORMED);
    }
}

static void a_capable_card_keeps_its_flag_and_the_image_says_a_newer_version(void **state)
{
    (void)state;
    godwit_usim_t usim = test_blank(), back;
    uint8_t image[GODWIT_USIM_IMAGE_SIZE];
    assert_int_equal(godwit_usim_save(&usim, image), GODWIT_OK);
    assert_int_equal(image[4], 1); /* as every image was before there were capable cards */
    assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(image, sizeof image)), GODWIT_OK);
    assert_false(back.e2m);
    for (unsigned bit = 0; bit < 8; bit++) {
        usim.e2m = true;
        usim.key.sres_by_truncation = bit % 2 != 0;
        usim.amf_flag = (uint16_t)(1u << bit);
        assert_int_equal(godwit_usim_save(&usim, image), GODWIT_OK);
        assert_int_equal(image[4], 2);
        assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(image, sizeof image)), GODWIT_OK);
        assert_true(back.e2m);
        assert_int_equal(back.amf_flag, usim.amf_flag);
        assert_int_equal(back.key.sres_by_truncation, usim.key.sres_by_truncation);
    }
    usim.amf_flag = 0;
    assert_int_equal(godwit_usim_save(&usim, image), GODWIT_OK);
    assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(image, sizeof image)), GODWIT_OK);
    assert_int_equal(back.amf_flag, GODWIT_AMF_E2M_DEFAULT);
}

static godwit_usim_result_t answer_of(bool capable, uint16_t amf, godwit_vector_t *vector)
{
    godwit_usim_t usim = test_blank();
    godwit_usim_output_t out;
    godwit_aka_key_t key = test_key();
    uint8_t octets[2];
    usim.e2m = capable;
    godwit_store_u16(octets, amf);
    assert_int_equal(
        godwit_vector_create(crypto, &key, test_rand, godwit_sqn_join(1, 0, GODWIT_IND_BITS_DEFAULT), octets, vector),
        GODWIT_OK);
    assert_int_equal(godwit_usim_step(&usim, vector->rand, vector->autn, &out), GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_OK);
    assert_true(out.store);
    return out.result;
}

static void a_capable_card_makes_the_key_set_when_amf_asks_for_it(void **state)
{
    (void)state;
    static const uint8_t zero[32];
    godwit_vector_t vector;
    uint8_t prime[32], root[32], keyset[32];
    godwit_usim_result_t umts = answer_of(true, 0x0080, &vector);
    memcpy(root, vector.ck, 16);
    memcpy(root + 16, vector.ik, 16);
    assert_int_equal(godwit_e2m_ck_ik_prime(crypto, root, vector.autn, prime), GODWIT_OK);
    assert_int_equal(
        godwit_e2m_keyset(crypto, root, GODWIT_AGREEMENT_ACCESS_UMTS, godwit_slice(vector.autn, 6), keyset), GODWIT_OK);
    assert_true(umts.e2m);
    assert_memory_equal(umts.ck, prime, 16);
    assert_memory_equal(umts.ik, prime + 16, 16);
    assert_memory_equal(umts.e2m_keyset, keyset, 32);
    godwit_usim_result_t eps = answer_of(true, 0x8080, &vector);
    assert_true(eps.e2m);
    assert_memory_equal(eps.ck, vector.ck, 16);
    assert_memory_equal(eps.ik, vector.ik, 16);
    assert_memory_not_equal(eps.e2m_keyset, keyset, 32);
    godwit_usim_result_t unflagged = answer_of(true, 0x8001, &vector);
    assert_false(unflagged.e2m);
    assert_memory_equal(unflagged.e2m_keyset, zero, 32);
    godwit_usim_result_t plain = answer_of(false, 0x0080, &vector);
    assert_false(plain.e2m);
    assert_memory_equal(plain.ck, vector.ck, 16);
    assert_memory_equal(plain.e2m_keyset, zero, 32);
}

/* What goes to the ME in UMTS is CK' || IK': what K_iwf is made of stays in the card, and goes with the power. */
static void a_capable_card_makes_k_iwf_of_its_last_flagged_run(void **state)
{
    (void)state;
    static const uint16_t amf[] = {0x0080, 0x0000, 0x8080};
    const godwit_slice_t iwf = godwit_slice_of_string("iwf.example");
    godwit_usim_t usim = test_blank();
    godwit_usim_output_t out;
    godwit_aka_key_t key = test_key();
    godwit_vector_t vector;
    uint8_t octets[2], rand[16] = {0}, root[32] = {0}, k_iwf[32], expected[32];
    usim.e2m = true;
    assert_int_equal(godwit_usim_k_iwf(&usim, iwf, 1, k_iwf), GODWIT_NOT_FOUND);
    for (size_t i = 0; i < sizeof amf / sizeof *amf; i++) {
        rand[0] = (uint8_t)i;
        godwit_store_u16(octets, amf[i]);
        assert_int_equal(godwit_vector_create(crypto, &key, rand, godwit_sqn_join(1 + i, 0, GODWIT_IND_BITS_DEFAULT),
                                              octets, &vector),
                         GODWIT_OK);
        assert_int_equal(godwit_usim_step(&usim, vector.rand, vector.autn, &out), GODWIT_OK);
        assert_int_equal(out.result.status, GODWIT_OK);
        if (amf[i] != 0) {
            memcpy(root, vector.ck, 16);
            memcpy(root + 16, vector.ik, 16);
        }
        assert_int_equal(godwit_k_iwf(crypto, root, iwf, &usim.imsi, 7, expected), GODWIT_OK);
        assert_int_equal(godwit_usim_k_iwf(&usim, iwf, 7, k_iwf), GODWIT_OK); /* an unflagged run leaves it */
        assert_memory_equal(k_iwf, expected, 32);
    }
    assert_null(memmem(out.image, sizeof out.image, root, 16));
    assert_int_equal(godwit_usim_load(&usim, crypto, godwit_slice(out.image, sizeof out.image)), GODWIT_OK);
    assert_int_equal(godwit_usim_k_iwf(&usim, iwf, 7, k_iwf), GODWIT_NOT_FOUND);
}

static void a_refused_vector_gives_no_image(void **state)
{
    (void)state;
    godwit_usim_t usim;
    godwit_usim_output_t out;
    godwit_imsi_t imsi = test_imsi();
    godwit_aka_key_t key = test_key();
    godwit_vector_t vector = vector_of(1, 0);
    godwit_usim_init(&usim, crypto, &imsi, &key);
    vector.autn[15] ^= 1;
    assert_int_equal(godwit_usim_step(&usim, vector.rand, vector.autn, &out), GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_AUTH_MAC_FAILURE);
    assert_false(out.store);
}

static void the_gsm_context_gives_sres_and_kc_and_moves_nothing(void **state)
{
    (void)state;
    godwit_usim_t usim, before;
    uint8_t sres[4], kc[8], kc_of_vector[8];
    godwit_imsi_t imsi = test_imsi();
    godwit_aka_key_t key = test_key();
    godwit_vector_t vector = vector_of(1, 0);
    godwit_usim_init(&usim, crypto, &imsi, &key);
    before = usim;
    assert_int_equal(godwit_usim_step_gsm(&usim, test_rand, sres, kc), GODWIT_OK);
    godwit_c3(vector.ck, vector.ik, kc_of_vector);
    assert_memory_equal(kc, kc_of_vector, 8);
    assert_memory_equal(&usim.sqn, &before.sqn, sizeof usim.sqn);
}

/* ---- power losses ---- */

#define CARD "card"

/* Power is lost in place of each disk operation of an authentication in turn. What left the card is not taken again. */
static void no_power_loss_makes_a_card_take_a_vector_twice(void **state)
{
    (void)state;
    godwit_vector_t before = vector_of(1, 0), vector = vector_of(2, 0);
    unsigned answered = 0, silent = 0;
    for (unsigned cut = 1; cut <= 5; cut++) {
        for (uint64_t seed = 0; seed < 40; seed++) {
            godwit_lab_disk_t disk;
            godwit_usim_soft_t card;
            godwit_usim_result_t result;
            godwit_lab_disk_init(&disk, seed);
            make_card(CARD, &disk.disk);
            assert_int_equal(godwit_usim_soft_open(&card, CARD, crypto, &disk.disk), GODWIT_OK);
            assert_int_equal(run(&card, &before), GODWIT_OK);
            disk.operations = 0;
            disk.cut_at = cut;
            godwit_status_t status = godwit_usim_soft_authenticate(&card, vector.rand, vector.autn, &result);
            godwit_lab_disk_power_cycle(&disk);
            assert_int_equal(godwit_usim_soft_open(&card, CARD, crypto, &disk.disk), GODWIT_OK);
            assert_int_equal(run(&card, &before), GODWIT_AUTH_RESYNC);
            if (status == GODWIT_OK) {
                assert_int_equal(run(&card, &vector), GODWIT_AUTH_RESYNC);
                answered++;
            } else {
                static const godwit_usim_result_t nothing;
                assert_memory_equal(&result, &nothing, sizeof result);
                silent++;
            }
            godwit_usim_soft_close(&card);
        }
    }
    assert_int_equal(answered, 40); /* with cut 5 nothing was cut: write, sync, rename, folder */
    assert_int_equal(silent, 4 * 40);
}

static void a_power_loss_while_a_card_is_made_leaves_a_card_or_none(void **state)
{
    (void)state;
    godwit_usim_t blank = test_blank();
    for (unsigned cut = 1; cut <= 4; cut++) {
        for (uint64_t seed = 0; seed < 40; seed++) {
            godwit_lab_disk_t disk;
            godwit_usim_soft_t card;
            godwit_lab_disk_init(&disk, seed);
            disk.cut_at = cut;
            assert_int_equal(godwit_usim_soft_create(&card, CARD, &blank, &disk.disk), GODWIT_IO_FAILED);
            godwit_lab_disk_power_cycle(&disk);
            godwit_status_t status = godwit_usim_soft_open(&card, CARD, crypto, &disk.disk);
            assert_true(status == GODWIT_OK || status == GODWIT_NOT_FOUND);
            godwit_usim_soft_close(&card);
        }
    }
}

static void a_card_whose_file_could_not_be_written_is_closed(void **state)
{
    (void)state;
    godwit_lab_disk_t disk;
    godwit_usim_soft_t card;
    godwit_usim_result_t result;
    godwit_vector_t vector = vector_of(2, 0);
    godwit_lab_disk_init(&disk, 1);
    make_card(CARD, &disk.disk);
    assert_int_equal(godwit_usim_soft_open(&card, CARD, crypto, &disk.disk), GODWIT_OK);
    disk.off = true;
    assert_int_equal(godwit_usim_soft_authenticate(&card, vector.rand, vector.autn, &result), GODWIT_IO_FAILED);
    assert_non_null(strstr(card.why, CARD));
    disk.off = false;
    assert_int_equal(godwit_usim_soft_authenticate(&card, vector.rand, vector.autn, &result), GODWIT_WRONG_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_card_in_a_file_answers_with_res_ck_and_ik, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_card_file_is_for_its_owner_only, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_card_remembers_its_sequence_numbers, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_second_opener_is_refused_and_told_why, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_card_is_never_made_over_another, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_missing_card_and_a_missing_folder_are_told_apart_by_name, make_folder,
                                        remove_folder),
        cmocka_unit_test(every_damaged_octet_of_an_image_is_noticed),
        cmocka_unit_test(a_capable_card_keeps_its_flag_and_the_image_says_a_newer_version),
        cmocka_unit_test(a_capable_card_makes_the_key_set_when_amf_asks_for_it),
        cmocka_unit_test(a_capable_card_makes_k_iwf_of_its_last_flagged_run),
        cmocka_unit_test(a_refused_vector_gives_no_image),
        cmocka_unit_test(the_gsm_context_gives_sres_and_kc_and_moves_nothing),
        cmocka_unit_test(no_power_loss_makes_a_card_take_a_vector_twice),
        cmocka_unit_test(a_power_loss_while_a_card_is_made_leaves_a_card_or_none),
        cmocka_unit_test(a_card_whose_file_could_not_be_written_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
