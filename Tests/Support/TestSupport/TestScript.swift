// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// A Python script that is the server of a test.
///
/// It prints one line of a name and a value for each thing the test needs to know, such as a port, then "ready", and ends when its standard
/// input does.
package enum TestScript {
    /// Runs a script for as long as the body runs, which gets what it printed.
    package static func run<Value>(
        _ path: String, arguments: [String] = [], _ body: ([String: String]) async throws -> Value
    ) async throws -> Value {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [path] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let reading = output.fileHandleForReading
        let values = await withCheckedContinuation { continuation in
            // Reading a pipe blocks, which no thread of the cooperative pool may do.
            DispatchQueue.global().async { continuation.resume(returning: self.readValues(from: reading)) }
        }
        // The script ends with its standard input, also when this process dies.
        defer { try? input.fileHandleForWriting.close() }
        return try await body(values)
    }

    private static func readValues(from handle: FileHandle) -> [String: String] {
        var values: [String: String] = [:]
        var text = ""
        while values["ready"] == nil {
            let data = handle.availableData
            guard !data.isEmpty else { break }
            text += String(decoding: data, as: UTF8.self)
            while let end = text.firstIndex(of: "\n") {
                let words = text[..<end].split(separator: " ", maxSplits: 1)
                if words.count == 2 { values[String(words[0])] = String(words[1]) }
                text = String(text[text.index(after: end)...])
            }
        }
        return values
    }
}
