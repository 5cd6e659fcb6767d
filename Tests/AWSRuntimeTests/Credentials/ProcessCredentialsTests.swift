// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Foundation
import TestSupport
import Testing

@Suite struct ProcessCredentialsTests {
    static func provider(_ command: String, timeout: Duration = .seconds(30)) -> ProcessCredentialsProvider {
        ProcessCredentialsProvider(command: command, environment: ["PATH": "/usr/bin:/bin", "SECRET": "from the test"], timeout: timeout)
    }

    static let document = #"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "s"#

    @Test(arguments: [
        (document + #""}"#, AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s")),
        (document + #"", "SessionToken": "t"}"#, AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s", sessionToken: "t")),
        (
            document + #"", "SessionToken": "t", "Expiration": "2030-01-01T00:00:00+00:00", "Other": [1]}"#,
            AWSCredentials(
                accessKeyID: "AKID", secretAccessKey: "s", sessionToken: "t", expiration: AWSTimestamp(secondsSinceEpoch: 1_893_456_000))
        ),
    ])
    func `a program prints credentials`(output: String, credentials: AWSCredentials) async throws {
        #expect(try await Self.provider("printf '%s' '\(output)'").credentials() == credentials)
    }

    @Test func `a program is run without a shell, with its arguments and the environment`() async throws {
        let script =
            #"import json,os,sys; print(json.dumps({'Version': 1, 'AccessKeyId': sys.argv[1], 'SecretAccessKey': os.environ['SECRET']}))"#
        let credentials = try await Self.provider("python3 -c \"\(script)\" '$HOME; `id` | x'").credentials()
        #expect(credentials.accessKeyID == "$HOME; `id` | x")
        #expect(credentials.secretAccessKey == "from the test")
    }

    @Test(arguments: [
        ("printf ''", AWSErrorCode.malformedCredentials), ("printf '<html>topsecret'", .malformedCredentials),
        (#"printf '{"Version": 2, "AccessKeyId": "AKID", "SecretAccessKey": "topsecret"}'"#, .malformedCredentials),
        (#"printf '{"AccessKeyId": "AKID", "SecretAccessKey": "topsecret"}'"#, .malformedCredentials),
        (#"printf '{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "topsecret"'"#, .malformedCredentials),
        (#"printf '{"Version": 1, "AccessKeyId": "AKID"}'"#, .malformedCredentials),
        (#"printf '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "topsecret", "Expiration": "soon"}'"#, .malformedCredentials),
        ("head -c 100000 /dev/zero", .malformedCredentials), ("yes topsecret", .malformedCredentials),
        ("false topsecret", "ProcessFailed"), ("sh -c 'kill -9 $$'", "ProcessFailed"),
        ("/nowhere/program topsecret", .invalidCredentialsConfiguration), ("/etc/passwd", .invalidCredentialsConfiguration),
        ("", .invalidCredentialsConfiguration), ("   ", .invalidCredentialsConfiguration), ("''", .invalidCredentialsConfiguration),
        ("printf 'topsecret", .invalidCredentialsConfiguration), ("a\\", .invalidCredentialsConfiguration),
        ("printf \u{0} topsecret", .invalidCredentialsConfiguration),
    ])
    func `a program that fails or prints something else is an error without secrets`(command: String, code: AWSErrorCode) async throws {
        let error = await #expect(throws: AWSError.self) { try await Self.provider(command).credentials() }
        #expect(error?.kind == .credentials)
        #expect(error?.code == code)
        #expect(error.map { !"\($0)".contains("topsecret") } == true)
    }

    @Test(arguments: ["sleep 1000", "sh -c 'sleep 1000'", "sh -c 'exec >&-; sleep 1000'", "sh -c 'sleep 1000 & echo; wait'"])
    func `a program that takes too long is killed with all it started`(command: String) async throws {
        let marked = command.replacing("1000", with: "\(100_000 + Int.random(in: 0..<100_000))")
        await #expect(throws: AWSError(.credentials, code: .credentialsTimedOut, message: "")) {
            try await Self.provider(marked, timeout: .milliseconds(100)).credentials()
        }
        let number = try #require(marked.split(whereSeparator: { !$0.isNumber }).first)
        try await eventually { try Self.processes(with: String(number)).isEmpty }
    }

    @Test func `a program that leaves a daemon behind is not waited for longer than it lives`() async throws {
        // The daemon holds the pipe open for longer than the program may take.
        let command = "sh -c 'sleep 20 & printf %s \"$0\"' '\(Self.document)\"}'"
        #expect(try await Self.provider(command, timeout: .seconds(10)).credentials().accessKeyID == "AKID")
    }

    @Test func `all that a program prints is read, although it ends at once`() async throws {
        let token = String(repeating: "t", count: 60_000)
        for _ in 0..<20 {
            let credentials = try await Self.provider("printf '%s' '\(Self.document)\", \"SessionToken\": \"\(token)\"}'").credentials()
            #expect(credentials.sessionToken == token)
        }
    }

    @Test func `cancelling kills the program`() async throws {
        let number = 200_000 + Int.random(in: 0..<100_000)
        let running = Task { try await Self.provider("sleep \(number)").credentials() }
        try await eventually { try !Self.processes(with: "\(number)").isEmpty }
        running.cancel()
        let error = await #expect(throws: AWSError.self) { try await running.value }
        #expect(error?.kind == .cancelled)
        try await eventually { try Self.processes(with: "\(number)").isEmpty }
    }

    @Test func `a program that has ended is buried`() async throws {
        for _ in 0..<20 { _ = try await Self.provider("printf '%s' '\(Self.document)\"}'").credentials() }
        try await eventually { try Self.zombies().isEmpty }
    }

    /// Words as Python's `shlex.split` has them.
    @Test(arguments: [
        ("a b  c", ["a", "b", "c"] as [String]?), ("  a\t", ["a"]), ("", []), ("a 'b c' d", ["a", "b c", "d"]), ("a'b'\"c\"", ["abc"]),
        (#"a "b \" \\ \c""#, ["a", #"b " \ \c"#]), (#"a\ b \'"#, ["a b", "'"]), ("''", [""]), ("a '' b", ["a", "", "b"]),
        ("'a\\' b", ["a\\", "b"]), ("a # b", ["a", "#", "b"]), ("'a", nil), ("\"a", nil), ("a\\", nil), ("\"a\\", nil), ("ü'ß'", ["üß"]),
    ])
    func `a command has the words that a shell sees`(command: String, words: [String]?) { #expect(CommandWords.split(command) == words) }

    /// The processes that have a word among their arguments.
    private static func processes(with word: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.filter { id in
            let arguments = try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)
            return arguments?.split(separator: "\0").contains { $0.contains(word) } ?? false
        }
    }

    /// Children of this process named `printf` that have ended and were not waited for.
    private static func zombies() throws -> [String] {
        let own = ProcessInfo.processInfo.processIdentifier
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.filter { id in
            guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
            return status.contains("(printf) Z \(own) ")
        }
    }
}
