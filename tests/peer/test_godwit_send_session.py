# SPDX-License-Identifier: Apache-2.0
"""`godwit send` in a session with a network end written independently: readings, key changes, ends, early data, rejects."""
import unittest

import emsdp
import keys
from emsdp import Framing, tlvs
from keys import USER
from sender import Device

# A device that soon gives up.
HASTY = ("--retransmit", "100", "--attempts", "2")


class Session(unittest.TestCase):
    def ready(self, *options, framing=Framing(), **start_options):
        """A device with a session; the network end that has it."""
        device = Device(*options)
        self.addCleanup(device.close)
        network = device.network(framing=framing)
        device.set_up(network, **start_options)
        return device, network

    def reading(self, device, network, text="reading", *options):
        """Sends one reading, which must be one datagram; returns the process, still running, and what was received."""
        run = device.send(text, *options)
        got = network.receive(device.next())
        self.assertEqual((got.header.plane, got.body), (USER, text.encode()))
        return run, got

    def received(self, run):
        code, printed, err = run.finish()
        self.assertEqual(code, 0, err)
        return [one.get("payload") for one in printed[0]["received"]]

    def hand_over(self, device, network, command, *more, generation=2, key_id=2, suite=1):
        """Sends a reading, and gets a key in 30 or 20, then what `more` builds. Returns the request, all answers of the device, and
        the data that it gave out."""
        run, _ = self.reading(device, network, "reading")
        told = network.control(command, network.key_tlv(generation, key_id, suite), network.keys[max(network.keys)])
        network.hand_out(generation, key_id, suite)
        for datagram in [told] + [build() for build in more]:
            device.answer(datagram)
        out = self.received(run)
        return told, device.rest(), out


class Readings(Session):
    def test_a_later_reading_is_one_datagram_with_13_octets_more(self):
        device, network = self.ready()
        for number in range(3):
            run, got = self.reading(device, network, "x" * 20)
            self.assertEqual((len(got.datagram), got.count), (33, number))
            code, printed, _ = run.finish()
            self.assertEqual((code, printed[0]["set_up"], printed[0]["datagrams_up"]), (0, False, 1))
        self.assertEqual(device.rest(), [])

    def test_the_shortest_framing_costs_9_octets(self):
        device, network = self.ready("--session-octets", "0", "--counter-octets", "0", framing=Framing(0, 0))
        run, got = self.reading(device, network, "x" * 20)
        self.assertEqual(len(got.datagram), 29)
        self.assertEqual(self.received(run), [])

    def test_a_killed_device_never_uses_a_count_twice(self):
        device, network = self.ready()
        counts = []
        for _ in range(4):
            run, got = self.reading(device, network)
            run.stop()
            counts.append(got.count)
        self.assertEqual(len(set(counts)), 4)

    def test_downward_data_is_given_out_once(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "reading")
        down = network.user(b"open the valve")
        device.answer(down)
        device.answer(down)
        self.assertEqual(self.received(run), ["open the valve"])
        run, _ = self.reading(device, network, "reading")
        device.answer(down)
        device.answer(network.user(b"second"))
        self.assertEqual(self.received(run), ["second"])

    def test_what_is_not_authentic_is_never_given_out(self):
        device, network = self.ready()
        run, got = self.reading(device, network, "reading")
        down = network.user(b"first")
        for octets in (b"", b"\x88", down[:5], got.datagram, down[:-1], down[:-1] + bytes([down[-1] ^ 1]), bytes([down[0] ^ 8]) + down[1:],
                       bytes([down[0] | 0x40]) + down[1:], b"\x00" + down[1:], down + b"\x00"):
            device.answer(octets)
        device.answer(down)
        self.assertEqual(self.received(run), ["first"])

    def test_reordering_inside_the_window_and_the_four_counts_ahead(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "reading")
        # n = 11: highest 100, window 64; ahead the four COUNTs with these low bits are tried, not a fifth.
        ahead = 100 + 4 * 2048
        for count in (100, 37, 36, 100, 99, ahead, 101, ahead - 63, ahead - 64, ahead + 5 * 2048):
            device.answer(network.user(b"%d" % count, count=count))
        self.assertEqual(self.received(run), [str(count) for count in (100, 37, 99, ahead, ahead - 63)])

    def test_the_full_count_tlv_moves_both_planes(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "reading")
        far, next_user = 1_000_000, 2_000_000
        body = tlvs((emsdp.COUNT, far.to_bytes(4, "big") + next_user.to_bytes(4, "big")))
        manage = network.control(emsdp.MANAGE_REQUEST, body, network.keys[1], count=far)
        device.answer(manage[:-1] + bytes([manage[-1] ^ 1]))
        device.answer(manage)
        device.answer(network.user(b"far", count=next_user))
        device.answer(network.user(b"near", count=5))
        self.assertEqual(self.received(run), ["far"])
        self.assertEqual([network.receive(one).command for one in device.rest()], [emsdp.MANAGE_RESPONSE])


