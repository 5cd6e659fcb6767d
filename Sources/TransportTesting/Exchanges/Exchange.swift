// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// An exchange, without its bindings.
struct Exchange: Equatable {
    var name: String
    var kind: ExchangeKind
    var isDurable = false
    var isAutoDelete = false
    var isInternal = false
    var arguments = AMQPTable()

    /// The exchange that takes what this one has no route for.
    var alternate: String? { self.arguments["alternate-exchange"]?.stringValue }

    /// The exchanges that are there from the beginning.
    static let predeclared: [Exchange] = [
        Exchange(name: "", kind: .direct, isDurable: true), Exchange(name: "amq.direct", kind: .direct, isDurable: true),
        Exchange(name: "amq.fanout", kind: .fanout, isDurable: true), Exchange(name: "amq.topic", kind: .topic, isDurable: true),
        Exchange(name: "amq.headers", kind: .headers, isDurable: true), Exchange(name: "amq.match", kind: .headers, isDurable: true),
        Exchange(name: "amq.rabbitmq.trace", kind: .topic, isDurable: true, isInternal: true),
    ]
}
