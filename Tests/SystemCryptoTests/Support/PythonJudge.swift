// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Python's `cryptography`, which brings an OpenSSL of its own: `Judge/judge.py` in a child process.
enum PythonJudge {
    /// The Python that Scripts/test.sh installs, otherwise the one in `PATH`.
    private static let python: String = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..").standardized
        let installed = package.appendingPathComponent(".venv/bin/python").path
        return FileManager.default.isExecutableFile(atPath: installed) ? installed : "python3"
    }()

    /// Has a task done and reads its result.
    static func ask<Result: Decodable>(_ task: String, _ parameters: [String: String], as type: Result.Type = Result.self) throws -> Result
    {
        let script = try #require(Bundle.module.url(forResource: "judge", withExtension: "py", subdirectory: "Judge"))
        let input = try JSONEncoder().encode(parameters.merging(["task": task]) { $1 })
        let command = try Command.run([self.python, script.path], input: Array(input))
        try #require(command.status == 0, "judge.py, \(task): \(command.errors)")
        return try JSONDecoder().decode(Result.self, from: Data(command.output))
    }
}
