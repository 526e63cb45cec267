# SPDX-License-Identifier: Apache-2.0
"""The key hierarchy, written from docs/keys.md alone."""
import hashlib
import hmac
from typing import NamedTuple

from aes import ctr, cmac

UP, DOWN = 0, 1
CONTROL, USER = 0, 1
SEPARATE_EPS, SEPARATE_UMTS = 3, 7
GBA = 4


class Suite(NamedTuple):
    id: int
    name: str
    ciphers: bool
    is_hmac: bool
    mac_octets: int


# 08 and 09 (SNOW 3G, ZUC) have keys here but no algorithms.
SUITES = {one.id: one for one in (
    Suite(1, "eea2-eia2-64", True, False, 8), Suite(2, "eea2-eia2-128", True, False, 16),
    Suite(3, "eea2-hmac-64", True, True, 8), Suite(4, "eea2-hmac-128", True, True, 16),
    Suite(5, "eea0-eia2-64", False, False, 8), Suite(6, "eea0-hmac-64", False, True, 8),
    Suite(7, "eea2-eia2-32", True, False, 4),
    Suite(8, "eea1-eia1-32", True, False, 4), Suite(9, "eea3-eia3-32", True, False, 4))}


def kdf(key, fc, *parameters):
    """TS 33.220 B.2."""
    text = fc
    for parameter in parameters:
        octets = parameter.encode() if isinstance(parameter, str) else parameter
        text += octets + len(octets).to_bytes(2, "big")
    return hmac.new(key, text, hashlib.sha256).digest()


def own(key, fc, *parameters):
    """A derivation that is Godwit's own: FF xx, the revision first."""
    return kdf(key, bytes([0xFF, fc]), "godwit1", *parameters)


def plmn(text):
    """MCC-MNC in the three octets of TS 24.301."""
    mcc, mnc = text.split("-")
    digits = [int(x) for x in mcc], [int(x) for x in mnc]
    third = digits[1][2] if len(mnc) == 3 else 0xF
    return bytes([digits[0][1] << 4 | digits[0][0], third << 4 | digits[0][2], digits[1][1] << 4 | digits[1][0]])


def kasme(ck, ik, network, sqn_xor_ak):
    return kdf(ck + ik, b"\x10", network, sqn_xor_ak)


def separate_root(agreement, run, autn, network):
    """The root of a separate AKA: KASME with the BEST PLMN under agreement 03, CK || IK under 07."""
    return kasme(run.ck, run.ik, network, autn[:6]) if agreement == SEPARATE_EPS else run.ck + run.ik


def e2m_keyset(root, agreement, sqn_xor_ak=b""):
    return own(root, 0x02, bytes([agreement]), sqn_xor_ak)


def k_session(keyset, endpoint, generation):
    return own(keyset, 0x03, endpoint, generation.to_bytes(4, "big"))


def k_e2e(keyset, endpoint, age):
    return own(keyset, 0x04, endpoint, age.to_bytes(4, "big"))


def exported_psk(key, label, role, number):
    return own(key, 0x06, label, bytes([role]) + number.to_bytes(4, "big"))


def suite_keys(key, suite):
    """(K_enc, K_int) of a K_session, K_e2e or K_MTC."""
    enc, integrity = (own(key, 0x05, bytes([what]), bytes([suite.id])) for what in (1, 2))
    return enc[16:], integrity if suite.is_hmac else integrity[16:]


def k_di(k_iwf, suite):
    return tuple(own(k_iwf, 0x21, bytes([what]), bytes([suite]))[16:] for what in (1, 2))


class TrafficKey:
    """One key of a session: who it is on the air, K_enc and K_int, and its four counters."""

    def __init__(self, key, suite, key_id, generation=1):
        self.suite, self.key_id, self.generation = SUITES[suite], key_id, generation
        self.k_enc, self.k_int = suite_keys(key, self.suite)
        self.next_count = {CONTROL: 0, USER: 0}
        self.windows = {}

    def cipher(self, prefix, octets):
        return ctr(self.k_enc, prefix + bytes(8), octets) if self.suite.ciphers else octets

    def mac(self, octets):
        whole = hmac.new(self.k_int, octets, hashlib.sha256).digest() if self.suite.is_hmac else cmac(self.k_int, octets)
        return whole[:self.suite.mac_octets]

    def take_count(self, plane):
        count = self.next_count[plane]
        self.next_count[plane] += 1
        return count
