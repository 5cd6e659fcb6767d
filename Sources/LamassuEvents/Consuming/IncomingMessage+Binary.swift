// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import CloudEvents
internal import JSONCoding

extension IncomingMessage {
    /// What begins the names of the headers that are attributes: of the RabbitMQ binding of Knative, which SDKs follow, and of the AMQP 1.0
    /// binding (CloudEvents AMQP §3.1.3.1), whose application properties RabbitMQ puts into the headers.
    private static let prefixes = ["ce-", "cloudEvents_", "cloudEvents:"]
    private static let required: Set = ["specversion", "id", "source", "type"]

    /// Reads an event in the binary content mode: its attributes are headers, and the body is its data.
    ///
    /// - Returns: the event; `nil` where no header is an attribute.
    /// - Throws: ``LamassuEventsError/Code/undecodable``.
    func binaryEvent() throws(LamassuEventsError) -> CloudEvent? {
        let fields = self.properties.headers?.fields ?? []
        let used = Self.prefixes.filter { prefix in fields.contains { $0.name.hasPrefix(prefix) } }
        guard let prefix = used.first else { return nil }
        guard used.count == 1 else { throw Self.undecodable("its headers are attributes under the prefixes \(used)") }
        var missing = Self.required
        var writer = JSONWriter()
        writer.beginObject()
        for field in fields where field.name.hasPrefix(prefix) {
            let name = String(field.name.dropFirst(prefix.count))
            missing.remove(name)
            // The data is the body, and its type a property of the message.
            guard name != "data", name != "data_base64" else { throw Self.undecodable("the header '\(field.name)' is no attribute") }
            guard name != "datacontenttype", field.value != .void else { continue }
            try Self.write(field, as: name, into: &writer)
        }
        writer.endObject()
        guard missing.isEmpty else { throw Self.undecodable("its headers lack the attributes \(missing.sorted())") }
        do throws(CloudEventError) {
            var event = try CloudEvent(decoding: Self.finish(&writer), format: .json)
            guard event.specVersion == .v1 else {
                throw CloudEventError(.invalidAttribute, attribute: "specversion", message: "is not 1.0")
            }
            event.dataContentType = try self.properties.contentType.map { text throws(CloudEventError) in try MediaType(text) }
            event.data = try self.data(of: event.dataContentType)
            return event
        } catch {
            throw Self.undecodable("its headers and its body are no event: \(error)")
        }
    }

    /// The body as the data of a content type.
    private func data(of contentType: MediaType?) throws(CloudEventError) -> EventData? {
        guard !self.body.isEmpty else { return nil }
        guard let contentType, contentType.isJSON else { return .binary(self.body) }
        do throws(JSONError) {
            var reader = JSONReader(self.body)
            try reader.skip()
            try reader.finish()
        } catch {
            throw CloudEventError(.invalidData, message: "the body is not the JSON that its content type says: \(error.message)")
        }
        return .json(self.body[...])
    }

    private static func finish(_ writer: inout JSONWriter) throws(CloudEventError) -> [UInt8] {
        do throws(JSONError) {
            return try writer.finish()
        } catch {
            throw CloudEventError(.invalidAttribute, message: "an attribute has no form in JSON: \(error.message)")
        }
    }

    /// Writes a header as an attribute: in its own type where an event has that, and else in the canonical text of its type.
    private static func write(_ field: AMQPTable.Field, as name: String, into writer: inout JSONWriter) throws(LamassuEventsError) {
        if let text = field.value.stringValue { return writer.member(name, text) }
        if let isTrue = field.value.boolValue { return writer.member(name, isTrue) }
        if let number = field.value.integerValue.flatMap({ Int32(exactly: $0) }) { return writer.member(name, Int(number)) }
        switch field.value {
        case .bytes(let bytes): writer.member(name, Base64.encode(bytes))
        case .timestamp(let seconds):
            guard let time = Int64(exactly: seconds).flatMap({ try? Timestamp(secondsSinceEpoch: $0) }) else { fallthrough }
            writer.member(name, time.description)
        default: throw Self.undecodable("the header '\(field.name)' has no value that an attribute can have")
        }
    }
}
