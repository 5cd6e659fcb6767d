// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Programs that tests run.
package enum TestCommand {
    /// A program ended with another status than 0.
    package struct Failure: Error {
        package var command: [String]
        package var status: Int32
        package var output: String
    }

    /// Runs a program of PATH and returns what it prints, which must be short.
    package static func run(_ command: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = command
            process.standardOutput = output
            process.terminationHandler = { process in
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                if process.terminationStatus == 0 {
                    continuation.resume(returning: text)
                } else {
                    continuation.resume(throwing: Failure(command: command, status: process.terminationStatus, output: text))
                }
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
