# SPDX-License-Identifier: Apache-2.0
"""AES-128 (FIPS 197), CMAC (RFC 4493) and counter mode, in plain Python: slow, and sharing nothing with the programs under test."""


def _xtime(a):
    return ((a << 1) ^ 0x11B if a & 0x80 else a << 1) & 0xFF


def _sbox():
    """The S-box from its definition: the inverse in GF(2^8), found through powers of the generator 3, then the affine map."""
    power, log, a = [0] * 256, [0] * 256, 1
    for exponent in range(255):
        power[exponent], log[a] = a, exponent
        a ^= _xtime(a)
    box = []
    for value in range(256):
        inverse = power[(255 - log[value]) % 255] if value else 0
        out = 0x63
        for shift in range(5):
            out ^= ((inverse << shift) | (inverse >> (8 - shift))) & 0xFF
        box.append(out)
    return bytes(box)


SBOX = _sbox()


def xor(a, b):
    assert len(a) == len(b)
    return bytes(x ^ y for x, y in zip(a, b))


class Aes128:
    def __init__(self, key):
        assert len(key) == 16
        words, rcon = [key[i:i + 4] for i in range(0, 16, 4)], 1
        for i in range(4, 44):
            word = words[-1]
            if i % 4 == 0:
                word = bytes(SBOX[x] for x in word[1:] + word[:1])
                word = bytes([word[0] ^ rcon]) + word[1:]
                rcon = _xtime(rcon)
            words.append(xor(words[i - 4], word))
        self.round_keys = [b"".join(words[i:i + 4]) for i in range(0, 44, 4)]

    def encrypt(self, block):
        state = xor(block, self.round_keys[0])
        for number in range(1, 11):
            # SubBytes and ShiftRows in one: column c takes row r from column c + r.
            state = bytes(SBOX[state[(4 * (c + r) + r) % 16]] for c in range(4) for r in range(4))
            if number < 10:
                state = b"".join(self._mix(state[i:i + 4]) for i in range(0, 16, 4))
            state = xor(state, self.round_keys[number])
        return state

    @staticmethod
    def _mix(column):
        whole = column[0] ^ column[1] ^ column[2] ^ column[3]
        return bytes(column[i] ^ whole ^ _xtime(column[i] ^ column[(i + 1) % 4]) for i in range(4))


def ctr(key, counter_block, octets):
    """Counter mode: the block is one big-endian number."""
    aes, counter, out = Aes128(key), int.from_bytes(counter_block, "big"), b""
    for start in range(0, len(octets), 16):
        part = octets[start:start + 16]
        out += xor(part, aes.encrypt((counter % (1 << 128)).to_bytes(16, "big"))[:len(part)])
        counter += 1
    return out


def _double(block):
    number = int.from_bytes(block, "big") << 1
    return ((number & ((1 << 128) - 1)) ^ (0x87 if number >> 128 else 0)).to_bytes(16, "big")


def cmac(key, message):
    aes = Aes128(key)
    k1 = _double(aes.encrypt(bytes(16)))
    whole = max(0, (len(message) - 1) // 16)
    last = message[16 * whole:]
    if len(last) == 16:
        last = xor(last, k1)
    else:
        last = xor(last + b"\x80" + bytes(15 - len(last)), _double(k1))
    state = bytes(16)
    for i in range(whole):
        state = aes.encrypt(xor(state, message[16 * i:16 * i + 16]))
    return aes.encrypt(xor(state, last))
