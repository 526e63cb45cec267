# SPDX-License-Identifier: Apache-2.0
"""Reads a file of tests/vectors: sections in brackets, records of "name = value", an empty line between records."""
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")


def read(name):
    """{section: [record, ...]}; a value of hexadecimal octets is bytes, a number or a word stays text."""
    sections, records, record = {}, None, None
    with open(os.path.join(FOLDER, name), encoding="ascii") as file:
        for line in (line.strip() for line in file):
            if line.startswith("["):
                records = sections.setdefault(line.strip("[]"), [])
                record = None
            elif not line:
                record = None
            elif not line.startswith("#"):
                word, value = (part.strip() for part in line.split("=", 1))
                if record is None:
                    record = {}
                    records.append(record)
                assert word not in record, line
                record[word] = value
    return sections
