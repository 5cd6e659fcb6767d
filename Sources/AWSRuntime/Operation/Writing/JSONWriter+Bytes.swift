// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension JSONWriter {
    /// Writes a member whose value is bytes, as base64.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - bytes: its value; nil leaves the member out.
    public mutating func member(_ name: String, bytes: [UInt8]?) { self.member(name, ifPresent: bytes.map { Base64.encode($0) }) }

    /// Writes a member whose value is a list of bytes, each as base64.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - bytesList: its value; nil leaves the member out.
    public mutating func member(_ name: String, bytesList: [[UInt8]]?) {
        self.member(name, ifPresent: bytesList.map { list in list.map { Base64.encode($0) } })
    }
}
