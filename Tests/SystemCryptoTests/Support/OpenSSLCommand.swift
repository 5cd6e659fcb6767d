// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The `openssl` command in a child process: a judge that shares no code with the module under test.
struct OpenSSLCommand {
    let status: Int32
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: self.output, as: UTF8.self) }

    /// Runs the command in a folder of its own, which holds `files` while it runs.
    static func run(_ arguments: [String], input: [UInt8] = [], files: [String: [UInt8]] = [:]) throws -> OpenSSLCommand {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("openssl-\(UUID().uuidString)")
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
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        process.waitUntilExit()
        return OpenSSLCommand(
            status: process.terminationStatus, output: Array(try Data(contentsOf: outputFile)),
            errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
    }

    /// Runs the command, expects success and returns what it wrote.
    static func output(_ arguments: [String], input: [UInt8] = [], files: [String: [UInt8]] = [:]) throws -> String {
        let command = try self.run(arguments, input: input, files: files)
        try #require(command.status == 0, "openssl \(arguments.joined(separator: " ")): \(command.errors)")
        return command.text
    }
}
