// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Registers a CA in AWS IoT Core: the registration code, a certificate for it, the registration.

import CurlTransport
import IoTCoreClient
import Logging
import SystemCrypto

let validity = CertificateValidity(notBefore: 1_767_225_600, notAfter: 1_798_761_599)
let caKey = try PrivateKey.generate(.ecP256)
let ca = try CertificateBuilder(
    subject: DistinguishedName(commonName: "Example CA"), publicKey: caKey.publicKey, validity: validity,
    basicConstraints: .certificateAuthority(pathLength: 0)
).selfSigned(by: caKey)

let iot = IoTCoreClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))
let code = try await iot.send(GetRegistrationCode()).registrationCode ?? ""

let key = try PrivateKey.generate(.ecP256)
let proof = try CertificateSigningRequest(subject: DistinguishedName(commonName: code), key: key)
let verification = try CertificateBuilder(request: proof, validity: validity).signed(by: caKey, of: ca)
let registered = try await iot.send(
    RegisterCACertificate(
        caCertificate: ca.pem, verificationCertificate: verification.pem, setAsActive: true, allowAutoRegistration: true))
print(registered.certificateARN ?? "")
