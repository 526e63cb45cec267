#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bodies of tests/vectors/eese-json.txt against docs/eese.openapi.yaml: what the codec must read is what the schema allows, and what it must refuse is not."""
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "peer"))
import openapi  # noqa: E402


def records():
    record = {}
    with open(os.path.join(HERE, "..", "vectors", "eese-json.txt"), encoding="utf-8") as file:
        for line in list(file) + [""]:
            line = line.rstrip("\n")
            if " = " in line and not line.startswith("#"):
                name, value = line.split(" = ", 1)
                record[name] = value
            elif not line and record:
                yield record
                record = {}


class Schema(unittest.TestCase):
    def test_every_body(self):
        api = openapi.load("eese.openapi.yaml")
        seen = set()
        for record in records():
            faults = api.named(json.loads(record["body"]), record["schema"])
            self.assertEqual(bool(faults), "wrong" in record, (record["body"], faults))
            seen.add(record["schema"])
        self.assertEqual(seen, {"Registration", "Registered", "EasSessionRequest", "NextAge", "EasSessionStart", "EasSessionPush", "UserPlaneUp", "UserPlaneDown"})


if __name__ == "__main__":
    if openapi.yaml is None:
        print("skipped: python3-yaml is not here, and the schema is YAML")
        sys.exit(77)
    unittest.main()