class Stream(Session):
    """Readings that come one by one: the device hears the network while it waits for the next."""

    def test_a_key_change_between_two_readings(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "one")
        told = network.control(emsdp.MANAGE_REQUEST, network.key_tlv(2, 2), network.keys[1])
        network.hand_out(2, 2)
        device.answer(told)
        self.assertEqual(network.receive(device.next()).command, emsdp.MANAGE_RESPONSE)
        run.write("two")
        self.assertEqual(network.receive(device.next())[2:3], (b"two",))
        self.assertEqual(self.received(run), [])

    def test_a_hint_between_two_readings_costs_one_reading(self):
        device, network = self.ready()
        run, got = self.reading(device, network, "one")
        device.answer(network.hint(got.datagram, "unknown_session"))
        run.write("two")
        request = device.next()
        network.keys, network.vector = {}, None
        start = network.start(request)
        device.answer(start)
        self.assertEqual(network.confirmation(device.next(), request, start), b"two")
        run.write("three")
        self.assertEqual(network.receive(device.next()).body, b"three")
        code, _, err = run.finish()
        self.assertEqual(code, 1)
        self.assertIn("unknown_session", err)

    def test_lines_as_they_come(self):
        device, network = self.ready()
        run = device.send("first\n\nsecond")
        run.process.stdin.write("third, in ")
        run.process.stdin.flush()
        got = [network.receive(device.next()).body for _ in range(2)]
        run.process.stdin.write("two pieces\nlast, without an end")
        code, printed, _ = run.finish()
        got += [network.receive(one).body for one in device.rest()]
        self.assertEqual(got, [b"first", b"second", b"third, in two pieces", b"last, without an end"])
        self.assertEqual((code, printed[0]["readings"]), (0, 4))

    def test_a_line_that_no_datagram_takes_is_named(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "one")
        run.write("x" * 5000)
        code, _, err = run.finish()
        self.assertEqual((code, device.rest()), (2, []))
        self.assertIn("line 2", err)


class KeyChange(Session):
    def test_the_response_and_all_that_follows_come_under_the_new_key(self):
        device, network = self.ready()
        told, answers, out = self.hand_over(device, network, emsdp.MANAGE_REQUEST, lambda: network.user(b"old", 1),
                                            lambda: network.user(b"new", 2), lambda: network.user(b"old again", 1))
        self.assertEqual((len(told), [len(one) for one in answers], out), (22, [14], ["old", "new"]))
        got = network.receive(answers[0])
        self.assertEqual((got.command, got.header.key_id, got.count), (emsdp.MANAGE_RESPONSE, 2, 0))
        run, got = self.reading(device, network, "second")
        self.assertEqual((got.header.key_id, got.count, len(got.datagram)), (2, 0, 19))
        run.finish()

    def test_the_same_request_gets_the_same_response(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "reading")
        told = network.control(emsdp.MANAGE_REQUEST, network.key_tlv(2, 2), network.keys[1])
        for _ in range(3):
            device.answer(told)
        self.assertEqual(self.received(run), [])
        answers = device.rest()
        self.assertEqual((len(answers), len(set(answers))), (3, 1))

    def test_a_change_of_suite(self):
        device, network = self.ready()
        *_, out = self.hand_over(device, network, emsdp.MANAGE_REQUEST, lambda: network.user(b"sixteen octets of MAC", 2), suite=4)
        self.assertEqual(out, ["sixteen octets of MAC"])
        run, got = self.reading(device, network, "second")
        self.assertEqual(len(got.datagram), 5 + 6 + 16)
        run.finish()

    def test_what_must_not_change_the_key(self):
        for what, generation, key_id, suite in (("the same generation", 1, 2, 1), ("generation 0", 0, 2, 1), ("a live key id", 2, 1, 1),
                                                ("key id 0", 2, 0, 1), ("key id 8", 2, 8, 1), ("a suite not offered", 2, 2, 5),
                                                ("a suite below the floor", 2, 2, 7), ("no suite", 2, 2, 0)):
            with self.subTest(what):
                device, network = self.ready()
                run, _ = self.reading(device, network, "reading")
                device.answer(network.control(emsdp.MANAGE_REQUEST, network.key_tlv(generation, key_id, suite), network.keys[1]))
                self.assertEqual((self.received(run), device.rest()), ([], []))
                run, got = self.reading(device, network, "second")
                self.assertEqual(got.header.key_id, 1)
                run.finish()

    def test_key_ids_go_round(self):
        device, network = self.ready()
        for generation in range(2, 11):
            key_id = 1 + (generation - 1) % 7
            run, _ = self.reading(device, network, "reading")
            told = network.control(emsdp.MANAGE_REQUEST, network.key_tlv(generation, key_id), network.keys[1 + (generation - 2) % 7])
            network.hand_out(generation, key_id)
            device.answer(told)
            device.answer(network.user(b"confirmed", key_id))
            self.assertEqual(self.received(run), ["confirmed"])
            self.assertEqual([network.receive(one).header.key_id for one in device.rest()], [key_id])


