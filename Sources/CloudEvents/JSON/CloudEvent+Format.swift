// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension CloudEvent {
    /// A way to write a whole event, its attributes and its data, as one text (CloudEvents §Event format).
    public struct Format: Hashable, Sendable {
        /// The media type of a text in this format.
        public let mediaType: String

        private init(mediaType: String) { self.mediaType = mediaType }

        /// The JSON event format 1.0.
        public static let json = Format(mediaType: "application/cloudevents+json")
    }

    /// Reads an event.
    ///
    /// - Parameters:
    ///   - bytes: the event; JSON data stays a slice of it.
    ///   - format: how the event is written.
    ///   - options: what is taken.
    /// - Throws: ``CloudEventError`` that says what is wrong with the event and, where it is an attribute, with which.
    public init(decoding bytes: [UInt8], format: Format, options: DecodingOptions = DecodingOptions()) throws(CloudEventError) {
        guard bytes.count <= options.maximumSize else {
            throw CloudEventError(.tooLarge, message: "\(bytes.count) bytes, of which \(options.maximumSize) are taken")
        }
        self = try JSONEventDecoder(bytes, options: options).event()
    }

    /// Writes the event.
    ///
    /// Equal events give equal bytes: attributes come in the order `specversion`, `id`, `source`, `type`, `subject`, `datacontenttype`,
    /// `dataschema`, `time`, then the data, then extensions by name, with no whitespace.
    ///
    /// - Parameter format: how to write it.
    /// - Returns: the event's text.
    /// - Throws: ``CloudEventError`` where the event holds what may not be sent; see ``CloudEvent``.
    public func encoded(as format: Format) throws(CloudEventError) -> [UInt8] { try self.encodedAsJSON() }
}
