// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file of lines that survive the death of the process: each is handed to the kernel as one write before the call returns.
final class Journal: Sendable {
    private let file: Int32

    init(appendingTo path: String) throws {
        self.file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard self.file >= 0 else { throw Arguments.Missing(name: path) }
    }

    func append(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(self.file, $0.baseAddress, $0.count) }
    }

    deinit { close(self.file) }
}
