// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
import Testing

/// The signing test suite of AWS, `cases.json`.
@Suite struct AWSTestSuiteTests {
    struct Case: Decodable, CustomTestStringConvertible {
        struct Context: Decodable {
            let credentials: VectorCredentials
            let region: String
            let service: String
            let timestamp: String
            let normalize: Bool
            let signBody: Bool
            let expirationInSeconds: Int64
            let omitSessionToken: Bool
        }

        struct Request: Decodable {
            let method: String
            let target: String
            let headers: [VectorHeader]
            let body: String
        }

        struct Header: Decodable {
            let canonicalRequest: String
            let stringToSign: String
            let signature: String
            let signedRequest: Request
        }

        struct Query: Decodable {
            let canonicalRequest: String
            let stringToSign: String
            let signature: String
            let signedTarget: String
        }

        let name: String
        let context: Context
        let request: Request
        let header: Header
        let query: Query

        var testDescription: String { self.name }

        /// The request; its target, raw in the file, is encoded as it would be on the wire, and so it must not be encoded again.
        func makeRequest() throws -> HTTPRequest {
            let host = try #require(self.request.headers.first { $0.name.lowercased() == "host" }?.value)
            return HTTPRequest(
                method: try #require(HTTPRequest.Method(self.request.method)), scheme: "https", authority: host,
                path: AWSEncoding.target(self.request.target),
                headerFields: try HTTPFields(self.request.headers.filter { $0.name.lowercased() != "host" }))
        }

        func signingContext(addsContentDigestHeader: Bool) throws -> SigningContext {
            SigningContext(
                credentials: self.context.credentials.credentials, region: self.context.region, service: self.context.service,
                timestamp: try AWSTimestamp(self.context.timestamp),
                options: SigningOptions(
                    normalizesPath: self.context.normalize, encodesPathTwice: false, addsContentDigestHeader: addsContentDigestHeader,
                    signsSessionToken: !self.context.omitSessionToken))
        }
    }

    @Test(arguments: try Vectors.cases(of: "cases", as: Case.self))
    func `a request is signed by headers as AWS does`(vector: Case) throws {
        var request = try vector.makeRequest()
        let steps = try AWSSigner().signHeaders(
            &request, payload: .bytes(Array(vector.request.body.utf8)),
            in: vector.signingContext(addsContentDigestHeader: vector.context.signBody))
        #expect(steps.canonicalRequest == vector.header.canonicalRequest)
        #expect(steps.stringToSign == vector.header.stringToSign)
        #expect(steps.signature == vector.header.signature)
        let expected = try HTTPFields(vector.header.signedRequest.headers.filter { $0.name.lowercased() != "host" })
        #expect(request.headerFields == expected)
    }

    @Test(arguments: try Vectors.cases(of: "cases", as: Case.self))
    func `a request is signed by its query as AWS does`(vector: Case) throws {
        var request = try vector.makeRequest()
        let steps = try AWSSigner().signQuery(
            &request, payload: .bytes(Array(vector.request.body.utf8)), expiresIn: .seconds(vector.context.expirationInSeconds),
            in: vector.signingContext(addsContentDigestHeader: false))
        #expect(steps.canonicalRequest == vector.query.canonicalRequest)
        #expect(steps.stringToSign == vector.query.stringToSign)
        #expect(steps.signature == vector.query.signature)
        let parts = vector.query.signedTarget.split(separator: "?", maxSplits: 1)
        let encodedPath = AWSEncoding.target(String(parts[0]))
        let expected = SignedQuery("\(encodedPath)?\(parts[1])")
        // The file keeps the raw text of what the request's own query was.
        let own = SignedQuery(vector.request.target).parameters
        let ownOnTheWire = SignedQuery(AWSEncoding.target(vector.request.target)).parameters
        let signed = SignedQuery(try #require(request.path))
        #expect(signed.path == expected.path)
        #expect(signed.parameters == (expected.parameters.filter { !own.contains($0) } + ownOnTheWire).sorted())
    }
}
