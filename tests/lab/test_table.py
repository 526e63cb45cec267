# SPDX-License-Identifier: Apache-2.0
"""godwit lab table: every solution over every access, all of them ok, and what each costs beside the others."""
import unittest

from cli import result, run

MEMBERS = {"solution", "access", "ok", "endpoint", "tampering_refused", "setup_bytes", "reading_bytes", "round_trips", "vplmn_needs",
           "mechanism", "nodes_modified", "custody"}
MOBILE = {("eps", None), ("umts", None)}


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table = result("lab", "table")
        cls.rows = cls.table["rows"]

    def test_every_row_is_there(self):
        got = {(row["solution"], row["access"], row["delivery"]) for row in self.rows}
        want = {("1" + v, access, v) for v in "ABCD" for access in ("eps", "umts")}
        want |= {("1E", access, v) for v in "ABCD" for access in ("eps", "umts")}
        want |= {("2", access, "D") for access in ("eps", "umts")}
        want |= {("3", access, None) for access in ("eps", "umts", "wifi")}
        want |= {("4", access, "C") for access in ("eps", "umts")}
        self.assertEqual(got, want)
        self.assertEqual(len(self.rows), len(want))

    def test_every_row_is_ok(self):
        for row in self.rows:
            self.assertTrue(MEMBERS <= set(row))
            self.assertTrue(row["ok"] and row["tampering_refused"] and row["vplmn_needs"], row)
            self.assertGreaterEqual(row["bent"], 9)
            self.assertEqual(row["mechanism"], "EMSDP godwit1, eea2-eia2-64")

    def test_no_key_of_ours_is_in_the_visited_network_or_at_the_gateway(self):
        for row in self.rows:
            for node in ("mme", "sgsn", "sgw", "pgw"):
                held = set(row["custody"].get(node, []))
                self.assertFalse(held & {"e2m_keyset", "k_session", "k_e2e"}, row)
            if row["solution"][0] in "12":
                self.assertFalse({"ck", "ik"} & set(row["custody"].get("sgsn", [])), row)

    def test_custody_follows_the_delivery(self):
        for row in self.rows:
            owner = "emks" if row["delivery"] == "D" or row["solution"] == "3" else "hss"
            self.assertIn("e2m_keyset", row["custody"][owner], row)
            self.assertNotIn("e2m_keyset", row["custody"]["hse"], row)
            if row["solution"] == "1E" or row["solution"] == "2":
                self.assertNotIn("e2m_keyset", row["custody"]["usim"], row)

    def test_one_aka_run_is_cheaper_than_two(self):
        cost = {(row["solution"], row["access"]): row["setup_bytes"] for row in self.rows}
        for access in ("eps", "umts"):
            self.assertLess(cost["1C", access], cost["2", access])
            self.assertLess(cost["2", access], cost["3", access])

    def test_attacks_end_as_documented(self):
        got = [(attack["against"], attack["defeated"]) for attack in self.table["attacks"]]
        self.assertEqual(got, [("agreement 03", True), ("agreement 07", False), ("eps", True), ("umts", True), ("1C", True),
                               ("1C", True), ("next-session", True), ("next-session", True), ("device-rand", True),
                               ("gba", True), ("akma", True), ("device-rand", True)])

    def test_keys_without_a_round_trip(self):
        rows = {(row["solution"], row["access"], row["carrier"] or row["flavour"]): row for row in self.table["keys"]}
        self.assertTrue(all(row["ok"] for row in rows.values()))
        for access in ("wifi", "eps", "umts", "geran"):
            row = rows["device-rand", access, None]
            self.assertLessEqual(row["setup_bytes"], 64)
            self.assertEqual((row["messages"], row["round_trips"], row["aka_runs"]), (1, 0, 0))
        for flavour in ("me", "u", "2g"):
            self.assertEqual(rows["gba", "wifi", flavour]["round_trips"], 2)
        self.assertTrue(("akma", "wifi", None) in rows)
        self.assertFalse({"ks", "ck", "ik"} & set(rows["gba", "wifi", "u"]["custody"]["device"]))
        for access, gross in (("eps", 47), ("umts", 54), ("geran", 54)):
            row = rows["next-session", access, "pdp"]
            self.assertEqual(row["saved_gross_octets"], gross)
            self.assertEqual(row["saved_net_octets"], gross - 35 - 10)
            self.assertGreaterEqual(row["saved_round_trips"], 1)

    def test_row_5_end_to_end(self):
        rows = {(row["source"], row["access"], row["service"]): row for row in self.table["e2e"]}
        self.assertTrue(all(row["ok"] for row in rows.values()), rows)
        self.assertEqual(len(rows), 17)
        for row in rows.values():
            self.assertLessEqual(set(row["custody"]["eas"]), {"k_e2e", "text"})
            self.assertNotIn("k_e2e", row["custody"]["hse"])
        over_wifi = rows["3", "wifi", "confidentiality"]
        self.assertEqual(over_wifi["setup_bytes"] - over_wifi["solution_3"]["setup_bytes"], 57)
        self.assertEqual(over_wifi["reading_bytes"], over_wifi["solution_3"]["reading_bytes"])
        self.assertEqual(over_wifi["round_trips"], over_wifi["solution_3"]["round_trips"])
        self.assertEqual(len(self.table["e2e_attacks"]), 9)
        self.assertTrue(all(attack["defeated"] for attack in self.table["e2e_attacks"]), self.table["e2e_attacks"])

    def test_it_is_printed_for_people(self):
        code, out, _ = run("lab", "table")
        self.assertEqual(code, 0)
        self.assertIn("Nodes potentially effected", out)
        self.assertIn("HSS/HLR, USIM, ME, SGSN, GGSN, MME, S-GW and P-GW", out)


if __name__ == "__main__":
    unittest.main()
