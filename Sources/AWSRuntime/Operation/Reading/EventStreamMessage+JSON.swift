// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension EventStreamMessage {
    /// Reads the payload, a JSON object; an empty one counts as an empty object.
    ///
    /// - Returns: the value.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    public func decodedPayload<Value: JSONDecodable>() throws(AWSError) -> Value {
        do {
            return try JSONReader.decode(Value.self, from: self.payload.isEmpty ? Array("{}".utf8) : self.payload)
        } catch {
            throw AWSError(
                .malformedResponse, code: "MalformedResponse", message: "the event \(self.eventType ?? "") cannot be read: \(error)")
        }
    }
}
