// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import AWSRuntime
import CloudEvents
import CurlTransport
import HTTPTypes
import IoTCoreClient
import JSONCoding
import LamassuEvents
import Logging
import SystemCrypto
import Timeline
import Transport

/// The demo's plot: what a user of the CA service does, and what has to stand in AWS in the end.
///
/// Every step has a deadline, and the first one that does not happen ends the story with an error.
struct Story: Sendable {
    let service: CAServiceAPI
    let iot: IoTCoreClient
    let broker: AMQPConfiguration
    let connector: String
    let samples: [SampleEvent]
    let timeline: Timeline
    let logger: Logger

    /// Tells it.
    ///
    /// - Returns: the final state in AWS, line by line.
    func tell() async throws -> [String] {
        var summary: [String] = []

        // 1. A CA is created; its certificate ends up registered and active, with the registration noted in the service.
        let authority = try await self.service.post("/v1/cas", ["id": "plant-1", "name": "Plant 1 Device CA"])
        let authorityCertificate = try Self.certificate(of: authority)
        try await self.eventually("CA plant-1 is registered in AWS and the service knows") {
            try await self.service.get("/v1/cas/plant-1")["metadata"]?["lamassu.io/iot/\(self.connector)"]?["registration"]?["status"]
                == "SUCCEEDED"
        }
        let described = try await self.iot.send(
            DescribeCACertificate(certificateID: authorityCertificate.fingerprint.hexadecimal)
        ).certificateDescription
        try Self.expect(described?.status == .active, "the CA is active in AWS")
        summary.append("CA          \(described?.certificateID ?? "?")  \(described?.status?.rawValue ?? "?")")

        // 2. A device enrols; it becomes a thing with its certificate and the policy of its device manager.
        let request = try CertificateSigningRequest(
            subject: SystemCrypto::DistinguishedName(commonName: "press-01"), key: PrivateKey.generate(.ecP256))
        let binding = try await self.service.post(
            "/v1/devices/press-01/enroll", ["ca": "plant-1", "signing_request": .string(request.pem)])
        let device = try Self.certificate(of: binding)
        try await self.eventually("device press-01 is bound in AWS and the service knows") {
            try await self.service.get("/v1/devices/press-01")["metadata"]?["lamassu.io/iot/\(self.connector)"]?["thing_registered"] == true
        }
        summary += try await self.describe("press-01", device.fingerprint.hexadecimal, expected: .active)

        // 3. Its certificate is revoked; AWS has it as revoked, and what AWS says comes back to the service.
        let serialNumber = device.serialNumber.hexadecimal
        _ = try await self.service.put(
            "/v1/certificates/\(serialNumber)/status", ["status": "REVOKED", "revocation_reason": "KeyCompromise"])
        try await self.eventually("AWS's word on the revocation has come back twice, by the rule and by the function that was invoked") {
            let word = try await self.service.get("/v1/certificates/\(serialNumber)")["metadata"]?["lamassu.example/aws"]
            return word?["status"] == "REVOKED" && word?["caused_by"]?.arrayValue?.count == 2
        }
        summary += try await self.describe("press-01", device.fingerprint.hexadecimal, expected: .revoked)

        // 4. The events of other Lamassu services, three generations of them, are played in.
        summary += try await self.playSamples()
        return summary
    }

    /// Plays the sample events in, after their CA was imported so that AWS takes its devices.
    private func playSamples() async throws -> [String] {
        guard let create = self.samples.first(where: { $0.event.type == EventType.caCreate.rawValue }) else {
            throw StoryError(what: "the samples hold no ca.create")
        }
        let authority = try create.event.decodeData(as: LamassuEvents::CACertificate.self)
        _ = try await self.service.post(
            "/v1/cas/import", ["id": .string(authority.id), "certificate": .string(authority.certificate.pem ?? "")])
        try await self.eventually("the samples' CA is registered in AWS") {
            try await self.service.get("/v1/cas/\(authority.id)")["metadata"]?["lamassu.io/iot/\(self.connector)"]?["registration"]?[
                "status"]
                == "SUCCEEDED"
        }

        for sample in self.samples {
            self.timeline.note("sample", "publish", "\(sample.name)")
            try await sample.publish(to: self.broker, logger: self.logger)
        }
        let bound = try self.samples.lazy.filter { $0.event.type == EventType.dmsBindDeviceID.rawValue }
            .map { try $0.event.decodeData(as: BindIdentityToDeviceOutput.self) }.first
        guard let bound, let device = bound.device, let pem = bound.certificate?.pem else {
            throw StoryError(what: "the samples hold no dms.bind-device-id")
        }
        let certificateID = try X509Certificate(pem: pem).fingerprint.hexadecimal
        // The samples revoke the certificate before they bind it to its device: it must not come alive by that.
        try await self.eventually("the samples' device is a thing in AWS, its certificate revoked") {
            guard try await self.principals(of: device.id).contains(where: { $0.hasSuffix(certificateID) }) else { return false }
            return try await self.iot.send(DescribeCertificate(certificateID: certificateID)).certificateDescription?.status == .revoked
        }
        try await self.eventually("the queue is empty") {
            try await AMQPClient.withConnection(to: self.broker, over: .curl, logger: self.logger) { connection in
                try await connection.withChannel { channel in
                    try await channel.declareQueue(EventTopology.standard.queue, passive: true).messageCount == 0
                }
            }
        }
        return try await self.describe(device.id, certificateID, expected: .revoked)
    }

    // MARK: Reading the final state back

    private func describe(_ thing: String, _ certificateID: String, expected: IoTCoreClient::CertificateStatus) async throws -> [String] {
        let certificate = try await self.iot.send(DescribeCertificate(certificateID: certificateID)).certificateDescription
        try Self.expect(certificate?.status == expected, "the certificate of \(thing) is \(expected.rawValue) in AWS")
        guard let arn = certificate?.certificateARN else { throw StoryError(what: "AWS gives the certificate of \(thing) no ARN") }
        try Self.expect(try await self.principals(of: thing).contains(arn), "the certificate is attached to thing \(thing)")
        let policies = try await self.iot.send(ListAttachedPolicies(target: arn)).policies?.compactMap(\.policyName) ?? []
        try Self.expect(!policies.isEmpty, "the certificate of \(thing) has a policy")
        return ["certificate \(certificateID)  \(expected.rawValue)  thing \(thing)  policies \(policies.joined(separator: ", "))"]
    }

    private func principals(of thing: String) async throws -> [String] {
        do {
            return try await self.iot.send(ListThingPrincipals(thingName: thing)).principals ?? []
        } catch {
            guard error.code == .resourceNotFound else { throw error }
            return []
        }
    }

    private static func certificate(of answer: JSONValue) throws -> X509Certificate {
        // The model of a CA and that of a binding both hold the model of a certificate, which holds base64 of PEM.
        guard let text = answer["certificate"]?["certificate"]?.stringValue, let pem = Base64.decode(text) else {
            throw StoryError(what: "the service's answer holds no certificate")
        }
        return try X509Certificate(pem: String(decoding: pem, as: UTF8.self))
    }

    // MARK: Waiting

    /// Waits until something holds, for a minute at most.
    private func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if try await holds() {
                self.timeline.note("story", "seen", what)
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw StoryError(what: "did not happen within a minute: \(what)")
    }

    private static func expect(_ holds: Bool, _ what: String) throws {
        guard holds else { throw StoryError(what: "does not hold: \(what)") }
    }
}

/// A part of the story did not happen.
struct StoryError: Error, CustomStringConvertible {
    let what: String
    var description: String { self.what }
}
