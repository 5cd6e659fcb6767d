// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import TestSupport
import Testing

struct RetentionTests {
    @Test func `a confirmed event is forgotten, and may then be stored anew`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        for _ in 1...2 {
            _ = try await outbox.enqueue(.test("a"))
            #expect(try await outbox.drainIDs() == ["a"])
        }
    }

    @Test func `an event that is kept as sent is known, until its time is over`() async throws {
        let folder = try DatabaseFolder()
        var outbox = try await folder.open { $0.sentRetention = .seconds(3_600) }
        for _ in 1...2 { _ = try await outbox.enqueue(.test("a")) }
        #expect(try await outbox.drainIDs() == ["a"])
        #expect(try await outbox.enqueue(.test("a")) == OutboxReceipt(.sent))
        #expect(try await outbox.drainIDs() == [])
        let host = try HostConnection(path: folder.path())
        #expect(try host.run("SELECT id FROM lamassu_outbox_sent") == ["a"])
        _ = await outbox.close()

        outbox = try await folder.open { $0.sentRetention = .zero }
        try await eventually {
            try await outbox.renewLeases()
            return try host.run("SELECT id FROM lamassu_outbox_sent").isEmpty
        }
    }

    @Test func `the count of a subject goes on when its events are gone`() async throws {
        let folder = try DatabaseFolder()
        var outbox = try await folder.open()
        var places: [String] = []
        for index in 1...3 {
            _ = try await outbox.enqueue(.test("\(index)"))
            places += try await outbox.drain().compactMap { $0[.sequence]?.text }
            _ = await outbox.close()
            outbox = try await folder.open()
        }
        #expect(places.map { $0.suffix(3) } == ["001", "002", "003"])
        #expect(Set(places.map { $0.prefix(13) }).count == 1)
    }

    @Test func `the count of a subject that was forgotten begins anew, and later`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open { $0.maximumIdleSubjects = 3 }
        _ = try await outbox.enqueue(.test("first", of: "ca/forgotten"))
        var places = try await outbox.drain().compactMap { $0[.sequence]?.text }
        for index in 1...20 { _ = try await outbox.enqueue(.test("\(index)", of: "ca/\(index)")) }
        _ = try await outbox.drain()
        let host = try HostConnection(path: folder.path())
        #expect(try host.run("SELECT id FROM lamassu_outbox_subjects WHERE lane = 'ca/forgotten'").isEmpty)
        #expect(try host.run("SELECT count(*) <= 3 FROM lamassu_outbox_subjects") == ["1"])
        #expect(
            try host.run("SELECT subjects FROM lamassu_outbox_totals") == host.run("SELECT count(*) FROM lamassu_outbox_subjects"))
        _ = try await outbox.enqueue(.test("second", of: "ca/forgotten"))
        places += try await outbox.drain().compactMap { $0[.sequence]?.text }
        #expect(places.count == 2 && places[0] < places[1])
        #expect(places[0].prefix(13) < places[1].prefix(13) && places[1].hasSuffix(".0000000001"))
    }

    @Test func `the file becomes smaller when its events are gone`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open {
            $0.vacuumPages = 8
            $0.checkpointPages = 64
        }
        for index in 1...100 { _ = try await outbox.enqueue(.test("\(index)", bytes: 20_000)) }
        #expect(try await outbox.drain().count == 100)
        let host = try HostConnection(path: folder.path())
        try await eventually { try host.run("PRAGMA page_count").compactMap { Int($0) }.allSatisfy { $0 < 100 } }
        #expect(try host.run("PRAGMA integrity_check") == ["ok"])
    }
}
