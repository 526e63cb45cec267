#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The policy document: the schema and the parser take and refuse the same; what is wrong is named with its line and path."""
import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from schema import Schema  # noqa: E402

GODWIT = os.path.join(os.environ.get("GODWIT_BINARY", os.path.join(ROOT, "build")), "bin", "godwit")
FOLDER = tempfile.TemporaryDirectory(prefix="godwit-policy-")

with open(os.path.join(ROOT, "docs", "policy.schema.json"), encoding="utf-8") as file:
    SCHEMA = Schema(json.load(file))
with open(os.path.join(ROOT, "fuzz", "policy-corpus", "home.json"), encoding="utf-8") as file:
    RIGHT = json.load(file)


def write(text, name="policy.json"):
    path = os.path.join(FOLDER.name, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return path


def check(text, *options):
    done = subprocess.run([GODWIT, "policy", "check", write(text), *options], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def bent(path, value):
    """The right document with the member at path replaced; ... removes it."""
    document = copy.deepcopy(RIGHT)
    at = document
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    elif isinstance(at, list) and path[-1] == len(at):
        at.append(value)
    else:
        at[path[-1]] = value
    return document


def with_rules(**members):
    document = copy.deepcopy(RIGHT)
    document["default"].update(members)
    return document


D, N, C = ("default",), ("networks", 0), ("devices", 0)

# Refused by the parser and by the schema: where, with what, and the path that is named.
WRONG = [
    (("godwit_policy",), 2, "godwit_policy"), (("godwit_policy",), ..., "godwit_policy"), (("godwit_policy",), True, "godwit_policy"),
    (("version",), 0, "version"), (("version",), 4294967296, "version"), (("version",), "7", "version"), (("version",), 1.5, "version"),
    (("plmn",), "00101", "plmn"), (("plmn",), "001-1", "plmn"), (("plmn",), ..., "plmn"), (("plmn",), 101, "plmn"),
    (("issuer",), "Home.example", "issuer"), (("issuer",), "", "issuer"), (("issuer",), "a..b", "issuer"), (("issuer",), "a" * 64, "issuer"),
    (("extra",), 1, "extra"), (("devices",), {}, "devices"), (("devices",), ..., "devices"), (("networks",), ..., "networks"),
    (("default",), ..., "default"), (("default",), [], "default"), (("devices",), [RIGHT["devices"][0]] * 9, "devices"),
    ((*C, "class"), "Meters", "devices[0].class"), ((*C, "class"), "m" * 33, "devices[0].class"), ((*C, "offered"), [], "devices[0].offered"),
    ((*C, "offered"), [1, 4], "devices[0].offered[1]"), ((*C, "offered"), [1, 1, 3], "devices[0].offered[1]"),
    ((*C, "offered"), [2, 3], "devices[0].required"), ((*C, "offered"), [1, 2], "devices[0].fallback"),
    ((*C, "offered"), ["1"], "devices[0].offered[0]"), ((*C, "required"), [True], "devices[0].required[0]"),
    ((*C, "fallback"), 1, "devices[0].fallback"), ((*C, "fallback"), ..., "devices[0].fallback"), ((*C, "more"), 1, "devices[0].more"),
    ((*D, "plmn"), "001-01", "default.plmn"), ((*N, "plmn"), ..., "networks[0].plmn"), ((*N, "plmn"), "x", "networks[0].plmn"),
    ((*D, "confidentiality"), "maybe", "default.confidentiality"), ((*D, "confidentiality"), ..., "default.confidentiality"),
    ((*D, "law"), "a law", "default.law"), ((*N, "law"), "x" * 161, "networks[0].law"), ((*N, "law"), "ümlaut", "networks[0].law"),
    ((*N, "law"), "", "networks[0].law"), ((*D, "integrity"), False, "default.integrity"), ((*D, "integrity"), ..., "default.integrity"),
    ((*D, "integrity"), 1, "default.integrity"), ((*D, "key_bits"), 64, "default.key_bits"), ((*D, "key_bits"), 256, "default.key_bits"),
    ((*D, "key_bits"), ..., "default.key_bits"), ((*D, "mac_bits"), 32, "default.mac_bits"), ((*D, "mac_bits"), 24, "default.mac_bits"),
    ((*D, "mac_bits"), 65, "default.mac_bits"), ((*D, "mac_bits"), 128, "default.suites[0]"), ((*D, "mac_bits"), None, "default.mac_bits"),
    ((*D, "suites"), [], "default.suites"), ((*D, "suites"), ["eea2-eia2-64", "eea2-eia0"], "default.suites[1]"),
    ((*D, "suites"), ["eea2-eia2-64", "eea2-eia2-64"], "default.suites[1]"), ((*D, "suites"), ["eea2-eia2-64", "eea2-eia2-32"], "default.suites[1]"),
    ((*D, "suites"), ["eea2-eia2-64", "eea0-eia2-64"], "default.suites[1]"), ((*D, "suites"), "eea2-eia2-64", "default.suites"),
    ((*N, "suites"), ["eea0-eia2-64"], "networks[0].suites"), ((*D, "eea"), [], "default.eea"), ((*D, "eea"), ["eea2", "eea0"], "default.eea[1]"),
    ((*D, "eea"), ["eea4"], "default.eea[0]"), ((*D, "eea"), ["eea2", "eea2"], "default.eea[1]"), ((*D, "eia"), ["eia2", "eia0"], "default.eia[1]"),
    ((*D, "eia"), [], "default.eia"), ((*D, "eia"), ["eia2", "eia2"], "default.eia[1]"), ((*D, "eia"), [2], "default.eia[0]"),
    ((*D, "reauthenticate"), ..., "default.reauthenticate"), ((*D, "reauthenticate"), 10, "default.reauthenticate"),
    ((*D, "reauthenticate", "attaches"), 0, "default.reauthenticate.attaches"), ((*D, "reauthenticate", "attaches"), 65536, "default.reauthenticate.attaches"),
    ((*D, "reauthenticate", "seconds"), 59, "default.reauthenticate.seconds"), ((*D, "reauthenticate", "seconds"), 31622401, "default.reauthenticate.seconds"),
    ((*D, "reauthenticate", "days"), 1, "default.reauthenticate.days"), ((*D, "agreements"), [], "default.agreements"),
    ((*D, "agreements"), ["device-rand"], "default.agreements[0]"), ((*D, "agreements"), ["gba", "gba"], "default.agreements[1]"),
    ((*N, "confidentiality"), "off", "networks[0].law"), ((*N, "colour"), "blue", "networks[0].colour"),
    ((*D, "below_minimum"), "", "default.below_minimum"),
]

# Taken by both.
GOOD = [
    RIGHT, bent(("devices",), []), bent(("networks",), []), bent((*N, "law"), "may be asked for by theirs"), bent((*D, "below_minimum"), "spare"),
    with_rules(mac_bits=32, below_minimum="old meters", suites=["eea2-eia2-32", "eea3-eia3-32"]),
    with_rules(key_bits=64, below_minimum="GPRS"), with_rules(mac_bits=128, suites=["eea2-hmac-128"]),
    with_rules(confidentiality="off", law="Act 12", suites=["eea0-hmac-64", "eea2-eia2-64"]),
    with_rules(confidentiality="off", law="Act 12", suites=["eea0-eia2-64"], eea=["eea2", "eea0"]),
    with_rules(eea=["eea2", "eea0"], below_minimum="emergency calls"), with_rules(agreements=["gba", "akma", "5g", "separate-umts"]),
    bent(("version",), 4294967295), bent(("plmn",), "001-001"),
]


class Document(unittest.TestCase):
    def test_each_member_that_is_wrong_is_named_and_the_schema_agrees(self):
        for path, value, named in WRONG:
            with self.subTest(path=path, value=value):
                document = bent(path, value)
                code, said = check(json.dumps(document, indent=1))
                self.assertEqual(code, 1, said)
                self.assertIn(f": {named}: ", said)
                self.assertFalse(SCHEMA.valid(document), "the schema takes it")

    def test_what_is_right_is_taken_by_both(self):
        for document in GOOD:
            code, said = check(json.dumps(document))
            self.assertEqual(code, 0, said)
            self.assertTrue(SCHEMA.valid(document), document)

    def test_a_schema_cannot_see_what_is_named_twice_but_the_parser_does(self):
        for path, named in ((("devices", 2), "devices[2].class"), (("networks", 1), "networks[1].plmn")):
            code, said = check(json.dumps(bent(path, RIGHT[path[0]][0])))
            self.assertEqual(code, 1)
            self.assertIn(f": {named}: ", said)

    def test_the_line_is_that_of_the_member(self):
        document = bent((*N, "suites", 1), "eea9")
        text = json.dumps(document, indent=2)
        line = next(i for i, t in enumerate(text.split("\n"), 1) if "eea9" in t)
        self.assertIn(f"line {line}: networks[0].suites[1]: ", check(text)[1])
        text = json.dumps(bent((*N, "eia"), ...), indent=2)
        line = next(i for i, t in enumerate(text.split("\n"), 1) if '"networks"' in t) + 1
        self.assertIn(f"line {line}: networks[0].eia: is missing", check(text)[1])

    def test_what_is_no_json_or_names_a_member_twice_is_refused_with_its_line(self):
        for text in ("", "{", "[]", "null", '{"version": 1, "version": 2}', "{\n\n\"version\": }", "\x00", '{"a": "\\u0000"}', "[" * 5000):
            code, said = check(text)
            self.assertEqual(code, 1, text)
            self.assertIn("line ", said)
        self.assertIn("65536", check(" " * 70000)[1])

    def test_a_version_that_goes_back_is_refused(self):
        held = write(json.dumps(RIGHT), "held.json")
        self.assertEqual(check(json.dumps(RIGHT), "--held", held)[0], 0)
        self.assertEqual(check(json.dumps(bent(("version",), 8)), "--held", held)[0], 0)
        for document in (bent(("version",), 6), bent((*D, "key_bits"), 128) | {"issuer": "other.example"}):
            code, said = check(json.dumps(document), "--held", held)
            self.assertEqual(code, 1)
            self.assertIn("version: ", said)

    def test_a_file_that_is_not_there(self):
        done = subprocess.run([GODWIT, "policy", "check", "/nonexistent"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 3)


if __name__ == "__main__":
    unittest.main()
