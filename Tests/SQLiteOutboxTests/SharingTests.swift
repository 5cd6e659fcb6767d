// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import TestSupport
import Testing

struct SharingTests {
    @Test func `a subject is leased to one store at a time`() async throws {
        let folder = try DatabaseFolder()
        let (first, second) = (try await folder.open(), try await folder.open())
        for id in ["a", "b"] { _ = try await first.enqueue(.test(id)) }
        _ = try await second.enqueue(.test("c", of: "ca/2"))
        let claimed = try await first.claim(limit: 1, perSubject: 1)
        #expect(claimed.map(\.event.id.rawValue) == ["a"])
        #expect(try await second.claim(limit: 10, perSubject: 10).map(\.event.id.rawValue) == ["c"])
        _ = try await first.settle([.confirmed(claimed[0].number)])
        #expect(try await second.claim(limit: 10, perSubject: 10).map(\.event.id.rawValue) == ["b"])
    }

    @Test func `what a store holds that gives no sign of life is free when its lease has run out`() async throws {
        let folder = try DatabaseFolder()
        let gone = try await folder.open { $0.leaseDuration = .milliseconds(50) }
        _ = try await gone.enqueue(.test("a"))
        var intent = OutboxIntent.test("intent", previous: Array("{}".utf8))
        intent.context = EventContext(
            trace: TraceContext(traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", traceState: "vendor=1"),
            principal: .certificate(commonName: "device-ü", pem: "PEM"), source: .service("gateway"))
        try await gone.prepare(intent, isWriteAhead: true)
        let late = try #require(try await gone.claim(limit: 1, perSubject: 1).first)

        let heir = try await folder.open()
        #expect(try await heir.nextDue() != nil)
        try await eventually { try await !heir.claim(limit: 1, perSubject: 1).isEmpty }
        let intents = try await heir.adoptIntents(limit: 10)
        #expect(intents == [intent])
        #expect(try await heir.adoptIntents(limit: 10).isEmpty)

        // The other was only slow: what it says of the event now is passed over, and what it stores is stored.
        _ = try await gone.settle([.parked(late.number, LamassuEventsError(.parked, message: "too late"))])
        #expect(try await heir.depth().parked == 0)
        _ = try await gone.complete(.test("intent"), with: .test("intent"))
        _ = try await heir.complete(intents[0], with: .test("intent"))
        try await heir.release()
        #expect(try await heir.drainIDs() == ["a", "intent"])
    }

    @Test func `a store that gives signs of life keeps what it holds`() async throws {
        let folder = try DatabaseFolder()
        let alive = try await folder.open { $0.leaseDuration = .seconds(5) }
        let other = try await folder.open()
        _ = try await alive.enqueue(.test("a"))
        let entry = try #require(try await alive.claim(limit: 1, perSubject: 1).first)
        let end = ContinuousClock.now + .seconds(6)
        while ContinuousClock.now < end {
            try await alive.renewLeases()
            #expect(try await other.claim(limit: 1, perSubject: 1).isEmpty)
            try await Task.sleep(for: .milliseconds(100))
        }
        _ = try await alive.settle([.confirmed(entry.number)])
        #expect(try await other.depth().events == 0)
    }

    @Test func `a relay that stood still for longer than its lease sends all that nobody has taken meanwhile`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        for id in ["a", "b", "c"] { _ = try await outbox.enqueue(.test(id)) }
        var relay = RelayStateMachine(limits: .init(window: 4, isDurable: true, leaseDuration: outbox.leaseDuration))
        relay.sessionOpened()
        var now = ContinuousClock.now
        var sent: [String] = []
        relaying: while true {
            switch relay.next(at: now) {
            case .claim(let limit, let perSubject):
                let entries = try await outbox.claim(limit: limit, perSubject: perSubject)
                relay.claimed(entries, limit: limit, requestedAt: now, nextDue: nil)
            case .publish(let numbers):
                for number in numbers {
                    if let entry = relay.entry(number) { sent.append(entry.event.id.rawValue) }
                    // The first one is on its way when the process stops.
                    if sent.count == 1 { now += .seconds(60) }
                    _ = relay.confirmed(number)
                }
            case .settle(let settlements):
                _ = try await outbox.settle(settlements)
                relay.settled()
            case .release:
                try await outbox.release()
                relay.released()
            case .renewLeases:
                try await outbox.renewLeases()
                relay.renewed(requestedAt: now)
            case .wait, .endSession, .finished: break relaying
            }
        }
        #expect(sent == ["a", "b", "c"])
        #expect(try await outbox.depth().events == 0)
    }

