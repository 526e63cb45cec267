# SPDX-License-Identifier: Apache-2.0
"""Runs build/bin/godwit for the tests of the command line."""
import json
import os
import subprocess

BINARY = os.environ.get("GODWIT_BINARY", "build")
GODWIT = os.path.join(BINARY, "bin", "godwit")


def run(*words, stdin=None, env=None):
    """Returns (exit code, standard output, standard error)."""
    environment = dict(os.environ, **(env or {}))
    done = subprocess.run([GODWIT, *words], input=stdin, capture_output=True, text=True, timeout=180, env=environment)
    return done.returncode, done.stdout, done.stderr


def result(*words, **options):
    """The JSON object that a command prints with --json; the command must succeed."""
    code, out, err = run(*words, "--json", **options)
    assert code == 0, (words, code, err)
    lines = out.splitlines()
    assert len(lines) == 1, out
    return json.loads(lines[0])
