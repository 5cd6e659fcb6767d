// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import CloudEvents

/// A message on its way to the dead-letter queue: the body byte for byte, the properties, and headers that say why and whence.
package struct DeadLetter {
    /// The names of the headers that are added; their values are strings.
    package enum Header {
        /// Why the message can never be handled.
        package static let reason = "x-lamassu-reason"
        /// The queue it was consumed from.
        package static let queue = "x-lamassu-queue"
        /// The exchange it had been published to.
        package static let exchange = "x-lamassu-exchange"
        /// The routing key it had been published with.
        package static let routingKey = "x-lamassu-routing-key"
        /// The user who had published it, as the broker had checked.
        package static let userID = "x-lamassu-user-id"
    }

    package static let maximumReasonBytes = 1_024

    /// The properties with the headers added.
    ///
    /// What the broker would act on is taken out: the user, who is another now; the expiry, which would delete the letter; and `CC` and
    /// `BCC`, which would send copies to other queues. So are the counts of a quorum queue: a letter that is put back begins anew.
    package static func properties(for message: IncomingMessage, reason: String, queue: String) -> AMQPProperties {
        var properties = message.properties
        var headers = properties.headers ?? AMQPTable()
        headers["CC"] = nil
        headers["BCC"] = nil
        headers["x-delivery-count"] = nil
        headers["x-acquired-count"] = nil
        headers[Header.reason] = .string(self.cut(reason))
        headers[Header.queue] = .string(queue)
        headers[Header.exchange] = .string(message.exchange)
        headers[Header.routingKey] = .string(message.routingKey)
        headers[Header.userID] = properties.userID.map { .string($0) }
        properties.headers = headers
        properties.userID = nil
        properties.expiration = nil
        properties.deliveryMode = .persistent
        return properties
    }

    /// A parked event as a message, of which the store has kept what matters and not the properties.
    ///
    /// - Throws: ``LamassuEventsError/Code/encodingFailed``.
    static func message(of parked: ParkedDelivery, exchange: String?) throws(LamassuEventsError) -> IncomingMessage {
        do throws(CloudEventError) {
            return IncomingMessage(
                body: try parked.event.encoded(as: .json),
                properties: AMQPProperties(contentType: CloudEvent.Format.json.mediaType, userID: parked.userID),
                exchange: exchange ?? "", routingKey: parked.routingKey)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "the event cannot be written as JSON: \(error)")
        }
    }

    /// The longest prefix of whole characters within the limit.
    package static func cut(_ reason: String) -> String {
        guard reason.utf8.count > self.maximumReasonBytes else { return reason }
        var cut = ""
        var bytes = 0
        for character in reason {
            bytes += character.utf8.count
            guard bytes <= self.maximumReasonBytes else { break }
            cut.append(character)
        }
        return cut
    }
}
