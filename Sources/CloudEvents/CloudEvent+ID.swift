// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension CloudEvent {
    /// An event's identifier: any text that is not empty.
    public struct ID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The text.
        public var rawValue: String

        /// Makes an identifier; whether it may stand in an event is checked where the event is made.
        ///
        /// - Parameter rawValue: the text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Makes an identifier from a literal.
        public init(stringLiteral value: String) { self.rawValue = value }

        /// A new identifier: 128 bits of the system's random numbers in 32 hexadecimal digits, unique across processes and machines.
        ///
        /// - Returns: the identifier.
        public static func random() -> ID {
            var random = SystemRandomNumberGenerator()
            return ID(rawValue: Self.digits(of: random.next()) + Self.digits(of: random.next()))
        }

        /// A new identifier that begins with the time: a UUID of version 7 in its 36 characters, unique across processes and machines.
        ///
        /// Identifiers of later milliseconds are greater as texts, so that what stores events by them writes at one end of its index.
        /// Source: RFC 9562, section 5.7.
        ///
        /// - Parameter time: the time that it begins with, to the millisecond; one before 1970 counts as its first second.
        /// - Returns: the identifier.
        public static func timeOrdered(at time: Timestamp = .now) -> ID {
            var random = SystemRandomNumberGenerator()
            let milliseconds = UInt64(clamping: time.secondsSinceEpoch) &* 1_000 &+ UInt64(time.nanoseconds / 1_000_000)
            // 48 bits of time, 4 of the version, 12 random ones; 2 bits of the variant, 62 random ones.
            let halves = (milliseconds << 16 | 0x7000 | random.next() >> 52, 0b10 << 62 | random.next() >> 2)
            var text: [UInt8] = []
            text.reserveCapacity(36)
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 { text.append(UInt8(ascii: "-")) }
                let value = UInt8((digit < 16 ? halves.0 : halves.1) >> UInt64(60 - digit % 16 * 4) & 15)
                text.append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
            }
            return ID(rawValue: String(decoding: text, as: UTF8.self))
        }

        private static func digits(of value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }

        /// The text.
        public var description: String { self.rawValue }
    }
}
