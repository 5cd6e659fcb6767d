// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire
internal import Dispatch
internal import Synchronization
public import Transport

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A broker in memory that does what RabbitMQ 3.10 does, for tests that need no server.
///
/// Clients reach it by its ``transport``, with real frames; any host and port will do. Exchanges, queues and messages live as long as the
/// broker. One suite of tests runs against it and against RabbitMQ, and holds the two to the same behaviour.
///
/// It may be used from any thread. Its clients' handlers are called on a dispatch queue of its own, one at a time: a queue, because
/// there is no scope whose tasks could make the calls, and because it has timers.
public final class InMemoryBroker: Sendable {
    private struct State: ~Copyable {
        var broker: BrokerState
        var streams: [SessionID: InMemoryStream] = [:]
        var isStopped = false
        /// How far the broker's time is ahead.
        var lead = Duration.zero
        /// When the timer fires next.
        var armed: ContinuousClock.Instant?
    }

    /// Where handlers are called and timers fire.
    let queue = DispatchQueue(label: "InMemoryBroker")
    private let state: Mutex<State>

    /// Makes a broker with the exchanges that RabbitMQ has from the beginning, and no queue.
    ///
    /// - Parameters:
    ///   - users: the passwords of those who may connect, by their names; by default `guest`, as with RabbitMQ.
    ///   - virtualHost: the only virtual host; by default `/`.
    public init(users: [String: String] = ["guest": "guest"], virtualHost: String = "/") {
        self.state = Mutex(State(broker: BrokerState(users: users, virtualHost: virtualHost, at: Self.moment(ahead: .zero))))
    }

    /// What connects to this broker; host, port and TLS of a target are passed over.
    public var transport: any ByteStreamTransport { InMemoryStreamTransport(broker: self) }

    // MARK: What tests look at and put in

    /// The messages of a queue that are ready to be delivered, in the order of delivery; `nil` where there is no such queue.
    ///
    /// - Parameter queue: the queue's name.
    /// - Returns: the messages, which stay in the queue.
    public func messages(in queue: String) -> [InMemoryMessage]? {
        self.withBroker { broker, _ in broker.queues[queue].map { $0.ready.all.map(InMemoryMessage.init) } }
    }

    /// The names of all queues, sorted.
    public var queueNames: [String] { self.withBroker { broker, _ in broker.queues.keys.sorted() } }

    /// The names of all exchanges, sorted, the predeclared ones included.
    public var exchangeNames: [String] { self.withBroker { broker, _ in broker.exchanges.keys.sorted() } }

    /// How many connections are open.
    public var connectionCount: Int { self.withBroker { broker, _ in broker.sessions.values.count { $0.phase == .open } } }

    /// Publishes a message without a client.
    ///
    /// - Parameters:
    ///   - body: the content.
    ///   - properties: what describes the content.
    ///   - exchange: the exchange's name; by default the default exchange, whose routing key is a queue's name.
    ///   - routingKey: the routing key.
    /// - Returns: whether a queue took the message; `false` also where there is no such exchange.
    @discardableResult
    public func publish(
        _ body: [UInt8], properties: AMQPProperties = AMQPProperties(), exchange: String = "", routingKey: String
    ) -> Bool {
        self.withBroker { broker, moment in
            do throws(BrokerRefusal) {
                let message = try BrokerMessage(exchange: exchange, routingKey: routingKey, properties: properties, body: body)
                return try broker.inject(message, at: moment)
            } catch {
                return false
            }
        }
    }

    // MARK: What tests do to it

    /// Moves the broker's time on: messages and queues expire as if so long had passed, and nobody waits.
    ///
    /// Heartbeats, and the timers of clients, keep to real time.
    ///
    /// - Parameter duration: by how much; not negative.
    public func advance(by duration: Duration) {
        self.state.withLock { $0.lead += max(duration, .zero) }
        self.withBroker { broker, moment in broker.leapt(by: max(duration, .zero), to: moment) }
    }

