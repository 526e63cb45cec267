# SPDX-License-Identifier: Apache-2.0
"""The main job in one process: a reading travels from a SIM to its endpoint, costs what it may cost, and survives the deaths of both ends."""
import json
import os
import signal
import subprocess
import unittest

from whole import Device, Godwitd, cli, no_key_in, readings, wait_for_readings

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TWENTY = "twenty octets, truly"


class MainJob(unittest.TestCase):
    def test_the_demonstration_delivers_every_reading(self):
        done = subprocess.run([os.path.join(ROOT, "tools", "demo"), "--json", "--sims", "3", "--rounds", "2"], capture_output=True,
                              text=True, timeout=120, check=False, env=dict(os.environ, GODWIT_BINARY=os.environ.get("GODWIT_BINARY", "build")))
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual((told["readings_delivered"], told["lost"], told["wrong_or_repeated"]), (6, 0, 0))

    def test_what_a_reading_costs(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            first = device.send(daemon.ready["hse"], TWENTY)
            self.assertTrue(first["set_up"])
            self.assertEqual((first["datagrams_up"], first["datagrams_down"]), (2, 1))
            self.assertEqual(first["octets_up"] + first["octets_down"], 118)
            later = device.send(daemon.ready["hse"], TWENTY)
            self.assertFalse(later["set_up"])
            self.assertEqual((later["datagrams_up"], later["datagrams_down"], later["octets_up"]), (1, 0, 20 + 13))
            got = wait_for_readings(daemon, 2)
            self.assertEqual([one["payload"] for one in got], [TWENTY, TWENTY])
            self.assertEqual({one["imsi"] for one in got}, {device.imsi})
            self.assertEqual(list(got[0]), ["imsi", "session", "count", "payload", "time"])
            self.assertEqual(daemon.stop(), 0)

    def test_nine_octets_where_the_bearer_names_the_session(self):
        with Godwitd() as daemon:
            daemon.configure(hse="session_octets: 0\n  counter_octets: 0")
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            device.options = ["--session-octets", "0", "--counter-octets", "0"]
            # The bearer is the address here, and each call has a port of its own: both readings go in one.
            code, out, err = cli.run(*device.words(daemon.ready["hse"]), "--json", stdin=TWENTY + "\n" + TWENTY + "\n")
            self.assertEqual(code, 0, err)
            told = json.loads(out)
            set_up = 118 - 3 * 4
            self.assertEqual(told["octets_up"] + told["octets_down"], set_up + 20 + 9)
            self.assertEqual(len(wait_for_readings(daemon, 2)), 2)

    def test_standard_input_line_by_line(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            lines = [f"reading {n}" for n in range(40)]
            code, out, err = cli.run(*device.words(daemon.ready["hse"]), "--json", stdin="\n".join(lines) + "\n")
            self.assertEqual((code, json.loads(out)["readings"]), (0, 40), err)
            self.assertEqual([one["payload"] for one in wait_for_readings(daemon, 40)], lines)
            no_key_in(self, device, daemon.read("log"), out, json.dumps(daemon.ask(command="session-list")))

    def test_ipv6(self):
        with Godwitd() as daemon:
            daemon.configure(listen="[::1]:0")
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            device.send(daemon.ready["hse"], "over IPv6")
            self.assertEqual(wait_for_readings(daemon, 1)[0]["payload"], "over IPv6")


class Command(unittest.TestCase):
    def test_sessions_are_listed_shown_and_dropped_and_the_next_reading_gets_through(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            session = device.send(daemon.ready["hse"], "one")["session"]
            control = ["--control", daemon.path("control")]
            listed = cli.result("session", "list", *control)
            self.assertIn(session, [one["session"] for one in listed["sessions"]])
            shown = cli.run("session", "show", str(session), *control)[1]
            self.assertIn("eea2-eia2-64", shown)
            no_key_in(self, device, shown)
            self.assertIn("godwit", json.dumps(cli.result("status", *control)) + "godwit")
            cli.result("session", "drop", str(session), *control)
            # The device hears of it when it next speaks, from whatever port; that reading still arrives, the one after it sets up anew.
            self.assertFalse(device.send(daemon.ready["hse"], "two")["set_up"])
            self.assertEqual(cli.run("session", "show", str(session), *control)[0], 1)
            self.assertTrue(device.send(daemon.ready["hse"], "three")["set_up"])
            self.assertEqual([one["payload"] for one in wait_for_readings(daemon, 3)], ["one", "two", "three"])

    def test_a_store_that_was_lost_is_told_and_costs_the_device_one_reading(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            device.send(daemon.ready["hse"], "one")
            daemon.stop()
            for name in ("store.db", "store.db-wal", "store.db-shm"):
                if os.path.exists(daemon.path(name)):
                    os.remove(daemon.path(name))
            daemon.start()
            device.subscribe(daemon, "--sqn", "000000100000")
            # The HSE does not know the session; its hint tells the device, which does not repeat the reading by itself.
            code, _, err = device.try_to_send(daemon.ready["hse"], "two")
            self.assertEqual(code, 1)
            self.assertIn("unknown_session", err)
            self.assertTrue(device.send(daemon.ready["hse"], "three")["set_up"])
            self.assertEqual([one["payload"] for one in wait_for_readings(daemon, 2)], ["one", "three"])

    def test_an_unknown_subscriber_is_told(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000009")
            Device(daemon.directory, "001010000000001").subscribe(daemon)
            code, _, err = device.try_to_send(daemon.ready["hse"], "text", "--retransmit", "50", "--attempts", "2")
            self.assertEqual(code, 1)
            self.assertIn("unknown_subscriber", err)

    def test_a_card_with_another_key_gets_no_session(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            os.remove(device.card)
            other = Device(daemon.directory, device.imsi)
            code, _, err = other.try_to_send(daemon.ready["hse"], "text", "--retransmit", "50", "--attempts", "2")
            self.assertEqual(code, 1)
            self.assertIn("auth_mac_failure", err)
            self.assertEqual(readings(daemon), [])


class Death(unittest.TestCase):
    def test_a_killed_daemon_knows_its_sessions_when_it_comes_back(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            port = daemon.address()[1]
            sent = []
            for turn in range(4):
                for n in range(3):
                    sent.append(f"{turn}.{n}")
                    told = device.send(daemon.ready["hse"], sent[-1])
                    self.assertEqual(told["set_up"], len(sent) == 1)
                wait_for_readings(daemon, len(sent))
                daemon.stop(signal.SIGKILL)
                daemon.configure(listen=f"127.0.0.1:{port}")
                daemon.start()
            self.assertEqual([one["payload"] for one in readings(daemon)], sent)

    def test_a_card_whose_sqn_ran_ahead_is_resynchronised_at_the_first_retry(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            device.send(daemon.ready["hse"], "before")
            # The HSS comes back from an old backup, in which this subscriber never authenticated.
            daemon.stop()
            for name in ("store.db", "store.db-wal", "store.db-shm"):
                if os.path.exists(daemon.path(name)):
                    os.remove(daemon.path(name))
            daemon.start()
            device.subscribe(daemon)
            os.remove(device.state)
            told = device.send(daemon.ready["hse"], "after")
            self.assertEqual((told["datagrams_up"], told["datagrams_down"]), (3, 2))
            self.assertEqual(wait_for_readings(daemon, 2)[1]["payload"], "after")


if __name__ == "__main__":
    unittest.main()
