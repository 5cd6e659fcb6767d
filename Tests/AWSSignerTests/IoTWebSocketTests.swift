// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
import Testing

/// Presigned WebSocket URLs of AWS IoT, `iot-wss.json`.
@Suite struct IoTWebSocketTests {
    struct Case: Decodable, CustomTestStringConvertible {
        struct Options: Decodable {
            let expirationInSeconds: Int64
            let tokenIsSigned: Bool
        }

        struct Expected: Decodable {
            let canonicalRequest: String
            let stringToSign: String
            let signature: String
            let url: String
        }

        let name: String
        let context: VectorContext<Options>
        let host: String
        let path: String
        let expected: Expected

        var testDescription: String { self.name }
    }

    @Test(arguments: try Vectors.cases(of: "iot-wss", as: Case.self))
    func `a WebSocket URL is signed, and the token stands behind the signature`(vector: Case) throws {
        var request = HTTPRequest(method: .get, scheme: "wss", authority: vector.host, path: vector.path)
        let context = try vector.context.signingContext(options: vector.context.tokenIsSigned ? .standard : .iotWebSocket)
        let steps = try AWSSigner().signQuery(
            &request, payload: .bytes([]), expiresIn: .seconds(vector.context.expirationInSeconds), in: context)
        #expect(steps.canonicalRequest == vector.expected.canonicalRequest)
        #expect(steps.stringToSign == vector.expected.stringToSign)
        #expect(steps.signature == vector.expected.signature)
        #expect(SignedQuery("wss://\(vector.host)\(try #require(request.path))") == SignedQuery(vector.expected.url))
    }
}
