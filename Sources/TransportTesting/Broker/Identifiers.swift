// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One connection of the broker's life.
struct SessionID: Hashable {
    var rawValue: UInt64
}

/// One channel of a connection.
struct ChannelAddress: Hashable {
    var session: SessionID
    var number: UInt16
}

/// Names that the broker makes up.
enum GeneratedName {
    /// A prefix with 22 letters and digits behind it, as RabbitMQ's names have.
    static func make(_ prefix: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return prefix + String((0..<22).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}
