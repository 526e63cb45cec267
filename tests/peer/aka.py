# SPDX-License-Identifier: Apache-2.0
"""Both ends of AKA for the tests: MILENAGE (TS 35.206), a soft USIM and an authentication centre (TS 33.102 6.3, Annex C)."""
from aes import Aes128, xor

IND_BITS = 5
DELTA = 1 << 28


class MacFailure(Exception):
    """The USIM does not know the sender of this AUTN."""


class SyncFailure(Exception):
    def __init__(self, auts):
        super().__init__("SQN is not fresh")
        self.auts = auts


def opc_of(k, op):
    return xor(Aes128(k).encrypt(op), op)


class Milenage:
    def __init__(self, k, opc, rand):
        self.aes, self.opc = Aes128(k), opc
        self.temp = self.aes.encrypt(xor(rand, opc))
        out2, out3, out4, out5 = self._out(0, 1), self._out(4, 2), self._out(8, 4), self._out(12, 8)
        self.ak, self.res, self.ck, self.ik, self.ak_star = out2[:6], out2[8:], out3, out4, out5[:6]

    def _out(self, octets, constant):
        value = xor(self.temp, self.opc)
        value = value[octets:] + value[:octets]
        return xor(self.aes.encrypt(value[:15] + bytes([value[15] ^ constant])), self.opc)

    def _out1(self, sqn, amf):
        value = xor(2 * (sqn + amf), self.opc)
        return xor(self.aes.encrypt(xor(self.temp, value[8:] + value[:8])), self.opc)

    def mac_a(self, sqn, amf):
        return self._out1(sqn, amf)[:8]

    def mac_s(self, sqn, amf=bytes(2)):
        return self._out1(sqn, amf)[8:]

    def autn(self, sqn, amf):
        return xor(sqn, self.ak) + amf + self.mac_a(sqn, amf)

    def kc(self):
        """c3 of TS 33.102 6.8."""
        return c3(self.ck, self.ik)

    def sres(self):
        """c2 of an 8-octet RES."""
        return xor(self.res[:4], self.res[4:])


def c3(ck, ik):
    return xor(xor(ck[:8], ck[8:]), xor(ik[:8], ik[8:]))


class Usim:
    """The card: order of checks and the array of SEQ by IND as in TS 33.102 6.3.3 and C.2."""

    def __init__(self, k, opc, imsi):
        self.k, self.opc, self.imsi = k, opc, imsi
        self.seq = [0] * (1 << IND_BITS)
        self.runs = 0

    def authenticate(self, rand, autn):
        """Returns the Milenage run when AUTN is good; raises MacFailure or SyncFailure."""
        self.runs += 1
        run = Milenage(self.k, self.opc, rand)
        sqn, amf = xor(autn[:6], run.ak), autn[6:8]
        if run.mac_a(sqn, amf) != autn[8:]:
            raise MacFailure()
        number = int.from_bytes(sqn, "big")
        seq, ind = number >> IND_BITS, number % (1 << IND_BITS)
        if seq <= self.seq[ind] or seq - max(self.seq) > DELTA:
            raise SyncFailure(self._auts(run))
        self.seq[ind] = seq
        return run

    def _auts(self, run):
        seq = max(self.seq)
        sqn = (seq << IND_BITS | self.seq.index(seq)).to_bytes(6, "big")
        return xor(sqn, run.ak_star) + run.mac_s(sqn)


class Auc:
    """The authentication centre of one subscriber."""

    def __init__(self, k, opc, seq=0, ind=0):
        self.k, self.opc, self.seq, self.ind = k, opc, seq, ind

    def vector(self, rand, amf):
        """Returns (AUTN, the run) with the next SQN."""
        self.seq += 1
        run = Milenage(self.k, self.opc, rand)
        return run.autn((self.seq << IND_BITS | self.ind).to_bytes(6, "big"), amf), run

    def resynchronise(self, rand, auts):
        """Takes SQN_MS from an AUTS against RAND; False when its MAC-S is wrong."""
        run = Milenage(self.k, self.opc, rand)
        sqn = xor(auts[:6], run.ak_star)
        if run.mac_s(sqn) != auts[6:]:
            return False
        self.seq = int.from_bytes(sqn, "big") >> IND_BITS
        return True
