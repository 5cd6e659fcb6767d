// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
public import Logging
internal import Synchronization
public import Transport

/// Consumes events from the queue and hands them to a handler, one of a subject at a time and several subjects side by side.
///
/// ```swift
/// let consumer = EventConsumer(configuration, transport: .curl, handler: Audit(), logger: Logger(label: "audit"))
/// try await consumer.run()
/// ```
///
/// **What it promises.** An event is acknowledged after its handler has said that it is done, or after its copy in the dead-letter queue is
/// confirmed; never before. An event that is to be tried again waits in the lane of its subject, with a growing delay and for as long as it
/// takes, and no other subject waits for it. A message that is no event goes to the dead-letter queue with the reason. Each
/// event may come more than once. With a ``ParkedStore`` an event that waits for longer is parked, durably, and acknowledged; it is tried
/// again from there, also after a restart, before any later event of its subject.
///
/// **What bounds it.** The broker hands out ``HandlingConfiguration/prefetch`` events at most. Events that wait for another attempt count:
/// when as many as that wait, nothing else comes in until one of them is done or parked.
public final class EventConsumer: Sendable {
    let configuration: EventConsumerConfiguration
    let transport: any ByteStreamTransport
    let handler: any EventHandler
    let logger: Logger
    let inbox: Inbox
    let parkedStore: (any ParkedStore)?
    let runs = RunOnce()
    /// The connection over which dead letters go out now.
    let connection = Mutex<AMQPConnection?>(nil)

    /// Makes a consumer; ``run()`` does its work.
    ///
    /// - Parameters:
    ///   - configuration: from where to consume, as whom, and within which limits.
    ///   - transport: what makes the connection to the broker.
    ///   - handler: what acts on the events.
    ///   - parkedStore: keeps the events that wait for longer; where there is none they are held unacknowledged.
    ///   - observer: sees what becomes of each event; by default nobody.
    ///   - logger: where the consumer tells what happens; never anything of a payload.
    public init(
        _ configuration: EventConsumerConfiguration,
        transport: some ByteStreamTransport,
        handler: any EventHandler,
        parkedStore: (any ParkedStore)? = nil,
        observer: (any EventConsumerObserver)? = nil,
        logger: Logger
    ) {
        self.configuration = configuration
        self.transport = transport
        self.handler = handler
        self.logger = logger
        self.parkedStore = parkedStore
        self.inbox = Inbox(
            configuration.handling, filter: configuration.filter, senderPolicy: configuration.senderPolicy, isParking: parkedStore != nil,
            observer: observer, logger: logger)
    }

    /// How the consumer stands now.
    public var statistics: EventConsumerStatistics { self.inbox.statistics }
}
