# SPDX-License-Identifier: Apache-2.0
"""Readings on their way to applications that fail, hang, are slow or away, and a godwitd that is killed: nothing is lost, order is kept, and what is beyond the
bound is refused to the device."""
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import threading
import unittest

from whole import PATIENCE, Device, Godwitd, free_port

SECRET = "a secret of thirty-two octets ok"


class Webhook:
    """An application's endpoint. script: what it does to the next requests ("hang", or a code); after them 204."""

    def __init__(self, port=None):
        self.script, self.requests, self.taken = [], [], []
        self.release = threading.Event()
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.requests.append((dict(self.headers), body))
                what = hook.script.pop(0) if hook.script else 204
                if what == "hang":
                    hook.release.wait(PATIENCE)
                    self.close_connection = True
                    return
                if 200 <= what < 300:
                    hook.taken.append((json.loads(body), dict(self.headers), body))
                self.send_response(what)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *unused):  # pylint: disable=arguments-differ
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port or free_port()), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def payloads(self):
        return [reading["payload"] for reading, _, _ in self.taken]


def config(daemon, *destinations, queue=""):
    """The destinations instead of the file that other tests have."""
    text = daemon.read("godwit.yaml")
    kept = [line for line in text.splitlines() if not line.startswith(("  deliver:", "  deliver_queue:"))]
    at = kept.index("hse:") + 1
    kept[at:at] = ["  deliver: [" + ", ".join(destinations) + "]"] + (["  deliver_queue: " + queue] if queue else [])
    daemon.write("godwit.yaml", "\n".join(kept) + "\n")


def webhook(port, more=""):
    return f'{{kind: webhook, name: acme, url: "http://127.0.0.1:{port}/readings", plain: true, retry_ms: 50, retry_max_ms: 200{more}}}'


def send(device, daemon, first, count):
    for i in range(first, first + count):
        device.send(daemon.ready["hse"], f"r{i}")


def names(first, count):
    return [f"r{i}" for i in range(first, first + count)]


