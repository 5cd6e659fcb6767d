// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

/// The value of a property, of any type: a literal, a list, an object, or what CloudFormation puts there.
///
/// Literals make one wherever a property has no type of its own, such as the detail of an event pattern:
/// `["eventName": ["UpdateCertificate"], "errorCode": [["exists": false]]]`.
public struct Expression: Hashable, Sendable {
    indirect enum Content: Hashable, Sendable {
        case string(String)
        case integer(Int)
        case bool(Bool)
        case list([Expression])
        case object([Member])
        case reference(Reference)
        case substitution([Segment])
    }

    struct Member: Hashable, Sendable {
        var name: String
        var value: Expression
    }

    /// A piece of the text of `Fn::Sub`.
    enum Segment: Hashable, Sendable {
        case text(String)
        case reference(Reference)
    }

    let content: Content

    init(_ content: Content) { self.content = content }

    /// All that this value, and what it holds, takes from elsewhere, in order.
    var references: [Reference] {
        switch self.content {
        case .string, .integer, .bool: []
        case .list(let elements): elements.flatMap(\.references)
        case .object(let members): members.flatMap(\.value.references)
        case .reference(let reference): [reference]
        case .substitution(let segments):
            segments.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
        }
    }
}

extension Expression {
    /// Writes the value as CloudFormation's JSON has it.
    func write(to writer: inout JSONWriter) {
        switch self.content {
        case .string(let text): writer.string(text)
        case .integer(let number): writer.integer(number)
        case .bool(let flag): writer.bool(flag)
        case .list(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.name)
                member.value.write(to: &writer)
            }
            writer.endObject()
        case .reference(.ref(let logicalID)):
            writer.beginObject()
            writer.member("Ref", logicalID)
            writer.endObject()
        case .reference(.attribute(let logicalID, let name)):
            writer.beginObject()
            writer.member("Fn::GetAtt", [logicalID, name])
            writer.endObject()
        case .substitution(let segments):
            writer.beginObject()
            writer.member("Fn::Sub", segments.map(\.substituted).joined())
            writer.endObject()
        }
    }
}

extension Expression.Segment {
    /// The segment as `Fn::Sub` writes it; `${` in a text is escaped.
    fileprivate var substituted: String {
        switch self {
        case .text(let text): text.split(separator: "${", omittingEmptySubsequences: false).joined(separator: "${!")
        case .reference(let reference): "${\(reference.placeholder)}"
        }
    }
}
