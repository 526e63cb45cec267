# SPDX-License-Identifier: Apache-2.0
"""docs/e2e.md, "By hand", works as it stands there, with free ports in place of its own; README.md says the same words."""
import os
import re
import subprocess
import tempfile
import time
import unittest

from whole import HERE, free_port

ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
BINARY = os.path.abspath(os.environ.get("GODWIT_BINARY", "build"))
PORTS = ("7330", "7341", "7342", "7343", "4433")
PATIENCE = 120


def section():
    with open(os.path.join(ROOT, "docs", "e2e.md"), encoding="utf-8") as file:
        return re.search(r"\n## \d+\. By hand\n(.*?)(\n## |\Z)", file.read(), re.S).group(1)


class ByHand(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="godwit-by-hand-"))
        self.environment = dict(os.environ, PATH=os.path.join(BINARY, "bin") + ":" + os.environ["PATH"])
        self.text = section()
        for port in PORTS:
            self.text = self.text.replace(port, str(free_port()))
        self.text = self.text.replace("meter.state --endpoint", f"meter.state --hse 127.0.0.1:{self.port('listen: ')} --endpoint")
        self.text = self.text.replace("--state keys.state --endpoint hse.home.example --enterprise eas.meters.example --service key-agreement\n",
                                      f"--state keys.state --hse 127.0.0.1:{self.port('listen: ')} --endpoint hse.home.example --enterprise eas.meters.example "
                                      "--service key-agreement\n")

    def port(self, before):
        return re.search(before + r'\["127.0.0.1:(\d+)"\]', self.text).group(1)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        if not os.path.exists(self.path(name)):
            return ""
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}: never; " + "".join(self.read(f"{n}.out") for n in range(20)))
            time.sleep(0.05)

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

    def run_line(self, number, line):
        if line.endswith(" &"):
            self.start(number, line[:-2])
            self.wait(line, lambda: "ready " in self.read(f"{number}.out"))
        elif line.startswith("openssl s_"):
            self.talks.append((number, self.start(number, line, subprocess.PIPE)))
            if "s_server" in line:
                self.wait(line, lambda: "ACCEPT" in self.read(f"{number}.out"))
        else:
            if line.startswith("cat "):
                self.wait(line, lambda: self.read(line[4:]).endswith("\n"))
            done = subprocess.run(line, shell=True, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, (line, done.stderr, [self.read(f"{n}.out") for n in range(20)]))
            self.said.append(done.stdout)

    def test_what_the_page_says(self):
        self.talks, self.said = [], []
        for name, text in re.findall(r"```yaml\n# (\S+)\n(.*?)```", self.text, re.S):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        lines = [line for block in re.findall(r"```sh\n(.*?)```", self.text, re.S) for line in block.splitlines()]
        self.assertEqual(len(lines), 15)
        for number, line in enumerate(lines):
            self.run_line(number, line)
        self.assertIn('"payload":"12.345 m3"', "".join(self.said))
        operator = next(n for n, line in enumerate(lines) if line.startswith("godwitd "))
        self.assertIn("ready ", self.read(f"{operator}.out"))
        self.assertNotIn("12.345", self.read(f"{operator}.out"))  # where the readings of its own sessions go
        self.assertEqual(self.read("meter.psk"), self.read("enterprise.psk"))
        (server, one), (client, other) = self.talks
        for process, text in ((one, b"down\n"), (other, b"up\n")):
            process.stdin.write(text)
            process.stdin.flush()
        self.wait("a line from the client", lambda: "\nup\n" in self.read(f"{server}.out"))
        self.wait("a line from the server", lambda: "\ndown\n" in self.read(f"{client}.out"))

    def test_the_readme_says_the_same(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            words = re.search(r"\n## End to end\n(.*?)\n## ", file.read(), re.S).group(1)
        lines = [line[4:] for line in words.splitlines() if line.startswith("    ")]
        self.assertGreaterEqual(len(lines), 3)
        for line in lines:
            self.assertIn("\n" + line.replace("build/bin/", "") + "\n", section())


if __name__ == "__main__":
    unittest.main()
