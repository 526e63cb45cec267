# SPDX-License-Identifier: Apache-2.0
"""A godwitd with the test card's subscriber, and Python devices that talk to it."""
import json
import os
import subprocess
import sys
import unittest

import aka
import emsdp
from device import Device
from sender import GODWIT, IMSI, K, OPC, WAIT

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "daemon"))
from godwitd import Godwitd  # noqa: E402  (found through the line above)

UNKNOWN_IMSI = "001019999999999"


class DaemonCase(unittest.TestCase):
    def godwitd(self, *features, imsis=(IMSI,), **configuration):
        daemon = self.enterContext(Godwitd())
        daemon.configure(**configuration)
        for imsi in imsis:
            words = [GODWIT, "sub", "add", "--imsi", imsi, "--k", K.hex(), "--opc", OPC.hex(), "--store", daemon.path("store.db"),
                     "--key-file", daemon.path("store.key")] + [word for one in features for word in ("--feature", one)]
            subprocess.run(words, check=True, capture_output=True, timeout=WAIT)
        return daemon.start()

    def device(self, daemon, imsi=IMSI, **options):
        device = Device(aka.Usim(K, OPC, imsi), daemon.address(), **options)
        self.addCleanup(device.close)
        return device

    def answers(self, device):
        """All that came up to now. As a barrier a request of an unknown subscriber goes last: its answer is the last one."""
        probe = device.send(device.request(imsi=UNKNOWN_IMSI))
        end = device.framing.header(0, 0, 0, 0) + bytes([emsdp.REJECT, emsdp.REASON, 1, 10, emsdp.ECHO, 8])
        end += emsdp.echo_of(device.framing, probe)
        found = []
        while True:
            datagram = device.next()
            if datagram == end:
                return found
            found.append(datagram)

    @staticmethod
    def lines(daemon):
        if not os.path.exists(daemon.path("readings")):
            return []
        return [json.loads(line) for line in daemon.read("readings").splitlines()]

    def payloads(self, daemon):
        return [line["payload"] for line in self.lines(daemon)]

    def delivered(self, daemon, *payloads):
        """Waits until these have been delivered, and nothing else."""
        daemon.wait_for(f"{payloads} among the readings", lambda: len(self.payloads(daemon)) >= len(payloads))
        self.assertEqual(self.payloads(daemon), list(payloads))

    def session(self, daemon):
        sessions = daemon.ask(command="session-list")["sessions"]
        self.assertEqual(len(sessions), 1)
        return sessions[0]
