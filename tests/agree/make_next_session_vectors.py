#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/agree/make_next_session_vectors.py > tests/vectors/next_session.txt: the device's record of a following session, laid out from
docs/next-session.md with hashlib; it shares nothing with core/agree."""
import hashlib


def record(imsi, domain, plmn, ksi, eea, eia, tmsi, area, capability, apn, res, root):
    body = b"GN" + bytes([1, domain]) + plmn + bytes([ksi, eea, eia]) + tmsi.to_bytes(4, "big") + area
    body += bytes([len(capability)]) + capability.ljust(8, b"\0") + apn + bytes([len(res)]) + res.ljust(16, b"\0") + root + b"\0"
    return body + hashlib.sha256(body + imsi.encode().ljust(16, b"\0")).digest()[:8]


CASES = {
    "eps": ("001010123456789", 1, bytes.fromhex("00f110"), 2, 2, 1, 0xC0000001, bytes.fromhex("800101"), bytes.fromhex("f07000000004"),
            hashlib.sha256(b"e2m.example").digest()[:4], bytes.fromhex("a54211d5e3ba50bf"), bytes(range(0x40, 0x60))),
    "ps": ("00101012345678", 2, bytes.fromhex("00f220"), 6, 2, 2, 0xDEADBEEF, bytes.fromhex("000101"), bytes.fromhex("0503"), bytes(4),
           bytes(range(16)), bytes(range(0x80, 0xA0))),
    "empty": ("001010123456789", 0, bytes(3), 0, 0, 0, 0, bytes(3), b"", bytes(4), b"", bytes(32)),
}
print("# The device's record of a following session (docs/next-session.md), as tests/agree/make_next_session_vectors.py lays it out.\n\n[record]", end="")
for name, (imsi, domain, plmn, ksi, eea, eia, tmsi, area, capability, apn, res, root) in CASES.items():
    octets = record(imsi, domain, plmn, ksi, eea, eia, tmsi, area, capability, apn, res, root)
    print(f"\nname = {name}\nimsi = {imsi}\ndomain = {domain}\nplmn = {plmn.hex()}\nksi = {ksi}\neea = {eea}\neia = {eia}\ntmsi = {tmsi:#x}\narea = {area.hex()}\n"
          f"capability = {capability.hex()}\napn = {apn.hex()}\nres = {res.hex()}\nroot = {root.hex()}\noctets = {octets.hex()}")
