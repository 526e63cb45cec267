#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Agreement 04 against godwitd: a device in Python bootstraps over Ub, names its B-TID in a Session Request, and sends under Ks_NAF of the EMKS."""
import subprocess
import unittest

import aka
import keys
from daemon_case import DaemonCase, Godwitd
from sender import GODWIT, IMSI, K, OPC, WAIT
from ub import Client, impi_of, ks_naf

BSF = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
NAF_ID = b"hse.home.example" + bytes.fromhex("ff00000001")
OTHER = "001010123456788"


class GbaRoot(DaemonCase):
    def home(self, agreements="[gba]", life=86400):
        daemon = self.enterContext(Godwitd())
        daemon.configure(functions="[hss, emks, hse, gba_bsf]", hse=f"agreements: {agreements}", extra=f"""emks: {{agreements: {agreements}, gba: {{}}}}
gba_bsf:
  plmn: 001-01
  http: "127.0.0.1:0"
  life_seconds: {life}
  nafs: [{{host: hse.home.example, names: [hse.home.example]}}]""")
        for imsi in (IMSI, OTHER):
            subprocess.run([GODWIT, "sub", "add", "--imsi", imsi, "--k", K.hex(), "--opc", OPC.hex(), "--store", daemon.path("store.db"), "--key-file",
                            daemon.path("store.key")], check=True, capture_output=True, timeout=WAIT)
        self.usim = aka.Usim(K, OPC, IMSI)
        return daemon.start()

    def bootstrap(self, daemon):
        client = Client(daemon.address("ub-http"), BSF, impi_of(IMSI), self.usim).bootstrap()
        return client, keys.e2m_keyset(ks_naf(client.ks, client.rand, client.impi, NAF_ID), keys.GBA)

    def set_up(self, device, client, keyset, reading, **request):
        first = device.request(reference=client.b_tid.encode(), **request)
        generation = device.start_of_reference(first, device.ask(first), keyset)
        device.send(device.confirmation(reading))
        return generation

    def test_a_bootstrapped_key_is_the_root_of_a_session(self):
        daemon = self.home()
        client, keyset = self.bootstrap(daemon)
        device = self.device(daemon, agreements=(4,))
        self.assertEqual(self.set_up(device, client, keyset, b"20.5"), 1)
        self.delivered(daemon, "20.5")
        device.send(device.reading(b"20.6"))
        self.delivered(daemon, "20.5", "20.6")
        self.assertEqual(self.set_up(device, client, keyset, b"20.7"), 2)  # the same bootstrapping: the next generation
        self.delivered(daemon, "20.5", "20.6", "20.7")
        self.assertNotIn(keyset.hex(), daemon.read("log"))
        self.assertEqual(self.session(daemon)["agreement"], "gba")

    def test_a_new_bootstrapping_takes_the_place_of_the_old_one_for_good(self):
        daemon = self.home()
        old, old_keyset = self.bootstrap(daemon)
        device = self.device(daemon, agreements=(4,))
        self.set_up(device, old, old_keyset, b"1")
        self.delivered(daemon, "1")
        new, new_keyset = self.bootstrap(daemon)
        self.assertEqual(self.set_up(device, new, new_keyset, b"2"), 1)
        self.delivered(daemon, "1", "2")
        self.assertEqual(device.hint(device.ask(device.request(reference=old.b_tid.encode())))[0], "unknown_key")

    def test_what_is_not_his_is_refused(self):
        daemon = self.home()
        client, _ = self.bootstrap(daemon)
        device = self.device(daemon, agreements=(4,))
        for reference, reason in ((f"AAAAAAAAAAAAAAAAAAAAAA==@{BSF}", "unknown_key"), ("nonsense", "unknown_key")):
            self.assertEqual(device.hint(device.ask(device.request(reference=reference.encode())))[0], reason)
        device.send(device.request(reference=client.b_tid.encode(), imsi=OTHER))  # another subscriber's name on it
        daemon.wait_log("the bootstrapping of another subscriber")
        device.send(device.request(reference=b"a b"))
        daemon.wait_log("the Session Request cannot be read")

    def test_where_separate_aka_is_allowed_a_name_that_gives_no_key_falls_back_to_it(self):
        daemon = self.home(agreements="[separate-eps, gba]")
        device = self.device(daemon, agreements=(3, 4))
        first = device.request(reference=f"AAAAAAAAAAAAAAAAAAAAAA==@{BSF}".encode())
        device.start(first, device.ask(first))
        device.send(device.confirmation(b"20.5"))
        self.delivered(daemon, "20.5")
        daemon.wait_log("fallback")


if __name__ == "__main__":
    unittest.main()
