// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// When and for what a signature is good, in the words that are signed.
struct CredentialScope {
    private static let slash = UInt8(ascii: "/")

    /// The moment, such as `20150830T123600Z`.
    let timestamp: String
    /// The scope, such as `20150830/eu-west-1/iot/aws4_request`; without a region for ``SigningAlgorithm/v4a``.
    let text: String

    /// Takes what a context says, at its own moment or at another.
    init(_ context: SigningContext, at timestamp: AWSTimestamp? = nil) {
        self.timestamp = (timestamp ?? context.timestamp).basicFormat
        var text: [UInt8] = []
        text.reserveCapacity(context.region.utf8.count + context.service.utf8.count + 24)
        text += self.timestamp.utf8.prefix(8)
        text.append(Self.slash)
        if context.algorithm != .v4a {
            text.append(context.region)
            text.append(Self.slash)
        }
        text.append(context.service)
        text.append("/aws4_request")
        self.text = String(decoding: text, as: UTF8.self)
    }

    /// The day, such as `20150830`.
    var day: Substring { self.timestamp.prefix(8) }
}
