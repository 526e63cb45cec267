# SPDX-License-Identifier: Apache-2.0
"""GET /metrics of a real godwitd, read by the parser of Prometheus' own Python library: it says what `godwit status` says, names nobody, and goes on working
whatever comes to its port."""
import http.client
import json
import socket
import sys
import time
import unittest

from whole import Device, Godwitd, cli, no_key_in

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian has it, whichever Python this is
try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    print("prometheus_client is not installed: nothing to read the metrics with")
    sys.exit(77)

LABELS = {"address", "certificate", "destination", "door", "event", "function", "identity", "kind", "reason", "version"}


def ask(daemon, path="/metrics", method="GET", body=None):
    """(code, headers, text)"""
    connection = http.client.HTTPConnection(*daemon.address("metrics"), timeout=20)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def scrape(daemon):
    """{name: {labels: value}}; refuses what Prometheus would: a sample told twice, a family in two pieces."""
    code, headers, text = ask(daemon)
    assert code == 200, text
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers["Content-Type"]
    samples, families = {}, set()
    for family in text_string_to_metric_families(text):
        assert family.name not in families and family.documentation and family.type in ("counter", "gauge"), family
        families.add(family.name)
        for sample in family.samples:
            assert set(sample.labels) <= LABELS, sample
            labels = tuple(sorted(sample.labels.items()))
            assert labels not in samples.setdefault(sample.name, {}), sample
            samples[sample.name][labels] = sample.value
    return samples, text


