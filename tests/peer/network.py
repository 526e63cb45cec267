# SPDX-License-Identifier: Apache-2.0
"""The network end for one device: HSE, EMKS and HSS in one, written from docs/ alone. Each datagram is built when the test asks
for it, and each rule can be broken by it: this end has no states of its own."""
import os

import emsdp
import keys
from emsdp import Framing, Received, protect, tlvs
from keys import CONTROL, DOWN, UP, USER

AMF_SEPARATION = b"\x80\x00"


class Network:
    def __init__(self, auc, endpoint="hse.mnc001.mcc001.3gppnetwork.org", framing=Framing(), best_plmn="001-01"):
        self.auc, self.endpoint, self.framing, self.plmn = auc, endpoint, framing, keys.plmn(best_plmn)
        self.session = 0x0A0B0C % (1 << 8 * framing.s) if framing.s else 0
        self.keys, self.keyset, self.vector = {}, None, None

    def request(self, datagram):
        """The TLVs of a first Session Request: no key, no MAC."""
        header = emsdp.parse_header(self.framing, datagram)
        assert (header.plane, header.key_id, header.session, header.command) == (CONTROL, 0, 0, emsdp.REQUEST), datagram.hex()
        return emsdp.parse_tlvs(header.body[1:])

    def new_vector(self, amf=AMF_SEPARATION, rand=None):
        rand = rand or os.urandom(16)
        autn, run = self.auc.vector(rand, amf)
        self.vector = rand, autn, run

    def start(self, answered, suite=1, agreement=3, generation=1, key_id=1, told_framing=None, amf=AMF_SEPARATION, root_of=None,
              told_suite=None):
        """11 to the Session Request `answered`, under the outstanding vector or a new one."""
        if self.vector is None:
            self.new_vector(amf)
        rand, autn, run = self.vector
        root = keys.separate_root(root_of or agreement, run, autn, self.plmn)
        self.keyset = keys.e2m_keyset(root, agreement, autn[:6])
        key = self.hand_out(generation, key_id, suite)
        configuration = bytes([agreement, told_suite or suite, (told_framing or self.framing).octet()])
        configuration += generation.to_bytes(4, "big") if generation != 1 else b""
        body = tlvs((emsdp.RAND, rand), (emsdp.AUTN, autn), (emsdp.HSE_CONFIGURATION, configuration))
        return self.control(emsdp.START, body, key, emsdp.transcript_of(answered))

    def hand_out(self, generation, key_id, suite=1):
        """Makes K_session of this generation a key of the session."""
        session_key = keys.k_session(self.keyset, self.endpoint, generation)
        self.keys[key_id] = keys.TrafficKey(session_key, suite, key_id, generation)
        return self.keys[key_id]

    def control(self, command, body, key, transcript=b"", count=None):
        return protect(self.framing, key, self.session, CONTROL, DOWN, bytes([command]) + body, transcript, count)

    def user(self, payload, key_id=1, count=None):
        return protect(self.framing, self.keys[key_id], self.session, USER, DOWN, payload, count=count)

    def key_tlv(self, generation, key_id, suite=1):
        return tlvs((emsdp.KEY, generation.to_bytes(4, "big") + bytes([suite, key_id])))

    def early_start(self, answered, agreement=3, data=None):
        """11 to early data: no vector, no generation."""
        key = self.keys[emsdp.parse_header(self.framing, answered).key_id]
        configuration = bytes([agreement, key.suite.id, self.framing.octet()])
        body = tlvs((emsdp.HSE_CONFIGURATION, configuration), (emsdp.DATA, data))
        return self.control(emsdp.START, body, key, emsdp.transcript_of(answered))

    def hint(self, rejected, reason, echo=None):
        """An unkeyed Reject. reason: a word of section 10."""
        session = emsdp.parse_header(self.framing, rejected).session
        value = echo or emsdp.echo_of(self.framing, rejected)
        return self.framing.header(CONTROL, 0, session, 0) + bytes([emsdp.REJECT]) + self.reject_body(reason, value)

    @staticmethod
    def reject_body(reason, echo):
        return tlvs((emsdp.REASON, bytes([1 + emsdp.REASONS.index(reason)])), (emsdp.ECHO, echo))

    def receive(self, datagram, transcript=b""):
        """A datagram that must be this session's, under a key it has; raises emsdp.Refused."""
        header = emsdp.parse_header(self.framing, datagram)
        if header.key_id not in self.keys:
            raise emsdp.Refused("unknown_key")
        if header.session != self.session:
            raise emsdp.Refused("unknown_session")
        body, count = emsdp.receive(self.framing, self.keys[header.key_id], header, UP, transcript)
        return Received(header, count, body, datagram)

    def confirmation(self, datagram, request, start):
        """The reading in 12, or None when it carries none."""
        got = self.receive(datagram, emsdp.transcript_of(request, start))
        assert got.command == emsdp.CONFIRMATION, got
        return got.tlvs.get(emsdp.DATA)
