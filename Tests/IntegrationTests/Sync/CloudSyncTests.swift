// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
import IoTCoreClient
import JSONCoding
import LamassuEvents
import LambdaClient
import Logging
import SystemCrypto
import Testing

/// CloudSync against the strict emulator: what it does in AWS, and what it makes of AWS's refusals.
@Suite struct CloudSyncTests {
    let authority: TestAuthority
    let iot: IoTCoreClient
    let sync: CloudSync
    let effects = EffectLog()
    let name = "sync-\(UInt64.random(in: 0...UInt64.max))"

    init() throws {
        self.authority = try TestAuthority("ca-\(UInt64.random(in: 0...UInt64.max))")
        let client = try AWSEmulator.client()
        self.iot = IoTCoreClient(client)
        self.sync = CloudSync(
            configuration: CloudSyncConfiguration(connectorID: SyncEvents.connector, maximumAttempts: 3), iot: self.iot,
            lambda: LambdaClient(client), host: self.authority, observer: self.effects, logger: Logger(label: "test"))
    }

    func handle(_ event: CloudEvent, attempt: Int = 1) async -> EventOutcome {
        await self.sync.handle(ReceivedEvent(event, attempt: attempt))
    }

    func policy(_ action: String = "iot:Connect") -> AWSPolicy {
        AWSPolicy(
            name: self.name, document: #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\#(action)","Resource":"*"}]}"#)
    }

    // MARK: CAs

    @Test func `a CA that asks for it is registered with the whole handshake, and once however often the event comes`() async throws {
        let event = try SyncEvents.authorityCreated(self.authority)
        #expect(await self.handle(event) == .done)
        #expect(await self.handle(event) == .done)

        let description = try await self.iot.send(DescribeCACertificate(certificateID: self.authority.certificateID)).certificateDescription
        #expect(description?.status == .active && description?.autoRegistrationStatus == .enable)
        #expect(description?.certificateMode == .default)
        let arn = try #require(description?.certificateARN)
        let tags = try await self.iot.send(ListTagsForResource(resourceARN: arn)).tags ?? []
        #expect(
            Set(tags) == [
                Tag(key: "LMS.CA.ID", value: self.authority.id), Tag(key: "LMS.CA.CN", value: self.authority.id),
                Tag(key: "LMS.CA.SN", value: self.authority.certificate.serialNumber.hexadecimal),
            ])
        let registration = AuthorityRegistration(
            authorityID: self.authority.id, certificateID: self.authority.certificateID, certificateARN: arn)
        #expect(self.authority.outcomes == [.authorityRegistered(registration), .authorityRegistered(registration)])
        #expect(try await AWSEmulator.changes(naming: self.authority.certificateID).map(\.change) == ["ca-certificate-registered"])
    }

