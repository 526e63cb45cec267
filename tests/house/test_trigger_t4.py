#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A trigger by short message through real processes: MTC-IWF, T4, SMS-SC, SGd, SGSN, and a device that listens; what it answers goes by the
SGSN and T5. What passed between the nodes is read by tshark: Diameter, and the TPDU in it, down to the port of the device's trigger function."""
import shutil
import signal
import subprocess
import time
import unittest

from access import HSS, SGSN
from test_listen import IWF, NUMBER, Listening
from test_sms import NUMBER as CENTRE, SC
from whole import free_port

FIELDS = ("diameter.cmd.code", "diameter.applicationId", "gsm_sms.tp-mti", "gsm_sms.destination_port", "_ws.malformed", "_ws.expert.message")
T4, SGD = "16777311", "16777313"


class Wire:
    """Diameter between these nodes, where this machine lets it be captured."""

    def __init__(self, network):
        self.ports, self.process = list(network.ports.values()), None
        self.path = network.daemons[HSS].path("capture.pcapng")
        if shutil.which("dumpcap") is None or shutil.which("tshark") is None:
            print("no dumpcap or no tshark here: nothing is captured")
            return
        self.process = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-f", " or ".join(f"tcp port {port}" for port in self.ports), "-w", self.path],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            self.process.wait(1)
            print("the loopback cannot be captured here:", self.process.stderr.read().strip())
            self.process = None
        except subprocess.TimeoutExpired:
            pass

    def tshark(self, *words):
        command = ["tshark", "-r", self.path]
        for port in self.ports:
            command += ["-d", f"tcp.port=={port},diameter"]
        return subprocess.run([*command, *words], capture_output=True, text=True, check=True).stdout

    def check(self, case):
        if self.process is None:
            return
        time.sleep(0.5)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.process.stderr.close()
        words = [word for field in FIELDS for word in ("-e", field)]
        rows = [dict(zip(FIELDS, line.split("|"))) for line in self.tshark("-T", "fields", "-E", "separator=|", "-E", "occurrence=a", *words).splitlines()]
        case.assertEqual([row for row in rows if row["_ws.malformed"]], [])
        seen = {(application, code) for row in rows for application in row["diameter.applicationId"].split(",") for code in row["diameter.cmd.code"].split(",")}
        case.assertLessEqual({(T4, "8388643"), (T4, "8388644"), (SGD, "8388646")}, seen)
        # SMS-DELIVER (0) to the device's trigger function.
        ports = {(row["gsm_sms.tp-mti"].split(",")[0], row["gsm_sms.destination_port"].split(",")[0]) for row in rows if row["gsm_sms.tp-mti"]}
        case.assertIn(("0", "16021"), ports)
        tree = self.tshark("-V", "-Y", f"diameter.applicationId == {T4} || diameter.applicationId == {SGD}")
        case.assertEqual([line for line in tree.splitlines() if "AVP: Unknown" in line and "vnd=TGPP" in line], [])


class ByShortMessage(Listening):
    def start(self, iwf="", hss="", more="", node=SGSN):
        n = self.network
        hse, centre = free_port(), free_port()
        sc = n.add(SC, "sms_sc", [IWF, SGSN], f'sms_sc:\n  number: "{CENTRE}"\n  hse: {{listen: "127.0.0.1:{centre}", peer: "127.0.0.1:{hse}"}}\n'
              f'  mtc_iwf: {{host: {IWF}, realm: home.example, number: "{NUMBER}"}}\n')
        # T4 counts over a way that proves who speaks, and over no other: this one is declared to.
        sc.config = sc.write("godwit.yaml", sc.read("godwit.yaml").replace(f"{{identity: {IWF}, realm: home.example}}",
                                                                           f"{{identity: {IWF}, realm: home.example, protection: nds-ip}}"))
        self.node_more = f"  sms_sc: {{host: {SC}, realm: home.example}}\n"
        super().start(iwf=iwf, hss=hss, more=more, node=node)

    def sgsn(self):
        super().sgsn()
        for name in (SGSN, IWF):
            daemon = self.network.daemons[name]
            text = daemon.read("godwit.yaml").replace("  peers: [", f'  peers: [{{identity: {SC}, realm: home.example, protection: nds-ip, '
                                                         f'address: "127.0.0.1:{self.network.port(SC)}"}}, ')
            daemon.config = daemon.write("godwit.yaml", text + (self.node_more if name == SGSN else ""))
        self.wire = Wire(self.network)

    def test_it_arrives_and_the_wire_is_well_formed(self):
        self.start(iwf=f'  number: "{NUMBER}"\n  without_t5: true\n  sms_sc: {{host: {SC}, realm: home.example}}\n')
        self.network.wait_links((IWF, SC), (SGSN, SC))
        self.listen(way=["--mme", f"{self.network.address(SGSN)}:7332", "--serving-network", "001-02", "--access", "umts", "--me", "--trigger-number", NUMBER])
        self.heard("attached")
        said = self.send("by short message", "--wait", "60")
        self.assertEqual(said["outcome"], "SUCCESS")
        run, = self.runs()
        self.assertEqual((bytes.fromhex(run["payload"]), run["GODWIT_TRIGGER_PROTECTED"]), (b"by short message", "1"))
        self.assertEqual(self.end_listening(), 0)
        self.wire.check(self)


if __name__ == "__main__":
    unittest.main()