    /// Blocks the connections that publish, as RabbitMQ does when it runs out of memory or disk.
    ///
    /// A connection's first message from now on is still taken. Then the client is told (`connection.blocked`), and the broker reads no more
    /// from it until ``unblock()``: neither acknowledgements nor a close.
    ///
    /// - Parameter reason: what the clients are told.
    public func block(_ reason: String = "low on memory") {
        self.withBroker { broker, moment in broker.block(reason, at: moment) }
    }

    /// Ends what ``block(_:)`` began; what clients wrote meanwhile is dealt with.
    public func unblock() {
        self.withBroker { broker, moment in broker.unblock(at: moment) }
    }

    /// Cuts all connections off without a word, as when the network fails.
    public func dropConnections() {
        self.withBroker { broker, moment in broker.dropConnections(at: moment) }
    }

    /// Closes all connections in order, with the reply code 320, as an operator does.
    ///
    /// - Parameter reason: what the clients are told.
    public func closeConnections(_ reason: String) {
        self.withBroker { broker, moment in broker.closeConnections(reason, at: moment) }
    }

    /// Closes all connections and refuses new ones until ``start()``.
    ///
    /// Durable exchanges and queues survive, with the persistent messages in them; the rest is gone.
    public func stop() {
        self.state.withLock { $0.isStopped = true }
        self.withBroker { broker, moment in broker.stop(at: moment) }
    }

    /// Takes connections again after ``stop()``.
    public func start() {
        self.state.withLock { $0.isStopped = false }
    }

    /// Does ``stop()`` and ``start()``.
    public func restart() {
        self.stop()
        self.start()
    }

    // MARK: What streams do

    /// Makes a stream; `nil` while the broker is stopped.
    func connect(_ handler: any ByteStreamHandler) -> InMemoryStream? {
        self.state.withLock { state in
            guard !state.isStopped else { return nil }
            let id = state.broker.connected(at: Self.moment(ahead: state.lead))
            let stream = InMemoryStream(broker: self, id: id, handler: handler)
            state.streams[id] = stream
            return stream
        }
    }

    func received(_ bytes: Span<UInt8>, from id: SessionID) -> Bool {
        self.state.withLock { state in
            let hasRoom = state.broker.received(bytes, from: id, at: Self.moment(ahead: state.lead))
            self.carryOut(&state)
            return hasRoom
        }
    }

    func bytesRead(_ count: Int, by id: SessionID) {
        self.withBroker { broker, moment in broker.bytesRead(count, by: id, at: moment) }
    }

    func disconnected(_ id: SessionID) {
        self.withBroker { broker, moment in broker.disconnected(id, at: moment) }
        self.state.withLock { $0.streams[id] = nil }
    }

    // MARK: Machinery

    /// Changes the broker and carries out what follows, so that the order of the bytes is the order of the changes.
    private func withBroker<Result: Sendable>(_ change: (inout BrokerState, Moment) -> Result) -> Result {
        self.state.withLock { state in
            let result = change(&state.broker, Self.moment(ahead: state.lead))
            self.carryOut(&state)
            return result
        }
    }

    private func carryOut(_ state: inout State) {
        for action in state.broker.takeActions() {
            switch action {
            case .send(let id, let bytes): state.streams[id]?.deliver(bytes)
            case .resumeWriting(let id): state.streams[id]?.resumeWriting()
            case .close(let id, let isOrderly):
                state.streams[id]?.end(
                    isOrderly ? nil : TransportError(.connectionClosed, message: "the in-memory broker cut the connection off"))
            }
        }
        // An earlier timer will look again; a later one would be too late.
        guard let deadline = state.broker.nextDeadline().map({ $0 - state.lead }), deadline < state.armed ?? deadline + .seconds(1) else {
            return
        }
        state.armed = deadline
        self.queue.asyncAfter(deadline: .now() + deadline.dispatchInterval) { [weak self] in self?.timerFired(deadline) }
    }

    private func timerFired(_ deadline: ContinuousClock.Instant) {
        self.state.withLock { state in
            if state.armed == deadline { state.armed = nil }
            state.broker.timePassed(at: Self.moment(ahead: state.lead))
            self.carryOut(&state)
        }
    }

    private static func moment(ahead lead: Duration) -> Moment {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Moment(
            instant: .now + lead, unixSeconds: UInt64(max(0, Int64(time.tv_sec) + lead.components.seconds)))
    }
}
