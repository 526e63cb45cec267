# SPDX-License-Identifier: Apache-2.0
"""Certificates for tests, made by openssl in a folder of their own."""
import os
import subprocess
import tempfile

FOLDER = tempfile.TemporaryDirectory(prefix="godwit-pki-")


def path(name):
    return os.path.join(FOLDER.name, name)


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], cwd=FOLDER.name, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {' '.join(arguments)}: {done.stderr}"


def authority(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(name, san, ca="ca", usage="serverAuth,clientAuth", days="2"):
    """name.pem and name.key; san as openssl says it: DNS:host or URI:..."""
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
            "-out", f"{name}.csr")
    with open(path(f"{name}.ext"), "w", encoding="ascii") as extensions:
        extensions.write(f"subjectAltName={san}\nextendedKeyUsage={usage}\n")
    openssl("x509", "-req", "-days", days, "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial",
            "-extfile", f"{name}.ext", "-out", f"{name}.pem")
