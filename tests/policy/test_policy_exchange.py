#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The exchange of policies with a real godwitd: curl and the command line as clients, certificates by openssl, and everybody who must be refused."""
import copy
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "daemon")]
import pki  # noqa: E402
from godwitd import PATIENCE, Godwitd  # noqa: E402

GODWIT = os.path.join(os.environ.get("GODWIT_BINARY", os.path.join(ROOT, "build")), "bin", "godwit")
with open(os.path.join(ROOT, "fuzz", "policy-corpus", "home.json"), encoding="utf-8") as file:
    HOME = json.load(file)
VISITED = copy.deepcopy(HOME) | {"plmn": "001-02", "issuer": "policy.visited.example", "version": 3}
VISITED["networks"][0]["plmn"] = "001-01"
HOME["networks"].append(copy.deepcopy(HOME["networks"][0]) | {"plmn": "001-03", "law": "a secret of others"})


def setUpModule():
    for program in ("openssl", "curl"):
        if shutil.which(program) is None:
            raise unittest.SkipTest(f"{program} is not installed")
    pki.authority("ca")
    pki.authority("other-ca")
    pki.certificate("server", "IP:127.0.0.1,DNS:policy.home.example")
    pki.certificate("visited", "DNS:policy.visited.example")
    pki.certificate("uri", "URI:plmn:001-03")
    pki.certificate("unknown", "DNS:unknown.example")
    pki.certificate("longer", "DNS:policy.visited.example.evil.example")
    pki.certificate("shorter", "DNS:policy.visited")
    pki.certificate("foreign", "DNS:policy.visited.example", ca="other-ca")
    pki.certificate("server-only", "DNS:policy.visited.example", usage="serverAuth")


