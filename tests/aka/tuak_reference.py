#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TUAK as TS 35.231 writes it, bit by bit, to compare core/aka with.

It shares nothing with the C code: the constants of Keccak are computed from their definitions in FIPS 202 clause 3.2, and IN and
OUT are arrays of 1600 bits numbered as in TS 35.231. Reads lines "k top rand sqn amf mac res ck ik iterations" (octets in hex,
lengths in bits) and prints "topc mac_a mac_s res ck ik ak ak_star" for each.
"""
import sys


def round_constant_bit(t):
    """rc(t), FIPS 202 algorithm 5: a linear feedback shift register."""
    if t % 255 == 0:
        return 1
    r = [1, 0, 0, 0, 0, 0, 0, 0]
    for _ in range(t % 255):
        r = [0] + r
        for i in (0, 4, 5, 6):
            r[i] ^= r[8]
        r = r[:8]
    return r[0]


def rotation_offsets():
    """FIPS 202 algorithm 2 (rho), step 3."""
    offset = {(0, 0): 0}
    x, y = 1, 0
    for t in range(24):
        offset[x, y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return offset


ROUND_CONSTANTS = [
    sum(round_constant_bit(j + 7 * i) << (2 ** j - 1) for j in range(7)) for i in range(24)
]
OFFSETS = rotation_offsets()
MASK = 2 ** 64 - 1


def rotated(lane, n):
    return (lane << n | lane >> (64 - n)) & MASK if n else lane


def keccak_f(bits):
    """Keccak-f[1600]; bit 64(5y + x) + z of the array is A[x, y, z]."""
    a = {(x, y): sum(bits[64 * (5 * y + x) + z] << z for z in range(64)) for x in range(5) for y in range(5)}
    for constant in ROUND_CONSTANTS:
        c = [a[x, 0] ^ a[x, 1] ^ a[x, 2] ^ a[x, 3] ^ a[x, 4] for x in range(5)]
        d = [c[(x - 1) % 5] ^ rotated(c[(x + 1) % 5], 1) for x in range(5)]
        a = {(x, y): rotated(a[x, y] ^ d[x], OFFSETS[x, y]) for x, y in a}
        a = {(x, y): a[(x + 3 * y) % 5, x] for x, y in a}
        a = {(x, y): a[x, y] ^ (~a[(x + 1) % 5, y] & MASK & a[(x + 2) % 5, y]) for x, y in a}
        a[0, 0] ^= constant
    return [a[i // 64 % 5, i // 320] >> i % 64 & 1 for i in range(1600)]


def bits_of(octets):
    """Bit 0 is the most significant bit of the first octet, as TS 35.231 numbers RAND[0..127] and the others."""
    return [octet >> (7 - i) & 1 for octet in octets for i in range(8)]


def octets_of(bits):
    return bytes(sum(bits[i + j] << (7 - j) for j in range(8)) for i in range(0, len(bits), 8))


def tuak(top, instance, k, iterations, rand=bytes(16), amf=bytes(2), sqn=bytes(6)):
    """OUT for the fields of IN, TS 35.231 clause 6."""
    data = [0] * 1600

    def put(at, value):
        for i, bit in enumerate(reversed(value)):
            data[at + i] = bit

    put(0, bits_of(top))
    put(256, instance[:7] + [1 if len(k) == 32 else 0])
    put(264, bits_of(b"TUAK1.0"))
    put(320, bits_of(rand))
    put(448, bits_of(amf))
    put(464, bits_of(sqn))
    put(512, bits_of(k))
    for i in range(768, 773):
        data[i] = 1
    data[1087] = 1
    for _ in range(iterations):
        data = keccak_f(data)
    return data


def result(out, at, length):
    return octets_of(list(reversed(out[at:at + length]))).hex()


LENGTH = {32: [0, 0, 0], 64: [0, 0, 1], 128: [0, 1, 0], 256: [1, 0, 0]}


def answer(line):
    k, top, rand, sqn, amf = (bytes.fromhex(field) for field in line.split()[:5])
    mac, res, ck, ik, iterations = (int(field) for field in line.split()[5:])
    topc_hex = result(tuak(top, [0] * 7, k, iterations), 0, 256)
    topc = bytes.fromhex(topc_hex)
    f1 = tuak(topc, [0, 0] + LENGTH[mac] + [0, 0], k, iterations, rand, amf, sqn)
    f1_star = tuak(topc, [1, 0] + LENGTH[mac] + [0, 0], k, iterations, rand, amf, sqn)
    f2345 = tuak(topc, [0, 1] + LENGTH[res] + [int(ck == 256), int(ik == 256)], k, iterations, rand)
    f5_star = tuak(topc, [1, 1] + [0] * 5, k, iterations, rand)
    return (topc_hex, result(f1, 0, mac), result(f1_star, 0, mac), result(f2345, 0, res), result(f2345, 256, ck),
            result(f2345, 512, ik), result(f2345, 768, 48), result(f5_star, 768, 48))


for request in sys.stdin:
    print(*answer(request))
