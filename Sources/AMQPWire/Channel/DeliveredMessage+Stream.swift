// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension DeliveredMessage {
    /// Whether it came from a stream, as far as its headers say.
    ///
    /// A stream takes nothing back: RabbitMQ closes the connection on `basic.nack` for it. As anybody can write headers, a message that
    /// only pretends is left unsettled, and goes back to its queue when its channel closes.
    var isOfStream: Bool { self.properties.headers?["x-stream-offset"] != nil }
}
