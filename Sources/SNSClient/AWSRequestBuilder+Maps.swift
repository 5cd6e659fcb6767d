// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

extension AWSRequestBuilder {
    /// Adds a map of texts to the form, in the order of its keys.
    ///
    /// - Parameters:
    ///   - name: the map's name, such as `Attributes`.
    ///   - values: the entries; none are left out.
    mutating func form(_ name: String, map values: [String: String]?) {
        for (index, entry) in (values ?? [:]).sorted(by: { $0.key < $1.key }).enumerated() {
            self.form("\(name).entry.\(index + 1).key", entry.key)
            self.form("\(name).entry.\(index + 1).value", entry.value)
        }
    }

    /// Adds the attributes of a message to the form, in the order of their names.
    ///
    /// - Parameters:
    ///   - prefix: what stands before their name, such as `PublishBatchRequestEntries.member.1.`.
    ///   - attributes: the attributes; none are left out.
    mutating func form(_ prefix: String = "", attributes: [String: MessageAttributeValue]?) {
        for (index, entry) in (attributes ?? [:]).sorted(by: { $0.key < $1.key }).enumerated() {
            let name = "\(prefix)MessageAttributes.entry.\(index + 1)"
            self.form("\(name).Name", entry.key)
            self.form("\(name).Value.DataType", entry.value.dataType)
            self.form("\(name).Value.StringValue", entry.value.stringValue)
            self.form("\(name).Value.BinaryValue", entry.value.binaryValue.map { Base64.encode($0) })
        }
    }
}
