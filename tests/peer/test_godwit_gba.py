#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`godwit gba bootstrap` and `key` against a BSF in Python, written from RFC 3310 and TS 24.109 alone, and against godwitd's."""
import hashlib
import json
import os
import subprocess
import tempfile
import time
import unittest

import aka
import certificates
from daemon_case import Godwitd
from sender import GODWIT, IMSI, K, OPC, WAIT
from ub import Bsf, impi_of, ks_naf

NAME = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
NAF_ID = b"naf.example.com" + bytes.fromhex("0100000002")


def gsm(rand):
    run = aka.Milenage(K, OPC, rand)
    return run.sres(), run.kc()


def gba_u(autn, ik):
    """TS 33.220 5.3.2 (recalled, docs/gba.md)."""
    return autn[:8] + bytes(a ^ b for a, b in zip(autn[8:], hashlib.sha1(ik).digest()))


class Cli(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        certificates.authority(self.folder)
        self.certificate = certificates.server(self.folder, "bsf", "DNS:localhost,IP:127.0.0.1")
        self.ca = os.path.join(self.folder, "ca.pem")

    def run_godwit(self, *words):
        done = subprocess.run([GODWIT, *words, "--json"], capture_output=True, text=True, timeout=WAIT, check=False,
                              env=dict(os.environ, GODWIT_STATE=self.folder))
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr

    def card(self, *options, algorithm="milenage"):
        words = ("usim", "create", "--imsi", IMSI, "--algorithm", algorithm, "--k", K.hex(), "--opc", OPC.hex(), *options)
        self.assertEqual(self.run_godwit(*words, os.path.join(self.folder, f"{IMSI}.usim"))[0], 0)

    def bsf(self, tls=False, **options):
        options.setdefault("auc", aka.Auc(K, OPC))
        bsf = Bsf(NAME, impi_of(IMSI), certificate=self.certificate if tls else None, **options)
        self.addCleanup(bsf.close)
        return bsf

    def bootstrap(self, bsf, *options, tls=False):
        where = ("--bsf", f"https://localhost:{bsf.port}", "--ca", self.ca) if tls else ("--bsf", f"http://127.0.0.1:{bsf.port}")
        return self.run_godwit("gba", "bootstrap", *where, "--imsi", IMSI, *options)

    def key(self, *options):
        return self.run_godwit("gba", "key", "--naf", "naf.example.com", "--imsi", IMSI, *options)

    def expect_key(self, bsf, name="ks_naf"):
        code, key, error = self.key()
        self.assertEqual(code, 0, error)
        self.assertEqual(key[name], ks_naf(bsf.ks, bsf.rand, impi_of(IMSI), NAF_ID).hex())
        self.assertEqual(key["b_tid"], bsf.b_tid)


class WithPython(Cli):
    def test_gba_me_with_and_without_tls(self):
        self.card()
        for tls in (False, True):
            bsf = self.bsf(tls, auc=aka.Auc(K, OPC, seq=10 if tls else 0))
            code, answer, error = self.bootstrap(bsf, tls=tls)
            self.assertEqual(code, 0, error)
            self.assertEqual(answer["b_tid"], bsf.b_tid)
            self.assertEqual(bsf.seen[0]["nonce"], "")
            self.expect_key(bsf)
        code, other, _ = self.key("--ua", "0100000001")
        self.assertEqual(other["ks_naf"], ks_naf(bsf.ks, bsf.rand, impi_of(IMSI), NAF_ID[:-1] + b"\x01").hex())
        self.assertEqual(self.key("--int")[0], 1)  # there is none

    def test_gba_u_keeps_ks_in_the_card(self):
        self.card("--gba-u")
        bsf = self.bsf(mask=gba_u)
        code, _, error = self.bootstrap(bsf, "--flavour", "u")
        self.assertEqual(code, 0, error)
        self.expect_key(bsf, "ks_ext_naf")
        self.assertEqual(self.key("--int")[1]["ks_int_naf"], ks_naf(bsf.ks, bsf.rand, impi_of(IMSI), NAF_ID, b"gba-u").hex())
        with open(os.path.join(self.folder, f"{IMSI}.gba"), "rb") as file:
            state = file.read()
        self.assertNotIn(bsf.ks[:16], state)
        self.assertIn(bsf.b_tid.encode(), state)

    def test_a_card_of_the_other_kind_refuses(self):
        self.card("--gba-u")
        code, _, error = self.bootstrap(self.bsf(), "--flavour", "u")  # AUTN of another context
        self.assertEqual(code, 1)
        self.assertIn("auth_mac_failure", error)
        code, _, error = self.bootstrap(self.bsf(mask=gba_u))  # and a ME that would have CK and IK
        self.assertEqual(code, 1)
        self.assertIn("auth_mac_failure", error)

    def test_2g_gba_inside_tls_and_nowhere_else(self):
        self.card(algorithm="gsm-milenage")
        bsf = self.bsf(True, auc=None, gsm=gsm)
        code, _, error = self.bootstrap(bsf, "--flavour", "2g", tls=True)
        self.assertEqual(code, 0, error)
        self.expect_key(bsf)
        self.assertEqual(self.bootstrap(bsf, "--flavour", "2g")[0], 2)

    def test_a_stale_sqn_is_mended_by_auts(self):
        self.card()
        self.assertEqual(self.bootstrap(self.bsf(auc=aka.Auc(K, OPC, seq=1000)))[0], 0)
        bsf = self.bsf()  # its AuC begins at 0
        code, _, error = self.bootstrap(bsf)
        self.assertEqual(code, 0, error)
        self.assertIn("auts", bsf.seen[1])
        self.expect_key(bsf)

    def test_a_bsf_that_proves_nothing_is_refused(self):
        self.card()
        lies = ({"info": lambda info: {**info, "rspauth": "0" * 32}}, {"body": lambda body: body.replace(b"@", b"A")},
                {"challenge": lambda a: {**a, "qop": "auth"}}, {"challenge": lambda a: {**a, "realm": "bsf.other.example"}},
                {"challenge": lambda a: {**a, "algorithm": "MD5"}}, {"code": lambda code: 403 if code == 200 else code})
        auc = aka.Auc(K, OPC)
        for lie in lies:
            bsf = self.bsf(auc=auc, bend=lambda name, value, lie=lie: lie.get(name, lambda v: v)(value))
            self.assertEqual(self.bootstrap(bsf)[0], 1, lie)
        self.assertEqual(self.key()[0], 1)  # nothing is bootstrapped

    def test_an_expired_key_is_none(self):
        self.card()
        for life in (2, 4, 8, 16, 32, 64):  # a key that has ended when it is to be stored is refused at once, as may be on a busy machine
            code, _, error = self.bootstrap(self.bsf(life=life))
            if code == 0:
                break
        self.assertEqual(code, 0, error)
        while code == 0:
            time.sleep(0.2)
            code, _, error = self.key()
        self.assertIn("key_expired", error)

    def test_a_false_certificate_and_silence_are_told(self):
        self.card()
        bsf = self.bsf(True)
        self.assertEqual(self.run_godwit("gba", "bootstrap", "--bsf", f"https://localhost:{bsf.port}", "--imsi", IMSI)[0], 4)
        bsf.close()
        self.assertEqual(self.bootstrap(bsf, tls=True)[0], 4)


class WithGodwitd(Cli):
    """Both ends are ours: each flavour, keys at Zn are tests/roles' and tests/diameter's."""

    def test_each_flavour(self):
        for flavour, algorithm, options, features in (("me", "milenage", (), ()), ("u", "milenage", ("--gba-u",), ("--feature", "gba-u")),
                                                      ("2g", "gsm-milenage", (), ())):
            with self.subTest(flavour), Godwitd() as daemon:
                daemon.configure(functions="[hss, emks, hse, gba_bsf]", extra=f"""gba_bsf:
  plmn: 001-01
  https: "127.0.0.1:0"
  tls: {{certificate: {self.certificate[0]}, key: {self.certificate[1]}}}
  two_g: true
""")
                for name in (f"{IMSI}.usim", f"{IMSI}.gba"):
                    if os.path.exists(os.path.join(self.folder, name)):
                        os.remove(os.path.join(self.folder, name))
                self.card(*options, algorithm=algorithm)
                subprocess.run([GODWIT, "sub", "add", "--imsi", IMSI, "--algorithm", algorithm, "--k", K.hex(), "--opc", OPC.hex(), "--store",
                                daemon.path("store.db"), "--key-file", daemon.path("store.key"), *features], check=True, timeout=WAIT,
                               capture_output=True)
                daemon.start()
                words = ("gba", "bootstrap", "--bsf", f"https://localhost:{daemon.address('ub-https')[1]}", "--ca", self.ca, "--imsi", IMSI,
                         "--flavour", flavour)
                first, second = self.run_godwit(*words), self.run_godwit(*words)
                self.assertEqual((first[0], second[0]), (0, 0), first[2] + second[2])
                self.assertNotEqual(first[1]["b_tid"], second[1]["b_tid"])
                self.assertEqual(self.key()[1]["b_tid"], second[1]["b_tid"])
                self.assertEqual(daemon.counters()[("gba_bsf", "bootstrapped", "ok")], 2)


if __name__ == "__main__":
    unittest.main()
