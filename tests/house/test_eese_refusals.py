#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Forty and more refusals at the doors of EESE and HSE, one table: certificates that are none, wrong, old, not yet good, revoked, or somebody else's; two enterprises that
ask for each other's devices; what is no JSON, or not that of docs/eese.openapi.yaml; what was given already. Each with its code and its reason; nothing of
anybody's is in an answer or in the log, and after each a good request is answered and a reading arrives."""
import base64
import json
import os
import shutil
import socket
import ssl
import time
import unittest

import enterprise
from enterprise import IMSI, METERS, OTHERS, OTHERS_IMSI, PARKED, certificates

NOBODY = "001019999999999"
ZERO = "0" * 32


class Doors(enterprise.Enterprise):
    """An EAS and another with what they have, and certificates of everybody; no test of its own."""
    EESE = "  age_min_seconds: 1\n  requests_per_minute: 2000\n  failures_per_minute: 1000\n"

    def setUp(self):
        super().setUp()
        d = self.daemon.directory
        certificates.authority(d, "foreign")
        both = certificates.both
        both(d, "foreign-" + METERS, f"DNS:{METERS}", ca="foreign")
        both(d, "expired", f"DNS:{METERS}", dates=("20200101000000Z", "20200601000000Z"))
        both(d, "tomorrow", f"DNS:{METERS}", dates=("20990101000000Z", "20990601000000Z"))
        both(d, "revoked", f"DNS:{METERS}")
        both(d, "server-only", f"DNS:{METERS}", usage="serverAuth")
        both(d, "stranger", "DNS:stranger.example.org")
        both(d, "as-uri", f"URI:https://{METERS}/")
        both(d, "longer", f"DNS:{METERS}.evil.example")
        both(d, "wildcard", "DNS:*.example.org")
        certificates.openssl(d, "req", "-x509", *certificates.KEY, "-days", "2", "-subj", f"/CN={METERS}", "-addext", f"subjectAltName=DNS:{METERS}",
                             "-keyout", "self.key", "-out", "self.pem")
        certificates.revoke(d, "revoked")
        self.daemon.process.send_signal(1)  # SIGHUP: the list anew
        self.daemon.wait_log("event=reload")
        self.mine, self.theirs = self.register(push=True), self.register(OTHERS)
        self.send("before")
        self.wait_texts("before")
        self.other.try_to_send(self.daemon.ready["hse"], "theirs", "--enterprise", OTHERS, "--service", "confidentiality", "--wait", "0")
        self.secrets = [push["k_e2e"] for push in self.eas.bodies("/push/v1/sessions")]
        self.session = self.eas.bodies("/push/v1/sessions")[0]["session_id"]


