#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Revoked certificates at both ends of adapters/https: openssl's lists, Python's client and server, lists that are old, foreign or none."""
import http.client
import http.server
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.environ["GODWIT_SOURCE"], "tests", "peer"))
import certificates  # noqa: E402

END = os.path.join(os.environ["GODWIT_BINARY"], "tests", "https_end")
OLD = ("20200101000000Z", "20200102000000Z")


class Revoked(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="godwit-revoked-"))
        certificates.authority(self.folder)
        certificates.authority(self.folder, "other")
        for name in ("server", "good", "bad"):
            certificates.both(self.folder, name, "DNS:localhost" if name == "server" else f"DNS:{name}.example.org")
        self.crl = certificates.revoked(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def serve(self, crl=None, expect="port "):
        words = [f"{k}={self.path(v)}" for k, v in (("certificate", "server.pem"), ("key", "server.key"), ("ca", "ca.pem"))]
        process = subprocess.Popen([END, "serve", *words, f"crl={crl or self.crl}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        line = process.stdout.readline()
        self.assertIn(expect, line)
        return int(line.split()[1]) if expect == "port " else None

    def connect(self, port, name):
        context = ssl.create_default_context(cafile=self.path("ca.pem"))
        context.load_cert_chain(self.path(f"{name}.pem"), self.path(f"{name}.key"))
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=120)
        self.addCleanup(connection.close)
        return connection

    @staticmethod
    def get(connection, path="/x"):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def test_a_revoked_client_is_refused_also_on_a_connection_that_stands(self):
        port = self.serve()
        good, bad = self.connect(port, "good"), self.connect(port, "bad")
        self.assertEqual((self.get(good)[0], self.get(bad)[0]), (200, 200))
        certificates.revoke(self.folder, "bad")
        self.assertEqual(self.get(bad)[0], 200)  # it has not been told yet
        self.assertEqual(self.get(good, "/revoke"), (200, "done"))
        code, text = self.get(bad)
        self.assertEqual((code, text), (403, '{"error":"the client certificate is revoked"}'))
        self.assertEqual(self.get(self.connect(port, "bad"))[0], 403)
        self.assertEqual(self.get(good)[0], 200)

    def test_a_list_that_is_damaged_old_or_foreign_changes_nothing(self):
        certificates.revoke(self.folder, "bad")
        port = self.serve()
        good = self.connect(port, "good")
        with open(self.crl, encoding="ascii") as file:
            kept = file.read()
        certificates.revoked(self.folder, "other")
        with open(self.path("other.crl"), encoding="ascii") as file:
            foreign = file.read()
        certificates.revoked(self.folder, dates=OLD)
        with open(self.crl, encoding="ascii") as file:
            old = file.read()
        for text in ("", "nonsense", foreign, old, kept.replace("A", "B", 40)):
            with open(self.crl, "w", encoding="ascii") as file:
                file.write(text)
            self.assertNotEqual(self.get(good, "/revoke")[1], "done", text[:40])
            self.assertEqual(self.get(self.connect(port, "bad"))[0], 403)
            self.assertEqual(self.get(good)[0], 200)

    def test_a_server_does_not_begin_with_a_list_that_is_none(self):
        certificates.revoked(self.folder, dates=OLD)
        self.serve(expect="out of date")
        self.serve(crl=self.path("server.pem"), expect="list of revoked")
        self.serve(crl=self.path("nothing"), expect="cannot be read")

    def test_a_revoked_server_is_not_spoken_to(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.pem"), self.path("server.key"))

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Quiet(http.server.HTTPServer):
            def handle_error(self, *_):
                pass

        server = Quiet(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        words = [END, "ask", "ca=" + self.path("ca.pem"), "crl=" + self.crl, "GET", f"https://localhost:{server.server_port}/"]

        def asked():
            return subprocess.run(words, capture_output=True, text=True, timeout=120, check=True).stdout

        self.assertTrue(asked().startswith("0 ok 204"), asked())
        certificates.revoke(self.folder, "server")
        self.assertIn("revoked", asked())
        certificates.revoked(self.folder, dates=OLD)
        self.assertTrue(asked().startswith("0 io_failed 0"), asked())


if __name__ == "__main__":
    unittest.main()
