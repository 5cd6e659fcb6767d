// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message that came back because no queue took it, without its content, which the publisher has.
package struct ReturnedMessage: Hashable, Sendable {
    package var replyCode: AMQPReplyCode
    package var replyText: String
    package var exchange: String
    package var routingKey: String

    package init(replyCode: AMQPReplyCode, replyText: String, exchange: String, routingKey: String) {
        self.replyCode = replyCode
        self.replyText = replyText
        self.exchange = exchange
        self.routingKey = routingKey
    }
}
