// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Writes one structure.
struct StructureEmitter {
    let emitter: ServiceEmitter
    let shape: Shape
    let isInput: Bool
    let isOutput: Bool
    let fields: [Field]

    init(_ emitter: ServiceEmitter, _ shape: Shape) throws {
        self.emitter = emitter
        self.shape = shape
        self.isInput = emitter.usage.inInputs.contains(shape.name)
        self.isOutput = emitter.usage.inOutputs.contains(shape.name)
        self.fields = try Field.all(of: shape, in: emitter, hasRequired: self.isInput)
    }

    /// Whether its one member is all of an event.
    private var isEventPayload: Bool { self.shape.members.contains(where: \.isEventPayload) }

    /// Writes a structure that inputs or outputs hold.
    func emit(_ source: inout SourceText) throws {
        if let field = self.fields.first(where: { $0.member.location != nil || $0.member.isJSONValue }),
            !self.emitter.usage.sharedOutputs.contains(self.shape.name)
        {
            throw GeneratorError("\(self.shape.name).\(field.member.name) stands outside a body")
        }
        let lines = self.emitter.documentation(self.shape.name, as: "a structure") + self.emitter.reference(self.shape.name)
        for line in lines { source.line(line) }
        try source.block("public struct \(self.emitter.typeName(self.shape.name)): \(self.conformances)") { source in
            source.properties(self.fields, hasInitializer: self.isInput)
            if self.isInput { try self.emitEncoding(&source) }
            if self.isOutput, !self.isEventPayload { try self.emitDecoding(&source) }
        }
    }

    /// Writes an error that answers hold.
    func emitError(_ source: inout SourceText) throws {
        let name = SwiftName.type(self.shape.name)
        for line in self.emitter.documentation(self.shape.name, as: "an error") { source.line(line) }
        try source.block(
            "public struct \(name): \(self.emitter.isQuery ? "AWSXMLServiceError, AWSXMLStructure" : "AWSServiceError, AWSJSONStructure")"
        ) { source in
            source.line("public static var code: AWSErrorCode { \"\(self.shape.errorCode ?? self.shape.name)\" }")
            source.line()
            source.properties(self.fields, hasInitializer: false)
            try self.emitDecoding(&source, acceptsMessage: true)
            try self.emitErrorHeaders(&source)
        }
    }

    private var conformances: String {
        var names = ["Sendable"]
        if self.emitter.usage.compared.contains(self.shape.name) { names.append("Hashable") }
        if self.isInput { names.append(self.emitter.isQuery ? "AWSFormEncodable" : "JSONEncodable") }
        if self.isOutput, !self.isEventPayload { names.append(self.emitter.isQuery ? "AWSXMLStructure" : "AWSJSONStructure") }
        let isSensitive = self.emitter.settings.sensitive.contains(self.shape.name) || self.fields.contains(where: \.shape.isSensitive)
        if isSensitive { names.append("AWSSensitive") }
        return names.joined(separator: ", ")
    }

    private func emitEncoding(_ source: inout SourceText) throws {
        source.line()
        if self.emitter.isQuery {
            try source.block("public func encode(into form: inout AWSFormWriter)") { source in
                for field in self.fields {
                    source.line(
                        "form.member(\"\(field.member.wireName)\", \(try Self.label(field, self.emitter))self.\(field.name)\(Self.entryNames(field)))"
                    )
                }
            }
        } else {
            try source.block("public func encode(into json: inout JSONWriter)") { source in
                source.line("json.beginObject()")
                for field in self.fields {
                    var label = try Self.label(field, self.emitter)
                    if label.isEmpty, field.isOptional { label = "ifPresent: " }
                    source.line("json.member(\"\(field.member.wireName)\", \(label)self.\(field.name))")
                }
                source.line("json.endObject()")
            }
        }
    }

    /// The names in the entries of a map, where they are not the usual ones.
    static func entryNames(_ field: Field) -> String {
        field.shape.entryNames == ["key", "value"] ? "" : ", key: \"\(field.shape.entryNames[0])\", value: \"\(field.shape.entryNames[1])\""
    }

    /// The label under which bytes are written.
    static func label(_ field: Field, _ emitter: ServiceEmitter) throws -> String {
        if field.shape.kind == .blob { return "bytes: " }
        return try emitter.isListOfBytes(field.shape) ? "bytesList: " : ""
    }

    private func emitDecoding(_ source: inout SourceText, acceptsMessage: Bool = false) throws {
        let body = self.fields.filter { $0.member.location == nil }
        try source.decoding(body, from: "self.init(\(try self.placeholders))", self.emitter, acceptsMessage: acceptsMessage)
    }

    /// Empty values for the members that inputs must have: in an answer one may be missing.
    private var placeholders: String {
        get throws {
            try self.fields.filter { !$0.isOptional }.map { "\($0.name): \(try self.placeholder($0))" }.joined(separator: ", ")
        }
    }

    /// The empty value of a type.
    private func placeholder(_ field: Field) throws -> String {
        switch field.shape.kind {
        case .structure: "\(field.type)(\(try StructureEmitter(self.emitter, field.shape).placeholders))"
        case .string: "\"\""
        case .integer, .float: "0"
        case .boolean: "false"
        case .timestamp: "AWSTimestamp(secondsSinceEpoch: 0)"
        case .blob, .list: "[]"
        case .map: "[:]"
        }
    }

    /// An error's members that stand in header fields are read after those of the body.
    private func emitErrorHeaders(_ source: inout SourceText) throws {
        let headers = self.fields.filter { $0.member.location == .header }
        guard !headers.isEmpty else { return }
        source.line()
        try source.block("public init(from error: AWSError) throws(AWSError)") { source in
            source.line("try self.init(bodyOf: error)")
            for field in headers {
                guard field.shape.kind == .string else {
                    throw GeneratorError("the header field \(field.member.wireName) of an error is no text")
                }
                source.line("self.\(field.name) = error.header(\"\(field.member.wireName)\")")
            }
        }
    }
}
