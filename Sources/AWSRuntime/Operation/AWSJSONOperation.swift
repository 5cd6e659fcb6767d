// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// An operation whose answer is one JSON object.
public protocol AWSJSONOperation: AWSOperation {
    /// Reads the answer; unknown members are to be skipped.
    ///
    /// - Parameter json: stands before the object.
    /// - Returns: the output.
    /// - Throws: what is wrong with the document.
    static func decode(_ json: inout JSONReader) throws(JSONError) -> Output
}

extension AWSJSONOperation {
    /// Reads the answer's body; an empty one counts as an empty object.
    public static func decode(_ response: AWSResponse) throws(AWSError) -> Output { try self.decodeBody(of: response) }

    /// Reads the answer's body, for operations that read more than the body.
    ///
    /// - Parameter response: the answer.
    /// - Returns: the output, as far as it is in the body; an empty body counts as an empty object.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    public static func decodeBody(of response: AWSResponse) throws(AWSError) -> Output {
        do {
            var json = JSONReader(answer: response.body)
            let output = try Self.decode(&json)
            try json.finish()
            return output
        } catch {
            throw AWSError(malformed: response, of: Self.self, because: error)
        }
    }
}

extension AWSJSONOperation where Output == Void {
    /// Skips the members of an object: the operation has no output.
    public static func decode(_ json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while try json.nextKey() != nil { try json.skip() }
    }
}
