// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// An error of the operating system.
struct SystemError: Error, CustomStringConvertible {
    /// The value of `errno`.
    var code: Int32

    /// The last one of this thread.
    static var last: SystemError { SystemError(code: errno) }

    var isOutOfSpace: Bool { [ENOSPC, EDQUOT].contains(self.code) }

    var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        _ = unsafe strerror_r(self.code, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
