#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A conversation over S6a and Ek as tshark reads it: nothing malformed, every standard AVP known, the right values in the right places.

A relay between the two processes writes the capture, so that no right to listen on an interface is needed."""
import os
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from node import check, client, hss, need, run, usim

FIELDS = ["diameter.cmd.code", "diameter.flags.request", "diameter.applicationId", "diameter.Session-Id", "diameter.Origin-Host",
          "diameter.Destination-Host", "diameter.User-Name", "diameter.Visited-PLMN-Id", "diameter.Auth-Session-State",
          "diameter.Number-Of-Requested-Vectors", "diameter.Re-Synchronization-Info", "diameter.RAND", "diameter.XRES",
          "diameter.AUTN", "diameter.KASME", "diameter.Confidentiality-Key", "diameter.Integrity-Key", "diameter.Result-Code",
          "diameter.Experimental-Result-Code", "diameter.avp.unknown", "_ws.malformed", "diameter.avp.invalid-data",
          "diameter.avp.invalid-len"]


class Relay(threading.Thread):
    """Passes octets between a client and the port given, and writes them as TCP segments of a capture (link type: raw IP)."""

    def __init__(self, to, path):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.to, self.file = self.listener.getsockname()[1], to, open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        self.sequence, self.number = {True: 1, False: 1}, 0
        self.start()

    def write(self, upwards, data):
        source, target = (50000, 3868) if upwards else (3868, 50000)
        tcp = struct.pack(">HHIIBBHHH", source, target, self.sequence[upwards], self.sequence[not upwards], 0x50, 0x18, 65535, 0, 0)
        self.sequence[upwards] += len(data)
        address = [b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02"]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(data), self.number, 0, 64, 6, 0) + b"".join(address if upwards else address[::-1])
        self.number += 1
        packet = ip + tcp + data
        self.file.write(struct.pack("<IIII", self.number, 0, len(packet), len(packet)) + packet)
        self.file.flush()

    def run(self):
        below, _ = self.listener.accept()
        above = socket.create_connection(("127.0.0.1", self.to))
        selector = selectors.DefaultSelector()
        selector.register(below, selectors.EVENT_READ, above)
        selector.register(above, selectors.EVENT_READ, below)
        while True:
            for key, _ in selector.select():
                try:
                    data = key.fileobj.recv(65536)
                except OSError:
                    data = b""
                if not data:
                    return
                self.write(key.fileobj is below, data)
                key.data.sendall(data)


def decode(path):
    command = ["tshark", "-r", path, "-d", "tcp.port==3868,diameter", "-Y", "diameter", "-T", "fields", "-E", "separator=|"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"tshark: {done.stderr}")
    return [dict(zip(FIELDS, line.split("|"))) for line in done.stdout.splitlines()]


def converse(port):
    mme = client(port)
    mme.wait_open("hss.home.example")
    eutran = mme.ask("air eutran 001010000000001 001-01")
    utran = mme.ask("air utran 001010000000002 001-01")
    ahead = usim(utran["rand"], utran["autn"], sqn_ms="000000200003")
    again = mme.ask(f"air utran 001010000000002 001-01 {utran['rand']} {ahead['auts']}")
    mme.ask("air eutran 001010000000009 001-01")
    mme.ask("air eutran 001010000000001 310-26")
    mme.ask("key 1 001010000000001")
    mme.ask("key 1 001010000000001 other.example")
    mme.ask("confirm 001010000000001 77")
    mme.stop()
    return eutran, utran, ahead, again


def tshark_reads_what_was_said():
    with tempfile.TemporaryDirectory(prefix="godwit-capture-") as folder:
        path = os.path.join(folder, "s6a.pcap")
        server = hss()
        eutran, utran, ahead, again = converse(Relay(server.port, path).port)
        server.stop()
        messages = decode(path)
    for m in messages:
        check(not m["_ws.malformed"] and not m["diameter.avp.invalid-data"] and not m["diameter.avp.invalid-len"], f"malformed: {m}")
    s6a = [m for m in messages if m["diameter.cmd.code"] == "318"]
    check(len(s6a) == 10, f"{len(s6a)} messages of S6a, not 10")
    for m in s6a:
        check(not m["diameter.avp.unknown"], f"an AVP that tshark does not know: {m}")
        check(m["diameter.Auth-Session-State"] == "1" and m["diameter.Session-Id"].startswith("mme.home.example;"), f"{m}")
    requests, answers = s6a[0::2], s6a[1::2]
    check(all(m["diameter.User-Name"].startswith("00101000000000") and m["diameter.Destination-Host"] == "hss.home.example" for m in requests), "AIR")
    check(requests[0]["diameter.Visited-PLMN-Id"] == "00f110" and requests[4]["diameter.Visited-PLMN-Id"] == "13f062", "Visited-PLMN-Id")
    check(requests[2]["diameter.Re-Synchronization-Info"] == utran["rand"] + ahead["auts"], "Re-Synchronization-Info")
    for given, seen in ((eutran, answers[0]), (utran, answers[1]), (again, answers[2])):
        check(seen["diameter.Result-Code"] == "2001", f"{seen}")
        for member, field in (("rand", "RAND"), ("xres", "XRES"), ("autn", "AUTN"), ("kasme", "KASME"), ("ck", "Confidentiality-Key"),
                              ("ik", "Integrity-Key")):
            check(seen[f"diameter.{field}"] == given.get(member, ""), f"{field}: {seen}")
    check(answers[3]["diameter.Experimental-Result-Code"] == "5001" and answers[4]["diameter.Experimental-Result-Code"] == "5004", "results")
    ek = [m for m in messages if m["diameter.applicationId"] == str(0x474F4401)]
    check([m["diameter.cmd.code"] for m in ek] == ["16777214"] * 4 + ["16777215"] * 2, f"Ek: {[m['diameter.cmd.code'] for m in ek]}")
    check(ek[1]["diameter.RAND"] == "11" * 16 and ek[1]["diameter.Result-Code"] == "2001", "Ek: RAND is 3GPP's AVP")


if __name__ == "__main__":
    need("tshark")
    sys.exit(run([tshark_reads_what_was_said]))
