# SPDX-License-Identifier: Apache-2.0
"""Certificates that are renewed while godwitd runs: files change, SIGHUP comes, and who shakes hands with Diameter afterwards is shown the new one, from either
end; what cannot be changes nothing and is said."""
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "peer"))
import certificates  # noqa: E402
from whole import Godwitd  # noqa: E402

if os.environ.get("GODWIT_SANITIZE") == "1":
    print("skipped: freeDiameter 1.2.1 itself uses a TLS session after it was freed when a peer leaves (docs/diameter.md), and the sanitizer ends it")
    sys.exit(77)

NAME, OTHER = "hse.home.example", "other.home.example"
HOLDS = "what was before holds"


class Peer:
    """A server of TLS that godwitd connects to as a Diameter peer: it keeps the certificates that it is shown, and says nothing."""

    def __init__(self, folder):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(folder, "other.pem"), os.path.join(folder, "other.key"))
        self.context.load_verify_locations(os.path.join(folder, "ca.pem"))
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.shown = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                with self.listener.accept()[0] as plain, self.context.wrap_socket(plain, server_side=True) as secured:
                    self.shown.append(secured.getpeercert(True))
            except ssl.SSLError:
                continue
            except OSError:
                if self.listener.fileno() < 0:
                    return


class Renewal(unittest.TestCase):
    def setUp(self):
        self.daemon = d = self.enterContext(Godwitd())
        certificates.authority(d.directory)
        self.certify()
        certificates.both(d.directory, "other", f"DNS:{OTHER}")
        certificates.both(d.directory, "door", "DNS:localhost")
        self.peer = Peer(d.directory)
        self.addCleanup(self.peer.listener.close)
        d.configure(extra=f"""metrics: {{listen: "127.0.0.1:0"}}
diameter:
  listen: "127.0.0.1:0"
  tls: {{certificate: {d.path("own.pem")}, key: {d.path("own.key")}, ca: {d.path("ca.pem")}}}
  peers: [{{identity: {OTHER}, realm: home.example, address: "127.0.0.1:{self.peer.port}"}}]
downlink:
  listen: "127.0.0.1:0"
  tls: {{certificate: {d.path("door.pem")}, key: {d.path("door.key")}, ca: {d.path("ca.pem")}}}
  callers: [app.example]
""")
        d.start()

    def certify(self, name=NAME, **more):
        certificates.both(self.daemon.directory, "own", f"DNS:{name}", **more)

    def served(self):
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(self.daemon.address("diameter")))

    def on_disk(self):
        return ssl.PEM_cert_to_DER_cert(self.daemon.read("own.pem"))

    def hup(self):
        """What godwitd says of it in its log."""
        d, done = self.daemon, "are as the configuration says now"
        said, seen = len(d.read("log")), d.read("log").count(done)
        d.process.send_signal(signal.SIGHUP)
        d.wait_log(done, seen + 1)
        return d.read("log")[said:]

    def test_both_ends_show_the_renewed_certificate_after_sighup(self):
        first = self.on_disk()
        self.assertEqual(self.served(), first)
        self.daemon.wait_for("a connection to the peer", lambda: first in self.peer.shown)
        self.certify()
        second = self.on_disk()
        self.assertEqual(self.served(), first)
        said = self.hup()
        self.assertNotIn(HOLDS, said)
        self.assertNotIn("restart", said)
        self.assertEqual(self.served(), second)
        self.daemon.wait_for("a connection with it to the peer", lambda: second in self.peer.shown)
        done = subprocess.run(["openssl", "s_client", "-connect", "{}:{}".format(*self.daemon.address("diameter")), "-tls1_2", "-CAfile", self.daemon.path("ca.pem"),
                               "-verify_return_error", "-cert", self.daemon.path("other.pem"), "-key", self.daemon.path("other.key")],
                              input="", capture_output=True, text=True, timeout=30, check=False)
        self.assertIn("Verify return code: 0 (ok)", done.stdout, done.stderr)

    def test_what_cannot_be_changes_nothing_and_is_said(self):
        first, d = self.served(), self.daemon
        shutil.copy(d.path("other.key"), d.path("own.key"))
        self.assertIn("has another key than the one beside it; " + HOLDS, self.hup())
        self.certify(name="elsewhere.example")
        self.assertIn("own.pem: does not name the identity of this process; " + HOLDS, self.hup())
        self.certify(dates=("20200101000000Z", "20200102000000Z"))
        self.assertIn("own.pem: has expired; " + HOLDS, self.hup())
        certificates.authority(d.directory, "stranger")
        self.certify(ca="stranger")
        self.assertIn("own.pem: is of no authority that is trusted here; " + HOLDS, self.hup())
        d.write("own.pem", "")
        self.assertIn("own.pem: cannot be read: empty; " + HOLDS, self.hup())
        self.assertEqual(self.served(), first)
        self.certify()
        self.assertNotIn(HOLDS, self.hup())
        self.assertEqual(self.served(), self.on_disk())

    def test_what_is_no_file_of_pem_holds_up_nobody(self):
        first, d = self.served(), self.daemon

        def in_place_of(name, make):
            if os.path.exists(d.path(name)):
                os.remove(d.path(name))
            make(d.path(name))

        in_place_of("own.pem", os.mkfifo)
        self.assertIn("own.pem: cannot be read: no regular file; " + HOLDS, self.hup())
        in_place_of("door.pem", os.mkfifo)
        self.assertNotIn("downlink.tls", self.hup())
        d.ask(command="status")
        in_place_of("own.pem", os.mkdir)
        self.assertIn("own.pem: cannot be read: no regular file; " + HOLDS, self.hup())
        os.rmdir(d.path("own.pem"))
        d.write("own.pem", "-" * 300000)
        self.assertIn("own.pem: cannot be read: too large; " + HOLDS, self.hup())
        self.assertEqual(self.served(), first)

    def resident(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"^VmRSS:\s+(\d+) kB$", file.read(), re.MULTILINE)[1])

    def test_what_has_not_changed_is_not_kept_again_at_each_sighup(self):
        d = self.daemon
        d.write("own.pem", d.read("own.pem") + d.read("ca.pem"))
        for _ in range(100):
            self.hup()
        resident, open_files = self.resident(), len(os.listdir(f"/proc/{d.process.pid}/fd"))
        for _ in range(500):
            self.hup()
        self.assertLess(self.resident() - resident, 1024)
        self.assertLessEqual(len(os.listdir(f"/proc/{d.process.pid}/fd")), open_files + 4)  # a peer comes and goes

    def expiry(self):
        """By the section that names it: until when, as text, and how many seconds still."""
        return {one["certificate"]: (one["not_after"], one["expires_in_ms"] / 1000) for one in self.daemon.ask(command="status")["certificates"]}

    def not_after(self, name):
        done = subprocess.run(["openssl", "x509", "-in", self.daemon.path(name), "-noout", "-enddate", "-dateopt", "iso_8601"], capture_output=True, text=True,
                              timeout=30, check=True)
        return done.stdout.strip().removeprefix("notAfter=").replace(" ", "T")

    def test_the_status_says_until_when_what_is_shown_is_valid(self):
        d = self.daemon
        first, left = self.expiry()["diameter.tls"]
        self.assertEqual(first, self.not_after("own.pem"))
        self.assertEqual(self.expiry()["downlink.tls"][0], self.not_after("door.pem"))
        self.assertTrue(86400 < left <= 2 * 86400, left)
        self.certify(dates=("20200101000000Z", "20990101000000Z"))
        certificates.both(d.directory, "door", "DNS:localhost", dates=("20200101000000Z", "20980101000000Z"))
        self.assertEqual(self.expiry()["diameter.tls"][0], first)  # what stands in the file is not what is shown
        self.assertIn("downlink.tls: another certificate stands in its file; it needs a restart", self.hup())
        self.assertEqual(self.expiry()["diameter.tls"][0], "2099-01-01T00:00:00Z")
        self.assertNotEqual(self.expiry()["downlink.tls"][0], "2098-01-01T00:00:00Z")
        shutil.copy(d.path("other.key"), d.path("own.key"))
        certificates.both(d.directory, "own", f"DNS:{NAME}", dates=("20200101000000Z", "20200102000000Z"))
        self.assertIn(HOLDS, self.hup())
        self.assertEqual(self.expiry()["diameter.tls"][0], "2099-01-01T00:00:00Z")
        self.certify()
        d.stop()
        d.start()
        self.assertEqual(self.expiry()["downlink.tls"][0], "2098-01-01T00:00:00Z")

    def test_prometheus_hears_how_long_each_is_valid(self):
        with urllib.request.urlopen("http://{}:{}/metrics".format(*self.daemon.address("metrics")), timeout=20) as answer:
            text = answer.read().decode()
        left = dict(re.findall(r'^godwit_certificate_expires_in_seconds\{certificate="(.+)"\} (.+)$', text, re.MULTILINE))
        self.assertEqual(set(left), {"diameter.tls", "downlink.tls"})
        self.assertTrue(86400 < float(left["diameter.tls"]) <= 2 * 86400, text)
        self.assertNotIn(self.daemon.directory, text)

    def test_another_authority_needs_a_restart_and_is_said(self):
        certificates.authority(self.daemon.directory)
        self.assertIn("diameter.tls.ca: what stands in the file has changed; this needs a restart", self.hup())

    def test_many_handshakes_while_it_is_renewed_again_and_again(self):
        going, wrong = True, []

        def shake():
            while going:
                try:
                    self.served()
                except OSError as error:
                    wrong.append(error)

        threads = [threading.Thread(target=shake) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(8):
            self.certify()
            self.assertNotIn(HOLDS, self.hup())
        going = False
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(self.served(), self.on_disk())
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
