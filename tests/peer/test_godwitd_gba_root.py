#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Agreement 04 against godwitd: a device in Python bootstraps over Ub, names its B-TID in a Session Request, and sends under Ks_NAF of the EMKS;
and `godwit gba bootstrap` with `godwit send --gba` do the same."""
import json
import os
import subprocess
import tempfile
import unittest

import aka
import keys
from daemon_case import DaemonCase, Godwitd
from sender import GODWIT, IMSI, K, OPC, WAIT
from ub import Bsf, Client, impi_of, ks_naf

BSF = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
NAF_ID = b"hse.home.example" + bytes.fromhex("ff00000001")
OTHER = "001010123456788"


class Home(DaemonCase):
    def home(self, *features, agreements="[gba]", life=86400):
        daemon = self.enterContext(Godwitd())
        daemon.configure(functions="[hss, emks, hse, gba_bsf]", hse=f"agreements: {agreements}", extra=f"""emks: {{agreements: {agreements}, gba: {{}}}}
gba_bsf:
  plmn: 001-01
  http: "127.0.0.1:0"
  life_seconds: {life}
  nafs: [{{host: hse.home.example, names: [hse.home.example]}}]""")
        for imsi in (IMSI, OTHER):
            subprocess.run([GODWIT, "sub", "add", "--imsi", imsi, "--k", K.hex(), "--opc", OPC.hex(), "--store", daemon.path("store.db"), "--key-file",
                            daemon.path("store.key"), *(word for one in features for word in ("--feature", one))], check=True, capture_output=True, timeout=WAIT)
        self.usim = aka.Usim(K, OPC, IMSI)
        return daemon.start()


class GbaRoot(Home):
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


class SendGba(Home):
    def home(self, *features, card=(), **options):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.daemon = super().home(*features, **options)
        self.godwit("usim", "create", "--imsi", IMSI, "--k", K.hex(), "--opc", OPC.hex(), *card, self.file(f"{IMSI}.usim"))

    def file(self, name):
        return os.path.join(self.folder, name)

    def run_godwit(self, *words):
        return subprocess.run([GODWIT, *words, "--json"], capture_output=True, text=True, timeout=WAIT, check=False,
                              env=dict(os.environ, GODWIT_STATE=self.folder))

    def godwit(self, *words, code=0):
        """What it says: its JSON, or what is wrong."""
        done = self.run_godwit(*words)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if code == 0 and done.stdout else done.stderr

    def bootstrap(self, *options):
        host, port = self.daemon.address("ub-http")
        return self.godwit("gba", "bootstrap", "--bsf", f"http://{host}:{port}", "--imsi", IMSI, *options)

    def send(self, text, *options, gba=f"{IMSI}.gba", code=0):
        host, port = self.daemon.address()
        return self.godwit("send", "--imsi", IMSI, "--hse", f"{host}:{port}", "--endpoint", "hse.home.example", "--emks", "hse.home.example",
                           "--gba", self.file(gba), "--retransmit", "200", *options, text, code=code)

    def test_the_next_call_needs_no_handshake(self):
        self.home()
        self.bootstrap()
        self.assertTrue(self.send("20.5")["set_up"])
        self.delivered(self.daemon, "20.5")
        second = self.send("20.6")
        self.assertEqual((second["set_up"], second["datagrams_up"]), (False, 1))
        self.delivered(self.daemon, "20.5", "20.6")
        self.assertEqual(self.session(self.daemon)["agreement"], "gba")

    def test_gba_u_where_the_card_keeps_ks(self):
        self.home("gba-u", card=("--gba-u",))
        self.bootstrap("--flavour", "u")
        self.assertTrue(self.send("1")["set_up"])
        self.delivered(self.daemon, "1")
        os.remove(self.file(f"{IMSI}.state"))  # a new session of the same bootstrapping
        self.assertTrue(self.send("2")["set_up"])
        self.delivered(self.daemon, "1", "2")

    def test_a_bootstrapping_that_was_replaced_is_refused_by_name(self):
        self.home()
        self.bootstrap("--state", self.file("old.gba"))
        self.bootstrap()
        self.send("1")
        self.delivered(self.daemon, "1")
        error = self.send("2", "--state", self.file("another.state"), gba="old.gba", code=1)
        self.assertIn("unknown_key; run godwit gba bootstrap again", error)
        self.send("3")  # the live session of the new one stands
        self.delivered(self.daemon, "1", "3")

    def test_the_key_of_another_naf_is_none(self):
        self.home()
        self.bootstrap()
        self.send("1", "--ua", "ff00000002", "--attempts", "1", code=1)
        self.send("2")
        self.delivered(self.daemon, "2")

    def test_an_expired_bootstrapping_sets_up_nothing_but_a_live_session_goes_on(self):
        self.home()
        self.bootstrap()
        self.send("1")
        auc = aka.Auc(K, OPC, seq=1000)
        for life in (2, 4, 8, 16, 32, 64):  # one that has ended when it is to be stored is refused at once, as may be on a busy machine
            bsf = Bsf(BSF, impi_of(IMSI), auc=auc, life=life)
            self.addCleanup(bsf.close)
            done = self.run_godwit("gba", "bootstrap", "--bsf", f"http://127.0.0.1:{bsf.port}", "--imsi", IMSI)
            if done.returncode == 0:
                break
        self.assertEqual(done.returncode, 0, done.stderr)
        self.daemon.wait_for("the end of its life", self.is_over)
        self.assertFalse(self.send("2")["set_up"])
        self.delivered(self.daemon, "1", "2")
        error = self.send("3", "--state", self.file("another.state"), code=1)
        self.assertIn("key_expired; run godwit gba bootstrap again", error)

    def is_over(self):
        words = (GODWIT, "gba", "key", "--naf", "hse.home.example", "--imsi", IMSI)
        return subprocess.run(words, capture_output=True, check=False, timeout=WAIT, env=dict(os.environ, GODWIT_STATE=self.folder)).returncode != 0

    def test_options_that_do_not_go_together(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        send = ("send", "--imsi", IMSI, "x")
        for words in (("--emks", "a.example"), ("--ua", "ff00000001"), ("--gba", "f"), ("--gba", "f", "--emks", "a.example", "--ua", "00"),
                      ("--gba", "f", "--emks", "a.example", "--agreement", "separate-eps"),
                      ("--gba", "f", "--akma", "f", "--emks", "a.example"), ("--akma", "f", "--emks", "a.example", "--bsf-name", "b.example"),
                      ("--gba", "f", "--emks", "a.example", "--routing", "1")):
            self.assertIn("--", self.godwit(*send, *words, code=2))
        self.assertIn("nothing is bootstrapped", self.godwit(*send, "--gba", self.file("none"), "--emks", "a.example", code=1))
        self.assertIn("no anchor key", self.godwit(*send, "--akma", self.file("none"), "--emks", "a.example", code=1))


if __name__ == "__main__":
    unittest.main()
