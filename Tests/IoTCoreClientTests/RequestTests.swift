// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import Foundation
import IoTCoreClient
import Testing

/// Compares each request with the one that botocore makes of the same input.
@Suite struct RequestTests {
    static let pem = "-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n"
    static let policy = #"{"Version": "2012-10-17", "Statement": []}"#
    static let certificateARN = "arn:aws:iot:eu-west-1:123456789012:cert/0a1b"

    static let operations: [String: any IoTCoreOperation] = [
        "GetRegistrationCode": GetRegistrationCode(),
        "RegisterCACertificate with everything": RegisterCACertificate(
            caCertificate: pem, verificationCertificate: pem, setAsActive: true, allowAutoRegistration: false,
            tags: [Tag(key: "LMS.CA.ID", value: "ca-1"), Tag(key: "k", value: "")], certificateMode: .default),
        "RegisterCACertificate by SNI": RegisterCACertificate(caCertificate: pem, certificateMode: .sniOnly),
        "DescribeCACertificate": DescribeCACertificate(certificateID: String(repeating: "ab", count: 32)),
        "UpdateCACertificate": UpdateCACertificate(
            certificateID: String(repeating: "ab", count: 32), newStatus: .inactive, newAutoRegistrationStatus: .disable),
        "ListCACertificates": ListCACertificates(),
        "ListCACertificates, a later page": ListCACertificates(pageSize: 25, marker: "a/b+c= d", ascendingOrder: true),
        "RegisterCertificate": RegisterCertificate(certificatePEM: pem, caCertificatePEM: pem, status: .active),
        "RegisterCertificate alone": RegisterCertificate(certificatePEM: pem),
        "DescribeCertificate": DescribeCertificate(certificateID: String(repeating: "cd", count: 32)),
        "UpdateCertificate": UpdateCertificate(certificateID: String(repeating: "cd", count: 32), newStatus: .revoked),
        "CreateThing": CreateThing(thingName: "press:01_a-b"),
        "CreateThing of a type": CreateThing(thingName: "press-01", thingTypeName: "press"),
        "DescribeThing": DescribeThing(thingName: "press:01"),
        "CreatePolicy": CreatePolicy(policyName: "p@1=,.", policyDocument: policy),
        "CreatePolicy with tags": CreatePolicy(policyName: "p", policyDocument: policy, tags: [Tag(key: "k", value: "v")]),
        "GetPolicy": GetPolicy(policyName: "p+1"),
        "CreatePolicyVersion": CreatePolicyVersion(policyName: "p", policyDocument: policy, setAsDefault: true),
        "ListPolicyVersions": ListPolicyVersions(policyName: "p"),
        "DeletePolicyVersion": DeletePolicyVersion(policyName: "p", policyVersionID: "3"),
        "AttachPolicy": AttachPolicy(policyName: "p", target: certificateARN),
        "ListAttachedPolicies": ListAttachedPolicies(target: certificateARN, recursive: false, marker: "m", pageSize: 10),
        "AttachThingPrincipal": AttachThingPrincipal(thingName: "press-01", principal: certificateARN),
        "ListThingPrincipals": ListThingPrincipals(thingName: "press-01", nextToken: "t=/+", maxResults: 5),
        "ListTagsForResource": ListTagsForResource(resourceARN: certificateARN, nextToken: "t"),
        "DescribeEndpoint": DescribeEndpoint(endpointType: "iot:Data-ATS"),
    ]

    static func recorded() throws -> [RecordedRequest] {
        let file = try #require(Bundle.module.url(forResource: "requests", withExtension: "json", subdirectory: "Fixtures"))
        return try RecordedRequest.all(in: Array(Data(contentsOf: file)))
    }

    @Test(arguments: try recorded()) func `a request is the one that botocore makes`(recorded: RecordedRequest) throws {
        let operation = try #require(Self.operations[recorded.name])
        #expect(try RequestShape(of: operation) == recorded.shape())
    }

    @Test func `each input here has a recorded request`() throws {
        #expect(try Set(Self.operations.keys) == Set(Self.recorded().map(\.name)))
    }
}
