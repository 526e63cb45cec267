# SPDX-License-Identifier: Apache-2.0
"""BSF and HSS as two processes that talk Diameter (Zh): each flavour over Ub, and what happens when the HSS is away or does not know this BSF."""
import os
import signal
import sys
import tempfile
import unittest

from test_three_processes import REALM, configuration, free_port, peer
from whole import Godwitd, K, OPC, cli

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peer"))
import certificates  # noqa: E402  pylint: disable=wrong-import-position

IMSI = "001010123456789"


class TwoProcesses(unittest.TestCase):
    def start(self, bsfs=f"[bsf.{REALM}]"):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        certificates.authority(self.folder)
        certificate, key = certificates.server(self.folder, "bsf", "DNS:localhost")
        self.hss, self.bsf = self.enterContext(Godwitd()), self.enterContext(Godwitd())
        port = {name: free_port() for name in ("hss", "bsf")}
        configuration(self.hss, "hss", "hss", port["hss"], [peer("bsf")],
                      f"hss:\n  best_plmn: 001-01\n  bsfs: {bsfs}\n  gba_life_seconds: 1000\n  nodes: [{{host: bsf.{REALM}, ind: 3, home: false}}]\n")
        configuration(self.bsf, "bsf", "gba_bsf", port["bsf"], [peer("hss", port["hss"])],
                      f'gba_bsf:\n  plmn: 001-01\n  https: "127.0.0.1:0"\n  tls: {{certificate: {certificate}, key: {key}}}\n  two_g: true\n'
                      f"  hss: {{host: hss.{REALM}, realm: {REALM}}}\n")
        self.hss.start()
        self.bsf.start()

    def subscribe(self, algorithm="milenage", card=(), features=()):
        self.card, self.state = os.path.join(self.folder, algorithm + "".join(card)), os.path.join(self.folder, "state")
        cli.result("usim", "create", "--imsi", IMSI, "--algorithm", algorithm, "--k", K, "--opc", OPC, *card, self.card)
        cli.result("sub", "add", "--imsi", IMSI, "--algorithm", algorithm, "--k", K, "--opc", OPC, "--store", self.hss.path("store.db"),
                   "--key-file", self.hss.path("store.key"), *features)

    def bootstrap(self, flavour="me"):
        port = self.bsf.address("ub-https")[1]
        return cli.run("gba", "bootstrap", "--bsf", f"https://localhost:{port}", "--ca", os.path.join(self.folder, "ca.pem"), "--imsi", IMSI,
                       "--usim", "soft:" + self.card, "--state", self.state, "--flavour", flavour, "--json")

    def unsubscribe(self):
        cli.result("sub", "rm", "--imsi", IMSI, "--store", self.hss.path("store.db"), "--key-file", self.hss.path("store.key"))

    def test_each_flavour_bootstraps_over_zh(self):
        self.start()
        for flavour, algorithm, card, features in (("me", "milenage", (), ()), ("u", "milenage", ("--gba-u",), ("--feature", "gba-u")),
                                                   ("2g", "gsm-milenage", (), ())):
            with self.subTest(flavour):
                self.subscribe(algorithm, card, features)
                for _ in range(2):
                    code, _, error = self.bootstrap(flavour)
                    self.assertEqual(code, 0, error)
                key = cli.result("gba", "key", "--imsi", IMSI, "--usim", "soft:" + self.card, "--state", self.state, "--naf", "naf.example.com")
                self.unsubscribe()
                for daemon in (self.hss, self.bsf):
                    for secret in (K, OPC, key.get("ks_naf", key.get("ks_ext_naf"))):
                        self.assertNotIn(secret, daemon.read("log").lower())
        for daemon in (self.bsf, self.hss):
            self.assertEqual(daemon.stop(), 0)

    def test_a_hss_that_is_away_is_told_and_costs_nothing(self):
        self.start()
        self.subscribe()
        self.hss.stop(signal.SIGKILL)
        code, _, error = self.bootstrap()
        self.assertEqual(code, 1, error)
        self.assertIn("overload", error)
        self.hss.start()
        self.bsf.wait_for("a bootstrapping", lambda: self.bootstrap()[0] == 0)

    def test_a_bsf_that_is_not_listed_gets_no_vector(self):
        self.start(bsfs="[other.home.example]")
        self.subscribe()
        code, _, error = self.bootstrap()
        self.assertEqual(code, 1)
        self.assertIn("not_entitled", error)


if __name__ == "__main__":
    unittest.main()
