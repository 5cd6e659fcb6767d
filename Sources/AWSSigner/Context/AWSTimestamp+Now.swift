// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

extension AWSTimestamp {
    /// The moment that the system's clock shows.
    public static var now: AWSTimestamp { AWSTimestamp(secondsSinceEpoch: Int64(time(nil))) }
}
