#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The PSK door against stock clients: openssl s_client over TLS 1.2, TLS 1.3 and DTLS 1.2; unknown identities, wrong keys, slow handshakes, keys that
come late, connections that are all taken."""
import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import unittest

B_TID, KEY = "EBESExQVFhcYGRobHB0eHw==@bsf.example.net", "5a" * 32
SUITE = ["-cipher", "PSK-AES128-GCM-SHA256"]
PATIENCE = 120  # seconds until a test gives up; nothing is measured


class Node:
    """A process with the door, and its lines."""

    def __init__(self, *options):
        self.process = subprocess.Popen([os.environ["PSK_NODE"], "--key", f"{B_TID}={KEY}", *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        ready = self.wait("ready")
        self.tls, self.dtls = (int(re.search(f"\\b{what}=(\\d+)", ready).group(1)) for what in ("tls", "dtls"))

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def wait(self, word):
        end = time.monotonic() + PATIENCE
        while True:
            line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            if line.startswith(word):
                return line

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()
        return self.process.returncode


def client(port, *options, identity=B_TID, key=KEY, send=b"20.5\n"):
    """openssl s_client; what it printed, and whether the handshake was done."""
    process = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-psk", key, "-psk_identity", identity,
                                "-quiet", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(send)
    process.stdin.flush()
    out = b""
    end = time.monotonic() + PATIENCE
    os.set_blocking(process.stdout.fileno(), False)
    while send not in out and process.poll() is None and time.monotonic() < end:
        out += process.stdout.read() or b""
        time.sleep(0.02)
    process.kill()
    rest, errors = process.communicate()
    return out + (rest or b""), errors.decode(errors="replace")


class StockClients(unittest.TestCase):
    def node(self, *options):
        node = Node(*options)
        self.addCleanup(lambda: self.assertEqual(node.stop(), 0))
        return node

    def test_tls_1_2(self):
        node = self.node()
        out, _ = client(node.tls, "-tls1_2", *SUITE, "-servername", "NAF.example.net")
        self.assertIn(b"20.5\n", out)
        wanted = node.wait("wanted")
        self.assertIn(f"tls identity={B_TID} ua=01000100a8 name=naf.example.net", wanted)
        self.assertIn("20.5", node.wait("data"))

    def test_the_identity_may_have_the_prefix_of_33_222(self):
        node = self.node()
        out, _ = client(node.tls, "-tls1_2", *SUITE, identity=f"3GPP-bootstrapping;{B_TID}")
        self.assertIn(b"20.5\n", out)
        self.assertIn(f"identity={B_TID} ", node.wait("wanted"))

    def test_tls_1_3(self):
        node = self.node()
        out, _ = client(node.tls, "-tls1_3")
        self.assertIn(b"20.5\n", out)
        self.assertIn("ua=0100000007", node.wait("wanted"))

    def test_dtls_1_2(self):
        node = self.node()
        for _ in range(3):
            out, _ = client(node.dtls, "-dtls1_2", *SUITE)
            self.assertIn(b"20.5\n", out)
            self.assertIn("dtls identity", node.wait("wanted"))

    def test_an_unknown_identity_and_a_wrong_key_do_not_come_in(self):
        node = self.node()
        for version in (["-tls1_2", *SUITE], ["-tls1_3"]):
            out, errors = client(node.tls, *version, identity="bm9ib2R5@bsf.example.net")
            self.assertNotIn(b"20.5", out)
            self.assertIn("alert", errors)
            self.assertIn("there is no key for that identity", node.wait("refused"))
            out, errors = client(node.tls, *version, key="5b" * 32)
            self.assertNotIn(b"20.5", out)
            self.assertIn("another key", node.wait("refused"))

    def test_without_a_key_there_is_nothing(self):
        node = self.node()
        for version in ("-tls1_2", "-tls1_3"):
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{node.tls}", version], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=PATIENCE)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("before an identity came", node.wait("refused"))

    def test_a_key_that_comes_late_keeps_nobody_else_waiting(self):
        node = self.node()
        waiting = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{node.tls}", "-psk", "01" + "00" * 31, "-psk_identity",
                                    "held", "-tls1_2", *SUITE, "-quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        self.assertIn("identity=held", node.wait("wanted"))
        out, _ = client(node.tls, "-tls1_3")
        self.assertIn(b"20.5\n", out)
        out, _ = client(node.dtls, "-dtls1_2", *SUITE)
        self.assertIn(b"20.5\n", out)
        node.process.stdin.write("give\n")
        node.process.stdin.flush()
        self.assertIn("identity=held", self.opened(node, "held"))
        waiting.kill()
        waiting.communicate()

    def opened(self, node, identity):
        while True:
            line = node.wait("opened")
            if f"identity={identity}" in line:
                return line

    def test_slow_handshakes_are_given_up_and_cost_nobody_else(self):
        node = self.node("--handshake-ms", "600")
        idle = [socket.create_connection(("127.0.0.1", node.tls)) for _ in range(100)]
        idle[0].sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a hello
        served = any(b"20.5\n" in client(node.tls, "-tls1_3")[0] for _ in range(20))  # on a busy machine it is slow itself
        self.assertTrue(served)
        for _ in range(100):
            self.assertIn("too long", node.wait("refused"))
        for connection in idle:
            connection.settimeout(PATIENCE)
            self.assertEqual(connection.recv(1), b"")
            connection.close()

    def test_when_all_connections_are_taken_the_oldest_handshake_goes(self):
        node = self.node("--connections", "8")
        idle = [socket.create_connection(("127.0.0.1", node.tls)) for _ in range(20)]
        out, _ = client(node.tls, "-tls1_3")
        self.assertIn(b"20.5\n", out)
        self.assertIn("oldest handshake", node.wait("refused"))
        for connection in idle:
            connection.close()

    def test_noise_does_no_harm(self):
        node = self.node("--handshake-ms", "30000")
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for i in range(200):
            datagrams.sendto(os.urandom(i % 120 + 1), ("127.0.0.1", node.dtls))
        for i in range(20):
            with socket.create_connection(("127.0.0.1", node.tls)) as connection:
                connection.sendall(os.urandom(200))
        out, _ = client(node.dtls, "-dtls1_2", *SUITE)
        self.assertIn(b"20.5\n", out)
        out, _ = client(node.tls, "-tls1_2", *SUITE)
        self.assertIn(b"20.5\n", out)
        datagrams.close()


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("openssl is not here: skipped")
        sys.exit(77)
    unittest.main()