class Refusals(Doors):
    # ---- the table: (what, code, reason, who, door, method, path, body, further words to curl)

    def table(self):
        mine, theirs, registrations, sessions = self.mine, self.theirs, "/eas/v1/registrations", self.mine + "/sessions"
        good = {"eas_id": METERS}
        down = {"session_id": self.session, "datagram": base64.b64encode(b"\x80" + bytes(40)).decode()}

        def row(what, code, reason, path=registrations, body=None, *, who=METERS, method="POST", door="eese", **more):
            return what, code, reason, who, door, method, path, good if body is None else body, more

        # whose certificate it is
        yield row("no certificate", 403, "is needed", who=None)
        yield row("a certificate of another authority", 403, "of no authority", who="foreign-" + METERS)
        yield row("a certificate of its own making", 403, "of no authority", who="self")
        yield row("a certificate that has expired", 403, "has expired", who="expired")
        yield row("a certificate that is not good yet", 403, "not valid yet", who="tomorrow")
        yield row("a certificate that is revoked", 403, "is revoked", who="revoked")
        yield row("a certificate for servers", 403, "not valid here", who="server-only")
        yield row("a certificate of somebody unknown", 403, "names nobody", who="stranger")
        yield row("a URI where a DNS name is configured", 403, "names nobody", who="as-uri")
        yield row("a name that only begins alike", 403, "names nobody", who="longer")
        yield row("a wildcard", 403, "names nobody", who="wildcard")
        yield row("no certificate, for a key", 403, "is needed", sessions, {"imsi": IMSI}, who=None)
        yield row("a revoked certificate, for a key", 403, "is revoked", sessions, {"imsi": IMSI}, who="revoked")
        yield row("a revoked certificate, for downlink", 403, "is revoked", "/hse/v1/downlink", down, who="revoked", door="hse-eas")
        yield row("no certificate, for downlink", 403, "is needed", "/hse/v1/downlink", down, who=None, door="hse-eas")
        # who it says to be
        yield row("another's EAS_Id", 403, "not_entitled", body={"eas_id": OTHERS})
        yield row("an EAS that is entitled for nothing", 403, "not_entitled", body={"eas_id": PARKED}, who=PARKED)
        yield row("to change another's registration", 404, "unknown_session", theirs, {"eas_id": METERS}, method="PUT")
        yield row("to change another's registration in its name", 403, "not_entitled", theirs, {"eas_id": OTHERS}, method="PUT")
        yield row("to remove another's registration", 404, "unknown_session", theirs, "", method="DELETE")
        yield row("push without an address that is configured", 403, "policy_forbids", body={"eas_id": OTHERS, "push": True}, who=OTHERS)
        # devices that are not its own
        yield row("another's device", 403, "not_entitled", sessions, {"imsi": OTHERS_IMSI})
        yield row("its own device, by another", 403, "not_entitled", theirs + "/sessions", {"imsi": IMSI}, who=OTHERS)
        yield row("another's device under another's registration", 403, "not_entitled", theirs + "/sessions", {"imsi": OTHERS_IMSI})
        yield row("its own device under another's registration", 403, "not_entitled", theirs + "/sessions", {"imsi": IMSI})
        yield row("another's device, the next age", 403, "not_entitled", f"{mine}/sessions/{OTHERS_IMSI}/next-age", {"above_age": 1})
        yield row("its own device, the next age, by another", 403, "not_entitled", f"{theirs}/sessions/{IMSI}/next-age", {"lost": True}, who=OTHERS)
        yield row("a device that nobody has", 403, "not_entitled", sessions, {"imsi": NOBODY})
        yield row("a registration that is none", 403, "not_entitled", f"{registrations}/{ZERO[:-1]}1/sessions", {"imsi": IMSI})
        yield row("a registration of zeros", 403, "not_entitled", f"{registrations}/{ZERO}/sessions", {"imsi": IMSI})
        yield row("downlink into another's session", 404, "unknown_session", "/hse/v1/downlink", down, who=OTHERS, door="hse-eas")
        yield row("downlink into a session that is none", 404, "unknown_session", "/hse/v1/downlink", {**down, "session_id": 1}, door="hse-eas")
        # what was given already
        yield row("a key that was pushed, by pull", 404, "unknown_key", sessions, {"imsi": IMSI})
        yield row("a key that was given, by its id", 404, "unknown_key", sessions, {"imsi": IMSI, "key_id": 7})
        yield row("a session of its device that is none", 404, "unknown_session", sessions, {"imsi": IMSI, "session_id": 4294967295})
        # what is not as the schema has it
        yield row("no body", 400, "malformed", body="")
        yield row("no JSON", 400, "malformed", body="{eas_id}")
        yield row("an array", 400, "malformed", body="[]")
        yield row("two objects", 400, "malformed", body=json.dumps(good) * 2)
        yield row("a member twice", 400, "malformed", body=f'{{"eas_id":"{OTHERS}","eas_id":"{METERS}"}}')
        yield row("an unknown member", 400, "malformed", body={**good, "push_url": "https://169.254.169.254/latest"}, member="(unknown member)")
        yield row("a number for a name", 400, "malformed", body={"eas_id": 7}, member="eas_id")
        yield row("a name in capitals", 400, "malformed", body={"eas_id": METERS.upper()}, member="eas_id")
        yield row("a zero in a name", 400, "malformed", body='{"eas_id":"meters.example.org\\u0000.x"}')
        yield row("text that is no UTF-8", 400, "malformed", body=b'{"eas_id":"\xff\xfe"}')
        yield row("a life that is negative", 400, "malformed", body={**good, "services": {"integrity": {"life": -1}}}, member="services.integrity.life")
        yield row("a life that is no integer", 400, "malformed", body={**good, "services": {"integrity": {"life": 1e3}}}, member="services.integrity.life")
        yield row("a service that does not exist", 400, "malformed", body={**good, "services": {"anonymity": {}}}, member="services.(unknown member)")
        yield row("depth", 400, "malformed", body="[" * 3000 + "]" * 1000)
        yield row("an IMSI that is none", 400, "malformed", sessions, {"imsi": "00101'; --"}, member="imsi")
        yield row("a key id that cannot be", 400, "malformed", sessions, {"imsi": IMSI, "key_id": 8}, member="key_id")
        yield row("the next age of nothing", 400, "malformed", f"{mine}/sessions/{IMSI}/next-age", {}, member="above_age")
        yield row("a datagram that is no base64", 400, "malformed", "/hse/v1/downlink", {**down, "datagram": "***"}, door="hse-eas", member="datagram")
        yield row("a datagram that is too long", 400, "malformed", "/hse/v1/downlink", {**down, "datagram": "A" * 1648}, door="hse-eas", member="datagram")
        yield row("a body that is too large", 413, "too large", body={**good, "x": "y" * 5000})
        yield row("a large body in pieces", 413, "too large", body={**good, "x": "y" * 5000}, words=("-H", "Transfer-Encoding: chunked"))
        # what is asked for in the wrong way
        yield row("another method", 405, "malformed", registrations, method="GET", body="")
        yield row("a method on a registration", 405, "malformed", mine, {"eas_id": METERS}, method="PATCH")
        yield row("another kind of body", 415, "malformed", kind="text/plain")
        yield row("a form", 415, "malformed", kind="application/x-www-form-urlencoded")
        yield row("another path", 404, "malformed", "/eas/v2/registrations")
        yield row("a query", 404, "malformed", registrations + "?imsi=" + IMSI)
        yield row("a path that goes up", 404, "malformed", mine + "/../x", words=("--path-as-is",))
        yield row("the EAS's own door at the EESE", 404, "malformed", "/push/v1/sessions", {"imsi": IMSI})
        yield row("the HSE's door at the EESE", 404, "malformed", "/hse/v1/downlink", down)
        yield row("the EESE's door at the HSE", 404, "malformed", registrations, door="hse-eas")
        yield row("a path that is too long", 414, "too long", "/" + "x" * 1500)

    def check(self, row):
        what, code, reason, who, door, method, path, body, more = row
        member = more.pop("member", None)
        got, answer, _ = self.curl(method, path, body, who=who, door=door, **more)
        self.assertEqual(got, code, (what, answer))
        self.assertIn(reason, answer.get("cause") or answer.get("error"), what)
        if member is not None:
            self.assertEqual(answer["invalidParams"], [{"param": member}], what)
        self.no_leak(what, json.dumps(answer))

    def no_leak(self, what, text):
        for secret in self.secrets:
            self.assertNotIn(secret, text, what)
        for imsi in (IMSI, OTHERS_IMSI):
            self.assertNotIn(imsi, text, what)

    def good_request(self):
        code, answer, _ = self.curl("PUT", self.mine, {"eas_id": METERS, "push": True})
        self.assertEqual((code, answer["registration"]), (200, self.mine.rsplit("/", 1)[1]))

    def test_the_table(self):
        rows = list(self.table())
        self.assertGreaterEqual(len(rows), 40)
        self.assertEqual(len({row[0] for row in rows}), len(rows))
        for row in rows:
            with self.subTest(row[0]):
                self.check(row)
                self.good_request()
        self.send("after")  # nothing was lost, or moved
        self.wait_texts("before", "after")
        code, start, _ = self.curl("POST", self.theirs + "/sessions", {"imsi": OTHERS_IMSI}, who=OTHERS)
        self.assertEqual((code, start["age"]), (200, 1))  # the other's key was kept for it alone
        self.secrets.append(start["k_e2e"])
        log = self.daemon.read("log")
        for secret in self.secrets:
            self.assertNotIn(secret, log)
        for line in log.splitlines():  # no text of a refused request comes into the log
            self.assertFalse(any(word in line for word in ("169.254", "anonymity", "evil.example", "'; --", NOBODY + "\"")), line)
        refused = sum(count for (function, event, _), count in self.daemon.counters().items() if function in ("eese", "hse") and event == "refused")
        self.assertGreaterEqual(refused, len(rows))  # each is counted, whatever the log has left out

    def test_entitlements_of_a_service_of_a_time_and_taken_back(self):
        """What the store says holds from the next request on."""
        self.godwit("eas", "revoke", "--eas", METERS, "--imsi", IMSI)
        sessions = self.mine + "/sessions"
        self.assertEqual(self.curl("POST", sessions, {"imsi": IMSI})[1]["cause"], "not_entitled")
        for words in (("--not-before", "2099-01-01"), ("--not-after", "2020-01-01")):
            self.entitle(METERS, IMSI, *words)
            self.assertEqual(self.curl("POST", sessions, {"imsi": IMSI})[1]["cause"], "not_entitled", words)
        self.godwit("eas", "revoke", "--eas", METERS, "--imsi", IMSI)
        self.entitle(METERS, IMSI, services=("integrity",))
        self.assertIn(self.curl("POST", sessions, {"imsi": IMSI})[1]["cause"], ("not_entitled", "unknown_session"))  # its session was confidential, and has ended
        fresh = enterprise.Device(self.daemon.directory, "001010000000003").subscribe(self.daemon)
        hse = self.daemon.ready["hse"]
        for eas, service, reason in ((METERS, "confidentiality", "not_entitled"), (OTHERS, "integrity", "not_entitled"),
                                     ("stranger.example.org", "confidentiality", "not_entitled")):
            code, out, err = fresh.try_to_send(hse, "x", "--enterprise", eas, "--service", service, "--attempts", "2", "--retransmit", "50")
            self.assertEqual(code, 1, (eas, service))
            self.assertIn(reason, out + err)
        self.entitle(METERS, fresh.imsi)
        self.send("entitled now", fresh)
        self.daemon.wait_for("a reading", lambda: "entitled now" in self.texts())
        # And a device whose session was there before: it is refused, asks with its next readings, and goes on when the entitlement is back.
        words = ("--enterprise", METERS, "--service", "confidentiality", "--wait", "500")
        self.device.try_to_send(hse, "while it was gone", *words)
        self.entitle(METERS, IMSI)
        self.daemon.wait_for("the device of before", lambda: self.device.try_to_send(hse, "back again", *words) and "back again" in self.texts())
        self.assertNotIn("while it was gone", self.texts())

    def test_the_eas_of_a_device_is_revoked_while_it_runs_and_an_end_is_not_spoken_to(self):
        """The list is renewed: the EAS's server certificate is on it, and its client's. Nothing leaves for it; with a new certificate all arrives."""
        d = self.daemon
        shutil.copy(d.path("ca.crl"), d.path("kept.crl"))
        certificates.revoke(d.directory, "eas-server")
        certificates.revoke(d.directory, METERS)
        d.process.send_signal(1)
        d.wait_log("event=reload", 2)
        seen = len(self.eas.seen)
        self.assertIn("revoked", self.curl("PUT", self.mine, {"eas_id": METERS})[1]["error"])
        self.device.send(d.ready["hse"], "held", "--enterprise", METERS, "--service", "confidentiality", "--wait", "0")
        d.wait_log("event=eas")
        time.sleep(0.5)
        self.assertEqual(len(self.eas.seen), seen)
        os.replace(d.path("kept.crl"), d.path("ca.crl"))
        d.process.send_signal(1)
        d.wait_log("event=reload", 3)
        self.daemon.wait_for("held", lambda: "held" in self.texts())
        self.good_request()

    def test_an_old_list_lets_in_who_was_let_in_before_and_says_so(self):
        certificates.revoked(self.daemon.directory, dates=("20200101000000Z", "20200102000000Z"))
        self.daemon.process.send_signal(1)
        self.daemon.wait_log("what was before holds", 2)
        self.assertIn("revoked", self.curl("POST", "/eas/v1/registrations", {"eas_id": METERS}, who="revoked")[1]["error"])
        self.good_request()


