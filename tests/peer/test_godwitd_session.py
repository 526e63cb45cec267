# SPDX-License-Identifier: Apache-2.0
"""godwitd in a session with a device written independently: readings, replay, addresses, key changes, ends and early data."""
import os
import signal
import unittest

import emsdp
from daemon_case import DaemonCase
from emsdp import Framing
from keys import USER


class Session(DaemonCase):
    def ready(self, *features, device_options=None, **configuration):
        """A device in a session that has delivered its first reading."""
        daemon = self.godwitd(*features, **configuration)
        device = self.device(daemon, **(device_options or {}))
        device.set_up(b"first")
        self.delivered(daemon, "first")
        return daemon, device


class Readings(Session):
    def test_readings_up(self):
        daemon, device = self.ready()
        for number in range(5):
            self.assertEqual(len(device.send(device.reading(b"x" * 20))), 33)
        self.delivered(daemon, "first", *5 * ["x" * 20])
        self.assertEqual([line["count"] for line in self.lines(daemon)], [0, 0, 1, 2, 3, 4])
        self.assertEqual({line["session"] for line in self.lines(daemon)}, {device.session})

    def test_downlink(self):
        daemon, device = self.ready()
        for number in range(3):
            self.assertEqual(daemon.ask(command="send", imsi=device.usim.imsi, payload=f"valve {number}"), {"sent": True})
            got = device.receive(device.next())
            self.assertEqual((got.header.plane, got.count, got.body), (USER, number, b"valve %d" % number))
        daemon.ask(command="send", imsi=device.usim.imsi, payload_hex="00ff")
        self.assertEqual(device.receive(device.next()).body, b"\x00\xff")

    def test_a_replay_is_delivered_once(self):
        daemon, device = self.ready()
        replayed = device.reading(b"second")
        for _ in range(5):
            device.send(replayed)
        device.send(device.reading(b"third"))
        device.send(replayed)
        self.assertEqual(self.answers(device), [], "replay is met with silence")
        self.delivered(daemon, "first", "second", "third")
        self.assertGreaterEqual(daemon.counters()[("hse", "refused", "replay")], 5)

    def test_reordering_inside_the_window_and_jumps_ahead(self):
        daemon, device = self.ready()
        # n = 11: 64 COUNTs of window; ahead the four COUNTs with these low bits are tried, not a fifth.
        ahead = 100 + 4 * 2048
        for count in (100, 37, 36, 100, 99, ahead, 101, ahead - 63, ahead - 64, ahead + 5 * 2048):
            device.send(device.reading(b"%d" % count, count=count))
        self.assertEqual(self.answers(device), [])
        self.delivered(daemon, "first", "100", "37", "99", str(ahead), str(ahead - 63))

    def test_a_window_of_four_where_e_is_0(self):
        daemon, device = self.ready(hse="counter_octets: 0", device_options={"framing": Framing(3, 0)})
        for count in (10, 7, 6, 42, 39, 38, 42 + 33):
            device.send(device.reading(b"%d" % count, count=count))
        self.assertEqual(self.answers(device), [])
        # 6 is outside the window, and above it is read as 14, 22, ...; 42 is the fourth COUNT above 10 with these low bits.
        self.delivered(daemon, "first", "10", "7", "42", "39")

    def test_a_full_count_after_a_long_silence(self):
        daemon, device = self.ready()
        far, next_user = 3_000_000, 2_000_000
        value = far.to_bytes(4, "big") + next_user.to_bytes(4, "big")
        answer = device.receive(device.ask(device.control(emsdp.MANAGE_REQUEST, (emsdp.COUNT, value), count=far)))
        self.assertEqual(answer.body, bytes([emsdp.MANAGE_RESPONSE]))
        device.send(device.reading(b"near", count=1))
        device.send(device.reading(b"far", count=next_user))
        self.delivered(daemon, "first", "far")
        # It never moves a window back.
        value = (far + 1).to_bytes(4, "big") + bytes(4)
        device.ask(device.control(emsdp.MANAGE_REQUEST, (emsdp.COUNT, value), count=far + 1))
        device.send(device.reading(b"near", count=1))
        device.send(device.reading(b"farther", count=next_user + 1))
        self.delivered(daemon, "first", "far", "farther")

    def test_the_highest_count_is_the_last(self):
        daemon, device = self.ready()
        far, next_user = (1 << 32) - 5, (1 << 32) - 3
        value = far.to_bytes(4, "big") + next_user.to_bytes(4, "big")
        device.receive(device.ask(device.control(emsdp.MANAGE_REQUEST, (emsdp.COUNT, value), count=far)))
        for count in range(next_user, 1 << 32):
            device.send(device.reading(b"%d" % count, count=count))
        device.send(device.reading(b"round again", count=0))
        self.assertEqual(self.answers(device), [])
        self.delivered(daemon, "first", str(next_user), str(next_user + 1))
        self.assertEqual(next_user + 1, (1 << 32) - 2)

    def test_every_changed_bit_and_every_length(self):
        daemon, device = self.ready()
        genuine = device.reading(b"genuine")
        for bit in range(8 * len(genuine)):
            changed = bytearray(genuine)
            changed[bit // 8] ^= 1 << bit % 8
            device.send(bytes(changed))
            if bit % 64 == 63:
                self.check_only_hints(device)
        for length in range(len(genuine)):
            device.send(genuine[:length])
        device.send(genuine + b"\x00")
        self.check_only_hints(device)
        device.send(genuine)
        self.delivered(daemon, "first", "genuine")

    def check_only_hints(self, device):
        for answer in self.answers(device):
            self.assertIn(device.hint(answer)[0], ("unknown_session", "unknown_key"))

    def test_a_flood_of_forgeries_does_not_lock_the_device_out(self):
        daemon, device = self.ready()
        genuine = device.reading(b"genuine")
        for _ in range(40):
            for _ in range(25):
                device.send(genuine[:-8] + os.urandom(8))
            self.assertEqual(self.answers(device), [])
        device.send(genuine)
        self.delivered(daemon, "first", "genuine")

    def test_what_the_device_sent_is_no_message_of_the_network_and_the_reverse(self):
        daemon, device = self.ready()
        daemon.ask(command="send", imsi=device.usim.imsi, payload="down")
        device.send(device.next())
        self.assertEqual(self.answers(device), [])
        self.delivered(daemon, "first")


class Addresses(Session):
    def test_another_address_between_readings(self):
        daemon, device = self.ready()
        for number in range(3):
            device.move()
            device.send(device.reading(b"moved %d" % number))
            self.delivered(daemon, "first", *[f"moved {n}" for n in range(number + 1)])
            daemon.ask(command="send", imsi=device.usim.imsi, payload="to the new one")
            self.assertEqual(device.receive(device.next()).body, b"to the new one")

    def test_neither_replay_nor_forgery_nor_an_older_count_moves_the_address(self):
        daemon, device = self.ready()
        held_back, last = device.reading(b"held back"), device.reading(b"last")
        device.send(last)
        self.delivered(daemon, "first", "last")
        thief = self.device(daemon)
        forged = device.reading(b"never")
        for datagram in (last, forged[:-1] + bytes([forged[-1] ^ 1]), held_back):
            thief.send(datagram)
        self.delivered(daemon, "first", "last", "held back")
        daemon.ask(command="send", imsi=device.usim.imsi, payload="to the device")
        self.assertEqual(device.receive(device.next()).body, b"to the device")
        self.assertTrue(thief.silent(0))

    def test_without_session_id_the_address_names_the_session(self):
        daemon, device = self.ready(hse="session_octets: 0\n  counter_octets: 0", device_options={"framing": Framing(0, 0)})
        device.send(device.reading(b"second"))
        self.delivered(daemon, "first", "second")
        other = self.device(daemon, framing=Framing(0, 0))
        datagram = device.reading(b"elsewhere")
        self.assertEqual(other.hint(other.ask(datagram)), ("unknown_session", datagram[-8:]))
        device.send(datagram)
        self.delivered(daemon, "first", "second", "elsewhere")


class Restart(Session):
    def test_a_session_survives_a_killed_godwitd_and_a_replay_does_not(self):
        daemon, device = self.ready()
        second = device.send(device.reading(b"second"))
        self.delivered(daemon, "first", "second")
        daemon.ask(command="send", imsi=device.usim.imsi, payload="before")
        device.receive(device.next())
        daemon.stop(signal.SIGKILL)
        daemon.start()
        device.address = daemon.address()
        device.move()
        device.send(second)
        device.send(device.reading(b"third"))
        self.delivered(daemon, "first", "second", "third")
        daemon.ask(command="send", imsi=device.usim.imsi, payload="after")
        self.assertEqual(device.receive(device.next()).body, b"after")


class Hints(Session):
    def test_an_unknown_session_and_an_unknown_key(self):
        daemon, device = self.ready()
        reading = device.reading(b"second")
        for reason, datagram in (("unknown_session", reading[:1] + bytes([reading[1] ^ 1]) + reading[2:]),
                                 ("unknown_key", bytes([reading[0] ^ 0x18]) + reading[1:])):
            self.assertEqual(device.hint(device.ask(datagram)), (reason, datagram[-8:]))

    def test_a_dropped_session(self):
        daemon, device = self.ready(hse="retransmit_ms: 60000")
        self.assertEqual(daemon.ask(command="session-drop", session=device.session), {"dropped": True})
        end = device.receive(device.next())
        self.assertEqual((end.command, end.tlvs), (emsdp.TERMINATE_REQUEST, {}))
        device.send(device.control(emsdp.TERMINATE_RESPONSE))
        daemon.wait_for("the end", lambda: daemon.ask(command="session-list")["sessions"] == [])
        reading = device.reading(b"second")
        self.assertEqual(device.hint(device.ask(reading)), ("unknown_session", reading[-8:]))
        device.set_up(b"third")
        self.delivered(daemon, "first", "third")


class KeyChange(Session):
    def test_a_key_change_after_so_many_readings(self):
        daemon, device = self.ready(hse="rekey_datagrams: 3\n  retransmit_ms: 60000")
        texts = ["first"]
        for generation in range(2, 12):
            while True:
                texts.append(f"reading {len(texts)}")
                device.send(device.reading(texts[-1].encode()))
                self.delivered(daemon, *texts)
                found = self.answers(device)
                if found:
                    break
                self.assertLess(len(texts), 6 * generation, "the key never changes")
            told = device.receive(found[0])
            self.assertEqual((len(found), told.command, list(told.tlvs)), (1, emsdp.MANAGE_REQUEST, [emsdp.KEY]))
            old = device.key
            device.key = device.take_key(told.tlvs[emsdp.KEY])
            # The next Key ID, 1 after 7; that of the set-up is passed over while its exchange is remembered.
            self.assertEqual(device.key.generation, generation)
            self.assertIn(device.key.key_id, (1 + old.key_id % 7, 1 + (old.key_id + 1) % 7))
            device.send(device.control(emsdp.MANAGE_RESPONSE))
            daemon.wait_for("the new key", lambda: self.session(daemon)["generation"] == generation)
            late = device.reading(b"under the old key", key=old)
            self.assertEqual(device.hint(device.ask(late))[0], "unknown_key")
            del device.keys[old.key_id]
            texts.append("under the new key")
            device.send(device.reading(texts[-1].encode()))
        self.delivered(daemon, *texts)

    def handed_out(self, daemon, device):
        """The first 30: both keys are live."""
        device.send(device.reading(b"second"))
        device.send(device.reading(b"third"))
        told = device.next()
        return told, device.take_key(device.receive(told).tlvs[emsdp.KEY])

    def test_a_lost_request_comes_again_octet_by_octet(self):
        daemon, device = self.ready(hse="rekey_datagrams: 2\n  retransmit_ms: 100\n  attempts: 3")
        told, new = self.handed_out(daemon, device)
        # No measurement: 30 s is long for the 100 and 200 ms that were configured, and short for a timer that waits until
        # something else wakes the daemon.
        self.assertEqual([device.next(), device.next()], [told, told])
        # The old key still serves, in both directions, until a datagram under the new one.
        device.send(device.reading(b"old"))
        self.delivered(daemon, "first", "second", "third", "old")
        response = device.control(emsdp.MANAGE_RESPONSE, key=new)
        device.send(response)
        device.send(response)
        daemon.wait_for("the new key", lambda: self.session(daemon)["generation"] == 2)
        daemon.ask(command="send", imsi=device.usim.imsi, payload="down")
        while (got := device.next()) == told:
            pass
        self.assertEqual(device.receive(got).header.key_id, 2)

    def test_a_reading_under_the_new_key_confirms_it_as_well(self):
        daemon, device = self.ready(hse="rekey_datagrams: 2\n  retransmit_ms: 60000")
        _, new = self.handed_out(daemon, device)
        device.send(device.reading(b"new", key=new))
        self.delivered(daemon, "first", "second", "third", "new")
        daemon.wait_for("the new key", lambda: self.session(daemon)["generation"] == 2)

    def test_a_forged_response_confirms_nothing(self):
        daemon, device = self.ready(hse="rekey_datagrams: 2\n  retransmit_ms: 60000")
        _, new = self.handed_out(daemon, device)
        response = device.control(emsdp.MANAGE_RESPONSE, key=new)
        device.send(response[:-1] + bytes([response[-1] ^ 1]))
        device.send(device.control(emsdp.MANAGE_RESPONSE))
        self.assertEqual(self.answers(device), [])
        device.send(device.reading(b"still the old key"))
        self.delivered(daemon, "first", "second", "third", "still the old key")
        self.assertEqual(self.session(daemon)["generation"], 1)


class Reauthentication(Session):
    def test_after_so_many_generations_the_session_ends_and_the_next_needs_the_card(self):
        daemon, device = self.ready(hse="rekey_datagrams: 1\n  reauthenticate_generations: 2\n  retransmit_ms: 60000")
        commands = []
        while len(commands) < 10:
            device.send(device.reading(b"reading"))
            told = device.receive(device.next())
            commands.append(told.command)
            if told.command != emsdp.MANAGE_REQUEST:
                break
            device.key = device.take_key(told.tlvs[emsdp.KEY])
            device.send(device.control(emsdp.MANAGE_RESPONSE))
        self.assertEqual((commands[-1], told.tlvs), (emsdp.TERMINATE_REQUEST, {}))
        self.assertIn(len(commands), (2, 3))
        device.send(device.control(emsdp.TERMINATE_RESPONSE))
        daemon.wait_for("the end", lambda: daemon.ask(command="session-list")["sessions"] == [])
        device.set_up(b"anew")
        daemon.wait_for("the reading", lambda: self.payloads(daemon)[-1] == "anew")
        self.assertEqual(daemon.counters()[("hss", "vector_given", "ok")], 2)


class End(Session):
    def announced(self, **configuration):
        """Ended by the device, with a key for the next session."""
        daemon, device = self.ready(**configuration)
        end = device.control(emsdp.TERMINATE_REQUEST)
        answer = device.ask(end)
        self.assertEqual(device.ask(end), answer)
        got = device.receive(answer)
        self.assertEqual((got.command, list(got.tlvs)), (emsdp.TERMINATE_RESPONSE, [emsdp.KEY]))
        device.key = device.take_key(got.tlvs[emsdp.KEY])
        self.assertEqual(self.session(daemon)["state"], "announced")
        return daemon, device

    def test_early_data_under_the_announced_key(self):
        daemon, device = self.announced()
        device.move()
        early = device.early_data(b"early")
        start = device.ask(early)
        self.assertEqual((len(early), len(start)), (5 + 1 + 2 + 5 + 8, 19))
        self.assertEqual(device.early_start(early, start)[emsdp.HSE_CONFIGURATION], bytes([3, 1, 0x31]))
        # Identical octets get the identical answer, and are delivered once.
        self.assertEqual({device.ask(early) for _ in range(10)}, {start})
        device.send(device.reading(b"later"))
        self.delivered(daemon, "first", "early", "later")
        device.send(early)
        self.assertIn(self.answers(device), ([], [start]))
        self.assertEqual(self.payloads(daemon).count("early"), 1)
        self.assertEqual(daemon.counters()[("hss", "vector_given", "ok")], 1)

    def test_after_the_end_nothing_but_early_data_is_taken(self):
        daemon, device = self.announced()
        device.send(device.reading(b"under the announced key"))
        device.send(device.control(emsdp.MANAGE_RESPONSE))
        early = device.early_data(b"early")
        device.send(early[:-1] + bytes([early[-1] ^ 1]))
        start = device.ask(early)
        self.assertEqual(device.early_start(early, start)[emsdp.HSE_CONFIGURATION], bytes([3, 1, 0x31]))
        device.send(device.reading(b"later"))
        self.delivered(daemon, "first", "early", "later")

    def test_ends_and_early_data_again_and_again(self):
        daemon, device = self.announced()
        texts = ["first"]
        for generation in range(2, 12):
            early = device.early_data(b"early %d" % generation)
            device.early_start(early, device.ask(early))
            texts.append(f"early {generation}")
            device.keys = {device.key.key_id: device.key}
            got = device.receive(device.ask(device.control(emsdp.TERMINATE_REQUEST)))
            device.key = device.take_key(got.tlvs[emsdp.KEY])
            self.assertEqual(device.key.generation, generation + 1)
        self.delivered(daemon, *texts)
        self.assertEqual(daemon.counters()[("hss", "vector_given", "ok")], 1)

    def test_early_data_survives_a_killed_godwitd_and_is_not_delivered_twice(self):
        daemon, device = self.announced()
        early = device.early_data(b"early")
        device.early_start(early, device.ask(early))
        self.delivered(daemon, "first", "early")
        daemon.stop(signal.SIGKILL)
        daemon.start()
        device.address = daemon.address()
        device.move()
        device.send(early)
        device.send(device.reading(b"later"))
        daemon.wait_for("the later reading", lambda: "later" in self.payloads(daemon))
        self.assertEqual(self.payloads(daemon).count("early"), 1)

    def test_a_full_set_up_instead_of_early_data(self):
        daemon, device = self.announced()
        device.set_up(b"anew")
        self.delivered(daemon, "first", "anew")

    def test_a_forged_end_ends_nothing(self):
        daemon, device = self.ready()
        end = device.control(emsdp.TERMINATE_REQUEST)
        device.send(end[:-1] + bytes([end[-1] ^ 1]))
        device.send(b"\x00" + end[1:])
        for answer in self.answers(device):
            device.hint(answer)
        self.assertEqual(self.session(daemon)["state"], "active")
        device.send(device.reading(b"second"))
        self.delivered(daemon, "first", "second")


if __name__ == "__main__":
    unittest.main()
