// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Registers a CA and a device of it in AWS IoT Core with operations that are safe to repeat, and talks to the device's shadow.

import CurlTransport
import IoTCoreClient
import Logging
import SystemCrypto

let validity = SystemCrypto::CertificateValidity(notBefore: 1_767_225_600, notAfter: 1_798_761_599)
let caKey = try PrivateKey.generate(.ecP256)
let ca = try CertificateBuilder(
    subject: DistinguishedName(commonName: "Example CA"), publicKey: caKey.publicKey, validity: validity,
    basicConstraints: .certificateAuthority(pathLength: 0)
).selfSigned(by: caKey)
let certificate = try CertificateBuilder(
    subject: DistinguishedName(commonName: "device-1"), publicKey: PrivateKey.generate(.ecP256).publicKey, validity: validity
).signed(by: caKey, of: ca)

let iot = IoTCoreClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

let scope = PolicyDocument.Scope(region: "eu-west-1", account: "123456789012")
let policy = PolicyDocument([
    .allow(.connect, on: .client("\(.thingName)", in: scope), if: .isAttached),
    .allow(.publish, .receive, on: .topic("devices/\(.thingName)/*", in: scope)),
    .allow(.subscribe, on: .topicFilter("devices/\(.thingName)/*", in: scope)),
])

let signer = CAKeySigner(key: caKey, certificate: ca, validity: validity)
try await iot.registerCA(CARegistration(ca, as: .primary(signer)))
let device = try await iot.registerDevice(
    DeviceRegistration(certificate, thingName: "device-1", policies: [.init("device", document: policy)]))
print(device.effects)

let shadow = iot.shadow(of: "device-1")
try await shadow.desire(["interval": 30])
try await shadow.update { document in
    let interval = document?.state.desired?["interval"]?.numberValue?.integer(as: Int.self) ?? 30
    return ShadowState(desired: ["interval": .number(JSONNumber(interval * 2))])
}

do throws(IoTCoreError) {
    try await iot.updateCertificateStatus(to: .revoked, of: device.certificateID)
    try await iot.disconnect("device-1")
} catch {
    print(error.isRetryable ? "try again later: \(error)" : "this has to be put right: \(error)")
}

let template = ProvisioningTemplate(
    parameters: ["SerialNumber": .init()], thing: .init(name: .join(separator: "-", .list(["device", .parameter("SerialNumber")]))),
    certificate: .init(.id(.certificateID), status: "ACTIVE"), policies: [.init(.name("device"))])
try await iot.putProvisioningTemplate(
    ProvisioningTemplateDefinition(
        name: "devices", body: template, provisioningRoleARN: "arn:aws:iam::123456789012:role/provisioning"))

let batch = ProvisioningTemplate(
    parameters: ["Name": .init(), "CertificateId": .init()], thing: .init(name: .parameter("Name")),
    certificate: .init(.id(.parameter("CertificateId"))), policies: [.init(.name("device"))])
let bulk = try await iot.startBulkRegistration(
    BulkRegistration(
        template: batch, bucket: "devices", key: "batch-7.json", roleARN: "arn:aws:iam::123456789012:role/provisioning"))
for try await progress in iot.progress(ofBulkRegistration: bulk.taskID) {
    print("\(progress.percentage) %: \(progress.successes) registered, \(progress.failures) not")
}
