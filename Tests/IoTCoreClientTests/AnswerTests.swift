// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing

@Suite struct AnswerTests {
    static let certificateARN = "arn:aws:iot:eu-west-1:123456789012:cert/0a1b"

    /// Sends an operation to an AWS that gives `answer`.
    static func send<Operation: IoTCoreOperation>(_ operation: Operation, answer: String) async throws -> Operation.Output {
        try await IoTCoreClient(.scripted(ScriptedTransport([.answer(200, answer)]))).send(operation)
    }

    @Test func `a registration code is read`() async throws {
        let output = try await Self.send(GetRegistrationCode(), answer: #"{"registrationCode": "c0de", "new": {"a": [1]}}"#)
        #expect(output.registrationCode == "c0de")
    }

    @Test func `a registered CA has an ARN and an id`() async throws {
        let output = try await Self.send(
            RegisterCACertificate(caCertificate: "pem"),
            answer: #"{"certificateArn": "arn:aws:iot:eu-west-1:123456789012:cacert/0a1b", "certificateId": "0a1b"}"#)
        #expect(output.certificateARN == "arn:aws:iot:eu-west-1:123456789012:cacert/0a1b")
        #expect(output.certificateID == "0a1b")
    }

    @Test func `a CA is described`() async throws {
        let answer = """
            {"certificateDescription": {"certificateArn": "a", "certificateId": "0a1b", "status": "ACTIVE", "certificatePem": "pem",
            "ownedBy": "123456789012", "creationDate": 1.7E9, "autoRegistrationStatus": "ENABLE", "certificateMode": "SNI_ONLY",
            "validity": {"notBefore": 0.5, "notAfter": 1e3}, "customerVersion": 1}, "registrationConfig": {"roleArn": null}}
            """
        let output = try await Self.send(DescribeCACertificate(certificateID: "0a1b"), answer: answer)
        let description = try #require(output.certificateDescription)
        #expect(description.certificateID == "0a1b")
        #expect(description.status == .active)
        #expect(description.certificatePEM == "pem")
        #expect(description.autoRegistrationStatus == .enable)
        #expect(description.certificateMode == .sniOnly)
    }

    @Test func `CAs are listed page by page`() async throws {
        let answer = #"{"certificates": [{"certificateId": "1", "status": "INACTIVE", "creationDate": 1}, {}], "nextMarker": "m"}"#
        let output = try await Self.send(ListCACertificates(), answer: answer)
        #expect(output.certificates?.map(\.certificateID) == ["1", nil])
        #expect(output.certificates?.first?.status == .inactive)
        #expect(output.nextMarker == "m")
    }

    @Test func `a certificate is described, with a status that is not known yet`() async throws {
        let answer = """
            {"certificateDescription": {"certificateArn": "\(Self.certificateARN)", "certificateId": "0a1b", "caCertificateId": "ca",
            "status": "SUSPENDED", "transferData": {}, "certificateMode": null}}
            """
        let output = try await Self.send(DescribeCertificate(certificateID: "0a1b"), answer: answer)
        let description = try #require(output.certificateDescription)
        #expect(description.certificateARN == Self.certificateARN)
        #expect(description.caCertificateID == "ca")
        #expect(description.status == CertificateStatus(rawValue: "SUSPENDED"))
        #expect(description.certificateMode == nil)
    }

    @Test func `a thing is described`() async throws {
        let answer = #"{"thingName": "press-01", "thingArn": "a", "attributes": {"site": "x"}, "version": 3, "defaultClientId": "c"}"#
        let output = try await Self.send(DescribeThing(thingName: "press-01"), answer: answer)
        #expect(output.thingName == "press-01")
        #expect(output.attributes == ["site": "x"])
        #expect(output.version == 3)
    }

    @Test func `policies and their versions are listed`() async throws {
        let versions = try await Self.send(
            ListPolicyVersions(policyName: "p"),
            answer: #"{"policyVersions": [{"versionId": "2", "isDefaultVersion": true, "createDate": 1.5}, {"versionId": "1"}]}"#)
        #expect(versions.policyVersions?.first { $0.isDefaultVersion == true }?.versionID == "2")
        let attached = try await Self.send(
            ListAttachedPolicies(target: Self.certificateARN), answer: #"{"policies": [{"policyName": "p", "policyArn": "a"}]}"#)
        #expect(attached.policies?.map(\.policyName) == ["p"])
    }

    @Test func `tags and the endpoint are read`() async throws {
        let tags = try await Self.send(
            ListTagsForResource(resourceARN: "a"), answer: #"{"tags": [{"Key": "k", "Value": "v"}, {"Key": "empty"}], "nextToken": null}"#)
        #expect(tags.tags == [Tag(key: "k", value: "v"), Tag(key: "empty")])
        let endpoint = try await Self.send(DescribeEndpoint(), answer: #"{"endpointAddress": "x-ats.iot.eu-west-1.amazonaws.com"}"#)
        #expect(endpoint.endpointAddress == "x-ats.iot.eu-west-1.amazonaws.com")
    }

    @Test func `nulls in lists and maps count as missing`() async throws {
        let attached = try await Self.send(
            ListAttachedPolicies(target: Self.certificateARN), answer: #"{"policies": [null, {"policyName": "p"}, null]}"#)
        #expect(attached.policies?.map(\.policyName) == ["p"])
        let thing = try await Self.send(DescribeThing(thingName: "t"), answer: #"{"attributes": {"a": null, "b": "c"}, "version": null}"#)
        #expect(thing.attributes == ["b": "c"])
        #expect(thing.version == nil)
    }

    @Test func `what has no output takes an empty answer`() async throws {
        try await Self.send(UpdateCertificate(certificateID: "0a1b", newStatus: .revoked), answer: "")
        try await Self.send(AttachPolicy(policyName: "p", target: Self.certificateARN), answer: "{}")
    }

    static let answers = [
        SampleAnswer(GetRegistrationCode.self, #"{"new": [null], "registrationCode": "c0de"}"#),
        SampleAnswer(RegisterCACertificate.self, #"{"certificateArn": "a", "new": {}, "certificateId": null}"#),
        SampleAnswer(DescribeCACertificate.self, #"{"certificateDescription": {"status": "ACTIVE", "new": 1}, "new": {"b": false}}"#),
        SampleAnswer(UpdateCACertificate.self, #"{"new": 1}"#),
        SampleAnswer(ListCACertificates.self, #"{"certificates": [{"certificateId": "1", "new": ""}], "nextMarker": "m", "new": 1}"#),
        SampleAnswer(RegisterCertificate.self, #"{"certificateArn": "a", "certificateId": "i", "new": []}"#),
        SampleAnswer(
            DescribeCertificate.self, #"{"certificateDescription": {"validity": {"notAfter": 1}, "status": "REVOKED"}, "new": 0}"#),
        SampleAnswer(UpdateCertificate.self, #"{"new": "x"}"#),
        SampleAnswer(CreateThing.self, #"{"thingName": "t", "thingArn": "a", "thingId": "i", "new": 1}"#),
        SampleAnswer(DescribeThing.self, #"{"attributes": {"k": "v"}, "version": 7, "new": 1}"#),
        SampleAnswer(CreatePolicy.self, #"{"policyName": "p", "policyArn": "a", "policyVersionId": "1", "new": 1}"#),
        SampleAnswer(GetPolicy.self, #"{"policyName": "p", "policyDocument": "{}", "defaultVersionId": "1", "new": 1}"#),
        SampleAnswer(CreatePolicyVersion.self, #"{"policyArn": "a", "policyVersionId": "2", "isDefaultVersion": true, "new": 1}"#),
        SampleAnswer(ListPolicyVersions.self, #"{"policyVersions": [{"versionId": "1", "isDefaultVersion": true, "new": 1}], "new": 1}"#),
        SampleAnswer(DeletePolicyVersion.self, "{}"),
        SampleAnswer(AttachPolicy.self, "{}"),
        SampleAnswer(ListAttachedPolicies.self, #"{"policies": [{"policyName": "p", "new": 1}], "nextMarker": "m", "new": 1}"#),
        SampleAnswer(AttachThingPrincipal.self, "{}"),
        SampleAnswer(ListThingPrincipals.self, #"{"principals": ["a", "b"], "nextToken": "t", "new": 1}"#),
        SampleAnswer(ListTagsForResource.self, #"{"tags": [{"Key": "k", "Value": "v", "new": 1}], "nextToken": "t", "new": 1}"#),
        SampleAnswer(DescribeEndpoint.self, #"{"endpointAddress": "e", "new": 1}"#),
    ]

    @Test(arguments: answers) func `a good answer is read, unknown members and all`(answer: SampleAnswer) {
        #expect(answer.failure == nil)
    }

    @Test(arguments: answers) func `what is cut, and what is no answer of AWS, is a malformed response`(answer: SampleAnswer) {
        let expected = AWSError(.malformedResponse, code: "MalformedResponse", message: "")
        #expect(answer.truncationErrors.allSatisfy { $0 == expected })
        #expect(answer.pageErrors.allSatisfy { $0 == expected })
    }

    @Test(arguments: answers) func `changed bytes give an answer or a malformed response`(answer: SampleAnswer) {
        #expect(answer.mutationErrors.allSatisfy { $0.kind == .malformedResponse })
    }
}
