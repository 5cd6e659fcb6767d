// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing

@Suite struct UpdateCertificateStatusTests {
    static func present(_ status: String) -> ScriptedTransport.Step {
        .answer(200, #"{"certificateDescription": {"certificateId": "0a1b", "certificateArn": "arn", "status": "\#(status)"}}"#)
    }

    @Test(arguments: [("INACTIVE", CertificateStatus.active), ("ACTIVE", .revoked), ("ACTIVE", .inactive)])
    func `another status is changed`(present: String, status: CertificateStatus) async throws {
        let script = Script(Self.present(present), .done)
        let result = try await script.iot.updateCertificateStatus(to: status, of: "0a1b")
        #expect(result == .changed(from: CertificateStatus(rawValue: present)))
        #expect(script.calls == ["GET /certificates/0a1b", "PUT /certificates/0a1b"])
    }

    @Test(arguments: [CertificateStatus.active, .inactive, .revoked])
    func `the same status stays`(status: CertificateStatus) async throws {
        let script = Script(Self.present(status.rawValue))
        #expect(try await script.iot.updateCertificateStatus(to: status, of: "0a1b") == .unchanged)
        #expect(script.calls.count == 1)
    }

    @Test(arguments: [CertificateStatus.active, .inactive])
    func `a revoked certificate stays revoked`(status: CertificateStatus) async throws {
        let script = Script(Self.present("REVOKED"))
        #expect(try await script.iot.updateCertificateStatus(to: status, of: "0a1b") == .staysRevoked)
        #expect(script.calls.count == 1)
    }

    @Test func `a certificate that another revokes meanwhile stays revoked`() async throws {
        let script = Script(Self.present("INACTIVE"), .refusal(406, "CertificateStateException"), Self.present("REVOKED"))
        #expect(try await script.iot.updateCertificateStatus(to: .active, of: "0a1b") == .staysRevoked)
    }

    @Test func `a certificate that AWS does not know is an error`() async throws {
        let script = Script(.notFound)
        let failure = await error { () throws(IoTCoreError) in
            _ = try await script.iot.updateCertificateStatus(to: .active, of: "0a1b")
        }
        #expect(failure?.code == .notFound)
    }
}
