// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// A type that reads itself from one element of an XML answer.
public protocol AWSXMLDecodable {
    /// Reads the current element and leaves it; unknown children are to be skipped.
    ///
    /// - Parameter xml: stands within the element.
    /// - Throws: what is wrong with the document.
    init(from xml: inout XMLReader) throws(XMLError)
}

extension String: AWSXMLDecodable {
    /// Reads the text.
    public init(from xml: inout XMLReader) throws(XMLError) { self = try xml.readText() }
}

extension Int: AWSXMLDecodable {
    /// Reads an integer that fits.
    public init(from xml: inout XMLReader) throws(XMLError) { self = try xml.readValue("an integer") { Int($0) } }
}

extension Bool: AWSXMLDecodable {
    /// Reads `true` or `false`.
    public init(from xml: inout XMLReader) throws(XMLError) {
        self = try xml.readValue("true or false") { $0 == "true" ? true : $0 == "false" ? false : nil }
    }
}

extension Double: AWSXMLDecodable {
    /// Reads a decimal number.
    public init(from xml: inout XMLReader) throws(XMLError) { self = try xml.readValue("a number") { Double($0) } }
}

extension AWSTimestamp: AWSXMLDecodable {
    /// Reads a date and time in any form of AWS.
    public init(from xml: inout XMLReader) throws(XMLError) { self = try xml.readValue("a date and time") { AWSTimestamp($0) } }
}

extension Array: AWSXMLDecodable where Element: AWSXMLDecodable {
    /// Reads the elements called `member`.
    public init(from xml: inout XMLReader) throws(XMLError) {
        self.init()
        while let name = try xml.nextElement() {
            if name == "member" { self.append(try Element(from: &xml)) } else { try xml.skip() }
        }
    }
}

extension Dictionary: AWSXMLDecodable where Key == String, Value: AWSXMLDecodable {
    /// Reads the elements called `entry`, each of a `key` and a `value`.
    public init(from xml: inout XMLReader) throws(XMLError) {
        self.init()
        while let name = try xml.nextElement() {
            guard name == "entry" else {
                try xml.skip()
                continue
            }
            var key: String?
            var value: Value?
            while let part = try xml.nextElement() {
                switch part {
                case "key": key = try xml.readText()
                case "value": value = try Value(from: &xml)
                default: try xml.skip()
                }
            }
            if let key, let value { self[key] = value }
        }
    }
}

extension XMLReader {
    /// Reads the current element's bytes, which stand there as base64.
    ///
    /// - Returns: the bytes.
    /// - Throws: what is wrong with the document.
    public mutating func readBytes() throws(XMLError) -> [UInt8] { try self.readValue("base64") { Base64.decode($0) } }

    fileprivate mutating func readValue<Value>(_ expected: String, _ parse: (String) -> Value?) throws(XMLError) -> Value {
        let start = self.offset
        guard let value = parse(try self.readText()) else {
            throw XMLError(.unexpectedText, at: start, message: "the element's text is not \(expected)")
        }
        return value
    }
}
