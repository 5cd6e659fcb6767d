// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Something that happened, described by attributes and, mostly, data (CloudEvents 1.0).
///
/// ```swift
/// var event = try CloudEvent(
///     id: .random(), source: "source://lamassu.io/ctx/source/service/ca", type: "ca.create",
///     subject: "ca/\(ca.id)", time: .now, json: ca)
/// event[.partitionKey] = .string(ca.id)
/// let bytes = try event.encoded(as: .json)
/// ```
///
/// The types of the attributes hold valid values only, except that a `String` may break the rules for text in attributes (CloudEvents
/// §Type system: no control characters, no Unicode noncharacters; `id`, `type` and `subject` not empty). The initialisers check these
/// rules, and so does every encoding, so that a change made in between is caught before it is sent.
public struct CloudEvent: Hashable, Sendable {
    /// The version of the specification that the event was read with; 1.0 for every event made here.
    ///
    /// Only 1.0 can be written: to send a 0.3 event on, set this to ``SpecVersion/v1``, which keeps all its values.
    public var specVersion = SpecVersion.v1
    /// The event's identifier, unique within its source.
    public var id: ID
    /// Where it happened.
    public var source: URIReference
    /// What happened, as a dotted name such as `ca.create`.
    public var type: String
    /// To what it happened, within the source.
    public var subject: String?
    /// When it happened.
    public var time: Timestamp?
    /// The media type of the data; nil means JSON, where the data is ``EventData/json(_:)``.
    public var dataContentType: MediaType?
    /// The schema that the data follows; relative only in an event of version 0.3, where it was called `schemaurl`.
    public var dataSchema: URIReference?
    /// The attributes beyond those of the specification.
    public var extensions: [ExtensionName: AttributeValue] = [:]
    /// The data; nil where the event has none, which differs from JSON `null`.
    public var data: EventData?

    /// Makes an event with data of any kind, or none.
    ///
    /// - Parameters:
    ///   - id: the identifier, unique within the source.
    ///   - source: where it happened: a URI-reference by RFC 3986.
    ///   - type: what happened.
    ///   - subject: to what it happened, within the source.
    ///   - time: when it happened.
    ///   - dataContentType: the media type of the data.
    ///   - dataSchema: the schema that the data follows.
    ///   - data: the data.
    /// - Throws: ``CloudEventError/Code/invalidAttribute``, ``CloudEventError/Code/invalidData``.
    public init(
        id: ID, source: String, type: String, subject: String? = nil, time: Timestamp? = nil, dataContentType: MediaType? = nil,
        dataSchema: URI? = nil, data: EventData? = nil
    ) throws(CloudEventError) {
        self.id = id
        self.source = try Self.source(source)
        self.type = type
        self.subject = subject
        self.time = time
        self.dataContentType = dataContentType
        self.dataSchema = dataSchema.map(URIReference.init)
        self.data = data
        try self.validate()
    }

    /// Makes an event with JSON data, whose content type is `application/json`.
    ///
    /// - Parameters:
    ///   - id: the identifier, unique within the source.
    ///   - source: where it happened: a URI-reference by RFC 3986.
    ///   - type: what happened.
    ///   - subject: to what it happened, within the source.
    ///   - time: when it happened.
    ///   - dataSchema: the schema that the data follows.
    ///   - json: what becomes the data; it is encoded now.
    /// - Throws: ``CloudEventError/Code/invalidAttribute``, ``CloudEventError/Code/invalidData`` where `json` has no JSON form.
    public init(
        id: ID, source: String, type: String, subject: String? = nil, time: Timestamp? = nil, dataSchema: URI? = nil,
        json: some JSONEncodable
    ) throws(CloudEventError) {
        try self.init(
            id: id, source: source, type: type, subject: subject, time: time, dataContentType: .json, dataSchema: dataSchema,
            data: .encoding(json))
    }

    /// Makes an event from attributes that have been read; the caller validates it.
    init(specVersion: SpecVersion, id: ID, source: URIReference, type: String) {
        self.specVersion = specVersion
        self.id = id
        self.source = source
        self.type = type
    }

    /// The value of an extension attribute; nil where the event does not have it.
    ///
    /// - Parameter name: the extension's name.
    public subscript(name: ExtensionName) -> AttributeValue? {
        get { self.extensions[name] }
        set { self.extensions[name] = newValue }
    }

    /// What tells this event from all others: its source and its id; two with the same are duplicates (CloudEvents §id).
    public var identity: Identity { Identity(source: self.source, id: self.id) }

    /// What an event is known by.
    public struct Identity: Hashable, Sendable {
        /// The event's source.
        public var source: URIReference
        /// The event's identifier, unique within the source.
        public var id: ID
    }

    /// Reads the data, which must be JSON.
    ///
    /// - Parameter type: what to read.
    /// - Returns: the value.
    /// - Throws: ``CloudEventError/Code/invalidData`` where there is no data, where it is not JSON, or where the type does not read it.
    public func decodeData<Value: JSONDecodable>(as type: Value.Type) throws(CloudEventError) -> Value {
        guard case .json(let bytes) = self.data else {
            throw CloudEventError(.invalidData, message: "the event has \(self.data == nil ? "no data" : "data that is not JSON")")
        }
        do throws(JSONError) {
            return try JSONReader.decode(type, from: bytes)
        } catch {
            throw CloudEventError(.invalidData, message: "the data is not a \(type): \(error)")
        }
    }
}

extension CloudEvent: CustomStringConvertible {
    /// Type, subject, id and source; neither data nor extensions, which may be confidential.
    public var description: String {
        "\(self.type) of \(self.subject ?? "no subject") (id \(self.id), source \(self.source))"
    }
}
