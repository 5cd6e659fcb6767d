// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
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
        while try self.nextElement() { list.append(try self.readBytes()) }
        return list
    }
}
