#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""By what way a message came, as its function is told: over TLS where the certificate names the Origin-Host, over a way that is declared protected
otherwise, or in the open; what a relay hands on is open whatever the relay has proved of itself. Both of requests and of answers."""
import ssl
import sys

from node import Raw, air, capabilities, check, client, hss, need, run, wait_for
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


if __name__ == "__main__":
    need("openssl")
    make()
    sys.exit(run([without_tls_what_is_declared_holds, certificate_that_names_the_sender_is_proof, relay_proves_nothing_of_others]))
