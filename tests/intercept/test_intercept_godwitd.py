#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lawful interception with a real godwitd, devices that are `godwit send`, and a destination that wants a certificate."""
import http.server
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", part) for part in ("policy", "house")]
import pki  # noqa: E402
from whole import Device, Godwitd, cli, free_port, no_key_in, readings, wait_for_readings  # noqa: E402

TARGET, OTHER = "001010000000001", "001010000000002"


def setUpModule():
    pki.authority("ca")
    pki.authority("other-ca")
    pki.certificate("destination", "IP:127.0.0.1")
    pki.certificate("false", "IP:127.0.0.1", ca="other-ca")
    pki.certificate("us", "DNS:hse.home.example")


class Destination:
    """Takes copies over mutual TLS; those it was given stand in `copies`."""

    def __init__(self, port=0, certificate="destination", code=200):
        self.copies, self.code = [], code
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert int(self.headers["Godwit-Copy"]) == body["id"]
                if outer.code == 200:
                    outer.copies.append(body)
                self.send_response(outer.code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *unused):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.path(f"{certificate}.pem"), pki.path(f"{certificate}.key"))
        context.load_verify_locations(pki.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.handle_error = lambda *unused: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Home(Godwitd):
    def prepare(self, port, targets=TARGET + " LIID-7\n", mode=0o600, hse=""):
        self.write("targets", targets, mode)
        self.configure(hse=f"""intercept:
    targets: {self.path("targets")}
    url: "https://127.0.0.1:{port}/copies"
    queue: {self.path("queue")}
    audit: {self.path("audit.jsonl")}
    retry_ms: 50
    tls: {{certificate: {pki.path("us.pem")}, key: {pki.path("us.key")}, ca: {pki.path("ca.pem")}}}
  {hse}""")
        return self

    def audit(self):
        return [json.loads(line) for line in self.read("audit.jsonl").splitlines()] if os.path.exists(self.path("audit.jsonl")) else []

    def events(self):
        return [line["event"] for line in self.audit()]

    def verify(self):
        return cli.run("audit", "verify", self.path("audit.jsonl"))


class Interception(unittest.TestCase):
    def test_target_is_copied_once_both_ways_and_nobody_else_is(self):
        destination = Destination()
        with Home() as home:
            home.prepare(destination.port).start()
            target = Device(home.directory, TARGET).subscribe(home)
            other = Device(home.directory, OTHER).subscribe(home)
            for n in range(3):
                ids = [target.send(home.ready["hse"], f"reading {n}")["session"], other.send(home.ready["hse"], f"not this {n}")["session"]]
            self.assertEqual(home.ask(command="send", imsi=TARGET, payload="valve"), {"sent": True})
            self.assertEqual(home.ask(command="send", imsi=OTHER, payload="lamp"), {"sent": True})
            home.wait_for("four copies", lambda: home.events().count("delivered") >= 4)
            got = [(c["imsi"], c["reference"], c["direction"], bytes.fromhex(c["payload_hex"]).decode()) for c in destination.copies]
            self.assertEqual(got, [(TARGET, "LIID-7", "up", f"reading {n}") for n in range(3)] + [(TARGET, "LIID-7", "down", "valve")])
            self.assertEqual(len(wait_for_readings(home, 6)), 6)
            self.assertEqual([c["id"] for c in destination.copies], [1, 2, 3, 4])
            home.wait_for("an empty queue", lambda: os.listdir(home.path("queue")) == [])
            self.nobody_can_tell(home, ids)
            no_key_in(self, target, json.dumps(destination.copies), home.read("audit.jsonl"))
            self.assertEqual(set(destination.copies[0]),
                             {"id", "node", "imsi", "reference", "direction", "session", "count", "time_ms", "payload_hex"}, "no key among them")
            self.assertNotIn("reading", home.read("audit.jsonl"), "no payload in the audit file")
            self.assertEqual(home.stop(), 0)
            self.assertEqual(home.verify()[0], 0)
        destination.close()

    def nobody_can_tell(self, home, ids):
        """Log, status and counters differ in nothing but the IMSIs."""
        log = home.read("log").lower()
        for word in ("intercept", "target", "liid", "copy", "copies", "audit", "lawful"):
            self.assertNotIn(word, log)
            self.assertNotIn(word, json.dumps(home.ask(command="status")).lower())
            self.assertNotIn(word, json.dumps(home.ask(command="session-list")).lower())
        sessions = [home.ask(command="session-show", session=i) for i in ids]
        self.assertIn("suite", sessions[0])
        self.assertEqual(set(sessions[0]), set(sessions[1]))

    def test_destination_that_is_down_gets_everything_later_also_after_a_kill(self):
        port = free_port()
        with Home() as home:
            home.prepare(port).start()
            target = Device(home.directory, TARGET).subscribe(home)
            for n in range(3):
                target.send(home.ready["hse"], f"reading {n}")
            self.assertEqual(len(wait_for_readings(home, 3)), 3)
            home.wait_for("all are queued", lambda: home.events().count("queued") == 3)
            home.wait_for("it is noticed", lambda: "unreachable" in home.events())
            self.assertNotIn("unreachable", home.read("log"))
            self.assertEqual(home.stop(signal.SIGKILL), -signal.SIGKILL)
            self.assertEqual(len(os.listdir(home.path("queue"))), 3)
            destination = Destination(port)
            home.start()
            target.options = ["--wait", "100"]
            target.send(home.ready["hse"], "reading 3")
            home.wait_for("four copies", lambda: home.events().count("delivered") == 4)
            self.assertEqual([bytes.fromhex(c["payload_hex"]).decode() for c in destination.copies], [f"reading {n}" for n in range(4)])
            self.assertEqual(home.stop(), 0)
            self.assertEqual(home.verify()[0], 0)
            destination.close()

    def test_false_destination_gets_nothing(self):
        false = Destination(certificate="false")
        with Home() as home:
            home.prepare(false.port).start()
            Device(home.directory, TARGET).subscribe(home).send(home.ready["hse"], "secret")
            home.wait_for("it is noticed", lambda: "unreachable" in home.events())
            self.assertEqual(false.copies, [])
            self.assertEqual(len(os.listdir(home.path("queue"))), 1)
        false.close()

    def test_destination_that_refuses_is_asked_again(self):
        destination = Destination(code=503)
        with Home() as home:
            home.prepare(destination.port).start()
            Device(home.directory, TARGET).subscribe(home).send(home.ready["hse"], "again")
            home.wait_for("it is noticed", lambda: "unreachable" in home.events())
            destination.code = 200
            home.wait_for("delivered", lambda: "delivered" in home.events())
            self.assertEqual(len(destination.copies), 1)
        destination.close()

    def test_full_queue_loses_copies_and_says_so_in_the_audit_file_alone(self):
        with Home() as home:
            home.prepare(free_port(), hse="")
            text = home.read("godwit.yaml").replace("    retry_ms: 50\n", "    retry_ms: 50\n    queue_copies: 2\n")
            home.write("godwit.yaml", text)
            home.start()
            target = Device(home.directory, TARGET).subscribe(home)
            for n in range(4):
                target.send(home.ready["hse"], f"reading {n}")
            home.wait_for("it is told", lambda: home.events().count("lost") == 2)
            self.assertEqual(len(wait_for_readings(home, 4)), 4, "deliveries go on")
            self.assertNotIn("lost", home.read("log"))

    def test_list_changes_by_a_signal_and_the_log_does_not_say_how(self):
        destination = Destination()
        with Home() as home:
            home.prepare(destination.port, targets="# nobody\n").start()
            target = Device(home.directory, TARGET).subscribe(home)
            target.send(home.ready["hse"], "before")
            home.write("targets", f"{OTHER}\n{TARGET} W-9\n")
            home.process.send_signal(signal.SIGHUP)
            home.wait_log("are as the configuration says now")
            target.send(home.ready["hse"], "after")
            home.wait_for("delivered", lambda: "delivered" in home.events())
            self.assertEqual([bytes.fromhex(c["payload_hex"]) for c in destination.copies], [b"after"])
            home.write("targets", "twelve\n")
            home.process.send_signal(signal.SIGHUP)
            home.wait_log("reload_refused")
            target.send(home.ready["hse"], "still")
            home.wait_for("delivered", lambda: home.events().count("delivered") == 2)
            self.assertNotIn(TARGET, home.read("log"))
        destination.close()

    def test_list_that_others_can_read_or_that_is_wrong_is_refused(self):
        for targets, mode, said in ((TARGET + "\n", 0o640, "nobody else"), (TARGET + "\n", 0o604, "nobody else"), ("abc\n", 0o600, "line 1"),
                                    (f"{TARGET}\n{TARGET} x\n", 0o600, "twice"), (f"{TARGET} a b\n", 0o600, "line 1"),
                                    ("#\n" + TARGET + " " + "r" * 33 + "\n", 0o600, "line 2")):
            with self.subTest(targets=targets), Home() as home:
                home.prepare(1, targets, mode)
                code, _, err = home.run("--config", home.config)
                self.assertEqual(code, 1)
                self.assertIn(said, err)
                self.assertNotIn(TARGET, err)

    def test_audit_file_that_was_changed_is_found_and_nothing_starts_on_it(self):
        destination = Destination()
        with Home() as home:
            home.prepare(destination.port).start()
            target = Device(home.directory, TARGET).subscribe(home)
            for n in range(2):
                target.send(home.ready["hse"], f"reading {n}")
            home.wait_for("delivered", lambda: home.events().count("delivered") == 2)
            self.assertEqual(home.stop(), 0)
            good = home.read("audit.jsonl")
            lines = good.splitlines(keepends=True)
            self.assertEqual(home.verify()[0], 0)
            for bad in (good.replace(TARGET, OTHER, 1), "".join(lines[1:]), "".join(lines[:-1]), "".join(lines[:1] + lines[2:]),
                        lines[1] + lines[0] + "".join(lines[2:]), good.replace('"octets":9', '"octets":8', 1), "", good + lines[-1],
                        good.replace("queued", "queueb", 1), "x" * 2000 + "\n" + good):
                home.write("audit.jsonl", bad)
                self.assertEqual(home.verify()[0], 1, bad[:200])
                code, _, err = home.run("--config", home.config)
                self.assertEqual(code, 1)
                self.assertIn("audit.jsonl", err)
            home.write("audit.jsonl", good + lines[-1][:40])
            self.assertEqual(home.verify()[0], 0, "a torn last line is what a power loss leaves")
            home.start()
            target.send(home.ready["hse"], "reading 2")
            home.wait_for("delivered", lambda: home.events().count("delivered") == 3)
            self.assertEqual(home.stop(), 0)
            self.assertEqual(home.verify()[0], 0)
            self.assertEqual([c["id"] for c in destination.copies], [1, 2, 3])
        destination.close()


if __name__ == "__main__":
    unittest.main()
