// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Small files that hold settings, tokens or keys.
enum CredentialsFile {
    /// The longest file that is read, in bytes.
    static let maximumBytes = 1_048_576
    /// How long a file system may take.
    private static let timeout = Duration.seconds(10)

    private enum Outcome {
        case bytes([UInt8])
        case missing
        /// It may not be opened, or is no regular file.
        case inaccessible(String)
        case failed(String)
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - isOptional: whether one that may not be opened, or is no regular file, counts as none.
    /// - Returns: its bytes; `nil` where there is no such file.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/credentials`` when it cannot be read, is no regular file, is too long, or takes too
    ///   long; of kind ``AWSError/Kind/cancelled`` when the task was cancelled.
    static func contents(of path: String, isOptional: Bool = false) async throws(AWSError) -> [UInt8]? {
        switch await BlockingWork.run(timeout: self.timeout, { self.readNow(path) }) {
        case .bytes(let bytes): return bytes
        case .missing: return nil
        case .inaccessible where isOptional: return nil
        case .inaccessible(let reason), .failed(let reason): throw self.failure("\(path) cannot be read: \(reason)")
        case nil: throw self.interrupted(path)
        }
    }

    /// Puts a file in the place of another in one step, readable by its owner alone.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - bytes: what it holds.
    /// - Throws: ``AWSError`` as ``contents(of:isOptional:)`` does.
    static func replace(_ path: String, with bytes: [UInt8]) async throws(AWSError) {
        switch await BlockingWork.run(timeout: self.timeout, { self.replaceNow(path, with: bytes) }) {
        case .some(.none): return
        case .some(.some(let reason)): throw self.failure("\(path) cannot be written: \(reason)")
        case .none: throw self.interrupted(path)
        }
    }

    private static func readNow(_ path: String) -> Outcome {
        // Without O_NONBLOCK, opening a named pipe waits for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: return .missing
            // The last one is what a socket gives.
            case EACCES, EPERM, ENXIO: return .inaccessible(self.reason())
            default: return .failed(self.reason())
            }
        }
        defer { _ = close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else { return .failed(self.reason()) }
        guard information.st_mode & S_IFMT == S_IFREG else { return .inaccessible("it is no regular file") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return .failed(self.reason())
            }
            if count == 0 { return .bytes(bytes) }
            bytes += chunk.prefix(count)
            guard bytes.count <= self.maximumBytes else { return .failed("it is longer than \(self.maximumBytes) bytes") }
        }
    }

    /// Why it failed; `nil` when it did not.
    private static func replaceNow(_ path: String, with bytes: [UInt8]) -> String? {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return self.reason() }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = self.reason()
                _ = close(descriptor)
                _ = unsafe unlink(temporary)
                return reason
            }
            rest = rest.dropFirst(count)
        }
        // What is left of a write that failed late shows only here.
        guard close(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            let reason = self.reason()
            _ = unsafe unlink(temporary)
            return reason
        }
        return nil
    }

    private static func reason() -> String { unsafe String(cString: strerror(errno)) }

    private static func failure(_ message: String) -> AWSError {
        AWSError(.credentials, code: .invalidCredentialsConfiguration, message: message)
    }

    private static func interrupted(_ path: String) -> AWSError {
        Task.isCancelled
            ? .cancelledCredentials
            : AWSError(.credentials, code: .credentialsTimedOut, message: "\(path) was not read in time", isRetryable: true)
    }
}
