# SPDX-License-Identifier: Apache-2.0
"""The device's end over UDP, written from docs/ alone. Like the network end it builds a datagram when the test asks for it, and
keeps no timers: a retransmission is the test's sending it again."""
import os
import select
import socket

import emsdp
import keys
from emsdp import Framing, Received, protect, tlvs
from keys import CONTROL, DOWN, UP, USER

WAIT = 60.0  # until a test gives up; nothing is measured


class Silence(Exception):
    """Nothing came in time."""


class Device:
    def __init__(self, usim, address, endpoint="hse.home.example", framing=Framing(), best_plmn="001-01", suites=(1, 2, 3, 4),
                 agreements=(3,)):
        self.usim, self.address, self.endpoint, self.framing, self.plmn = usim, address, endpoint, framing, keys.plmn(best_plmn)
        self.suites, self.agreements = suites, agreements
        self.session, self.keys, self.keyset, self.key, self.exchange = 0, {}, None, None, b""
        self.generation = 0
        self.socket = None
        self.move()

    def close(self):
        self.socket.close()

    def move(self):
        """Another address, as after months behind another NAT."""
        if self.socket is not None:
            self.socket.close()
        self.socket = socket.socket(socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(self.address)

    def send(self, datagram):
        self.socket.send(datagram)
        return datagram

    def next(self, timeout=WAIT):
        if not select.select([self.socket], [], [], timeout)[0]:
            raise Silence()
        return self.socket.recv(2048)

    def ask(self, datagram):
        self.send(datagram)
        return self.next()

    def silent(self, seconds=0.15):
        """True when nothing comes for a while: a test of the absence of an answer can only wait a little."""
        return not select.select([self.socket], [], [], seconds)[0]

    # Set-up

    def request(self, auts=None, imsi=None, configuration=None, enterprise=b"", serving=None, reference=None):
        body = tlvs((emsdp.IMSI, emsdp.imsi_value(imsi or self.usim.imsi)),
                    (emsdp.UE_CONFIGURATION, configuration or emsdp.ue_configuration(self.agreements, self.suites)),
                    (emsdp.ENTERPRISE, enterprise), (emsdp.SERVING_NETWORK, serving or self.plmn), (emsdp.AUTS, auts),
                    (emsdp.KEY_REFERENCE, reference))
        attempt = int.from_bytes(os.urandom(4), "big")
        return self.framing.header(CONTROL, 0, 0, attempt) + bytes([emsdp.REQUEST]) + body

    def start(self, request, datagram):
        """Takes 11 to this request: raises aka.MacFailure, aka.SyncFailure, emsdp.Refused; else the session is there."""
        header = emsdp.parse_header(self.framing, datagram)
        if header.command != emsdp.START or header.key_id == 0:
            raise emsdp.Refused("malformed")
        # To learn suite and M it reads the TLVs up to HSE configuration; the MAC comes after them.
        told = emsdp.parse_tlvs(header.body[1:1 + 18 + 18 + 2 + header.body[1 + 36 + 1]])
        configuration = told[emsdp.HSE_CONFIGURATION]
        agreement, suite, framing = configuration[:3]
        generation = int.from_bytes(configuration[3:], "big") if len(configuration) > 3 else 1
        assert (framing, suite in self.suites, agreement in self.agreements) == (self.framing.octet(), True, True)
        autn = told[emsdp.AUTN]
        assert (autn[6] & 0x80 != 0) == (agreement == keys.SEPARATE_EPS)
        run = self.usim.authenticate(told[emsdp.RAND], autn)
        keyset = keys.e2m_keyset(keys.separate_root(agreement, run, autn, self.plmn), agreement, autn[:6])
        key = keys.TrafficKey(keys.k_session(keyset, self.endpoint, generation), suite, header.key_id, generation)
        emsdp.receive(self.framing, key, header, DOWN, emsdp.transcript_of(request))
        self.session, self.keyset, self.keys, self.key, self.generation = header.session, keyset, {key.key_id: key}, key, generation
        self.exchange = request + datagram

    def start_of_reference(self, request, datagram, keyset):
        """11 to a request that named a bootstrapping (agreement 04): no vector, HSE configuration first of all."""
        header = emsdp.parse_header(self.framing, datagram)
        if header.command != emsdp.START or header.key_id == 0:
            raise emsdp.Refused("malformed")
        told = emsdp.parse_tlvs(header.body[1:1 + 2 + header.body[2]])
        configuration = told[emsdp.HSE_CONFIGURATION]
        agreement, suite, framing = configuration[:3]
        generation = int.from_bytes(configuration[3:], "big") if len(configuration) > 3 else 1
        assert (framing, suite in self.suites, agreement) == (self.framing.octet(), True, keys.GBA)
        key = keys.TrafficKey(keys.k_session(keyset, self.endpoint, generation), suite, header.key_id, generation)
        emsdp.receive(self.framing, key, header, DOWN, emsdp.transcript_of(request))
        self.session, self.keyset, self.keys, self.key, self.generation = header.session, keyset, {key.key_id: key}, key, generation
        self.exchange = request + datagram
        return generation

    def confirmation(self, data=None):
        body = bytes([emsdp.CONFIRMATION]) + tlvs((emsdp.DATA, data))
        return protect(self.framing, self.key, self.session, CONTROL, UP, body, emsdp.transcript_of(self.exchange))

    def set_up(self, data=None, **request):
        """10, 11, 12: the three datagrams."""
        first = self.request(**request)
        second = self.ask(first)
        self.start(first, second)
        return first, second, self.send(self.confirmation(data))

    # In a session

    def reading(self, payload, count=None, key=None):
        return protect(self.framing, key or self.key, self.session, USER, UP, payload, count=count)

    def control(self, command, *pairs, key=None, count=None):
        return protect(self.framing, key or self.key, self.session, CONTROL, UP, bytes([command]) + tlvs(*pairs), count=count)

    def receive(self, datagram, transcript=b""):
        """A datagram of this session under a key that the device has."""
        header = emsdp.parse_header(self.framing, datagram)
        assert header.session == self.session, datagram.hex()
        body, count = emsdp.receive(self.framing, self.keys[header.key_id], header, DOWN, transcript)
        return Received(header, count, body, datagram)

    def hint(self, datagram):
        """(reason, echo) of an unkeyed Reject."""
        header = emsdp.parse_header(self.framing, datagram)
        assert (header.plane, header.key_id, header.command) == (CONTROL, 0, emsdp.REJECT), datagram.hex()
        told = emsdp.parse_tlvs(header.body[1:])
        return emsdp.REASONS[told[emsdp.REASON][0] - 1], told[emsdp.ECHO]

    def take_key(self, value):
        """The Key TLV: the key of this generation is kept under its Key ID."""
        generation, suite, key_id = int.from_bytes(value[:4], "big"), value[4], value[5]
        assert generation > self.generation and key_id not in self.keys and suite in self.suites, value.hex()
        self.generation = generation
        self.keys[key_id] = keys.TrafficKey(keys.k_session(self.keyset, self.endpoint, generation), suite, key_id, generation)
        return self.keys[key_id]

    def early_data(self, payload):
        """10 under the announced key."""
        return self.control(emsdp.REQUEST, (emsdp.DATA, payload))

    def early_start(self, request, datagram):
        """11 to it: the TLVs, which have no vector."""
        got = self.receive(datagram, emsdp.transcript_of(request))
        assert got.command == emsdp.START and not {emsdp.RAND, emsdp.AUTN} & set(got.tlvs), got
        return got.tlvs
