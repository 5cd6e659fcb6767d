#!/usr/bin/env python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Does with Python's `cryptography` what the module under test does: one task in JSON on standard input, its result on standard output.

Bytes stand in hexadecimal digits.
"""

import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

CURVES = {"EC P-256": ec.SECP256R1, "EC P-384": ec.SECP384R1, "EC P-521": ec.SECP521R1}
DIGESTS = {"EC P-384": hashes.SHA384, "EC P-521": hashes.SHA512}
FORMATS = {
    "PKCS 8": serialization.PrivateFormat.PKCS8,
    "traditional": serialization.PrivateFormat.TraditionalOpenSSL,
}


def algorithm_of(key):
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        return f"RSA {key.key_size}"
    return next(name for name, curve in CURVES.items() if isinstance(key.curve, curve))


def public_pem(key):
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def passphrase(task):
    return task["passphrase"].encode() if "passphrase" in task else None


def make_key(task):
    name = task["algorithm"]
    key = ec.generate_private_key(CURVES[name]()) if name in CURVES else rsa.generate_private_key(65537, int(name.split()[1]))
    secret = passphrase(task)
    encryption = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, FORMATS[task["format"]], encryption).decode()
    return {"pem": pem, "public": public_pem(key.public_key())}


def read_key(task):
    key = serialization.load_pem_private_key(task["pem"].encode(), passphrase(task))
    return {"algorithm": algorithm_of(key), "public": public_pem(key.public_key())}


def sign(task):
    key = serialization.load_pem_private_key(task["pem"].encode(), None)
    message = bytes.fromhex(task["message"])
    digest = DIGESTS.get(algorithm_of(key), hashes.SHA256)()
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(message, padding.PKCS1v15(), digest)
    else:
        signature = key.sign(message, ec.ECDSA(digest))
    return {"signature": signature.hex()}


def verify(task):
    key = serialization.load_pem_public_key(task["public"].encode())
    signature, message = bytes.fromhex(task["signature"]), bytes.fromhex(task["message"])
    digest = DIGESTS.get(algorithm_of(key), hashes.SHA256)()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), digest)
        else:
            key.verify(signature, message, ec.ECDSA(digest))
    except InvalidSignature:
        return {"valid": False}
    return {"valid": True}


TASKS = {"make key": make_key, "read key": read_key, "sign": sign, "verify": verify}


def main():
    task = json.load(sys.stdin)
    json.dump(TASKS[task["task"]](task), sys.stdout)


if __name__ == "__main__":
    main()
