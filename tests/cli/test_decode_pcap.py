# SPDX-License-Identifier: Apache-2.0
"""godwit decode --pcap on captures of every link type that it knows, made here octet by octet."""
import os
import struct
import tempfile
import unittest

from cli import result, run

REQUEST = bytes.fromhex("000000000010010809101010325476980302040f0400050300f110")
USER = bytes.fromhex("88000001006d5d11edaa349dd2ead01702d566be74cd34")
ETHERNET, RAW, SLL, SLL2, NULL = 1, 101, 113, 276, 0


def udp(payload, source=40000, destination=7330):
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def ipv4(payload, protocol=17, fragment=0):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, fragment, 64, protocol, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + payload


def ipv6(payload):
    return struct.pack(">IHBB16s16s", 0x60000000, len(payload), 17, 64, b"\0" * 15 + b"\1", b"\0" * 15 + b"\1") + payload


def pcap(link, frames):
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    return head + b"".join(struct.pack("<IIII", 0, 0, len(f), len(f)) + f for f in frames)


def pcapng(link, frames):
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
    blocks = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", link, 0, 65535))
    return blocks + b"".join(block(6, struct.pack("<IIIII", 0, 0, 0, len(f), len(f)) + f) for f in frames)


class Pcap(unittest.TestCase):
    def decode(self, octets, *options):
        with tempfile.NamedTemporaryFile() as file:
            file.write(octets)
            file.flush()
            return result("decode", "--pcap", file.name, *options)["datagrams"]

    def test_every_link_type(self):
        ethernet = b"\0" * 12
        for link, frame in [
            (ETHERNET, ethernet + b"\x08\x00" + ipv4(udp(REQUEST))),
            (ETHERNET, ethernet + b"\x86\xdd" + ipv6(udp(REQUEST))),
            (ETHERNET, ethernet + b"\x81\x00\0\5\x08\x00" + ipv4(udp(REQUEST))),
            (RAW, ipv4(udp(REQUEST))),
            (RAW, ipv6(udp(REQUEST))),
            (SLL, b"\0" * 14 + b"\x08\x00" + ipv4(udp(REQUEST))),
            (SLL2, b"\x86\xdd" + b"\0" * 18 + ipv6(udp(REQUEST))),
            (NULL, b"\2\0\0\0" + ipv4(udp(REQUEST))),
        ]:
            for capture in (pcap, pcapng):
                got = self.decode(capture(link, [frame]))
                self.assertEqual([(one["name"], one["to_port"], one["frame"]) for one in got], [("Session Request", 7330, 1)], (link, capture))

    def test_other_traffic_is_passed_over(self):
        frames = [ipv4(b"x" * 20, protocol=6), ipv4(udp(USER), fragment=0x2000), b"", b"\x45", ipv4(udp(USER)), ipv4(udp(USER, 1, 2))]
        self.assertEqual([one["frame"] for one in self.decode(pcap(RAW, frames))], [5, 6])
        self.assertEqual([one["frame"] for one in self.decode(pcap(RAW, frames), "--port", "7330")], [5])

    def test_a_capture_that_breaks_off_is_said_to(self):
        whole = pcap(RAW, [ipv4(udp(USER)), ipv4(udp(USER))])
        with tempfile.NamedTemporaryFile() as file:
            file.write(whole[:-5])
            file.flush()
            os.sync()
            code, out, err = run("decode", "--pcap", file.name, "--json")
        self.assertEqual(code, 3)
        self.assertIn("after frame", err)
        self.assertIn('"frame":1', out)


if __name__ == "__main__":
    unittest.main()
