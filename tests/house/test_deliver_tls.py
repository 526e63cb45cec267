# SPDX-License-Identifier: Apache-2.0
"""Webhooks over TLS: only the server that the configuration's authority names gets a reading, and it sees our certificate."""
import os
import ssl
import sys
import unittest

from test_deliver import Webhook, config
from whole import Device, Godwitd

sys.path.insert(0, os.path.join(os.environ.get("GODWIT_SOURCE", "."), "tests", "policy"))
import pki  # noqa: E402  pylint: disable=wrong-import-position


def https(hook, name, client_ca=None):
    """Makes an endpoint speak TLS with that certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(pki.path(f"{name}.pem"), pki.path(f"{name}.key"))
    if client_ca is not None:
        made.load_verify_locations(client_ca)
        made.verify_mode = ssl.CERT_REQUIRED
    hook.server.socket = made.wrap_socket(hook.server.socket, server_side=True, do_handshake_on_connect=False)
    return hook


def destination(port, tls, host="localhost"):
    return f'{{kind: webhook, name: acme, url: "https://{host}:{port}/", tls: {tls}, retry_ms: 50, retry_max_ms: 100}}'


class DeliverTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name in ("ca", "other-ca"):
            pki.authority(name)
        pki.certificate("server", "DNS:localhost")
        pki.certificate("client", "DNS:hse.home.example")

    def run_one(self, hook, first, then):
        """A reading that does not arrive with the first configuration, and does with the second."""
        with Godwitd() as daemon:
            config(daemon, first)
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            device.send(daemon.ready["hse"], "r0")
            daemon.wait_log("event=delivery_waits", 2)
            self.assertEqual(hook.requests, [])
            config(daemon, then)
            daemon.process.send_signal(1)
            daemon.wait_for("the reading", lambda: hook.payloads() == ["r0"])
            self.assertEqual(daemon.stop(), 0)

    def test_a_server_of_another_authority_gets_nothing(self):
        hook = https(Webhook(), "server")
        self.addCleanup(hook.close)
        self.run_one(hook, destination(hook.port, f'{{ca: {pki.path("other-ca.pem")}}}'),
                     destination(hook.port, f'{{ca: {pki.path("ca.pem")}}}'))

    def test_a_server_of_another_name_gets_nothing(self):
        hook = https(Webhook(), "server")
        self.addCleanup(hook.close)
        self.run_one(hook, destination(hook.port, f'{{ca: {pki.path("ca.pem")}}}', host="127.0.0.2"),
                     destination(hook.port, f'{{ca: {pki.path("ca.pem")}}}'))

    def test_a_server_that_wants_our_certificate_sees_it(self):
        hook = https(Webhook(), "server", pki.path("ca.pem"))
        self.addCleanup(hook.close)
        ours = f'{{ca: {pki.path("ca.pem")}, certificate: {pki.path("client.pem")}, key: {pki.path("client.key")}}}'
        self.run_one(hook, destination(hook.port, f'{{ca: {pki.path("ca.pem")}}}'), destination(hook.port, ours))


if __name__ == "__main__":
    unittest.main()
