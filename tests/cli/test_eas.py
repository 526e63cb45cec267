# SPDX-License-Identifier: Apache-2.0
"""godwit eas: entitlements of EASs, and what is marked for the EESE when one is revoked."""
import os
import sqlite3
import tempfile
import unittest

import cli

EAS = "eas.meters.example"
NO_KEY = bytes(64)


class Eas(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="godwit-eas-")
        self.addCleanup(self.folder.cleanup)
        self.db = os.path.join(self.folder.name, "db")
        self.store = ["--store", self.db, "--key-file", os.path.join(self.folder.name, "kek")]

    def run_it(self, *words):
        return cli.run("eas", *words, *self.store)

    def result(self, *words):
        return cli.result("eas", *words, *self.store)

    def entitlements(self):
        return self.result("list")["entitlements"]

    def entitle(self, *words):
        return self.result("entitle", "--eas", EAS, "--service", "confidentiality", *words)["entitlements"]

    def test_every_scope_is_entered_listed_and_revoked(self):
        self.entitle("--plmn", "001-01", "--not-before", "2026-01-31", "--not-after", "2026-02-28", "--enterprise", "Meters & Co")
        self.entitle("--first", "999700000000001", "--last", "999700000000009", "--service", "key-agreement")
        self.assertEqual(self.entitle("--imsi", "001010000000001", "--imsi", "001010000000002", "--group", "water"), 2)
        by_scope = {e["scope"]: e for e in self.entitlements()}
        self.assertEqual(by_scope["plmn"], {"eas": EAS, "enterprise": "Meters & Co", "scope": "plmn", "first": "00101", "last": "00101", "group": "",
                                            "services": ["confidentiality"], "not_before": "2026-01-31", "not_after": "2026-02-28"})
        self.assertEqual(by_scope["range"]["services"], ["key-agreement", "confidentiality"])
        self.assertEqual(self.result("revoke", "--eas", EAS, "--enterprise", "Meters & Co")["revoked"], 1)
        self.assertEqual(self.run_it("revoke", "--eas", EAS, "--plmn", "001-01")[0], 1)  # there is none any more
        self.assertEqual(self.result("revoke", "--eas", EAS, "--group", "water")["revoked"], 2)
        self.assertEqual(self.result("revoke", "--eas", EAS, "--all")["revoked"], 1)
        self.assertEqual(self.entitlements(), [])
        self.assertEqual(self.result("list")["registrations"], [])

    def test_the_same_devices_once_more_take_the_place_of_the_former(self):
        self.entitle("--imsi", "001010000000001")
        self.result("entitle", "--eas", EAS, "--service", "integrity", "--imsi", "001010000000001")
        self.assertEqual([e["services"] for e in self.entitlements()], [["integrity"]])

    def test_another_enterprise_keeps_what_it_has(self):
        self.entitle("--plmn", "001-01")
        self.result("entitle", "--eas", "eas.rival.example", "--service", "confidentiality", "--plmn", "001-01")
        self.result("revoke", "--eas", EAS, "--all")
        self.assertEqual([e["eas"] for e in self.entitlements()], ["eas.rival.example"])

    def test_what_cannot_be_is_refused(self):
        good = ["--eas", EAS, "--service", "confidentiality"]
        for words in (good, ["--eas", EAS, "--plmn", "001-01"], ["--eas", EAS, "--service", "secrecy", "--plmn", "001-01"],
                      ["--eas", "Not_A_Name", "--service", "integrity", "--plmn", "001-01"], [*good, "--plmn", "1"], [*good, "--imsi", "12a"],
                      [*good, "--first", "001010000000002", "--last", "001010000000001"], [*good, "--plmn", "001-01", "--not-after", "2026-13-01"],
                      [*good, "--plmn", "001-01", "--enterprise", "x" * 65], [*good, "--plmn", "001-01", "--group", "x" * 33]):
            with self.subTest(words):
                self.assertEqual(self.run_it("entitle", *words)[0], 2)
        self.entitle("--plmn", "001-01")
        self.assertEqual(self.run_it("revoke", "--eas", EAS)[0], 2)
        self.assertEqual(self.run_it("revoke", "--eas", EAS, "--all", "--plmn", "001-01")[0], 2)
        self.assertEqual(len(self.entitlements()), 1)

    def session(self, imsi, eas, number, closed=0):
        """A row as the EESE would leave it; its wrapped key is none, so it can be listed and not opened."""
        with sqlite3.connect(self.db) as db:
            db.execute("INSERT INTO e2e_session VALUES(?,?,?,'hse1.hse.example',3,1,?,3,1,0,1,x'00f110',3,1,2,9,3600,1000,3,1,1,8,3600,1000,"
                       "1700000000000,1700000000001,1,1,?,1,1,0,0,0,4102444800000,?)", (imsi, bytes(16), number, eas, closed, NO_KEY))

    def test_sessions_are_listed_without_keys(self):
        self.entitle("--plmn", "001-01")
        self.session("001010000000001", EAS, 5)
        self.session("001010000000002", "eas.rival.example", 6, closed=1)
        sessions = self.result("sessions")["sessions"]
        self.assertEqual([(s["imsi"], s["state"]) for s in sessions], [("001010000000001", "renewing"), ("001010000000002", "ended")])
        self.assertEqual(sessions[0] | {"state": ""}, {
            "imsi": "001010000000001", "eas": EAS, "hse": "hse1.hse.example", "session": 5, "state": "", "service": "confidentiality", "suite": 1, "key_id": 2,
            "age": 9, "age_taken": 8, "messages": 1000, "agreed_ms": 1700000000000, "ends_ms": 1700003600000, "with_eas": True, "due_ms": 4102444800000})
        self.assertEqual([s["session"] for s in self.result("sessions", "--eas", EAS)["sessions"]], [5])
        self.assertEqual([s["session"] for s in self.result("sessions", "--imsi", "001010000000002")["sessions"]], [6])
        self.assertEqual(len(self.result("sessions", "--limit", "1")["sessions"]), 1)


if __name__ == "__main__":
    unittest.main()
