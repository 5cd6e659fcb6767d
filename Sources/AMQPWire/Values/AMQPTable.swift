// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A field table: names with values, in the order in which they are sent.
///
/// A name may come more than once; as the specification asks (section 4.2.5.5), the first one counts.
public struct AMQPTable: Hashable, Sendable {
    /// How deep tables and arrays may be nested, the outermost included: 64.
    ///
    /// What is deeper cannot be sent, see ``AMQPWireError/Code/nestingTooDeep``. When it comes, the table or array that is too deep is
    /// an ``AMQPValue/bytes(_:)`` of what it holds, undecoded.
    public static let maximumDepth = 64

    /// One name with its value.
    public struct Field: Hashable, Sendable {
        /// The name, of 255 bytes at most.
        public var name: String
        /// The value.
        public var value: AMQPValue

        /// Makes a field.
        public init(name: String, value: AMQPValue) {
            self.name = name
            self.value = value
        }
    }

    /// The fields in their order.
    public var fields: [Field]

    /// Makes an empty table.
    public init() { self.fields = [] }

    /// Makes a table of names with values, in this order.
    public init(_ fields: some Sequence<(String, AMQPValue)>) {
        self.fields = fields.map { Field(name: $0, value: $1) }
    }

    /// Whether the table has no field.
    public var isEmpty: Bool { self.fields.isEmpty }

    /// The value of the first field of this name.
    ///
    /// Setting replaces it, appends a field where there is none, and with `nil` removes all of this name.
    public subscript(name: String) -> AMQPValue? {
        get { self.fields.first { $0.name == name }?.value }
        set {
            guard let newValue else { return self.fields.removeAll { $0.name == name } }
            if let index = self.fields.firstIndex(where: { $0.name == name }) {
                self.fields[index].value = newValue
            } else {
                self.fields.append(Field(name: name, value: newValue))
            }
        }
    }
}

extension AMQPTable: ExpressibleByDictionaryLiteral {
    /// Makes a table of the names and values of a literal, in its order.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(elements) }
}
