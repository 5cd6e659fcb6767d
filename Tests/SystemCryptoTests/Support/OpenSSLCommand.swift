// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The `openssl` command in a child process: a judge that shares no code with the module under test but the library itself.
enum OpenSSLCommand {
    /// Runs the command in a folder of its own, which holds `files` while it runs.
    static func run(_ arguments: [String], input: [UInt8] = [], files: [String: [UInt8]] = [:]) throws -> Command {
        try Command.run(["openssl"] + arguments, input: input, files: files)
    }

    /// Runs the command, expects success and returns what it wrote.
    static func output(_ arguments: [String], input: [UInt8] = [], files: [String: [UInt8]] = [:]) throws -> String {
        let command = try self.run(arguments, input: input, files: files)
        try #require(command.status == 0, "openssl \(arguments.joined(separator: " ")): \(command.errors)")
        return command.text
    }
}
