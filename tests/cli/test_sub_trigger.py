# SPDX-License-Identifier: Apache-2.0
"""godwit sub trigger: by what names servers know a device, and which of them may trigger it."""
import os
import tempfile
import unittest

import cli

IMSI, OTHER = "001010000000001", "001010000000002"
KEY = ["--k", "465b5ce8b199b49faa5f0a2ee238a6bc", "--opc", "cd63cb71954a9f4e48a5994e37a02baf"]


class Trigger(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="godwit-trigger-")
        self.addCleanup(self.folder.cleanup)
        self.store = ["--store", os.path.join(self.folder.name, "db"), "--key-file", os.path.join(self.folder.name, "kek")]
        for imsi in (IMSI, OTHER):
            cli.result("sub", "add", "--imsi", imsi, *KEY, "--feature", "trigger", *self.store)

    def run_it(self, *words):
        return cli.run("sub", "trigger", *words, *self.store)

    def result(self, *words):
        return cli.result("sub", "trigger", *words, *self.store)

    def listed(self):
        return self.result("list")["devices"]

    def test_what_is_added_is_listed_and_removed(self):
        made = self.result("add", "--imsi", IMSI, "--external-id", "meter.7@Water.example", "--msisdn", "491700000007", "--source", "scs.water.example")
        self.assertEqual(made, {"imsi": IMSI, "external_id": "meter.7@Water.example", "msisdn": "491700000007", "barred": False,
                                "sources": ["scs.water.example"]})
        self.assertEqual(self.listed(), [made])
        more = self.result("add", "--imsi", IMSI, "--source", "as.water.example", "--source", "scs.water.example")
        self.assertEqual(more["sources"], ["scs.water.example", "as.water.example"])
        self.assertEqual(more["external_id"], made["external_id"])
        self.assertEqual(self.result("remove", "--imsi", IMSI, "--source", "scs.water.example")["sources"], ["as.water.example"])
        self.assertEqual(self.run_it("remove", "--imsi", IMSI, "--source", "scs.water.example")[0], 1)
        self.result("remove", "--imsi", IMSI)
        self.assertEqual(self.listed(), [])
        self.assertEqual(self.run_it("remove", "--imsi", IMSI)[0], 1)

    def test_a_bar_holds_until_it_is_lifted(self):
        self.assertEqual(self.run_it("bar", "--imsi", IMSI)[0], 1)
        self.result("add", "--imsi", IMSI, "--msisdn", "1")
        self.assertTrue(self.result("bar", "--imsi", IMSI)["barred"])
        self.assertTrue(self.result("add", "--imsi", IMSI, "--source", "scs.example")["barred"])
        self.assertFalse(self.result("bar", "--imsi", IMSI, "--lift")["barred"])

    def test_a_name_belongs_to_one_device(self):
        self.result("add", "--imsi", IMSI, "--external-id", "meter@water.example", "--msisdn", "4917")
        for words in (["--external-id", "meter@WATER.example"], ["--msisdn", "4917"]):
            code, _, err = self.run_it("add", "--imsi", OTHER, *words)
            self.assertEqual(code, 1)
            self.assertIn(IMSI, err)
        self.result("add", "--imsi", OTHER, "--external-id", "Meter@water.example")  # local parts differ by case

    def test_what_is_no_name_is_refused(self):
        for name in ("meter", "@water.example", "meter@", "meter@water", "a@b@c.example", "me ter@water.example", ".m@water.example", "m.@water.example",
                     "m..n@water.example", "m@water_.example", "m@-water.example", "x" * 120 + "@water.example", "m\u00e9ter@water.example"):
            with self.subTest(name):
                self.assertEqual(self.run_it("add", "--imsi", IMSI, "--external-id", name)[0], 2)
        for number in ("+4917", "", "1234567890123456", "49a"):
            with self.subTest(number):
                self.assertEqual(self.run_it("add", "--imsi", IMSI, "--msisdn", number)[0], 2)
        for source in ("SCS.example", "scs example", "", "x" * 128):
            with self.subTest(source):
                self.assertEqual(self.run_it("add", "--imsi", IMSI, "--msisdn", "49", "--source", source)[0], 2)
        self.assertEqual(self.run_it("add", "--imsi", IMSI, "--source", "scs.example")[0], 2)  # no name at all
        self.assertEqual(self.run_it("add", "--imsi", "001010000000009", "--msisdn", "49")[0], 1)  # nobody
        self.assertEqual(self.listed(), [])

    def test_eight_sources_are_the_most(self):
        sources = [word for n in range(8) for word in ("--source", f"scs{n}.example")]
        self.result("add", "--imsi", IMSI, "--msisdn", "49", *sources)
        self.assertEqual(self.run_it("add", "--imsi", IMSI, "--source", "scs8.example")[0], 1)
        self.assertEqual(len(self.listed()[0]["sources"]), 8)


if __name__ == "__main__":
    unittest.main()
