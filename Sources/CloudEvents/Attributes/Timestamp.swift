// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A moment with the offset from UTC that it was written with (RFC 3339), to the nanosecond.
///
/// The offset, the number of fraction digits and a leap second survive reading and writing; digits after the ninth are dropped, and `t`
/// and `z` come out as `T` and `Z`. Two timestamps are equal when they are written the same; to compare moments, compare
/// ``secondsSinceEpoch`` and then ``nanoseconds``.
public struct Timestamp: Hashable, Sendable {
    /// How an offset is written, which tells more than its minutes do.
    enum Offset: Hashable, Sendable {
        /// `Z`.
        case utc
        /// A sign, hours and minutes.
        case minutes(Int16)
        /// `-00:00`: the moment is known, the local time is not (RFC 3339 §4.3).
        case unknown
    }

    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted: `23:59:60` is taken as the `00:00:00` after it.
    public let secondsSinceEpoch: Int64
    private let fraction: UInt32
    let fractionDigits: UInt8
    let offset: Offset
    let isLeapSecond: Bool

    init(secondsSinceEpoch: Int64, fraction: UInt32, fractionDigits: UInt8, offset: Offset, isLeapSecond: Bool) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.fraction = fraction
        self.fractionDigits = fractionDigits
        self.offset = offset
        self.isLeapSecond = isLeapSecond
    }

    /// Makes a timestamp.
    ///
    /// - Parameters:
    ///   - secondsSinceEpoch: seconds since 1970-01-01T00:00:00Z.
    ///   - nanoseconds: nanoseconds after that, from 0 to 999 999 999.
    ///   - offsetMinutes: how far local time is ahead of UTC, from -1439 to 1439; by default 0, written `Z`.
    /// - Throws: ``CloudEventError/Code/invalidAttribute`` where a value is out of its range, or the year not from 0 to 9999.
    public init(secondsSinceEpoch: Int64, nanoseconds: Int = 0, offsetMinutes: Int = 0) throws(CloudEventError) {
        guard (0..<1_000_000_000).contains(nanoseconds), (-1439...1439).contains(offsetMinutes),
            (Self.earliestSecond...Self.latestSecond).contains(secondsSinceEpoch),
            (Self.earliestSecond...Self.latestSecond).contains(secondsSinceEpoch + 60 * Int64(offsetMinutes))
        else { throw CloudEventError(.invalidAttribute, message: "is beyond what RFC 3339 can write") }
        self.init(
            secondsSinceEpoch: secondsSinceEpoch, fraction: UInt32(nanoseconds), fractionDigits: Self.digits(for: UInt32(nanoseconds)),
            offset: offsetMinutes == 0 ? .utc : .minutes(Int16(offsetMinutes)), isLeapSecond: false)
    }

    /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
    private static let earliestSecond: Int64 = -62_167_219_200
    private static let latestSecond: Int64 = 253_402_300_799

    /// How many digits a fraction needs.
    private static func digits(for fraction: UInt32) -> UInt8 {
        var (rest, digits) = (fraction, UInt8(fraction == 0 ? 0 : 9))
        while digits > 0, rest.isMultiple(of: 10) {
            rest /= 10
            digits -= 1
        }
        return digits
    }

    /// Nanoseconds after ``secondsSinceEpoch``, from 0 to 999 999 999.
    public var nanoseconds: Int { Int(self.fraction) }

    /// How far local time is ahead of UTC, in minutes.
    public var offsetMinutes: Int {
        guard case .minutes(let minutes) = self.offset else { return 0 }
        return Int(minutes)
    }

    /// The present moment by the system's clock, in UTC.
    public static var now: Timestamp {
        var time = timespec()
        // The call can fail only for a clock that does not exist; the real-time clock does on every POSIX system.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let fraction = UInt32(truncatingIfNeeded: time.tv_nsec)
        return Timestamp(
            secondsSinceEpoch: Int64(time.tv_sec), fraction: fraction, fractionDigits: Self.digits(for: fraction), offset: .utc,
            isLeapSecond: false)
    }
}
