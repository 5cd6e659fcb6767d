// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension CloudEvent {
    /// Reads the `source` attribute.
    static func source(_ text: String) throws(CloudEventError) -> URIReference {
        guard !text.isEmpty else { throw CloudEventError(.invalidAttribute, attribute: "source", message: "is empty") }
        do throws(CloudEventError) {
            return try URIReference(text)
        } catch {
            throw error.about("source")
        }
    }

    /// Checks what the types of the properties leave open.
    func validate() throws(CloudEventError) {
        try Self.validate("id", self.id.rawValue)
        guard !self.source.description.isEmpty else {
            throw CloudEventError(.invalidAttribute, attribute: "source", message: "is empty")
        }
        try Self.validate("type", self.type)
        if let subject = self.subject { try Self.validate("subject", subject) }
        if let schema = self.dataSchema, self.specVersion == .v1, !schema.hasScheme {
            throw CloudEventError(.invalidAttribute, attribute: "dataschema", message: "is not an absolute URI")
        }
        for (name, value) in self.extensions {
            guard case .string(let text) = value, !AttributeText.isValid(text) else { continue }
            throw CloudEventError(.invalidAttribute, attribute: name.description, message: AttributeText.rule)
        }
        switch self.data {
        case .text where self.dataContentType?.isJSON ?? true:
            throw CloudEventError(.invalidData, message: "text data needs a content type other than JSON, or it would be read as JSON")
        case .json where self.dataContentType?.isJSON == false:
            throw CloudEventError(.invalidData, message: "JSON data needs a JSON content type or none, or it would be read as text")
        case .text, .json, .binary, nil: break
        }
    }

    private static func validate(_ name: String, _ text: String) throws(CloudEventError) {
        guard !text.isEmpty else { throw CloudEventError(.invalidAttribute, attribute: name, message: "is empty") }
        guard AttributeText.isValid(text) else { throw CloudEventError(.invalidAttribute, attribute: name, message: AttributeText.rule) }
    }
}
