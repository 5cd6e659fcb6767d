// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension AMQPValue {
    /// Whether RabbitMQ takes the two for the same: the widths of numbers do not count.
    func isEquivalent(to other: AMQPValue) -> Bool {
        if let left = self.integerValue, let right = other.integerValue { return left == right }
        return switch (self, other) {
        case (.float(let left), .double(let right)): Double(left) == right
        case (.double(let left), .float(let right)): left == Double(right)
        default: self == other
        }
    }

    /// The type's name in RabbitMQ's error texts.
    var typeName: String {
        switch self {
        case .void: "void"
        case .bool: "bool"
        case .int8: "byte"
        case .uint8: "unsignedbyte"
        case .int16: "short"
        case .uint16: "unsignedshort"
        case .int32: "signedint"
        case .uint32: "unsignedint"
        case .int64: "long"
        case .float: "float"
        case .double: "double"
        case .decimal: "decimal"
        case .string, .opaqueString: "longstr"
        case .bytes: "binary"
        case .timestamp: "timestamp"
        case .array: "array"
        case .table: "table"
        }
    }

    /// The value as RabbitMQ's error texts show it.
    var inErrorText: String {
        let text =
            switch self {
            case .string(let value): value
            case .bool(let value): "\(value)"
            default: self.integerValue.map { "\($0)" } ?? "…"
            }
        return "the value '\(text)' of type '\(self.typeName)'"
    }
}