    @Test func `a CA whose key is elsewhere is registered for server names only, without a signature`() async throws {
        self.authority.refuseToSign("the key is elsewhere")
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority, isPrimary: false)) == .done)
        let description = try await self.iot.send(DescribeCACertificate(certificateID: self.authority.certificateID)).certificateDescription
        #expect(description?.status == .active && description?.certificateMode == .sniOnly)
    }

    @Test func `a CA that was made inactive in AWS is activated again by its registration`() async throws {
        let event = try SyncEvents.authorityCreated(self.authority)
        #expect(await self.handle(event) == .done)
        _ = try await self.iot.send(UpdateCACertificate(certificateID: self.authority.certificateID, newStatus: .inactive))
        #expect(await self.handle(event) == .done)
        let description = try await self.iot.send(DescribeCACertificate(certificateID: self.authority.certificateID)).certificateDescription
        #expect(description?.status == .active)
    }

    @Test func `a CA that is registered between the look and the call is found registered`() async throws {
        // Both begin together: one of them registers, the other is told that it exists.
        let event = try SyncEvents.authorityCreated(self.authority)
        async let first = self.handle(event)
        async let second = self.handle(event)
        #expect(await [first, second] == [.done, .done])
        #expect(try await AWSEmulator.changes(naming: self.authority.certificateID).map(\.change) == ["ca-certificate-registered"])
    }

    @Test func `a CA that AWS has in the other mode is a dead letter, and is recorded`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority, isPrimary: false)) == .done)
        guard case .deadLetter(let reason) = await self.handle(try SyncEvents.authorityCreated(self.authority)) else {
            Issue.record("it is no dead letter")
            return
        }
        #expect(reason.hasPrefix("refusedByAWS") && reason.contains("the mode SNI_ONLY"))
        guard case .authorityRefused(self.authority.id, _)? = self.authority.outcomes.last else {
            Issue.record("\(self.authority.outcomes)")
            return
        }
    }

    @Test func `a service that signs with another key is asked again, up to the limit`() async throws {
        let other = try TestAuthority(self.authority.id)
        let sync = CloudSync(
            configuration: CloudSyncConfiguration(connectorID: SyncEvents.connector, maximumAttempts: 2), iot: self.iot,
            lambda: LambdaClient(try AWSEmulator.client()), host: other, logger: Logger(label: "test"))
        let event = try SyncEvents.authorityCreated(self.authority)
        guard case .retry(let reason, _) = await sync.handle(ReceivedEvent(event, attempt: 1)) else {
            Issue.record("it is not tried again")
            return
        }
        #expect(reason.hasPrefix("notYet") && reason.contains("not signed with the key of the CA"))
        guard case .deadLetter = await sync.handle(ReceivedEvent(event, attempt: 2)) else {
            Issue.record("it is tried for ever")
            return
        }
        #expect(try await AWSEmulator.changes(naming: self.authority.certificateID).isEmpty)
    }

    @Test func `a service that fails to sign is asked again`() async throws {
        self.authority.failToSign()
        let event = try SyncEvents.authorityCreated(self.authority)
        guard case .retry(let reason, _) = await self.handle(event) else {
            Issue.record("it is not tried again")
            return
        }
        #expect(reason.hasPrefix("hostFailed") && reason.contains("sign the verification certificate"))
        #expect(await self.handle(event) == .done)
    }

    @Test func `a refusal of the service is a dead letter with its reason, and is recorded`() async throws {
        self.authority.refuseToSign("this CA signs nothing")
        let outcome = await self.handle(try SyncEvents.authorityCreated(self.authority))
        guard case .deadLetter(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("refusedByHost") && reason.contains("this CA signs nothing"))
        guard case .authorityRefused(self.authority.id, _)? = self.authority.outcomes.first else {
            Issue.record("\(self.authority.outcomes)")
            return
        }
    }

    @Test(arguments: ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `a CA that is no certificate is a dead letter with the reason`(pem: String) async throws {
        let outcome = await self.handle(try SyncEvents.authorityCreated(self.authority, pem: pem))
        guard case .deadLetter(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.hasPrefix("notACertificate"))
    }

    @Test func `a CA whose certificate may not sign is a dead letter with the reason`() async throws {
        let outcome = await self.handle(try SyncEvents.authorityCreated(self.authority, pem: self.authority.issue(self.name).pem))
        guard case .deadLetter(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.hasPrefix("notAnAuthority"))
    }

    // MARK: Devices and certificates

    @Test func `a device becomes a thing with its certificate and its policy, and once however often the event comes`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        let event = try SyncEvents.bound(certificate, to: self.name, policy: self.policy())
        for _ in 1...3 { #expect(await self.handle(event) == .done) }

        let certificateID = certificate.fingerprint.hexadecimal
        let description = try await self.iot.send(DescribeCertificate(certificateID: certificateID)).certificateDescription
        #expect(description?.status == .active && description?.caCertificateID == self.authority.certificateID)
        let arn = try #require(description?.certificateARN)
        #expect(try await self.iot.send(ListThingPrincipals(thingName: self.name)).principals == [arn])
        #expect(try await self.iot.send(ListAttachedPolicies(target: arn)).policies?.map(\.policyName) == [self.name])
        #expect(
            self.authority.outcomes.last
                == .deviceBound(
                    DeviceBinding(
                        deviceID: self.name, serialNumber: certificate.serialNumber.hexadecimal, certificateID: certificateID,
                        certificateARN: arn)))
        let changes = try await AWSEmulator.changes(naming: self.name).map(\.change)
        #expect(changes.filter { $0 == "thing-created" }.count == 1)
        #expect(changes.filter { $0 == "policy-created" }.count == 1)
        #expect(changes.filter { $0 == "policy-version-created" }.isEmpty)
        #expect(changes.filter { $0 == "policy-attached" }.count == 1)
        #expect(changes.filter { $0 == "principal-attached" }.count == 1)
        // What was done is told once, in its order.
        #expect(
            self.effects.all == [
                CloudSyncEffect(.authorityRegistered, on: self.authority.certificateID, detail: "primary account"),
                CloudSyncEffect(.certificateRegistered, on: certificateID, detail: "ACTIVE"),
                CloudSyncEffect(.policyCreated, on: self.name),
                CloudSyncEffect(.policyAttached, on: self.name, detail: certificateID),
                CloudSyncEffect(.thingCreated, on: self.name),
                CloudSyncEffect(.certificateAttached, on: self.name, detail: certificateID),
            ])
    }

    @Test func `a certificate that is on hold when it is bound is inactive, and no binding revokes it`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        let binding = try SyncEvents.bound(
            certificate, to: self.name, policy: self.policy(), status: .revoked, reason: .certificateHold)
        for _ in 1...2 {
            #expect(await self.handle(binding) == .done)
            #expect(try await self.status(of: certificate) == .inactive)
        }
        #expect(await self.handle(try SyncEvents.statusUpdated(certificate, of: self.name, to: .active)) == .done)
        #expect(await self.handle(binding) == .done)
        #expect(try await self.status(of: certificate) == .active)
        let revoked = try SyncEvents.bound(certificate, to: self.name, policy: self.policy(), status: .revoked, reason: .keyCompromise)
        #expect(await self.handle(revoked) == .done)
        #expect(try await self.status(of: certificate) == .revoked)
    }

    @Test func `a binding that AWS cannot take is a dead letter, and its revoked certificate is revoked all the same`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        let event = try SyncEvents.bound(
            certificate, to: "no name/\(self.name)", policy: self.policy(), status: .revoked, reason: .keyCompromise)
        guard case .deadLetter(let reason) = await self.handle(event) else {
            Issue.record("it is no dead letter")
            return
        }
        #expect(reason.hasPrefix("refusedByAWS") && reason.contains("is no name of a thing"))
        #expect(try await self.status(of: certificate) == .revoked)
    }

    @Test(arguments: [LamassuEvents::CertificateStatus.active, .inactive])
    func `a status that is not of a revocation waits for the binding of its certificate`(
        status: LamassuEvents::CertificateStatus
    ) async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        #expect(await self.handle(try SyncEvents.statusUpdated(certificate, of: self.name, to: status)) == .done)
        #expect(try await AWSEmulator.changes(naming: certificate.fingerprint.hexadecimal).isEmpty)
    }

    @Test func `a changed policy becomes a new version, and the sixth makes room by dropping the oldest`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        for action in ["Connect", "Publish", "Subscribe", "Receive", "RetainPublish", "GetThingShadow"] {
            let event = try SyncEvents.bound(certificate, to: self.name, policy: self.policy("iot:\(action)"))
            #expect(await self.handle(event) == .done, "\(action)")
        }
        let versions = try await self.iot.send(ListPolicyVersions(policyName: self.name)).policyVersions ?? []
        #expect(Set(versions.compactMap(\.versionID)) == ["2", "3", "4", "5", "6"])
        let present = try await self.iot.send(GetPolicy(policyName: self.name)).policyDocument ?? ""
        #expect(present.contains("iot:GetThingShadow"))
    }

    @Test func `a revocation reaches AWS, and a late activation does not undo it`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        #expect(await self.handle(try SyncEvents.bound(certificate, to: self.name, policy: self.policy())) == .done)
        let revocation = try SyncEvents.statusUpdated(certificate, of: self.name, to: .revoked, reason: .keyCompromise)
        #expect(await self.handle(revocation) == .done)
        #expect(await self.handle(try SyncEvents.statusUpdated(certificate, of: self.name, to: .active)) == .done)
        #expect(await self.handle(try SyncEvents.bound(certificate, to: self.name, policy: self.policy())) == .done)
        #expect(try await self.status(of: certificate) == .revoked)
        let changes = try await AWSEmulator.changes(naming: certificate.fingerprint.hexadecimal).map(\.change)
        #expect(changes.filter { $0 == "certificate-status-changed" }.count == 1)
    }

    @Test func `a certificate on hold is inactive, and comes back`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        #expect(await self.handle(try SyncEvents.bound(certificate, to: self.name, policy: self.policy())) == .done)
        let hold = try SyncEvents.statusUpdated(certificate, of: self.name, to: .revoked, reason: .certificateHold)
        #expect(await self.handle(hold) == .done)
        #expect(try await self.status(of: certificate) == .inactive)
        // The binding that comes late does not end it.
        #expect(await self.handle(try SyncEvents.bound(certificate, to: self.name, policy: self.policy())) == .done)
        #expect(try await self.status(of: certificate) == .inactive)
        #expect(await self.handle(try SyncEvents.statusUpdated(certificate, of: self.name, to: .active)) == .done)
        #expect(try await self.status(of: certificate) == .active)
    }

    @Test func `a revocation that comes before the device is bound is not lost, and the binding does not undo it`() async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        #expect(await self.handle(try SyncEvents.statusUpdated(certificate, of: self.name, to: .revoked)) == .done)
        #expect(try await self.status(of: certificate) == .revoked)
        #expect(await self.handle(try SyncEvents.bound(certificate, to: self.name, policy: self.policy())) == .done)
        #expect(try await self.status(of: certificate) == .revoked)
    }

    @Test func `a certificate that belongs to no device is left alone`() async throws {
        let certificate = try self.authority.issue(self.name)
        #expect(await self.handle(try SyncEvents.statusUpdated(certificate, of: nil, to: .revoked)) == .done)
        #expect(try await AWSEmulator.changes(naming: certificate.fingerprint.hexadecimal).isEmpty)
    }

    @Test func `a device whose CA is not registered waits for it, up to the limit`() async throws {
        let event = try SyncEvents.bound(self.authority.issue(self.name), to: self.name, policy: self.policy())
        guard case .retry(let reason, _) = await self.handle(event) else {
            Issue.record("it does not wait")
            return
        }
        #expect(reason.hasPrefix("notYet"))
        guard case .deadLetter(let lastReason) = await self.handle(event, attempt: 3) else {
            Issue.record("it waits for ever")
            return
        }
        #expect(lastReason.contains("after 3 attempts") && lastReason.contains("notYet"))
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        #expect(await self.handle(event) == .done)
    }

    // MARK: What AWS may answer

    @Test(arguments: ["429", "500", "503", "500-html", "cut", "cut-after"])
    func `a fault of AWS that passes is tried again and loses nothing`(fault: String) async throws {
        #expect(await self.handle(try SyncEvents.authorityCreated(self.authority)) == .done)
        let certificate = try self.authority.issue(self.name)
        #expect(await self.handle(try SyncEvents.bound(certificate, to: self.name, policy: self.policy())) == .done)
        // libcurl itself sends a PUT again that a kept connection lost, up to five times: a cut shows only after that.
        let times = fault.hasPrefix("cut") ? 10 : 1
        try await AWSEmulator.fail("UpdateCertificate", with: fault, times: times, naming: certificate.fingerprint.hexadecimal)
        let event = try SyncEvents.statusUpdated(certificate, of: self.name, to: .revoked)
        guard case .retry(let reason, _) = await self.handle(event) else {
            Issue.record("it is not tried again")
            return
        }
        #expect(reason.hasPrefix("awsUnavailable"))
        var attempt = 2
        while attempt < 8, await self.handle(event, attempt: attempt) != .done { attempt += 1 }
        #expect(attempt < 8)
        #expect(try await self.status(of: certificate) == .revoked)
        let changes = try await AWSEmulator.changes(naming: certificate.fingerprint.hexadecimal).map(\.change)
        #expect(changes.filter { $0 == "certificate-status-changed" }.count == 1)
    }

    @Test func `an answer that is empty where a certificate should be described is tried again`() async throws {
        try await AWSEmulator.fail("DescribeCACertificate", with: "empty", times: 2, naming: self.authority.certificateID)
        guard case .retry(let reason, _) = await self.handle(try SyncEvents.authorityCreated(self.authority)) else {
            Issue.record("it is not tried again")
            return
        }
        #expect(reason.hasPrefix("awsUnavailable"))
    }

    @Test func `an AWS that forbids is a dead letter with its reason`() async throws {
        try await AWSEmulator.fail("DescribeCACertificate", with: "403", naming: self.authority.certificateID)
        guard case .deadLetter(let reason) = await self.handle(try SyncEvents.authorityCreated(self.authority)) else {
            Issue.record("it is no dead letter")
            return
        }
        #expect(reason.hasPrefix("refusedByAWS") && reason.contains("DescribeCACertificate") && reason.contains("HTTP 403"))
    }

    // MARK: Other events

    @Test func `an event of an unknown type is a dead letter with the reason`() async throws {
        guard case .deadLetter(let reason) = await self.handle(try SyncEvents.other(type: "ca.levitate")) else {
            Issue.record("it is no dead letter")
            return
        }
        #expect(reason.hasPrefix("unknownEventType") && reason.contains("ca.levitate"))
    }

    @Test(
        arguments: EventType.catalogue.map(\.rawValue).filter {
            !["ca.create", "ca.import", "ca.metadata.update", "dms.bind-device-id", "certificate.status.update"].contains($0)
        } + ["io.lamassu.ca.create", "io.lamassuiot.device.enroll"])
    func `an event that changes nothing in AWS is done`(type: String) async throws {
        #expect(await self.handle(try SyncEvents.other(type: type)) == .done)
    }

    @Test(arguments: ["ca.create", "ca.import", "ca.metadata.update", "dms.bind-device-id", "certificate.status.update"])
    func `an event whose payload is another is a dead letter with the reason`(type: String) async throws {
        guard case .deadLetter(let reason) = await self.handle(try SyncEvents.other(type: type)) else {
            Issue.record("it is no dead letter")
            return
        }
        #expect(reason.hasPrefix("undecodablePayload"))
    }

    private func status(of certificate: X509Certificate) async throws -> IoTCoreClient::CertificateStatus? {
        try await self.iot.send(DescribeCertificate(certificateID: certificate.fingerprint.hexadecimal)).certificateDescription?.status
    }
}
