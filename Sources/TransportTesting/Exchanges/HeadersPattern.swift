// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// The arguments of a headers exchange's binding.
struct HeadersPattern {
    private let fields: [AMQPTable.Field]
    private let isAny: Bool

    /// Reads the arguments, which were checked when the binding was made.
    init(_ arguments: AMQPTable) {
        let mode = arguments["x-match"]?.stringValue ?? "all"
        self.isAny = mode.hasPrefix("any")
        let withExtensions = mode.hasSuffix("-with-x")
        self.fields = arguments.fields.filter { withExtensions ? $0.name != "x-match" : !$0.name.hasPrefix("x-") }
    }

    /// Checks what a client asks for.
    static func check(_ arguments: AMQPTable) throws(BrokerRefusal) {
        switch arguments["x-match"] {
        case nil, .string("all")?, .string("any")?, .string("all-with-x")?, .string("any-with-x")?: return
        case .string(let other)?:
            throw BrokerRefusal(
                .preconditionFailed,
                "Invalid x-match field value <<\"\(other)\">>; expected all, any, all-with-x, or any-with-x")
        case let other?:
            throw BrokerRefusal(.preconditionFailed, "Invalid x-match field type \(other.typeName) (value …); expected longstr")
        }
    }

    func matches(_ headers: AMQPTable) -> Bool {
        self.isAny ? self.fields.contains { Self.fits($0, headers) } : self.fields.allSatisfy { Self.fits($0, headers) }
    }

    /// A field without a value asks for no more than the header's presence; numbers compare whatever their widths.
    private static func fits(_ field: AMQPTable.Field, _ headers: AMQPTable) -> Bool {
        guard let header = headers[field.name] else { return false }
        return field.value == .void || field.value.isEquivalent(to: header)
    }
}
