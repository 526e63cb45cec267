#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message of tests/vectors/sgd.txt, which are the octets that core/wire builds (test_wire_sgd), as tshark reads it: application and command
by name, no AVP unknown, nothing malformed, the short message inside decoded."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile

import gmm_capture
from gmm_capture import check

FIELDS = ["diameter.cmd.code", "diameter.applicationId", "gsm_sms.destination_port", "gsm_sms.tp-mti", "_ws.malformed",
          "_ws.expert.message"]


def packet(number, octets):
    """In TCP over IPv4, one connection for each message."""
    tcp = struct.pack(">HHIIBBHHH", 40000 + number, 3868, 1, 1, 0x50, 0x18, 65535, 0, 0) + octets
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), number, 0, 64, 6, 0, bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1])) + tcp


def decode(messages):
    with tempfile.TemporaryDirectory(prefix="godwit-sgd-") as folder:
        path = os.path.join(folder, "sgd.pcap")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
            for number, octets in enumerate(messages):
                data = packet(number, octets)
                file.write(struct.pack("<IIII", number, 0, len(data), len(data)) + data)
        command = ["tshark", "-r", path, "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"]
        for field in FIELDS:
            command += ["-e", field]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        tree = subprocess.run(["tshark", "-r", path, "-V"], capture_output=True, text=True, check=True).stdout
    return [dict(zip(FIELDS, line.split("|"))) for line in lines], tree


def main():
    if shutil.which("tshark") is None:
        print("sgd_capture: skipped: no tshark")
        return 77
    found = [r for _, r in gmm_capture.records("sgd.txt")]
    seen, tree = decode([bytes.fromhex(r["octets"]) for r in found])
    check(len(seen) == len(found) == 6, f"{len(seen)} of {len(found)} messages")
    for r, s in zip(found, seen):
        name = r["message"]
        check(s["diameter.cmd.code"] == ("8388645" if name[0] == "o" else "8388646"), f"{name}: {s}")
        check("16777313" in s["diameter.applicationId"], f"{name}: {s}")
        check(not s["_ws.malformed"] and "nknown AVP" not in s["_ws.expert.message"], f"{name}: {s}")
        if name in ("ofr", "tfr"):
            check(s["gsm_sms.destination_port"] == "16020" and s["gsm_sms.tp-mti"] == ("1" if name == "ofr" else "0"), f"{name}: {s}")
    check("3GPP SGd" in tree and "SC-Address" in tree and "Unknown" not in tree, "names of SGd")
    return 0


if __name__ == "__main__":
    sys.exit(main())
