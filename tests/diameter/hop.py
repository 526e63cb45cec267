#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""By what way a message came, as its function is told: over TLS where the certificate names the Origin-Host, over a way that is declared protected
otherwise, or in the open; what a relay hands on is open whatever the relay has proved of itself. Both of requests and of answers."""
import ssl
import sys

from node import Node, Raw, air, avp, capabilities, check, client, hss, message, need, run, wait_for
from tls import files, make, options  # certificates of hss and mme, and of a relay below
import tls

OPEN, TLS, NDS_IP = "0", "1", "2"


def hop_of(server, origin):
    """What the function was told. The answer may be here before the line that the server wrote is."""
    lines = lambda: [line for line in server.out.all if line.startswith("request") and f"origin={origin} " in line]  # noqa: E731
    wait_for(f"a request of {origin}", lines)
    return lines()[-1].split("hop=")[1]


def asked(server_options, peer, client_options=(), back=""):
    """How the server sees the client's request, and the client its answer."""
    server = hss(*server_options, peers=(peer,))
    mme = client(server.port, *client_options)
    mme.wait_open("hss.home.example")
    answer = mme.ask("air eutran 001010000000001 001-01")
    check(answer["status"] == "ok", f"{answer}")
    seen = hop_of(server, "mme.home.example"), answer["hop"]
    mme.stop()
    server.stop()
    return seen


def without_tls_what_is_declared_holds():
    peer = "mme.home.example,home.example"
    check(asked([], peer) == ("open", OPEN), "on the loopback, and nothing said")
    check(asked(["--link-protected", "IPsec"], peer, ["--link-protected", "IPsec"]) == ("nds-ip", NDS_IP), "said of all links")
    check(asked([], peer + ",nds-ip") == ("nds-ip", OPEN), "said of that peer")
    check(asked(["--link-protected", "IPsec"], peer + ",open") == ("open", OPEN), "said of all but that peer")


def certificate_that_names_the_sender_is_proof():
    check(asked(options("hss"), "mme.home.example,home.example", options("mme")) == ("tls", TLS), "over TLS")
    check(asked(options("hss"), "mme.home.example,home.example,open", options("mme")) == ("tls", TLS), "nothing to declare over TLS")


class RawOverTls(Raw):
    def __init__(self, port, host, realm, certificate):
        super().__init__(port, None, realm)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        cert, key, trusted = files(certificate)
        context.load_cert_chain(cert, key)
        context.load_verify_locations(trusted)
        self.host, self.socket = host, context.wrap_socket(self.socket, server_hostname="hss.home.example")
        self.send(capabilities(host, realm))
        check(self.result(self.receive()) == 2001, "the capabilities were not accepted")


def relay_proves_nothing_of_others():
    tls.certificate("relay", "relay.home.example")
    for way, protected, open_socket in (
            ("tls", options("hss"), lambda port: RawOverTls(port, "relay.home.example", "home.example", "relay")),
            ("nds-ip", ["--link-protected", "IPsec"], lambda port: Raw(port, "relay.home.example"))):
        server = hss(*protected, peers=("relay.home.example,home.example,relay",))
        relay = open_socket(server.port)
        for origin, expected in (("mme.home.example", "open"), ("relay.home.example", way)):
            relay.send(air(origin, "home.example"))
            relay.receive()
            check(hop_of(server, origin) == expected, f"{origin} by a relay over {way}: {hop_of(server, origin)}")
        relay.close()
        server.stop()


def answer_of_another_host_than_was_asked_is_none():
    """A relay hands on what it was given; the host that was named has to have said it, or an error that says that it could not be reached."""
    iwf = Node("iwf", "--identity", "iwf.home.example", "--realm", "home.example", "--serve", "iwf", "--peer", "relay.home.example,home.example,relay",
               "--t4", "smsc.home.example,home.example")
    relay = Raw(iwf.port, None, "home.example")
    relay.host = "relay.home.example"
    relay.send(capabilities(relay.host, "home.example", application=0xffffffff))
    check(relay.result(relay.receive()) == 2001, "the capabilities were not accepted")
    iwf.wait_open(relay.host)
    for origin, realm, flags, result, expected in (
            ("smsc.home.example", "home.example", 0, 2001, "ok"),
            ("other.home.example", "home.example", 0, 2001, "unknown_session"),  # sent, and nobody knows what became of it
            ("smsc.home.example", "visited.example", 0, 2001, "unknown_session"),
            ("relay.home.example", "home.example", 0, 2001, "unknown_session"),
            ("relay.home.example", "home.example", 0x20, 2001, "unknown_session"),  # an error that is none
            ("relay.home.example", "home.example", 0x20, 3004, "overload")):
        iwf.say("t4 001010000000001")
        request = relay.receive()
        numbers = [int.from_bytes(request[at:at + 4], "big") for at in (8, 12, 16)]
        session = dict(Raw.avps(request))[263]
        relay.send(message(int.from_bytes(request[5:8], "big"), numbers[0], 0x40 | flags,
                           avp(263, session) + avp(268, result) + avp(264, origin) + avp(296, realm) + avp(277, 1), numbers[1], numbers[2]))
        got = dict(word.split("=", 1) for word in iwf.out.next("answer").split()[2:])
        check(got["status"] == expected, f"{origin} of {realm}, result {result}: {got}")
    relay.close()
    iwf.stop()


if __name__ == "__main__":
    need("openssl")
    make()
    sys.exit(run([without_tls_what_is_declared_holds, certificate_that_names_the_sender_is_proof, relay_proves_nothing_of_others,
                  answer_of_another_host_than_was_asked_is_none]))
