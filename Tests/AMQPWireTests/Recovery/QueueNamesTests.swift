// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// The names of queues that the broker has named, on the way out and in.
@Suite struct QueueNamesTests {
    private let names = {
        var names = QueueNames()
        names.rename("held", to: "passed")
        names.rename("held", to: "current")
        return names
    }()

    private static func requests(_ queue: String) -> [AMQPMethod] {
        [
            .queueDeclare(QueueDeclare(queue: queue, passive: true)), .queueBind(QueueBind(queue: queue, exchange: "x")),
            .queueUnbind(QueueUnbind(queue: queue, exchange: "x")), .queuePurge(QueuePurge(queue: queue)),
            .queueDelete(QueueDelete(queue: queue)), .basicConsume(BasicConsume(queue: queue)), .basicGet(BasicGet(queue: queue)),
        ]
    }

    @Test func `every request that names a queue goes out with the name it has now`() {
        #expect(Self.requests("held").map(self.names.outgoing) == Self.requests("current"))
        #expect(Self.requests("other").map(self.names.outgoing) == Self.requests("other"))
        #expect(self.names.outgoing(.channelOpen(ChannelOpen())) == .channelOpen(ChannelOpen()))
    }

    @Test func `the routing key of the default exchange is the name of a queue, and no other is`() {
        #expect(self.names.outgoing(BasicPublish(exchange: "", routingKey: "held")).routingKey == "current")
        #expect(self.names.outgoing(BasicPublish(exchange: "", routingKey: "other")).routingKey == "other")
        #expect(self.names.outgoing(BasicPublish(exchange: "x", routingKey: "held")).routingKey == "held")
    }

    @Test func `what the broker says of a queue comes in with the name that the user holds`() {
        let returned = BasicReturn(replyCode: .noRoute, replyText: "", exchange: "", routingKey: "current")
        guard case .basicReturn(let incoming) = self.names.incoming(.basicReturn(returned)) else {
            Issue.record("another method")
            return
        }
        #expect(incoming.routingKey == "held")
        let declared = AMQPMethod.queueDeclareOk(QueueDeclareOk(queue: "current", messageCount: 1, consumerCount: 2))
        #expect(
            self.names.incoming(declared)
                == .queueDeclareOk(QueueDeclareOk(queue: "held", messageCount: 1, consumerCount: 2)))
        let elsewhere = BasicReturn(replyCode: .noRoute, replyText: "", exchange: "x", routingKey: "current")
        #expect(self.names.incoming(.basicReturn(elsewhere)) == .basicReturn(elsewhere))
    }

    @Test func `a name that is forgotten, or the same again, is not translated`() {
        var names = self.names
        #expect(!names.isEmpty)
        names.rename("held", to: "held")
        #expect(names.isEmpty)
        names.rename("held", to: "current")
        names.forget("held")
        names.forget("stranger")
        #expect(names.isEmpty)
        let declared = AMQPMethod.queueDeclareOk(QueueDeclareOk(queue: "current", messageCount: 0, consumerCount: 0))
        #expect(names.incoming(declared) == declared)
    }
}
