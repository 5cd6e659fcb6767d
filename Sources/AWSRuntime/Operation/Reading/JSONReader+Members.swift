// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
    /// Makes a reader of what a service answers with: nothing counts as an empty object, and what is `null` in lists and maps as missing.
    ///
    /// - Parameter answer: the body of a response, or the payload of an event.
    init(answer: [UInt8]) {
        self.init(answer.isEmpty ? Array("{}".utf8) : answer)
        self.leavesOutNulls = true
    }

    /// Reads bytes, which stand there as base64.
    ///
    /// - Returns: the bytes.
    /// - Throws: what is wrong with the document.
    public mutating func readBytes() throws(JSONError) -> [UInt8] {
        let offset = self.offset
        guard let bytes = Base64.decode(try self.readString()) else {
            throw JSONError(.invalidValue, at: offset, message: "the string is not base64")
        }
        return bytes
    }

    /// Reads an array whose elements are bytes as base64.
    ///
    /// - Returns: the elements.
    /// - Throws: what is wrong with the document.
    public mutating func readBytesList() throws(JSONError) -> [[UInt8]] {
        var list: [[UInt8]] = []
        try self.beginArray()
        while try self.nextElement() {
            if self.leavesOutNulls, try self.readNullIfPresent() { continue }
            list.append(try self.readBytes())
        }
        return list
    }
}
