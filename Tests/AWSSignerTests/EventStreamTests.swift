// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
import SystemCrypto
import Testing

/// Event streams with signed messages, `event-stream.json`.
@Suite struct EventStreamTests {
    struct Case: Decodable, CustomTestStringConvertible {
        struct Request: Decodable {
            let method: String
            let authority: String
            let path: String
            let headers: [VectorHeader]
        }

        struct Message: Decodable {
            let timestamp: String
            let payload: String
            let signature: String
        }

        struct Expected: Decodable {
            let canonicalRequest: String
            let signature: String
            let messages: [Message]
        }

        let name: String
        let context: VectorContext<NoVectorOptions>
        let request: Request
        let expected: Expected

        var testDescription: String { self.name }

        func makeRequest() throws -> HTTPRequest {
            HTTPRequest(
                method: try #require(HTTPRequest.Method(self.request.method)), scheme: "https", authority: self.request.authority,
                path: self.request.path, headerFields: try HTTPFields(self.request.headers))
        }
    }

    @Test(arguments: try Vectors.cases(of: "event-stream", as: Case.self))
    func `each message is signed over the one before`(vector: Case) throws {
        var request = try vector.makeRequest()
        var signer = try AWSSigner().sign(&request, eventStreamIn: vector.context.signingContext())
        #expect(request.headerFields[.authorization]?.hasSuffix("Signature=\(vector.expected.signature)") == true)
        #expect(request.headerFields[HTTPField.Name("X-Amz-Content-SHA256")!] == "STREAMING-AWS4-HMAC-SHA256-EVENTS")
        for message in vector.expected.messages {
            let payload = try #require(Hexadecimal.decode(message.payload))
            let timestamp = try AWSTimestamp(message.timestamp)
            let headers = try signer.headers(for: payload.span, at: timestamp)
            let milliseconds = String(timestamp.secondsSinceEpoch * 1_000, radix: 16)
            let date = "053a6461746508" + String(repeating: "0", count: 16 - milliseconds.count) + milliseconds
            let name = "103a6368756e6b2d7369676e6174757265"
            let digits = Hexadecimal.encode(headers.span)
            #expect(digits == "\(date)\(name)060020\(message.signature)")
        }
    }

    @Test func `a time that no header carries is an error`() throws {
        var request = ChunkedBodyTests.request
        var signer = try AWSSigner().sign(&request, eventStreamIn: ChunkedBodyTests.context())
        let empty: [UInt8] = []
        for seconds in [Int64.min, .max] {
            do throws(AWSSignerError) {
                _ = try signer.headers(for: empty.span, at: AWSTimestamp(secondsSinceEpoch: seconds))
                Issue.record("a header carries \(seconds)")
            } catch { #expect(error.code == .invalidContext) }
        }
    }

    @Test func `the asymmetric algorithm is refused`() {
        var request = ChunkedBodyTests.request
        #expect(throws: AWSSignerError(.invalidContext, message: "")) {
            _ = try AWSSigner().sign(&request, eventStreamIn: ChunkedBodyTests.context(.v4a))
        }
        #expect(request == ChunkedBodyTests.request)
    }
}
