// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
import JSONCoding
import LamassuEvents
import Synchronization
import SystemCrypto

/// A CA with its key, and the service behind it: signs what CloudSync asks for and keeps what it records.
final class TestAuthority: CloudSyncHost {
    let id: String
    let key: PrivateKey
    let certificate: X509Certificate
    private struct State {
        var outcomes: [CloudSyncOutcome] = []
        var events: [CloudEvent] = []
        var refusal: String?
        /// Whether the next call to sign fails.
        var isSigningBroken = false
        /// How often each event was not taken.
        var failures: [CloudEvent.ID: Int] = [:]
        /// How often no event is taken.
        var failuresOfEach = 0
    }

    private let state = Mutex(State())

    init(_ id: String) throws {
        self.id = id
        self.key = try .generate(.ecP256)
        var builder = CertificateBuilder(
            subject: SystemCrypto::DistinguishedName(commonName: id), publicKey: self.key.publicKey, validity: Self.validity,
            basicConstraints: .certificateAuthority(pathLength: nil))
        builder.serialNumber = try .random()
        self.certificate = try builder.selfSigned(by: self.key)
    }

    var outcomes: [CloudSyncOutcome] { self.state.withLock { $0.outcomes } }
    var receivedEvents: [CloudEvent] { self.state.withLock { $0.events } }
    var certificateID: String { self.certificate.fingerprint.hexadecimal }

    /// From now on it refuses to sign.
    func refuseToSign(_ reason: String) { self.state.withLock { $0.refusal = reason } }

    /// The next time it fails to sign.
    func failToSign() { self.state.withLock { $0.isSigningBroken = true } }

    /// From now on it takes no event before it was asked that often and once more.
    func failToReceive(times: Int) { self.state.withLock { $0.failuresOfEach = times } }

    /// Issues a certificate for a device.
    func issue(_ commonName: String) throws -> X509Certificate {
        let builder = CertificateBuilder(
            subject: SystemCrypto::DistinguishedName(commonName: commonName), publicKey: try PrivateKey.generate(.ecP256).publicKey,
            validity: Self.validity)
        return try builder.signed(by: self.key, of: self.certificate)
    }

    // MARK: CloudSyncHost

    func signVerificationCertificate(_ request: VerificationCertificateRequest) async throws -> String {
        let (refusal, isBroken) = self.state.withLock { state in
            defer { state.isSigningBroken = false }
            return (state.refusal, state.isSigningBroken)
        }
        if let refusal { throw CloudSyncRefusal(reason: refusal) }
        if isBroken { throw CancellationError() }
        let builder = try CertificateBuilder(
            request: CertificateSigningRequest(pem: request.signingRequest), validity: Self.validity)
        return try builder.signed(by: self.key, of: self.certificate).pem
    }

    func record(_ outcome: CloudSyncOutcome) async throws { self.state.withLock { $0.outcomes.append(outcome) } }

    func receive(_ event: CloudEvent) async throws {
        try self.state.withLock { state in
            guard state.failures[event.id, default: 0] >= state.failuresOfEach else {
                state.failures[event.id, default: 0] += 1
                throw CloudSyncRefusal(reason: "not now")
            }
            state.events.append(event)
        }
    }

    /// From 2020 to 2049, so that no clock matters.
    private static let validity = CertificateValidity(notBefore: 1_577_836_800, notAfter: 2_493_072_000)
}
