// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import TestSupport
import Testing

@Suite struct CredentialsDocumentTests {
    static let documents: [(CredentialsDocument, String)] = [
        (
            .metadata,
            #"{"Code": "Success", "AccessKeyId": "A", "SecretAccessKey": "S", "Token": "T", "Expiration": "2030-01-01T00:00:00Z"}"#
        ),
        (
            .process,
            #"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T", "Expiration": "2030-01-01T00:00:00Z"}"#
        ),
        (
            .iot,
            #"{"credentials": {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "expiration": "2030-01-01T00:00:00Z"}}"#
        ),
        (
            .singleSignOn,
            #"{"roleCredentials": {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "expiration": 1893456000000}}"#
        ),
    ]

    @Test(arguments: documents)
    func `a document is read whole, and no beginning of it`(document: CredentialsDocument, text: String) throws {
        let bytes = Array(text.utf8)
        let expected = AWSCredentials(
            accessKeyID: "A", secretAccessKey: "S", sessionToken: "T", expiration: AWSTimestamp(secondsSinceEpoch: 1_893_456_000))
        #expect(try document.credentials(in: bytes, from: "the test") == expected)
        for count in 0..<bytes.count {
            #expect(throws: AWSError(.credentials, code: .malformedCredentials, message: "")) {
                try document.credentials(in: Array(bytes.prefix(count)), from: "the test")
            }
        }
    }

    @Test(arguments: documents)
    func `a document with changed bytes is read or refused`(document: CredentialsDocument, text: String) {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<1_000 {
            var bytes = Array(text.utf8)
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator) }
            do throws(AWSError) {
                _ = try document.credentials(in: bytes, from: "the test")
            } catch {
                #expect(error.kind == .credentials)
            }
        }
    }

    private static func answer(of operation: String) -> String {
        """
        <\(operation)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(operation)Result><AssumedRoleUser><Arn>a</Arn>\
        </AssumedRoleUser><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>\
        <Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></\(operation)Result><ResponseMetadata/></\(operation)Response>
        """
    }

    @Test(arguments: [
        SampleAnswer(AssumeRole.self, answer(of: "AssumeRole")),
        SampleAnswer(AssumeRoleWithWebIdentity.self, answer(of: "AssumeRoleWithWebIdentity")),
        SampleAnswer(GetRoleCredentials.self, documents[3].1),
        SampleAnswer(CreateToken.self, #"{"accessToken": "T", "tokenType": "Bearer", "expiresIn": 3600, "refreshToken": "R"}"#),
    ])
    func `an answer of AWS is read whole, and no beginning of it, whatever its bytes`(sample: SampleAnswer) {
        #expect(sample.failure == nil)
        #expect(sample.truncationErrors.allSatisfy { $0?.code == .malformedCredentials })
        #expect(sample.pageErrors.allSatisfy { $0?.code == .malformedCredentials })
        #expect(sample.mutationErrors.allSatisfy { $0.kind == .credentials })
    }
}
