// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import Foundation
import HTTPTypes
import SystemCrypto
import Testing

/// The signing test suite of AWS, `cases.json` for Signature Version 4 and `cases-v4a.json` for 4A.
@Suite struct AWSTestSuiteTests {
    struct Case: Decodable, CustomTestStringConvertible {
        struct Options: Decodable {
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

        /// The coordinates of the key that is derived for Signature Version 4A.
        struct Point: Decodable {
            let X: String
            let Y: String
        }

        let name: String
        let context: VectorContext<Options>
        let request: Request
        let header: Header
        let query: Query
        let publicKey: Point?

        var testDescription: String { self.name }

        /// The request; its target, raw in the file, is encoded as it would be on the wire, and so it must not be encoded again.
        func makeRequest() throws -> HTTPRequest {
            let host = try #require(self.request.headers.first { $0.name.lowercased() == "host" }?.value)
            return HTTPRequest(
                method: try #require(HTTPRequest.Method(self.request.method)), scheme: "https", authority: host,
                path: AWSEncoding.target(self.request.target),
                headerFields: try HTTPFields(self.request.headers.filter { $0.name.lowercased() != "host" }))
        }

        func derivedKey() throws -> PublicKey {
            let point = try #require(self.publicKey)
            return try PublicKey(p256: point.X, point.Y)
        }

        /// Compares signatures; where they differ by nature, verifies both.
        func expectSignature(_ signature: String, like expected: String, of stringToSign: String) throws {
            guard self.publicKey != nil else {
                #expect(signature == expected)
                return
            }
            let key = try self.derivedKey()
            let message = Array(stringToSign.utf8)
            for digits in [signature, expected] {
                let bytes = try #require(Hexadecimal.decode(digits))
                #expect(try key.isValidSignature(bytes.span, for: message.span))
            }
        }

        func signingContext(addsContentDigestHeader: Bool) throws -> SigningContext {
            try self.context.signingContext(
                algorithm: self.publicKey == nil ? .v4 : .v4a,
                options: SigningOptions(
                    normalizesPath: self.context.normalize, encodesPathTwice: false, addsContentDigestHeader: addsContentDigestHeader,
                    signsSessionToken: !self.context.omitSessionToken))
        }
    }

    static func cases() throws -> [Case] { try Vectors.cases(of: "cases") + Vectors.cases(of: "cases-v4a") }

    @Test(arguments: try Vectors.cases(of: "cases-v4a", as: Case.self))
    func `the key that is derived for Signature Version 4A is the one that AWS derives`(vector: Case) throws {
        let key = try AsymmetricKeyDerivation.key(of: vector.context.credentials)
        #expect(try key.publicKey == vector.derivedKey())
    }

    @Test func `every file of vectors is run by a suite`() throws {
        #expect(try Vectors.present() == Vectors.names)
    }

    @Test(arguments: try Self.cases())
    func `a request is signed by headers as AWS does`(vector: Case) throws {
        var request = try vector.makeRequest()
        let steps = try AWSSigner().signHeaders(
            &request, payload: .bytes(Array(vector.request.body.utf8)),
            in: vector.signingContext(addsContentDigestHeader: vector.context.signBody))
        #expect(steps.canonicalRequest == vector.header.canonicalRequest)
        #expect(steps.stringToSign == vector.header.stringToSign)
        try vector.expectSignature(steps.signature, like: vector.header.signature, of: steps.stringToSign)
        var expected = try HTTPFields(vector.header.signedRequest.headers.filter { $0.name.lowercased() != "host" })
        if vector.publicKey != nil {
            // A signature of ECDSA is another each time.
            let authorization = try #require(expected[.authorization])
            let end = try #require(authorization.range(of: "Signature=")).upperBound
            expected[.authorization] = authorization[..<end] + steps.signature
        }
        #expect(request.headerFields == expected)
    }

    @Test(arguments: try Self.cases())
    func `a request is signed by its query as AWS does`(vector: Case) throws {
        var request = try vector.makeRequest()
        let steps = try AWSSigner().signQuery(
            &request, payload: .bytes(Array(vector.request.body.utf8)), expiresIn: .seconds(vector.context.expirationInSeconds),
            in: vector.signingContext(addsContentDigestHeader: false))
        #expect(steps.canonicalRequest == vector.query.canonicalRequest)
        #expect(steps.stringToSign == vector.query.stringToSign)
        try vector.expectSignature(steps.signature, like: vector.query.signature, of: steps.stringToSign)
        let parts = vector.query.signedTarget.split(separator: "?", maxSplits: 1)
        let encodedPath = AWSEncoding.target(String(parts[0]))
        let expected = SignedQuery("\(encodedPath)?\(parts[1])")
        // The file keeps the raw text of what the request's own query was.
        let own = SignedQuery(vector.request.target).parameters
        let ownOnTheWire = SignedQuery(AWSEncoding.target(vector.request.target)).parameters
        let signed = SignedQuery(try #require(request.path))
        #expect(signed.path == expected.path)
        let isAsymmetric = vector.publicKey != nil
        let theirs = expected.parameters.filter { !own.contains($0) && !(isAsymmetric && $0.hasPrefix("X-Amz-Signature=")) }
        let ours = signed.parameters.filter { !(isAsymmetric && $0 == "X-Amz-Signature=\(steps.signature)") }
        #expect(ours == (theirs + ownOnTheWire).sorted())
    }
}