class Metrics(unittest.TestCase):
    def daemon(self, metrics='{listen: "127.0.0.1:0"}', **more):
        daemon = self.enterContext(Godwitd())
        daemon.configure(extra=f"metrics: {metrics}\n", **more)
        return daemon

    def settled(self, daemon):
        """A scrape, and a status that was the same before and after. What is told may be a second old, and no older."""
        while True:
            before = daemon.ask(command="status")
            time.sleep(1.1)
            (samples, text), after = scrape(daemon), daemon.ask(command="status")
            same = {name: value for name, value in before.items() if name != "uptime_ms"}
            if same == {name: value for name, value in after.items() if name != "uptime_ms"}:
                return samples, text, after

    def test_it_says_what_the_status_says_and_names_nobody(self):
        daemon = self.daemon(hse="deliver_queue: {keep: store}").start()
        device = Device(daemon.directory, "001010000000001").subscribe(daemon)
        device.send(daemon.ready["hse"], "one reading")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"\xff" * 40, daemon.address())
        samples, text, status = self.settled(daemon)
        told = {(c["function"], c["event"], c["reason"]): c["count"] for c in status["counters"]}
        got = {tuple(dict(labels)[name] for name in ("function", "event", "reason")): n for labels, n in samples["godwit_events_total"].items()}
        self.assertEqual(got, told)
        self.assertEqual(got[("hse", "session_started", "ok")], 1)
        self.assertEqual(samples["godwit_stored_records"][(("kind", "sessions"),)], 1)
        self.assertEqual(samples["godwit_store_damaged_rows"], {(): 0})
        self.assertEqual(samples["godwit_build_info"], {(("version", status["version"]),): 1})
        self.assertEqual({dict(labels)["function"] for labels in samples["godwit_function_info"]}, set(status["functions"]))
        hse = status["hse"][0]
        self.assertEqual(samples["godwit_socket_received_total"], {(("address", hse["address"]), ("door", "hse"), ("function", "hse")): hse["received"]})
        self.assertEqual(samples["godwit_socket_received_octets_total"].popitem()[1], hse["received_octets"])
        one = status["deliveries"]["destinations"][0]
        self.assertEqual(samples["godwit_destination_delivered_total"], {(("destination", "0"), ("kind", "file")): one["delivered"]})  # a path is not told
        self.assertEqual(samples["godwit_queue_readings_max"], {(): status["deliveries"]["readings_max"]})
        self.assertGreater(samples["process_start_time_seconds"][()], 1.7e9)
        self.assertNotIn(daemon.directory, text)
        no_key_in(self, device, text)
        self.assertNotIn("0010100000", text)
        self.assertNotIn("gsup", text)  # there is no such link: no sample, not a zero

    def test_a_destination_that_is_named_like_the_place_of_another_is_told_apart(self):
        daemon = self.daemon(hse="deliver_queue: {keep: memory}")
        daemon.config = daemon.write("godwit.yaml", daemon.read("godwit.yaml").replace(
            "deliver: [", f"deliver: [{{kind: file, name: '2', path: {daemon.path('other')}}}, {{kind: file, name: 1a, path: {daemon.path('third')}}}, "))
        self.assertEqual([dict(labels)["destination"] for labels in scrape(daemon.start())[0]["godwit_destination_delivered_total"]], ["0", "1a", "2"])

    def test_peers_and_doors_of_several_functions(self):
        daemon = self.daemon(functions="[hss, emks, hse, mtc_iwf]", metrics="""{listen: "127.0.0.1:0"}
mtc_iwf: {protect: hop, a3: "127.0.0.1:0", sources: [{name: scs.home.example, kind: scs}]}
diameter:
  listen: "127.0.0.1:0"
  peers: [{identity: other.home.example, realm: home.example, address: "127.0.0.1:1"}]""")
        daemon.start()
        samples, _, status = self.settled(daemon)
        self.assertEqual(samples["godwit_diameter_peer_open"], {(("identity", "other.home.example"),): 0})
        self.assertEqual(samples["godwit_diameter_requests_received_total"], {(): 0})
        self.assertNotIn("godwit_diameter_port_total", samples)
        self.assertEqual({dict(labels)["door"] for labels in samples["godwit_socket_sent_total"]}, {one["door"] for one in status["hse"] + status["access"]})

    def test_other_paths_and_methods(self):
        daemon = self.daemon().start()
        for path, method, code in (("/", "GET", 404), ("/metrics/", "GET", 404), ("/metrics?x=1", "GET", 200), ("/metrics", "HEAD", 200),
                                   ("/metrics", "POST", 405), ("/metrics", "DELETE", 405)):
            got, headers, _ = ask(daemon, path, method, "body" if method == "POST" else None)
            self.assertEqual(got, code, (path, method))
            self.assertEqual(headers["Allow"], "GET, HEAD" if code == 405 else None)

    def test_beyond_the_loopback_only_when_it_is_said(self):
        for address in ("192.0.2.1:9464", "0.0.0.0:9464", "[::]:9464"):
            daemon = self.daemon(f'{{listen: "{address}"}}')
            code, _, error = daemon.run("--config", daemon.config, "--check")
            self.assertEqual(code, 3)
            self.assertIn("metrics.listen: is beyond the loopback", error)
            self.assertIn("plain: true", error)
            daemon = self.daemon(f'{{listen: "{address}", plain: true}}')
            self.assertEqual(daemon.run("--config", daemon.config, "--check")[0], 0)
        for text in ("{}", '{listen: "[::1]:0"}'):  # 127.0.0.1:9464 is the default
            daemon = self.daemon(text)
            self.assertEqual(daemon.run("--config", daemon.config, "--check")[0], 0)
        daemon = self.daemon('{listen: "0.0.0.0:0", plain: true}').start()
        self.assertEqual(scrape(daemon)[0]["godwit_store_damaged_rows"], {(): 0})

    def test_a_port_in_use_is_said_at_the_start(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            daemon = self.daemon(f'{{listen: "127.0.0.1:{taken.getsockname()[1]}"}}')
            code, _, error = daemon.run("--config", daemon.config)
            self.assertEqual(code, 1)
            self.assertIn("metrics: ", error)
            self.assertIn("in use", error)

    def test_whatever_comes_to_the_port_the_rest_goes_on(self):
        daemon = self.daemon().start()
        device = Device(daemon.directory, "001010000000001").subscribe(daemon)
        device.send(daemon.ready["hse"], "before")
        counted = daemon.counters()
        rubbish = (b"", b"GET /metrics HT", b"\x00\xff" * 300, b"GET /" + b"x" * 9000, b"\x16\x03\x01\x02\x00" + b"\x01" * 500,
                   b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
        strangers = []
        try:
            for octets in rubbish * 12:
                stranger = socket.create_connection(daemon.address("metrics"), timeout=20)
                strangers.append(stranger)
                try:
                    stranger.sendall(octets)
                except OSError:
                    pass  # it was turned away
            self.assertFalse(device.send(daemon.ready["hse"], "meanwhile")["set_up"])
            daemon.ask(command="status")
        finally:
            for stranger in strangers:
                stranger.close()
        daemon.wait_for("a scrape", lambda: self.answers(daemon))
        now = {key: n for key, n in daemon.counters().items() if counted.get(key) != n}
        self.assertEqual({key[0] for key in now} - {"hse"}, set(), now)  # a reading was counted, and nobody's rubbish

    @staticmethod
    def answers(daemon):
        try:
            return ask(daemon)[0] == 200
        except OSError:
            return False

    def test_who_does_not_read_holds_up_nobody(self):
        daemon = self.daemon().start()
        slow = []
        try:
            for _ in range(6):
                one = socket.socket()
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
                one.settimeout(20)
                one.connect(daemon.address("metrics"))
                one.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 40)
                slow.append(one)
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            device.send(daemon.ready["hse"], "meanwhile")
            self.assertEqual(scrape(daemon)[0]["godwit_store_damaged_rows"], {(): 0})
        finally:
            for one in slow:
                one.close()

    def test_sighup_says_that_another_address_needs_a_restart(self):
        daemon = self.daemon().start()
        daemon.config = daemon.write("godwit.yaml", daemon.read("godwit.yaml").replace('metrics: {listen: "127.0.0.1:0"}', "metrics: {}"))
        daemon.process.send_signal(1)
        daemon.wait_log("metrics: changed; this needs a restart")
        self.assertEqual(ask(daemon)[0], 200)


class Commands(unittest.TestCase):
    def test_a_daemon_without_the_section_has_no_such_port(self):
        with Godwitd() as daemon:
            daemon.start()
            self.assertNotIn("metrics", daemon.ready)
            self.assertIn("counters", json.dumps(cli.result("status", "--control", daemon.path("control"))))


if __name__ == "__main__":
    unittest.main()
