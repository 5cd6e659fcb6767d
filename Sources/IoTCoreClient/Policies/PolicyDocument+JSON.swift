// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

extension PolicyDocument: JSONEncodable, JSONDecodable {
    /// Reads a document.
    ///
    /// - Parameter text: the document as JSON.
    /// - Throws: ``IoTCoreError/Code/invalidInput`` where it is no document of a policy, or has an element that this type does not know.
    public init(parsing text: String) throws(IoTCoreError) {
        do {
            self = try JSONReader.decode(PolicyDocument.self, from: Array(text.utf8))
        } catch {
            throw IoTCoreError(.invalidInput, message: "the policy document cannot be read: \(error)")
        }
    }

    /// The document as JSON without white space, the same text for equal documents.
    ///
    /// - Returns: the text.
    /// - Throws: ``IoTCoreError/Code/invalidInput`` where a text has no JSON form, or two conditions of a statement that must both hold can
    ///   only be written as one of which either holds: those of the same key and the same operator, unless it is a negated one.
    public func text() throws(IoTCoreError) -> String {
        for statement in self.statements {
            guard let condition = statement.inexpressibleCondition else { continue }
            throw IoTCoreError(
                .invalidInput,
                message: """
                    a statement has two conditions \(condition.comparison.rawValue) on \(condition.key.rawValue), which AWS would read as one \
                    of which either holds; where that is meant, write one condition with the values of both
                    """)
        }
        do {
            return String(decoding: try JSONWriter.encode(self), as: UTF8.self)
        } catch {
            throw IoTCoreError(.invalidInput, message: "the policy document has no JSON form: \(error)")
        }
    }

    /// Writes the document as one object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("Version", self.version)
        writer.member("Id", ifPresent: self.id)
        writer.member("Statement", self.statements)
        writer.endObject()
    }

    /// Reads one object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        let document = try JSONValue(from: &reader)
        let members = try Members(of: document, named: "a policy", at: offset, known: ["Version", "Id", "Statement"])
        self.init(
            version: try members.text("Version") ?? "2008-10-17", id: try members.text("Id"),
            try members.list("Statement").map { (value) throws(JSONError) in try Statement(value, at: offset) })
    }
}

extension PolicyDocument.Statement: JSONEncodable {
    /// Writes the statement as one object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("Sid", ifPresent: self.id)
        writer.member("Effect", self.effect.rawValue)
        writer.member("Action", self.actions.map(\.rawValue))
        writer.member("Resource", self.resources.map(\.rawValue))
        if !self.conditions.isEmpty {
            writer.member("Condition", self.conditionBlock)
        }
        writer.endObject()
    }

    /// The first condition that comes second with its operator and key, unless neither of two values is what the operator says.
    ///
    /// A document has values once for an operator and a key, and one of them has to fit; with a negated operator, none ("IAM JSON policy
    /// elements: Condition", "Evaluation logic for multiple context keys or values"). Keys do not tell apart small and capital letters.
    fileprivate var inexpressibleCondition: PolicyDocument.Condition? {
        var seen: Set<[String]> = []
        return self.conditions.first {
            !seen.insert([$0.comparison.rawValue, $0.key.rawValue.lowercased()]).inserted && !$0.comparison.isNegated
        }
    }

    /// The conditions by operator and key; those of the same negated operator and key are one, with the values of all.
    private var conditionBlock: [String: [String: [String]]] {
        var block: [String: [String: [String]]] = [:]
        for condition in self.conditions {
            block[condition.comparison.rawValue, default: [:]][condition.key.rawValue, default: []] += condition.values.map(\.description)
        }
        return block
    }

    fileprivate init(_ value: JSONValue, at offset: Int) throws(JSONError) {
        let members = try PolicyDocument.Members(
            of: value, named: "a statement", at: offset, known: ["Sid", "Effect", "Action", "Resource", "Condition"])
        guard let effect = try members.text("Effect").flatMap(Effect.init(rawValue:)) else {
            throw JSONError(.invalidValue, at: offset, message: "the Effect of a statement is neither Allow nor Deny")
        }
        self.init(
            effect, try members.texts("Action").map(PolicyDocument.Action.init(rawValue:)),
            on: try members.texts("Resource").map(PolicyDocument.Resource.init(rawValue:)),
            if: try Self.conditions(members.object("Condition"), at: offset), id: try members.text("Sid"))
    }

    private static func conditions(_ block: [JSONValue.Member], at offset: Int) throws(JSONError) -> [PolicyDocument.Condition] {
        var conditions: [PolicyDocument.Condition] = []
        for comparison in block {
            guard let keys = comparison.value.objectValue else {
                throw JSONError(.typeMismatch, at: offset, message: "the condition \(comparison.key) is not an object")
            }
            for key in keys {
                conditions.append(
                    PolicyDocument.Condition(
                        .init(rawValue: comparison.key), .init(rawValue: key.key),
                        values: try PolicyDocument.Members.texts(of: key.value, named: key.key, at: offset).map {
                            PolicyDocument.Pattern($0)
                        }))
            }
        }
        return conditions
    }
}

