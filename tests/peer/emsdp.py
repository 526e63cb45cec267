# SPDX-License-Identifier: Apache-2.0
"""EMSDP octet by octet, written from docs/emsdp-wire.md alone: header, COUNT, TLVs, ciphering and MAC of one datagram."""
import hashlib
from typing import NamedTuple

from keys import CONTROL, DOWN, UP, USER

REQUEST, START, CONFIRMATION = 0x10, 0x11, 0x12
TERMINATE_REQUEST, TERMINATE_RESPONSE = 0x20, 0x21
MANAGE_REQUEST, MANAGE_RESPONSE = 0x30, 0x31
REJECT = 0x80

IMSI, SUCI, UE_CONFIGURATION, ENTERPRISE, SERVING_NETWORK = 1, 2, 3, 4, 5
RAND, AUTN, HSE_CONFIGURATION, RAND1, AUTS = 6, 7, 8, 9, 10
KEY_REFERENCE = 18
KEY, COUNT, REASON, ECHO, DATA = 11, 12, 13, 14, 15
TEMPORARY_IDENTITY, ENCRYPTED_RES = 16, 17
SERVICE_REQUEST, SERVICE = 19, 20
HIGHEST = SERVICE

REASONS = ("malformed unknown_session unknown_key mac_failure replay count_exhausted unsupported_suite policy_forbids not_entitled "
           "unknown_subscriber auth_mac_failure auth_resync key_expired overload internal").split()
WHOLE_BODY_CIPHERED = (CONFIRMATION, TERMINATE_REQUEST, TERMINATE_RESPONSE, MANAGE_RESPONSE)


class Refused(Exception):
    """Carries the word of docs/emsdp-wire.md, section 10."""

    def __init__(self, reason):
        assert reason in REASONS
        super().__init__(reason)
        self.reason = reason


class Framing(NamedTuple):
    """S and E of one HSE address."""
    s: int = 3
    e: int = 1

    @property
    def count_bits(self):
        return 3 + 8 * self.e

    @property
    def octets(self):
        return 1 + self.s + self.e

    def octet(self):
        return self.s << 4 | self.e

    def header(self, plane, key_id, session, count):
        low = count % (1 << self.count_bits)
        first = plane << 7 | key_id << 3 | low & 7
        return bytes([first]) + session.to_bytes(self.s, "big") + (low >> 3).to_bytes(self.e, "big")


class Header(NamedTuple):
    plane: int
    key_id: int
    session: int
    low: int
    octets: bytes
    body: bytes

    @property
    def command(self):
        return self.body[0] if self.plane == CONTROL else None


class Received(NamedTuple):
    """One datagram that verified."""
    header: Header
    count: int
    body: bytes
    datagram: bytes

    @property
    def command(self):
        return self.body[0] if self.header.plane == CONTROL else None

    @property
    def tlvs(self):
        return parse_tlvs(self.body[1:])


def parse_header(framing, datagram):
    """The body still has the MAC, whose length only the key tells."""
    if len(datagram) < framing.octets or datagram[0] & 0x40:
        raise Refused("malformed")
    first = datagram[0]
    session = int.from_bytes(datagram[1:1 + framing.s], "big")
    more = int.from_bytes(datagram[1 + framing.s:framing.octets], "big")
    header = Header(first >> 7, first >> 3 & 7, session, more << 3 | first & 7, datagram[:framing.octets], datagram[framing.octets:])
    if header.plane == CONTROL and not header.body:
        raise Refused("malformed")
    return header


def tlvs(*pairs):
    """Pairs of (tag, value), in the order given; a value of None is left out."""
    return b"".join(bytes([tag, len(value)]) + value for tag, value in pairs if value is not None)


def parse_tlvs(octets):
    """{tag: value}. Tags rise strictly; unknown ones below 80 are malformed, from 80 on passed over."""
    found, last, rest = {}, 0, octets
    while rest:
        if len(rest) < 2 or len(rest) < 2 + rest[1] or rest[0] <= last or HIGHEST < rest[0] < 0x80:
            raise Refused("malformed")
        last = rest[0]
        if last <= HIGHEST:
            found[last] = rest[2:2 + rest[1]]
        rest = rest[2 + rest[1]:]
    return found


def _places(octets, *tags):
    """Where the values of these TLVs are, as indices, one after the other."""
    at, places = 0, []
    while at + 2 <= len(octets):
        end = at + 2 + octets[at + 1]
        if octets[at] in tags and end <= len(octets):
            places += range(at + 2, end)
        at = end
    return places


def _prefix(count, plane, direction):
    """COUNT || BEARER (5) || DIRECTION (1) || 26 zero bits."""
    return count.to_bytes(4, "big") + bytes([plane << 3 | direction << 2, 0, 0, 0])


def _transform(key, plane, prefix, body):
    """Ciphers, or deciphers, what the table of section 4 names."""
    if plane == USER:
        return key.cipher(prefix, body)
    command, rest = body[:1], body[1:]
    if command[0] in WHOLE_BODY_CIPHERED:
        return command + key.cipher(prefix, rest)
    places = _places(rest, DATA, TEMPORARY_IDENTITY) if command[0] == START else _places(rest, DATA)
    sent = bytearray(rest)
    for place, octet in zip(places, key.cipher(prefix, bytes(rest[place] for place in places))):
        sent[place] = octet
    return command + bytes(sent)


