// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import SystemCrypto
import TestSupport
import Testing

/// The idempotent operations against the emulator, whose ledger tells what each came to in AWS.
@Suite struct IdempotentOperationTests {
    /// A subject for which an operation is prepared.
    private func subject(for operation: IdempotentOperation) async throws -> IoTSubject {
        let subject = try IoTSubject()
        try await operation.prepare(IoTCoreClient(try AWSEmulator.client()), subject)
        return subject
    }

    @Test(arguments: IdempotentOperation.all)
    func `an operation that is run twice has one effect`(operation: IdempotentOperation) async throws {
        let subject = try await self.subject(for: operation)
        for _ in 0..<2 { try await operation.run(IoTCoreClient(try AWSEmulator.client()), subject) }
        #expect(try await subject.changes() == operation.changes)
    }

    @Test(arguments: IdempotentOperation.all)
    func `an operation that several tasks run at a time has one effect`(operation: IdempotentOperation) async throws {
        let subject = try await self.subject(for: operation)
        let iot = IoTCoreClient(try AWSEmulator.client(attempts: 3))
        try await withThrowingTaskGroup { group in
            for _ in 0..<6 { group.addTask { try await operation.run(iot, subject) } }
            try await group.waitForAll()
        }
        #expect(try await subject.changes() == operation.changes)
    }

    @Test(arguments: IdempotentOperation.all)
    func `an operation one of whose calls fails has one effect, by itself or when it is run again`(
        operation: IdempotentOperation
    ) async throws {
        for call in operation.calls {
            for fault in call.faults {
                let patient = try await self.subject(for: operation)
                try await AWSEmulator.fail(call.operation, of: call.service, with: fault, naming: call.text(patient))
                try await operation.run(IoTCoreClient(try AWSEmulator.client(attempts: 3)), patient)
                #expect(try await patient.changes() == operation.changes, "\(call.operation), \(fault), tried again")
                #expect(try await !AWSEmulator.hasFault(naming: call.text(patient)), "\(call.operation) is not called")

                let hasty = try await self.subject(for: operation)
                try await AWSEmulator.fail(call.operation, of: call.service, with: fault, naming: call.text(hasty))
                let iot = IoTCoreClient(try AWSEmulator.client())
                // The pool of connections may itself repeat a GET whose connection was cut.
                do { try await operation.run(iot, hasty) } catch {}
                try await operation.run(iot, hasty)
                #expect(try await hasty.changes() == operation.changes, "\(call.operation), \(fault), run again")
            }
        }
    }

    @Test func `a revocation and activations at a time leave the certificate revoked`() async throws {
        let subject = try IoTSubject()
        let iot = IoTCoreClient(try AWSEmulator.client(attempts: 3))
        let id = subject.certificate.iotCertificateID
        _ = try await iot.send(RegisterCertificateWithoutCA(certificatePEM: subject.certificate.pem, status: .inactive))
        try await withThrowingTaskGroup { group in
            for status in [CertificateStatus.active, .revoked, .active, .inactive] {
                // Each with lanes of its own, as in several processes.
                group.addTask { try await IoTCoreClient(AWSEmulator.client(attempts: 3)).updateCertificateStatus(to: status, of: id) }
            }
            try await group.waitForAll()
        }
        #expect(try await iot.send(DescribeCertificate(certificateID: id)).certificateDescription?.status == .revoked)
        #expect(try await iot.updateCertificateStatus(to: .active, of: id) == .staysRevoked)
    }

    @Test func `changes of one shadow by several clients at a time are all in it`() async throws {
        let name = try IoTSubject().name
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    try await IoTCoreClient(AWSEmulator.client(attempts: 3)).shadow(of: name).update { document in
                        let count = document?.state.desired?["count"]?.numberValue?.integer(as: Int.self) ?? 0
                        return ShadowState(desired: ["count": .number(JSONNumber(count + 1))])
                    }
                }
            }
            try await group.waitForAll()
        }
        let document = try #require(try await IoTCoreClient(AWSEmulator.client()).shadow(of: name).get())
        #expect(document.state.desired == ["count": 4])
        #expect(document.version == 4)
        #expect(document.delta == document.state.delta)
    }

    @Test func `the fleet index is searched through all pages`() async throws {
        let name = try IoTSubject().name
        let iot = IoTCoreClient(try AWSEmulator.client(attempts: 3))
        try await iot.send(
            UpdateIndexingConfiguration(thingIndexingConfiguration: ThingIndexingConfiguration(thingIndexingMode: .registry)))
        try await eventually { try await iot.send(DescribeIndex(indexName: "AWS_Things")).indexStatus == .active }
        for number in 1...3 { _ = try await iot.send(CreateThing(thingName: "\(name)-\(number)")) }
        var found: [String] = []
        for try await thing in iot.searchThings("thingName:\(name)*", pageSize: 2) { found.append(thing.thingName ?? "") }
        #expect(found.sorted() == (1...3).map { "\(name)-\($0)" })
    }
}
