// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

/// Processes that share a file, some of which are killed.
struct ProcessTests {
    /// A running helper.
    private final class Helper: @unchecked Sendable {
        // Set up before it is shared, and only read and closed afterwards.
        private let process = Process()
        private let output = Pipe()
        private let input = Pipe()

        init(_ arguments: [String]) throws {
            let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            self.process.executableURL = folder.appending(path: "OutboxProcess")
            self.process.arguments = arguments
            self.process.standardOutput = self.output
            self.process.standardInput = self.input
            try self.process.run()
        }

        /// Ends the input of a relay, which then ends when there is nothing to do.
        func endInput() throws { try self.input.fileHandleForWriting.close() }

        /// What it said, when it has ended.
        func lines() async -> [String] {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    let data = self.output.fileHandleForReading.readDataToEndOfFile()
                    self.process.waitUntilExit()
                    continuation.resume(returning: String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init))
                }
            }
        }
    }

    @Test func `several processes store and relay in one file, each event once and each subject in order`() async throws {
        let folder = try DatabaseFolder()
        let relays = try (1...2).map { _ in try Helper(["relay", folder.path()]) }
        let writers = try ["x", "y", "z"].map { try Helper(["store", folder.path(), $0, "60"]) }
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
            let lines = await (try Helper(["store", folder.path(), "k", "10", "\(operation)"])).lines()
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
}
