// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Makes a CA, and a certificate for a device that asks for one.

import SystemCrypto

let tenYears = CertificateValidity(notBefore: 1_767_225_600, notAfter: 2_082_758_399)
let oneYear = CertificateValidity(notBefore: 1_767_225_600, notAfter: 1_798_761_599)

let deviceKey = try PrivateKey.generate(.ecP256)
let request = try CertificateSigningRequest(subject: DistinguishedName(commonName: "device-1"), key: deviceKey)

let caKey = try PrivateKey.generate(.ecP256)
let ca = try CertificateBuilder(
    subject: DistinguishedName(commonName: "Example CA"), publicKey: caKey.publicKey, validity: tenYears,
    basicConstraints: .certificateAuthority(pathLength: 0)
).selfSigned(by: caKey)
let device = try CertificateBuilder(request: request, validity: oneYear).signed(by: caKey, of: ca)

try device.verifyIssued(by: ca)
print(device.pem)

let authorities = ca.pem
let trusted = try X509Certificate.bundle(pem: authorities)
let chain = try device.verifyChain(to: trusted, at: 1_780_000_000, purpose: .tlsClient)
print(chain.map(\.subject), device.fingerprint)
