# SPDX-License-Identifier: Apache-2.0
"""Next session (contribution 000) over real processes: EPS, an MME with its store, S-GW and P-GW, the home over S6a. What was saved is counted in the
frames that passed, NAS octets without the radio's own; where tshark is installed it reads them as well."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import unittest

from access import HSS, MME, PGW, Network, Phone, cli
from test_next_session_sgsn import Relay

NAS = 1  # kind of a frame, docs/radio.md
ATTACH_REQUEST, AUTHENTICATION_REQUEST, AUTHENTICATION_RESPONSE, SECURITY_MODE_COMMAND = 0x41, 0x52, 0x53, 0x5D


def nas(frames):
    return [frame[1:] for frame in frames if frame[0] == NAS]


def type_of(message):
    """EMM type as anybody sees it on the air; None where it is ciphered."""
    header = message[0] >> 4
    return message[1] if header == 0 else message[7] if header in (1, 3, 5) else None


def octets_of(relay, *types):
    return sum(len(m) for m in nas(relay.up) + nas(relay.down) if type_of(m) in types)


class NextSession(unittest.TestCase):
    def network_with(self, more="", addresses=(MME,)):
        self.network = n = Network()
        self.addCleanup(n.stop)
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.server.bind(("127.0.0.1", 0))
        self.server.settimeout(120)
        self.addCleanup(self.server.close)
        port = self.server.getsockname()[1]
        for name in (*addresses, "sgw", PGW):
            n.address(name)
        n.hss("c", list(addresses))
        n.add(PGW, "pgw", [], f"pgw:\n  gtp: {n.address(PGW)}\n  home: 001-01\n"
              f'  apns: [{{name: iot.example, kind: tunnel, server: "127.0.0.1:{port}", pool: {n.net}.100, pool_size: 20}}]\n')
        n.add("sgw.visited.example", "sgw", [], f"sgw: {{gtp: {n.address('sgw')}}}\n")
        for number, name in enumerate(addresses):
            other = addresses[1 - number] if len(addresses) > 1 else None
            s10 = f"  others: [{{group: 1, code: {2 - number}, address: {n.address(other)}}}]\n" if other else ""
            n.add(name, "mme", [(HSS,)], f'mme:\n  plmn: 001-02\n  radio: "{n.address(name)}:7332"\n  gtp: {n.address(name)}\n'
                  f"  sgw: {n.address('sgw')}\n  pgw: {n.address(PGW)}\n  group: 1\n  code: {number + 1}\n"
                  f"  hss: {{host: {HSS}, realm: home.example}}\n{s10}  next_session: {{on: true{more}}}\n", keeps=True)
        n.start()
        n.wait_links(*((name, HSS) for name in addresses))
        self.phone = Phone(n, feature="next-session")

    def attach(self, carrier, *words, mme=MME):
        relay = Relay(self.network.address(mme))
        try:
            code, out, error = cli.run("attach", "--json", "--imsi", self.phone.imsi, "--usim", "soft:" + self.phone.card, "--access", "eps",
                                       "--mme", relay.address(), "--serving-network", "001-02", "--apn", "iot.example", "--next-session",
                                       "--carrier", carrier, *words)
        finally:
            relay.close()
        told = cli.json.loads(out) if out.strip() else {}
        self.assertEqual(code, 0, (told, error))
        return told, relay

    def reading(self):
        return self.server.recv(2048).decode()

    def types(self, relay):
        return [type_of(m) for m in nas(relay.up) + nas(relay.down)]

    def two_sessions(self, carrier):
        told, ordinary = self.attach(carrier, "first")
        self.assertEqual(self.reading(), "first")
        self.assertTrue(told["next_stored"] and not told["next_used"], told)
        told, following = self.attach(carrier, "second")
        self.assertEqual(self.reading(), "second")
        self.assertTrue(told["next_stored"] and told["next_used"], told)
        return ordinary, following

    def test_the_second_attach_carries_its_reading_and_has_no_authentication(self):
        self.network_with()
        ordinary, following = self.two_sessions("nas")
        self.assertEqual(self.types(ordinary).count(AUTHENTICATION_REQUEST), 1)
        self.assertNotIn(AUTHENTICATION_REQUEST, self.types(following))
        self.assertNotIn(SECURITY_MODE_COMMAND, self.types(following))
        # Gross: AUTHENTICATION REQUEST 36 and RESPONSE 11, and a round trip; the security mode and ESM information are saved besides.
        self.assertEqual(octets_of(ordinary, AUTHENTICATION_REQUEST, AUTHENTICATION_RESPONSE), 47)
        self.assertEqual(octets_of(following, AUTHENTICATION_REQUEST, AUTHENTICATION_RESPONSE), 0)
        self.assertEqual(len(nas(ordinary.down)) - len(nas(following.down)), 3)  # authentication, security mode, ESM information
        request = nas(following.up)[0]
        self.assertEqual((request[0], request[5], type_of(request)), (0x57, 0, ATTACH_REQUEST))
        self.assertNotIn(b"second", b"".join(following.up + following.down))
        # The reading went with the first frame: up there are attach request, attach complete, detach request and no more.
        self.assertEqual(len(nas(following.up)), 3)
        self.shown_by_tshark(ordinary, following)
        told, third = self.attach("nas", "third")
        self.assertEqual(self.reading(), "third")
        self.assertTrue(told["next_used"], told)
        self.assertNotIn(AUTHENTICATION_REQUEST, self.types(third))
        self.network.no_key_in_logs(self, self.phone)

    def shown_by_tshark(self, ordinary, following):
        if shutil.which("tshark") is None:
            return
        for relay, count in ((ordinary, 1), (following, 0)):
            path = self.network.daemons[MME].path("nas.pcap")
            with open(path, "wb") as file:
                file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 147))
                for m in nas(relay.up) + nas(relay.down):
                    file.write(struct.pack("<IIII", 0, 0, len(m), len(m)) + m)
            shown = subprocess.run(["tshark", "-r", path, "-o", 'uat:user_dlts:"User 0 (DLT=147)","nas-eps","0","","0",""', "-Y",
                                    "nas_eps.nas_msg_emm_type == 0x52", "-T", "fields", "-e", "frame.len"], capture_output=True, text=True, check=True)
            self.assertEqual(shown.stdout.split(), ["36"] * count)

    def test_the_reading_follows_on_the_bearer(self):
        self.network_with()
        _, following = self.two_sessions("pdp")
        self.assertEqual(nas(following.up)[0][0], 0x17)
        self.assertNotIn(AUTHENTICATION_REQUEST, self.types(following))
        self.assertEqual(len(nas(following.up)), 4)

    def test_the_mme_restarts_between_and_what_was_used_is_not_taken_again(self):
        self.network_with()
        self.attach("nas", "first")
        self.reading()
        with open(self.phone.card + ".next", "rb") as file:
            before = file.read()
        self.network.restart(MME, signal.SIGTERM)
        self.network.wait_links((MME, HSS))
        told, _ = self.attach("nas", "second")
        self.assertEqual(self.reading(), "second")
        self.assertTrue(told["next_used"], told)
        with open(self.phone.card + ".next", "wb") as file:  # somebody has put a backup of the device's memory back
            file.write(before)
        told, relay = self.attach("nas", "third")
        self.assertEqual(self.reading(), "third")
        self.assertFalse(told["next_used"], told)
        self.assertEqual(self.types(relay).count(AUTHENTICATION_REQUEST), 1)

    def test_a_device_without_its_record_comes_in_by_aka(self):
        self.network_with()
        self.attach("nas", "first")
        self.reading()
        os.unlink(self.phone.card + ".next")
        told, relay = self.attach("nas", "second")
        self.assertEqual(self.reading(), "second")
        self.assertFalse(told["next_used"], told)
        self.assertIn(AUTHENTICATION_RESPONSE, self.types(relay))

    def test_a_vector_handed_over_early_serves_after_the_power_was_lost(self):
        self.network_with(", early: true")
        self.attach("nas", "--stay", "first")
        self.reading()
        told, relay = self.attach("nas", "second")
        self.assertEqual(self.reading(), "second")
        self.assertTrue(told["next_used"], told)
        self.assertNotIn(AUTHENTICATION_REQUEST, self.types(relay))

    def test_another_mme_asks_that_which_has_the_vector(self):
        second = "mme2.visited.example"
        self.network_with(addresses=(MME, second))
        self.attach("nas", "first")
        self.reading()
        told, relay = self.attach("nas", "elsewhere", mme=second)
        self.assertEqual(self.reading(), "elsewhere")
        self.assertTrue(told["next_used"] and told["next_stored"], told)
        self.assertNotIn(AUTHENTICATION_REQUEST, self.types(relay))
        told, _ = self.attach("nas", "and back")
        self.assertEqual(self.reading(), "and back")
        self.assertTrue(told["next_used"], told)


if __name__ == "__main__":
    unittest.main()
