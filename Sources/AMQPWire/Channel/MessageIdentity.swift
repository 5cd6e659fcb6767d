// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a returned message is recognised by, because `basic.return` carries no delivery tag.
package struct MessageIdentity: Hashable, Sendable {
    package var exchange: String
    package var routingKey: String
    package var messageID: String

    package init(exchange: String, routingKey: String, messageID: String) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.messageID = messageID
    }
}
