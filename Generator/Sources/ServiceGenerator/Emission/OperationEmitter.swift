// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Writes one operation: its input, its output, and how both go over the wire.
struct OperationEmitter {
    let emitter: ServiceEmitter
    let operation: OperationModel
    let input: [Field]
    /// The member that is the whole body of the request.
    let inputPayload: Field?
    let output: Shape?
    let outputFields: [Field]

    init(_ emitter: ServiceEmitter, _ operation: OperationModel) throws {
        self.emitter = emitter
        self.operation = operation
        let input = try operation.input.map(emitter.model.shape)
        self.input = try input.map { try Field.all(of: $0, in: emitter, hasRequired: true) } ?? []
        self.inputPayload = self.input.first { $0.member.name == input?.payload }
        let output = try operation.output.map(emitter.model.shape)
        // An answer without members is none.
        self.output = output?.members.isEmpty == false ? output : nil
        self.outputFields = try self.output.map { try Field.all(of: $0, in: emitter, hasRequired: false) } ?? []
    }

    private var typeName: String { SwiftName.type(self.operation.name) }
    private var paginator: Paginator? { self.emitter.model.paginators[self.operation.name] }
    private var isSharedOutput: Bool { self.output.map { self.emitter.usage.sharedOutputs.contains($0.name) } ?? false }
    /// The member of the answer that is a stream of events.
    private var events: Field? { self.outputFields.first(where: \.shape.isEventStream) }
    /// The member that is the whole body of the answer.
    private var outputPayload: Field? { self.outputFields.first { $0.member.name == self.output?.payload } }
    /// The members of the answer outside its body.
    private var outputParts: [Field] { self.outputFields.filter { $0.member.location != nil } }

    func emit(_ source: inout SourceText) throws {
        let lines = self.emitter.documentation(self.operation.name, as: "an operation") + self.emitter.reference(self.operation.name)
        for line in lines { source.line(line) }
        try source.block("public struct \(self.typeName): \(self.conformances)") { source in
            source.line("public static var name: String { \"\(self.operation.name)\" }")
            if !self.operation.isSigned { source.line("public static var isSigned: Bool { false }") }
            source.line()
            source.properties(self.input, hasInitializer: true)
            source.line()
            try self.emitOutput(&source)
            source.line()
            try self.emitEncoding(&source)
            try self.emitDecoding(&source)
            try self.emitEvents(&source)
            try self.emitPaging(&source)
        }
    }

    private var conformances: String {
        var names = [self.emitter.settings.operationProtocol]
        if self.emitter.isQuery {
            names.append("AWSQueryOperation")
        } else if self.outputPayload == nil {
            names.append("AWSJSONOperation")
        }
        if self.events != nil { names.append("AWSEventStreamOperation") }
        if self.paginator != nil { names.append("AWSPaginatedOperation") }
        if self.input.contains(where: \.shape.isSensitive) { names.append("AWSSensitive") }
        return names.joined(separator: ", ")
    }

    // MARK: - Output

    private func emitOutput(_ source: inout SourceText) throws {
        guard let output = self.output else { return source.line("public typealias Output = Void") }
        guard !self.isSharedOutput else { return source.line("public typealias Output = \(self.emitter.typeName(output.name))") }
        var names = ["Sendable"]
        if self.outputPayload == nil { names.append(self.emitter.isQuery ? "AWSXMLStructure" : "AWSJSONStructure") }
        if self.outputFields.contains(where: \.shape.isSensitive) { names.append("AWSSensitive") }
        try source.block("public struct Output: \(names.joined(separator: ", "))") { source in
            source.properties(self.outputFields.filter { !$0.shape.isEventStream }, hasInitializer: false)
            guard self.outputPayload == nil else { return }
            try source.decoding(self.outputFields.filter { $0.member.location == nil }, from: "self.init()", self.emitter)
        }
    }

