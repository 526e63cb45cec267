#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""godwit device listen and godwit trigger: a device that waits, the program of its user, and a server's operator, through godwitd as HSS, MTC-IWF, SCS and the
nodes of EPS, UMTS and the circuit domain; and over WiFi with EAP-AKA'."""
import json
import os
import signal
import subprocess
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
from access import HSS, MME, PGW, SGSN, Network  # noqa: E402
from whole import PATIENCE, Device, cli, no_key_in  # noqa: E402

GODWIT = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit")
MSC, NUMBER = "msc.visited.example", "491710760001"
IMSI, METER, IWF, SCS = "001010000000001", "meter-7@example.com", "iwf.home.example", "iwf.home.example"
RECORDER = """import json, os, sys
with open(sys.argv[1], "a") as out:
    out.write(json.dumps({"argv": sys.argv[2:], "payload": sys.stdin.buffer.read().hex(), "open": sorted(os.listdir("/proc/self/fd"))[:8],
                          "names": sorted(os.environ), **{k: v for k, v in os.environ.items() if k.startswith("GODWIT_TRIGGER_")}}) + "\\n")
print('{"event": "forged"}')
"""
ODD = ["a b", "$(touch /tmp/never)", "`id`", "'\"", "two\nlines", "", "*"]


class Listening(unittest.TestCase):
    """The network, the device and the words to both; no test of its own."""

    def setUp(self):
        self.network = Network()
        self.addCleanup(self.network.stop)
        self.listening = None
        self.addCleanup(self.end_listening)

    def eps(self):
        n = self.network
        n.add(PGW, "pgw", [], f"pgw:\n  gtp: {n.address(PGW)}\n  home: 001-01\n  apns: [{{name: iot.example, kind: tunnel, server: \"127.0.0.1:9\", "
              f"pool: {n.net}.100, pool_size: 20}}]\n")
        n.add(MME, "mme, sgw", [(HSS,), (IWF,)], f'mme:\n  plmn: 001-02\n  radio: "{n.address(MME)}:7332"\n  gtp: {n.address(MME)}\n'
              f"  sgw: {n.address('sgw')}\n  pgw: {n.address(PGW)}\n  apn: iot.example\n  hss: {{host: {HSS}, realm: home.example}}\n"
              f"  trigger: {{on: true}}\nsgw: {{gtp: {n.address('sgw')}}}\n", False)

    def sgsn(self):
        n = self.network
        n.add(SGSN, "sgsn", [(HSS,), (IWF,)], f'sgsn:\n  plmn: 001-02\n  radio: "{n.address(SGSN)}:7332"\n  gtp: {n.address(SGSN)}\n'
              f'  apns: [{{ggsn: {n.address(PGW)}}}]\n  hss: {{host: {HSS}, realm: home.example}}\n  iwf_number: "{NUMBER}"\n')

    def msc(self):
        n = self.network
        n.add(MSC, "msc", [(HSS,), (IWF,)], f'msc:\n  plmn: 001-02\n  radio: "{n.address(MSC)}:7332"\n  hss: {{host: {HSS}, realm: home.example}}\n'
              f'  iwf_number: "{NUMBER}"\n')

    def start(self, iwf="", hss="", more="", node=MME, root="flagged", features=("e2m-me",)):
        n = self.network
        n.address("sgw")
        protected = '  link_protected: "this test"\n'
        n.add(HSS, "hss", [node, IWF], f"hss:\n  best_plmn: 999-99\n  networks: [{{realm: visited.example, plmn: 001-02}}]\n"
              f"  trigger: {{mtc_iwfs: [{{host: {IWF}, realm: home.example, roots: true}}], root: {root}}}\n{hss}", True)
        n.add(IWF, "mtc_iwf, scs" + more, [(HSS,), node], f'mtc_iwf:\n  a3: "{n.address(IWF)}:7336"\n  sources: [{{name: {SCS}}}]\n  retry_ms: 1000\n'
              f"  retry_max_ms: 4000\n  node_timeout_ms: 8000\n  ack_ms: 4000\n  hss: {{host: {HSS}, realm: home.example}}\n{iwf}", True)
        {MME: self.eps, SGSN: self.sgsn, MSC: self.msc}[node]()
        for name in (HSS, IWF, node):
            daemon = n.daemons[name]
            daemon.config = daemon.write("godwit.yaml", daemon.read("godwit.yaml").replace("diameter:\n", "diameter:\n" + protected))
        n.start()
        n.wait_links((IWF, HSS), (node, HSS), (node, IWF))
        hss = n.daemons[HSS]
        self.device = Device(hss.directory, IMSI).subscribe(hss, *(word for name in ("trigger", *features) for word in ("--feature", name)))
        cli.result("sub", "trigger", "add", "--imsi", IMSI, "--external-id", METER, "--source", SCS, "--store", hss.path("store.db"), "--key-file",
                   hss.path("store.key"))
        self.record_to(hss)

    def record_to(self, daemon):
        self.recorder = daemon.write("recorder.py", RECORDER)
        self.record = daemon.path("record")

    def over_wifi(self):
        """The words by which a device listens there; the MTC-IWF's process is the AAA server."""
        n = self.network
        folder = n.add("spare.home.example", "pgw", [], "").directory  # for a file that has to be there before
        secret = os.path.join(folder, "secret")
        with open(secret, "w", encoding="ascii") as file:
            file.write("a secret of some length\n")
        os.chmod(secret, 0o600)
        del n.daemons["spare.home.example"]
        self.start(hss=f"  aaas: [{IWF}]\n", more=", aaa", iwf=f'aaa:\n  plmn: 001-01\n  radius: "{n.address(IWF)}:1812"\n'
                   f"  access_points: [{{name: ap.cafe.example, address: 127.0.0.1, secret_file: {secret}}}]\n"
                   f"  hss: {{host: {HSS}, realm: home.example}}\n")
        return ["--no-attach", "--a3", f"{n.address(IWF)}:7336", "--poll", "2", "--radius", f"{n.address(IWF)}:1812", "--radius-secret", secret]

    def listen(self, *options, arguments=ODD, program=sys.executable, way=None, environment=None):
        way = way or ["--mme", f"{self.network.address(MME)}:7332", "--serving-network", "001-02", "--me"]
        words = [GODWIT, "device", "listen", "--json", "--imsi", IMSI, "--usim", "soft:" + str(self.device.card), "--iwf", IWF, *way, *options, "--run",
                 program, "--", self.recorder, self.record, *arguments]
        self.listening = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        return self.listening

    def end_listening(self, how=signal.SIGTERM):
        if self.listening is not None and self.listening.poll() is None:
            self.listening.send_signal(how)
            try:
                self.listening.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.listening.kill()
        code = None if self.listening is None else self.listening.wait()
        for stream in (self.listening.stdout, self.listening.stderr) if self.listening else ():
            stream.close()
        self.listening = None
        return code

    def heard(self, event):
        """The next line with that event."""
        timer = threading.Timer(PATIENCE, self.listening.kill)  # a line that does not come must not hold the test
        timer.start()
        try:
            for line in self.listening.stdout:
                said = json.loads(line)
                if said["event"] == event:
                    return said
        finally:
            timer.cancel()
        raise AssertionError(f"no {event}: {self.listening.poll()} {self.listening.stderr.read() if self.listening.poll() is not None else ''}")

    def trigger(self, verb, *words, expect=0):
        return self.trigger_at(self.network.daemons[IWF], verb, *words, expect=expect)

    def trigger_at(self, scs, verb, *words, expect=0):
        done = subprocess.run([GODWIT, "trigger", verb, "--json", "--control", scs.path("control"), *words], capture_output=True, text=True, timeout=2 * PATIENCE)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr

    def send(self, text, *words, expect=0):
        return self.trigger("send", "--external-id", METER, "--port", "4711", *words, text, expect=expect)

    def runs(self):
        if not os.path.exists(self.record):
            return []
        with open(self.record, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


class Listen(Listening):
    def test_the_program_runs_once_for_each_trigger_with_its_arguments_as_they_are(self):
        self.start()
        self.listen()
        self.heard("associated")
        said = self.send("$(reboot); wake up", "--priority", "--wait", "120")
        self.assertEqual((said["state"], said["outcome"]), ("done", "SUCCESS"))
        self.assertEqual(self.trigger("status", "--of", str(said["reference"]))["outcome"], "SUCCESS")
        run, = self.runs()
        self.assertEqual(run["argv"], ODD)
        self.assertEqual(bytes.fromhex(run["payload"]), b"$(reboot); wake up")
        self.assertEqual((run["GODWIT_TRIGGER_PORT"], run["GODWIT_TRIGGER_PRIORITY"], run["GODWIT_TRIGGER_REPEATED"], run["GODWIT_TRIGGER_PROTECTED"]),
                         ("4711", "1", "0", "1"))
        self.assertEqual(len(run["GODWIT_TRIGGER_SOURCE"]), 16)
        self.assertTrue(set(run["open"]) <= {"0", "1", "2", "3", "4"}, run["open"])  # its own script and the listing
        # Away: what comes meanwhile waits, but for what is recalled or replaced; the MTC-IWF dies between; and the device starts again from its record.
        self.assertEqual(self.end_listening(), 0)
        kept, recalled, old = (self.send(text)["reference"] for text in ("kept", "recalled", "old"))
        self.trigger("recall", "--of", str(recalled))
        self.trigger("replace", "--of", str(old), "--external-id", METER, "--port", "4711", "new")
        self.network.restart(IWF)
        self.network.wait_links((IWF, HSS), (MME, IWF))
        self.listen()
        self.network.daemons[IWF].wait_for("both", lambda: len(self.runs()) >= 3)
        self.assertEqual(sorted(bytes.fromhex(run["payload"]) for run in self.runs()[1:]), [b"kept", b"new"])
        self.assertNotEqual(kept, 0)
        self.assertEqual(self.end_listening(), 0)
        for daemon in self.network.daemons.values():
            no_key_in(self, self.device, daemon.read("log"))

    def test_what_the_program_says_is_the_outcome(self):
        self.start()
        self.listen("--port", "4711", program="/bin/sh", arguments=[])
        self.heard("associated")
        self.end_listening()
        for script, port, outcome in (("exit 0", "4711", "SUCCESS"), ("exit 3", "4711", "UNDELIVERABLE"), ("sleep 600", "4711", "UNDELIVERABLE"),
                                      ("exit 0", "7", "UNDELIVERABLE")):
            self.recorder, self.record = "-c", script
            self.listen("--timeout", "1" if script == "sleep 600" else "60", "--port", "4711", "--once", program="/bin/sh", arguments=[])
            self.heard("attached")
            said = self.trigger("send", "--external-id", METER, "--port", port, "--wait", "120", "x", expect=0 if outcome == "SUCCESS" else 1)
            self.assertEqual(said["outcome"], outcome, (script, said))
            self.assertEqual(self.listening.wait(PATIENCE), 0)
            self.end_listening()

    def test_the_program_gets_nothing_of_ours_and_no_shell_sees_it(self):
        self.start()
        hss = self.network.daemons[HSS]
        folder = hss.path("programs")
        os.mkdir(folder)
        os.symlink(sys.executable, os.path.join(folder, "by-its-name"))
        mine = {"PATH": f"/no/such/folder:{folder}", "GODWIT_STORE": "a secret", "HOME": "/nowhere", "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")}
        self.listen(program="by-its-name", environment=mine)
        self.heard("associated")
        self.assertEqual(self.send("by name", "--wait", "120")["outcome"], "SUCCESS")
        run, = self.runs()
        given = {"PATH", "HOME"} | {f"GODWIT_TRIGGER_{name}" for name in ("REFERENCE", "PORT", "PRIORITY", "REPEATED", "PROTECTED", "SOURCE")}
        self.assertEqual(set(run["names"]) - {"LC_CTYPE"}, given)  # that one is Python's own
        self.listening.send_signal(signal.SIGTERM)
        out, error = self.listening.communicate(timeout=PATIENCE)
        self.assertEqual((out.count("forged"), error.count("forged")), (0, 1), "what it prints is no line of ours")
        # A file that execvp would give to a shell.
        without = hss.write("without", f"touch {hss.path('a shell')}\n")
        os.chmod(without, 0o700)
        self.listen("--once", program=without)
        self.heard("attached")
        self.assertEqual(self.send("x", "--wait", "120", expect=1)["outcome"], "UNDELIVERABLE")
        self.assertEqual(self.listening.wait(PATIENCE), 0)
        self.assertFalse(os.path.exists(hss.path("a shell")))
        self.assertIn("Exec format error", self.listening.stderr.read())

    def test_a_trigger_whose_program_was_cut_short_comes_again_marked(self):
        self.start()
        recorder, record, self.recorder = self.recorder, self.record, "-c"
        self.record = f"touch {self.network.daemons[HSS].path('started')}; sleep 600 & sleep 600"
        self.listen(program="/bin/sh", arguments=[])
        self.heard("associated")
        reference = self.send("act")["reference"]
        self.network.daemons[HSS].wait_for("the program", lambda: os.path.exists(self.network.daemons[HSS].path("started")))
        self.assertEqual(self.end_listening(), 0)
        self.recorder, self.record = recorder, record
        self.listen("--once")
        self.heard("trigger")
        self.assertEqual(self.listening.wait(PATIENCE), 0)
        run, = self.runs()
        self.assertEqual((bytes.fromhex(run["payload"]), run["GODWIT_TRIGGER_REPEATED"]), (b"act", "1"))
        self.listen()  # its acknowledgement may have found no network yet: it is given again
        iwf = self.network.daemons[IWF]
        iwf.wait_for("the outcome", lambda: self.trigger("status", "--of", str(reference)).get("outcome") == "SUCCESS")
        self.assertEqual(len(self.runs()), 1)

    def test_how_it_ends_when_nothing_comes(self):
        self.start()
        self.listen("--once", "--wait", "2")
        self.assertEqual(self.listening.wait(PATIENCE), 4)
        self.listening.communicate()
        self.network.daemons[MME].stop(signal.SIGKILL)
        self.listen("--wait", "200")
        self.assertEqual(self.listening.wait(PATIENCE), 4)
        self.assertIn("does not answer", self.listening.communicate()[1])

    def over_short_messages(self, node, *words, between=lambda: None):
        for access in ("umts", "geran"):
            self.listen(way=["--mme", f"{self.network.address(node)}:7332", "--serving-network", "001-02", "--access", access, "--trigger-number", NUMBER,
                             *words])
            self.heard("associated" if access == "umts" else "attached")  # the record has it from then on
            self.assertEqual(self.send("over " + access, "--wait", "120")["outcome"], "SUCCESS")
            self.assertEqual(self.end_listening(), 0)
            between()
        self.assertEqual([bytes.fromhex(run["payload"]) for run in self.runs()], [b"over umts", b"over geran"])
        for name in (HSS, IWF, node):
            no_key_in(self, self.device, self.network.daemons[name].read("log"))

    def short_messages(self, node, *words):
        self.start(node=node, iwf=f'  number: "{NUMBER}"\n')
        self.over_short_messages(node, "--me", *words)

    def received(self, node, *words):
        """The node makes K_iwf, and the device gets it from there in a message of the node's own."""
        def iwf_dies():
            self.network.restart(IWF)
            self.network.wait_links((IWF, HSS), (node, IWF))
        self.start(node=node, iwf=f'  number: "{NUMBER}"\n  key_from: mme\n  ue_key: received\n', root="kasme", features=())
        self.over_short_messages(node, "--ue-key", "received", *words, between=iwf_dies)

    def test_umts_and_geran_through_a_sgsn(self):
        self.short_messages(SGSN)

    def test_umts_and_geran_through_a_msc(self):
        self.short_messages(MSC, "--domain", "cs")

    def test_a_key_that_the_sgsn_gives(self):
        self.received(SGSN)

    def test_a_key_that_the_msc_gives(self):
        self.received(MSC, "--domain", "cs")

    def test_wifi_with_an_association_of_eap_aka_prime(self):
        way = self.over_wifi()
        self.listen(way=way)
        self.heard("associated")
        self.assertEqual(self.send("over wifi", "--wait", "120")["outcome"], "SUCCESS")
        # The home asks nobody else where it is: its record is enough the next time, without EAP.
        self.assertEqual(self.end_listening(), 0)
        self.listen(way=way[:5])
        self.heard("polled")
        self.assertEqual(self.send("again", "--wait", "120")["outcome"], "SUCCESS")
        self.assertEqual(len(self.runs()), 2)

    def test_what_no_association_protects_starts_nothing(self):
        self.start(iwf="  protect: hop\n")
        self.listen()
        self.heard("attached")
        self.send("forged?", "--validity", "5")
        self.heard("unprotected")
        self.end_listening()
        self.assertEqual(self.runs(), [])
        self.listen("--accept", "network")
        self.heard("attached")
        self.send("by the network", "--validity", "60")
        self.heard("trigger")
        run, = self.runs()
        self.assertEqual((run["GODWIT_TRIGGER_PROTECTED"], run["GODWIT_TRIGGER_SOURCE"]), ("0", ""))


if __name__ == "__main__":
    unittest.main()
