// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPProperties {
    /// How long the message may wait in a queue: ``expiration`` as a duration.
    ///
    /// What is set is rounded up to whole milliseconds, and is zero at least; RabbitMQ refuses more than 10 years. It is `nil` where
    /// ``expiration`` is absent or no decimal number.
    public var timeToLive: Duration? {
        get { self.expiration.flatMap(Duration.init(expiration:)) }
        set { self.expiration = newValue?.expiration }
    }
}

extension Duration {
    /// Reads the form in which a message carries it: milliseconds in decimal digits.
    package init?(expiration: String) {
        let isDecimal = expiration.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isDecimal, let milliseconds = Int64(expiration) else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The form in which a message carries it; never negative.
    fileprivate var expiration: String {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0, attoseconds >= 0 else { return "0" }
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let (product, productOverflow) = seconds.multipliedReportingOverflow(by: 1_000)
        let (sum, sumOverflow) = product.addingReportingOverflow(fraction)
        return String(productOverflow || sumOverflow ? Int64.max : sum)
    }
}
