// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension MessageAttributeValue {
    /// An attribute of text.
    ///
    /// - Parameter value: the text.
    public init(string value: String) { self.init(dataType: "String", stringValue: value) }

    /// An attribute of bytes.
    ///
    /// - Parameter value: the bytes.
    public init(binary value: [UInt8]) { self.init(dataType: "Binary", binaryValue: value) }
}
