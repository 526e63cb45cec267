#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""godwit device listen over WiFi while datagrams from very many addresses reach the same door of A3: hints in the name of anybody, of the device itself,
and octets that are nothing."""
import os
import random
import socket
import threading
import unittest

from test_listen import IMSI, IWF, Listening

ADDRESSES, PAUSE = 256, 0.02


def ef_imsi(digits):
    """Octets 2 to 9 of EF_IMSI, of 15 digits (TS 31.102 4.2.2)."""
    nibbles = "9" + digits
    return bytes(int(nibbles[at + 1] + nibbles[at], 16) for at in range(0, 16, 2))


class Flood(threading.Thread):
    """From addresses where nobody says a cookie back, as those would be that somebody forges."""

    def __init__(self, door):
        super().__init__(daemon=True)
        self.door, self.over, self.sent, self.got, self.cookies = door, threading.Event(), 0, 0, 0
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(ADDRESSES)]
        for number, one in enumerate(self.sockets):
            one.bind((f"127.{100 + number % 100}.{number}.{1 + number % 200}", 0))
            one.setblocking(False)

    @staticmethod
    def forged():
        imsi = IMSI if random.random() < 0.2 else f"0010109{random.randrange(10 ** 8):08d}"
        root = random.choice([1, 4])
        hint = b"\x18\0\0\0\0" + bytes([5, root]) + os.urandom(8) + bytes(4) + os.urandom(8)  # docs/trigger-wire.md: Reject, reason 5
        return ef_imsi(imsi) + random.choice([hint, hint, hint, b"\0" + os.urandom(8) + hint, b"\x32" + os.urandom(24)])

    def take(self, one):
        while True:
            try:
                answer = one.recv(2048)
            except OSError:
                return
            self.got += len(answer)
            self.cookies += answer[0] == 0 and len(answer) == 17

    def run(self):
        while not self.over.wait(PAUSE):
            for one in self.sockets:
                try:
                    self.sent += one.sendto(self.forged(), self.door)
                except OSError:
                    pass  # no room just now
                self.take(one)

    def end(self):
        self.over.set()
        self.join()
        for one in self.sockets:
            self.take(one)
            one.close()


class ListenInAFlood(Listening):
    def test_a_device_has_its_association_and_its_trigger(self):
        way = self.over_wifi()
        iwf = self.network.daemons[IWF]
        flood = Flood((self.network.address(IWF), 7336))
        flood.start()
        self.addCleanup(flood.end)
        iwf.wait_log("cookies_asked")
        self.listen(way=way)
        self.heard("associated")
        self.assertEqual(self.send("in a flood", "--wait", "60")["outcome"], "SUCCESS")
        self.assertEqual(len(self.runs()), 1)
        flood.end()
        self.assertTrue(flood.cookies > 0)
        self.assertLess(flood.got, flood.sent)


if __name__ == "__main__":
    unittest.main()