class TooMuch(Doors):
    EESE = "  age_min_seconds: 1\n  failures_per_minute: 60\n"  # a slow machine asks more than one a second, too

    def test_one_that_asks_too_much_is_slowed_down_and_the_other_is_not(self):
        codes = []
        body = json.dumps({"imsi": NOBODY})
        context = ssl.create_default_context(cafile=self.daemon.path("ca.pem"))
        context.load_cert_chain(self.daemon.path(METERS + ".pem"), self.daemon.path(METERS + ".key"))
        _, port = self.daemon.address("eese")
        request = (f"POST {self.mine}/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()
        with context.wrap_socket(socket.create_connection(("localhost", port)), server_hostname="localhost") as s:
            for _ in range(1200):
                s.sendall(request)
                answer = b""
                while b"\r\n\r\n" not in answer or not answer.endswith(b"}"):
                    got = s.recv(4096)
                    self.assertTrue(got)
                    answer += got
                codes.append(answer.split()[1])
                if codes[-1] == b"429":
                    self.assertIn(b"Retry-After: ", answer)
                    break
        self.assertEqual((set(codes[:-1]), codes[-1]), ({b"403"}, b"429"))
        self.assertEqual(self.curl("PUT", self.theirs, {"eas_id": OTHERS}, who=OTHERS)[0], 200)
        self.send("still")
        self.daemon.wait_for("still", lambda: "still" in self.texts())


if __name__ == "__main__":
    unittest.main()