class Network(Godwitd):
    """A home network that serves its policy."""

    def __init__(self, seconds=30):
        super().__init__()
        self.set_policy(HOME)
        self.configure(extra=f"""policy:
  file: {self.path("policy.json")}
  state: {self.path("policies")}
  listen: "127.0.0.1:0"
  connection_seconds: {seconds}
  tls: {{certificate: {pki.path("server.pem")}, key: {pki.path("server.key")}, ca: {pki.path("ca.pem")}}}
  peers:
    - {{san: policy.visited.example, plmn: 001-02}}
    - {{san: "plmn:001-03", plmn: 001-03}}
""")

    def set_policy(self, document):
        self.write("policy.json", json.dumps(document))

    @property
    def url(self):
        return f"https://127.0.0.1:{self.address('policy')[1]}/policy/v1"

    def curl(self, who, *options, url=None, ca="ca"):
        """(HTTP status, body); 0 when there was none."""
        identity = [] if who is None else ["--cert", pki.path(f"{who}.pem"), "--key", pki.path(f"{who}.key")]
        done = subprocess.run(["curl", "-sS", "--noproxy", "*", "--max-time", str(PATIENCE), "--cacert", pki.path(f"{ca}.pem"), *identity, *options,
                               "-w", "\n%{http_code}", url or self.url], capture_output=True, text=True, timeout=2 * PATIENCE, check=False)
        body, _, code = done.stdout.rpartition("\n")
        return int(code or 0), body

    def put(self, who, document, *options):
        text = document if isinstance(document, str) else json.dumps(document)
        return self.curl(who, "-X", "PUT", "--data-binary", "@" + self.write("body", text), *options)

    def godwit(self, command, *words, who="visited"):
        done = subprocess.run([GODWIT, "policy", command, "--url", self.url, "--cert", pki.path(f"{who}.pem"), "--key",
                               pki.path(f"{who}.key"), "--ca", pki.path("ca.pem"), *words], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr


def has_ended(connection):
    try:
        return connection.recv(1, socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


class Exchange(unittest.TestCase):
    def test_a_network_reads_the_policy_for_it_and_gives_its_own(self):
        with Network() as d:
            d.start()
            code, body = d.curl("visited")
            self.assertEqual(code, 200)
            seen = json.loads(body)
            self.assertEqual([n["plmn"] for n in seen["networks"]], ["001-02"])
            self.assertNotIn("secret of others", body)
            self.assertEqual((seen["version"], seen["plmn"]), (7, "001-01"))
            self.assertEqual(json.loads(d.curl("uri")[1])["networks"][0]["law"], "a secret of others")
            self.assertEqual(d.put("visited", VISITED), (200, '{"version":3}'))
            d.wait_log("policy_taken")
            self.assertEqual(d.stop(), 0)

    def test_a_version_goes_up_only_also_after_a_restart(self):
        with Network() as d:
            d.start()
            self.assertEqual(d.put("visited", VISITED)[0], 200)
            self.assertEqual(d.put("visited", VISITED)[0], 200, "the same again")
            self.assertEqual(d.put("visited", VISITED | {"version": 2})[0], 409)
            self.assertEqual(d.put("visited", VISITED | {"issuer": "other.example"})[0], 409)
            self.assertEqual(d.put("visited", VISITED | {"version": 4})[0], 200)
            self.assertEqual(d.stop(signal.SIGKILL), -signal.SIGKILL)
            d.start()
            self.assertEqual(d.put("visited", VISITED)[0], 409)
            d.stop()
            for bad in (HOME | {"version": 6}, HOME | {"issuer": "other.example"}):
                d.set_policy(bad)
                code, _, said = d.run("--config", d.config)
                self.assertEqual(code, 1)
                self.assertIn("version: ", said)
            d.set_policy(HOME | {"version": 8})
            d.start()
            self.assertEqual(json.loads(d.curl("visited")[1])["version"], 8)
            d.set_policy(HOME | {"version": 5})
            d.write("godwit.yaml", d.read("godwit.yaml").replace("san: policy.visited.example", "san: another.example"))
            d.process.send_signal(signal.SIGHUP)
            d.wait_log("policy_refused")
            d.wait_log("policy: state, listen, tls or peers: changed; this needs a restart")
            self.assertEqual(json.loads(d.curl("visited")[1])["version"], 8)

    def test_what_is_wrong_in_a_document_is_named(self):
        with Network() as d:
            d.start()
            bad = copy.deepcopy(VISITED)
            bad["default"]["integrity"] = False
            code, body = d.put("visited", json.dumps(bad, indent=1))
            self.assertEqual(code, 400)
            self.assertRegex(json.loads(body)["error"], r"line \d+: default.integrity: ")
            self.assertEqual(d.put("visited", "{")[0], 400)
            code, body = d.put("visited", VISITED | {"plmn": "001-03"})
            self.assertEqual(code, 403, "the policy of another network")
            self.assertEqual(d.curl("visited", url=d.url + "/more")[0], 404)
            self.assertEqual(d.curl("visited", "-X", "DELETE")[0], 405)

    def test_who_is_not_entitled_gets_nothing_and_gives_nothing(self):
        with Network() as d:
            d.start()
            for who in (None, "unknown", "longer", "shorter", "foreign", "server-only"):
                with self.subTest(who=who):
                    for code, body in (d.curl(who), d.put(who, VISITED)):
                        self.assertIn(code, (0, 403))
                        self.assertNotIn("godwit_policy", body)
            with open(d.path("policies"), encoding="utf-8") as kept:
                self.assertEqual(json.load(kept)["others"], [])
            self.assertEqual(d.curl("visited")[0], 200, "after the strangers")

    def test_what_is_not_tls_or_too_old_is_not_heard(self):
        with Network() as d:
            d.start()
            with socket.create_connection(d.address("policy")) as plain:
                plain.settimeout(PATIENCE)
                plain.sendall(b"GET /policy/v1 HTTP/1.1\r\nHost: x\r\n\r\n")
                try:
                    self.assertNotIn(b"HTTP", plain.recv(4096))
                except ConnectionError:
                    pass
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises(OSError), socket.create_connection(d.address("policy")) as old:
                context.wrap_socket(old)
            self.assertEqual(d.curl("visited", ca="other-ca")[0], 0, "the client also looks at the server")

    def test_bodies_and_headers_are_bounded(self):
        with Network() as d:
            d.start()
            self.assertEqual(d.put("visited", " " * 65537)[0], 413)
            self.assertNotEqual(d.put("visited", " " * 200000, "-H", "Transfer-Encoding: chunked")[0], 200)
            self.assertNotEqual(d.curl("visited", "-H", "X-Long: " + "x" * 20000)[0], 200)
            self.assertNotEqual(d.curl("visited", *[o for n in range(400) for o in ("-H", f"X-{n}: {'y' * 40}")])[0], 200)
            self.assertEqual(d.put("visited", VISITED)[0], 200)

    def test_connections_are_bounded_and_the_others_are_served_when_they_end(self):
        with Network() as d:
            d.start()
            silent = [socket.create_connection(d.address("policy")) for _ in range(40)]
            d.wait_for("the end of those beyond sixteen", lambda: sum(has_ended(one) for one in silent) >= 20)
            for one in silent:
                one.close()
            d.wait_for("room for others", lambda: d.curl("visited")[0] == 200)

    def test_a_client_that_trickles_is_ended(self):
        with Network(seconds=2) as d:
            d.start()
            context = ssl.create_default_context(cafile=pki.path("ca.pem"))
            context.load_cert_chain(pki.path("visited.pem"), pki.path("visited.key"))
            begun = time.monotonic()
            with socket.create_connection(d.address("policy")) as s, context.wrap_socket(s, server_hostname="127.0.0.1") as slow:
                slow.settimeout(1)
                slow.sendall(b"GET /policy/v1 HTTP/1.1\r\nHost: x\r\nX-Slow: ")
                ended = False
                while not ended and time.monotonic() - begun < PATIENCE:
                    try:
                        slow.sendall(b"x")
                        ended = slow.recv(1) == b""
                    except TimeoutError:
                        pass
                    except OSError:
                        ended = True
            self.assertTrue(ended, "still open")

    def test_the_command_line_fetches_and_offers(self):
        with Network() as d:
            d.start()
            out = d.path("fetched.json")
            self.assertEqual(d.godwit("fetch", "--out", out)[0], 0)
            self.assertEqual(d.godwit("fetch", "--out", out)[0], 0)
            with open(out, encoding="utf-8") as kept:
                self.assertEqual(json.load(kept)["version"], 7)
            offered = d.write("visited.json", json.dumps(VISITED))
            self.assertEqual(d.godwit("offer", "--to", "001-01", offered)[0], 0)
            d.write("fetched.json", json.dumps(HOME | {"version": 9}))
            code, said = d.godwit("fetch", "--out", out)
            self.assertEqual(code, 1, said)
            self.assertIn("version: ", said)
            code, said = d.godwit("offer", "--to", "001-01", d.write("old.json", json.dumps(VISITED | {"version": 1})))
            self.assertEqual((code, "409" in said), (1, True), said)
            self.assertEqual(d.godwit("fetch", who="unknown")[0], 1)
            d.stop()
            self.assertEqual(d.godwit("fetch")[0], 4)


if __name__ == "__main__":
    unittest.main()
