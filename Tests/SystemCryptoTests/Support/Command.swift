// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a command in a child process left.
struct Command {
    let status: Int32
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: self.output, as: UTF8.self) }

    /// Runs a command, found in `PATH`, in a folder of its own, which holds `files` while it runs.
    static func run(
        _ arguments: [String], input: [UInt8] = [], files: [String: [UInt8]] = [:], environment: [String: String] = [:]
    ) throws -> Command {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, content) in files { try Data(content).write(to: folder.appendingPathComponent(name)) }
        let inputFile = folder.appendingPathComponent("standard-input")
        try Data(input).write(to: inputFile)
        let outputFile = folder.appendingPathComponent("standard-output")
        let errorFile = folder.appendingPathComponent("standard-error")
        for file in [outputFile, errorFile] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        process.waitUntilExit()
        return Command(
            status: process.terminationStatus, output: Array(try Data(contentsOf: outputFile)),
            errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
    }
}