    @Test func `a lease from the future, or of another boot, holds nobody up`() async throws {
        let folder = try DatabaseFolder()
        let first = try await folder.open()
        _ = try await first.enqueue(.test("a"))
        #expect(try await first.claim(limit: 1, perSubject: 1).count == 1)
        let host = try HostConnection(path: folder.path())
        try host.run("UPDATE lamassu_outbox_owners SET renewed_at = renewed_at + 1000000000")
        let second = try await folder.open()
        let entry = try #require(try await second.claim(limit: 1, perSubject: 1).first)
        _ = try await second.settle([.deferred(entry.number, for: .seconds(3_600))])
        #expect(try await second.claim(limit: 1, perSubject: 1).isEmpty)

        try host.run("UPDATE lamassu_outbox_totals SET boot = 'another'")
        let third = try await folder.open()
        #expect(try await third.claim(limit: 1, perSubject: 1).count == 1)
    }

    @Test func `a rest of a boot that the system does not name holds nobody up once the file is opened again`() async throws {
        let folder = try DatabaseFolder()
        let first = try await folder.open { $0.boot = "" }
        _ = try await first.enqueue(.test("a"))
        let entry = try #require(try await first.claim(limit: 1, perSubject: 1).first)
        _ = try await first.settle([.deferred(entry.number, for: .seconds(3_600))])
        #expect(try await first.claim(limit: 1, perSubject: 1).isEmpty)

        let second = try await folder.open { $0.boot = "" }
        #expect(try await second.claim(limit: 1, perSubject: 1).map(\.number) == [entry.number])
    }

    @Test func `a store that is closed leaves nothing leased`() async throws {
        let folder = try DatabaseFolder()
        let (first, second) = (try await folder.open(), try await folder.open())
        _ = try await first.enqueue(.test("a"))
        #expect(try await first.claim(limit: 1, perSubject: 1).count == 1)
        _ = await first.close()
        #expect(try await second.claim(limit: 1, perSubject: 1).count == 1)
        try await second.release()
        // And it opens again for who needs it.
        #expect(try await first.drainIDs() == ["a"])
    }

    @Test func `relays of several stores send each event once, and each subject in order`() async throws {
        let folder = try DatabaseFolder()
        let stores = try await [folder.open(), folder.open(), folder.open()]
        let count = 300
        let sent = try await withThrowingTaskGroup(of: [CloudEvent].self) { group in
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for writer in 0..<3 {
                        writers.addTask {
                            for index in 0..<count / 3 {
                                _ = try await stores[writer].enqueue(.test("\(writer)-\(index)", of: "ca/\(writer)-\(index % 5)"))
                            }
                        }
                    }
                    try await writers.waitForAll()
                }
                return []
            }
            for store in stores {
                group.addTask {
                    var sent: [CloudEvent] = []
                    try await eventually {
                        sent += try await store.drain(limit: 7, perSubject: 3)
                        return try await store.depth().events == 0 && store.hasSeen(count, in: folder)
                    }
                    return sent
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let events = sent.flatMap { $0 }
        #expect(events.count == count && Set(events.map(\.id)).count == count)
        // Each relay saw the events of a subject in order; who saw which is open.
        for part in sent {
            for (_, line) in Dictionary(grouping: part, by: \.subject) {
                let places = line.compactMap { $0[.sequence]?.text }
                #expect(places == places.sorted())
            }
        }
    }
}

extension SQLiteOutbox {
    /// Whether so many events were stored in the file, sent ones included.
    fileprivate func hasSeen(_ count: Int, in folder: DatabaseFolder) throws -> Bool {
        let host = try HostConnection(path: folder.path())
        return try host.run("SELECT coalesce(sum(count), 0) FROM lamassu_outbox_subjects") == ["\(count)"]
    }
}
