// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import Foundation
import HTTPTypes
import Testing

/// Requests that botocore signed, `botocore.json`.
@Suite struct BotocoreTests {
    struct Case: Decodable, CustomTestStringConvertible {
        struct Options: Decodable {
            let mode: String
            let normalizePath: Bool
            let doubleEncodePath: Bool
            let contentSha256Header: Bool
            let unsignedPayload: Bool
            let expirationInSeconds: Int64?
        }

        struct Request: Decodable {
            let method: String
            let scheme: String
            let authority: String
            let path: String
            let query: String
            let headers: [VectorHeader]
            let body: String?
            let bodyBase64: String?
        }

        struct Expected: Decodable {
            let canonicalRequest: String
            let stringToSign: String
            let signature: String
            let authorization: String?
            let signedUrl: String?
            let addedHeaders: [String: String]?

            // The keys of `added_headers` are header names, which the decoder's conversion of keys must not touch.
            enum CodingKeys: String, CodingKey {
                case canonicalRequest, stringToSign, signature, authorization, signedUrl, addedHeaders
            }
        }

        let name: String
        let context: VectorContext<Options>
        let request: Request
        let expected: Expected

        var testDescription: String { self.name }

        func makeRequest() throws -> HTTPRequest {
            HTTPRequest(
                method: try #require(HTTPRequest.Method(self.request.method)), scheme: self.request.scheme,
                authority: self.request.authority,
                path: self.request.query.isEmpty ? self.request.path : "\(self.request.path)?\(self.request.query)",
                headerFields: try HTTPFields(self.request.headers))
        }

        func payload() throws -> SigningPayload {
            // S3 presigns without the body whatever the case says.
            if self.context.unsignedPayload || (self.context.service == "s3" && self.context.mode == "query") { return .unsigned }
            if let text = self.request.body { return try .bytes(Array(text.utf8)) }
            return try .bytes(Array(try #require(Data(base64Encoded: self.request.bodyBase64 ?? ""))))
        }

        func signingContext() throws -> SigningContext {
            try self.context.signingContext(
                options: SigningOptions(
                    normalizesPath: self.context.normalizePath, encodesPathTwice: self.context.doubleEncodePath,
                    addsContentDigestHeader: self.context.contentSha256Header))
        }
    }

    @Test(arguments: try Vectors.cases(of: "botocore", as: Case.self))
    func `a request is signed as botocore does`(vector: Case) throws {
        let original = try vector.makeRequest()
        var request = original
        let steps: AWSSigner.Steps
        switch vector.context.mode {
        case "header":
            steps = try AWSSigner().signHeaders(&request, payload: vector.payload(), in: vector.signingContext())
            let expected = try #require(vector.expected.addedHeaders)
            let added = request.headerFields.filter { field in !original.headerFields.contains(field) }
            var all = Dictionary(uniqueKeysWithValues: added.map { ($0.name.canonicalName, $0.value) })
            #expect(all.removeValue(forKey: "authorization") == vector.expected.authorization)
            #expect(all == Dictionary(uniqueKeysWithValues: expected.map { ($0.lowercased(), $1) }))
        case "query":
            let seconds = try #require(vector.context.expirationInSeconds)
            steps = try AWSSigner().signQuery(
                &request, payload: vector.payload(), expiresIn: .seconds(seconds), in: vector.signingContext())
            let url = "\(vector.request.scheme)://\(vector.request.authority)\(try #require(request.path))"
            #expect(SignedQuery(url) == SignedQuery(try #require(vector.expected.signedUrl)))
            #expect(request.headerFields == original.headerFields)
        default:
            Issue.record("unknown mode \(vector.context.mode)")
            return
        }
        #expect(steps.canonicalRequest == vector.expected.canonicalRequest)
        #expect(steps.stringToSign == vector.expected.stringToSign)
        #expect(steps.signature == vector.expected.signature)
    }
}
