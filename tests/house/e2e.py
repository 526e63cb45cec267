# SPDX-License-Identifier: Apache-2.0
"""An operator (godwitd: HSS, EMKS, HSE, EESE) and an enterprise (godwit-eas) as processes with certificates of their own; devices are `godwit send --service`."""
import os
import subprocess
import sys

from whole import Device, Godwitd, HERE, HSE_NAME, cli, free_port, readings, wait_for_readings

sys.path.append(os.path.join(HERE, "..", "peer"))
import certificates  # noqa: E402  pylint: disable=wrong-import-position

EAS_NAME = "eas.meters.example"
IMSI = "001010000000001"
GODWIT_EAS = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit-eas")


class Enterprise(Godwitd):
    """godwit-eas with its certificate and the authority that all trust; started, watched and asked as a godwitd is. hse, eese: whom it knows, by their names."""

    def __init__(self, case, hse, eese):
        super().__init__()
        case.enterContext(self)
        self.hse_name, self.eese_name = hse, eese
        self.ports = {name: free_port() for name in ("eese", "hse-eas", "eas")}
        self.url = {name: f"https://127.0.0.1:{port}" for name, port in self.ports.items()}
        certificates.authority(self.directory)
        certificates.both(self.directory, "eas", f"DNS:{EAS_NAME},IP:127.0.0.1")
        self.configure_eas()

    def configure_eas(self, eas="", deliver=None):
        deliver = deliver or f"[{{kind: file, path: {self.path('readings')}}}]"
        self.config = self.write("eas.yaml", f"""identity: {EAS_NAME}
realm: meters.example
store: {{path: {self.path("store.db")}, key_file: {self.path("store.key")}}}
log: {{level: debug}}
control: {{path: {self.path("control")}}}
eas:
  listen: "127.0.0.1:{self.ports['eas']}"
  tls: {{certificate: {self.path("eas.pem")}, key: {self.path("eas.key")}, ca: {self.path("ca.pem")}}}
  eese: {{name: {self.eese_name}, url: "{self.url['eese']}"}}
  hses: [{{name: {self.hse_name}, url: "{self.url['hse-eas']}"}}]
  pull_seconds: 1
  deliver: {deliver}
  {eas}
""")

    def start(self, *options, environment=None):
        with open(self.path("log"), "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([GODWIT_EAS, "--config", self.config, *options], stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        line = self.process.stdout.readline()
        assert line.startswith("ready "), f"no readiness line but {line!r}; the log: {self.read('log')}"
        self.ready = dict(word.split("=", 1) for word in line.split()[1:])
        return self

    def payloads(self):
        """Each once: what a destination is told again after a death has its id of before."""
        return list({tuple(one["id"].values()): one["payload"] for one in readings(self)}.values())


class Ends:
    """Both, in folders of their own; each has its certificate, and no key of the other."""

    def __init__(self, case):
        self.operator, self.enterprise = case.enterContext(Godwitd()), Enterprise(case, HSE_NAME, HSE_NAME)
        self.ports, self.url = dict(self.enterprise.ports, hse=free_port()), self.enterprise.url
        self.hse = f"127.0.0.1:{self.ports['hse']}"
        certificates.both(self.enterprise.directory, "operator", f"DNS:{HSE_NAME},IP:127.0.0.1")
        for name in ("operator.pem", "operator.key"):
            os.rename(self.enterprise.path(name), self.operator.path(name))
        self.configure_operator()

    def configure_operator(self, eese="", hse="", deliver=None, extra=""):
        d = self.operator
        tls = f"{{certificate: {d.path('operator.pem')}, key: {d.path('operator.key')}, ca: {self.enterprise.path('ca.pem')}}}"
        deliver = deliver or f"[{{kind: file, path: {d.path('readings')}}}]"
        d.config = d.write("godwit.yaml", f"""identity: {HSE_NAME}
realm: home.example
functions: [hss, emks, hse, eese]
store: {{path: {d.path("store.db")}, key_file: {d.path("store.key")}}}
log: {{level: debug}}
control: {{path: {d.path("control")}}}
hss: {{best_plmn: 001-01}}
hse:
  listen: ["{self.hse}"]
  deliver: {deliver}
  eas: {{listen: "127.0.0.1:{self.ports['hse-eas']}", tls: {tls}, peers: [{{name: {EAS_NAME}, url: "{self.url['eas']}"}}], forward_wait_ms: 100}}
  {hse}
eese:
  listen: "127.0.0.1:{self.ports['eese']}"
  tls: {tls}
  eas: [{{name: {EAS_NAME}, url: "{self.url['eas']}"}}]
  messages_min: 1
  age_min_seconds: 1
  retry_ms: 100
  retry_max_ms: 1000
  integrity_reason: "meters whose readings are public"
  {eese}
{extra}
""")

    def start(self):
        self.operator.start()
        self.enterprise.start()
        self.enterprise.wait_log("event=registered")
        return self

    def entitle(self, *services, imsi=IMSI):
        d = self.operator
        words = [word for service in services for word in ("--service", service)]
        return cli.result("eas", "entitle", "--eas", EAS_NAME, "--imsi", imsi, *words, "--store", d.path("store.db"), "--key-file", d.path("store.key"))

    def device(self, service="confidentiality", imsi=IMSI):
        device = Device(self.operator.directory, imsi).subscribe(self.operator)
        device.options = ["--enterprise", EAS_NAME, "--service", service]
        return device

    def talk(self, case, device, *options):
        """A device that stays where it is: lines that are written to it are readings."""
        process = subprocess.Popen([cli.GODWIT, *device.words(self.hse, "--json", *options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        case.addCleanup(process.stdout.close)
        case.addCleanup(process.wait)
        case.addCleanup(process.kill)
        case.addCleanup(process.stdin.close)
        return process

    def payloads(self):
        return self.enterprise.payloads()

    def wait_for(self, case, *payloads):
        """Exactly these have arrived at the enterprise, and none at the operator."""
        self.enterprise.wait_for(f"{payloads[-1]} at the enterprise", lambda: len(self.payloads()) >= len(payloads))
        case.assertEqual(self.payloads(), list(payloads), self.enterprise.read("log"))
        case.assertEqual(readings(self.operator), [])

    def nothing_in_clear(self, case, *texts):
        """In no file of the operator, its store and that store's log of writes among them."""
        for folder, _, files in os.walk(self.operator.directory):
            for name in set(files) - {"control"}:
                with open(os.path.join(folder, name), "rb") as file:
                    octets = file.read()
                for text in texts:
                    case.assertNotIn(text.encode(), octets, name)
                    case.assertNotIn(text.encode().hex().encode(), octets, name)


def say(process, text):
    process.stdin.write(text + "\n")
    process.stdin.flush()


__all__ = ["Ends", "Enterprise", "EAS_NAME", "IMSI", "HSE_NAME", "cli", "free_port", "readings", "say", "wait_for_readings"]
