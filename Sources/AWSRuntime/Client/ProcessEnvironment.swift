// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The environment of this process.
public enum ProcessEnvironment {
    /// The variables, read at the call; a name that stands twice has its first value, as `getenv` has it.
    ///
    /// Not to be called while another thread changes the environment: C has no lock for it.
    public static var variables: [String: String] {
        var result: [String: String] = [:]
        // The array ends with a null pointer, and each entry with a null byte: that is the contract of `environ` (POSIX).
        // It is null after `clearenv`, though it is imported as if it never were.
        guard unsafe UInt(bitPattern: environ) != 0 else { return result }
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2, result[String(pair[0])] == nil { result[String(pair[0])] = String(pair[1]) }
            unsafe entry += 1
        }
        return result
    }
}
