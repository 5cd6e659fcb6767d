// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import SNSClient

/// An event as it goes to the topic: structured JSON as the text, and the attributes by which subscriptions filter.
package struct OutgoingEvent: Hashable, Sendable {
    /// How many bytes a message has at most, its attributes included (Amazon SNS quotas).
    package static let maximumBytes = 262_144

    package var text: String
    package var attributes: [String: String]
    /// Keeps the order within a FIFO topic.
    package var group: String

    /// - Throws: `LamassuEventsError.Code.encodingFailed`, `LamassuEventsError.Code.eventTooLarge`.
    package init(_ event: CloudEvent) throws(LamassuEventsError) {
        do throws(CloudEventError) {
            self.text = String(decoding: try event.encoded(as: .json), as: UTF8.self)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "the event cannot be written as JSON: \(error)")
        }
        self.attributes = ["type": event.type, "source": event.source.description]
        if let subject = event.subject, !subject.isEmpty { self.attributes["subject"] = subject }
        self.group = Self.group(of: event.lane)
        let attributeBytes = self.attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + "String".utf8.count }
        let bytes = self.text.utf8.count + attributeBytes
        guard bytes <= Self.maximumBytes else {
            throw LamassuEventsError(
                .eventTooLarge,
                message: "\(event.type) has \(bytes) bytes, a message of SNS \(Self.maximumBytes) at most: send less, or a link")
        }
    }

    /// The attributes as SNS takes them.
    var messageAttributes: [String: MessageAttributeValue] { self.attributes.mapValues { MessageAttributeValue(string: $0) } }

    /// A message group: the lane itself where it has a form as one (128 letters, digits and signs at most), else a hash of it.
    ///
    /// Two lanes with one hash share a group, which costs time and no order.
    package static func group(of lane: String) -> String {
        if !lane.isEmpty, lane.utf8.count <= 128, lane.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) { return lane }
        // FNV-1a, 64 bits.
        let hash = lane.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        return "lane-\(String(hash, radix: 16))"
    }
}
