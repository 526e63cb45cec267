# SPDX-License-Identifier: Apache-2.0
"""A godwitd with an AAA server, and eapol_test of wpa_supplicant as access point and device, whose card is in Python."""
import os
import re
import socket
import subprocess
import tempfile
import time

import aka
from daemon_case import DaemonCase, Godwitd
from sender import GODWIT, IMSI, K, OPC, WAIT

SECRET = "a secret of some length"
NAI = f"6{IMSI}@wlan.mnc001.mcc001.3gppnetwork.org"


class EapCase(DaemonCase):
    def aaa(self, functions="[hss, emks, hse, aaa]", features=(), extra=""):
        daemon = self.enterContext(Godwitd())
        secret = daemon.write("secret", SECRET + "\n")
        os.chmod(secret, 0o600)
        daemon.configure(functions=functions, extra=f"""aaa:
  plmn: 001-01
  radius: "127.0.0.1:0"
  access_points: [{{name: ap.cafe.example, address: 127.0.0.1, secret_file: {secret}}}]
{extra}""")
        self.subscriber(daemon, "add", "--k", K.hex(), "--opc", OPC.hex(), *(word for one in features for word in ("--feature", one)))
        return daemon.start()

    def run_eapol_test(self, daemon, usim=None, method="AKA'", secret=SECRET, identity=NAI):
        """The whole run, with a card in Python behind wpa_supplicant's control interface (external_sim)."""
        control = daemon.path("wpa")
        network = daemon.write("network", f"""ctrl_interface={control}
external_sim=1
network={{
    key_mgmt=WPA-EAP
    eap={method}
    identity="{identity}"
}}
""")
        address, port = daemon.address("radius")
        with tempfile.TemporaryFile("w+") as output:
            words = ["eapol_test", "-c", network, "-a", address, "-p", str(port), "-s", secret, "-t", str(int(WAIT)), "-r", "0", "-W"]
            process = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT)
            self.addCleanup(process.kill)
            self.serve_card(process, usim or aka.Usim(K, OPC, IMSI), control, daemon.path("card"))
            output.seek(0)
            return process.wait(WAIT), output.read()

    def serve_card(self, process, usim, control, own):
        deadline = time.monotonic() + WAIT
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            if os.path.exists(own):
                os.unlink(own)
            s.bind(own)
            s.settimeout(0.1)
            while process.poll() is None and time.monotonic() < deadline:
                sockets = os.listdir(control) if os.path.isdir(control) else []
                try:
                    s.connect(os.path.join(control, sockets[0]) if sockets else "nothing")
                    break
                except OSError:
                    time.sleep(0.05)
            s.send(b"ATTACH")
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    line = s.recv(4096).decode()
                except OSError:
                    continue
                asked = re.search(r"CTRL-REQ-SIM-(\d+):UMTS-AUTH:([0-9a-f]{32}):([0-9a-f]{32})", line)
                if asked:
                    s.send(f"CTRL-RSP-SIM-{asked.group(1)}:{self.card_says(usim, asked)}".encode())

    @staticmethod
    def card_says(usim, asked):
        try:
            run = usim.authenticate(bytes.fromhex(asked.group(2)), bytes.fromhex(asked.group(3)))
        except aka.SyncFailure as stale:
            return "UMTS-AUTS:" + stale.auts.hex()
        except aka.MacFailure:
            return "UMTS-FAIL"
        return f"UMTS-AUTH:{run.ik.hex()}:{run.ck.hex()}:{run.res.hex()}"

    @staticmethod
    def subscriber(daemon, *words):
        """godwit sub WORDS of the test card's IMSI."""
        verbs = [word for word in words[:2] if not word.startswith("-")]
        subprocess.run([GODWIT, "sub", *verbs, "--imsi", IMSI, *words[len(verbs):], "--store", daemon.path("store.db"), "--key-file",
                        daemon.path("store.key")], check=True, capture_output=True, timeout=WAIT)
