// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

extension CloudEvent {
    /// The event in the JSON event format 1.0.
    func encodedAsJSON() throws(CloudEventError) -> [UInt8] {
        guard self.specVersion == .v1 else {
            throw CloudEventError(.unsupportedSpecVersion, attribute: "specversion", message: "0.3 is only read; set it to 1.0 to write it")
        }
        try self.validate()
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("specversion", self.specVersion.description)
        writer.member("id", self.id.rawValue)
        writer.member("source", self.source.description)
        writer.member("type", self.type)
        writer.member("subject", ifPresent: self.subject)
        writer.member("datacontenttype", ifPresent: self.dataContentType?.description)
        writer.member("dataschema", ifPresent: self.dataSchema?.description)
        writer.member("time", ifPresent: self.time?.description)
        switch self.data {
        case .json(let bytes):
            writer.key("data")
            writer.raw(bytes, maximumDepth: .max)
        case .text(let text): writer.member("data", text)
        case .binary(let bytes): writer.member("data_base64", Base64.encode(bytes))
        case nil: break
        }
        for (name, value) in self.extensions.sorted(by: { $0.key < $1.key }) { writer.member(name.description, value) }
        writer.endObject()
        do throws(JSONError) {
            return try writer.finish()
        } catch {
            throw CloudEventError(.invalidData, message: error.message)
        }
    }
}
