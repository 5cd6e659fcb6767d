// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import AWSEventBus
import AWSRuntime
import AWSSigner
import CurlTransport
import LamassuEvents
import Logging
import SNSClient
import SQSClient
import TestSupport
import Testing
import Transport
import TransportTesting

/// A bus that the behaviour suite runs against.
///
/// One suite, several buses: what `EventBus` promises, each of them does. A case is a test with a kind as its argument,
///
///     @Test(arguments: BusKind.all) func `an event goes to whom it is for`(kind: BusKind) async throws {
///         let fixture = Fixture(kind)
///         …
///         try await fixture.remove()
///     }
///
/// and waits for what happens, not for time. Only a case about what survives the process takes `BusKind.durable`, and one about order on the
/// way, which a standard topic of SNS does not promise, `BusKind.ordered`.
enum BusKind: Hashable, CaseIterable, CustomTestStringConvertible {
    case inProcess, inMemoryBroker, rabbitMQ, standardTopic, fifoTopic

    static let all = Self.allCases
    static let durable: [BusKind] = [.inMemoryBroker, .rabbitMQ, .standardTopic, .fifoTopic]
    static let ordered: [BusKind] = [.inProcess, .inMemoryBroker, .rabbitMQ, .fifoTopic]

    var testDescription: String {
        switch self {
        case .inProcess: "in process"
        case .inMemoryBroker: "AMQP in memory"
        case .rabbitMQ: "RabbitMQ"
        case .standardTopic: "SNS and SQS"
        case .fifoTopic: "SNS and SQS, FIFO"
        }
    }

    var isAWS: Bool { self == .standardTopic || self == .fifoTopic }
}

extension Logger {
    static var silent: Logger { Logger(label: "behaviour", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
