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

        private static func digits(of value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }

        /// The text.
        public var description: String { self.rawValue }
    }
}
