// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import SystemCrypto
import Testing
import Transport

@Suite struct RegisterCATests {
    let device: TestDevice

    init() throws { self.device = try TestDevice() }

    static func present(_ status: String, _ autoRegistration: String, mode: String = "DEFAULT", config: String = "null")
        -> ScriptedTransport.Step
    {
        .answer(
            200,
            """
            {"certificateDescription": {"certificateArn": "arn", "status": "\(status)", "autoRegistrationStatus": "\(autoRegistration)",
            "certificateMode": "\(mode)"}, "registrationConfig": \(config)}
            """)
    }

    @Test func `a CA is registered with a certificate for the registration code`() async throws {
        let script = Script(.notFound, .answer(200, #"{"registrationCode": "c0de"}"#), .answer(200, #"{"certificateArn": "arn"}"#))
        let registration = CARegistration(self.device.authority, as: .primary(self.device.signer), tags: [Tag(key: "k", value: "v")])
        let result = try await script.iot.registerCA(registration)
        #expect(result == RegisterCAResult(change: .created, arn: "arn", certificateID: self.device.authority.iotCertificateID))
        #expect(script.calls[1...] == ["GET /registrationcode", "POST /cacertificate"])
        let body = try script.body(2)
        let proof = try X509Certificate(pem: body["verificationCertificate"]?.stringValue ?? "")
        #expect(proof.subject.commonName == "c0de")
        try proof.verifyIssued(by: self.device.authority)
        #expect(body["caCertificate"]?.stringValue == self.device.authority.pem)
        #expect(body["certificateMode"] == nil)
        #expect(script.transport.requests[2].head.path == "/cacertificate?setAsActive=true&allowAutoRegistration=true")
    }

    @Test func `a CA of several accounts is registered without proof`() async throws {
        let script = Script(.notFound, .answer(200, #"{"certificateArn": "arn"}"#))
        let result = try await script.iot.registerCA(CARegistration(self.device.authority, as: .sniOnly))
        #expect(result.change == .created)
        #expect(try script.body(1)["certificateMode"] == "SNI_ONLY")
        #expect(try script.body(1)["verificationCertificate"] == nil)
    }

    @Test func `a CA that is as it should be stays`() async throws {
        let config = #"{"templateName": "t", "roleArn": "role"}"#
        let script = Script(Self.present("ACTIVE", "ENABLE", config: config))
        let registration = CARegistration(
            self.device.authority, as: .primary(self.device.signer), registrationConfig: RegistrationConfig(templateName: "t"))
        #expect(try await script.iot.registerCA(registration).change == .unchanged)
        #expect(script.calls.count == 1)
    }

    @Test(arguments: [("INACTIVE", "ENABLE", "newStatus=ACTIVE"), ("ACTIVE", "DISABLE", "newAutoRegistrationStatus=ENABLE")])
    func `what differs is changed, and nothing else`(status: String, autoRegistration: String, query: String) async throws {
        let script = Script(Self.present(status, autoRegistration), .done)
        let result = try await script.iot.registerCA(CARegistration(self.device.authority, as: .primary(self.device.signer)))
        #expect(result.change == .updated)
        #expect(script.transport.requests[1].head.path?.split(separator: "?").last.map(String.init) == query)
    }

    @Test func `another template is set`() async throws {
        let script = Script(Self.present("ACTIVE", "ENABLE", config: #"{"templateName": "old"}"#), .done)
        let registration = CARegistration(
            self.device.authority, as: .primary(self.device.signer), registrationConfig: RegistrationConfig(templateName: "t"))
        #expect(try await script.iot.registerCA(registration).change == .updated)
        #expect(try script.body(1)["registrationConfig"] == ["templateName": "t"])
    }

    @Test func `a CA that another registers meanwhile is compared then`() async throws {
        let script = Script(.notFound, .alreadyExists, Self.present("ACTIVE", "ENABLE", mode: "SNI_ONLY"))
        #expect(try await script.iot.registerCA(CARegistration(self.device.authority, as: .sniOnly)).change == .unchanged)
    }

    @Test func `a registration code that AWS replaced meanwhile is asked for anew`() async throws {
        let script = Script(
            .notFound, .answer(200, #"{"registrationCode": "a"}"#), .refusal(400, "RegistrationCodeValidationException"), .notFound,
            .answer(200, #"{"registrationCode": "b"}"#), .answer(200, #"{"certificateArn": "arn"}"#))
        let result = try await script.iot.registerCA(CARegistration(self.device.authority, as: .primary(self.device.signer)))
        #expect(result.change == .created)
        let proof = try X509Certificate(pem: try script.body(5)["verificationCertificate"]?.stringValue ?? "")
        #expect(proof.subject.commonName == "b")
    }

    @Test func `a CA in the other mode cannot be changed`() async throws {
        let script = Script(Self.present("ACTIVE", "ENABLE", mode: "SNI_ONLY"))
        let failure = await error { () throws(IoTCoreError) in
            _ = try await script.iot.registerCA(CARegistration(self.device.authority, as: .primary(self.device.signer)))
        }
        #expect(failure?.code == .notChangeable)
    }

    @Test func `a certificate that may not sign is refused`() async throws {
        let script = Script()
        let failure = await error { () throws(IoTCoreError) in
            _ = try await script.iot.registerCA(CARegistration(self.device.certificate, as: .sniOnly))
        }
        #expect(failure?.code == .notAnAuthority)
        #expect(script.calls.isEmpty)
    }

    @Test func `a proof that is not signed by the CA is not sent`() async throws {
        let other = try TestDevice("other")
        let script = Script(.notFound, .answer(200, #"{"registrationCode": "c0de"}"#))
        let failure = await error { () throws(IoTCoreError) in
            _ = try await script.iot.registerCA(CARegistration(self.device.authority, as: .primary(other.signer)))
        }
        #expect(failure?.code == .notProven)
        #expect(failure?.signerError is CryptoError)
        #expect(script.calls.count == 2)
    }

    @Test func `what the signer throws comes with the error`() async throws {
        struct Closed: Error {}
        struct ClosedSigner: VerificationCertificateSigner {
            func verificationCertificate(for request: CertificateSigningRequest) async throws -> X509Certificate { throw Closed() }
        }
        let script = Script(.notFound, .answer(200, #"{"registrationCode": "c0de"}"#))
        let failure = await error { () throws(IoTCoreError) in
            _ = try await script.iot.registerCA(CARegistration(self.device.authority, as: .primary(ClosedSigner())))
        }
        #expect(failure?.code == .notProven)
        #expect(failure?.signerError is Closed)
    }
}
