/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON between EESE, EAS and HSE: the first octet chooses the body. What is accepted is written again and must be
 * accepted again with the same meaning; what is refused names a member that is ours.
 */
#include "adapters/eese/json.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_wrong(const char *wrong)
{
    check(strlen(wrong) < GODWIT_JSON_PATH);
    check(strspn(wrong, "abcdefghijklmnopqrstuvwxyz_-.0123456789() ") == strlen(wrong));
}

static void registration(godwit_slice_t text)
{
    godwit_eas_register_t r, again;
    char written[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    if (godwit_eese_register_read(text, &r, wrong) != GODWIT_OK) {
        check_wrong(wrong);
        return;
    }
    check(godwit_eese_register_write(&r, written) == GODWIT_OK);
    check(godwit_eese_register_read(godwit_slice_of_string(written), &again, wrong) == GODWIT_OK);
    check(memcmp(&r, &again, sizeof r) == 0);
}

static void registered(godwit_slice_t text)
{
    godwit_eas_register_answer_t a, again;
    char written[GODWIT_EESE_TEXT];
    if (godwit_eese_registered_read(text, &a) == GODWIT_OK) {
        check(godwit_eese_registered_write(&a, written) == GODWIT_OK);
        check(godwit_eese_registered_read(godwit_slice_of_string(written), &again) == GODWIT_OK);
        check(memcmp(&a, &again, sizeof a) == 0);
    }
}

static void pull(godwit_slice_t text, bool next)
{
    godwit_eas_session_request_t r, again;
    char written[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    if (godwit_eese_pull_read(text, next, &r, wrong) != GODWIT_OK) {
        check_wrong(wrong);
        return;
    }
    check(!next || r.lost || r.above_age != 0);
    check(godwit_eese_pull_write(&r, written) == GODWIT_OK);
    check(godwit_eese_pull_read(godwit_slice_of_string(written), next, &again, wrong) == GODWIT_OK);
    check(r.lost == again.lost && r.session_id == again.session_id && r.key_id == again.key_id &&
          (r.lost || r.above_age == again.above_age));
}

static void session(godwit_slice_t text, bool push)
{
    godwit_eas_session_t s, again;
    char written[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    if (godwit_eese_session_read(text, push, &s, wrong) != GODWIT_OK) {
        check_wrong(wrong);
        return;
    }
    check(s.ended || (s.terms.age != 0 && s.terms.key_id != 0 && s.terms.service != GODWIT_SERVICE_NONE));
    check(godwit_eese_session_write(&s, push, written) == GODWIT_OK);
    check(godwit_eese_session_read(godwit_slice_of_string(written), push, &again, wrong) == GODWIT_OK);
    check(memcmp(&s, &again, sizeof s) == 0);
}

static void plane(godwit_slice_t text, bool up)
{
    godwit_user_plane_t u, again;
    char written[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    if (godwit_eese_plane_read(text, up, &u, wrong) != GODWIT_OK) {
        check_wrong(wrong);
        return;
    }
    check(u.len > 0 && u.len <= sizeof u.datagram);
    check(godwit_eese_plane_write(&u, up, written) == GODWIT_OK);
    check(godwit_eese_plane_read(godwit_slice_of_string(written), up, &again, wrong) == GODWIT_OK);
    check(memcmp(&u, &again, sizeof u) == 0);
}

static void path(godwit_slice_t text)
{
    char line[256], written[GODWIT_EESE_PATH_MAX];
    godwit_eese_path_t read;
    if (text.len < sizeof line && memchr(text.ptr, 0, text.len) == NULL) {
        memcpy(line, text.ptr, text.len);
        line[text.len] = '\0';
        if (godwit_eese_path_read(line, &read) == GODWIT_OK) {
            godwit_eese_path_write(&read, written);
            check(strcmp(line, written) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool highest = false;
    if (size < 2) {
        return 0;
    }
    const godwit_slice_t text = godwit_slice(data + 1, size - 1);
    switch (data[0]) {
    case 'r':
        registration(text);
        break;
    case 'a':
        registered(text);
        break;
    case 'q':
    case 'n':
        pull(text, data[0] == 'n');
        break;
    case 's':
    case 'p':
        session(text, data[0] == 'p');
        break;
    case 'u':
    case 'd':
        plane(text, data[0] == 'u');
        break;
    case 'h':
        (void)!godwit_eese_planed_read(text, &highest);
        break;
    case '/':
        path(godwit_slice(data, size));
        break;
    default:
        (void)godwit_eese_refusal(data[0] * 2u, text);
        break;
    }
    return 0;
}
