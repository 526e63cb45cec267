#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Ub client in Python, written from RFC 3310 and TS 24.109 alone, bootstraps with godwitd's BSF; and what the BSF must refuse."""
import datetime
import socket
import subprocess
import unittest

import aka
import certificates
from daemon_case import DaemonCase, Godwitd, UNKNOWN_IMSI
from sender import GODWIT, IMSI, K, OPC, WAIT
from ub import Client, Refused, header, impi_of, parameters

BSF = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
SIM_IMSI = "001010123456788"


def gsm(rand):
    """SRES by output function 1 of TS 55.205 and Kc, of a SIM with the test card's key."""
    run = aka.Milenage(K, OPC, rand)
    return run.sres(), run.kc()


class Ub(DaemonCase):
    def bsf(self, two_g="false", **options):
        daemon = self.enterContext(Godwitd())
        certificates.authority(daemon.directory)
        certificate, key = certificates.server(daemon.directory, "bsf", "DNS:localhost,IP:127.0.0.1")
        more = "".join(f"  {name}: {value}\n" for name, value in options.items())
        daemon.configure(functions="[hss, emks, hse, gba_bsf]", extra=f"""gba_bsf:
  plmn: 001-01
  http: "127.0.0.1:0"
  https: "127.0.0.1:0"
  tls: {{certificate: {certificate}, key: {key}}}
  two_g: {two_g}
{more}""")
        for imsi, algorithm in ((IMSI, "milenage"), (SIM_IMSI, "gsm-milenage")):
            subprocess.run([GODWIT, "sub", "add", "--imsi", imsi, "--algorithm", algorithm, "--k", K.hex(), "--opc", OPC.hex(), "--store",
                            daemon.path("store.db"), "--key-file", daemon.path("store.key")], check=True, capture_output=True, timeout=WAIT)
        return daemon.start()

    def client(self, daemon, imsi=IMSI, tls=False, usim=None):
        usim = usim or (None if imsi == SIM_IMSI else aka.Usim(K, OPC, imsi))
        return Client(daemon.address("ub-https" if tls else "ub-http"), BSF, impi_of(imsi), usim, gsm, daemon.path("ca.pem") if tls else None)

    def refused(self, code, do):
        with self.assertRaises(Refused) as caught:
            do()
        self.assertEqual(caught.exception.code, code)

    def test_a_client_written_from_the_rfc_bootstraps_with_and_without_tls(self):
        daemon = self.bsf()
        usim = aka.Usim(K, OPC, IMSI)
        for tls in (False, True):
            client = self.client(daemon, tls=tls, usim=usim).bootstrap()
            self.assertEqual(client.requests, 2)
            left = client.expires - datetime.datetime.now(datetime.timezone.utc)
            self.assertAlmostEqual(left.total_seconds(), 86400, delta=60)
        self.assertEqual(daemon.counters()[("gba_bsf", "bootstrapped", "ok")], 2)
        log = daemon.read("log")
        self.assertNotIn(client.ks.hex(), log)
        self.assertNotIn(client.b_tid, log)

    def test_a_card_that_is_ahead_is_resynchronised(self):
        daemon = self.bsf()
        usim = aka.Usim(K, OPC, IMSI)
        usim.seq = [100000] * 32
        client = self.client(daemon, usim=usim).bootstrap()
        self.assertEqual(client.requests, 3)

    def test_2g_gba_runs_inside_tls_and_nowhere_else(self):
        daemon = self.bsf(two_g="true")
        client = self.client(daemon, SIM_IMSI, tls=True).bootstrap()
        self.assertEqual(len(client.ks), 32)
        self.refused(403, self.client(daemon, SIM_IMSI).bootstrap)

    def test_2g_gba_is_refused_where_it_is_not_configured(self):
        daemon = self.bsf()
        self.refused(403, self.client(daemon, SIM_IMSI, tls=True).bootstrap)

    def test_wrong_answers_are_refused_and_the_right_one_still_counts(self):
        daemon = self.bsf()
        client = self.client(daemon)
        challenge = client.challenge()
        password, _, _ = client.run_card(challenge)
        wrong = bytes([password[0] ^ 1]) + password[1:]
        for a, code in ((client.answer(challenge, wrong), 403), (client.answer(challenge, b""), 403),
                        (client.answer(challenge, password, username=impi_of("001010123456787")), 403),
                        (client.answer(challenge, password, realm="bsf.other.example"), 403),
                        (client.answer(challenge, password, uri="/other"), 400), (client.answer(challenge, password, qop="auth"), 400),
                        (client.answer(challenge, password, algorithm="MD5"), 400),
                        (client.answer(challenge, b"", auts="AAAAAAAAAAAAAAAAAAA="), 403)):
            self.assertEqual(client.get(header(a))[0], code, a)
        for _ in range(200):
            self.assertEqual(client.get(header(client.answer(challenge, wrong)))[0], 403)
        right = client.answer(challenge, password)
        self.assertEqual(client.get(header(right))[0], 200)
        code, headers, _ = client.get(header(right))  # the same again, as somebody recorded it
        self.assertEqual(code, 401)
        self.assertEqual(parameters(headers["WWW-Authenticate"])["stale"], "true")
        self.assertNotEqual(parameters(headers["WWW-Authenticate"])["nonce"], challenge["nonce"])

    def test_a_flood_of_first_requests_costs_one_vector_and_locks_nobody_out(self):
        daemon = self.bsf()
        client = self.client(daemon)
        nonces = {client.challenge()["nonce"] for _ in range(300)}
        self.assertEqual(len(nonces), 1)
        client.bootstrap()
        self.assertEqual(daemon.counters()[("hss", "vector_given", "ok")], 1)

    def test_what_is_no_request_of_ub_is_refused(self):
        daemon = self.bsf()
        client = self.client(daemon)
        self.assertEqual(client.first(username=impi_of("001020123456789"))[0], 403)  # another network's
        self.assertEqual(client.first(username=impi_of(UNKNOWN_IMSI))[0], 403)
        self.assertEqual(client.first(username="nobody")[0], 403)
        self.assertEqual(client.get(None)[0], 400)
        self.assertEqual(client.get("Basic dTpw")[0], 400)
        self.assertEqual(client.get("Digest " + "x" * 900)[0], 400)
        self.assertEqual(client.get("Digest " + "x" * 2000)[0], 400)
        self.assertIn(client.get("Digest " + "x" * 100000)[0], (400, 413, 431))
        self.assertIn(client.get(None, extra=[("X-Much", "y" * 100000)])[0], (400, 413, 431))
        self.assertEqual(client.get(None, path="/other")[0], 400)
        self.assertEqual(client.get(None, path="/?a=b")[0], 400)
        client.bootstrap()

    def test_idle_connections_do_not_keep_others_out(self):
        daemon = self.bsf()
        idle = [socket.create_connection(daemon.address("ub-http")) for _ in range(40)]
        for link in idle[:20]:
            link.sendall(b"GET / HTTP/1.1\r\nHost: ")
        self.client(daemon).bootstrap()
        for link in idle:
            link.close()

    def test_a_bootstrapped_key_survives_a_restart_and_an_outstanding_vector_does_not(self):
        daemon = self.bsf()
        usim = aka.Usim(K, OPC, IMSI)
        client = self.client(daemon, usim=usim).bootstrap()
        challenge = client.challenge()
        password, _, _ = client.run_card(challenge)
        a = client.answer(challenge, password)
        daemon.stop()
        daemon.start()
        client.address = daemon.address("ub-http")
        code, headers, _ = client.get(header(a))
        self.assertEqual((code, parameters(headers["WWW-Authenticate"])["stale"]), (401, "true"))
        client.bootstrap()


if __name__ == "__main__":
    unittest.main()
