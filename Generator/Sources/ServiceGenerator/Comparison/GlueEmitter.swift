// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Writes what the comparison with botocore needs of one service: how each operation is made from a case, and each error read.
struct GlueEmitter {
    let emitter: ServiceEmitter

    private var model: ServiceModel { self.emitter.model }
    private var scope: String { self.emitter.settings.namespace.map { "\($0)." } ?? "" }
    /// The name of the service in identifiers.
    private var identifier: String { self.model.folder.split(separator: "-").joined(separator: "_") }

    /// The file.
    func file() throws -> String {
        var source = SourceText()
        source.line("import \(self.emitter.settings.module)")
        if self.emitter.settings.module != "AWSRuntime" { source.line("import AWSRuntime") }
        for operation in self.model.operations {
            source.line()
            let fields = try operation.input.map { try Field.all(of: try self.model.shape($0), in: self.emitter, hasRequired: true) } ?? []
            self.emitInitializer("\(self.scope)\(SwiftName.type(operation.name))", fields, &source)
        }
        for name in self.emitter.usage.inInputs.sorted() {
            source.line()
            let shape = try self.model.shape(name)
            let type = "\(self.scope)\(self.emitter.typeName(name))"
            if shape.isEnumeration {
                source.line("extension \(type): CaseValue {}")
            } else {
                self.emitInitializer(type, try Field.all(of: shape, in: self.emitter, hasRequired: true), &source)
            }
        }
        self.emitTable(&source)
        self.emitErrors(&source)
        return source.text
    }

    private func emitInitializer(_ type: String, _ fields: [Field], _ source: inout SourceText) {
        source.block("extension \(type): CaseValue") { source in
            source.block("init(_ value: JSONValue)") { source in
                let arguments = fields.map { "\($0.name): \(self.value(of: $0))" }
                source.line("self.init(\(arguments.joined(separator: ", ")))")
            }
        }
    }

    private func value(of field: Field) -> String {
        let isBytes = field.shape.kind == .blob
        let isListOfBytes = (try? self.emitter.isListOfBytes(field.shape)) == true
        let function = isBytes ? "bytes" : isListOfBytes ? "bytesList" : field.isOptional ? "optional" : "required"
        let isRequired = (isBytes || isListOfBytes) && !field.isOptional
        return "value.\(function)(\"\(field.member.name)\")\(isRequired ? " ?? []" : "")"
    }

    /// The function that makes an operation by its name.
    private func emitTable(_ source: inout SourceText) {
        source.line()
        source.block("func operation_\(self.identifier)(_ name: String, _ input: JSONValue) -> (any AWSOperation)?") { source in
            source.line("switch name {")
            for operation in self.model.operations {
                source.line("case \"\(operation.name)\": \(self.scope)\(SwiftName.type(operation.name))(input)")
            }
            source.line("default: nil")
            source.line("}")
        }
    }

    /// The function that reads an error by the name of its type.
    private func emitErrors(_ source: inout SourceText) {
        source.line()
        source.block("func error_\(self.identifier)(_ name: String, _ error: AWSError) throws -> Any?") { source in
            source.line("switch name {")
            for error in self.model.shapes.values.filter({ $0.errorCode != nil }).sorted(by: { $0.name < $1.name }) {
                source.line(
                    "case \"\(error.name)\": try error.decoded(as: \(self.emitter.settings.errorScope).\(SwiftName.type(error.name)).self)")
            }
            source.line("default: nil")
            source.line("}")
        }
    }
}
