# SPDX-License-Identifier: Apache-2.0
"""godwit lab run: what it prints, what it refuses, and that a seed is a run."""
import os
import tempfile
import unittest
import xml.dom.minidom

from cli import result, run

MEMBERS = {"procedure", "variant", "access", "ok", "messages", "round_trips", "bytes_up", "bytes_down", "time_ms", "custody",
           "nodes_modified", "readings_sent", "readings_delivered"}


class SeparateAka(unittest.TestCase):
    def test_over_wifi_it_costs_what_the_wire_page_says(self):
        got = result("lab", "run", "separate-aka")
        self.assertTrue(MEMBERS <= set(got), got)
        self.assertTrue(got["ok"])
        # docs/emsdp-wire.md: Session Request 27; Start 55; Confirmation with a reading of 24 octets 40; a reading 13 + 24.
        self.assertEqual((got["bytes_up"], got["bytes_down"], got["round_trips"]), (27 + 40 + 37, 55, 1))
        self.assertEqual((got["readings_sent"], got["readings_delivered"]), (2, 2))

    def test_custody_says_who_held_what(self):
        custody = result("lab", "run", "separate-aka")["custody"]
        self.assertEqual(custody["hse"], ["k_session"])
        self.assertEqual(custody["emks"], ["kasme", "e2m_keyset", "k_session"])
        self.assertEqual(custody["hss"], ["ck", "ik", "kasme"])
        self.assertIn("e2m_keyset", custody["device"])
        self.assertEqual(custody["usim"], ["ck", "ik"])

    def test_the_same_seed_is_the_same_run(self):
        words = ("lab", "run", "separate-aka", "--loss", "0.3", "--devices", "4", "--seed")
        first = result(*words, "7")
        self.assertEqual(first, result(*words, "7"))
        self.assertTrue(first["ok"], first)
        self.assertNotEqual(first, result(*words, "8"))


class AccessAka(unittest.TestCase):
    def test_every_variant_works_over_a_bad_network(self):
        for access in ("eps", "umts"):
            for variant in "ABCDE2":
                got = result("lab", "run", "access-aka", "--variant", variant, "--access", access, "--loss", "0.2", "--devices",
                             "12", "--seed", "3")
                self.assertTrue(got["ok"], got)
                self.assertGreaterEqual(got["readings_delivered"], 24)

    def test_the_way_a_key_takes(self):
        for variant, message in (("A", "Key (push)"), ("B", "Key (activation)"), ("C", "Key (by selector)"),
                                 ("D", "Key (key set push)")):
            code, out, _ = run("lab", "run", "access-aka", "--variant", variant)
            self.assertEqual(code, 0)
            self.assertIn(message, out)
            self.assertIn("Key (bearer)", out)
            self.assertIn("ESM INFORMATION RESPONSE", out)

    def test_the_access_alone(self):
        for access in ("eps", "umts"):
            got = result("lab", "run", "attach", "--access", access)
            self.assertTrue(got["ok"], got)
            self.assertEqual((got["readings_sent"], got["custody"]["hse"]), (0, []))


class Policy(unittest.TestCase):
    def test_aka_runs_as_often_as_the_policies_say(self):
        """Both say: at every second attach."""
        for access in ("eps", "umts"):
            for variant in "CDE2":
                got = result("lab", "run", "policy", "--access", access, "--variant", variant)
                self.assertTrue(got["ok"], got)
                self.assertEqual((got["attaches"], got["aka_runs"]), (5, 3))
        self.assertNotIn("attaches", result("lab", "run", "access-aka"))


class Outputs(unittest.TestCase):
    def test_the_ladder_is_printed_or_drawn(self):
        code, out, _ = run("lab", "run", "separate-aka")
        self.assertEqual(code, 0)
        self.assertIn("Session Start Confirmation", out)
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "ladder.svg")
            result("lab", "run", "separate-aka", "--ladder", name)
            drawing = xml.dom.minidom.parse(name).documentElement
            self.assertEqual(drawing.tagName, "svg")
            self.assertIn("Session Request", drawing.toxml())

    def test_a_file_that_cannot_be_written_is_said(self):
        code, _, err = run("lab", "run", "separate-aka", "--pcap", "/nowhere/x.pcapng")
        self.assertEqual(code, 3)
        self.assertIn("/nowhere/x.pcapng", err)


class Refused(unittest.TestCase):
    def refused(self, reason, *words):
        code, out, err = run("lab", "run", *words)
        self.assertEqual((code, out), (2, ""), words)
        self.assertIn(reason, err)

    def test_what_makes_no_sense_is_refused_with_the_reason(self):
        self.refused("no AUTN", "access-aka", "--access", "gprs")
        self.refused("no AUTN", "attach", "--access", "gsm")
        self.refused("no access AKA run", "access-aka", "--access", "wifi")
        self.refused("is the variant itself", "access-aka", "--variant", "A", "--delivery", "b")
        self.refused("through the EMKS", "access-aka", "--variant", "2", "--delivery", "a")
        self.refused("only access-aka and policy", "separate-aka", "--variant", "C")
        self.refused("give one procedure", "teleport")
        self.refused("--variant", "access-aka", "--variant", "X")
        self.refused("--loss", "attach", "--loss", "2")
        self.refused("--devices", "attach", "--devices", "33")


if __name__ == "__main__":
    unittest.main()
