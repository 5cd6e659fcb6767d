// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    /// `exchange 'x' in vhost '/'`, as RabbitMQ's texts name it.
    func describe(exchange name: String) -> String { "exchange '\(name)' in vhost '\(self.virtualHost)'" }

    func exchange(named name: String) throws(BrokerRefusal) -> Exchange {
        guard let exchange = self.exchanges[name] else { throw BrokerRefusal(.notFound, "no \(self.describe(exchange: name))") }
        return exchange
    }

    mutating func declareExchange(_ method: ExchangeDeclare) throws(BrokerRefusal) {
        try Self.checkNotDefaultExchange(method.exchange)
        if method.passive {
            _ = try self.exchange(named: method.exchange)
            return
        }
        guard let kind = ExchangeKind(rawValue: method.type) else {
            throw BrokerRefusal(.commandInvalid, "unknown exchange type '\(method.type)'")
        }
        let declared = Exchange(
            name: method.exchange, kind: kind, isDurable: method.durable, isAutoDelete: method.autoDelete, isInternal: method.internal,
            arguments: method.arguments)
        if let existing = self.exchanges[method.exchange] { return try self.checkEquivalence(existing, declared) }
        guard !method.exchange.hasPrefix("amq.") else {
            throw BrokerRefusal(.accessRefused, "exchange name '\(method.exchange)' contains reserved prefix 'amq.*'")
        }
        if let alternate = method.arguments["alternate-exchange"], alternate.stringValue == nil {
            throw BrokerRefusal(
                .preconditionFailed,
                "invalid type '\(alternate.typeName)' for arg 'alternate-exchange' in \(self.describe(exchange: method.exchange))")
        }
        self.exchanges[method.exchange] = declared
    }

    private func checkEquivalence(_ existing: Exchange, _ declared: Exchange) throws(BrokerRefusal) {
        let what = self.describe(exchange: existing.name)
        let fields: [(String, String, String)] = [
            ("type", "\(declared.kind)", "\(existing.kind)"), ("durable", "\(declared.isDurable)", "\(existing.isDurable)"),
            ("auto_delete", "\(declared.isAutoDelete)", "\(existing.isAutoDelete)"),
            ("internal", "\(declared.isInternal)", "\(existing.isInternal)"),
        ]
        for (name, received, current) in fields where received != current {
            throw BrokerRefusal(
                .preconditionFailed, "inequivalent arg '\(name)' for \(what): received '\(received)' but current is '\(current)'")
        }
        try Self.checkEquivalence(of: ["alternate-exchange"], what, received: declared.arguments, current: existing.arguments)
    }

    /// Refuses arguments that differ in one of these names.
    static func checkEquivalence(
        of names: [String], _ what: String, received: AMQPTable, current: AMQPTable
    ) throws(BrokerRefusal) {
        for name in names {
            let (new, old) = (received[name], current[name])
            switch (new, old) {
            case (nil, nil): continue
            case (let new?, let old?) where new.isEquivalent(to: old): continue
            default:
                throw BrokerRefusal(
                    .preconditionFailed,
                    "inequivalent arg '\(name)' for \(what): received \(new?.inErrorText ?? "none") but current is \(old?.inErrorText ?? "none")"
                )
            }
        }
    }

    mutating func deleteExchange(_ method: ExchangeDelete) throws(BrokerRefusal) {
        try Self.checkNotDefaultExchange(method.exchange)
        guard !method.exchange.hasPrefix("amq.") else {
            throw BrokerRefusal(.accessRefused, "deletion of system \(self.describe(exchange: method.exchange)) not allowed")
        }
        guard self.exchanges[method.exchange] != nil else { return }
        guard !method.ifUnused || self.bindings.from(method.exchange).isEmpty else {
            throw BrokerRefusal(.preconditionFailed, "\(self.describe(exchange: method.exchange)) in use")
        }
        self.removeExchange(method.exchange)
    }

    private mutating func removeExchange(_ name: String) {
        self.exchanges[name] = nil
        self.bindings.removeAll(from: name)
        self.removeBindings(to: .exchange(name))
    }

    mutating func bind(_ binding: Binding) throws(BrokerRefusal) {
        try self.checkEnds(of: binding)
        if self.exchanges[binding.source]?.kind == .headers { try HeadersPattern.check(binding.arguments) }
        self.bindings.insert(binding)
    }

    mutating func unbind(_ binding: Binding) throws(BrokerRefusal) {
        try self.checkEnds(of: binding)
        if self.bindings.remove(binding) { self.removeExchangeIfUnused(binding.source) }
    }

    private func checkEnds(of binding: Binding) throws(BrokerRefusal) {
        try Self.checkNotDefaultExchange(binding.source)
        if case .exchange(let name) = binding.destination {
            try Self.checkNotDefaultExchange(name)
            _ = try self.exchange(named: name)
        }
        _ = try self.exchange(named: binding.source)
    }

    /// Removes what leads to a queue or an exchange that is gone; exchanges that delete themselves follow.
    mutating func removeBindings(to destination: Binding.Destination) {
        var pending = [destination]
        while let destination = pending.popLast() {
            for source in self.bindings.removeAll(to: destination) where self.isUnusedForGood(source) {
                self.exchanges[source] = nil
                pending.append(.exchange(source))
            }
        }
    }

    private mutating func removeExchangeIfUnused(_ name: String) {
        if self.isUnusedForGood(name) { self.removeExchange(name) }
    }

    private func isUnusedForGood(_ exchange: String) -> Bool {
        self.exchanges[exchange]?.isAutoDelete == true && self.bindings.from(exchange).isEmpty
    }

    private static func checkNotDefaultExchange(_ name: String) throws(BrokerRefusal) {
        guard !name.isEmpty else { throw BrokerRefusal(.accessRefused, "operation not permitted on the default exchange") }
    }
}
