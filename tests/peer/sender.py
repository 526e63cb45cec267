# SPDX-License-Identifier: Apache-2.0
"""Runs `godwit send` against a UDP socket of the test. Every wait is bounded."""
import json
import os
import select
import socket
import subprocess
import tempfile

from aka import Auc
from network import Network

GODWIT = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit")
# The test card: TS 35.208 4.3.1.
IMSI = "001010123456789"
K = bytes.fromhex("465b5ce8b199b49faa5f0a2ee238a6bc")
OPC = bytes.fromhex("cd63cb71954a9f4e48a5994e37a02baf")
WAIT = 120.0  # until a test gives up; nothing is measured


class Silence(Exception):
    """Nothing came in time."""


class Device:
    """A card, a record of the session, and the address of the HSE they talk to."""
    command = ("send",)

    def __init__(self, *options, family=socket.AF_INET):
        self.folder = tempfile.TemporaryDirectory()
        self.card, self.state = (os.path.join(self.folder.name, name) for name in ("card", "state"))
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.options, self.device, self.runs = options, None, []
        subprocess.run([GODWIT, "usim", "create", "--imsi", IMSI, "--k", K.hex(), "--opc", OPC.hex(), self.card],
                       check=True, capture_output=True, timeout=WAIT)

    def close(self):
        for run in self.runs:
            run.stop()
        self.socket.close()
        self.folder.cleanup()

    def send(self, text, *options):
        self.runs.append(Run(self, text, options))
        return self.runs[-1]

    def next(self, timeout=WAIT):
        """The next datagram of the device; the answer goes to its address."""
        if not select.select([self.socket], [], [], timeout)[0]:
            raise Silence()
        datagram, self.device = self.socket.recvfrom(2048)
        return datagram

    def answer(self, datagram):
        self.socket.sendto(datagram, self.device)

    def network(self, **options):
        return Network(Auc(K, OPC), **options)

    def rest(self):
        """What else came; of a process that ended everything is here, without waiting."""
        datagrams = []
        while select.select([self.socket], [], [], 0)[0]:
            datagrams.append(self.socket.recvfrom(2048)[0])
        return datagrams

    def set_up(self, network, text="reading 1", *options, **start_options):
        """Request, Start, Confirmation, in a process that then ends: returns the three datagrams."""
        run = self.send(text, *options)
        request = self.next()
        start = network.start(request, **start_options)
        self.answer(start)
        confirmation = self.next()
        assert network.confirmation(confirmation, request, start) == text.encode()
        code, _, err = run.finish()
        assert code == 0, err
        return request, start, confirmation


class Run:
    """One `godwit send`, started. It gets its reading through standard input, which stays open until finish(): so it hears all that a
    test answers before that, however slow the machine."""

    def __init__(self, device, text, options):
        host, port = device.socket.getsockname()[:2]
        hse = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        given = list(options)
        for pair in (*zip(device.options[::2], device.options[1::2]), ("--retransmit", "5000"), ("--wait", "0")):
            repeated = pair[0] in ("--suite", "--agreement")
            given += pair if repeated or pair[0] not in given else ()
        words = [GODWIT, *device.command, "--imsi", IMSI, "--usim", "soft:" + device.card, "--state", device.state, "--hse", hse, "--json", *given]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.write(text)

    def write(self, text):
        """One more reading."""
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def finish(self):
        """(exit code, the JSON objects printed, standard error)."""
        out, err = self.process.communicate(timeout=WAIT)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], err

    def stop(self):
        """Kills it, as a power cut would, if it is still there."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.communicate()
