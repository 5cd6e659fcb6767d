// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One thing to declare again.
package struct TopologyStep: Equatable, Sendable {
    /// The request.
    package var method: AMQPMethod
    /// The name that the user holds of a queue that gets a new one from the broker; `nil` for anything else.
    package var serverNamed: String?

    package init(_ method: AMQPMethod, serverNamed: String? = nil) {
        self.method = method
        self.serverNamed = serverNamed
    }

    /// What it is, for a person.
    package var description: String {
        switch self.method {
        case .exchangeDeclare(let declare): "exchange '\(declare.exchange)'"
        case .queueDeclare(let declare): "queue '\(self.serverNamed ?? declare.queue)'"
        case .queueBind(let bind): "binding of queue '\(bind.queue)' to exchange '\(bind.exchange)', routing key '\(bind.routingKey)'"
        case .exchangeBind(let bind):
            "binding of exchange '\(bind.destination)' to exchange '\(bind.source)', routing key '\(bind.routingKey)'"
        default: "\(self.method.id)"
        }
    }
}
