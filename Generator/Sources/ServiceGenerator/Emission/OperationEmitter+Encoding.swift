// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension OperationEmitter {
    /// Writes how the input becomes a request.
    func emitEncoding(_ source: inout SourceText) throws {
        try source.block("public func encode(into request: inout AWSRequestBuilder)") { source in
            switch self.emitter.model.wireProtocol {
            case .restJSON: try self.emitREST(&source)
            case .json10, .json11:
                try self.checkEndpoint()
                for field in self.input { source.line(try self.bodyLine("json", field)) }
            case .query:
                try self.checkEndpoint()
                for field in self.input { source.line(try self.bodyLine("form", field)) }
            }
        }
    }

    /// Protocols with one path for all operations have only the one.
    private func checkEndpoint() throws {
        guard self.operation.method == "POST", self.operation.uri == "/" else {
            throw GeneratorError("\(self.operation.name) is sent to \(self.operation.method) \(self.operation.uri)")
        }
    }

    private func emitREST(_ source: inout SourceText) throws {
        let parts = self.operation.uri.split(separator: "?", maxSplits: 1)
        source.line("request.http(.\(self.operation.method.lowercased()), \"\(try self.path(String(parts[0])))\")")
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            source.line("request.query(\"\(sides[0])\", \"\(sides.count > 1 ? sides[1] : "")\")")
        }
        if self.inputPayload == nil, self.input.contains(where: { $0.member.location == nil }) { source.line("request.jsonObject()") }
        for field in self.input {
            switch field.member.location {
            case .uri: break
            case .querystring: source.line("request.query(\"\(field.member.wireName)\", \(try self.queryValue(field)))")
            case .header: source.line("request.header(\"\(field.member.wireName)\", \(try self.headerValue(field)))")
            case .statusCode: throw GeneratorError("\(self.operation.name) has a status in its input")
            case nil where field.member.name == self.inputPayload?.member.name: self.emitPayload(field, &source)
            case nil: source.line(try self.bodyLine("json", field))
            }
        }
    }

    private func emitPayload(_ field: Field, _ source: inout SourceText) {
        guard field.shape.kind == .blob else { return source.line("request.jsonBody(self.\(field.name))") }
        if field.isOptional {
            source.line("if let \(field.name) = self.\(field.name) { request.body(\(field.name)) }")
        } else {
            source.line("request.body(self.\(field.name))")
        }
    }

    /// A member of the body.
    private func bodyLine(_ method: String, _ field: Field) throws -> String {
        let label = try StructureEmitter.label(field, self.emitter)
        guard label != "bytesList: " else { throw GeneratorError("\(self.operation.name) has a list of bytes in its body") }
        return
            "request.\(method)(\"\(field.member.wireName)\", \(label)\(self.value(field))\(method == "form" ? StructureEmitter.entryNames(field) : ""))"
    }

    /// The value of a property; a token is made where none was given.
    private func value(_ field: Field) -> String {
        field.member.isIdempotencyToken ? "self.\(field.name) ?? request.idempotencyToken()" : "self.\(field.name)"
    }

    private func queryValue(_ field: Field) throws -> String {
        let value = self.value(field)
        switch field.shape.kind {
        case .string where field.shape.isEnumeration: return "\(value)\(field.isOptional ? "?" : "").rawValue"
        case .string, .integer, .boolean, .timestamp: return value
        case .list(let element) where try self.emitter.model.shape(element).kind == .string:
            return try self.emitter.model.shape(element).isEnumeration ? "\(value)\(field.isOptional ? "?" : "").map(\\.rawValue)" : value
        default: throw GeneratorError("\(self.operation.name).\(field.member.name) has no form in a query")
        }
    }

    private func headerValue(_ field: Field) throws -> String {
        guard field.shape.kind == .string else {
            throw GeneratorError("\(self.operation.name).\(field.member.name) has no form in a header field")
        }
        if field.member.isJSONValue { return "json: self.\(field.name)" }
        return field.shape.isEnumeration ? "self.\(field.name)\(field.isOptional ? "?" : "").rawValue" : self.value(field)
    }

    /// The path as a string literal with interpolations.
    private func path(_ template: String) throws -> String {
        var path = ""
        var rest = template[...]
        while let start = rest.firstIndex(of: "{"), let end = rest.firstIndex(of: "}") {
            path += rest[..<start]
            var name = rest[rest.index(after: start)..<end]
            let isGreedy = name.last == "+"
            if isGreedy { name.removeLast() }
            guard let field = self.input.first(where: { $0.member.location == .uri && $0.member.wireName == name }), !field.isOptional
            else {
                throw GeneratorError("the path of \(self.operation.name) needs \(name), which its input does not have")
            }
            let raw = field.shape.isEnumeration ? ".rawValue" : ""
            path += "\\(\(isGreedy ? "segments: " : "")self.\(field.name)\(raw))"
            rest = rest[rest.index(after: end)...]
        }
        return path + rest
    }
}
