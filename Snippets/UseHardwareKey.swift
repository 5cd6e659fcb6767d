// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Asks for a certificate with a key that stays in hardware; the PIN is the first argument.

import SystemCrypto

if let pin = CommandLine.arguments.dropFirst().first {
    let key = try PrivateKey(pkcs11URI: "pkcs11:token=lamassu;object=ca;type=private", pin: pin)
    let request = try CertificateSigningRequest(subject: DistinguishedName(commonName: "Issuing CA"), key: key)
    print(request.pem)
}
