#!/usr/bin/env python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Does with Python's `cryptography` what the module under test does: one task in JSON on standard input, its result on standard output.

Bytes stand in hexadecimal digits.
"""

import datetime
import ipaddress
import json
import sys

from cryptography import x509
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


def names_of(extensions):
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    kinds = {x509.DNSName: "DNS", x509.IPAddress: "IP", x509.RFC822Name: "email", x509.UniformResourceIdentifier: "URI"}
    return [f"{kinds.get(type(name), 'other')}:{name.value}" for name in names]


NAMES = [
    x509.DNSName("device-1.example"),
    x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
    x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
    x509.RFC822Name("ops@example.com"),
    x509.UniformResourceIdentifier("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"),
]


def subject(task):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, task["name"])])


def make_request(task):
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(task))
    request = builder.add_extension(x509.SubjectAlternativeName(NAMES), critical=False).sign(key, hashes.SHA256())
    return {"pem": request.public_bytes(serialization.Encoding.PEM).decode()}


def read_request(task):
    request = x509.load_pem_x509_csr(task["pem"].encode())
    return {
        "subject": request.subject.rfc4514_string(),
        "names": names_of(request.extensions),
        "public": public_pem(request.public_key()),
        "valid": request.is_signature_valid,
    }


def make_certificate(task):
    key = ec.generate_private_key(ec.SECP384R1())
    start = datetime.datetime(2025, 12, 31, 23, 59, 59)
    builder = x509.CertificateBuilder(subject(task), subject(task), key.public_key(), int(task["serial"], 16))
    builder = builder.not_valid_before(start).not_valid_after(start + datetime.timedelta(seconds=int(task["seconds"])))
    builder = builder.add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
    certificate = builder.sign(key, hashes.SHA384())
    return {"pem": certificate.public_bytes(serialization.Encoding.PEM).decode()}


def read_certificate(task):
    certificate = x509.load_pem_x509_certificate(task["pem"].encode())
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": format(certificate.serial_number, "x"),
        "names": names_of(certificate.extensions),
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
        "authority": certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca,
        "signs": usage.digital_signature,
    }


TASKS = {
    "make key": make_key,
    "read key": read_key,
    "sign": sign,
    "verify": verify,
    "make request": make_request,
    "read request": read_request,
    "make certificate": make_certificate,
    "read certificate": read_certificate,
}


def main():
    task = json.load(sys.stdin)
    json.dump(TASKS[task["task"]](task), sys.stdout)


if __name__ == "__main__":
    main()
