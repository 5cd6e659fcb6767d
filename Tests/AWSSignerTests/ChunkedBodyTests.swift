// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
import SystemCrypto
import Testing

@Suite struct ChunkedBodyTests {
    static let checksum = HTTPField.Name("x-amz-checksum-crc32c") ?? .cookie
    static let request = HTTPRequest(method: .put, scheme: "https", authority: "bucket.s3.eu-west-1.amazonaws.com", path: "/key")

    static func context(_ algorithm: SigningAlgorithm = .v4) -> SigningContext {
        SigningContext(
            credentials: AWSSignerTests.credentials, region: "eu-west-1", service: "s3", timestamp: AWSTimestamp(secondsSinceEpoch: 0),
            algorithm: algorithm)
    }

    /// What is sent of a body of zeros, handed over in pieces of a length.
    private func encode(_ body: ChunkedBody, _ trailers: HTTPFields = [:], pieces: Int = 1_000, _ algorithm: SigningAlgorithm = .v4) throws
        -> (request: HTTPRequest, sent: [UInt8], announced: Int)
    {
        var request = Self.request
        var encoder = try AWSSigner().sign(&request, chunked: body, in: Self.context(algorithm))
        let announced = encoder.encodedLength
        var sent: [UInt8] = []
        var left = body.contentLength
        while left > 0 {
            let piece = [UInt8](repeating: 0, count: min(left, pieces))
            sent += try encoder.encode(piece.span)
            left -= piece.count
        }
        sent += try encoder.finish(trailers: trailers)
        return (request, sent, announced)
    }

