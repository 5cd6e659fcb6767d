// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// When and for what a signature is good, in the words that are signed.
struct CredentialScope {
    /// The moment, such as `20150830T123600Z`.
    let timestamp: String
    /// The scope, such as `20150830/eu-west-1/iot/aws4_request`; without a region for ``SigningAlgorithm/v4a``.
    let text: String

    /// Takes what a context says, at its own moment or at another.
    init(_ context: SigningContext, at timestamp: AWSTimestamp? = nil) {
        self.timestamp = (timestamp ?? context.timestamp).basicFormat
        let day = self.timestamp.prefix(8)
        self.text =
            context.algorithm == .v4a
            ? "\(day)/\(context.service)/aws4_request" : "\(day)/\(context.region)/\(context.service)/aws4_request"
    }

    /// The day, such as `20150830`.
    var day: Substring { self.timestamp.prefix(8) }
}
