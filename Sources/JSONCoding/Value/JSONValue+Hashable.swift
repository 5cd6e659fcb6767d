// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension JSONValue: Hashable {
    /// Whether two values mean the same; the order of an object's members does not count.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        var pending = [(left, right)]
        while let (left, right) = pending.popLast() {
            switch (left, right) {
            case (.null, .null): continue
            case (.bool(let left), .bool(let right)): if left != right { return false }
            case (.number(let left), .number(let right)): if left != right { return false }
            case (.string(let left), .string(let right)): if left != right { return false }
            case (.array(let left), .array(let right)):
                guard left.count == right.count else { return false }
                pending.append(contentsOf: zip(left, right))
            case (.object(let left), .object(let right)):
                guard left.count == right.count else { return false }
                let isInSameOrder = zip(left, right).allSatisfy { $0.key == $1.key }
                for (left, right) in isInSameOrder ? zip(left, right) : zip(Self.ordered(left), Self.ordered(right)) {
                    guard left.key == right.key else { return false }
                    pending.append((left.value, right.value))
                }
            default: return false
            }
        }
        return true
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        var pending = [self]
        while let value = pending.popLast() {
            hasher.combine(value.kind)
            switch value {
            case .null: continue
            case .bool(let value): hasher.combine(value)
            case .number(let value): hasher.combine(value)
            case .string(let value): hasher.combine(value)
            case .array(let elements):
                hasher.combine(elements.count)
                pending.append(contentsOf: elements)
            case .object(let members):
                hasher.combine(members.count)
                for member in Self.ordered(members) {
                    hasher.combine(member.key)
                    pending.append(member.value)
                }
            }
        }
    }

    /// The members in the order of their names; those with the same name stay in their order.
    private static func ordered(_ members: [Member]) -> [Member] {
        if members.count < 2 { return members }
        return members.enumerated()
            .sorted { $0.element.key == $1.element.key ? $0.offset < $1.offset : $0.element.key < $1.element.key }
            .map(\.element)
    }
}
