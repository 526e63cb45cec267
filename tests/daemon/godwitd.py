# SPDX-License-Identifier: Apache-2.0
"""A godwitd for tests: its own directory, its configuration, the readiness line, the control socket."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from ports import PATIENCE, free_port

PROGRAM = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwitd")
SOURCE = os.environ.get("GODWIT_SOURCE", ".")


class Godwitd:
    """with Godwitd() as d: d.configure(...); d.start(); ..."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="godwitd-test-")
        self.process = None
        self.ready = {}
        self.configure()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.close_pipes()
        shutil.rmtree(self.directory, ignore_errors=True)

    def close_pipes(self):
        if self.process is not None:
            self.process.stdout.close()

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def configure(self, listen="127.0.0.1:0", hse="", extra="", log="{level: debug}", functions="[hss, emks, hse]"):
        deliver = self.path("readings")
        self.config = self.write("godwit.yaml", f"""identity: hse.home.example
realm: home.example
functions: {functions}
store: {{path: {self.path("store.db")}, key_file: {self.path("store.key")}, busy_ms: 200}}
log: {log}
control: {{path: {self.path("control")}}}
hss: {{best_plmn: 001-01}}
hse:
  listen: ["{listen}"]
  deliver: [{{kind: file, path: {deliver}}}]
  {hse}
{extra}
""")

    def run(self, *options, wrapper=(), **more):
        """Runs it to its end: (exit code, standard output, standard error)."""
        done = subprocess.run([*wrapper, PROGRAM, *options], capture_output=True, text=True, timeout=PATIENCE, check=False, **more)
        return done.returncode, done.stdout, done.stderr

    def start(self, *options, environment=None):
        """Starts it and reads the readiness line."""
        with open(self.path("log"), "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([PROGRAM, "--config", self.config, *options], stdout=subprocess.PIPE, stderr=log,
                                            text=True, env=environment)
        line = self.process.stdout.readline()
        assert line.startswith("ready "), f"no readiness line but {line!r}; the log: {self.read('log')}"
        self.ready = {}
        for word in line.split()[1:]:
            name, value = word.split("=", 1)
            self.ready[name] = value
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.close_pipes()
        return code

    def address(self, name="hse"):
        host, port = self.ready[name].rsplit(":", 1)
        return host.strip("[]"), int(port)

    def ask(self, **request):
        """One question to the control socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(PATIENCE)
            s.connect(self.path("control"))
            s.sendall(json.dumps(request).encode() + b"\n")
            with s.makefile() as lines:
                return json.loads(lines.readline())

    def counters(self):
        return {(c["function"], c["event"], c["reason"]): c["count"] for c in self.ask(command="status")["counters"]}

    def wait_for(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"{what}: never; the log: {self.read('log')}"
            time.sleep(0.02)

    def wait_log(self, text, count=1):
        self.wait_for(f"'{text}' in the log", lambda: self.read("log").count(text) >= count)


__all__ = ["Godwitd", "PATIENCE", "PROGRAM", "SOURCE", "free_port"]
