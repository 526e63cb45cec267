/* SPDX-License-Identifier: Apache-2.0
 *
 * dateTime of XML Schema Part 2, 3.2.7, in the proleptic Gregorian calendar, without leap seconds.
 */
#include "core/wire/bootstrapping_info.h"

#define DAY_S 86400u
#define ERA_DAYS 146097u /* 400 years */
#define TO_1970 719468u  /* days from 0000-03-01 */
#define LATEST UINT64_C(253402300799)

typedef struct civil {
    uint32_t year, month, day;
} civil_t;

/* Years are counted from March, so that the leap day is a year's last. */
static civil_t civil_of(uint32_t days)
{
    uint32_t z = days + TO_1970, era = z / ERA_DAYS, in_era = z % ERA_DAYS;
    uint32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint32_t in_year = in_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * in_year + 2) / 153;
    civil_t c = {.day = in_year - (153 * month + 2) / 5 + 1, .month = month < 10 ? month + 3 : month - 9};
    c.year = year + era * 400 + (c.month <= 2 ? 1 : 0);
    return c;
}

static uint32_t days_of(civil_t c)
{
    uint32_t year = c.month <= 2 ? c.year - 1 : c.year, era = year / 400, of_era = year % 400;
    uint32_t month = c.month > 2 ? c.month - 3 : c.month + 9;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + c.day - 1 - TO_1970;
}

static void put_digits(godwit_writer_t *w, uint32_t value, unsigned digits, char after)
{
    char text[5];
    for (unsigned i = digits; i > 0; i--) {
        text[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    text[digits] = after;
    godwit_put(w, text, digits + 1);
}

void godwit_put_date_time(godwit_writer_t *w, uint64_t seconds)
{
    uint64_t at = seconds < LATEST ? seconds : LATEST;
    uint32_t in_day = (uint32_t)(at % DAY_S);
    civil_t c = civil_of((uint32_t)(at / DAY_S));
    put_digits(w, c.year, 4, '-');
    put_digits(w, c.month, 2, '-');
    put_digits(w, c.day, 2, 'T');
    put_digits(w, in_day / 3600, 2, ':');
    put_digits(w, in_day / 60 % 60, 2, ':');
    put_digits(w, in_day % 60, 2, 'Z');
}

/* So many digits and then that character, 0 for none; *good goes false for anything else. */
static uint32_t take(godwit_reader_t *r, unsigned digits, char after, bool *good)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < digits; i++) {
        uint8_t character = godwit_get_u8(r);
        *good = *good && character >= '0' && character <= '9';
        value = value * 10 + (uint32_t)(character - '0');
    }
    *good = *good && (after == '\0' || godwit_get_u8(r) == (uint8_t)after);
    return value;
}

static void skip_fraction(godwit_reader_t *r)
{
    if (r->left == 0 || *r->ptr != '.') {
        return;
    }
    (void)godwit_get_u8(r);
    while (r->left > 0 && *r->ptr >= '0' && *r->ptr <= '9') {
        (void)godwit_get_u8(r);
    }
}

static int32_t take_offset(godwit_reader_t *r, bool *good)
{
    uint8_t sign = godwit_get_u8(r);
    if (sign == 'Z' || !*good) {
        return 0;
    }
    uint32_t hours = take(r, 2, ':', good), minutes = take(r, 2, '\0', good);
    *good = *good && (sign == '+' || sign == '-') && hours <= 14 && minutes < 60;
    int32_t offset = *good ? (int32_t)(hours * 3600 + minutes * 60) : 0;
    return sign == '+' ? -offset : offset;
}

godwit_status_t godwit_date_time_parse(godwit_slice_t text, uint64_t *seconds)
{
    godwit_reader_t r = godwit_reader(text);
    bool good = text.len <= 40;
    civil_t c = {.year = take(&r, 4, '-', &good)};
    c.month = take(&r, 2, '-', &good);
    c.day = take(&r, 2, 'T', &good);
    uint32_t hour = take(&r, 2, ':', &good), minute = take(&r, 2, ':', &good), second = take(&r, 2, '\0', &good);
    skip_fraction(&r);
    int32_t offset = take_offset(&r, &good);
    good = good && c.year >= 1970 && c.month >= 1 && c.month <= 12 && c.day >= 1 && hour < 24 && minute < 60 &&
           second < 60 && godwit_reader_done(&r) == GODWIT_OK;
    if (!good) {
        return GODWIT_MALFORMED;
    }
    civil_t same = civil_of(days_of(c));
    int64_t at = (int64_t)days_of(c) * DAY_S + hour * 3600 + minute * 60 + second + offset;
    if (same.day != c.day || same.month != c.month || at < 0) { /* the 30th of February */
        return GODWIT_MALFORMED;
    }
    *seconds = (uint64_t)at;
    return GODWIT_OK;
}
