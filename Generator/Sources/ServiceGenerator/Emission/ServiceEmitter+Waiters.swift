// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ServiceEmitter {
    /// The file of the waiters; nil where there are none.
    func waiters() throws -> String? {
        guard !self.model.waiters.isEmpty else { return nil }
        var source = SourceText()
        for (index, waiter) in self.model.waiters.enumerated() {
            if index > 0 { source.line() }
            guard let operation = self.model.operations.first(where: { $0.name == waiter.operation }), let output = operation.output else {
                throw GeneratorError("the waiter \(waiter.name) waits for \(waiter.operation), which is no operation with an output")
            }
            try source.block("extension AWSWaiter where Operation == \(SwiftName.type(waiter.operation))") { source in
                source.line(
                    "/// \(Summary.phrase(waiter.name)): asks \(SwiftName.type(waiter.operation)) every \(waiter.delay) seconds or less often."
                )
                try source.block("public static var \(SwiftName.property(waiter.name)): Self") { source in
                    source.line("Self(minimumDelay: .seconds(\(waiter.delay))) { answer in")
                    try self.emit(waiter, of: try self.model.shape(output), &source)
                    source.line("}")
                }
            }
        }
        return self.file(source)
    }

    private func emit(_ waiter: Waiter, of output: Shape, _ source: inout SourceText) throws {
        var onOutput: [String] = []
        var onError: [String] = []
        var variables: [String: String] = [:]
        var isOutputDecided = false
        var isErrorDecided = false
        for acceptor in waiter.acceptors {
            let state = "return .\(acceptor.state)"
            switch acceptor.matcher {
            case .path(let query, let expected):
                onOutput.append("if \(try self.variable(query, in: output, &variables)) == \"\(expected)\" { \(state) }")
            case .pathAll(let query, let expected):
                let all = try self.variable(query, in: output, &variables)
                onOutput.append("if !\(all).isEmpty, \(all).allSatisfy({ $0 == \"\(expected)\" }) { \(state) }")
            case .pathAny(let query, let expected):
                onOutput.append("if \(try self.variable(query, in: output, &variables)).contains(\"\(expected)\") { \(state) }")
            case .success:
                onOutput.append(state)
                isOutputDecided = true
            case .anyError:
                onError.append(state)
                isErrorDecided = true
            case .error(let code): onError.append("if error.code == \"\(code)\" { \(state) }")
            }
        }
        if !isOutputDecided { onOutput.append("return .retry") }
        if !isErrorDecided {
            // A failure is what an error means anyway.
            while onError.last?.hasSuffix("{ return .failure }") == true { onError.removeLast() }
            onError.append("return .failure")
        }
        source.line("    switch answer {")
        source.line(variables.isEmpty ? "    case .success:" : "    case .success(let output):")
        for (name, expression) in variables.sorted(by: { $0.key < $1.key }) { source.line("        let \(name) = \(expression)") }
        for line in onOutput { source.line("        \(line)") }
        source.line(onError.contains { $0.contains("error") } ? "    case .failure(let error):" : "    case .failure:")
        for line in onError { source.line("        \(line)") }
        source.line("    }")
    }

    /// The constant that holds a query's value, or its values.
    private func variable(_ query: Query, in shape: Shape, _ variables: inout [String: String]) throws -> String {
        let isProjected = query.steps.contains(where: \.isProjected)
        let name = SwiftName.property(query.steps.last?.name ?? "") + (isProjected ? "s" : "")
        let expression = try self.expression(query, in: shape, of: "output")
        guard variables.updateValue(expression, forKey: name) ?? expression == expression else {
            throw GeneratorError("a waiter looks at two values called \(name)")
        }
        return name
    }

    /// An expression of a query's value, which is optional, or of its values.
    private func expression(_ query: Query, in shape: Shape, of value: String) throws -> String {
        var text = value
        var shape = shape
        var isProjected = false
        for step in query.steps {
            guard let member = shape.member(step.name) else { throw GeneratorError("\(shape.name) has no member \(step.name)") }
            let property = SwiftName.property(member.name)
            if isProjected {
                text = "\(text).map { $0.\(property) }"
            } else {
                text += text == value ? ".\(property)" : "?.\(property)"
            }
            shape = try self.model.shape(member.shape)
            if step.isProjected {
                guard case .list(let element) = shape.kind else { throw GeneratorError("\(step.name) is no list") }
                text = "(\(text) ?? [])"
                shape = try self.model.shape(element)
                isProjected = true
            }
        }
        return text
    }
}
