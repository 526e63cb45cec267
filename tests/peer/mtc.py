# SPDX-License-Identifier: Apache-2.0
"""Device RAND, written from docs/keys.md, docs/emsdp-wire.md and docs/device-rand.md alone: what SIM and HLR make of RAND1, and the MTC server
with its MKEF as one end."""
import emsdp
import keys
from aes import xor
from aka import Milenage
from emsdp import Framing, Received, protect, tlvs
from keys import CONTROL, DOWN, UP, USER

JUMP = 1 << 20


def rand1(counter, random):
    return counter.to_bytes(6, "big") + random


def counter_of(rand):
    return int.from_bytes(rand[:6], "big")


def key_id_of(rand):
    return 1 + counter_of(rand) % 7


def runs(k, opc, rand, imsi):
    """Kc_a || Kc_b || SRES_a || SRES_b."""
    both = [Milenage(k, opc, keys.own(rand, 0x10, imsi, bytes([which]))[:16]) for which in (1, 2)]
    return b"".join([one.kc() for one in both] + [one.sres() for one in both])


def k_mtc(kc_sres, server, imsi, rand, chain):
    return keys.own(kc_sres, 0x11, server, imsi, rand, chain)


def next_chain(kc_sres, chain, rand):
    return keys.own(kc_sres, 0x13, chain, rand)


def k_mtc_ts33868(kc, server):
    return keys.own(kc, 0x15, server)


def crypt_res_ts33868(key, rand, res):
    return xor(res, keys.own(key, 0x16, rand)[:4])


def first(framing, key, rand, imsi=None, temporary=None, data=None, encrypted_res=None):
    """10 of device RAND, under the next control COUNT of the key."""
    body = bytes([emsdp.REQUEST]) + tlvs(
        (emsdp.IMSI, emsdp.imsi_value(imsi) if imsi else None), (emsdp.RAND1, rand), (emsdp.DATA, data),
        (emsdp.TEMPORARY_IDENTITY, temporary), (emsdp.ENCRYPTED_RES, encrypted_res))
    return protect(framing, key, 0, CONTROL, UP, body)


def start(framing, key, session, answered, data=None, temporary=None):
    """11 of agreement 00."""
    body = bytes([emsdp.START]) + tlvs((emsdp.HSE_CONFIGURATION, bytes([0, key.suite.id, framing.octet()])), (emsdp.DATA, data),
                                       (emsdp.TEMPORARY_IDENTITY, temporary))
    return protect(framing, key, session, CONTROL, DOWN, body, emsdp.transcript_of(answered))


class Server:
    """MTC server and MKEF for one subscriber."""

    def __init__(self, k, opc, imsi, name, framing=Framing(), profile="godwit1"):
        self.k, self.opc, self.imsi, self.name, self.framing, self.profile = k, opc, imsi, name, framing, profile
        self.chains, self.counter, self.identities = [bytes(32), bytes(32)], 0, {}
        self.key, self.session = None, 0x0A0B0C % (1 << 8 * framing.s) if framing.s else 0

    def take(self, datagram):
        """(what was told in clear, the reading) of a first datagram; raises emsdp.Refused, and then nothing has moved."""
        header = emsdp.parse_header(self.framing, datagram)
        if (header.plane, header.session, header.low, header.command) != (CONTROL, 0, 0, emsdp.REQUEST):
            raise emsdp.Refused("malformed")
        told = emsdp.parse_tlvs(header.body[1:-8])
        rand = told[emsdp.RAND1]
        if header.key_id != key_id_of(rand):
            raise emsdp.Refused("malformed")
        if emsdp.IMSI in told and emsdp.imsi_of(told[emsdp.IMSI]) != self.imsi:
            raise emsdp.Refused("unknown_subscriber")
        if emsdp.IMSI not in told and told[emsdp.TEMPORARY_IDENTITY] not in self.identities:
            raise emsdp.Refused("unknown_subscriber")
        return told, self._prove(header, told, rand)

    def _prove(self, header, told, rand):
        if self.profile != "godwit1":
            return self._prove_ts33868(header, told, rand)
        if counter_of(rand) <= self.counter:
            raise emsdp.Refused("replay")
        if counter_of(rand) > self.counter + JUMP:
            raise emsdp.Refused("key_expired")
        kc_sres = runs(self.k, self.opc, rand, self.imsi)
        for chain in self.chains:
            key = keys.TrafficKey(k_mtc(kc_sres, self.name, self.imsi, rand, chain), 1, header.key_id)
            body = emsdp.verify(self.framing, key, header, UP, 0)
            if body is not None:
                self.chains, self.counter, self.key = [next_chain(kc_sres, chain, rand), chain], counter_of(rand), key
                return emsdp.parse_tlvs(body[1:]).get(emsdp.DATA)
        raise emsdp.Refused("mac_failure")

    def _prove_ts33868(self, header, told, rand):
        run = Milenage(self.k, self.opc, rand)
        derived = k_mtc_ts33868(run.kc(), self.name)
        under = run.kc() if self.profile == "ts33868-kc" else derived
        if crypt_res_ts33868(under, rand, told[emsdp.ENCRYPTED_RES]) != run.sres():
            raise emsdp.Refused("mac_failure")
        key = keys.TrafficKey(derived, 1, header.key_id)
        body = emsdp.verify(self.framing, key, header, UP, 0)
        if body is None:
            raise emsdp.Refused("mac_failure")
        self.key = key
        return emsdp.parse_tlvs(body[1:]).get(emsdp.DATA)

    def start(self, answered, data=None, temporary=None):
        if temporary is not None:
            self.identities[temporary] = True
        return start(self.framing, self.key, self.session, answered, data, temporary)

    def receive(self, datagram):
        header = emsdp.parse_header(self.framing, datagram)
        if header.session != self.session or header.key_id != self.key.key_id:
            raise emsdp.Refused("unknown_session")
        body, count = emsdp.receive(self.framing, self.key, header, UP)
        return Received(header, count, body, datagram)

    def user(self, payload):
        return protect(self.framing, self.key, self.session, USER, DOWN, payload)

    def control(self, command, *pairs):
        return protect(self.framing, self.key, self.session, CONTROL, DOWN, bytes([command]) + tlvs(*pairs))
