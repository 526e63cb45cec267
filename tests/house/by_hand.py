# SPDX-License-Identifier: Apache-2.0
"""Pages whose commands and configurations work as they stand there: what they say is written into a folder and run, line by line."""
import os
import re
import subprocess
import tempfile
import time
import unittest

from whole import HERE, free_port

ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
BINARY = os.path.abspath(os.environ.get("GODWIT_BINARY", "build"))
PATIENCE = 120


def with_free_ports(text, ports):
    free = {port: str(free_port()) for port in ports}
    return re.sub(r"\b(" + "|".join(ports) + r")\b", lambda found: free[found.group()], text)


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="godwit-by-hand-"))
        self.environment = dict(os.environ, PATH=os.path.join(BINARY, "bin") + ":" + os.environ["PATH"])
        self.said = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        if not os.path.exists(self.path(name)):
            return ""
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def everything(self):
        return "".join(self.read(f"{n}.out") for n in range(40))

    def wait(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}: never; " + self.everything())
            time.sleep(0.05)

    def write_files(self, text):
        """A block whose first line, behind #! where it is a program, is # and a name."""
        for start, name, rest in re.findall(r"```(?:yaml|sh)\n(#!.*\n)?# (\S+)\n(.*?)```", text, re.S):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(start + rest)

    @staticmethod
    def lines_of(text):
        return [line for block in re.findall(r"```sh\n((?!#).*?)```", text, re.S) for line in block.splitlines()]

    def start(self, number, line, stdin=None):
        """It stays until the test is over; what it says goes to NUMBER.out."""
        with open(self.path(f"{number}.out"), "wb") as out:
            process = subprocess.Popen("exec " + line, shell=True, cwd=self.folder, env=self.environment, stdin=stdin, stdout=out, stderr=subprocess.STDOUT)

        def end():
            process.kill()
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
        self.addCleanup(end)
        return process

    def start_until(self, number, line, word):
        """One that ends with &."""
        self.start(number, line.removesuffix(" &"))
        self.wait(line, lambda: word in self.read(f"{number}.out"))

    def run_to_the_end(self, line):
        done = subprocess.run(line, shell=True, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, (line, done.stdout, done.stderr, self.everything()))
        self.said.append(done.stdout)
        return done.stdout
