// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Value: ExpressibleByStringInterpolation where Wrapped == String {
    /// Makes a string in which values of the stack are put when it is made (`Fn::Sub`).
    public init(stringInterpolation: ValueInterpolation) { self.init(stringInterpolation.content) }
}

/// The pieces of an interpolated ``Value`` of type `String`.
public struct ValueInterpolation: StringInterpolationProtocol {
    private var segments: [Expression.Segment] = []

    /// Makes an interpolation without pieces.
    public init(literalCapacity: Int, interpolationCount: Int) { self.segments.reserveCapacity(2 * interpolationCount + 1) }

    /// Appends the text between two interpolations.
    public mutating func appendLiteral(_ literal: String) { self.append(literal) }

    /// Appends a text that is known now.
    ///
    /// - Parameter text: the text.
    public mutating func appendInterpolation(_ text: String) { self.append(text) }

    /// Appends a number that is known now.
    ///
    /// - Parameter number: the number.
    public mutating func appendInterpolation(_ number: Int) { self.append(String(number)) }

    /// Appends a value, whether it is known now or comes from the stack.
    ///
    /// - Parameter value: the value.
    public mutating func appendInterpolation(_ value: Value<String>) {
        switch value.expression.content {
        case .string(let text): self.append(text)
        case .reference(let reference): self.segments.append(.reference(reference))
        case .substitution(let segments): self.segments += segments
        case .integer, .bool, .list, .object: break  // no Value<String> holds one
        }
    }

    private mutating func append(_ text: String) {
        guard !text.isEmpty else { return }
        self.segments.append(.text(text))
    }

    /// The simplest form of what was appended.
    var content: Expression.Content {
        if self.segments.count == 1, case .reference(let reference) = self.segments[0] { return .reference(reference) }
        var text = ""
        for segment in self.segments {
            guard case .text(let piece) = segment else { return .substitution(self.segments) }
            text += piece
        }
        return .string(text)
    }
}
