// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A program of this package that runs beside a test and says in lines what it does.
package final class HelperProcess: @unchecked Sendable {
    // Set up before they are shared; the handles are used by one task at a time, as the test does it.
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()
    /// What was read and is not a whole line yet, or not given out.
    private let unread = Mutex<[UInt8]>([])

    /// Starts the program, which stands in the folder of the tests.
    package init(_ name: String, _ arguments: [String]) throws {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        self.process.executableURL = folder.appending(path: name)
        self.process.arguments = arguments
        self.process.standardOutput = self.output
        self.process.standardInput = self.input
        try self.process.run()
    }

    /// Ends its input.
    package func endInput() throws { try self.input.fileHandleForWriting.close() }

    /// Ends it at once, whatever it does.
    package func kill() { _ = Foundation.kill(self.process.processIdentifier, SIGKILL) }

    /// What it says next; nil when it has ended.
    package func nextLine() async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: self.readLine()) }
        }
    }

    /// What it says until it has ended.
    package func lines() async -> [String] {
        var lines: [String] = []
        while let line = await self.nextLine() { lines.append(line) }
        return lines
    }

    private func readLine() -> String? {
        while true {
            let line = self.unread.withLock { unread -> String? in
                guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            if let line { return line }
            let data = self.output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                self.process.waitUntilExit()
                return nil
            }
            self.unread.withLock { $0 += data }
        }
    }
}
