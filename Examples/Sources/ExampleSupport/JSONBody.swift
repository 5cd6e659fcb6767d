// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes
public import Hummingbird
public import JSONCoding

extension Request {
    /// The body as JSON; at most 1 MiB.
    public func json<Value: JSONDecodable>(as type: Value.Type = JSONValue.self) async throws -> Value {
        let buffer = try await self.body.collect(upTo: 1 << 20)
        do {
            return try JSONReader.decode(type, from: Array(buffer.readableBytesView))
        } catch {
            throw HTTPError(.badRequest, message: "the body is not the JSON it should be: \(error)")
        }
    }
}

extension JSONValue {
    /// A member that has to be there and be a text.
    public func text(_ name: String) throws -> String {
        guard let text = self[name]?.stringValue else { throw HTTPError(.badRequest, message: "'\(name)' is missing, or no text") }
        return text
    }
}

extension Response {
    /// A JSON answer.
    public init(_ status: HTTPResponse.Status, json: some JSONEncodable) throws {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONWriter.encode(json))))
    }
}
