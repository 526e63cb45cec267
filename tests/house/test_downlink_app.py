#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Messages of applications for devices: by curl and by mosquitto_pub, while the device sleeps and while it listens, over the death of godwitd; who is refused; and the
trigger that is asked of a MTC-IWF to wake the device."""
import http.server
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.append(os.path.join(HERE, "..", "peer"))
import certificates  # noqa: E402
from whole import Device, Godwitd, free_port, readings, wait_for_readings  # noqa: E402
from test_t8 import client_certificate  # noqa: E402

IMSI, APP, STRANGER = "001010000000001", "app.example.org", "stranger.example.org"
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


class Iwf(http.server.BaseHTTPRequestHandler):
    """What a MTC-IWF is asked."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body))
        self.send_response(201)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class Downlink(unittest.TestCase):
    def setUp(self):
        self.daemon = d = self.enterContext(Godwitd())
        certificates.authority(d.directory)
        certificates.server(d.directory, "server", "DNS:localhost,IP:127.0.0.1")
        for name in (APP, STRANGER):
            client_certificate(d.directory, name)
        self.broker_port = free_port()
        self.iwf = None

    def start(self, wake=False, **more):
        d = self.daemon
        text = f"""downlink:
  per_device: 3
  awake_ms: 2000
  listen: "127.0.0.1:0"
  tls: {{certificate: {d.path("server.pem")}, key: {d.path("server.key")}, ca: {d.path("ca.pem")}}}
  callers: [{APP}]
  mqtt: {{url: "mqtt://127.0.0.1:{self.broker_port}", plain: true, client_id: hse-down}}
"""
        if wake:
            self.start_iwf()
            text += f"""  wake:
    url: "https://localhost:{self.iwf.server_port}"
    as: {APP}
    external_id: "{{imsi}}@meters.example"
    port: 9000
    tls: {{certificate: {d.path(APP + ".pem")}, key: {d.path(APP + ".key")}, ca: {d.path("ca.pem")}}}
"""
        d.configure(extra=text, **more)
        d.start()
        if not hasattr(self, "device"):
            self.device = Device(d.directory, IMSI).subscribe(d)

    def start_iwf(self):
        d = self.daemon
        self.iwf = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Iwf)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(d.path("server.pem"), d.path("server.key"))
        context.load_verify_locations(d.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        self.iwf.socket = context.wrap_socket(self.iwf.socket, server_side=True)
        self.iwf.seen = []
        threading.Thread(target=self.iwf.serve_forever, daemon=True).start()
        self.addCleanup(self.iwf.server_close)
        self.addCleanup(self.iwf.shutdown)

    def start_broker(self):
        d = self.daemon
        conf = d.write("mosquitto.conf", f"listener {self.broker_port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\n"
                                         f"persistence_location {d.directory}/\n")
        broker = subprocess.Popen([MOSQUITTO, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(broker.wait)
        self.addCleanup(broker.kill)
        return broker

    def publish(self, text, imsi=IMSI):
        """mosquitto_pub; again until the broker is there."""
        def done():
            return subprocess.run(["mosquitto_pub", "-p", str(self.broker_port), "-q", "1", "-t", f"godwit/{imsi}/down", "-m", text],
                                  capture_output=True, timeout=120, check=False).returncode == 0
        self.daemon.wait_for("the broker to take a message", done)

    def post(self, body, imsi=IMSI, who=APP, key=None, method="POST", kind="application/json", tail=""):
        d = self.daemon
        words = ["curl", "-sS", "-i", "--max-time", "100", "--cacert", d.path("ca.pem"), "-X", method, "-H", f"Content-Type: {kind}",
                 "--data", body if isinstance(body, str) else json.dumps(body)]
        words += ["--cert", d.path(who + ".pem"), "--key", d.path(who + ".key")] if who else []
        words += ["-H", f"Idempotency-Key: {key}"] if key else []
        url = f"https://localhost:{d.address('downlink')[1]}/downlink/v1/devices/{imsi}/messages{tail}"
        done = subprocess.run([*words, url], capture_output=True, text=True, timeout=120, check=False)
        head, _, text = done.stdout.replace("\r\n", "\n").partition("\n\n")
        return int(head.split()[1]) if head else 0, json.loads(text) if text.strip() else {}

    def speak(self, wanted=0):
        """The device sends a reading and listens until it counts as asleep again, and has been told so much; what it was told."""
        before, submitted = len(readings(self.daemon)), self.daemon.read("log").count("event=submitted ")
        with self.device.staying(self.daemon.ready["hse"], "here I am") as said:
            wait_for_readings(self.daemon, before + 1)
            time.sleep(2.2)  # awake_ms, from when the HSE heard it
            self.daemon.wait_log("event=submitted ", submitted + wanted)
        return [one["payload"] if "payload" in one else one["payload_hex"] for one in said.get("received", [])]

    def test_a_message_waits_until_the_device_speaks(self):
        self.start()
        self.speak()
        self.assertEqual(self.post({"payload": "open the valve"}), (202, {"accepted": True}))
        self.assertEqual(self.post({"payloadHex": "00ff"}), (202, {"accepted": True}))
        self.assertEqual(self.speak(2), ["open the valve", "00ff"])
        self.assertEqual(self.speak(), [])

    def test_it_survives_the_death_of_the_daemon_and_is_said_once(self):
        d = self.daemon
        self.start()
        self.speak()
        self.assertEqual(self.post({"payload": "once"}, key="a")[0], 202)
        self.assertEqual(self.post({"payload": "once"}, key="a")[0], 202)
        self.assertEqual(self.post({"payload": "over"}, key="b")[0], 202)
        d.process.send_signal(signal.SIGKILL)
        d.process.wait()
        d.close_pipes()
        d.start()
        self.assertEqual(self.speak(2), ["once", "over"])

    def test_too_many_are_refused_and_nothing_of_what_was_taken_is_lost(self):
        self.start()
        self.speak()
        for text in ("1", "2", "3"):
            self.assertEqual(self.post({"payload": text})[0], 202)
        code, answer = self.post({"payload": "4"})
        self.assertEqual((code, answer["cause"]), (503, "overload"))
        self.assertEqual(self.speak(3), ["1", "2", "3"])
        self.assertEqual(self.post({"payload": "4"})[0], 202)
        self.assertEqual(self.speak(1), ["4"])

    def test_who_and_what_is_refused(self):
        self.start()
        self.speak()
        for code, arguments in ((403, {"who": STRANGER}), (404, {"imsi": "12"}), (404, {"tail": "/7"}), (405, {"method": "PUT"}),
                                (415, {"kind": "text/plain"}), (400, {"key": "k" * 129}), (400, {"body": "{"}), (400, {"body": {}}),
                                (400, {"body": {"payload": "a", "priority": 1}}), (400, {"body": {"payload": "a", "validityPeriod": 0}}),
                                (400, {"body": {"payload": "x" * 1209}}), (413, {"body": {"payload": "x" * 20000}})):
            with self.subTest(arguments):
                body = arguments.pop("body", {"payload": "a"})
                self.assertEqual(self.post(body, **arguments)[0], code)
        self.assertNotEqual(self.post({"payload": "a"}, who=None)[0], 202)
        self.assertEqual(self.speak(), [])

    def test_topics_too_even_when_broker_and_daemon_die_between(self):
        d = self.daemon
        broker = self.start_broker()
        self.start()
        self.speak()
        self.publish("by topic")
        told = []
        d.wait_for("the message of the topic", lambda: told.extend(self.speak()) or told)
        self.assertEqual(told, ["by topic"])
        d.process.send_signal(signal.SIGKILL)
        d.process.wait()
        d.close_pipes()
        self.publish("while you were away")
        broker.send_signal(signal.SIGTERM)
        broker.wait()
        self.start_broker()
        d.start()
        told = []
        d.wait_for("what the broker kept", lambda: told.extend(self.speak()) or told)
        self.assertEqual(told, ["while you were away"])

    def test_a_device_is_woken_by_a_trigger(self):
        self.start(wake=True)
        self.speak()
        self.assertEqual(self.post({"payload": "a"})[0], 202)
        self.assertEqual(self.post({"payload": "b", "wake": True})[0], 202)
        self.daemon.wait_for("the MTC-IWF to be asked", lambda: self.iwf.seen)
        path, body = self.iwf.seen[0]
        self.assertEqual(path, f"/3gpp-device-triggering/v1/{APP}/transactions")
        self.assertEqual((body["externalId"], body["applicationPortId"]), (f"{IMSI}@meters.example", 9000))
        self.assertEqual(len(self.iwf.seen), 1)
        self.assertEqual(self.speak(2), ["a", "b"])


if __name__ == "__main__":
    unittest.main()
