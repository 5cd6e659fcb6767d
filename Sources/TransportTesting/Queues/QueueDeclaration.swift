// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// What was said of a queue when it was declared.
struct QueueDeclaration {
    var name: String
    /// Told apart from an earlier queue of the same name.
    var generation: UInt64
    var isDurable: Bool
    var isAutoDelete: Bool
    /// The connection that alone may use it.
    var owner: SessionID?
    /// The arguments as the client gave them.
    var table: AMQPTable
    var arguments: QueueArguments
}
