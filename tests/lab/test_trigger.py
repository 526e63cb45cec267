# SPDX-License-Identifier: Apache-2.0
"""godwit lab run trigger: every combination that makes sense, why the others do not, and who can do what to triggers."""
import itertools
import json
import unittest

from cli import result, run

RUN = ("lab", "run", "trigger")


class Runs(unittest.TestCase):
    def works(self, *words):
        got = result(*RUN, *words)
        self.assertTrue(got["ok"], (words, got.get("why")))
        return got

    def test_every_combination_of_case_2(self):
        for access, key, source in itertools.product(("eps", "umts", "gsm", "geran", "wifi"), ("hss", "mme", "iwf"), ("scs", "as")):
            got = self.works("--access", access, "--key-from", key, "--source", source)
            self.assertEqual((got["readings_sent"], got["readings_delivered"]), (3, 2))  # the third is recalled
            self.assertIn("k_iwf", got["custody"]["mtc-iwf"])
            self.assertEqual("k_iwf" in got["custody"]["hss"], key == "hss")
            for node in {"mme", "sgsn", "msc"} & set(got["custody"]):
                self.assertEqual("k_iwf" in got["custody"][node], key == "mme")

    def test_roots_ways_and_roaming(self):
        for words in (("--key-from", "iwf", "--root", "kasme"), ("--roaming",), ("--via", "t4"), ("--via", "t4", "--access", "umts"),
                      ("--via", "t5"), ("--via", "a3", "--access", "wifi"), ("--loss", "0.1", "--devices", "4", "--seed", "5"),
                      ("--access", "wifi", "--key-from", "iwf", "--root", "kasme", "--roaming")):
            self.works(*words)

    def test_a_device_on_wifi_alone(self):
        for words in ((), ("--source", "as"), ("--loss", "0.2", "--devices", "4", "--seed", "5")):
            got = self.works("--access", "wifi", "--root", "eap", *words)
            self.assertEqual({node for node, keys in got["custody"].items() if "iwf_root" in keys}, {"aaa", "device"})
            self.assertEqual({node for node, keys in got["custody"].items() if "k_iwf" in keys}, {"aaa", "mtc-iwf", "device"})
            self.assertFalse({"mme", "sgsn"} & set(got["custody"]))
            self.assertIn("AAA", got["nodes_modified"])
        code, out, _ = run(*RUN, "--access", "wifi", "--root", "eap")
        self.assertEqual(code, 0)
        for name in ("EAP-Request/AKA'-Challenge", "EAP-Success", "Key (HE vector)-Request", "T5 (key)-Request", "Poll Answer", "Acknowledgement"):
            self.assertIn(name, out)

    def test_case_1(self):
        for access, source in itertools.product(("eps", "umts", "gsm", "geran"), ("scs", "as")):
            got = self.works("--case", "1", "--access", access, "--source", source)
            self.assertFalse(any("k_iwf" in keys for keys in got["custody"].values()))

    def test_a_received_key_is_in_the_serving_node(self):
        got = self.works("--ue-key", "received", "--key-from", "iwf", "--root", "kasme")
        self.assertIn("k_iwf", got["custody"]["mme"])
        for access, node in (("eps", "mme"), ("umts", "sgsn"), ("geran", "sgsn"), ("gsm", "msc"), ("wifi", "mme")):
            got = self.works("--ue-key", "received", "--key-from", "mme", "--access", access)
            self.assertEqual({name for name, keys in got["custody"].items() if "k_iwf" in keys}, {node, "mtc-iwf", "device"})
            derived = self.works("--key-from", "mme", "--access", access)
            self.assertLess(derived["setup"]["octets"], got["setup"]["octets"])  # it is a message more
        self.works("--ue-key", "received", "--key-from", "mme", "--access", "umts", "--loss", "0.1", "--devices", "4", "--seed", "5")

    def test_within_the_security_mode_the_association_costs_no_round_trip(self):
        alone, within = self.works(), self.works("--nas-embedded")
        self.assertEqual((alone["setup"]["messages"], alone["setup"]["round_trips"]), (2, 1))
        self.assertEqual((within["setup"]["messages"], within["setup"]["round_trips"]), (0, 0))
        self.assertLess(within["setup"]["octets"], alone["setup"]["octets"])
        self.assertEqual(alone["trigger"], {"octets": 102, "messages": 2, "round_trips": 1})

    def test_what_was_asked_for_is_said(self):
        for words, said in (((), ("hss", None)), (("--key-from", "iwf"), ("iwf", "flagged")),
                            (("--key-from", "iwf", "--root", "kasme"), ("iwf", "kasme")),
                            (("--access", "wifi", "--root", "eap"), ("aaa", "eap")), (("--case", "1"), (None, None))):
            got = self.works(*words)
            self.assertEqual((got["key_from"], got["root"]), said)

    def test_what_the_radio_loses_in_case_1_nobody_hears_of(self):
        code, out, _ = run(*RUN, "--json", "--case", "1", "--loss", "0.1", "--devices", "3", "--seed", "7")
        self.assertEqual(code, 1)
        self.assertIn("in case 1 no device acknowledges", json.loads(out)["why"])

    def test_the_ladder_names_the_messages(self):
        code, out, _ = run(*RUN, "--access", "wifi")
        self.assertEqual(code, 0)
        for name in ("Device-Action-Request", "Subscriber-Information-Answer", "T5 (down)-Request", "Update-Location-Request",
                     "GENERIC NAS TRANSPORT", "Poll Answer", "Trigger", "Acknowledgement", "Device-Notification-Answer"):
            self.assertIn(name, out)


