// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension EventStreamMessage {
    /// Reads the payload, a JSON object; an empty one counts as an empty object.
    ///
    /// - Returns: the value.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    public func decodedPayload<Value: JSONDecodable>() throws(AWSError) -> Value {
        do {
            var json = JSONReader(answer: self.payload)
            let value = try Value(from: &json)
            try json.finish()
            return value
        } catch {
            throw AWSError(
                .malformedResponse, code: "MalformedResponse", message: "the event \(self.eventType ?? "") cannot be read: \(error)")
        }
    }
}
