// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

/// Reads one event in the JSON event format 1.0, or 0.3.
///
/// The members are collected first and understood after: they may come in any order, and what `data` means depends on others.
struct JSONEventDecoder {
    /// The value of a member, as far as JSON tells.
    private enum Member {
        case null
        case boolean(Bool)
        case integer(Int32)
        case string(String)
        /// A value of no type that an attribute may have; also a number that is no integer of 32 bits.
        case other(JSONKind)
        /// The value of `data`, as a range of the buffer.
        case raw(Range<Int>)
    }

    private let bytes: [UInt8]
    private let options: CloudEvent.DecodingOptions
    private var members: [String: Member] = [:]

    init(_ bytes: [UInt8], options: CloudEvent.DecodingOptions) throws(CloudEventError) {
        self.bytes = bytes
        self.options = options
        // The event itself is the one level above its data.
        var reader = JSONReader(bytes, maximumDepth: min(options.maximumDataDepth, .max - 1) + 1)
        var name: String?
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                name = key
                let member = key == "data" ? .raw(try reader.readRaw()) : try Self.attribute(from: &reader)
                guard self.members.updateValue(member, forKey: key) == nil else { break }
                name = nil
            }
            if name == nil { try reader.finish() }
        } catch {
            guard error.code == .unpairedSurrogate, let name else {
                throw CloudEventError(.malformed, message: "not one JSON object: \(error)")
            }
            throw CloudEventError(.invalidAttribute, attribute: Self.reportable(name), message: "holds half of a surrogate pair")
        }
        if let name { throw CloudEventError(.repeatedMember, attribute: Self.reportable(name), message: "is there twice") }
    }

    /// A member's name, if it is fit for an error and for the log that the error may end in.
    private static func reportable(_ name: String) -> String? {
        name.utf8.count <= 64 && name.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? name : nil
    }

    private static func attribute(from reader: inout JSONReader) throws(JSONError) -> Member {
        let kind = try reader.peek()
        switch kind {
        case .string: return .string(try reader.readString())
        case .bool: return .boolean(try reader.readBool())
        case .number: return try reader.readNumber().integer(as: Int32.self).map(Member.integer) ?? .other(.number)
        case .null:
            try reader.readNull()
            return .null
        case .array, .object:
            try reader.skip()
            return .other(kind)
        }
    }

    /// The event that the members make.
    consuming func event() throws(CloudEventError) -> CloudEvent {
        let version = try self.takeVersion()
        var event = CloudEvent(
            specVersion: version, id: .init(rawValue: try self.takeRequired("id")),
            source: try CloudEvent.source(self.takeRequired("source")),
            type: try self.takeRequired("type"))
        event.subject = try self.takeString("subject")
        event.dataContentType = try self.take("datacontenttype") { text throws(CloudEventError) in try MediaType(text) }
        event.dataSchema = try self.take(version == .v03 ? "schemaurl" : "dataschema") { text throws(CloudEventError) in
            try URIReference(text)
        }
        event.time = try self.take("time") { text throws(CloudEventError) in try Timestamp(text) }
        event.data = try version == .v03 ? self.takeVersion03Data(event.dataContentType) : self.takeData(event.dataContentType)
        event.extensions.reserveCapacity(self.members.count)
        for (name, member) in self.members {
            let name = try ExtensionName(name)
            switch member {
            case .null: continue
            case .boolean(let value): event.extensions[name] = .boolean(value)
            case .integer(let value): event.extensions[name] = .integer(value)
            case .string(let value): event.extensions[name] = .string(value)
            case .other(.number):
                throw CloudEventError(.invalidAttribute, attribute: name.description, message: "is a number that is no integer of 32 bits")
            case .other(let kind):
                throw CloudEventError(.invalidAttribute, attribute: name.description, message: "is of kind \(kind), which no attribute is")
            case .raw: continue
            }
        }
        try event.validate()
        return event
    }

    // MARK: - Attributes

    private mutating func takeVersion() throws(CloudEventError) -> SpecVersion {
        switch try self.takeRequired("specversion") {
        case SpecVersion.v1.description: return .v1
        case SpecVersion.v03.description where self.options.acceptsVersion03: return .v03
        default: throw CloudEventError(.unsupportedSpecVersion, attribute: "specversion", message: "is none that is read here")
        }
    }

    /// The text of an attribute that must be a string; nil where it is not set.
    private mutating func takeString(_ name: String) throws(CloudEventError) -> String? {
        switch self.members.removeValue(forKey: name) {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw CloudEventError(.invalidAttribute, attribute: name, message: "is not a JSON string")
        }
    }

    private mutating func takeRequired(_ name: String) throws(CloudEventError) -> String {
        guard let text = try self.takeString(name) else {
            throw CloudEventError(.missingAttribute, attribute: name, message: "is required, and is missing or null")
        }
        return text
    }

    private mutating func take<Value>(
        _ name: String, as parse: (String) throws(CloudEventError) -> Value
    ) throws(CloudEventError) -> Value? {
        guard let text = try self.takeString(name) else { return nil }
        guard !text.isEmpty else { throw CloudEventError(.invalidAttribute, attribute: name, message: "is empty") }
        do throws(CloudEventError) {
            return try parse(text)
        } catch {
            throw error.about(name)
        }
    }

    // MARK: - Data

    private mutating func takeData(_ contentType: MediaType?) throws(CloudEventError) -> EventData? {
        let data = self.members.removeValue(forKey: "data")
        guard let encoded = self.members.removeValue(forKey: "data_base64") else { return try self.data(data, contentType) }
        guard data == nil else { throw CloudEventError(.invalidData, message: "data and data_base64 are both there") }
        guard case .string(let text) = encoded else { throw CloudEventError(.invalidData, message: "data_base64 is not a JSON string") }
        return .binary(try Self.bytes(ofBase64: text))
    }

    private mutating func takeVersion03Data(_ contentType: MediaType?) throws(CloudEventError) -> EventData? {
        let data = self.members.removeValue(forKey: "data")
        guard let encoding = try self.takeString("datacontentencoding") else { return try self.data(data, contentType) }
        guard encoding.lowercased() == "base64" else {
            throw CloudEventError(.invalidAttribute, attribute: "datacontentencoding", message: "is not base64, the only one that is known")
        }
        guard case .raw(let range) = data else { return nil }
        return .binary(try Self.bytes(ofBase64: self.text(range)))
    }

    /// What the value of `data` is: JSON, where the content type says so or says nothing, else text.
    private func data(_ member: Member?, _ contentType: MediaType?) throws(CloudEventError) -> EventData? {
        guard case .raw(let range) = member else { return nil }
        if contentType?.isJSON ?? true { return .json(self.bytes[range]) }
        return .text(try self.text(range))
    }

    private func text(_ range: Range<Int>) throws(CloudEventError) -> String {
        do throws(JSONError) {
            return try JSONReader.decode(String.self, from: self.bytes[range])
        } catch {
            throw CloudEventError(.invalidData, message: "data is not a JSON string, which its content type or encoding makes it: \(error)")
        }
    }

    private static func bytes(ofBase64 text: String) throws(CloudEventError) -> [UInt8] {
        guard let bytes = Base64.decode(text) else {
            throw CloudEventError(.invalidData, message: "the data is not base64 by RFC 4648 section 4")
        }
        return bytes
    }
}
