// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension SourceText {
    /// Writes the properties, and an initialiser that takes their values in the order of the model.
    mutating func properties(_ fields: [Field], hasInitializer: Bool) {
        for field in fields { self.line(field.declaration) }
        if !fields.isEmpty { self.line() }
        guard hasInitializer, !fields.isEmpty else { return self.line("public init() {}") }
        let parameters = fields.map(\.parameter).joined(separator: ", ")
        self.block("public init(\(parameters))") { source in
            for field in fields { source.line("self.\(field.name) = \(SwiftName.quoted(field.name))") }
        }
    }

    /// Writes how a structure reads itself from an answer, starting from `initial`.
    mutating func decoding(_ fields: [Field], from initial: String, _ emitter: ServiceEmitter, acceptsMessage: Bool = false) throws {
        let (reader, name, error) = emitter.isQuery ? ("XMLReader", "xml", "XMLError") : ("JSONReader", "json", "JSONError")
        self.line()
        self.block("public init(from \(name): inout \(reader)) throws(\(error))") { source in
            source.line(initial)
            source.line("try self.readMembers(from: &\(name))")
        }
        self.line()
        try self.block("public mutating func readMember(_ name: String, from \(name): inout \(reader)) throws(\(error))") { source in
            guard !fields.isEmpty else { return source.line("try \(name).skip()") }
            source.line("switch name {")
            for field in fields {
                let isMessage = acceptsMessage && field.member.wireName.lowercased() == "message"
                let names = isMessage ? "\"message\", \"Message\"" : "\"\(field.member.wireName)\""
                source.line(
                    "case \(names): self.\(field.name) = \(emitter.isQuery ? try Self.xmlValue(field, emitter) : try Self.jsonValue(field, emitter))"
                )
            }
            source.line("default: try \(name).skip()")
            source.line("}")
        }
    }

    private static func jsonValue(_ field: Field, _ emitter: ServiceEmitter) throws -> String {
        switch field.shape.kind {
        case .string where !field.shape.isEnumeration && !field.member.isJSONValue: return "try json.readString()"
        case .boolean: return "try json.readBool()"
        case .float: return "try json.readDouble()"
        case .blob: return "try json.readBytes()"
        case .list where try emitter.isListOfBytes(field.shape): return "try json.readBytesList()"
        default: return "try \(field.type)(from: &json)"
        }
    }

    private static func xmlValue(_ field: Field, _ emitter: ServiceEmitter) throws -> String {
        switch field.shape.kind {
        case .string where !field.shape.isEnumeration: return "try xml.readText()"
        case .blob: return "try xml.readBytes()"
        case .map where field.shape.entryNames != ["key", "value"]:
            throw GeneratorError("\(field.member.name) is a map with names of its own in XML")
        case .list where try emitter.isListOfBytes(field.shape): throw GeneratorError("\(field.member.name) is a list of bytes in XML")
        default: return "try \(field.type)(from: &xml)"
        }
    }
}
