// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension MessageAttribute {
    /// An attribute of text.
    ///
    /// - Parameter value: the text.
    public init(string value: String) { self.init(stringValue: value, dataType: "String") }

    /// An attribute of bytes.
    ///
    /// - Parameter value: the bytes.
    public init(binary value: [UInt8]) { self.init(binaryValue: value, dataType: "Binary") }
}
