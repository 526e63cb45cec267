#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""adapters/https against ends that are not ours: Python's own HTTP and TLS, sockets that send what no client would, and openssl's certificates."""
import http.client
import http.server
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["GODWIT_SOURCE"], "tests", "policy"))
import pki  # noqa: E402

END = os.path.join(os.environ["GODWIT_BINARY"], "tests", "https_end")
PATIENCE = 120  # seconds until a test gives up; nothing is measured


class Served:
    """The server program; lines that it prints after its port are kept."""

    def __init__(self, **options):
        self.process = subprocess.Popen([END, "serve", *[f"{k}={v}" for k, v in options.items()]], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("port "), line
        self.port = int(line.split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        out, _ = self.process.communicate(timeout=PATIENCE)
        self.lines = out.splitlines()
        assert self.process.returncode == 0, self.process.returncode


def mutual(**more):
    return Served(certificate=pki.path("server.pem"), key=pki.path("server.key"), ca=pki.path("ca.pem"), client="mtc.example.org", **more)


def context(name):
    made = ssl.create_default_context(cafile=pki.path("ca.pem"))
    if name:
        made.load_cert_chain(pki.path(f"{name}.pem"), pki.path(f"{name}.key"))
    return made


def request(served, name="client", method="POST", path="/a?b=c%20d", body=b"hello", headers=None):
    connection = http.client.HTTPSConnection("localhost", served.port, context=context(name), timeout=PATIENCE)
    try:
        connection.request(method, path, body=body, headers=headers or {"X-Want": "this"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.getheader("X-Test")
    finally:
        connection.close()


def cut_short(served, **parts):
    """The code for a request that the server does not read to its end. It closes with the rest unread, so that a reset may overtake its answer:
    then it is asked again, for the answer must come."""
    for _ in range(9):
        try:
            return request(served, **{name: make() for name, make in parts.items()})[0]
        except (ssl.SSLEOFError, ConnectionError):
            continue
    return None


def has_ended(connection):
    try:
        return connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False


def ask(*arguments):
    done = subprocess.run([END, "ask", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


class Server(unittest.TestCase):
    def test_a_request_reaches_the_owner_with_its_sender(self):
        with mutual() as served:
            code, text, header = request(served)
        self.assertEqual((code, header), (200, "yes"))
        self.assertEqual(text, "POST /a ?b=c%20d this tls=1 names=1 mtc.example.org from=127.0.0.1 body=5 hello")

    def test_who_has_no_good_certificate_is_refused(self):
        with mutual() as served:
            codes = {name: request(served, name)[0] for name in (None, "stranger", "expired", "other", "serveronly")}
            with self.subTest("a client whose certificate names somebody else"):
                self.assertIn("names nobody", request(served, "other")[1])
        self.assertEqual(set(codes.values()), {403})
        self.assertEqual(len([line for line in served.lines if line.startswith("refused 403")]), 6)

    def test_a_uri_does_not_pass_for_a_dns_name(self):
        with mutual() as served:
            self.assertEqual(request(served, "uri")[0], 403)

    def test_names_are_compared_in_lower_case(self):
        with mutual() as served:
            self.assertIn("mtc.example.org", request(served, "capital")[1])

    def test_old_tls_is_refused(self):
        with mutual() as served:
            old = context("client")
            old.minimum_version = ssl.TLSVersion.TLSv1_1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            old.set_ciphers("ALL:@SECLEVEL=0")
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                with socket.create_connection(("localhost", served.port)) as raw, old.wrap_socket(raw, server_hostname="localhost"):
                    pass

    def test_what_is_too_large_is_refused(self):
        with mutual() as served:
            self.assertEqual(request(served, body=b"x" * 16384)[0], 200)
            self.assertEqual(request(served, body=b"x" * 16385)[0], 413)
            self.assertEqual(request(served, path="/" + "x" * 1100)[0], 414)
            self.assertEqual(cut_short(served, body=lambda: iter([b"x" * 9000] * 4)), 413)  # chunked
            self.assertEqual(cut_short(served, headers=lambda: {"X-Big": "x" * 20000}), 431)
            self.assertIn(cut_short(served, path=lambda: "/" + "x" * 30000), (414, 431))
            self.assertEqual(request(served)[0], 200)  # it serves as before

    def test_answers_may_come_in_any_order_or_too_late(self):
        with mutual(answer_ms=60000) as served:
            answers = {}
            first = threading.Thread(target=lambda: answers.update(swap=request(served, path="/swap")))
            first.start()
            while first.is_alive():  # until one has come after it
                self.assertEqual(request(served, path="/after")[0], 200)
            self.assertEqual(answers["swap"][:2], (200, "swapped"))
        with mutual(answer_ms=1000) as served:
            self.assertEqual(request(served, path="/late")[0], 504)

    def test_many_requests_on_one_connection(self):
        with mutual() as served:
            connection = http.client.HTTPSConnection("localhost", served.port, context=context("client"), timeout=PATIENCE)
            for number in range(50):
                connection.request("PUT", f"/{number}", body=b"z" * number)
                self.assertIn(f"PUT /{number} ", connection.getresponse().read().decode())
            connection.close()

    def test_it_ends_while_a_request_waits(self):
        with mutual() as served:
            raw = context("client").wrap_socket(socket.create_connection(("localhost", served.port)), server_hostname="localhost")
            raw.sendall(b"GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
            time.sleep(0.5)
        raw.close()

    def test_a_slow_client_is_ended_and_an_idle_one(self):
        with mutual(idle_ms=1000, whole_ms=2000) as served:
            slow = context("client").wrap_socket(socket.create_connection(("localhost", served.port)), server_hostname="localhost")
            with self.assertRaises((ConnectionError, ssl.SSLError)):  # long before its last octet
                for octet in b"GET / HTTP/1.1\r\nX: " + b"x" * 200:
                    slow.sendall(bytes([octet]))
                    time.sleep(0.1)
            silent = socket.create_connection(("localhost", served.port))
            silent.settimeout(PATIENCE)
            while silent.recv(100):
                pass  # an alert, and then the end: not the time-out of this socket
            slow.close()
            silent.close()

    def test_a_thousand_idle_connections_while_others_are_served(self):
        with mutual(connections=1100, of_one=50, idle_ms=60000, whole_ms=60000) as served:
            idle = []
            for number in range(1000):
                s = socket.socket()
                s.bind((f"127.0.1.{number // 40 + 1}", 0))
                s.connect(("127.0.0.1", served.port))
                idle.append(s)
            for _ in range(5):
                self.assertEqual(request(served)[0], 200)
            # One address has no more than its share.
            greedy = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(60)]
            end = time.monotonic() + PATIENCE
            while sum(has_ended(s) for s in greedy) < 10 and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(0.2)
            self.assertEqual(sum(has_ended(s) for s in greedy), 10)
            for s in idle + greedy:
                s.close()

    def test_when_room_grows_short_the_oldest_idle_one_goes(self):
        with mutual(connections=40, of_one=40, idle_ms=60000, whole_ms=60000) as served:
            idle = []
            for number in range(60):
                s = socket.socket()
                s.bind((f"127.0.1.{number + 1}", 0))
                s.connect(("127.0.0.1", served.port))
                idle.append(s)
                time.sleep(0.005)
            self.assertEqual(request(served)[0], 200)
            for s in idle:
                s.close()

    def test_plain_http_only_when_told_so(self):
        with Served(plain=1) as served:
            connection = http.client.HTTPConnection("localhost", served.port, timeout=PATIENCE)
            connection.request("GET", "/x")
            self.assertIn("tls=0 names=0", connection.getresponse().read().decode())
            connection.close()


class Client(unittest.TestCase):
    TLS = ["certificate=" + pki.path("client.pem"), "key=" + pki.path("client.key"), "ca=" + pki.path("ca.pem")]

    def test_it_speaks_to_a_server_of_ours(self):
        with mutual() as served:
            url = f"https://localhost:{served.port}"
            lines = ask(*self.TLS, "POST", url + "/a?b", "hello", "GET", url + "/c")
            named = ask(*self.TLS, f"to=mkef.example.org:443:127.0.0.1:{served.port}", "GET", "https://mkef.example.org/d")
        self.assertEqual(sorted(lines), ["0 ok 200 yes POST /a ?b this tls=1 names=1 mtc.example.org from=127.0.0.1 body=5 hello",
                                         "1 ok 200 yes GET /c ? this tls=1 names=1 mtc.example.org from=127.0.0.1 body=0 "])
        self.assertTrue(named[0].startswith("0 ok 200 yes GET /d"), named)

    def test_it_refuses_a_server_that_is_not_the_one_named(self):
        with mutual() as served:
            port = served.port
            wrong = ask(*self.TLS, f"to=foreign.example.org:443:127.0.0.1:{port}", "GET", "https://foreign.example.org/")
            ca = ask(*self.TLS[:2], "ca=" + pki.path("ca2.pem"), "GET", f"https://localhost:{port}/")
            plain = ask(*self.TLS, "GET", f"http://localhost:{port}/")
        for lines in (wrong, ca, plain):
            self.assertTrue(lines[0].startswith("0 io_failed 0 - "), lines)

    def test_an_authority_of_the_system_is_none_where_another_is_configured(self):
        system = pki.path("system")
        os.makedirs(system, exist_ok=True)
        shutil.copy(pki.path("ca.pem"), system)
        subprocess.run(["openssl", "rehash", system], check=True, capture_output=True)
        apart = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount --bind "$0" /etc/ssl/certs && exec "$@"', system]
        if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no mount namespaces here")
        with mutual() as served:
            url = f"https://localhost:{served.port}/"
            done = {ca: subprocess.run([*apart, END, "ask", *self.TLS[:2], *ca, "GET", url], capture_output=True, text=True, check=True)
                    for ca in ((), ("ca=" + pki.path("ca2.pem"),))}
        self.assertTrue(done[()].stdout.startswith("0 ok 200 "), done)
        self.assertTrue(done[("ca=" + pki.path("ca2.pem"),)].stdout.startswith("0 io_failed 0 - "), done)

    def test_it_is_bounded(self):
        class Big(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/slow":
                    time.sleep(3)
                self.send_response(302 if self.path == "/elsewhere" else 200)
                self.send_header("Location", "/")
                self.end_headers()
                self.wfile.write(b"x" * 3000)

            def log_message(self, *_):
                pass

        class Patient(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # the client went away: what is looked at here

        server = Patient(("127.0.0.1", 0), Big)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        self.assertEqual(ask("plain=1", "body_max=2999", "GET", url + "/"), ["0 io_failed 0 - the answer is too large"])
        self.assertTrue(ask("plain=1", "GET", url + "/elsewhere")[0].startswith("0 ok 302 - xxx"))
        self.assertTrue(ask("plain=1", "whole_ms=500", "GET", url + "/slow")[0].startswith("0 io_failed 0 - "))
        self.assertIn("not submitted: no_space", ask("plain=1", "outstanding=1", "GET", url + "/slow", "GET", url + "/"))
        server.shutdown()
        server.server_close()


def make_certificates():
    pki.authority("ca")
    pki.authority("ca2")
    pki.certificate("server", "DNS:localhost,DNS:mkef.example.org")
    pki.certificate("client", "DNS:mtc.example.org")
    pki.certificate("capital", "DNS:MTC.Example.org")
    pki.certificate("other", "DNS:other.example.org")
    pki.certificate("uri", "URI:mtc.example.org")
    pki.certificate("stranger", "DNS:mtc.example.org", ca="ca2")
    pki.certificate("expired", "DNS:mtc.example.org", days="-1")
    pki.certificate("serveronly", "DNS:mtc.example.org", usage="serverAuth")


if __name__ == "__main__":
    make_certificates()
    unittest.main()
