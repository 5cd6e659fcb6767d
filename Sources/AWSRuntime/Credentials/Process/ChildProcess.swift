// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs one program, without a shell, for what it prints; within a deadline and a number of bytes.
///
/// The program is the leader of a process group of its own, which is killed as a whole when it takes too long, prints too much, or is not
/// waited for any more. It has no input, and its messages go nowhere. What it leaves behind when it has ended, such as a daemon, is left
/// alone, and not waited for.
final class ChildProcess: Sendable {
    /// What came of it.
    enum Outcome: Hashable, Sendable {
        case output([UInt8])
        /// It could not be started, for a reason of the system.
        case notStarted(String)
        /// It ended with another status than 0; `nil` when a signal ended it.
        case failed(status: Int32?)
        case timedOut
        case tooMuchOutput
        case cancelled
    }

    private enum Ending {
        case success
        /// With another status than 0; `nil` when a signal ended it.
        case failure(status: Int32?)
    }

    private let arguments: [String]
    private let environment: [String: String]
    private let maximumBytes: Int
    private let timeout: Duration
    private let isCancelled = Atomic(false)

    private init(_ arguments: [String], environment: [String: String], maximumBytes: Int, timeout: Duration) {
        self.arguments = arguments
        self.environment = environment
        self.maximumBytes = maximumBytes
        self.timeout = timeout
    }

    /// Runs a program.
    ///
    /// Cancelling the task kills it.
    ///
    /// - Parameters:
    ///   - arguments: the program's name or path, then its arguments.
    ///   - environment: its environment; `PATH` of this process is where it is looked for.
    ///   - maximumBytes: how much it may print.
    ///   - timeout: how long it may run.
    /// - Returns: what came of it.
    static func run(
        _ arguments: [String], environment: [String: String], maximumBytes: Int, timeout: Duration
    ) async -> Outcome {
        let process = ChildProcess(arguments, environment: environment, maximumBytes: maximumBytes, timeout: timeout)
        return await BlockingWork.run({ process.runNow() }, cancel: { process.isCancelled.store(true, ordering: .relaxed) })
    }

    private func runNow() -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return .notStarted(Self.reason(errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { _ = close(readEnd) }
        _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
        var process = pid_t()
        let status = self.spawn(&process, output: writeEnd)
        _ = close(writeEnd)
        guard status == 0 else { return .notStarted(Self.reason(status)) }
        return self.watch(process, output: readEnd)
    }

    /// Starts the program.
    ///
    /// - Returns: 0, or the system's error.
    private func spawn(_ process: inout pid_t, output: Int32) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0, unsafe posix_spawnattr_init(&attributes) == 0 else { return ENOMEM }
        defer {
            _ = unsafe posix_spawn_file_actions_destroy(&actions)
            _ = unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        // Ends with a null pointer each, as `execve` wants it; freed below.
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe self.arguments.map { unsafe strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe self.environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for index in unsafe arguments.indices { unsafe free(arguments[index]) }
            for index in unsafe environment.indices { unsafe free(environment[index]) }
        }
        return unsafe posix_spawnp(&process, self.arguments[0], &actions, &attributes, &arguments, &environment)
    }

    /// Reads what the program prints until it has ended, or kills it.
    private func watch(_ process: pid_t, output: Int32) -> Outcome {
        let deadline = ContinuousClock.now + self.timeout
        var bytes: [UInt8] = []
        var isOpen = true
        while true {
            if self.isCancelled.load(ordering: .relaxed) { return self.end(process, with: .cancelled) }
            if ContinuousClock.now >= deadline { return self.end(process, with: .timedOut) }
            // Looked at before the output is read: all that an ended program has printed is there by then. What it left behind may hold the
            // other end open for ever.
            let ending = self.ending(of: process)
            if isOpen { isOpen = self.readOutput(output, into: &bytes) }
            let isTooMuch = bytes.count > self.maximumBytes
            switch ending {
            case .failure(let status): return .failed(status: status)
            case .success: return isTooMuch ? .tooMuchOutput : .output(bytes)
            case nil where isTooMuch: return self.end(process, with: .tooMuchOutput)
            case nil:
                // The end and the cancellation are looked for every 20 ms: they have no descriptor that could be waited for with the output.
                var waiting = pollfd(fd: isOpen ? output : -1, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&waiting, 1, isOpen ? 20 : 2)
            }
        }
    }

    /// Reads what is there, and not much more than is allowed.
    ///
    /// - Returns: whether more may come.
    private func readOutput(_ output: Int32, into bytes: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while bytes.count <= self.maximumBytes {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 && errno == EAGAIN }
            bytes += chunk.prefix(count)
        }
        return true
    }

    /// How the program ended, if it has.
    private func ending(of process: pid_t) -> Ending? {
        var status: Int32 = 0
        let ended = unsafe waitpid(process, &status, WNOHANG)
        if ended == 0 || (ended < 0 && errno == EINTR) { return nil }
        // Where this process ignores SIGCHLD the system keeps no status: the output is all there is to judge by.
        guard ended == process else { return .success }
        guard status & 0x7f == 0 else { return .failure(status: nil) }
        let code = (status >> 8) & 0xff
        return code == 0 ? .success : .failure(status: code)
    }

    /// Kills the program with all of its group.
    private func end(_ process: pid_t, with outcome: Outcome) -> Outcome {
        _ = kill(-process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        return outcome
    }

    private static func reason(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }
}
