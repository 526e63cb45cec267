# SPDX-License-Identifier: Apache-2.0
"""What passes on the loopback, by dumpcap where this machine lets it capture, read by tshark."""
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time

from godwitd import PATIENCE
from ports import free_port


class Wire:
    """wanted: a filter of pcap. diameter: the TCP ports that speak it. What was said between the two is whole: the capture has begun, and ends, when it has
    seen a datagram of its own."""

    def __init__(self, path, wanted, diameter=()):
        self.path, self.diameter, self.own, self.process = path, list(diameter), free_port(), None
        if shutil.which("dumpcap") is None or shutil.which("tshark") is None:
            print("no dumpcap or no tshark here: nothing is captured")
            return
        self.process = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-f", f"{wanted} or udp port {self.own}", "-w", path], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        if not self.has_seen_us():
            print("the loopback cannot be captured here:", self.process.communicate()[1].strip())
            self.process = None

    def has_seen_us(self):
        """False: it has ended."""
        mark, end = secrets.token_bytes(16), time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, "the capture sees nothing"
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.sendto(mark, ("127.0.0.1", self.own))
            if os.path.exists(self.path):
                with open(self.path, "rb") as file:
                    if mark in file.read():
                        return True
            time.sleep(0.1)
        return False

    def captured(self):
        """Ends it: whether there is anything to be read."""
        if self.process is not None and self.process.poll() is None:
            assert self.has_seen_us(), "the capture ended by itself"
            self.process.send_signal(signal.SIGINT)
            self.process.communicate(timeout=PATIENCE)
        return self.process is not None

    def tshark(self, which, *words):
        """What it prints of the packets that this filter wants."""
        assert self.captured()
        as_diameter = [word for port in self.diameter for word in ("-d", f"tcp.port=={port},diameter")]
        return subprocess.run(["tshark", "-r", self.path, *as_diameter, "-Y", f"!(udp.port == {self.own}) && ({which})", *words], capture_output=True, text=True,
                              check=True).stdout

    def rows(self, *fields, which="frame"):
        """A dictionary of each packet; no packet is malformed."""
        fields = (*fields, "_ws.malformed")
        lines = self.tshark(which, "-T", "fields", "-E", "separator=|", "-E", "occurrence=a", *(word for field in fields for word in ("-e", field))).splitlines()
        rows = [dict(zip(fields, line.split("|"))) for line in lines]
        assert not [row for row in rows if row["_ws.malformed"]], [row for row in rows if row["_ws.malformed"]]
        return rows

    @staticmethod
    def pairs(rows, one, other):
        """Every value of one field with every value of the other, of each packet."""
        return {(a, b) for row in rows for a in row[one].split(",") for b in row[other].split(",")}


def between_nodes(network, *more):
    """Diameter between the nodes of a Network, and what else is wanted."""
    path = next(iter(network.daemons.values())).path("wire.pcapng")
    return Wire(path, " or ".join([*more, *(f"tcp port {port}" for port in network.ports.values())]), network.ports.values())
