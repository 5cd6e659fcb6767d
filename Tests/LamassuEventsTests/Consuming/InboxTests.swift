// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import JSONCoding
import LamassuEvents
import Logging
import Synchronization
import Testing

@Suite struct InboxTests {
    let acknowledged = Shared<[String]>([])

    func inbox(
        filter: EventFilter = .all, senderPolicy: EventSenderPolicy = .anyone, isParking: Bool = false,
        _ configure: (inout HandlingConfiguration) -> Void = { _ in }
    ) -> Inbox {
        var handling = HandlingConfiguration()
        configure(&handling)
        return Inbox(handling, filter: filter, senderPolicy: senderPolicy, isParking: isParking, observer: nil, logger: .silent)
    }

    func incoming(
        _ name: String, _ content: Result<CloudEvent, LamassuEventsError>, userID: String? = "ca-service", deliveryCount: Int? = nil
    ) -> IncomingEvent {
        let acknowledged = self.acknowledged
        return IncomingEvent(
            content, routingKey: "key", userID: userID, isRedelivered: true, deliveryCount: deliveryCount
        ) {
            acknowledged.state.withLock { $0.append(name) }
        } deadLetter: { _ in
        }
    }

    func message(_ body: [UInt8], contentType: String? = nil) -> IncomingMessage {
        IncomingMessage(body: body, properties: AMQPProperties(contentType: contentType))
    }

    func message(
        _ name: String, id: CloudEvent.ID = .random(), source: EventSource = .ca, subject: String? = "ca/one", isNumbered: Bool = true,
        deliveryCount: Int? = nil
    ) throws -> IncomingEvent {
        var event = try CloudEvent(id: id, source: source.rawValue, type: "ca.create", subject: subject, json: JSONValue.null)
        if isNumbered { event[.sequence] = "1.1" }
        return self.incoming(name, .success(event), deliveryCount: deliveryCount)
    }

    @Test func `an event reaches its handler with how it came, and is acknowledged when it is done`() throws {
        let inbox = self.inbox()
        inbox.received(try self.message("one"))
        guard case .handle(let id, let event) = inbox.next() else {
            Issue.record("nothing to handle")
            return
        }
        #expect(event.subject == .ca("one"))
        #expect(event.source == .ca)
        #expect(event.type == .caCreate)
        #expect(event.attempt == 1)
        #expect(event.isRedelivered)
        #expect(event.userID == "ca-service")
        #expect(event.routingKey == "key")
        #expect(self.acknowledged.state.withLock { $0 } == [])
        inbox.handled(id, .done)
        #expect(self.acknowledged.state.withLock { $0 } == ["one"])
        inbox.handled(id, .done)
        #expect(self.acknowledged.state.withLock { $0 } == ["one"])
        #expect(inbox.statistics.done == 1)
        #expect(inbox.statistics.held == 0)
    }

    @Test(arguments: [
        (CloudEvent.ID("same"), EventSource.ca, true, true),
        // The services of Lamassu repeat ids within one span, and write no sequence.
        ("same", .ca, false, false),
        ("unknown", .ca, true, false),
        ("same", EventSource(rawValue: "lamassuiot/ca"), true, false),
    ])
    func `only an event whose id is unique is known when it comes again`(
        id: CloudEvent.ID, source: EventSource, isNumbered: Bool, isKnown: Bool
    ) throws {
        let inbox = self.inbox()
        for name in ["first", "second"] {
            inbox.received(try self.message(name, id: id, source: source, isNumbered: isNumbered))
            guard case .handle(let id, _) = inbox.next() else {
                #expect(name == "second" && isKnown)
                break
            }
            #expect(name == "first" || !isKnown)
            inbox.handled(id, .done)
        }
        #expect(self.acknowledged.state.withLock { $0 } == ["first", "second"])
        #expect(inbox.statistics.duplicates == (isKnown ? 1 : 0))
    }

    @Test func `an id of another source is another event, and nothing is remembered where that is switched off`() throws {
        let inbox = self.inbox()
        let forgetful = self.inbox { $0.rememberedEvents = 0 }
        for (inbox, sources) in [(inbox, [EventSource.ca, .dmsManager]), (forgetful, [.ca, .ca])] {
            for source in sources {
                inbox.received(try self.message("", id: "same", source: source))
                guard case .handle(let id, _) = inbox.next() else {
                    Issue.record("taken for a duplicate")
                    return
                }
                inbox.handled(id, .done)
            }
        }
    }

