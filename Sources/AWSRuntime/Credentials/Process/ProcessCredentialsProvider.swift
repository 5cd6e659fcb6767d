// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// Gives the credentials that a program prints as JSON (AWS SDKs and Tools Reference, "Process credential provider").
///
/// The program is run without a shell. Its messages on the standard error are not read, since they may hold secrets.
public struct ProcessCredentialsProvider: AWSCredentialsProvider, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let maximumBytes = 65_536

    private let command: String
    private let environment: CredentialsEnvironment
    private let timeout: Duration

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - command: the program and its arguments, separated by blanks; a word in quotes may hold blanks.
    ///   - environment: the program's variables; by default those of the process, read now.
    ///   - timeout: how long the program may run; it is killed then.
    public init(
        command: String, environment: [String: String] = ProcessEnvironment.variables, timeout: Duration = .seconds(30)
    ) {
        self.command = command
        self.environment = CredentialsEnvironment(environment)
        self.timeout = timeout
    }

    /// Runs the program; cancelling the task kills it.
    ///
    /// - Throws: ``AWSErrorCode/invalidCredentialsConfiguration`` where it cannot be started, ``AWSErrorCode/credentialsTimedOut`` where it
    ///   takes too long, ``AWSErrorCode/malformedCredentials`` where it prints no credentials, and `ProcessFailed` where it fails.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        guard let words = CommandWords.split(self.command), let program = words.first, !program.isEmpty, !self.command.contains("\0") else {
            throw .invalidCredentialsConfiguration("credential_process is no command: a quote is not closed, or it is empty")
        }
        let outcome = await ChildProcess.run(
            words, environment: self.environment.variables, maximumBytes: Self.maximumBytes, timeout: self.timeout)
        switch outcome {
        case .output(let bytes): return try Self.credentials(in: bytes, of: program)
        case .notStarted(let reason):
            throw .invalidCredentialsConfiguration("credential_process '\(program)' cannot be started: \(reason)")
        case .failed(let status):
            throw AWSError(
                .credentials, code: "ProcessFailed",
                message:
                    "credential_process '\(program)' ended \(status.map { "with status \($0)" } ?? "by a signal"): run it by hand to see why",
                isRetryable: true)
        case .timedOut:
            throw AWSError(
                .credentials, code: .credentialsTimedOut, message: "credential_process '\(program)' took longer than \(self.timeout)",
                isRetryable: true)
        case .tooMuchOutput:
            throw .malformedCredentials(of: "credential_process '\(program)'", because: "is longer than \(Self.maximumBytes) bytes")
        case .cancelled: throw .cancelledCredentials
        }
    }

    /// The program alone, since its arguments may be secrets.
    public var description: String { "ProcessCredentialsProvider(\(CommandWords.split(self.command)?.first ?? ""), redacted)" }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows no argument.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    private static func credentials(in bytes: [UInt8], of program: String) throws(AWSError) -> AWSCredentials {
        let source = "credential_process '\(program)'"
        guard let document = try? JSONValue(parsing: bytes), document.kind == .object else {
            throw .malformedCredentials(of: source, because: "is no JSON object (\(bytes.count) bytes)")
        }
        guard document["Version"]?.numberValue?.integer(as: Int.self) == 1 else {
            throw .malformedCredentials(of: source, because: "has no Version 1")
        }
        return try CredentialsDocument.process.credentials(in: document, from: source)
    }
}
