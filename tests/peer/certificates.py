# SPDX-License-Identifier: Apache-2.0
"""Certificates for the tests, made by openssl: an authority, and a server on the loopback."""
import os
import subprocess

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=120)


def authority(folder, name="ca"):
    openssl(folder, "req", "-x509", *KEY, "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    return os.path.join(folder, f"{name}.pem")


def server(folder, name, san, ca="ca"):
    """(certificate, key): with that subjectAltName, such as "DNS:bsf.example,IP:127.0.0.1"."""
    openssl(folder, "req", *KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    with open(os.path.join(folder, f"{name}.ext"), "w", encoding="ascii") as file:
        file.write(f"subjectAltName={san}\nextendedKeyUsage=serverAuth\n")
    openssl(folder, "x509", "-req", "-days", "2", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial",
            "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    return os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key")


# What `openssl ca` wants to know of an authority, to give dates to a certificate, and to revoke one.
BOOK = """[ca]
default_ca=book
[book]
database={name}.index
serial={name}.serial
crlnumber={name}.crlnumber
new_certs_dir=.
certificate={name}.pem
private_key={name}.key
default_md=sha256
default_days=2
default_crl_days=2
policy=any
unique_subject=no
[any]
commonName=supplied
"""


def book(folder, name="ca"):
    path = os.path.join(folder, f"{name}.cnf")
    if not os.path.exists(path):
        for ending, text in (("cnf", BOOK.format(name=name)), ("index", ""), ("serial", "1000\n"), ("crlnumber", "01\n")):
            with open(os.path.join(folder, f"{name}.{ending}"), "w", encoding="ascii") as file:
                file.write(text)
    return f"{name}.cnf"


def both(folder, name, san, ca="ca", usage="serverAuth,clientAuth", dates=None):
    """name.pem and name.key, of a client or a server or both. dates: (first, last) such as "20200101000000Z"."""
    openssl(folder, "req", *KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    with open(os.path.join(folder, f"{name}.ext"), "w", encoding="ascii") as file:
        file.write(f"subjectAltName={san}\nextendedKeyUsage={usage}\n")
    when = ["-startdate", dates[0], "-enddate", dates[1]] if dates else []
    openssl(folder, "ca", "-batch", "-notext", "-config", book(folder, ca), "-in", f"{name}.csr", "-extfile", f"{name}.ext", "-out", f"{name}.pem", *when)
    return os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key")


def revoke(folder, name, ca="ca"):
    openssl(folder, "ca", "-batch", "-config", book(folder, ca), "-revoke", f"{name}.pem")
    return revoked(folder, ca)


def revoked(folder, ca="ca", dates=None):
    """The list, CA.crl. dates: (first, next)."""
    when = ["-crl_lastupdate", dates[0], "-crl_nextupdate", dates[1]] if dates else []
    fresh = os.path.join(folder, f"{ca}.crl.new")
    openssl(folder, "ca", "-config", book(folder, ca), "-gencrl", *when, "-out", fresh)
    os.replace(fresh, os.path.join(folder, f"{ca}.crl"))
    return os.path.join(folder, f"{ca}.crl")