    @Test func `an event that was not done is not known`() throws {
        let inbox = self.inbox { $0.backoff = Backoff(initial: .zero, maximum: .zero) }
        inbox.received(try self.message("one"))
        for attempt in 1...3 {
            guard case .handle(let id, let event) = inbox.next() else {
                Issue.record("not tried again")
                return
            }
            #expect(event.attempt == attempt)
            inbox.handled(id, .retry(reason: "not yet"))
        }
        #expect(inbox.statistics.retried == 3)
        #expect(inbox.statistics.held == 1)
        #expect(self.acknowledged.state.withLock { $0 } == [])
    }

    @Test func `work that outlives its session is remembered, and its second delivery acknowledged`() throws {
        let inbox = self.inbox()
        inbox.received(try self.message("first", id: "same"))
        guard case .handle(let id, _) = inbox.next() else {
            Issue.record("nothing to handle")
            return
        }
        inbox.sessionEnded(LamassuEventsError(.connectionFailed, message: "cut"), retryingAfter: .zero)
        inbox.received(try self.message("second", id: "same"))
        inbox.handled(id, .done)
        guard case .wait = inbox.next() else {
            Issue.record("handled twice")
            return
        }
        #expect(self.acknowledged.state.withLock { $0 } == ["second"])
        #expect(inbox.statistics.duplicates == 1)
    }

    @Test func `a dead letter keeps its reason until it is confirmed`() throws {
        let inbox = self.inbox { $0.backoff = Backoff(initial: .zero, maximum: .zero) }
        inbox.received(try self.message("forbidden"))
        guard case .handle(let id, _) = inbox.next() else {
            Issue.record("nothing to handle")
            return
        }
        inbox.handled(id, .deadLetter(reason: "AWS says no"))
        for _ in 0..<2 {
            guard case .deadLetter(id, _, "AWS says no") = inbox.next() else {
                Issue.record("no dead letter")
                return
            }
            inbox.deadLetterFailed(id, LamassuEventsError(.unroutable, message: "no queue"))
        }
        guard case .deadLetter(id, let message, _) = inbox.next() else {
            Issue.record("no dead letter")
            return
        }
        #expect(message.routingKey == "key")
        #expect(self.acknowledged.state.withLock { $0 } == [])
        inbox.deadLettered(id)
        #expect(self.acknowledged.state.withLock { $0 } == ["forbidden"])
        #expect(inbox.statistics.deadLettered == 1)
    }

    @Test func `an event that its sender may not emit is a dead letter, and holds up no other of its subject`() throws {
        let inbox = self.inbox(senderPolicy: .only([.init(user: "ca-service", sources: [.ca])]))
        inbox.received(try self.message("forged", source: .deviceManager))
        inbox.received(self.incoming("unsigned", .success(try OutboxTests.event("ca/one")), userID: nil))
        inbox.received(try self.message("true"))
        var letters: [Inbox.DeliveryID] = []
        for user in ["'ca-service'", "does not name"] {
            guard case .deadLetter(let id, _, let reason) = inbox.next() else {
                Issue.record("no dead letter")
                return
            }
            #expect(reason.contains(user))
            letters.append(id)
        }
        guard case .handle(let id, let event) = inbox.next() else {
            Issue.record("held up")
            return
        }
        #expect(event.source == .ca)
        inbox.handled(id, .done)
        for id in letters { inbox.deadLettered(id) }
        #expect(self.acknowledged.state.withLock { $0 } == ["true", "forged", "unsigned"])
        #expect(inbox.statistics.deadLettered == 2)
    }

    @Test func `what the filter does not want is acknowledged without its handler`() throws {
        let inbox = self.inbox(filter: EventFilter(subjectKinds: [.device]))
        inbox.received(try self.message("other"))
        inbox.received(try self.message("wanted", subject: "device/one"))
        guard case .handle(_, let event) = inbox.next() else {
            Issue.record("nothing to handle")
            return
        }
        #expect(event.subject == .device("one"))
        #expect(self.acknowledged.state.withLock { $0 } == ["other"])
        #expect(inbox.statistics.filtered == 1)
    }

    @Test(arguments: [(nil, false), (0, false), (2, false), (3, true), (Int.max, true)] as [(Int?, Bool)])
    func `what was delivered too often is not handled`(deliveryCount: Int?, isPoisonous: Bool) throws {
        let inbox = self.inbox { $0.maximumDeliveries = 3 }
        inbox.received(try self.message("", deliveryCount: deliveryCount))
        switch inbox.next() {
        case .handle: #expect(!isPoisonous)
        case .deadLetter(_, _, let reason):
            #expect(isPoisonous)
            #expect(reason.contains("and never settled"))
        default: Issue.record("nothing to do")
        }
    }

