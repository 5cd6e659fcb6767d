// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension BrokerState {
    /// The queues that a message goes to, in the order of their names, each once.
    func route(_ message: BrokerMessage) -> [String] {
        // The default exchange has a way to each queue, by its name.
        guard !message.exchange.isEmpty else { return Set(message.routingKeys).sorted().filter { self.queues[$0] != nil } }
        var queues: Set<String> = []
        var pending = [message.exchange]
        var seen: Set = [message.exchange]
        while let name = pending.popLast() {
            guard let exchange = self.exchanges[name] else { continue }
            var destinations = self.bindings.from(exchange.name).filter { $0.matches(exchange.kind, message) }.map(\.destination)
            if destinations.isEmpty, let alternate = exchange.alternate, self.exchanges[alternate] != nil {
                destinations = [.exchange(alternate)]
            }
            for destination in destinations {
                switch destination {
                case .queue(let name): queues.insert(name)
                case .exchange(let name): if seen.insert(name).inserted { pending.append(name) }
                }
            }
        }
        return queues.sorted()
    }
}
