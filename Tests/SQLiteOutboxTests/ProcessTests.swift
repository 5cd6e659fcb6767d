// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import TestSupport
import Testing

/// Processes that share a file, some of which are killed.
struct ProcessTests {
    @Test func `several processes store and relay in one file, each event once and each subject in order`() async throws {
        let folder = try DatabaseFolder()
        let relays = try (1...2).map { _ in try HelperProcess("OutboxProcess", ["relay", folder.path()]) }
        let writers = try ["x", "y", "z"].map { try HelperProcess("OutboxProcess", ["store", folder.path(), $0, "60"]) }
        for writer in writers { #expect(await writer.lines().last == "done") }
        for relay in relays { try relay.endInput() }
        var sent: [[String]] = []
        for relay in relays {
            let lines = await relay.lines()
            #expect(lines.first == "ready" && lines.last == "done")
            sent.append(lines.filter { $0.hasPrefix("sent ") })
        }
        let ids = sent.joined().map { $0.split(separator: " ")[1] }
        #expect(ids.count == 180 && Set(ids).count == 180)
        for lines in sent {
            for (_, line) in Dictionary(grouping: lines, by: { $0.split(separator: " ")[2] }) {
                let places = line.map { $0.split(separator: " ")[3] }
                #expect(places == places.sorted())
            }
        }
    }

    @Test func `a process that is killed at any operation leaves what it was told is stored`() async throws {
        // Some of the first operations make the file, and the later ones of the events repeat each other.
        for operation in Array(1...30) + Array(stride(from: 31, through: 400, by: 7)) {
            let folder = try DatabaseFolder()
            let lines = await (try HelperProcess("OutboxProcess", ["store", folder.path(), "k", "10", "\(operation)"])).lines()
            let outbox = try await folder.open()
            #expect(outbox.damagedFiles.isEmpty)
            let stored = Set(lines.filter { $0.hasPrefix("stored ") }.map { String($0.dropFirst(7)) })
            let prepared = Set(lines.filter { $0.hasPrefix("prepared ") }.map { String($0.dropFirst(9)) })
            let depth = try await outbox.depth()
            let ids = try await outbox.drainIDs()
            #expect(Set(ids).isSuperset(of: stored) && Set(ids).count == ids.count)
            // An intent is there or its event is.
            #expect(prepared.subtracting(ids).count <= depth.intents)
            _ = await outbox.close()
            if lines.last == "done" { break }
        }
    }

    @Test func `a process that is killed at any operation leaves what it was told is parked, in order`() async throws {
        for operation in Array(1...30) + Array(stride(from: 31, through: 400, by: 7)) {
            let folder = try DatabaseFolder()
            let lines = await (try HelperProcess("OutboxProcess", ["park", folder.path(), "k", "10", "\(operation)"])).lines()
            let store = try await folder.open().parkedStore(for: "k")
            // Whoever held it is gone, and with it its lock.
            let lanes = try await store.lanes()
            let (parked, removed) = (Self.ids(of: "parked", in: lines), Self.ids(of: "removed", in: lines))
            let deliveries = try await store.list(lane: nil, limit: 100)
            let ids = deliveries.map(\.id.rawValue)
            #expect(Set(ids).isSuperset(of: parked.subtracting(removed)) && removed.isDisjoint(with: ids) && Set(ids).count == ids.count)
            #expect(Set(lanes.map(\.name)) == Set(deliveries.map(\.lane)))
            #expect(ids == ids.sorted())
            for delivery in deliveries where lines.contains("updated \(delivery.id)") { #expect(delivery.attempts == 2) }
            if lines.last == "done" { break }
        }
    }

    private static func ids(of word: String, in lines: [String]) -> Set<String> {
        Set(lines.filter { $0.hasPrefix("\(word) ") }.map { String($0.dropFirst(word.count + 1)) })
    }

    @Test func `what a process holds is its own until it is killed, and free at once then`() async throws {
        let folder = try DatabaseFolder()
        let process = try HelperProcess("OutboxProcess", ["hold", folder.path(), "audit"])
        #expect(await process.nextLine() == "holding")
        let store = try await folder.open().parkedStore(for: "audit")
        await #expect(throws: LamassuEventsError(.parkedStoreInUse, message: "")) { try await store.lanes() }
        process.kill()
        _ = await process.lines()
        #expect(try await store.lanes().map(\.name) == ["ca/1"])
    }
}
