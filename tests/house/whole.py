# SPDX-License-Identifier: Apache-2.0
"""Whole conversations: processes of godwitd, devices that are `godwit send`, and the readings that arrive."""
import contextlib
import json
import os
import secrets
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for part in ("daemon", "cli"):
    sys.path.insert(0, os.path.join(HERE, "..", part))

import cli  # noqa: E402  pylint: disable=wrong-import-position
from godwitd import PATIENCE, Godwitd, free_port  # noqa: E402  pylint: disable=wrong-import-position
from ports import free_network  # noqa: E402  pylint: disable=wrong-import-position

HSE_NAME = "hse.home.example"
K, OPC = "465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf"


class Device:
    """A soft SIM and its session in the folder of a daemon."""

    def __init__(self, folder, imsi, k=None, opc=None):
        self.imsi, self.k, self.opc = imsi, k or secrets.token_hex(16), opc or secrets.token_hex(16)
        self.card = os.path.join(folder, imsi + ".usim")
        self.state = os.path.join(folder, imsi + ".state")
        self.options = []
        cli.result("usim", "create", "--imsi", imsi, "--k", self.k, "--opc", self.opc, self.card)

    def subscribe(self, daemon, *options):
        """Makes it known to the HSS whose store is that daemon's."""
        cli.result("sub", "add", "--imsi", self.imsi, "--k", self.k, "--opc", self.opc, "--store", daemon.path("store.db"),
                   "--key-file", daemon.path("store.key"), *options)
        return self

    def words(self, hse, *options):
        return ["send", "--imsi", self.imsi, "--usim", "soft:" + self.card, "--state", self.state, "--hse", hse, "--plmn", "001-01",
                "--endpoint", HSE_NAME, *self.options, *options]

    def send(self, hse, text, *options):
        """Sends one reading, which must succeed: two minutes for an answer; what `godwit send` counted."""
        patient = () if {"--attempts", "--retransmit"} & {*self.options, *options} else ("--attempts", "7")
        return cli.result(*self.words(hse, *patient, *options), text)

    @contextlib.contextmanager
    def staying(self, hse, text, *options):
        """Sends one reading and listens until the block ends; what then is in the dictionary: code, error, and what `godwit send` counted."""
        process = subprocess.Popen([cli.GODWIT, *self.words(hse, "--wait", "1000", *options), "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        told = {}
        try:
            process.stdin.write(text + "\n")
            process.stdin.flush()
            yield told
            out, told["error"] = process.communicate(timeout=PATIENCE)
            told.update(json.loads(out) if out.strip() else {}, code=process.returncode)
        finally:
            process.kill()
            process.communicate()

    def try_to_send(self, hse, text, *options):
        """(exit code, standard output, standard error)"""
        return cli.run(*self.words(hse, *options), text)


def readings(daemon):
    """The readings delivered so far."""
    if not os.path.exists(daemon.path("readings")):
        return []
    return [json.loads(line) for line in daemon.read("readings").splitlines()]


def wait_for_readings(daemon, count):
    daemon.wait_for(f"reading number {count}", lambda: len(readings(daemon)) >= count)
    return readings(daemon)


def no_key_in(case, device, *texts):
    """Neither K nor OPc stands in any of the texts."""
    for text in texts:
        case.assertNotIn(device.k, text.lower())
        case.assertNotIn(device.opc, text.lower())


__all__ = ["Device", "Godwitd", "HSE_NAME", "K", "OPC", "no_key_in", "readings", "wait_for_readings", "cli"]