extension PolicyDocument.Condition.Operator {
    /// Whether it holds when none of its values fits, as `StringNotEquals` does; `ForAnyValue:` asks that for one value only.
    fileprivate var isNegated: Bool {
        let name = self.rawValue.hasPrefix("ForAllValues:") ? self.rawValue.dropFirst("ForAllValues:".count) : self.rawValue[...]
        return ["StringNot", "NumericNot", "DateNot", "ArnNot", "NotIpAddress"].contains { name.hasPrefix($0) }
    }
}

extension PolicyDocument {
    /// The members of an object of a document, none of which is unknown or there twice.
    fileprivate struct Members {
        private let values: [String: JSONValue]
        private let offset: Int

        init(of value: JSONValue, named name: String, at offset: Int, known: Set<String>) throws(JSONError) {
            guard let members = value.objectValue else {
                throw JSONError(.typeMismatch, at: offset, message: "\(name) is not an object")
            }
            var values: [String: JSONValue] = [:]
            for member in members {
                guard known.contains(member.key), values.updateValue(member.value, forKey: member.key) == nil else {
                    throw JSONError(.invalidValue, at: offset, message: "\(name) has an element \(member.key) that it cannot have")
                }
            }
            self.values = values
            self.offset = offset
        }

        func text(_ name: String) throws(JSONError) -> String? {
            guard let value = self.values[name] else { return nil }
            guard let text = value.stringValue else {
                throw JSONError(.typeMismatch, at: self.offset, message: "\(name) is not a string")
            }
            return text
        }

        /// The elements of an array, or the one value that stands in its place.
        func list(_ name: String) -> [JSONValue] {
            guard let value = self.values[name] else { return [] }
            return value.arrayValue ?? [value]
        }

        func texts(_ name: String) throws(JSONError) -> [String] {
            try self.values[name].map { (value) throws(JSONError) in try Self.texts(of: value, named: name, at: self.offset) } ?? []
        }

        func object(_ name: String) throws(JSONError) -> [JSONValue.Member] {
            guard let value = self.values[name] else { return [] }
            guard let members = value.objectValue else {
                throw JSONError(.typeMismatch, at: self.offset, message: "\(name) is not an object")
            }
            return members
        }

        /// Texts; numbers and truth values, which conditions may have, count as what they are written as.
        static func texts(of value: JSONValue, named name: String, at offset: Int) throws(JSONError) -> [String] {
            try (value.arrayValue ?? [value]).map { (element) throws(JSONError) in
                if let text = element.stringValue { return text }
                if let number = element.numberValue { return number.description }
                if let flag = element.boolValue { return flag ? "true" : "false" }
                throw JSONError(.typeMismatch, at: offset, message: "\(name) is neither a string nor strings")
            }
        }
    }
}