class Refused(unittest.TestCase):
    def test_what_makes_no_sense_is_refused_with_the_reason(self):
        for reason, words in (("no association", ("--case", "1", "--key-from", "hss")),
                              ("no association", ("--case", "1", "--ue-key", "derived")),
                              ("no --key-from", ("--access", "wifi", "--root", "eap", "--key-from", "hss")),
                              ("integrity", ("--case", "1", "--access", "gprs")),
                              ("needs A2", ("--case", "1", "--access", "wifi")),
                              ("may come from anybody", ("--case", "1", "--via", "t4")),
                              ("what the flagged vector hides", ("--ue-key", "received")),
                              ("what the flagged vector hides", ("--ue-key", "received", "--key-from", "iwf")),
                              ("what the flagged vector hides", ("--ue-key", "received", "--access", "umts")),
                              ("through an SMS-SC", ("--ue-key", "received", "--key-from", "mme", "--via", "t4")),
                              ("through an SMS-SC", ("--ue-key", "received", "--key-from", "mme", "--via", "t4", "--access", "gsm")),
                              ("of --key-from iwf", ("--root", "kasme")),
                              ("no KASME", ("--root", "kasme", "--key-from", "iwf", "--access", "umts")),
                              ("only EPS has", ("--nas-embedded", "--access", "gsm")),
                              ("on wifi alone", ("--root", "eap")),
                              ("of no serving node", ("--root", "eap", "--access", "wifi", "--key-from", "mme")),
                              ("is for wifi", ("--via", "a3")),
                              ("A3 alone", ("--via", "t5", "--access", "wifi")),
                              ("--key-from: hss, mme or iwf", ("--key-from", "me"))):
            code, out, err = run(*RUN, *words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn(reason, err)
        code, _, err = run("lab", "run", "attach", "--case", "1")
        self.assertEqual(code, 2)
        self.assertIn("of trigger", err)


class Attacks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table = result("lab", "table")
        cls.attacks = cls.table["trigger_attacks"]

    def those(self, **members):
        found = [a for a in self.attacks if all(a[k] == v for k, v in members.items())]
        self.assertTrue(found, members)
        return [set(name for name, yes in a["succeeded"].items() if yes) for a in found]

    def test_rows(self):
        rows = self.table["triggers"]
        self.assertTrue(all(row["ok"] for row in rows))
        self.assertEqual({(row["case"], row["access"]) for row in rows},
                         {(1, "eps"), (1, "umts"), (1, "gsm"), (2, "eps"), (2, "umts"), (2, "gsm"), (2, "wifi")})

    def test_all_end_as_documented(self):
        self.assertTrue(all(a["as_documented"] for a in self.attacks), self.attacks)

    def test_in_case_2_nobody_on_d_does_anything(self):
        for who in ("on D, open", "on D, protected"):
            self.assertTrue(all(not done for done in self.those(who=who, case=2)))
        everything = {"forge", "alter", "replay", "read", "expired", "recalled"}
        self.assertEqual(self.those(who="on D, open", case=1), 3 * [everything])
        self.assertEqual(self.those(who="on D, protected", case=1), 3 * [{"expired", "recalled"}])
        self.assertEqual(self.those(who="a rogue serving node", case=1), 3 * [everything])

    def test_each_access_is_attacked(self):
        for who, case in (("on D, open", 1), ("on D, open", 2), ("on D, protected", 1), ("a rogue serving node", 1), ("a rogue serving node", 2)):
            self.assertEqual({a["access"] for a in self.attacks if a["who"] == who and a["case"] == case}, {"eps", "umts", "gsm"})

    def test_a_key_of_the_node_does_not_pass_an_open_d(self):
        for a in self.attacks:
            keyless = a["case"] == 1 or (a["who"] == "on D, open" and a["key_from"] == "mme")
            self.assertEqual(a["association"], not keyless, a)

    def test_a_rogue_serving_node_needs_the_root(self):
        everything = {"forge", "alter", "replay", "read", "expired", "recalled"}
        for key, root, done in (("hss", None, set()), ("iwf", "flagged", set()), ("iwf", "kasme", everything), ("mme", None, everything)):
            these = self.those(who="a rogue serving node", case=2, key_from=key, root=root)
            self.assertTrue(all(got == done for got in these), (key, root))

    def test_a_node_that_does_not_serve_the_device_gets_nothing(self):
        for access in ("eps", "umts", "gsm"):
            for key, received in (("hss", False), ("mme", False), ("mme", True)):
                self.assertEqual(self.those(who="a rogue node elsewhere", access=access, key_from=key, received=received), [set()])

    def test_whoever_hands_the_key_on_can_do_everything_and_nobody_else(self):
        everything = {"forge", "alter", "replay", "read", "expired", "recalled"}
        for access in ("eps", "umts", "gsm"):
            self.assertEqual(self.those(who="a rogue serving node", received=True, access=access), [everything])
        self.assertEqual(self.those(who="on D, open", received=True), 2 * [set()])
        rows = [row for row in self.table["triggers"] if row["ue_key"] == "received"]
        self.assertEqual([row["access"] for row in rows], ["eps", "umts", "gsm"])

    def test_an_open_b_carries_no_proof(self):
        for case in (1, 2):
            self.assertEqual(self.those(who="on B, open", case=case, proof_wanted=True), [{"read"}])


if __name__ == "__main__":
    unittest.main()
