# SPDX-License-Identifier: Apache-2.0
"""Interface A3 octet by octet, written from docs/trigger-wire.md and docs/keys.md alone: messages between device and MTC-IWF."""
import hashlib
import hmac
from typing import NamedTuple

from aes import cmac, ctr
from emsdp import imsi_value
from keys import DOWN, SUITES, UP, k_di, own

COMMAND, COMPLETE, REJECT, TRIGGER, ACKNOWLEDGEMENT, POLL, POLL_ANSWER = range(1, 8)
GOES_DOWN = (COMMAND, TRIGGER, POLL_ANSWER)
CLEAR = (COMMAND, COMPLETE, REJECT)
TRIGGERING, RECALL, REPLACE = 1, 3, 4
LONGEST = 133


def digest(octets):
    return hashlib.sha256(octets).digest()[:8]


def k_iwf(root, name, imsi, association):
    return own(root, 0x20, name, imsi, association.to_bytes(4, "big"))


class Association:
    def __init__(self, key, number, suite=1):
        self.key, self.number, self.suite = key, number, suite

    @property
    def key_id(self):
        return 1 + self.number % 7

    def _prefix(self, kind, count):
        direction = DOWN if kind in GOES_DOWN else UP
        return count.to_bytes(4, "big") + bytes([2 << 3 | direction << 2, 0, 0, 0])

    def _keys(self, kind):
        suite = SUITES[1 if kind == COMMAND else self.suite]
        return suite, *k_di(self.key, suite.id)

    def _cipher(self, kind, count, body):
        suite, conf, _ = self._keys(kind)
        return ctr(conf, self._prefix(kind, count) + bytes(8), body) if suite.ciphers and kind not in CLEAR else body

    def _mac(self, kind, count, message):
        suite, _, integrity = self._keys(kind)
        text = self._prefix(kind, count) + message
        whole = hmac.new(integrity, text, hashlib.sha256).digest() if suite.is_hmac else cmac(integrity, text)
        return whole[:8]

    def protect(self, kind, count, body):
        message = bytes([kind << 3 | self.key_id]) + count.to_bytes(4, "big") + self._cipher(kind, count, body)
        message += self._mac(kind, count, message)
        assert len(message) <= LONGEST
        return message

    def open(self, message):
        """(type, COUNT, body); fails on anything that is not this association's."""
        kind, key_id, count = message[0] >> 3, message[0] & 7, int.from_bytes(message[1:5], "big")
        assert 1 <= kind <= 7 and key_id == self.key_id
        assert self._mac(kind, count, message[:-8]) == message[-8:]
        return kind, count, self._cipher(kind, count, message[5:-8])


def unprotected(kind, body):
    return bytes([kind << 3]) + bytes(4) + body


def u32(value):
    return value.to_bytes(4, "big")


def command(association, root, root_name, time, suites):
    return u32(association) + bytes([root]) + root_name + u32(time) + bytes(suites)


def complete(suite, device_suites, answered):
    return bytes([suite]) + sum(1 << (one - 1) for one in device_suites).to_bytes(2, "big") + digest(answered)


def reject(reason, root, root_name, highest, answered, drawn=bytes(8)):
    """drawn: what the device has drawn, where no Command came."""
    return bytes([reason, root]) + root_name + u32(highest) + (digest(answered) if answered else drawn)


def trigger(reference, time, validity, port, source, payload=b"", action=TRIGGERING, old=0, priority=False, acknowledge=True):
    flags = priority << 7 | acknowledge << 6 | action
    hashed = digest(source.encode()) if source else bytes(8)
    last = b"" if action == TRIGGERING else u32(old)
    return bytes([flags]) + u32(reference) + u32(time) + u32(validity) + port.to_bytes(2, "big") + hashed + last + payload


class Trigger(NamedTuple):
    """The body of a Trigger in parts."""
    priority: bool
    acknowledge: bool
    action: int
    reference: int
    time: int
    validity: int
    port: int
    source: bytes
    old: int
    payload: bytes

    @classmethod
    def of(cls, body):
        flags, action = body[0], body[0] & 7
        assert flags & 0x38 == 0 and action in (TRIGGERING, RECALL, REPLACE)
        numbers = [int.from_bytes(body[at:at + 4], "big") for at in (1, 5, 9)]
        rest = body[23:] if action == TRIGGERING else body[27:]
        assert len(rest) <= 80 and (action != RECALL or not rest)
        old = 0 if action == TRIGGERING else int.from_bytes(body[23:27], "big")
        return cls(bool(flags & 0x80), bool(flags & 0x40), action, *numbers, int.from_bytes(body[13:15], "big"), body[15:23], old, rest)


def acknowledgement(reference, outcome):
    return u32(reference) + bytes([outcome])


def poll(expected):
    return u32(expected)


def poll_answer(time, waiting):
    return u32(time) + bytes([waiting])


def short_message(message):
    """User data of a short message with the 16-bit application port (TS 23.040 9.2.3.24.4), from the same port."""
    port = (16021).to_bytes(2, "big")
    data = bytes([6, 5, 4]) + port + port + message
    assert len(data) <= 140
    return data


COOKIE_MARK = b"\0"


def datagram(imsi, message, cookie=b""):
    """Up, over UDP."""
    return imsi_value(imsi) + (COOKIE_MARK + cookie if cookie else b"") + message


def cookie_before(octets):
    """What stands behind the IMSI: (the cookie or nothing, the message)."""
    return (octets[1:9], octets[9:]) if octets[:1] == COOKIE_MARK else (b"", octets)


def cookie_answer(message, cookie):
    """Down, instead of what the message asked for."""
    return COOKIE_MARK + message[-8:] + cookie


def cookie_of(octets):
    """(echo, cookie) of such an answer; None: it is none."""
    return (octets[1:9], octets[9:]) if octets[:1] == COOKIE_MARK and len(octets) == 17 else None
