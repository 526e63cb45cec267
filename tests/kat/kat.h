/* SPDX-License-Identifier: Apache-2.0
 *
 * Reader of known-answer files (tests/vectors/ *.txt). A file holds records of lines "name = value", divided by blank
 * lines; "# ..." lines are comments and must cite the specification and clause. "[section]" opens a section: the
 * algorithm that the records below it are for. Values: hex octets, decimal numbers, or text, as the test that asks
 * takes them.
 * A missing field or a bad value ends the test with file and line: a vector file is never half read.
 */
#ifndef GODWIT_TESTS_KAT_H
#define GODWIT_TESTS_KAT_H

#include "godwit/bytes.h"

#define KAT_VALUE_MAX 4096

typedef struct kat_record kat_record_t;

/* Calls use(record, context) for every record of the section in tests/vectors/<file>; fails the test when there is
 * none. Returns how many. */
size_t kat_each(const char *file, const char *section, void (*use)(const kat_record_t *record, void *context),
                void *context);

bool kat_has(const kat_record_t *record, const char *name);
const char *kat_text(const kat_record_t *record, const char *name);
unsigned long long kat_number(const kat_record_t *record, const char *name); /* decimal, or 0x... */
/* The octets, in storage that lives as long as the record. */
godwit_slice_t kat_hex(const kat_record_t *record, const char *name);
/* Fails the test, naming file, line and field, unless the len octets at got equal the field. */
void kat_expect(const kat_record_t *record, const char *name, const void *got, size_t len);

#endif
