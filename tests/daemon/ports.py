# SPDX-License-Identifier: Apache-2.0
"""What only one test of this machine may have at a time: a port of the loopback, a network in 127.0.0.0/8. Each is held by the name of an abstract socket until
this process ends: names of that kind belong to a network namespace as ports do, and leave no file behind."""
import random
import socket
import time

PATIENCE = 120  # seconds until a test gives up; nothing is measured
# Below what the kernel gives to connections (32768) and what adapters/diameter chooses of itself (20000): a server that is started later, or again, finds its own.
PORTS = range(10000, 20000)
held = []


def hold(name):
    """Whether nobody else has it; then it is ours."""
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        mark.bind(f"\0godwit-test-{name}")
    except OSError:
        mark.close()
        return False
    held.append(mark)
    return True


def is_free(port):
    """Nobody has it, or had a connection on it just now."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                return False
    return True


def free_port():
    """For a server that comes later; good for TCP and UDP."""
    return next(port for port in random.sample(PORTS, len(PORTS)) if hold(f"port-{port}") and is_free(port))


def free_network():
    """127.78.N: its first 254 addresses, whatever the port."""
    return f"127.78.{next(third for third in random.sample(range(1, 255), 254) if hold(f'network-{third}'))}"


def wait_until_served(port, kind="tcp"):
    """Until a server that somebody else has written has its port: by the kernel's own list, for a connection would be one of those it counts."""
    end = time.monotonic() + PATIENCE
    while not has_server(port, kind):
        assert time.monotonic() < end, f"{kind} port {port}: nobody came"
        time.sleep(0.02)


def has_server(port, kind):
    for suffix in ("", "6"):
        with open(f"/proc/net/{kind}{suffix}", encoding="ascii") as lines:
            for words in (line.split() for line in list(lines)[1:]):
                if int(words[1].rsplit(":", 1)[1], 16) == port and words[3] in ("0A", "07"):  # TCP_LISTEN; UDP has but one state before it is connected
                    return True
    return False