    /// Writes how the answer is read, where its body is not the whole output.
    private func emitDecoding(_ source: inout SourceText) throws {
        if let payload = self.outputPayload {
            guard payload.shape.kind == .blob || payload.shape.isEventStream else {
                throw GeneratorError("the answer of \(self.operation.name) is a payload that is not bytes")
            }
            try self.emitResponseDecoding("Output()", &source)
        } else if !self.outputParts.isEmpty {
            try self.emitResponseDecoding("try self.decodeBody(of: response)", &source)
        }
    }

    /// Writes how an answer is read of which more counts than the body.
    private func emitResponseDecoding(_ initial: String, _ source: inout SourceText) throws {
        source.line()
        try source.block("public static func decode(_ response: AWSResponse) throws(AWSError) -> Output") { source in
            source.line("var output = \(initial)")
            for field in self.outputParts {
                switch (field.member.location, field.shape.kind) {
                case (.statusCode, .integer): source.line("output.\(field.name) = response.head.status.code")
                case (.header, .string) where !field.shape.isEnumeration:
                    source.line("output.\(field.name) = response.header(\"\(field.member.wireName)\")")
                default: throw GeneratorError("\(field.member.name) in the answer of \(self.operation.name) is not known how to read")
                }
            }
            if let payload = self.outputPayload, payload.shape.kind == .blob { source.line("output.\(payload.name) = response.body") }
            source.line("return output")
        }
    }

    // MARK: - Events

    private func emitEvents(_ source: inout SourceText) throws {
        guard let events = self.events else { return }
        source.line()
        try source.block("public enum Event: Sendable") { source in
            for member in events.shape.members {
                source.line("case \(SwiftName.quoted(SwiftName.property(member.name)))(\(try self.emitter.type(of: member)))")
            }
            source.line("case unknown(type: String)")
        }
        source.line()
        try source.block("public static func decode(_ message: EventStreamMessage) throws(AWSError) -> Event") { source in
            source.line("switch message.eventType {")
            for member in events.shape.members {
                let shape = try self.emitter.model.shape(member.shape)
                source.line("case \"\(member.wireName)\":")
                if let payload = shape.members.first(where: \.isEventPayload) {
                    guard shape.members.count == 1, try self.emitter.model.shape(payload.shape).kind == .blob else {
                        throw GeneratorError("the event \(member.name) is more than bytes")
                    }
                    source.line("    var event = \(try self.emitter.type(of: member))()")
                    source.line("    event.\(SwiftName.property(payload.name)) = message.payload")
                    source.line("    return .\(SwiftName.property(member.name))(event)")
                } else {
                    source.line("    return .\(SwiftName.property(member.name))(try message.decodedPayload())")
                }
            }
            source.line("case let type: return .unknown(type: type ?? \"\")")
            source.line("}")
        }
    }

    // MARK: - Pages

    private func emitPaging(_ source: inout SourceText) throws {
        guard let paginator = self.paginator else { return }
        func field(_ name: String, _ fields: [Field]) throws -> Field {
            guard let field = fields.first(where: { $0.member.name == name }) else {
                throw GeneratorError("\(self.operation.name) pages by \(name), which it does not have")
            }
            return field
        }
        let result = try field(paginator.result, self.outputFields)
        let outputToken = try field(paginator.outputToken, self.outputFields)
        let inputToken = try field(paginator.inputToken, self.input)
        guard case .list(let element) = result.shape.kind, outputToken.type == "String", inputToken.type == "String" else {
            throw GeneratorError("\(self.operation.name) pages by other than texts, or through what is no list")
        }
        let elementType = try self.emitter.type(of: try self.emitter.model.shape(element))
        source.line()
        source.line("public static func items(of output: Output) -> [\(elementType)] { output.\(result.name) ?? [] }")
        source.line()
        source.block("public func nextPage(after output: Output) -> Self?") { source in
            source.line("guard let token = output.\(outputToken.name), !token.isEmpty else { return nil }")
            source.line("var next = self")
            source.line("next.\(inputToken.name) = token")
            source.line("return next")
        }
    }
}
