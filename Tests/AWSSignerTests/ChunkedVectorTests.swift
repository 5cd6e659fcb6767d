// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
import SystemCrypto
import Testing

/// Bodies in signed chunks, `chunked.json`.
@Suite struct ChunkedVectorTests {
    struct Case: Decodable, CustomTestStringConvertible {
        struct Options: Decodable {
            let chunkSize: Int
        }

        struct Request: Decodable {
            let method: String
            let path: String
            let headers: [String: String]
            let bodyLength: Int
            let bodySha256: String
            let bodyRule: String
            let trailer: [[String]]?
        }

        struct Expected: Decodable {
            let seedCanonicalRequest: String
            let seedSignature: String
            let chunkLengths: [Int]
            let chunkSignatures: [String]?
            let encodedLength: Int?
            let trailerSignature: String?
        }

        let name: String
        let context: VectorContext<Options>
        let request: Request
        let expected: Expected

        var testDescription: String { self.name }

        func body() throws -> [UInt8] {
            let count = self.request.bodyLength
            let bytes: [UInt8]
            if let rule = self.request.bodyRule.wholeMatch(of: /byte i is \(i\*(\d+)\+(\d+)\) mod 256/) {
                let (factor, summand) = (try #require(Int(rule.1)), try #require(Int(rule.2)))
                bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * factor + summand) }
            } else {
                let rule = try #require(self.request.bodyRule.prefixMatch(of: /byte i is (\d+)/), "unknown rule")
                bytes = [UInt8](repeating: try #require(UInt8(rule.1)), count: count)
            }
            #expect(try SHA256.hash(bytes).hexadecimal == self.request.bodySha256)
            return bytes
        }

        /// The request with its fields, or without those that the signer adds.
        func makeRequest(isComplete: Bool) throws -> HTTPRequest {
            let added: Set = ["x-amz-date", "x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer", "content-length"]
            let host = try #require(self.request.headers["host"])
            var request = HTTPRequest(
                method: try #require(HTTPRequest.Method(self.request.method)), scheme: "https",
                authority: host, path: self.request.path)
            for (name, value) in self.request.headers where name != "host" && (isComplete || !added.contains(name)) {
                guard isComplete || !(name == "content-encoding" && value == "aws-chunked") else { continue }
                request.headerFields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
            }
            return request
        }

        func trailers() throws -> HTTPFields {
            var fields = HTTPFields()
            for pair in self.request.trailer ?? [] {
                try #require(pair.count == 2)
                fields.append(HTTPField(name: try #require(HTTPField.Name(pair[0])), value: pair[1]))
            }
            return fields
        }
    }

    @Test(arguments: try Vectors.cases(of: "chunked", as: Case.self), [true, false])
    func `a body is cut and signed as S3 wants it`(vector: Case, isComplete: Bool) throws {
        var request = try vector.makeRequest(isComplete: isComplete)
        let body = try vector.body()
        let trailers = try vector.trailers()
        let chunked = ChunkedBody(
            contentLength: body.count, chunkLength: vector.context.chunkSize,
            signsChunks: vector.request.headers["x-amz-content-sha256"] != "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            trailers: trailers.map { ChunkedBody.Trailer($0.name, valueLength: $0.value.utf8.count) })
        var encoder = try AWSSigner().sign(&request, chunked: chunked, in: vector.context.signingContext())
        let steps = encoder.steps
        #expect(steps.canonicalRequest == vector.expected.seedCanonicalRequest)
        #expect(steps.signature == vector.expected.seedSignature)

        let length = encoder.encodedLength
        if let expected = vector.expected.encodedLength { #expect(length == expected) }
        #expect(request.headerFields[.contentLength] == String(length))
        var sent: [UInt8] = []
        // Pieces that do not fit the chunks.
        for start in stride(from: 0, to: body.count, by: 10_007) {
            let piece = Array(body[start..<min(start + 10_007, body.count)])
            sent += try encoder.encode(piece.span)
        }
        sent += try encoder.finish(trailers: trailers)
        #expect(sent.count == length)

        let decoded = try ChunkedText(sent)
        #expect(decoded.lengths == vector.expected.chunkLengths)
        #expect(decoded.body == body)
        if let expected = vector.expected.chunkSignatures { #expect(decoded.signatures == expected) }
        #expect(decoded.trailerSignature == vector.expected.trailerSignature)
        #expect(decoded.trailers == vector.request.trailer?.map { "\($0[0]):\($0[1])" } ?? [])
    }
}
