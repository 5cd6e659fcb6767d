// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A structure that is read child by child from an XML element.
///
/// The loop through the element is written once, here, which keeps the code of hundreds of structures small.
public protocol AWSXMLStructure: AWSXMLDecodable {
    /// Reads one child, or skips one that is not known.
    ///
    /// - Parameters:
    ///   - name: the child's name.
    ///   - xml: stands within the child, and behind it when this returns.
    /// - Throws: what is wrong with the document.
    mutating func readMember(_ name: String, from xml: inout XMLReader) throws(XMLError)
}

extension AWSXMLStructure {
    /// Reads all children of the current element and leaves it.
    ///
    /// - Parameter xml: stands within the element.
    /// - Throws: what is wrong with the document.
    public mutating func readMembers(from xml: inout XMLReader) throws(XMLError) {
        while let name = try xml.nextElement() { try self.readMember(name, from: &xml) }
    }
}

extension AWSQueryOperation where Output: AWSXMLDecodable {
    /// Reads the result element, which is the output as it is.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output { try Output(from: &result) }
}
