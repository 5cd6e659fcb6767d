// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A structure that is read member by member from a JSON object.
///
/// The loop through the object is written once, here, which keeps the code of hundreds of structures small.
public protocol AWSJSONStructure: JSONDecodable {
    /// Reads the value of one member, or skips that of one that is not known.
    ///
    /// - Parameters:
    ///   - name: the member's name in the object.
    ///   - json: stands before the value, which is not `null`.
    /// - Throws: what is wrong with the document.
    mutating func readMember(_ name: String, from json: inout JSONReader) throws(JSONError)
}

extension AWSJSONStructure {
    /// Reads all members of an object; those that are `null` count as missing.
    ///
    /// - Parameter json: stands before the object.
    /// - Throws: what is wrong with the document.
    public mutating func readMembers(from json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let name = try json.nextKey() {
            guard try !json.readNullIfPresent() else { continue }
            try self.readMember(name, from: &json)
        }
    }
}

extension AWSJSONOperation where Output: JSONDecodable {
    /// Reads the answer, which is the output as it is.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output { try Output(from: &json) }
}
