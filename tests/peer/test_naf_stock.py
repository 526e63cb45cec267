#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""GBA from the card to stock programs: HSS, BSF and NAF as processes over Diameter, a Ub client in Python; then curl by HTTP digest, openssl over
PSK-TLS 1.2 and 1.3 and DTLS, coap-client over DTLS against our NAF; and openssl s_server, coap-server and mosquitto with the key that our tool wrote."""
import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import shutil
import subprocess
import sys
import time
import unittest

from naf import BSF, HTTP_DIGEST, NAF, REALM, TLS_1_2, TLS_1_3, Network, free_port, key_of, wait_until_served
from sender import GODWIT, IMSI, K, OPC, WAIT

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))
IMS_MEDIA = bytes.fromhex("0100000006")
SUITE = ["-cipher", "PSK-AES128-GCM-SHA256"]
COAP = shutil.which("coap-client-openssl") or shutil.which("coap-client")
COAP_SERVER = shutil.which("coap-server-openssl") or shutil.which("coap-server")
MOSQUITTO = shutil.which("mosquitto") or ("/usr/sbin/mosquitto" if os.path.exists("/usr/sbin/mosquitto") else None)
TOOL = f"naftool.{REALM}"


def talk(command, text):
    """Gives text to a program and waits until it comes back: (what it printed, errors)."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(text)
    process.stdin.flush()
    os.set_blocking(process.stdout.fileno(), False)
    out, end = b"", time.monotonic() + WAIT
    while text not in out and process.poll() is None and time.monotonic() < end:
        out += process.stdout.read() or b""
        time.sleep(0.02)
    process.kill()
    rest, errors = process.communicate()
    return out + (rest or b""), errors.decode(errors="replace")


