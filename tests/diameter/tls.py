#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TLS between peers: who has no certificate of the name he goes by is neither heard nor asked. Certificates are made here, by openssl."""
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from node import PATIENCE, Erlang, Node, check, client, hss, need, run, wait_for

if os.environ.get("GODWIT_SANITIZE") == "1":
    print("skipped: freeDiameter 1.2.1 itself uses a TLS session after it was freed when a peer leaves (docs/diameter.md), and the sanitizer ends it")
    sys.exit(77)

FOLDER = tempfile.TemporaryDirectory(prefix="godwit-tls-")


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], cwd=FOLDER.name, capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"openssl {' '.join(arguments)}: {done.stderr}")


def authority(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(file, host, ca="ca"):
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={host}", "-keyout", f"{file}.key",
            "-out", f"{file}.csr")
    with open(os.path.join(FOLDER.name, f"{file}.ext"), "w", encoding="ascii") as extensions:
        extensions.write(f"subjectAltName=DNS:{host}\n")
    openssl("x509", "-req", "-days", "2", "-in", f"{file}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial",
            "-extfile", f"{file}.ext", "-out", f"{file}.pem")


def files(name, ca="ca"):
    at = lambda suffix: os.path.join(FOLDER.name, suffix)
    return [at(f"{name}.pem"), at(f"{name}.key"), at(f"{ca}.pem")]


def options(name, ca="ca"):
    cert, key, trusted = files(name, ca)
    return ["--cert", cert, "--key", key, "--ca", trusted]


def make():
    authority("ca")
    authority("other-ca")
    certificate("hss", "hss.home.example")
    certificate("mme", "mme.home.example")
    certificate("foreign", "mme.home.example", ca="other-ca")


def peers_with_their_certificates_talk():
    server = hss(*options("hss"))
    mme = client(server.port, *options("mme"))
    mme.wait_open("hss.home.example")
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "ok", "over TLS")
    check(mme.ask("key 1 001010000000001")["status"] == "ok", "Ek over TLS")
    mme.stop()
    erlang = Erlang("erlang", "client", "mme.home.example", "home.example", str(server.port), *files("mme"))
    answer = erlang.answer("air eutran 001010000000001 00f110 1")
    check(answer["result"] == "2001" and answer["errors"] == "0", f"erlang over TLS: {answer}")
    erlang.stop()
    server.stop()


def client_with_the_certificate_of_another_is_not_heard():
    server = hss(*options("hss"))
    erlang = Erlang("erlang", "client", "mme.home.example", "home.example", str(server.port), *files("hss"))
    check(erlang.answer("air eutran 001010000000001 00f110 1")["result"] == "5003", "an impostor by erlang was served")
    check(server.counters()["received"] == 0, "an impostor's request reached the owner")
    wait_for("a line about it", lambda: any("has no certificate of that name" in line for line in server.log.all))
    erlang.stop()
    server.stop()


def first_words_to(name):
    """What our client says after the handshake to a server with that certificate: the Capabilities-Exchange-Request, or nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert, key, trusted = files(name)
    context.load_cert_chain(cert, key)
    context.load_verify_locations(trusted)
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener:
        mme = client(listener.getsockname()[1], *options("mme"))
        listener.settimeout(PATIENCE)
        connection, _ = listener.accept()
        connection.settimeout(PATIENCE)
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                words = secured.recv(4096)
        except OSError:
            words = b""
        mme.stop()
        return words


def server_with_the_certificate_of_another_is_told_nothing():
    check(first_words_to("hss")[4:8] == b"\x80\x00\x01\x01", "the right server is not told the capabilities")
    check(first_words_to("mme") == b"", "a server with the certificate of another is spoken to")
    check(first_words_to("hss")[4:8] == b"\x80\x00\x01\x01", "the right server, once more")


def certificate_of_another_authority_and_no_certificate_do_not_connect():
    server = hss(*options("hss"))
    foreign = Erlang("foreign", "client", "mme.home.example", "home.example", str(server.port), *files("foreign"), tries=60)
    foreign.say("air eutran 001010000000001 00f110 1")
    check("no_connection" in foreign.out.next("answer"), "a certificate of another authority was accepted")
    foreign.stop()
    plain = client(server.port, name="plain")
    time.sleep(1.5)
    check(plain.ask("air eutran 001010000000001 001-01")["status"] == "internal", "a connection without TLS was accepted")
    plain.stop()
    check(server.counters()["received"] == 0, "a stranger's request reached the owner")
    mme = client(server.port, *options("mme"))
    mme.wait_open("hss.home.example")
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "ok", "after the strangers")
    mme.stop()
    server.stop()


def false_server_that_connects_to_us_is_not_asked():
    """Our client lets its HSS connect to it: freeDiameter would not look at the name then."""
    mme = Node("mme", "--identity", "mme.home.example", "--peer", "hss.home.example,home.example", "--hss",
               "hss.home.example,home.example", *options("mme"))
    false = Erlang("false", "client", "hss.home.example", "home.example", str(mme.port), *files("mme"))
    mme.wait_open("hss.home.example")
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "internal", "a false HSS was believed")
    check(not any(line.startswith("request") for line in false.out.all), "a request went to a false HSS")
    false.stop()
    mme.stop()


def our_own_certificate_must_name_us():
    node = Node("refused", *options("mme"))
    check(node.refusal is not None and "certificate" in node.refusal.lower(), f"{node.refusal}")


def off_loopback_needs_tls():
    server = hss("--listen", "0.0.0.0", *options("hss"))
    mme = client(server.port, *options("mme"))
    mme.wait_open("hss.home.example")
    mme.stop()
    server.stop()


if __name__ == "__main__":
    need("openssl")
    make()
    sys.exit(run([peers_with_their_certificates_talk, client_with_the_certificate_of_another_is_not_heard,
                  server_with_the_certificate_of_another_is_told_nothing,
                  certificate_of_another_authority_and_no_certificate_do_not_connect,
                  false_server_that_connects_to_us_is_not_asked, our_own_certificate_must_name_us, off_loopback_needs_tls]))