    @Test func `chunks without signatures are followed by their trailers`() throws {
        let body = ChunkedBody(
            contentLength: 8_193, chunkLength: 8_192, signsChunks: false, trailers: [.init(Self.checksum, valueLength: 8)])
        let (request, sent, announced) = try self.encode(body, [Self.checksum: "AAAAAA=="])
        let zeros = String(repeating: "\u{0}", count: 8_192)
        #expect(
            String(decoding: sent, as: UTF8.self)
                == "2000\r\n\(zeros)\r\n1\r\n\u{0}\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n")
        #expect(announced == sent.count)
        let fields = Dictionary(uniqueKeysWithValues: request.headerFields.map { ($0.name.canonicalName, $0.value) })
        #expect(fields["x-amz-content-sha256"] == "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        #expect(fields["x-amz-trailer"] == "x-amz-checksum-crc32c")
        #expect(fields["x-amz-decoded-content-length"] == "8193")
        #expect(fields["content-encoding"] == "aws-chunked")
        #expect(fields["content-length"] == String(sent.count))
    }

    @Test(arguments: [1, 8_191, 8_192, 8_193, 100_000])
    func `the pieces in which a body comes make no difference`(pieces: Int) throws {
        let body = ChunkedBody(contentLength: 30_000, chunkLength: 8_192)
        #expect(try self.encode(body, pieces: pieces).sent == self.encode(body, pieces: 30_000).sent)
    }

    @Test(arguments: [0, 1, 8_191, 8_192, 8_193, 16_384, 100_000], [SigningAlgorithm.v4, .v4a])
    func `the length is known before the body`(count: Int, algorithm: SigningAlgorithm) throws {
        for signsChunks in [true, false] {
            for trailers: HTTPFields in [[:], [Self.checksum: "AAAAAA==", .contentType: "text/plain"]]
            where signsChunks || !trailers.isEmpty {
                let body = ChunkedBody(
                    contentLength: count, chunkLength: 8_192, signsChunks: signsChunks,
                    trailers: trailers.map { ChunkedBody.Trailer($0.name, valueLength: $0.value.utf8.count) })
                let (_, sent, announced) = try self.encode(body, trailers, algorithm)
                #expect(sent.count == announced)
                #expect(try ChunkedText(sent).body.count == count)
            }
        }
    }

    @Test func `chunks signed by ECDSA verify, each over the one before`() throws {
        let body = ChunkedBody(contentLength: 10_000, chunkLength: 8_192, trailers: [.init(Self.checksum, valueLength: 8)])
        let (request, sent, _) = try self.encode(body, [Self.checksum: "AAAAAA=="], .v4a)
        #expect(
            request.headerFields[HTTPField.Name("x-amz-content-sha256")!] == "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER")
        let text = try ChunkedText(sent)
        #expect(text.signatures.allSatisfy { $0.utf8.count == 144 })
        let key = try AsymmetricKeyDerivation.key(of: AWSSignerTests.credentials).publicKey
        let authorization = try #require(request.headerFields[.authorization])
        var previous = try #require(authorization.split(separator: "=").last.map(String.init))
        let empty = try SHA256.hash([UInt8]()).hexadecimal
        let scope = "19700101T000000Z\n19700101/s3/aws4_request"
        for (length, padded) in zip(text.lengths, text.signatures) {
            let signature = String(padded.prefix { $0 != "*" })
            let digest = try SHA256.hash([UInt8](repeating: 0, count: length)).hexadecimal
            let message = Array("AWS4-ECDSA-P256-SHA256-PAYLOAD\n\(scope)\n\(previous)\n\(empty)\n\(digest)".utf8)
            let bytes = try #require(Hexadecimal.decode(signature))
            #expect(try key.isValidSignature(bytes.span, for: message.span))
            previous = signature
        }
        let digest = try SHA256.hash(Array("x-amz-checksum-crc32c:AAAAAA==\n".utf8)).hexadecimal
        let message = Array("AWS4-ECDSA-P256-SHA256-TRAILER\n\(scope)\n\(previous)\n\(digest)".utf8)
        let padded = try #require(text.trailerSignature)
        #expect(padded.utf8.count == 144)
        let bytes = try #require(Hexadecimal.decode(String(padded.prefix { $0 != "*" })))
        #expect(try key.isValidSignature(bytes.span, for: message.span))
    }

    @Test(arguments: [("gzip", "aws-chunked,gzip"), ("aws-chunked, gzip", "aws-chunked,gzip"), ("aws-chunked", "aws-chunked")])
    func `the encoding stands in front of others`(given: String, expected: String) throws {
        var request = Self.request
        request.headerFields[.contentEncoding] = given
        _ = try AWSSigner().sign(&request, chunked: ChunkedBody(contentLength: 0), in: Self.context())
        #expect(request.headerFields[.contentEncoding] == expected)
    }

    @Test(arguments: [
        ChunkedBody(contentLength: -1), ChunkedBody(contentLength: .max), ChunkedBody(contentLength: 1, chunkLength: 8_191),
        ChunkedBody(contentLength: 1, chunkLength: .max), ChunkedBody(contentLength: 1, signsChunks: false),
        ChunkedBody(contentLength: 1, trailers: [.init(checksum, valueLength: 1), .init(checksum, valueLength: 1)]),
        ChunkedBody(contentLength: 1, trailers: [.init(checksum, valueLength: -1)]),
        ChunkedBody(contentLength: 1, trailers: [.init(checksum, valueLength: .max)]),
    ])
    func `a body that cannot be cut is an error`(body: ChunkedBody) {
        var request = Self.request
        #expect(throws: AWSSignerError(.invalidBody, message: "")) {
            _ = try AWSSigner().sign(&request, chunked: body, in: Self.context())
        }
        #expect(request == Self.request)
    }

    @Test(arguments: [HTTPFields(), [checksum: "short"], [checksum: "AAAAAA==", .date: "x"], [.date: "AAAAAA=="]])
    func `trailers that were not announced so are an error`(trailers: HTTPFields) {
        let body = ChunkedBody(contentLength: 0, trailers: [.init(Self.checksum, valueLength: 8)])
        #expect(throws: AWSSignerError(.invalidBody, message: "")) { _ = try self.encode(body, trailers) }
    }

    @Test func `a body of another length than announced is an error`() throws {
        var request = Self.request
        var encoder = try AWSSigner().sign(&request, chunked: ChunkedBody(contentLength: 10), in: Self.context())
        let nine = [UInt8](repeating: 0, count: 9)
        let first = try encoder.encode(nine.span)
        #expect(first.isEmpty)
        do throws(AWSSignerError) {
            _ = try encoder.encode(nine.span)
            Issue.record("more was taken than announced")
        } catch { #expect(error.code == .invalidBody) }
        do throws(AWSSignerError) {
            _ = try encoder.finish()
            Issue.record("less was taken than announced")
        } catch { #expect(error.code == .invalidBody) }
    }
}
