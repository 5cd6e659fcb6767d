// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner

/// By how much this machine's clock differs from those of the hosts that are called, as their answers tell.
///
/// A difference is learned only from an answer that refuses a request for its time, or for a signature that a wrong time would explain.
package struct ClockSkew: Equatable, Sendable {
    /// A smaller difference explains no refusal: AWS accepts five minutes.
    package static let threshold: Int64 = 240
    /// Of how many hosts a difference is kept; with one more all are forgotten.
    package static let maximumHosts = 64

    private var seconds: [String: Int64] = [:]

    package init() {}

    /// The time by the clock of a host.
    package func time(of host: String, at now: AWSTimestamp) -> AWSTimestamp {
        guard let difference = self.seconds[host] else { return now }
        return AWSTimestamp(secondsSinceEpoch: now.secondsSinceEpoch + difference)
    }

    /// A request was refused.
    ///
    /// - Parameters:
    ///   - host: who refused it.
    ///   - code: the code of the error.
    ///   - date: the header field `Date` of the answer.
    ///   - signed: which time the request was signed for, by this machine's clock corrected by what was known.
    ///   - now: this machine's time.
    /// - Returns: whether the clock explains the refusal, and the next request is signed for another time.
    package mutating func requestRefused(
        by host: String, code: AWSErrorCode, date: String?, signed: AWSTimestamp, at now: AWSTimestamp
    ) -> Bool {
        guard code.isClockSkew || code.mayBeClockSkew, let date = date.flatMap(AWSTimestamp.init(headerField:))?.secondsSinceEpoch else {
            return false
        }
        guard (date - signed.secondsSinceEpoch).magnitude >= Self.threshold else { return false }
        if self.seconds[host] == nil, self.seconds.count >= Self.maximumHosts { self.seconds.removeAll() }
        self.seconds[host] = date - now.secondsSinceEpoch
        return true
    }
}

extension AWSTimestamp {
    /// Reads a date of a header field, such as `Sun, 06 Nov 1994 08:49:37 GMT`, and no other form.
    init?(headerField text: String) {
        var parser = TimestampParser(text)
        guard let moment = parser.header() else { return nil }
        self = moment
    }
}
