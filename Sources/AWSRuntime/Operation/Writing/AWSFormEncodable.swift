// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// A type that writes itself as a value, or as several, of the form of a `query` request.
public protocol AWSFormEncodable {
    /// Writes the value at the writer's current name, or its members below that name.
    ///
    /// - Parameter form: where to write.
    func encode(into form: inout AWSFormWriter)
}

extension String: AWSFormEncodable {
    /// Writes the text.
    public func encode(into form: inout AWSFormWriter) { form.value(self) }
}

extension Bool: AWSFormEncodable {
    /// Writes `true` or `false`.
    public func encode(into form: inout AWSFormWriter) { form.value(self ? "true" : "false") }
}

extension Int: AWSFormEncodable {
    /// Writes the digits.
    public func encode(into form: inout AWSFormWriter) { form.value(String(self)) }
}

extension Double: AWSFormEncodable {
    /// Writes as many digits as bring the same value back.
    public func encode(into form: inout AWSFormWriter) { form.value(self.description) }
}

extension AWSTimestamp: AWSFormEncodable {
    /// Writes date and time by ISO 8601.
    public func encode(into form: inout AWSFormWriter) { form.value(self.extendedFormat) }
}

extension Array: AWSFormEncodable where Element: AWSFormEncodable {
    /// Writes `member.1` and so on; an empty list as an empty value.
    public func encode(into form: inout AWSFormWriter) {
        if self.isEmpty { form.value("") }
        for (index, element) in self.enumerated() { form.member("member.\(index + 1)", element) }
    }
}

extension Dictionary: AWSFormEncodable where Key == String, Value: AWSFormEncodable {
    /// Writes `entry.1.key`, `entry.1.value` and so on, in the order of the keys; an empty map writes nothing.
    public func encode(into form: inout AWSFormWriter) {
        for (index, entry) in self.sorted(by: { $0.key < $1.key }).enumerated() {
            form.member("entry.\(index + 1).key", entry.key)
            form.member("entry.\(index + 1).value", entry.value)
        }
    }
}
