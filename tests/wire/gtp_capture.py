#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every golden message of GTP (tests/vectors/gtp.txt, which test_wire_gtp shows to be what core/wire writes) as tshark reads it: the right
protocol and message, nothing malformed, no expert's complaint."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ["_ws.col.Protocol", "gtp.message", "gtpv2.message_type", "e212.imsi", "gtp.teid", "gtpv2.teid", "_ws.malformed",
          "_ws.expert.severity", "_ws.expert.message", "gtp.apn", "gsm_a.gm.sm.pco_pid"]
ERROR = 0x00800000  # PI_ERROR; a warning is 0x00600000


def vectors():
    section, name = None, None
    with open(os.path.join(HERE, "..", "vectors", "gtp.txt"), encoding="ascii") as file:
        for line in file:
            line = line.strip()
            if line.startswith("["):
                section = line[1:-1]
            elif line.startswith("message = "):
                name = line[10:]
            elif line.startswith("octets = "):
                yield section, name, bytes.fromhex(line[9:])


def packet(section, octets):
    port = 2152 if section == "gtpu" else 2123
    udp = struct.pack(">HHHH", port, port, 8 + len(octets), 0) + octets
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + b"\x0a\x00\x00\x01\x0a\x00\x00\x02"
    return ip + udp


def main():
    if shutil.which("tshark") is None:
        print("no tshark here")
        return 77
    messages = list(vectors())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gtp.pcap")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
            for number, (section, _, octets) in enumerate(messages):
                p = packet(section, octets)
                file.write(struct.pack("<IIII", number, 0, len(p), len(p)) + p)
        command = ["tshark", "-r", path, "-T", "fields", "-E", "separator=|"]
        for field in FIELDS:
            command += ["-e", field]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr)
        return 1
    failures = []
    rows = [dict(zip(FIELDS, line.split("|"))) for line in done.stdout.splitlines()]
    if len(rows) != len(messages):
        failures.append(f"{len(rows)} packets of {len(messages)} were read")
    for (section, name, octets), row in zip(messages, rows):
        kind = row["gtpv2.message_type" if section == "gtpv2" else "gtp.message"].split(",")[0]
        worst = max([int(s, 0) for s in row["_ws.expert.severity"].split(",") if s], default=0)
        if kind not in (str(octets[1]), hex(octets[1])) and not (kind and int(kind, 0) == octets[1]):
            failures.append(f"{section} {name}: read as message {kind!r}: {row}")
        if row["_ws.malformed"] or worst >= ERROR:
            failures.append(f"{section} {name}: {row['_ws.malformed']} {row['_ws.expert.message']}")
        if "create" in name and "request" in name and not row["e212.imsi"].startswith("00101012345678"):
            failures.append(f"{section} {name}: IMSI {row}")
    print("\n".join(failures) or f"{len(rows)} messages, none malformed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
