// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Times as `openssl x509 -dateopt iso_8601` prints them.
enum ISO8601 {
    static func text(_ seconds: Int64) -> String {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [
            .withFullDate, .withTime, .withDashSeparatorInDate, .withColonSeparatorInTime, .withSpaceBetweenDateAndTime,
        ]
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds))) + "Z"
    }
}