def mac_input(framing, prefix, header_octets, body, transcript=b""):
    """Section 3. transcript: the hash that stands after the command octet of 11 and 12."""
    session = header_octets[1:1 + framing.s]
    counter = header_octets[1 + framing.s:]
    return prefix + header_octets[:1] + bytes(4 - framing.s) + session + counter + body[:1] + transcript + body[1:]


def protect(framing, key, session, plane, direction, body, transcript=b"", count=None):
    """One datagram under the next COUNT of the key, or under a COUNT of the test's own."""
    count = key.take_count(plane) if count is None else count
    header, prefix = framing.header(plane, key.key_id, session, count), _prefix(count, plane, direction)
    sent = _transform(key, plane, prefix, body)
    return header + sent + key.mac(mac_input(framing, prefix, header, sent, transcript))


def verify(framing, key, header, direction, count, transcript=b""):
    """The clear body, or None when the MAC does not verify under this COUNT."""
    m = key.suite.mac_octets
    if len(header.body) < m + (1 if header.plane == CONTROL else 0):
        raise Refused("malformed")
    body, mac = header.body[:-m], header.body[-m:]
    prefix = _prefix(count, header.plane, direction)
    if key.mac(mac_input(framing, prefix, header.octets, body, transcript)) != mac:
        return None
    return _transform(key, header.plane, prefix, body)


class Window:
    """What was received of one direction and plane under one key: the highest COUNT, and which of those behind it."""

    def __init__(self, bits):
        self.bits, self.size = bits, min(64, 1 << (bits - 1))
        self.highest, self.seen = -1, set()

    def candidates(self, low):
        """The COUNT inside the window with these low bits, then the four above the highest."""
        step = 1 << self.bits
        inside = self.highest - (self.highest - low) % step
        if self.highest >= 0 and inside >= 0 and inside > self.highest - self.size:
            yield inside
        above = self.highest + 1 + (low - self.highest - 1) % step
        for count in range(above, above + 4 * step, step):
            if count < 1 << 32:
                yield count

    def accept(self, count):
        """Raises Refused("replay") when this COUNT was there before."""
        if count in self.seen or count <= self.highest - self.size:
            raise Refused("replay")
        self.highest = max(self.highest, count)
        self.seen = {one for one in self.seen | {count} if one > self.highest - self.size}


def receive(framing, key, header, direction, transcript=b""):
    """(clear body, COUNT) of a datagram under this key, its window moved; raises Refused."""
    window = key.windows.setdefault(header.plane, Window(framing.count_bits))
    for count in window.candidates(header.low):
        body = verify(framing, key, header, direction, count, transcript)
        if body is not None:
            window.accept(count)
            return body, count
    raise Refused("mac_failure")


def transcript_of(*datagrams):
    return hashlib.sha256(b"".join(datagrams)).digest()


def imsi_value(imsi):
    """Octets 2 to 9 of EF_IMSI: parity and identity type with the first digit, then two digits an octet, F at the end."""
    digits = imsi if len(imsi) % 2 else imsi + "F"
    nibbles = [int(x, 16) for x in digits]
    first = nibbles[0] << 4 | (9 if len(imsi) % 2 else 1)
    octets = bytes([first] + [nibbles[i + 1] << 4 | nibbles[i] for i in range(1, len(nibbles), 2)])
    return octets + b"\xff" * (8 - len(octets))


def imsi_of(value):
    nibbles = [value[0] >> 4] + [n for x in value[1:] for n in (x & 15, x >> 4)]
    return "".join(str(n) for n in nibbles if n < 10)


def container(home, kind, selector, imsi, agreements, suites, generation):
    """Contents of the container up (section 11)."""
    def bits(ids):
        return sum(1 << one - 1 for one in ids)

    return (home + bytes([1, kind]) + selector + imsi_value(imsi) + bytes([bits(agreements)]) + bits(suites).to_bytes(2, "big")
            + generation.to_bytes(4, "big"))


def ue_configuration(agreements, suites):
    """Bitmaps; the third octet only if it is not zero."""
    value = [0, 0, 0]
    for agreement in agreements:
        value[0] |= 1 << (agreement - 1)
    for suite in suites:
        value[1 + (suite - 1) // 8] |= 1 << ((suite - 1) % 8)
    return bytes(value if value[2] else value[:2])


def service_request(service, suites, age):
    """service, suites as bits of two octets, the last age taken."""
    return bytes([service]) + sum(1 << one - 1 for one in suites).to_bytes(2, "big") + age.to_bytes(4, "big")


def service_request_of(value):
    bits = int.from_bytes(value[1:3], "big")
    if len(value) != 7 or not 1 <= value[0] <= 3:
        raise Refused("malformed")
    return value[0], [one for one in range(1, 17) if bits >> one - 1 & 1], int.from_bytes(value[3:], "big")


def service(what, suite, key_id, age, life, messages):
    return bytes([what, suite, key_id]) + b"".join(one.to_bytes(4, "big") for one in (age, life, messages))


def service_of(value):
    """(service, suite, Key ID, age, life in seconds, messages)."""
    numbers = tuple(int.from_bytes(value[at:at + 4], "big") for at in (3, 7, 11))
    if len(value) != 15 or not 1 <= value[0] <= 3 or not 1 <= value[2] <= 7 or numbers[0] == 0:
        raise Refused("malformed")
    return (*value[:3], *numbers)


def echo_of(framing, rejected):
    """What a Reject repeats of the datagram that it rejects."""
    return hashlib.sha256(rejected).digest()[:8] if parse_header(framing, rejected).key_id == 0 else rejected[-8:]


