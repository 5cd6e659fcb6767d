// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import JSONCoding

extension Request {
    /// The body as a JSON object; at most 1 MiB.
    func json() async throws -> JSONValue {
        let buffer = try await self.body.collect(upTo: 1 << 20)
        do {
            return try JSONValue(parsing: Array(buffer.readableBytesView))
        } catch {
            throw HTTPError(.badRequest, message: "the body is no JSON: \(error)")
        }
    }
}

extension JSONValue {
    /// A member that has to be there and be a text.
    func text(_ name: String) throws -> String {
        guard let text = self[name]?.stringValue else { throw HTTPError(.badRequest, message: "'\(name)' is missing, or no text") }
        return text
    }
}

extension Response {
    /// A JSON answer.
    init(_ status: HTTPResponse.Status, json: some JSONEncodable) throws {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONWriter.encode(json))))
    }
}