    @Test func `a parked event is acknowledged when the store has it, and its second delivery too`() throws {
        let inbox = self.inbox(isParking: true) { $0.parkingDelay = .zero }
        inbox.received(try self.message("first", id: "same"))
        guard case .handle(let id, _) = inbox.next() else {
            Issue.record("nothing to handle")
            return
        }
        inbox.handled(id, .retry(reason: "AWS is away", after: .seconds(600)))
        guard case .park(id, _, let parking) = inbox.next() else {
            Issue.record("nothing to park")
            return
        }
        #expect(parking.attempts == 1)
        #expect(parking.reason == "AWS is away")
        #expect(self.acknowledged.state.withLock { $0 } == [])
        inbox.parked(id, parking)
        #expect(self.acknowledged.state.withLock { $0 } == ["first"])
        #expect(inbox.statistics.parked == 1 && inbox.statistics.parkedSubjects == 1)
        inbox.received(try self.message("second", id: "same"))
        guard case .wait = inbox.next() else {
            Issue.record("parked twice")
            return
        }
        #expect(self.acknowledged.state.withLock { $0 } == ["first", "second"])
    }

    @Test func `a parked event that became a dead letter is handled when it is put back`() throws {
        let inbox = self.inbox(isParking: true) { $0.parkingDelay = .zero }
        inbox.received(try self.message("first", id: "same"))
        guard case .handle(let id, _) = inbox.next() else {
            Issue.record("nothing to handle")
            return
        }
        inbox.handled(id, .retry(reason: "AWS is away", after: .seconds(600)))
        guard case .park(id, _, var parking) = inbox.next() else {
            Issue.record("nothing to park")
            return
        }
        parking.nextAttempt = .now
        inbox.parked(id, parking)
        guard case .resume(lane: "ca/one") = inbox.next() else {
            Issue.record("nothing to resume")
            return
        }
        let summary = EventSummary(id: "same", source: .ca, type: .caCreate, subject: "ca/one")
        inbox.resumed("ca/one", .deadLetter(summary, reason: "given up"), next: nil)
        inbox.received(try self.message("put back", id: "same"))
        guard case .handle(let again, _) = inbox.next() else {
            Issue.record("not handled")
            return
        }
        #expect(self.acknowledged.state.withLock { $0 } == ["first"])
        inbox.handled(again, .done)
        #expect(self.acknowledged.state.withLock { $0 } == ["first", "put back"])
        #expect(inbox.statistics.duplicates == 0)
    }

    @Test(arguments: [
        ("application/cloudevents+json", true), ("Application/CloudEvents+JSON; charset=utf-8", true), (nil, true), ("text/json", true),
        ("application/json ; charset=utf-8", true), ("text/plain", false), ("application/cloudevents-batch+json", false),
        ("application/cloudevents+avro", false),
    ])
    func `an event is read by its content type`(contentType: String?, isRead: Bool) throws {
        let body = try OutboxTests.event("ca/one").encoded(as: .json)
        let message = self.message(body, contentType: contentType)
        if isRead {
            #expect(try message.event(acceptsPlainJSON: true).subject == "ca/one")
        } else {
            #expect(throws: LamassuEventsError(.undecodable, message: "")) { try message.event(acceptsPlainJSON: true) }
        }
    }

    @Test(arguments: [nil, "", "text/json", "application/json"])
    func `plain JSON can be refused`(contentType: String?) throws {
        let message = self.message(try OutboxTests.event("ca/one").encoded(as: .json), contentType: contentType)
        #expect(throws: LamassuEventsError(.undecodable, message: "")) { try message.event(acceptsPlainJSON: false) }
    }

    @Test func `no prefix of an event is an event, and the error quotes none of it`() throws {
        let body = try Sample.bytes("11-device.metadata.update").dropLast(while: { $0 == UInt8(ascii: "\n") })
        for length in 0..<body.count {
            let error = #expect(throws: LamassuEventsError.self) {
                try self.message(Array(body[..<length])).event(acceptsPlainJSON: true)
            }
            #expect(error?.message.contains("press-01") == false)
        }
    }

    @Test func `a payload that is otherwise is told without its values`() throws {
        let event = ReceivedEvent(try OutboxTests.event("ca/one", ["id": "secret", "certificate": 5]))
        let error = #expect(throws: LamassuEventsError.self) { try event.payload(as: CACertificate.self) }
        #expect(error?.code == .undecodable)
        #expect(error?.message.contains("secret") == false)
        var empty = try OutboxTests.event("ca/one")
        empty.data = nil
        #expect(throws: LamassuEventsError.self) { try ReceivedEvent(empty).payload(as: CACertificate.self) }
    }
}

extension [UInt8] {
    /// The bytes without those at the end that satisfy a condition.
    fileprivate func dropLast(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        self[..<((self.lastIndex { !condition($0) } ?? -1) + 1)]
    }
}
