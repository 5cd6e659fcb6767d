// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import JSONCoding

extension [JSONValue.Member] {
    /// Keeps the value of a member that its model does not know.
    mutating func keep(_ key: String, from reader: inout JSONReader) throws(JSONError) {
        self.append(JSONValue.Member(key: key, value: try JSONValue(from: &reader)))
    }
}

extension JSONReader {
    /// Throws where members that a model cannot do without did not come.
    func require(none missing: Set<String>, of model: String) throws(JSONError) {
        guard !missing.isEmpty else { return }
        throw JSONError(.missingMember, at: self.offset, message: "\(model) lacks \(missing.sorted().joined(separator: ", "))")
    }
}

extension JSONWriter {
    /// Writes members that were kept.
    mutating func members(_ members: [JSONValue.Member]) {
        for member in members { self.member(member.key, member.value) }
    }
}
