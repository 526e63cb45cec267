# SPDX-License-Identifier: Apache-2.0
"""godwit mkef: entitlements and contacts, as the operator sees them."""
import os
import tempfile
import unittest

import cli

SERVER = "mtc.example.org"


class Mkef(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="godwit-mkef-")
        self.addCleanup(self.folder.cleanup)
        self.store = ["--store", os.path.join(self.folder.name, "db"), "--key-file", os.path.join(self.folder.name, "kek")]

    def run_it(self, *words):
        return cli.run("mkef", *words, *self.store)

    def result(self, *words):
        return cli.result("mkef", *words, *self.store)

    def entitlements(self):
        return self.result("list")["entitlements"]

    def test_every_scope_is_entered_listed_and_revoked(self):
        self.result("entitle", "--server", SERVER, "--plmn", "001-01", "--not-before", "2026-01-31", "--not-after", "2026-02-28")
        self.result("entitle", "--server", SERVER, "--first", "999700000000001", "--last", "999700000000009", "--server-id", "meters.example.org")
        self.assertEqual(self.result("entitle", "--server", SERVER, "--imsi", "001010000000001", "--imsi", "001010000000002")["entitlements"], 2)
        by_scope = {e["scope"]: e for e in self.entitlements()}
        self.assertEqual(by_scope["plmn"], {"server": SERVER, "server_id": SERVER, "scope": "plmn", "first": "00101", "last": "00101", "group": "",
                                            "not_before": "2026-01-31", "not_after": "2026-02-28"})
        self.assertEqual((by_scope["range"]["last"], by_scope["range"]["server_id"]), ("999700000000009", "meters.example.org"))
        self.result("revoke", "--server", SERVER, "--plmn", "001-01")
        self.assertEqual(self.run_it("revoke", "--server", SERVER, "--plmn", "001-01")[0], 1)  # there is none any more
        self.assertEqual(self.result("revoke", "--server", SERVER, "--all")["revoked"], 3)
        self.assertEqual(self.entitlements(), [])

    def test_a_group_goes_as_it_came(self):
        path = os.path.join(self.folder.name, "imsis")
        with open(path, "w", encoding="ascii") as file:
            file.write("# meters\n001010000000001\n001010000000002\n\n")
        self.assertEqual(self.result("entitle", "--server", SERVER, "--group", "meters", "--imsis", path)["entitlements"], 2)
        self.result("entitle", "--server", SERVER, "--imsi", "001010000000003")
        self.assertEqual(self.result("revoke", "--server", SERVER, "--group", "meters")["revoked"], 2)
        self.assertEqual([e["first"] for e in self.entitlements()], ["001010000000003"])

    def test_a_wrong_line_enters_nothing(self):
        path = os.path.join(self.folder.name, "imsis")
        with open(path, "w", encoding="ascii") as file:
            file.write("001010000000001\nnobody\n")
        code, _, err = self.run_it("entitle", "--server", SERVER, "--imsis", path)
        self.assertEqual(code, 2)
        self.assertIn("'nobody' is no IMSI", err)
        self.assertEqual(self.entitlements(), [])

    def test_what_cannot_be_is_refused(self):
        for words in (["--server", SERVER], ["--server", "Not_A_Name", "--plmn", "001-01"], ["--server", SERVER, "--plmn", "1"],
                      ["--server", SERVER, "--first", "001010000000002", "--last", "001010000000001"], ["--server", SERVER, "--first", "001010000000002"],
                      ["--server", SERVER, "--plmn", "001-01", "--not-after", "2026-13-01"], ["--server", SERVER, "--plmn", "001-01", "--group", "x" * 33]):
            with self.subTest(words):
                self.assertEqual(self.run_it("entitle", *words)[0], 2)
        self.result("entitle", "--server", SERVER, "--plmn", "001-01")
        self.assertEqual(self.run_it("revoke", "--server", SERVER)[0], 2)
        self.assertEqual(self.run_it("revoke", "--server", SERVER, "--all", "--plmn", "001-01")[0], 2)

    def test_a_release_counts_and_never_lowers(self):
        self.result("entitle", "--server", SERVER, "--plmn", "001-01")
        release = ["release", "--imsi", "001010000000001", "--server-id", SERVER]
        self.assertEqual(self.result(*release, "--above", "70")["counter"], 70)
        again = self.result(*release, "--above", "5")
        self.assertEqual((again["counter"], again["releases"], again["released"], again["held"]), (70, 2, True, False))
        shown = self.result("contacts", "--imsi", "001010000000001")["contacts"]
        self.assertEqual(shown, [again])
        self.assertNotIn("chain", str(shown))
        self.assertEqual(self.result("contacts", "--imsi", "001010000000002")["contacts"], [])


if __name__ == "__main__":
    unittest.main()
