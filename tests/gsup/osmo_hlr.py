#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/gsup/osmo_hlr.py PROGRAM [ARGUMENT...]: runs PROGRAM beside an OsmoHLR in a network namespace of their own.

The namespace has nothing but lo (OsmoHLR's ports are fixed), the HLR a new database with the subscribers below, made through its VTY.
PROGRAM finds the HLR at 127.0.0.1 port 4222. Exit status: PROGRAM's, or 77 where osmo-hlr or network namespaces cannot be had.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

CONFIG = """log stderr
 logging filter all 1
line vty
 bind 127.0.0.1
ctrl
 bind 127.0.0.1
hlr
 gsup
  bind ip 127.0.0.1
"""
# K and OPc of TS 35.208 4.3.1; one subscriber has GSM data only.
K, OPC = "465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf"
SUBSCRIBERS = [f"00101000000{n:04d}" for n in range(10)]
GSM_ONLY = "001010999999999"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def connect(port, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Vty:
    """OsmoHLR's command line."""

    def __init__(self, port):
        self.socket = connect(port)
        self.socket.settimeout(60)
        self.until(b"> ")
        self.command("enable")

    def until(self, prompt):
        text = b""
        while not text.endswith(prompt):
            data = self.socket.recv(4096)
            if not data:
                raise EOFError("osmo-hlr closed its VTY")
            text += data
        return text.decode(errors="replace")

    def command(self, line):
        self.socket.sendall(line.encode() + b"\r\n")
        answer = self.until(b"# ")
        if "% Unknown" in answer or "% Ambiguous" in answer or "% Command incomplete" in answer:
            raise ValueError(f"osmo-hlr does not take '{line}': {answer}")
        return answer


def provision():
    vty = Vty(4258)
    for imsi in SUBSCRIBERS:
        vty.command(f"subscriber imsi {imsi} create")
        vty.command(f"subscriber imsi {imsi} update aud3g milenage k {K} opc {OPC} ind-bitlen 5")
    vty.command(f"subscriber imsi {GSM_ONLY} create")
    vty.command(f"subscriber imsi {GSM_ONLY} update aud2g comp128v3 ki {K}")


def inside(command):
    """In the namespace: the HLR, its subscribers, then the command."""
    with tempfile.TemporaryDirectory(prefix="godwit-hlr-") as folder:
        with open(os.path.join(folder, "hlr.cfg"), "w", encoding="ascii") as config:
            config.write(CONFIG)
        log = open(os.path.join(folder, "hlr.log"), "w+", encoding="utf-8", errors="replace")
        hlr = subprocess.Popen(["osmo-hlr", "-c", "hlr.cfg", "-l", "hlr.db"], cwd=folder, stdout=log, stderr=log)
        try:
            provision()
            status = subprocess.run(command, check=False).returncode
        except (OSError, EOFError, ValueError) as error:
            print(f"osmo_hlr.py: {error}", file=sys.stderr)
            status = 1
        finally:
            hlr.terminate()
            hlr.wait()
        if status not in (0, 77):
            log.seek(0)
            print(log.read()[:4000], file=sys.stderr)
        return status


def main():
    if len(sys.argv) > 2 and sys.argv[1] == "--inside":
        return inside(sys.argv[2:])
    if shutil.which("osmo-hlr") is None:
        skip("osmo-hlr is not installed")
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        skip("unshare (util-linux) or ip (iproute2) is not installed")
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    space = ["unshare", "--net", *as_root, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*space, "true"], check=False, capture_output=True).returncode != 0:
        skip("this machine lets us make no network namespace")
    return subprocess.run([*space, sys.executable, os.path.abspath(__file__), "--inside", *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
