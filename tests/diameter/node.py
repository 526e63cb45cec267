# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder share: processes with the Diameter adapter, and plain checks."""
import json
import os
import queue
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "daemon"))
from godwitd import PATIENCE, free_port  # noqa: E402  pylint: disable=wrong-import-position

ROOT = os.path.dirname(os.path.dirname(HERE))
NODE = os.environ.get("DIAMETER_NODE", os.path.join(ROOT, "build/tests/diameter_node"))
GODWIT = os.environ.get("GODWIT", os.path.join(ROOT, "build/bin/godwit"))
K, OPC = "465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def wait_for(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        check(time.monotonic() < end, f"{what}: never")
        time.sleep(0.02)


class Lines:
    """Lines of a stream, read by a thread, so that waiting for one can end."""

    def __init__(self, stream, echo):
        self.lines = queue.Queue()
        self.all, self.ended = [], threading.Event()
        threading.Thread(target=self._read, args=(stream, echo), daemon=True).start()

    def _read(self, stream, echo):
        for line in stream:
            line = line.rstrip("\n")
            self.all.append(line)
            if echo:
                print(f"    {echo}| {line}", flush=True)
            self.lines.put(line)
        self.ended.set()
        self.lines.put(None)

    def next(self, starts, seconds=PATIENCE):
        """The next line that starts so; others are passed over."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line '{starts}...' within {seconds} s") from None
            if line is None:
                raise AssertionError(f"the process ended before it said '{starts}...'")
            if line.startswith(starts):
                return line


class Node:
    """A diameter_node; started unless it refuses to, which `refusal` then holds."""

    running = []

    def __init__(self, name, *options):
        self.name = name
        self.process = subprocess.Popen([NODE, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, bufsize=1, errors="replace")
        Node.running.append(self)
        self.log = Lines(self.process.stderr, name)
        self.out = Lines(self.process.stdout, None)
        self.refusal = None
        try:
            self.port = int(self.out.next("ready").split("port=")[1])
        except AssertionError:
            self.process.wait(PATIENCE)
            self.log.ended.wait(PATIENCE)
            self.refusal = self.log.all[-1] if self.log.all else ""

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line, seconds=PATIENCE):
        """One request and the members of its answer: {"status": ..., "rand": ...}."""
        self.say(line)
        words = self.out.next("answer", seconds).split()
        return dict(word.split("=", 1) for word in words[2:])

    def counters(self):
        self.say("counters")
        return {k: int(v) for k, v in (word.split("=") for word in self.out.next("counters").split()[1:])}

    def is_open(self, peer, state="open"):
        self.say("peers")
        return f" {peer}={state}" in self.out.next("peers")

    def wait_open(self, peer, state="open"):
        wait_for(f"{self.name}: {peer} is {state}", lambda: self.is_open(peer, state))

    def stop(self):
        self.say("quit")
        check(self.process.wait(PATIENCE) == 0, f"{self.name} ended with {self.process.returncode}")

    @classmethod
    def stop_all(cls):
        for node in cls.running:
            if node.process.poll() is None:
                node.process.kill()
                node.process.wait()


class Beam(Node):
    """A peer of erlang-diameter: MODULE.erl, compiled with its dictionaries once for all of a test."""

    module, dictionaries = "", ()
    folders = {}

    def __init__(self, *arguments, name="erlang", tries=1200):
        """tries: how often, ten times a second, it looks for its connection before it says that there is none."""
        self.name = name
        self.process = subprocess.Popen(
            ["erl", "-noshell", "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none", "-pa", self.code(), "-kernel", "logger_level", "critical", "-eval",
             f"{self.module}:main(init:get_plain_arguments()).", "-extra", *map(str, arguments)], env=dict(os.environ, PEER_TRIES=str(tries)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1, errors="replace")
        Node.running.append(self)
        self.log, self.out = Lines(self.process.stderr, name), Lines(self.process.stdout, name)

    @classmethod
    def code(cls):
        if cls.module not in Beam.folders:
            need("erl", "erlc", "diameterc")
            folder = Beam.folders[cls.module] = tempfile.TemporaryDirectory(prefix="godwit-erlang-")
            for command in (*(["diameterc", "-o", ".", os.path.join(HERE, f"godwit_{name}.dia")] for name in cls.dictionaries),
                            ["erlc", *(f"godwit_{name}.erl" for name in cls.dictionaries), os.path.join(HERE, f"{cls.module}.erl")]):
                done = subprocess.run(command, cwd=folder.name, capture_output=True, text=True, check=False)
                if done.returncode != 0 and "erlang-dev" in done.stdout + done.stderr:
                    skip("erlang-dev is not installed")
                check(done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return Beam.folders[cls.module].name

    def answer(self, line):
        """The members of an answer; an answer of several vectors keeps the last of each member."""
        self.say(line)
        return dict(word.split("=", 1) for word in self.out.next("answer").split()[1:])

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)


class Erlang(Beam):
    module, dictionaries = "s6a_peer", ("s6a",)

    def __init__(self, name, *arguments, **more):
        super().__init__(*arguments, name=name, **more)


def hss(*options, peers=("mme.home.example,home.example",)):
    given = [word for peer in peers for word in ("--peer", peer)]
    return Node("hss", "--serve", "s6a,ek", *given, *options)


def client(port, *options, identity="mme.home.example", realm="home.example", name="mme"):
    return Node(name, "--identity", identity, "--realm", realm, "--peer", f"hss.home.example,home.example,127.0.0.1,{port}",
                "--hss", "hss.home.example,home.example", "--emks", "hss.home.example,home.example", *options)


def godwit(*arguments):
    done = subprocess.run([GODWIT, "aka", *arguments, "--json", "--k", K, "--opc", OPC], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def usim(rand, autn, sqn_ms=None):
    """What a card with K and OPc says: result and auts of `godwit aka verify`."""
    return godwit("verify", "--rand", rand, "--autn", autn, *(["--sqn-ms", sqn_ms, "--ind-bits", "5"] if sqn_ms else []))


def vector(rand, autn, plmn="001-01"):
    """What the network must have computed for that RAND and AUTN: the members of `godwit aka vector`."""
    ak = godwit("vector", "--rand", rand, "--sqn", "0" * 12, "--amf", "0000")["ak"]
    sqn = f"{int(autn[:12], 16) ^ int(ak, 16):012x}"
    return godwit("vector", "--rand", rand, "--sqn", sqn, "--amf", autn[12:16], "--plmn", plmn)


def run(cases):
    """main() of a test: every case is a function; the first failure ends it."""
    try:
        for case in cases:
            print(f"-- {case.__name__}", flush=True)
            case()
    except AssertionError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    finally:
        Node.stop_all()
    return 0


# ---- raw Diameter, for what no proper stack would send ----

def avp(code, data, vendor=0, flags=0x40):
    if isinstance(data, int):
        data = struct.pack(">I", data)
    elif isinstance(data, str):
        data = data.encode()
    head = struct.pack(">I", vendor) if vendor else b""
    length = 8 + len(head) + len(data)
    return struct.pack(">II", code, (flags | (0x80 if vendor else 0)) << 24 | length) + head + data + bytes(-length % 4)


def message(command, application, flags, body, hop=1, end=None):
    return struct.pack(">IIIII", 1 << 24 | 20 + len(body), flags << 24 | command, application, hop, hop if end is None else end) + body


def capabilities(host, realm, application=16777251):
    return message(257, 0, 0x80, avp(264, host) + avp(296, realm) + avp(257, b"\x00\x01\x7f\x00\x00\x01") + avp(266, 0)
                   + avp(269, "raw", flags=0)
                   + (avp(258, application) if application == 0xffffffff else avp(260, avp(266, 10415) + avp(258, application))))


def air(host, realm, extra=b"", imsi="001010000000001", hop=7, session="raw;1;1"):
    return message(318, 16777251, 0xC0, avp(263, session) + avp(277, 1) + avp(264, host) + avp(296, realm)
                   + avp(283, "home.example") + avp(1, imsi) + avp(1408, avp(1410, 1, 10415), 10415)
                   + avp(1407, b"\x00\xf1\x10", 10415) + extra, hop)


class Raw:
    """A TCP connection with the octets in our own hand."""

    def __init__(self, port, host=None, realm="home.example"):
        self.host, self.realm = host or "", realm
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        if host:
            self.socket.sendall(capabilities(host, realm))
            check(self.result(self.receive()) == 2001, "the capabilities were not accepted")

    def send(self, octets):
        self.socket.sendall(octets)

    def receive(self):
        """One message, or None when the connection ended."""
        data = b""
        try:
            while len(data) < 4 or len(data) < int.from_bytes(data[1:4], "big"):
                want = 4 if len(data) < 4 else int.from_bytes(data[1:4], "big")
                part = self.socket.recv(want - len(data))
                if not part:
                    return None
                data += part
        except ConnectionError:
            return None
        if data[4] & 0x80 and data[5:8] == b"\x00\x01\x18":  # a watchdog request: answered, and not what we wait for
            self.send(message(280, 0, 0, avp(268, 2001) + avp(264, self.host) + avp(296, self.realm), int.from_bytes(data[12:16], "big"),
                              int.from_bytes(data[16:20], "big")))
            return self.receive()
        return data

    def settle(self, seconds):
        """Answers watchdogs for so long."""
        self.socket.settimeout(seconds)
        try:
            check(self.receive() is None, "a message that nobody waits for")
        except TimeoutError:
            pass
        self.socket.settimeout(PATIENCE)

    @staticmethod
    def avps(data):
        at = 20
        while at < len(data):
            code, rest = struct.unpack(">II", data[at:at + 8])
            length, vendor = rest & 0xFFFFFF, rest >> 31
            yield code, data[at + (12 if vendor else 8):at + length]
            at += (length + 3) & ~3

    @classmethod
    def result(cls, data):
        """Result-Code, or Experimental-Result-Code."""
        check(data is not None, "the connection ended without an answer")
        for code, value in cls.avps(data):
            if code == 268:
                return int.from_bytes(value, "big")
            if code == 297:
                return dict(cls.avps(bytes(20) + value)).get(298) and int.from_bytes(dict(cls.avps(bytes(20) + value))[298], "big")
        return None

    def close(self):
        self.socket.close()


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