class Deliver(unittest.TestCase):
    def setUp(self):
        self.hook = Webhook()
        self.addCleanup(lambda: self.hook.close())  # pylint: disable=unnecessary-lambda

    def wait_taken(self, daemon, count):
        daemon.wait_for(f"{count} readings at the webhook", lambda: len(self.hook.taken) >= count)

    def status(self, daemon):
        return daemon.ask(command="status")["deliveries"]

    def test_a_webhook_that_fails_and_hangs_gets_everything_in_order_and_signed(self):
        with Godwitd() as daemon:
            secret = daemon.write("secret", SECRET + "\n")
            config(daemon, webhook(self.hook.port, f", secret_file: {secret}, timeout_ms: 3000"))
            daemon.start()
            self.hook.script = [500, 503, "hang", 429]
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 6)
            daemon.wait_for("all six", lambda: len(set(self.hook.payloads())) == 6)
            self.assertEqual(list(dict.fromkeys(self.hook.payloads())), names(0, 6))  # an answer that is late on a slow machine makes one come again
            keys = [headers["Idempotency-Key"] for headers, _ in self.hook.requests]
            self.assertEqual(len(set(keys[:5])), 1)  # five attempts of the first
            self.assertEqual(len(set(keys)), 6)
            for reading, headers, body in self.hook.taken:
                self.assertEqual(reading["id"]["origin"], "hse.home.example")
                self.assertEqual(headers["Idempotency-Key"], f'"hse.home.example/{reading["id"]["number"]}"')
                said = dict(part.split("=", 1) for part in headers["Godwit-Signature"].split(","))
                mac = hmac.new(SECRET.encode(), said["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
                self.assertEqual(said["v1"], mac)
            self.assertNotIn(SECRET, daemon.read("log"))
            daemon.wait_for("an empty queue", lambda: self.status(daemon)["readings"] == 0)
            one = self.status(daemon)["destinations"][0]
            self.assertEqual((one["name"], one["queued"], one["delivered"]), ("acme", 0, 6))
            self.assertGreaterEqual(one["retries"], 4)
            self.assertEqual(daemon.stop(), 0)

    def test_a_killed_godwitd_goes_on_where_each_destination_was(self):
        port = self.hook.port
        with Godwitd() as daemon:
            self.hook.close()
            config(daemon, webhook(port), f'{{kind: file, path: {daemon.path("readings")}}}')
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 5)
            daemon.wait_for("five in the file", lambda: len(daemon.read("readings").splitlines()) == 5)
            daemon.wait_for("their mark", lambda: self.status(daemon)["destinations"][1]["queued"] == 0)
            daemon.stop(signal.SIGKILL)
            self.hook = Webhook(port)
            daemon.start()
            send(device, daemon, 5, 2)
            self.wait_taken(daemon, 7)
            self.assertEqual(self.hook.payloads(), names(0, 7))
            lines = [json.loads(line) for line in daemon.read("readings").splitlines()]
            seen = {line["id"]["number"]: line["payload"] for line in lines}  # what came twice is known by its id
            self.assertEqual([seen[number] for number in sorted(seen)], names(0, 7))
            self.assertEqual(daemon.stop(), 0)

    def store(self, daemon, *words):
        """godwit store ...: its exit code and what it says."""
        done = subprocess.run([os.environ["GODWIT"], "store", *words, "--json", "--store", daemon.path("store.db"),
                               "--key-file", daemon.path("store.key")], capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, json.loads(done.stdout)

    def test_a_reading_that_rotted_stops_nobody_and_is_found(self):
        port = self.hook.port
        with Godwitd() as daemon:
            self.hook.close()
            config(daemon, webhook(port))
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 4)
            daemon.stop(signal.SIGKILL)
            with contextlib.closing(sqlite3.connect(daemon.path("store.db"))) as rot, rot:
                rot.execute("UPDATE reading SET count = count + 1 WHERE number = (SELECT number FROM reading ORDER BY 1 LIMIT 1 OFFSET 1)")
            self.hook = Webhook(port)
            daemon.start()
            send(device, daemon, 4, 1)
            self.wait_taken(daemon, 4)
            self.assertEqual(self.hook.payloads(), ["r0", "r2", "r3", "r4"])
            self.assertEqual(daemon.ask(command="status")["stored"]["damaged"], 1)
            self.assertEqual(daemon.counters()[("godwitd", "row_damaged", "store_failed")], 1)
            code, said = self.store(daemon, "check")
            self.assertEqual((code, [(one["of"], one["what"]) for one in said["findings"]]), (1, [("reading", "was changed or moved")]))
            code, said = self.store(daemon, "check", "--set-aside")
            self.assertEqual((code, said["set_aside_now"], said["set_aside"]), (0, 1, 1))
            code, said = self.store(daemon, "check")
            self.assertEqual((code, said["damaged"], said["set_aside"]), (0, 0, 1))
            send(device, daemon, 5, 1)
            self.wait_taken(daemon, 5)
            self.assertEqual(daemon.stop(), 0)

    def test_a_slow_application_does_not_delay_another(self):
        with Godwitd() as daemon, socket.socket(socket.AF_UNIX) as listener, socket.socket(type=socket.SOCK_DGRAM) as udp:
            listener.bind(daemon.path("app"))
            listener.listen(1)
            listener.settimeout(PATIENCE)
            udp.bind(("127.0.0.1", 0))
            udp.settimeout(PATIENCE)
            config(daemon, f'{{kind: unix, path: {daemon.path("app")}, acknowledged: true, in_flight: 2, retry_ms: 20}}',
                   f'{{kind: udp, address: "127.0.0.1:{udp.getsockname()[1]}"}}')
            daemon.start()
            app, _ = listener.accept()
            app.settimeout(PATIENCE)
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 5)
            self.assertEqual([json.loads(udp.recv(2000))["payload"] for _ in range(5)], names(0, 5))
            self.assertEqual([one["queued"] for one in self.status(daemon)["destinations"]], [5, 0])
            lines = app.makefile()
            first = [json.loads(lines.readline())["payload"] for _ in range(2)]
            app.sendall(b"ok\n")
            first.append(json.loads(lines.readline())["payload"])
            self.assertEqual(first, names(0, 3))
            app.shutdown(socket.SHUT_RDWR)  # it has acknowledged one
            lines.close()
            app.close()
            app, _ = listener.accept()
            app.settimeout(PATIENCE)
            lines = app.makefile()
            rest = []
            for _ in range(4):
                rest.append(json.loads(lines.readline())["payload"])
                app.sendall(b"ok\n")
            self.assertEqual(rest, names(1, 4))
            daemon.wait_for("an empty queue", lambda: self.status(daemon)["readings"] == 0)
            self.assertEqual(daemon.stop(), 0)
            lines.close()
            app.close()

    def test_what_is_beyond_the_bound_is_refused_to_the_device(self):
        port = self.hook.port
        with Godwitd() as daemon:
            self.hook.close()
            config(daemon, webhook(port), queue="{readings: 64}")
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 64)
            daemon.wait_for("a full queue", lambda: self.status(daemon)["readings"] == 64)
            device.try_to_send(daemon.ready["hse"], "too much")
            daemon.wait_for("a refusal", lambda: daemon.counters().get(("hse", "refused", "overload"), 0) == 1)
            self.assertEqual(self.status(daemon)["readings"], 64)
            self.hook = Webhook(port)
            self.wait_taken(daemon, 64)
            daemon.wait_for("an empty queue", lambda: self.status(daemon)["readings"] == 0)
            send(device, daemon, 64, 1)
            self.wait_taken(daemon, 65)
            self.assertEqual(self.hook.payloads(), names(0, 65))
            self.assertEqual(daemon.stop(), 0)

    def test_another_url_by_sighup_gets_what_the_first_did_not(self):
        with Godwitd() as daemon:
            self.hook.script = [204, 204] + [500] * 1000
            config(daemon, webhook(self.hook.port))
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 4)
            self.wait_taken(daemon, 2)
            first = self.hook
            self.addCleanup(first.close)
            self.hook = Webhook()
            config(daemon, webhook(self.hook.port))
            daemon.process.send_signal(signal.SIGHUP)
            self.wait_taken(daemon, 2)
            self.assertEqual(first.taken[0][0]["payload"], "r0")
            self.assertEqual(self.hook.payloads(), names(2, 2))
            config(daemon, '{kind: webhook, url: "http://127.0.0.1:1/"}')  # without plain
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_log("event=reload_refused")
            os.mkfifo(daemon.path("secret"), 0o600)  # nobody ever writes to it
            config(daemon, webhook(self.hook.port, f", secret_file: {daemon.path('secret')}"))
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_log("event=reload_refused", 2)
            send(device, daemon, 4, 1)
            self.wait_taken(daemon, 3)
            self.assertEqual(daemon.stop(), 0)

    def test_the_last_destination_does_not_go_while_readings_are_stored_for_it(self):
        with Godwitd() as daemon:
            config(daemon, webhook(self.hook.port))
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 1)
            self.wait_taken(daemon, 1)
            config(daemon)
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_log("goes with a restart alone")
            send(device, daemon, 1, 1)
            self.wait_taken(daemon, 2)
            self.assertEqual(daemon.stop(), 0)

    def test_a_refused_reading_is_passed_over_only_when_the_configuration_says_so(self):
        with Godwitd() as daemon:
            config(daemon, webhook(self.hook.port, ", on_refusal: drop"))
            self.hook.script = [204, 422]
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 3)
            self.wait_taken(daemon, 2)
            self.assertEqual(self.hook.payloads(), ["r0", "r2"])
            daemon.wait_log("event=delivery_refused")
            self.assertIn("answered 422", daemon.read("log"))
            self.assertEqual(daemon.stop(), 0)

    def test_a_queue_in_memory_keeps_what_fails_as_long_as_the_process_lives(self):
        with Godwitd() as daemon:
            config(daemon, webhook(self.hook.port), queue="{keep: memory}")
            daemon.start()
            self.hook.script = [204, 500, 500]
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 4)
            self.wait_taken(daemon, 4)
            self.assertEqual(self.hook.payloads(), names(0, 4))
            numbers = [reading["id"]["number"] for reading, _, _ in self.hook.taken]
            daemon.wait_for("an empty queue", lambda: self.status(daemon)["readings"] == 0)
            self.assertEqual(self.status(daemon)["kept"], "memory")
            self.assertEqual(daemon.stop(), 0)
            daemon.start()
            send(device, daemon, 4, 1)
            self.wait_taken(daemon, 5)
            numbers.append(self.hook.taken[4][0]["id"]["number"])
            self.assertEqual(numbers, sorted(set(numbers)))  # also over a restart
            self.assertLess(numbers[-1], 2**53)
            self.assertEqual(daemon.stop(), 0)

    def test_a_godwitd_that_is_killed_again_and_again_loses_nothing_that_it_stored(self):
        with Godwitd() as daemon:
            config(daemon, webhook(self.hook.port))
            self.hook.script = [204, 500, 204, 500, 500] * 20
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            for life in range(5):
                send(device, daemon, 3 * life, 3)
                expected = 3 * life + 3
                daemon.wait_for("all accepted", lambda n=expected: len(set(self.hook.payloads())) + self.status(daemon)["readings"] >= n)
                daemon.stop(signal.SIGKILL)
                daemon.start()
            daemon.wait_for("all delivered", lambda: len(set(self.hook.payloads())) == 15)
            first = list(dict.fromkeys(self.hook.payloads()))
            self.assertEqual(first, names(0, 15))  # in order, but for those that came again
            by_number = {}
            for reading, _, _ in self.hook.taken:
                by_number.setdefault(reading["id"]["number"], set()).add(reading["payload"])
            self.assertEqual(len(by_number), 15)
            self.assertTrue(all(len(payloads) == 1 for payloads in by_number.values()))  # an id is one reading
            self.assertEqual(daemon.stop(), 0)

    def test_a_file_on_a_full_disk_waits_and_delays_nobody(self):
        with Godwitd() as daemon:
            config(daemon, "{kind: file, name: log, path: /dev/full, retry_ms: 50}", webhook(self.hook.port))
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 4)
            self.wait_taken(daemon, 4)
            daemon.wait_log("No space left on device")
            log, acme = self.status(daemon)["destinations"]
            self.assertEqual((log["queued"], log["delivered"], acme["queued"]), (4, 0, 0))
            self.assertGreater(log["oldest_age_ms"], 0)
            config(daemon, f'{{kind: file, name: log, path: {daemon.path("readings")}}}', webhook(self.hook.port))
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_for("an empty queue", lambda: self.status(daemon)["readings"] == 0)
            self.assertEqual([json.loads(line)["payload"] for line in daemon.read("readings").splitlines()], names(0, 4))
            self.assertEqual(self.hook.payloads(), names(0, 4))
            self.assertEqual(daemon.stop(), 0)

    def test_a_full_disk_loses_nothing_that_was_accepted(self):
        with Godwitd() as daemon:
            config(daemon, webhook(self.hook.port))
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            send(device, daemon, 0, 2)
            self.wait_taken(daemon, 2)
            daemon.wait_for("an empty queue", lambda: self.status(daemon)["readings"] == 0)
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (os.path.getsize(daemon.path("store.db-wal")), resource.RLIM_INFINITY))
            device.send(daemon.ready["hse"], "not durable, so not delivered")
            daemon.wait_log("event=commit_failed")
            self.assertEqual(len(self.hook.requests), 2)
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            send(device, daemon, 2, 2)
            self.wait_taken(daemon, 4)
            self.assertEqual(self.hook.payloads(), names(0, 4))
            self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
