#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""EAP-AKA' of wpa_supplicant (its eapol_test, which plays access point and device) against godwitd's AAA server over RADIUS; and what the server must
refuse. eapol_test compares the MSK that RADIUS brings with its own."""
import hashlib
import hmac
import os
import re
import signal
import socket
import struct
import subprocess
import unittest

import aka
from daemon_case import Godwitd
from eap_case import NAI, SECRET, EapCase
from sender import GODWIT, IMSI, K, OPC, WAIT


class Eap(EapCase):
    def exchange(self, daemon, packet, seconds=WAIT):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(seconds)
            s.sendto(packet, daemon.address("radius"))
            return s.recv(4096)

    def silent(self, daemon, packet):
        with self.assertRaises(socket.timeout):
            self.exchange(daemon, packet, 0.5)

    def test_a_stock_device_is_authenticated_and_has_the_same_msk(self):
        daemon = self.aaa()
        code, said = self.run_eapol_test(daemon)
        self.assertEqual(code, 0, said[-3000:])
        self.assertIn("MPPE keys OK: 1  mismatch: 0", said)
        self.assertTrue(said.rstrip().endswith("SUCCESS"))
        self.assertEqual(daemon.counters()[("aaa", "authenticated", "ok")], 1)

    def test_a_card_that_is_ahead_is_resynchronised(self):
        daemon = self.aaa()
        usim = aka.Usim(K, OPC, IMSI)
        usim.seq = [100000] * 32
        code, said = self.run_eapol_test(daemon, usim)
        self.assertEqual(code, 0, said[-3000:])
        self.assertEqual(daemon.counters()[("aaa", "resynchronised", "ok")], 1)

    def test_another_key_another_method_and_another_home_are_refused(self):
        daemon = self.aaa()
        for wrong in ({"usim": aka.Usim(bytes(16), OPC, IMSI)}, {"method": "AKA"}, {"identity": "6001020000000001@wlan.mnc002.mcc001.3gppnetwork.org"},
                      {"identity": f"6{IMSI[:-1]}0@wlan.mnc001.mcc001.3gppnetwork.org"}, {"identity": "nobody"}):
            code, said = self.run_eapol_test(daemon, **wrong)
            self.assertNotEqual(code, 0, wrong)
            self.assertIn("FAILURE", said[-200:], wrong)
        self.assertNotIn(("aaa", "authenticated", "ok"), daemon.counters())

    def test_without_the_secret_nothing_is_answered(self):
        daemon = self.aaa()
        eap = bytes([2, 1]) + struct.pack(">H", 5 + len(NAI)) + b"\x01" + NAI.encode()

        def request(identifier, secret, with_mac=True):
            attributes = bytes([79, 2 + len(eap)]) + eap
            attributes += bytes([80, 18]) + bytes(16) if with_mac else b""
            packet = struct.pack(">BBH", 1, identifier, 20 + len(attributes)) + bytes(range(16)) + attributes
            if with_mac:
                packet = packet[:-16] + hmac.new(secret.encode(), packet, hashlib.md5).digest()
            return packet

        self.silent(daemon, request(1, "another secret of that length"))
        self.silent(daemon, request(2, SECRET, with_mac=False))
        for cut in (1, 19, 30):
            self.silent(daemon, request(3, SECRET)[:cut])
        good = request(4, SECRET)
        first = self.exchange(daemon, good)
        self.assertEqual((first[0], first[1]), (11, 4))  # Access-Challenge
        self.assertEqual(first[4:20], hashlib.md5(first[:4] + good[4:20] + first[20:] + SECRET.encode()).digest())
        self.assertEqual(first[20:22], bytes([80, 18]))  # Message-Authenticator comes first

    def test_sighup_takes_over_access_points_and_their_secrets(self):
        daemon = self.aaa()
        eap = bytes([2, 1]) + struct.pack(">H", 5 + len(NAI)) + b"\x01" + NAI.encode()
        attributes = bytes([79, 2 + len(eap)]) + eap + bytes([80, 18]) + bytes(16)

        def request(identifier, secret):
            packet = struct.pack(">BBH", 1, identifier, 20 + len(attributes)) + bytes(range(16)) + attributes
            return packet[:-16] + hmac.new(secret.encode(), packet, hashlib.md5).digest()

        def hup(config=None):
            done = "are as the configuration says now"
            if config is not None:
                daemon.config = daemon.write("godwit.yaml", config)
            said, seen = len(daemon.read("log")), daemon.read("log").count(done)
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_log(done, seen + 1)
            return daemon.read("log")[said:]

        self.assertEqual(self.exchange(daemon, request(1, SECRET))[0], 11)
        fresh = "another secret of that length"
        os.chmod(daemon.write("secret", fresh + "\n"), 0o600)
        self.assertNotIn("restart", hup())
        self.assertEqual(self.exchange(daemon, request(2, fresh))[0], 11)
        self.silent(daemon, request(3, SECRET))
        os.chmod(daemon.path("secret"), 0o644)  # everybody may read it: nothing changes, not what stands beside it either
        text = daemon.read("godwit.yaml")
        daemon.write("godwit.yaml", text.replace("{level: debug}", "{level: debug, format: json}").replace("address: 127.0.0.1,", "address: 127.0.0.9,"))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_log("event=reload_refused")
        self.assertEqual(self.exchange(daemon, request(4, fresh))[0], 11)
        self.assertNotIn('"event"', daemon.read("log"))
        os.chmod(daemon.path("secret"), 0o600)
        self.assertNotIn("restart", hup(text.replace("address: 127.0.0.1,", "address: 127.0.0.9,")))
        self.silent(daemon, request(5, fresh))
        self.assertIn("aaa: all but access_points", hup(text.replace("plmn: 001-01\n", "plmn: 001-02\n", 1)))
        self.assertEqual(self.exchange(daemon, request(6, fresh))[0], 11)

    def test_a_request_that_comes_again_gets_the_same_answer_and_costs_no_vector(self):
        daemon = self.aaa()
        eap = bytes([2, 1]) + struct.pack(">H", 5 + len(NAI)) + b"\x01" + NAI.encode()
        attributes = bytes([79, 2 + len(eap)]) + eap + bytes([33, 5]) + b"abc" + bytes([80, 18]) + bytes(16)
        packet = struct.pack(">BBH", 1, 7, 20 + len(attributes)) + bytes(range(16)) + attributes
        packet = packet[:-16] + hmac.new(SECRET.encode(), packet, hashlib.md5).digest()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(WAIT)
            s.sendto(packet, daemon.address("radius"))
            first = s.recv(4096)
            s.sendto(packet, daemon.address("radius"))
            self.assertEqual(s.recv(4096), first)
        self.assertIn(bytes([33, 5]) + b"abc", first)  # Proxy-State goes back
        self.assertEqual(daemon.counters()[("aaa", "challenged", "ok")], 1)

    def test_our_own_device_is_authenticated_and_another_is_not(self):
        daemon = self.aaa()
        for k, code in ((K, 0), (bytes(16), 1)):
            card = daemon.path(f"card{code}")
            subprocess.run([GODWIT, "usim", "create", "--imsi", IMSI, "--k", k.hex(), "--opc", OPC.hex(), card], check=True, capture_output=True, timeout=WAIT)
            address, port = daemon.address("radius")
            done = subprocess.run([GODWIT, "eap", "authenticate", "--imsi", IMSI, "--usim", "soft:" + card, "--radius", f"{address}:{port}",
                                   "--radius-secret", daemon.path("secret"), "--json"], capture_output=True, text=True, timeout=WAIT)
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(daemon.counters()[("aaa", "authenticated", "ok")], 1)

    def test_a_secret_that_others_may_read_is_refused(self):
        daemon = self.enterContext(Godwitd())
        secret = daemon.write("secret", SECRET + "\n")
        os.chmod(secret, 0o644)
        daemon.configure(functions="[hss, aaa]", extra=f"""aaa:
  plmn: 001-01
  access_points: [{{name: ap.cafe.example, address: 127.0.0.1, secret_file: {secret}}}]
""")
        daemon.config = daemon.write("godwit.yaml", re.sub(r"\nhse:\n(  .*\n)+", "\n", daemon.read("godwit.yaml")))
        done = subprocess.run([os.path.join(os.path.dirname(GODWIT), "godwitd"), "--config", daemon.config],
                              capture_output=True, text=True, timeout=WAIT)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("only its owner may read", done.stderr)
        self.assertNotIn(SECRET, done.stderr)


if __name__ == "__main__":
    unittest.main()
