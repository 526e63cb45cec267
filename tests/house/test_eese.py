#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""curl drives the REST interface of the EESE, and readings of `godwit send` are opened by an EAS that is Python: keys pulled, pushed, aged, and ended."""
import base64
import os
import signal
import threading
import unittest

import enterprise
from enterprise import IMSI, METERS, OTHERS, OTHERS_IMSI, emsdp, keys


class Eese(enterprise.Enterprise):
    EESE = "  age_min_seconds: 1\n  recheck_seconds: 1\n"

    def test_a_reading_is_opened_with_a_key_that_was_pulled(self):
        at = self.register()
        self.assertEqual(self.curl("POST", at + "/sessions", {"imsi": IMSI})[1]["cause"], "unknown_session")
        pulled, one = [], threading.Lock()

        def pull_then_take(path, body):  # as an EAS does that is given no key
            with one:
                if pulled:
                    return self.eas.take(path, body)
                pulled.append(self.curl("POST", at + "/sessions", {"imsi": body["imsi"], "session_id": body["session_id"]}))
                self.eas.learn(pulled[0][1])
                return self.eas.take(path, body)

        self.eas.answer = pull_then_take
        self.send("12.5 kWh")
        self.wait_texts("12.5 kWh")
        up, (code, start, _) = self.eas.bodies("/push/v1/user-plane")[0], pulled[0]
        self.assertEqual((up["imsi"], self.api is None or self.api.named(up, "UserPlaneUp")), (IMSI, [] if self.api else True))
        self.assertEqual((code, start["service"], start["age"], start["hse"], start["imsi"]), (200, "confidentiality", 1, "hse.home.example", IMSI))
        for words in ({}, {"key_id": start["key_id"]}, {"session_id": start["session_id"]}):
            self.assertEqual(self.curl("POST", at + "/sessions", {"imsi": IMSI, **words})[1]["cause"], "unknown_key")  # each is given once
        self.send("12.6 kWh")
        self.wait_texts("12.5 kWh", "12.6 kWh")

    def test_a_key_is_pushed_before_the_reading_comes(self):
        self.register(push=True, services={"confidentiality": {"life": 3600, "messages": 1000}})
        self.send("pushed")
        self.wait_texts("pushed")
        push, *again = self.eas.bodies("/push/v1/sessions")
        self.assertTrue(all(dict(one, now=push["now"]) == push for one in again), again)  # where the answer to the first came too late
        self.assertEqual(self.api is None or self.api.named(push, "EasSessionPush"), [] if self.api else True)
        self.assertEqual((push["eas_id"], push["age"], push["life"], push["messages"]), (METERS, 1, 3600, 1000))
        self.assertEqual(self.eas.seen[0][2], {"localhost", "eese.home.example"})  # the certificate that came with it

    def test_the_next_age_comes_when_the_eas_asks_and_the_old_one_is_given_no_more(self):
        at = self.register(push=True)
        self.send("one")
        self.wait_texts("one")
        session = self.eas.bodies("/push/v1/sessions")[0]["session_id"]
        answers = []

        def asked():
            answers.append(self.curl("POST", f"{at}/sessions/{IMSI}/next-age", {"above_age": 1, "session_id": session}))
            return answers[-1][0] != 429  # a moment ago the last key was agreed

        self.daemon.wait_for("the next age", asked)
        self.assertEqual((answers[-1][0], answers[-1][1].get("age")), (200, 2))
        self.eas.learn(answers[-1][1])
        self.send("two")
        self.send("three")
        self.daemon.wait_for("three", lambda: self.texts()[-1:] == ["three"])
        self.assertEqual(self.eas.readings[-1][0], 2)
        self.assertEqual(sorted(set(self.texts())), ["one", "three", "two"])

    def test_what_goes_down_reaches_the_device_unmodified(self):
        self.register(push=True)
        codes, one = [], threading.Lock()

        def take_then_send_down(path, body):  # while `godwit send` listens
            if path == "/push/v1/sessions":
                return self.eas.take(path, body)
            with one:
                self.daemon.wait_for("the push of the key", lambda: self.eas.keys)  # the datagram may be faster
                answer = self.eas.take(path, body)
                if not codes:
                    (session, _), (start, key) = next(iter(self.eas.keys.items()))
                    down = emsdp.protect(emsdp.Framing(start["session_octets"], start["counter_octets"]), key, session, keys.USER, keys.DOWN, b"valve 3 shut")
                    body = {"session_id": session, "datagram": base64.b64encode(down).decode()}
                    codes.append(self.curl("POST", "/hse/v1/downlink", body, who=OTHERS, door="hse-eas")[0])
                    codes.append(self.curl("POST", "/hse/v1/downlink", body, door="hse-eas")[0])
            return answer

        self.eas.answer = take_then_send_down
        with self.device.staying(self.daemon.ready["hse"], "here", "--enterprise", METERS, "--service", "confidentiality") as told:
            self.daemon.wait_for("the datagram down", lambda: len(codes) == 2)
        self.assertEqual(codes, [404, 204])
        self.assertIn("valve 3 shut", str(told))

    def test_a_key_is_agreed_without_a_reading_and_exported_in_numbers(self):
        self.entitle(METERS, IMSI, services=("confidentiality", "key-agreement"))
        self.register(push=True)
        words = ("--enterprise", METERS, "--service", "key-agreement")
        code, out, err = enterprise.cli.run(*self.device.words(self.daemon.ready["hse"], *words))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("key-agreement", out)
        start = self.eas.bodies("/push/v1/sessions")[0]
        k_e2e = bytes.fromhex(start["k_e2e"])
        way = ("device", "export", "--imsi", IMSI, "--usim", "soft:" + self.device.card, "--state", self.device.state, "--plmn", "001-01",
               "--endpoint", "hse.home.example", *words)
        first, second = (enterprise.cli.result(*way, "--label", label) for label in ("dtls1.2", "tls1.3"))
        for number, told in ((1, first), (2, second)):
            self.assertEqual((told["number"], told["age"]), (number, 1))
            self.assertEqual(told["psk"], keys.exported_psk(k_e2e, told["label"], 0, number).hex())
        self.assertNotEqual(first["identity"], second["identity"])
        self.assertEqual(enterprise.cli.run(*way, "--label", "tls1.3", "--identity", second["identity"])[0], 1)  # no number is given twice
        psk = self.daemon.path("psk")
        told = enterprise.cli.result(*way, "--label", "oscore", "--role", "server", "--psk-file", psk)
        self.assertNotIn("psk", told)
        self.assertEqual(os.stat(psk).st_mode & 0o777, 0o600)
        self.assertEqual(self.daemon.read("psk"), keys.exported_psk(k_e2e, "oscore", 1, 3).hex())
        self.assertEqual(enterprise.cli.run(*way, "--label", "oscore", "--psk-file", psk)[0], 3)  # a file that is there stays as it is
        self.assertEqual(self.device.try_to_send(self.daemon.ready["hse"], "a reading", *words)[0], 2)

    def test_a_registration_is_changed_and_removed(self):
        at = self.register()
        code, answer, _ = self.curl("PUT", at, {"eas_id": METERS, "push": True, "services": {"confidentiality": {"life": 1, "messages": 4294967295}}})
        self.assertEqual((code, answer["registration"]), (200, at.rsplit("/", 1)[1]))
        kept = answer["services"]["confidentiality"]
        self.assertTrue(kept["life"] > 1 and kept["messages"] < 4294967295, kept)  # within the operator's bounds
        self.send("while it stands")
        self.wait_texts("while it stands")
        self.assertEqual(self.curl("DELETE", at)[:2], (204, None))
        self.daemon.wait_for("its end", lambda: any(body.get("ended") for body in self.eas.bodies("/push/v1/sessions")) or
                             "e2e_ended" in self.daemon.read("log"))
        self.assertIn(self.curl("DELETE", at)[0], (403, 404))
        self.assertIn(self.curl("POST", at + "/sessions", {"imsi": IMSI})[0], (403, 404))

    def test_two_enterprises_have_their_own(self):
        mine, theirs = self.register(push=True), self.register(OTHERS)
        self.send("ours")
        self.wait_texts("ours")
        self.other.try_to_send(self.daemon.ready["hse"], "theirs", "--enterprise", OTHERS, "--service", "confidentiality", "--wait", "0")
        code, start, _ = self.curl("POST", theirs + "/sessions", {"imsi": OTHERS_IMSI}, who=OTHERS)
        self.assertEqual((code, start["imsi"]), (200, OTHERS_IMSI))
        self.assertNotEqual(start["k_e2e"], self.eas.bodies("/push/v1/sessions")[0]["k_e2e"])
        for at, who, imsi in ((mine, METERS, OTHERS_IMSI), (theirs, OTHERS, IMSI), (mine, OTHERS, IMSI), (mine, OTHERS, OTHERS_IMSI)):
            self.assertEqual(self.curl("POST", at + "/sessions", {"imsi": imsi}, who=who)[1]["cause"], "not_entitled")

    def test_what_sighup_cannot_change_is_named_and_nothing_else(self):
        d = self.daemon
        d.process.send_signal(signal.SIGHUP)
        d.wait_log("as the configuration says now")
        self.assertNotIn("needs a restart", d.read("log"))
        d.write("godwit.yaml", d.read("godwit.yaml").replace("retry_ms: 100", "retry_ms: 150").replace("forward_wait_ms: 1000", "forwards: 77"))
        d.process.send_signal(signal.SIGHUP)
        for what in ("eese", "hse.eese or hse.eas"):
            d.wait_log(f"{what}: changed; this needs a restart")


if __name__ == "__main__":
    unittest.main()
