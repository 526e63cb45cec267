# SPDX-License-Identifier: Apache-2.0
"""Triggers through real processes: a SCS of erlang-diameter, godwitd as MTC-IWF, HSS and MME, and a device with access library, trigger library and soft card.
Diameter over TLS with the names in the certificates, or over ways that are declared; what passes is read by tshark."""
import hashlib
import os
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "diameter"))
import tls  # noqa: E402  pylint: disable=wrong-import-position
from access import HSS, MME, PGW, Network  # noqa: E402  pylint: disable=wrong-import-position
from node import PATIENCE, Lines, Node  # noqa: E402  pylint: disable=wrong-import-position
from trigger import IWF, SCS, Peer, capture, check_wire  # noqa: E402  pylint: disable=wrong-import-position
from whole import Device, cli, no_key_in  # noqa: E402  pylint: disable=wrong-import-position

IMSI, METER = "001010000000001", "meter-7@example.com"
PROGRAM = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "tests", "trigger_device")
SUCCESS, SENT = 0, 112


class Valve(Node):
    """trigger_device."""

    def __init__(self, network, device, *options, a3=None):
        self.options = [f"imsi={IMSI}", f"usim={device.card}", f"radio={network.address(MME)}:7332", "home=001-01", "serving=001-02", f"iwf={IWF}",
                        f"state={device.card}.triggers", *options, *([f"a3={a3}"] if a3 else [])]
        self.switch_on()

    def switch_on(self):
        self.process = subprocess.Popen([PROGRAM, *self.options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        bufsize=1)
        Node.running.append(self)
        self.log, self.out = Lines(self.process.stderr, "device"), Lines(self.process.stdout, "device")
        self.out.next("ready")

    def power_off(self):
        self.process.kill()
        self.process.wait()

    def attach(self):
        self.say("attach")
        self.out.next("access attached")

    def delivered(self):
        return dict(word.split("=", 1) for word in self.out.next("delivered").split()[1:])

    def deliveries(self):
        return [line for line in self.out.all if line.startswith("delivered")]

    def stop(self):
        if self.process.poll() is None:
            self.say("quit")
            self.process.wait(PATIENCE)


class Triggers(unittest.TestCase):
    def setUp(self):
        self.network = Network()
        self.addCleanup(Node.stop_all)
        self.addCleanup(self.network.stop)

    def add(self, name, functions, peers, sections, keeps, protected, scs=""):
        n = self.network
        daemon = n.add(name, functions, peers, sections, keeps)
        text = daemon.read("godwit.yaml").replace("diameter:\n", f"diameter:\n  {protected(name)}\n")
        daemon.config = daemon.write("godwit.yaml", text.replace("  peers: [", f"  peers: [{scs}"))

    def start(self, iwf="", root="flagged", feature="e2m-me", protected=lambda name: 'link_protected: "this test"', scs_peer="", files=()):
        """The network and a device that the SCS may trigger; nothing is attached yet."""
        n = self.network
        n.address("sgw")
        self.add(HSS, "hss", [MME, IWF], f"hss:\n  best_plmn: 999-99\n  networks: [{{realm: visited.example, plmn: 001-02}}]\n"
                 f"  trigger: {{mtc_iwfs: [{{host: {IWF}, realm: home.example, roots: true}}], root: {root}}}\n", True, protected)
        self.add(IWF, "mtc_iwf", [(HSS,), MME], f'mtc_iwf:\n  a3: "{n.address(IWF)}:7336"\n  sources: [{{name: {SCS}}}]\n  retry_ms: 1000\n'
                 f"  retry_max_ms: 4000\n  node_timeout_ms: 8000\n  ack_ms: 4000\n  hss: {{host: {HSS}, realm: home.example}}\n{iwf}", True, protected,
                 f"{{identity: {SCS}, realm: example.net{scs_peer}}}, ")
        n.add(PGW, "pgw", [], f"pgw:\n  gtp: {n.address(PGW)}\n  home: 001-01\n  apns: [{{name: iot.example, kind: tunnel, server: \"127.0.0.1:9\", "
              f"pool: {n.net}.100, pool_size: 20}}]\n")
        self.add(MME, "mme, sgw", [(HSS,), (IWF,)], f'mme:\n  plmn: 001-02\n  radio: "{n.address(MME)}:7332"\n  gtp: {n.address(MME)}\n'
                 f"  sgw: {n.address('sgw')}\n  pgw: {n.address(PGW)}\n  apn: iot.example\n  hss: {{host: {HSS}, realm: home.example}}\n"
                 f"  trigger: {{on: true}}\nsgw: {{gtp: {n.address('sgw')}}}\n", False, protected)
        n.start()
        n.wait_links((IWF, HSS), (MME, HSS), (MME, IWF))
        hss = n.daemons[HSS]
        self.device = Device(hss.directory, IMSI).subscribe(hss, "--feature", "trigger", *(["--feature", feature] if feature else []))
        cli.result("sub", "trigger", "add", "--imsi", IMSI, "--external-id", METER, "--source", SCS, "--store", hss.path("store.db"), "--key-file",
                   hss.path("store.key"))
        self.scs = Peer(n.ports[IWF], files=files)

    def valve(self, *options):
        return Valve(self.network, self.device, *options, a3=f"{self.network.address(IWF)}:7336")

    def triggered(self, valve, reference, payload="77616b65", proved="1", protected="1"):
        """One trigger to a device that can be reached: it acts once, and the SCS hears so."""
        self.assertEqual(self.scs.action(1, reference, payload=payload), SUCCESS)
        got = valve.delivered()
        self.assertEqual((got["payload"], got["port"], got["priority"], got["repeated"]), (payload, "5683", "1", "0"))
        self.assertEqual((got["proved"], got["protected"]), (proved, protected), got)
        named = got["proved"] == "1" or got["protected"] == "0"  # in case 1 the name stands there, and nobody vouches for it
        self.assertEqual(got["source"], hashlib.sha256(SCS.encode()).hexdigest()[:16] if named else "0" * 16)
        notice = self.scs.next("dnr")
        self.assertEqual((notice["reference"], notice["outcome"]), (str(reference), "0"))

    def end(self, valve):
        valve.stop()
        self.scs.stop()
        for daemon in self.network.daemons.values():
            no_key_in(self, self.device, daemon.read("log"))

    def test_over_tls_with_keys_of_the_hss(self):
        tls.authority("ca")
        for name in (HSS, IWF, MME, SCS):
            tls.certificate(name, name)
        files = lambda name: "tls: {{certificate: {}, key: {}, ca: {}}}".format(*tls.files(name))  # noqa: E731
        self.start(protected=files, files=tls.files(SCS))
        valve = self.valve()
        valve.attach()
        valve.out.next("trigger associated")
        self.triggered(valve, 1)
        # Idle: it is paged.
        valve.say("idle")
        valve.out.next("access idle")
        self.triggered(valve, 2, payload="02" * 80)
        # Away: what comes meanwhile waits; what is recalled or replaced does not come.
        valve.say("detach")
        valve.out.next("access detached")
        self.assertEqual([self.scs.action(1, reference, payload=f"0{reference}") for reference in (3, 4, 5)], [SUCCESS] * 3)
        self.assertEqual(self.scs.action(3, 6, old=4, payload="-", port="-", priority="-", validity="-"), SUCCESS)
        self.assertEqual(self.scs.action(4, 7, old=5, payload="07"), SUCCESS)
        self.assertEqual(self.scs.action(3, 8, old=1, payload="-", port="-", priority="-", validity="-"), SENT)
        valve.attach()
        self.assertEqual({valve.delivered()["payload"], valve.delivered()["payload"]}, {"03", "07"})
        outcomes = {}
        while not {"3", "7"} <= set(outcomes):
            notice = self.scs.next("dnr")
            outcomes[notice["reference"]] = notice["outcome"]
        self.assertEqual((outcomes["3"], outcomes["7"]), ("0", "0"))
        time.sleep(1)
        self.assertEqual(len(valve.deliveries()), 4)
        self.end(valve)

    def test_wifi_goes_on_with_the_association(self):
        self.start()
        valve = self.valve()
        valve.attach()
        valve.out.next("trigger associated")
        self.triggered(valve, 1)
        valve.say("detach")
        valve.out.next("access detached")
        valve.say("wifi")
        valve.out.next("trigger polled")
        self.triggered(valve, 2)
        self.end(valve)

    def test_whoever_dies_comes_back_and_nothing_is_lost(self):
        self.start()
        n = self.network
        wire = capture(n.daemons[IWF], [n.ports[HSS], n.ports[IWF]])
        valve = self.valve()
        valve.attach()
        valve.out.next("trigger associated")
        valve.power_off()
        self.assertEqual([self.scs.action(1, reference, payload=f"0{reference}") for reference in (1, 2)], [SUCCESS] * 2)
        n.restart(IWF)
        valve.switch_on()
        valve.attach()
        self.assertEqual({valve.delivered()["payload"], valve.delivered()["payload"]}, {"01", "02"})
        outcomes = {self.scs.next("dnr")["reference"] for _ in range(2)}
        self.assertEqual(outcomes, {"1", "2"})
        time.sleep(1)
        self.assertEqual(len(valve.deliveries()), 2)
        check_wire(wire, ("16777309", "8388639"), ("16777309", "8388640"), ("16777310", "8388641"), ("16777251", "316"))
        self.end(valve)

    def test_open_way_from_the_scs_carries_no_proof(self):
        self.start(iwf="  accept_open: true\n", scs_peer=", protection: open")
        valve = self.valve()
        valve.attach()
        self.triggered(valve, 1, proved="0")
        self.end(valve)

    def test_scs_of_godwitd_is_asked_by_its_control_socket(self):
        self.start()
        self.scs.stop()
        n = self.network
        scs = n.add(SCS, "scs", [(IWF,)], f"scs: {{mtc_iwf: {{host: {IWF}, realm: home.example}}, answer_ms: 2000, attempts: 9}}\n")
        scs.start()
        valve = self.valve()
        valve.attach()
        reference = scs.ask(command="trigger-send", external_id=METER, payload="wake", port=5683, priority=True, validity=600)["reference"]
        got = valve.delivered()
        self.assertEqual((bytes.fromhex(got["payload"]), got["proved"]), (b"wake", "1"))
        scs.wait_for("the report", lambda: scs.ask(command="trigger-status", reference=reference)["state"] == "done")
        told = scs.ask(command="trigger-status", reference=reference)
        self.assertEqual((told["action"], told["status"], told["outcome"], told["reports"]), ("trigger", "SUCCESS", "SUCCESS", 1))
        valve.say("detach")
        valve.out.next("access detached")
        first = scs.ask(command="trigger-send", external_id=METER, payload="1", port=1)["reference"]
        scs.wait_for("its acceptance", lambda: scs.ask(command="trigger-status", reference=first)["state"] == "accepted")
        recall = scs.ask(command="trigger-recall", old_reference=first)["reference"]  # the device is that of the first
        scs.wait_for("the recall's answer", lambda: scs.ask(command="trigger-status", reference=recall)["status"] == "SUCCESS")
        late = scs.ask(command="trigger-recall", old_reference=reference)["reference"]
        scs.wait_for("the refusal", lambda: scs.ask(command="trigger-status", reference=late)["status"] == "ORIGINALMESSAGESENT")
        replaced = scs.ask(command="trigger-send", external_id=METER, payload="2", port=1)["reference"]
        scs.wait_for("its acceptance", lambda: scs.ask(command="trigger-status", reference=replaced)["state"] == "accepted")
        scs.ask(command="trigger-replace", old_reference=replaced, payload="3", port=1)
        valve.attach()
        self.assertEqual(bytes.fromhex(valve.delivered()["payload"]), b"3")
        self.assertEqual(scs.ask(command="trigger-status", reference=4711)["error"]["reason"], "not_found")
        self.assertEqual(n.daemons[IWF].ask(command="trigger-status", reference=1)["error"]["reason"], "not_found")
        valve.stop()

    def test_open_way_is_refused_unless_it_is_accepted(self):
        self.start(scs_peer=", protection: open")
        self.assertNotEqual(self.scs.action(1, 1), SUCCESS)
        self.scs.stop()

    def test_case_1_is_what_the_networks_say(self):
        self.start(iwf="  protect: hop\n")
        valve = self.valve("network=1")
        valve.attach()
        self.triggered(valve, 1, protected="0", proved="0")
        self.end(valve)

    def test_case_1_is_not_acted_on_by_a_device_that_wants_more(self):
        self.start(iwf="  protect: hop\n")
        valve = self.valve()
        valve.attach()
        self.assertEqual(self.scs.action(1, 1), SUCCESS)
        valve.out.next("trigger unprotected")
        self.assertEqual(valve.deliveries(), [])
        self.end(valve)

    def test_keys_of_the_mme(self):
        self.keys_of("  key_from: mme\n  ue_key: derived\n", [])

    def test_keys_of_the_mme_that_the_device_receives(self):
        self.keys_of("  key_from: mme\n  ue_key: received\n", ["received=1"])

    def test_keys_of_a_root_that_the_hss_hands_over(self):
        self.keys_of("  key_from: iwf\n  root: kasme\n", [])

    def keys_of(self, iwf, options):
        self.start(iwf=iwf, root="kasme", feature=None)
        valve = self.valve("roots=kasme", *options)
        valve.attach()
        self.triggered(valve, 1)
        if options:
            self.assertTrue(any(line.startswith("ue-key") for line in valve.out.all), valve.out.all)
        self.end(valve)


if __name__ == "__main__":
    unittest.main()
