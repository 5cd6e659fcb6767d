// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The names of queues that the broker has named, from the first one, which the user holds, to the one it has now.
///
/// A broker gives such a queue another name each time it is declared. Translation takes place where methods are written and read, so
/// that everything above it knows the user's name alone.
package struct QueueNames {
    /// From the user's names to the broker's.
    package private(set) var current: [String: String] = [:]
    private var held: [String: String] = [:]

    package init() {}

    /// Whether every name is the broker's, so that nothing is to be translated.
    package var isEmpty: Bool { self.current.isEmpty }

    /// A queue has got another name.
    package mutating func rename(_ held: String, to current: String) {
        self.forget(held)
        guard held != current else { return }
        self.current[held] = current
        self.held[current] = held
    }

    /// A queue is gone.
    package mutating func forget(_ held: String) {
        if let current = self.current.removeValue(forKey: held) { self.held[current] = nil }
    }

    /// What to write for a method of the user's.
    package func outgoing(_ method: AMQPMethod) -> AMQPMethod {
        switch method {
        case .queueDeclare(var declare):
            declare.queue = self.outgoing(declare.queue)
            return .queueDeclare(declare)
        case .queueBind(var bind):
            bind.queue = self.outgoing(bind.queue)
            return .queueBind(bind)
        case .queueUnbind(var unbind):
            unbind.queue = self.outgoing(unbind.queue)
            return .queueUnbind(unbind)
        case .queuePurge(var purge):
            purge.queue = self.outgoing(purge.queue)
            return .queuePurge(purge)
        case .queueDelete(var delete):
            delete.queue = self.outgoing(delete.queue)
            return .queueDelete(delete)
        case .basicConsume(var consume):
            consume.queue = self.outgoing(consume.queue)
            return .basicConsume(consume)
        case .basicGet(var get):
            get.queue = self.outgoing(get.queue)
            return .basicGet(get)
        default:
            return method
        }
    }

    /// What to write for the method of a message: the default exchange's routing keys are names of queues.
    package func outgoing(_ publish: BasicPublish) -> BasicPublish {
        guard publish.exchange.isEmpty, let current = self.current[publish.routingKey] else { return publish }
        var publish = publish
        publish.routingKey = current
        return publish
    }

    /// What to make of a method of the broker's.
    package func incoming(_ method: AMQPMethod) -> AMQPMethod {
        switch method {
        case .queueDeclareOk(var declared):
            declared.queue = self.held[declared.queue] ?? declared.queue
            return .queueDeclareOk(declared)
        case .basicReturn(var returned) where returned.exchange.isEmpty:
            returned.routingKey = self.held[returned.routingKey] ?? returned.routingKey
            return .basicReturn(returned)
        default:
            return method
        }
    }

    private func outgoing(_ name: String) -> String { self.current[name] ?? name }
}
