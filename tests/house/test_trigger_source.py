#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server whose SCS dies: what it asked for, and was not answered, is asked for again; a report that comes meanwhile is taken when it is back; the command line
knows both; and no reference is given twice."""
import signal
import sqlite3
import unittest

from access import HSS, MME
from test_listen import IMSI, IWF, METER, Listening
from whole import Device, Godwitd, cli, no_key_in

SERVER = "scs.water.example"


def silent_server():
    """A SCS whose MTC-IWF is nowhere."""
    daemon = Godwitd()
    daemon.config = daemon.write("godwit.yaml", f"""identity: {SERVER}
realm: water.example
functions: [scs]
store: {{path: {daemon.path("store.db")}, key_file: {daemon.path("store.key")}}}
control: {{path: {daemon.path("control")}}}
diameter: {{listen: "127.0.0.1:0", peers: [{{identity: {IWF}, realm: home.example}}]}}
scs: {{mtc_iwf: {{host: {IWF}, realm: home.example}}, attempts: 100}}
""")
    return daemon


def damage(path, sql):
    """As rot would, which no guard keeps from it."""
    store = sqlite3.connect(path)
    store.execute(sql)
    store.commit()
    store.close()


class Source(Listening):
    def start(self):
        n = self.network
        n.address("sgw")
        n.add(HSS, "hss", [MME, IWF], "hss:\n  best_plmn: 999-99\n  networks: [{realm: visited.example, plmn: 001-02}]\n"
              f"  trigger: {{mtc_iwfs: [{{host: {IWF}, realm: home.example, roots: true}}], root: flagged}}\n", True)
        n.add(IWF, "mtc_iwf", [(HSS,), MME, SERVER], f'mtc_iwf:\n  a3: "{n.address(IWF)}:7336"\n  sources: [{{name: {SERVER}}}]\n  retry_ms: 1000\n'
              f"  retry_max_ms: 4000\n  node_timeout_ms: 8000\n  ack_ms: 4000\n  report_retry_ms: 1000\n  hss: {{host: {HSS}, realm: home.example}}\n", True)
        self.eps()
        n.add(SERVER, "scs", [(IWF,)], f"scs: {{mtc_iwf: {{host: {IWF}, realm: home.example}}, answer_ms: 2000, attempts: 100}}\n", True)
        for name in (HSS, IWF, MME, SERVER):
            daemon = n.daemons[name]
            daemon.config = daemon.write("godwit.yaml", daemon.read("godwit.yaml").replace("diameter:\n", 'diameter:\n  link_protected: "this test"\n'))
        n.start()
        n.wait_links((IWF, HSS), (MME, HSS), (MME, IWF), (SERVER, IWF))
        hss = n.daemons[HSS]
        self.device = Device(hss.directory, IMSI).subscribe(hss, "--feature", "trigger", "--feature", "e2m-me")
        cli.result("sub", "trigger", "add", "--imsi", IMSI, "--external-id", METER, "--source", SERVER, "--store", hss.path("store.db"), "--key-file",
                   hss.path("store.key"))
        self.record_to(hss)

    def trigger(self, verb, *words, expect=0):
        return self.trigger_at(self.network.daemons[SERVER], verb, *words, expect=expect)

    def status(self, reference):
        return self.network.daemons[SERVER].ask(command="trigger-status", reference=reference)

    def become(self, reference, state):
        self.network.daemons[SERVER].wait_for(f"trigger {reference} {state}", lambda: self.status(reference)["state"] == state)
        return self.status(reference)

    def test_a_source_that_dies_before_the_answer_and_before_the_report_loses_neither(self):
        self.start()
        iwf, server = self.network.daemons[IWF], self.network.daemons[SERVER]
        iwf.stop(signal.SIGKILL)
        reference = self.send("wake up", expect=4)["reference"]
        self.assertEqual(self.status(reference)["state"], "asked")
        server.stop(signal.SIGKILL)
        iwf.start()
        server.start()
        self.assertEqual(self.become(reference, "accepted")["status"], "SUCCESS")
        server.stop(signal.SIGKILL)
        self.listen("--port", "4711")
        iwf.wait_for("the program has run", lambda: len(self.runs()) == 1)
        iwf.wait_log("event=trigger_outcome")
        server.start()
        told = self.become(reference, "done")
        self.assertEqual((told["outcome"], told["reports"]), ("SUCCESS", 1))
        server.stop(signal.SIGKILL)
        server.start()
        self.assertEqual(self.become(reference, "done"), told)
        # Said again it is the same request, and its number is nobody else's.
        self.assertEqual(self.send("wake up", "--reference", str(reference))["reference"], reference)
        self.assertIn("in use", self.send("something else", "--reference", str(reference), expect=1))
        self.assertGreater(self.send("wake up", "--wait", "40")["reference"], reference)
        self.assertEqual(len(self.runs()), 2)
        self.network.no_key_in_logs(self, self.device)


class References(unittest.TestCase):
    def setUp(self):
        self.server = silent_server()
        self.addCleanup(self.server.__exit__)

    def send(self):
        return self.server.ask(command="trigger-send", external_id=METER, payload="wake up", port=1)["reference"]

    def test_references_that_came_faster_than_the_clock_are_not_given_again(self):
        self.server.start()
        given = [self.send() for _ in range(200)]
        self.assertEqual(len(set(given)), 200)
        for _ in range(3):
            self.server.stop(signal.SIGKILL)
            self.server.start()
            given.append(self.send())
            self.assertGreater(given[-1], given[-2])
        self.assertEqual(self.server.ask(command="trigger-status", reference=given[0])["state"], "asked")
        no_payload = self.server.read("log")
        self.assertNotIn("wake up", no_payload)

    def test_a_store_from_a_backup_gives_none_again_and_asks_for_nothing(self):
        self.server.start()
        first = self.send()
        self.server.stop()
        self.assertEqual(cli.run("store", "restored", "--store", self.server.path("store.db"), "--key-file", self.server.path("store.key"))[0], 0)
        self.server.start()
        self.assertGreater(self.send(), first + 1000000)
        self.assertEqual(self.server.ask(command="trigger-status", reference=first)["state"], "silent")

    def test_without_the_record_of_its_references_a_source_asks_for_nothing(self):
        self.server.start()
        first = self.send()
        self.server.stop()
        damage(self.server.path("store.db"), "UPDATE scs_source SET reserved = reserved + 1")
        self.server.start()
        self.assertEqual(self.server.ask(command="trigger-send", external_id=METER, payload="x", port=1)["error"]["reason"], "store_failed")
        self.assertEqual(self.server.ask(command="trigger-status", reference=first)["state"], "asked")
        code, out, _ = cli.run("store", "check", "--store", self.server.path("store.db"), "--key-file", self.server.path("store.key"))
        self.assertNotEqual(code, 0)
        self.assertIn("scs_source", out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
