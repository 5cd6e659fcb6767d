// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFaultVFS
import Foundation
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

struct DamagedFileTests {
    /// Ways in which a file can be damaged while nobody has it open.
    enum Damage: String, CaseIterable {
        case notADatabase, cutOff, cutOffWithLog, overwrittenInside

        func inflict(on folder: DatabaseFolder) throws {
            let path = folder.path()
            switch self {
            case .notADatabase: try folder.write(Array(repeating: 0x2A, count: 10_000))
            case .cutOff: try folder.write(Array(try folder.read().prefix(9_000)))
            case .cutOffWithLog:
                try FileManager.default.copyItem(atPath: path, toPath: path + "-wal")
                try folder.write([])
            case .overwrittenInside:
                var bytes = try folder.read()
                // The page headers after the first, which holds the schema.
                for page in stride(from: 4_096, to: bytes.count, by: 4_096) {
                    for index in page..<page + 64 { bytes[index] = 0xEE }
                }
                try folder.write(bytes)
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func `a damaged file is moved aside, and a new one begun`(_ damage: Damage) async throws {
        let folder = try DatabaseFolder()
        var outbox = try await folder.open()
        for index in 1...50 { _ = try await outbox.enqueue(.test("old-\(index)", of: "ca/\(index)", bytes: 1_000)) }
        _ = await outbox.close()
        try damage.inflict(on: folder)
        let damaged = try folder.read()

        outbox = try await folder.open()
        let moved = try #require(outbox.damagedFiles.first)
        #expect(moved.hasPrefix(folder.path() + ".corrupt-"))
        #expect(try folder.read(moved) == damaged)
        _ = try await outbox.enqueue(.test("new"))
        #expect(try await outbox.drainIDs() == ["new"])
    }

    @Test(arguments: Damage.allCases)
    func `a damaged file stays where that is asked for, and says so`(_ damage: Damage) async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        for index in 1...50 { _ = try await outbox.enqueue(.test("old-\(index)", of: "ca/\(index)", bytes: 1_000)) }
        _ = await outbox.close()
        try damage.inflict(on: folder)
        let error = await #expect(throws: LamassuEventsError.self) { try await folder.open { $0.movesDamagedFileAside = false } }
        #expect(error?.code == .storeCorrupt)
        #expect(error?.message.contains(folder.path()) == true)
        #expect(try folder.names.allSatisfy { !$0.contains("corrupt") })
    }

    @Test func `damage that shows in use does not end the service`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        _ = try await outbox.enqueue(.test("old"))
        let host = try HostConnection(path: folder.path())
        try host.run("DELETE FROM lamassu_outbox_totals")
        _ = try await outbox.enqueue(.test("new"))
        #expect(outbox.damagedFiles.count == 1)
        #expect(try await outbox.drainIDs() == ["new"])
    }

    @Test func `a store whose file another one has moved aside goes on with the new one, and settles nothing in it`() async throws {
        let folder = try DatabaseFolder()
        let (first, second) = (try await folder.open(), try await folder.open())
        _ = try await first.enqueue(.test("old"))
        let entry = try #require(try await first.claim(limit: 1, perSubject: 1).first)
        try HostConnection(path: folder.path()).run("DELETE FROM lamassu_outbox_totals")
        _ = try await second.enqueue(.test("new"))
        #expect(second.damagedFiles.count == 1)
        #expect(try await first.claim(limit: 1, perSubject: 1).map(\.event.id.rawValue) == ["new"])
        _ = try await first.settle([.confirmed(entry.number)])
        _ = try await first.enqueue(.test("newer"))
        #expect(try await second.depth().events == 2)
        #expect(first.damagedFiles.isEmpty)
    }

    @Test func `two stores that find the same damage move it aside once`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        for index in 1...50 { _ = try await outbox.enqueue(.test("old-\(index)", of: "ca/\(index)", bytes: 1_000)) }
        _ = await outbox.close()
        try Damage.overwrittenInside.inflict(on: folder)
        async let first = folder.open()
        async let second = folder.open()
        let stores = try await [first, second]
        #expect(stores.flatMap(\.damagedFiles).count == 1)
        for (index, store) in stores.enumerated() { _ = try await store.enqueue(.test("new-\(index)")) }
        #expect(try await stores[0].drain().count == 2)
    }

    @Test func `a full disk refuses, and takes events again when there is room`() async throws {
        let disk = try FaultDisk()
        let folder = try DatabaseFolder()
        let outbox = try await folder.open { $0.vfs = disk.name }
        _ = try await outbox.enqueue(.test("before"))
        disk.arm(CFAULTVFS_DISK_FULL, count: .max)
        for _ in 1...3 {
            await #expect(throws: LamassuEventsError(.storeFull, message: "")) { try await outbox.enqueue(.test("refused")) }
        }
        await #expect(throws: LamassuEventsError(.storeFull, message: "")) { try await outbox.prepare(.test("p"), isWriteAhead: true) }
        disk.arm(CFAULTVFS_NONE)
        _ = try await outbox.enqueue(.test("after"))
        #expect(try await outbox.drainIDs() == ["before", "after"])
        _ = await outbox.close()
    }

    @Test func `a file that may only be read says so`() async throws {
        let disk = try FaultDisk()
        let folder = try DatabaseFolder()
        _ = await (try await folder.open()).close()
        disk.setReadOnly(true)
        await #expect(throws: LamassuEventsError(.storeInaccessible, message: "")) { try await folder.open { $0.vfs = disk.name } }
    }

    @Test(arguments: ["missing/outbox.db", "", "outbox.db/inside"])
    func `a path that cannot be used says so`(_ name: String) async throws {
        let folder = try DatabaseFolder()
        _ = await (try await folder.open()).close()
        let error = await #expect(throws: LamassuEventsError.self) {
            try await folder.open { $0.path = name.isEmpty ? folder.url.path : folder.path(name) }
        }
        #expect(error?.code == .storeInaccessible)
    }

    @Test func `the files are the owner's alone`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        _ = try await outbox.enqueue(.test("a"))
        #expect(try folder.names == ["outbox.db", "outbox.db-shm", "outbox.db-wal", "outbox.db.lock"])
        for name in try folder.names {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        _ = await outbox.close()
    }
}
