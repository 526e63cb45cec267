# SPDX-License-Identifier: Apache-2.0
"""Solution 1 at home over real processes: godwitd as HSS and as EMKS; MME, gateway and HSE are played by tests/diameter/diameter_node. Keys are
computed in tests/diameter/e2m.py, from docs/keys.md."""
import os
import signal
import sys
import unittest

from whole import Device, Godwitd, K, OPC, no_key_in

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "diameter"))

import e2m  # noqa: E402  pylint: disable=wrong-import-position
from node import Node, free_port  # noqa: E402  pylint: disable=wrong-import-position

IMSI, REALM = e2m.IMSI, e2m.HOME
EMKS = "emks.home.example"


def peer(name, port=None, realm=REALM):
    address = f', address: "127.0.0.1:{port}"' if port else ""
    return f"{{identity: {name}, realm: {realm}{address}}}"


def configure(daemon, name, function, port, peers, more):
    daemon.config = daemon.write("godwit.yaml", f"""identity: {name}
realm: {REALM}
functions: [{function}]
store: {{path: {daemon.path("store.db")}, key_file: {daemon.path("store.key")}}}
log: {{level: debug}}
control: {{path: {daemon.path("control")}}}
diameter:
  listen: "127.0.0.1:{port}"
  peers: [{", ".join(peers)}]
{more}
""")


def restart(daemon, node, name):
    """It dies and comes again; the node has seen both."""
    daemon.stop(signal.SIGKILL)
    node.wait_open(name, state="closed")
    daemon.start()
    node.wait_open(name)


class AccessKeys(unittest.TestCase):
    def setUp(self):
        self.hss, self.emks = Godwitd(), Godwitd()
        self.ports = {name: free_port() for name in ("hss", "emks")}
        self.secrets = []

    def tearDown(self):
        for text in (self.hss.read("log") if os.path.exists(self.hss.path("log")) else "",
                     self.emks.read("log") if os.path.exists(self.emks.path("log")) else ""):
            for secret in self.secrets:
                self.assertNotIn(secret, text.lower())
        Node.stop_all()
        for daemon in (self.hss, self.emks):
            daemon.__exit__()

    def start_hss(self, delivery):
        configure(self.hss, e2m.HSS, "hss", self.ports["hss"],
                  [peer(e2m.HSE), peer(e2m.PGW), peer(EMKS), peer("mme.visited.example", realm="visited.example")],
                  f"hss:\n  best_plmn: 999-99\n  networks: [{{realm: visited.example, plmn: 002-02}}]\n"
                  f"  e2m: {{delivery: {delivery}, endpoint: {e2m.HSE}, hse_realm: {REALM}, emks: {{host: {EMKS}, realm: {REALM}}},"
                  f" gateways: [{e2m.PGW}], retention_seconds: 3}}\n")
        self.hss.start()
        self.device = Device(self.hss.directory, IMSI, K, OPC).subscribe(self.hss, "--feature", "e2m-usim")

    def start_emks(self):
        configure(self.emks, EMKS, "emks", self.ports["emks"], [peer(e2m.HSS, self.ports["hss"]), peer(e2m.HSE)],
                  f"emks:\n  best_plmn: 999-99\n  source: s6a\n  hss: {{host: {e2m.HSS}, realm: {REALM}}}\n  pushes_from: [{e2m.HSS}]\n")
        self.emks.start()

    def vector(self, kind="eutran"):
        answer = self.mme.ask(f"air {kind} {IMSI} 002-02")
        self.assertEqual((answer["status"], answer["e2m"]), ("ok", "1"))
        keyset = e2m.keyset(answer, 2 if kind == "eutran" else 1)
        self.secrets += [keyset.hex(), e2m.k_session(keyset, 1), e2m.k_session(keyset, 2), K, OPC]
        return answer, keyset

    def test_the_hse_pulls_from_the_hss_while_it_retains_the_key_set(self):
        self.start_hss("c")
        hse, self.mme = e2m.hse(self.ports["hss"]), e2m.mme(self.ports["hss"])
        hse.wait_open(e2m.HSS)
        for kind in ("eutran", "utran"):
            key = {"status": "key_expired"}
            while key["status"] == "key_expired":  # on a slow machine before it was asked for
                answer, keyset = self.vector(kind)
                key = hse.ask(f"pull {IMSI} {answer['rand']}")
            self.assertEqual((key["status"], key["generation"], key["k_session"]), ("ok", "1", e2m.k_session(keyset, 1)))
        self.hss.wait_log("key_set_expired")
        self.assertEqual(hse.ask(f"pull {IMSI} {answer['rand']}")["status"], "key_expired")
        self.assertEqual(self.mme.ask(f"pull {IMSI} {answer['rand']}")["status"], "not_entitled")
        self.assertEqual(self.hss.stop(), 0)

    def test_a_restarted_hss_has_forgotten_key_set_and_generation(self):
        self.start_hss("c")
        hse, self.mme = e2m.hse(self.ports["hss"]), e2m.mme(self.ports["hss"])
        hse.wait_open(e2m.HSS)
        answer, _ = self.vector()
        restart(self.hss, hse, e2m.HSS)
        self.assertEqual(hse.ask(f"pull {IMSI} {answer['rand']}")["status"], "unknown_key")

    def test_the_key_is_pushed_when_the_gateway_activates(self):
        self.start_hss("b")
        hse, self.mme = e2m.hse(self.ports["hss"]), e2m.mme(self.ports["hss"])
        hse.wait_open(e2m.HSS)
        gateway = e2m.pgw(self.ports["hss"], hse.port)
        answer, keyset = self.vector()
        self.assertFalse(any(line.startswith("push") for line in hse.out.all))
        self.assertEqual(gateway.ask(f"activation {IMSI} {answer['rand']}")["status"], "ok")
        self.assertEqual(e2m.fields(hse.out.next("push"))["k_session"], e2m.k_session(keyset, 1))

    def test_the_emks_owns_the_key_set_over_a_loss_of_power(self):
        self.start_hss("d")
        self.start_emks()
        self.mme = e2m.mme(self.ports["hss"])
        hse = Node("hse", "--identity", e2m.HSE, "--emks", f"{EMKS},{REALM}", "--hss", f"{e2m.HSS},{REALM}",
                   *e2m.peer(EMKS, self.ports["emks"]), *e2m.peer(e2m.HSS, self.ports["hss"]))
        hse.wait_open(EMKS)
        self.hss.wait_log("connected with emks.home.example")
        answer, keyset = self.vector()
        self.hss.wait_log("key_pushed")
        key = hse.ask(f"pull {IMSI} {answer['rand']}")
        self.assertEqual((key["status"], key["generation"], key["k_session"]), ("ok", "1", e2m.k_session(keyset, 1)))
        self.assertEqual(hse.ask(f"park {IMSI} {key['key_set']} 1 9")["status"], "ok")
        restart(self.emks, hse, EMKS)
        again = hse.ask(f"pull {IMSI} {answer['rand']}")
        self.assertEqual((again["parked"], again["count"], again["k_session"]), ("1", "9", key["k_session"]))
        restart(self.emks, hse, EMKS)
        following = hse.ask(f"pull {IMSI} {answer['rand']}")
        self.assertEqual((following["parked"], following["generation"]), ("0", "2"))
        no_key_in(self, self.device, self.hss.read("log"), self.emks.read("log"))


if __name__ == "__main__":
    unittest.main()
