# SPDX-License-Identifier: Apache-2.0
"""Next session (contribution 000) over real processes: UMTS and GERAN, an SGSN with its store, a GGSN, the home over S6d. A relay between device and
SGSN writes down every frame of the radio, and a socket is the server that the readings are for."""
import os
import signal
import socket
import threading
import unittest

from access import HSS, PGW, SGSN, Network, Phone, capture, cli

ATTACH_REQUEST, AUTHENTICATION_REQUEST, AUTHENTICATION_RESPONSE = 0x01, 0x12, 0x13
OTHER = "sgsn2.visited.example"
NAS, COMMAND, INITIAL, FIRST_PROTECTED = 1, 8, 9, 10  # kinds of frames, docs/radio.md


class Relay:
    """Frames both ways, as they passed."""

    def __init__(self, node, port=7332):
        self.up, self.down, self.node = [], [], (node, port)
        self.near, self.far = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.near.bind(("127.0.0.1", 0))
        self.far.connect(self.node)
        self.device, self.open = None, True
        self.threads = [threading.Thread(target=self.carry_up), threading.Thread(target=self.carry_down)]
        for thread in self.threads:
            thread.start()

    def carry_up(self):
        self.near.settimeout(0.1)
        while self.open:
            try:
                frame, self.device = self.near.recvfrom(4096)
                self.up.append(frame)
                self.far.send(frame)
            except OSError:
                continue

    def carry_down(self):
        self.far.settimeout(0.1)
        while self.open:
            try:
                frame = self.far.recv(4096)
                self.down.append(frame)
                self.near.sendto(frame, self.device)
            except OSError:
                continue

    def address(self):
        return f"127.0.0.1:{self.near.getsockname()[1]}"

    def close(self):
        self.open = False
        for thread in self.threads:
            thread.join()
        self.near.close()
        self.far.close()

    def kinds(self):
        return [frame[0] for frame in self.up], [frame[0] for frame in self.down]

    def plain(self):
        """Types of GMM messages in clear."""
        heads = {NAS: 1, INITIAL: 3, FIRST_PROTECTED: 7}
        return [frame[heads[frame[0]] + 1] for frame in self.up + self.down if frame[0] in heads]


class NextSession(unittest.TestCase):
    def setUp(self):
        self.network = n = Network()
        self.addCleanup(n.stop)
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.server.bind(("127.0.0.1", 0))
        self.server.settimeout(120)
        self.addCleanup(self.server.close)
        port = self.server.getsockname()[1]
        n.hss("c", [SGSN, OTHER])
        n.add(PGW, "pgw", [], f"pgw:\n  gtp: {n.address(PGW)}\n  home: 001-01\n"
              f'  apns: [{{name: iot.example, kind: tunnel, server: "127.0.0.1:{port}", pool: {n.net}.100, pool_size: 20}}]\n')
        self.sgsn, self.other = self.node(SGSN, 1, OTHER, 2), self.node(OTHER, 2, SGSN, 1)
        n.start()
        n.wait_links((SGSN, HSS), (OTHER, HSS))
        self.phone = Phone(n, feature="next-session")

    def node(self, name, lac, neighbour, area):
        n = self.network
        return n.add(name, "sgsn", [(HSS,)], f'sgsn:\n  plmn: 001-02\n  radio: "{n.address(name)}:7332"\n  gtp: {n.address(name)}\n  lac: {lac}\n'
                     f"  apns: [{{ggsn: {n.address(PGW)}}}]\n  hss: {{host: {HSS}, realm: home.example}}\n  next_session: {{on: true}}\n"
                     f"  others: [{{lac: {area}, rac: 1, address: {n.address(neighbour)}}}]\n", keeps=True)

    def attach(self, access, *words, expect=0, node=SGSN):
        relay = Relay(self.network.address(node))
        try:
            code, out, error = cli.run("attach", "--json", "--imsi", self.phone.imsi, "--usim", "soft:" + self.phone.card, "--access", access,
                                       "--mme", relay.address(), "--serving-network", "001-02", "--apn", "iot.example", "--next-session",
                                       "--carrier", "pdp", *words)
        finally:
            relay.close()
        told = cli.json.loads(out) if out.strip() else {}
        self.assertEqual(code, expect, (told, error))
        return told, relay

    def reading(self):
        return self.server.recv(2048).decode()

    def two_sessions(self, access):
        told, ordinary = self.attach(access, "first")
        self.assertEqual(self.reading(), "first")
        self.assertTrue(told["next_stored"] and not told["next_used"], told)
        self.assertEqual(ordinary.plain().count(AUTHENTICATION_REQUEST), 1)
        self.assertEqual(ordinary.kinds()[1].count(COMMAND), 1)
        told, following = self.attach(access, "second")
        self.assertEqual(self.reading(), "second")
        self.assertTrue(told["next_stored"] and told["next_used"], told)
        self.assertEqual(following.plain(), [ATTACH_REQUEST])
        self.assertEqual(following.up[0][0], FIRST_PROTECTED)
        self.assertEqual(following.kinds()[1].count(COMMAND), 0)
        self.assertEqual(len(ordinary.up) - len(following.up), 2)
        self.assertEqual(len(ordinary.down) - len(following.down), 2)
        self.assertNotIn(b"second", b"".join(following.up))
        return following

    def test_the_second_attach_has_no_authentication_in_umts(self):
        self.two_sessions("umts")

    def test_the_second_attach_has_no_authentication_in_geran(self):
        self.two_sessions("geran")

    def test_the_sgsn_restarts_between_and_what_was_used_is_not_taken_again(self):
        self.attach("umts", "first")
        self.reading()
        state = self.phone.card + ".next"
        with open(state, "rb") as file:
            before = file.read()
        self.network.restart(SGSN, signal.SIGTERM)
        self.network.wait_links((SGSN, HSS))
        told, _ = self.attach("umts", "second")
        self.assertEqual(self.reading(), "second")
        self.assertTrue(told["next_used"], told)
        with open(state, "wb") as file:  # somebody has put a backup of the device's memory back
            file.write(before)
        told, relay = self.attach("umts", "third")
        self.assertEqual(self.reading(), "third")
        self.assertFalse(told["next_used"], told)
        self.assertEqual(relay.plain().count(AUTHENTICATION_REQUEST), 1)
        self.network.no_key_in_logs(self, self.phone)

    def test_another_sgsn_of_the_network_fetches_the_vector(self):
        self.attach("umts", "first")
        self.reading()
        wire = capture(self.network)
        told, relay = self.attach("umts", "second", node=OTHER)
        self.assertEqual(self.reading(), "second")
        self.assertTrue(told["next_used"] and told["next_stored"], told)
        self.assertEqual(relay.plain(), [ATTACH_REQUEST])
        self.sgsn.wait_log("next_given_away")
        if wire.captured():
            kinds = [int(row["gtp.message"], 0) for row in wire.rows("gtp.message", which="gtp && !_ws.malformed")]
            self.assertEqual(sorted(kind for kind in kinds if kind in (48, 49)), [48, 49])
        told, _ = self.attach("umts", "third")  # and back
        self.assertTrue(told["next_used"], told)
        self.network.no_key_in_logs(self, self.phone)

    def test_a_device_without_its_record_comes_in_by_aka(self):
        self.attach("geran", "first")
        self.reading()
        os.unlink(self.phone.card + ".next")
        told, relay = self.attach("geran", "second")
        self.assertEqual(self.reading(), "second")
        self.assertFalse(told["next_used"], told)
        self.assertIn(AUTHENTICATION_RESPONSE, relay.plain())


if __name__ == "__main__":
    unittest.main()