class Stock(unittest.TestCase):
    def readings(self, network, *payloads):
        def lines():
            path = network.naf.path("readings")
            return [json.loads(line) for line in network.naf.read("readings").splitlines()] if os.path.exists(path) else []
        network.naf.wait_for(f"{payloads} among the readings", lambda: len(lines()) >= len(payloads))
        self.assertEqual([one["payload"] for one in lines()], list(payloads))
        self.assertTrue(all(one["imsi"] == IMSI for one in lines()))

    def openssl(self, network, identity, key, *options, door="tls", text=b"20.5\n"):
        host, port = network.psk[door]
        return talk(["openssl", "s_client", "-connect", f"{host}:{port}", "-psk", key.hex(), "-psk_identity", identity, "-quiet", *options], text)

    def curl(self, network, identity, key, data="20.5", host=NAF):
        at, port = network.naf.address("naf-http")
        done = subprocess.run(["curl", "-sS", "--digest", "-u", f"{identity}:{base64.b64encode(key).decode()}", "--connect-to", f"{host}:80:{at}:{port}",
                               "-d", data, "-w", "%{http_code}", f"http://{host}/readings"], capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_curl_by_http_digest(self):
        network = Network(self)
        client = network.bootstrap()
        key = key_of(client, HTTP_DIGEST)
        self.assertEqual(self.curl(network, client.b_tid, key), "accepted\n200")
        self.readings(network, "20.5")
        self.assertTrue(self.curl(network, client.b_tid, bytes(32)).endswith("401"))
        self.assertTrue(self.curl(network, f"AAAAAAAAAAAAAAAAAAAAAA==@{BSF}", key).endswith("401"))
        self.assertTrue(self.curl(network, client.b_tid, key, host="other.home.example").endswith("400"))
        at, port = network.naf.address("naf-http")
        bare = subprocess.run(["curl", "-sS", "-i", "-H", f"Host: {NAF}", f"http://{at}:{port}/"], capture_output=True, text=True, timeout=WAIT)
        self.assertIn(f'realm="3GPP-bootstrapping@{NAF}"', bare.stdout)
        self.assertIn("bootstrap", bare.stdout)
        self.assertNotIn(key.hex(), network.naf.read("log"))
        self.assertNotIn(base64.b64encode(key).decode(), network.naf.read("log"))

    def kms(self, network, client, octets, key=None):
        """POST /kms with curl: (code, body)."""
        at, port = network.naf.address("naf-http")
        path, out = network.naf.path("mikey"), network.naf.path("answer")
        with open(path, "wb") as file:
            file.write(octets)
        password = base64.b64encode(key or key_of(client, HTTP_DIGEST)).decode()
        done = subprocess.run(["curl", "-sS", "--digest", "-u", f"{client.b_tid}:{password}", "--connect-to", f"{NAF}:80:{at}:{port}", "--data-binary", f"@{path}",
                               "-o", out, "-w", "%{http_code}", f"http://{NAF}/kms"], capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(out, "rb") as file:
            return done.stdout, file.read()

    def test_a_ticket_of_the_key_management_service(self):
        with contextlib.redirect_stdout(io.StringIO()):
            import make_mikey_vectors as mikey
        network = Network(self, more="  kms: true\n")
        client = network.bootstrap()
        psk, me = key_of(client, IMS_MEDIA), client.impi.encode()
        both, rand = [(1, me), (2, me)], bytes(range(16))

        def signed(octets, code):
            self.assertEqual(code, "200")
            auth = mikey.prf(psk, 0x2D22AC75, 0x01020304, octets[19:35], 20)
            self.assertEqual(octets[-20:], hmac.new(auth, octets[:-20], hashlib.sha1).digest())
        code, answer = self.kms(network, client, mikey.ticket_message(11, psk, 1, rand, 1, both))
        signed(answer, code)
        at = answer.index(bytes([0, 1, 0, 1])) + 4
        ticket = answer[at + 2:at + 2 + int.from_bytes(answer[at:at + 2], "big")]
        code, answer = self.kms(network, client, mikey.ticket_message(16, psk, 2, rand, 2, [(2, me)], ticket))
        signed(answer, code)
        self.assertEqual(answer[1], 18)
        self.assertEqual(self.kms(network, client, mikey.ticket_message(11, psk, 3, rand, 1, [(1, b"other@home"), (2, me)])), ("403", b""))
        self.assertEqual(self.kms(network, client, mikey.ticket_message(11, bytes(32), 4, rand, 1, both)), ("403", b""))
        self.assertEqual(self.kms(network, client, b"no MIKEY"), ("400", b""))
        self.assertEqual(self.kms(network, client, b"no MIKEY", bytes(32))[0], "401")
        self.assertEqual(self.curl(network, client.b_tid, key_of(client, HTTP_DIGEST)), "accepted\n200")
        self.readings(network, "20.5")
        self.assertNotIn(psk.hex(), network.naf.read("log"))

    def test_openssl_over_psk_tls_and_dtls(self):
        network = Network(self, more="  dtls_carries: text\n")
        client = network.bootstrap()
        for options, door, protocol in ((["-tls1_2", *SUITE], "tls", TLS_1_2), (["-tls1_3"], "tls", TLS_1_3), (["-dtls1_2", *SUITE], "dtls", TLS_1_2)):
            out, errors = self.openssl(network, client.b_tid, key_of(client, protocol), *options, door=door)
            self.assertIn(b"20.5\n", out, errors + network.naf.read("log"))
        self.readings(network, "20.5\n", "20.5\n", "20.5\n")
        out, _ = self.openssl(network, client.b_tid, key_of(client, TLS_1_3), "-tls1_2", *SUITE)  # the key of another Ua protocol
        self.assertNotIn(b"20.5", out)
        out, _ = self.openssl(network, f"AAAAAAAAAAAAAAAAAAAAAA==@{BSF}", bytes(32), "-tls1_3")
        self.assertNotIn(b"20.5", out)
        out, _ = self.openssl(network, client.b_tid, key_of(client, TLS_1_3), "-tls1_3", "-servername", "other.home.example")
        self.assertNotIn(b"20.5", out)
        log = network.naf.read("log")
        self.assertIn("there is no key for that identity", log)
        self.assertIn("a key for a name that is not ours", log)
        self.assertNotIn(key_of(client, TLS_1_3).hex(), log)

    @unittest.skipUnless(COAP, "coap-client is not here")
    def test_coap_client_over_dtls(self):
        network = Network(self)
        client = self.bootstrap_for_arguments(network)
        host, port = network.psk["dtls"]
        done = self.coap(client, host, port, "post", "20.5")
        self.readings(network, "20.5")
        self.assertIn("2.04", done.stderr + done.stdout)
        done = self.coap(client, host, port, "get")
        self.assertIn("godwit", done.stdout)

    def test_a_coap_message_said_again_is_delivered_once(self):
        network = Network(self)
        client = network.bootstrap()
        host, port = network.psk["dtls"]
        dtls = subprocess.Popen(["openssl", "s_client", "-connect", f"{host}:{port}", "-dtls1_2", *SUITE, "-psk", key_of(client, TLS_1_2).hex(), "-psk_identity",
                                 client.b_tid, "-quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(dtls.stdout.close)
        self.addCleanup(dtls.wait)
        self.addCleanup(dtls.kill)
        self.addCleanup(dtls.stdin.close)
        for message_id, payload in ((7, b"first"), (7, b"first"), (8, b"second")):  # confirmable POSTs (RFC 7252 3)
            dtls.stdin.write(bytes([0x40, 0x02, 0, message_id, 0xFF]) + payload)
            dtls.stdin.flush()
            self.assertEqual(dtls.stdout.read(4), bytes([0x60, 0x44, 0, message_id]))
        self.readings(network, "first", "second")

    def bootstrap_for_arguments(self, network):
        """coap-client and coap-server take the key's octets as an argument, which no zero octet can stand in: then once more."""
        while True:
            client = network.bootstrap()
            if b"\x00" not in key_of(client, TLS_1_2):
                return client

    def coap(self, client, host, port, method, data=None):
        key = key_of(client, TLS_1_2)
        words = [COAP, "-v", "7", "-B", "60", "-u", client.b_tid.encode(), "-k", key, "-m", method]
        words += ["-e", data] if data else []
        return subprocess.run(words + [f"coaps://{host}:{port}/readings"], capture_output=True, timeout=WAIT, text=True, errors="replace")

    def tool(self, network, client, ua, *more):
        return subprocess.run([GODWIT, "naf", "key", client.b_tid, "--identity", TOOL, "--realm", REALM, "--bsf", f"bsf.{REALM}=127.0.0.1:{network.ports['bsf']}",
                               "--naf", NAF, "--ua", ua, *more], capture_output=True, text=True, timeout=WAIT)

    def test_the_tool_gives_the_key_to_openssl_s_server(self):
        network = Network(self, tool=TOOL)
        client = network.bootstrap()
        for ua, protocol, options in (("tls1.2", TLS_1_2, ["-tls1_2", *SUITE]), ("tls1.3", TLS_1_3, ["-tls1_3"])):
            told = self.tool(network, client, ua, "--json")
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertEqual(json.loads(told.stdout)["ks_naf"], key_of(client, protocol).hex())
            port = free_port()
            server = subprocess.Popen(["openssl", "s_server", "-accept", str(port), "-nocert", "-psk", json.loads(told.stdout)["ks_naf"], "-psk_identity",
                                       client.b_tid, "-rev", *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(server.kill)
            wait_until_served(port)
            process = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-psk", key_of(client, protocol).hex(), "-psk_identity",
                                        client.b_tid, "-quiet", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdin.write(b"20.5\n")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"5.02\n")
            process.kill()
            process.communicate()
            server.kill()
            server.wait()

    def test_the_tool_refuses_what_the_bsf_refuses(self):
        network = Network(self, tool=TOOL)
        client = network.bootstrap()
        client.b_tid = f"AAAAAAAAAAAAAAAAAAAAAA==@{BSF}"
        told = self.tool(network, client, "http")
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertIn("unknown_key", told.stderr)
        told = subprocess.run([GODWIT, "naf", "key", client.b_tid, "--identity", "stranger.home.example", "--realm", REALM, "--bsf",
                               f"bsf.{REALM}=127.0.0.1:{network.ports['bsf']}", "--naf", NAF], capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(told.returncode, 4)

    @unittest.skipUnless(MOSQUITTO and shutil.which("mosquitto_pub"), "mosquitto is not here")
    def test_mosquitto_with_a_psk_file_of_the_tool(self):
        network = Network(self, tool=TOOL)
        client = network.bootstrap()
        psk = network.naf.write("psk", f"other:00\n{client.b_tid}:11\n")
        told = self.tool(network, client, "tls1.2", "--psk-file", psk)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertNotIn(key_of(client, TLS_1_2).hex(), told.stdout)
        self.assertEqual(network.naf.read("psk"), f"other:00\n{client.b_tid}:{key_of(client, TLS_1_2).hex()}\n")
        port = free_port()
        os.chmod(network.naf.directory, 0o755)
        os.chmod(psk, 0o644)
        conf = network.naf.write("mosquitto.conf", f"listener {port} 127.0.0.1\npsk_hint 3GPP-bootstrapping\npsk_file {psk}\n"
                                 "ciphers PSK-AES128-GCM-SHA256\nallow_anonymous true\n", 0o644)
        broker = subprocess.Popen([MOSQUITTO, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(broker.wait)
        self.addCleanup(broker.kill)
        wait_until_served(port)
        words = ["-h", "127.0.0.1", "-p", str(port), "--psk-identity", client.b_tid, "-t", "readings"]
        key = ["--psk", key_of(client, TLS_1_2).hex()]
        done = subprocess.run(["mosquitto_pub", *words, *key, "-r", "-m", "20.5"], capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = subprocess.run(["mosquitto_sub", *words, *key, "-C", "1"], capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(done.stdout, "20.5\n", done.stderr)
        wrong = subprocess.run(["mosquitto_pub", *words, "--psk", "00" * 32, "-m", "20.5"], capture_output=True, text=True, timeout=WAIT)
        self.assertNotEqual(wrong.returncode, 0)

    @unittest.skipUnless(COAP and COAP_SERVER, "coap-server is not here")
    def test_coap_client_and_coap_server_with_the_key(self):
        network = Network(self, tool=TOOL)
        client = self.bootstrap_for_arguments(network)
        key = bytes.fromhex(json.loads(self.tool(network, client, "tls1.2", "--json").stdout)["ks_naf"])
        port = free_port()
        server = subprocess.Popen([COAP_SERVER, "-A", "127.0.0.1", "-p", str(port - 1), "-k", key, "-h", "3GPP-bootstrapping"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_until_served(port, "udp")
        done = subprocess.run([COAP, "-B", "60", "-u", client.b_tid.encode(), "-k", key, f"coaps://127.0.0.1:{port}/time"], capture_output=True,
                              timeout=WAIT, text=True, errors="replace")
        self.assertRegex(done.stdout, r"\d\d:\d\d:\d\d")

    def godwit(self, folder, *words):
        done = subprocess.run([GODWIT, *words, "--json"], capture_output=True, text=True, timeout=WAIT, env=dict(os.environ, GODWIT_STATE=folder))
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_godwit_gba_bootstrap_and_then_stock_programs(self):
        network = Network(self)
        host, port = network.bsf.address("ub-http")
        folder = network.naf.directory
        card = ("--imsi", IMSI, "--k", K.hex(), "--opc", OPC.hex())
        self.godwit(folder, "usim", "create", *card, os.path.join(folder, f"{IMSI}.usim"))
        b_tid = self.godwit(folder, "gba", "bootstrap", "--bsf", f"http://{host}:{port}", "--imsi", IMSI)["b_tid"]

        def key(protocol):
            return bytes.fromhex(self.godwit(folder, "gba", "key", "--naf", NAF, "--ua", protocol.hex(), "--imsi", IMSI)["ks_naf"])
        self.assertEqual(self.curl(network, b_tid, key(HTTP_DIGEST), data="1"), "accepted\n200")
        out, errors = self.openssl(network, b_tid, key(TLS_1_3), "-tls1_3", text=b"2\n")
        self.assertIn(b"2\n", out, errors)
        out, errors = self.openssl(network, f"3GPP-bootstrapping;{b_tid}", key(TLS_1_2), "-tls1_2", *SUITE, text=b"3\n")
        self.assertIn(b"3\n", out, errors)
        self.readings(network, "1", "2\n", "3\n")

    def test_a_bsf_that_is_silent_and_a_naf_that_it_does_not_know(self):
        network = Network(self, nafs=f"[{{host: naf.{REALM}, names: [elsewhere.home.example]}}]")
        client = network.bootstrap()
        key = key_of(client, HTTP_DIGEST)
        self.assertTrue(self.curl(network, client.b_tid, key).endswith("403"))  # this NAF asks for another NAF's key
        out, _ = self.openssl(network, client.b_tid, key_of(client, TLS_1_3), "-tls1_3")
        self.assertNotIn(b"20.5", out)
        network.bsf.stop()
        self.assertTrue(self.curl(network, client.b_tid, key).endswith("503"))


if __name__ == "__main__":
    unittest.main()