class End(Session):
    def announced(self, *options):
        device, network = self.ready(*options)
        told, answers, _ = self.hand_over(device, network, emsdp.TERMINATE_REQUEST)
        got = network.receive(answers[0])
        self.assertEqual((got.command, got.header.key_id, [len(one) for one in answers]), (emsdp.TERMINATE_RESPONSE, 1, [14]))
        return device, network

    def test_the_end_with_a_key_and_early_data_under_it(self):
        device, network = self.announced()
        run = device.send("x" * 20)
        early = device.next()
        got = network.receive(early)
        self.assertEqual((got.command, got.header.key_id, got.count, len(early)), (emsdp.REQUEST, 2, 0, 36))
        self.assertEqual(got.tlvs, {emsdp.DATA: b"x" * 20})
        device.answer(network.early_start(early, data=b"down at once"))
        self.assertEqual(self.received(run), ["down at once"])
        self.assertEqual(device.rest(), [], "no Confirmation")
        run, got = self.reading(device, network, "later")
        self.assertEqual((got.header.key_id, got.count), (2, 0))
        run.finish()

    def test_the_same_end_gets_the_same_response(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "reading")
        told = network.control(emsdp.TERMINATE_REQUEST, network.key_tlv(2, 2), network.keys[1])
        device.answer(told)
        device.answer(told)
        self.received(run)
        answers = device.rest()
        self.assertEqual((len(answers), len(set(answers))), (2, 1))

    def test_early_data_is_repeated_octet_by_octet(self):
        device, network = self.announced("--retransmit", "80")
        run = device.send("early")
        early = device.next()
        self.assertEqual(device.next(), early)
        device.answer(network.early_start(early))
        self.assertEqual(run.finish()[0], 0)

    def test_a_start_to_early_data_that_is_not_authentic_or_not_to_it(self):
        device, network = self.announced()
        run = device.send("early")
        early = device.next()
        start = network.early_start(early, data=b"forged")
        other = network.early_start(early[:-1] + bytes([early[-1] ^ 1]), data=b"to another request")
        for datagram in (start[:-1] + bytes([start[-1] ^ 1]), other, network.user(b"before Start", 2)):
            device.answer(datagram)
        device.answer(network.early_start(early, data=b"genuine"))
        got = self.received(run)
        self.assertEqual(got[-1], "genuine")
        self.assertFalse({"forged", "to another request"} & set(got))

    def test_without_a_key_the_next_session_begins_with_a_request(self):
        device, network = self.ready(*HASTY)
        run, _ = self.reading(device, network, "reading")
        device.answer(network.control(emsdp.TERMINATE_REQUEST, b"", network.keys[1]))
        self.assertEqual(self.received(run), [])
        self.assertEqual([network.receive(one).command for one in device.rest()], [emsdp.TERMINATE_RESPONSE])
        run = device.send("second")
        network.request(device.next())
        self.assertEqual(run.finish()[0], 4)

    def test_a_forged_end_ends_nothing(self):
        device, network = self.ready()
        run, _ = self.reading(device, network, "reading")
        end = network.control(emsdp.TERMINATE_REQUEST, b"", network.keys[1], count=7)
        device.answer(end[:-1] + bytes([end[-1] ^ 1]))
        device.answer(b"\x00" + end[1:-8])
        self.assertEqual((self.received(run), device.rest()), ([], []))
        run, _ = self.reading(device, network, "second")
        run.finish()


class Rejects(Session):
    def test_a_hint_with_the_echo_of_the_reading(self):
        for reason in ("unknown_session", "unknown_key"):
            with self.subTest(reason):
                device, network = self.ready(*HASTY)
                run, got = self.reading(device, network, "reading")
                device.answer(network.hint(got.datagram, reason))
                code, _, err = run.finish()
                self.assertEqual(code, 1)
                self.assertIn(reason, err)
                run = device.send("second")
                network.request(device.next())
                # A hint erases no key: it may come from anybody, and the session may well be there.
                device.answer(network.user(b"still there"))
                self.assertNotEqual(run.finish()[0], 0)
                device.rest()
                run = device.send("third", "--retransmit", "5000")
                request = device.next()
                network.keys, network.vector = {}, None
                start = network.start(request)
                device.answer(start)
                self.assertEqual(network.confirmation(device.next(), request, start), b"third")
                run.finish()

    def test_a_hint_with_another_echo_or_a_passing_reason_changes_nothing(self):
        device, network = self.ready()
        run, got = self.reading(device, network, "reading")
        device.answer(network.hint(got.datagram, "unknown_session", bytes(8)))
        device.answer(network.hint(got.datagram, "unknown_session", emsdp.transcript_of(got.datagram)[:8]))
        device.answer(network.hint(got.datagram, "overload"))
        self.assertEqual(self.received(run), [])
        run, got = self.reading(device, network, "second")
        self.assertEqual(got.header.key_id, 1)
        run.finish()

    def test_a_reject_under_the_key(self):
        device, network = self.ready(*HASTY)
        run, got = self.reading(device, network, "reading")
        device.answer(network.control(emsdp.REJECT, network.reject_body("key_expired", got.datagram[-8:]), network.keys[1]))
        code, _, err = run.finish()
        self.assertEqual(code, 1)
        self.assertIn("key_expired", err)
        run = device.send("second")
        network.request(device.next())
        run.stop()


if __name__ == "__main__":
    unittest.main()
