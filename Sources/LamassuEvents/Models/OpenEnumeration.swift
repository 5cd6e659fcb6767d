// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A word out of a set that may grow: the known ones are static members, and any other is carried as it is.
public protocol OpenEnumeration: RawRepresentable<String>, Hashable, Sendable, JSONDecodable, JSONEncodable, CustomStringConvertible {
    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    init(rawValue: String)
}

extension OpenEnumeration {
    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.init(rawValue: try reader.readString()) }

    /// Writes a JSON string.
    public func encode(into writer: inout JSONWriter) { writer.string(self.rawValue) }

    /// The word.
    public var description: String { self.rawValue }
}
