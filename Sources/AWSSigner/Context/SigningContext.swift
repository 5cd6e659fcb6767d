// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Who signs a request, for which service, when and how.
public struct SigningContext: Hashable, Sendable {
    /// Whose signature it is.
    public var credentials: AWSCredentials
    /// The region of the service, such as `eu-west-1`.
    public var region: String
    /// The name under which the service signs, such as `iot`; not always the one in its host name.
    public var service: String
    /// When the request is signed; AWS accepts it some minutes before and after.
    public var timestamp: AWSTimestamp
    /// What the service wants different; by default ``SigningOptions/standard``.
    public var options: SigningOptions

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - credentials: whose signature it is.
    ///   - region: the region of the service.
    ///   - service: the name under which the service signs.
    ///   - timestamp: when the request is signed.
    ///   - options: what the service wants different.
    public init(
        credentials: AWSCredentials, region: String, service: String, timestamp: AWSTimestamp, options: SigningOptions = .standard
    ) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.timestamp = timestamp
        self.options = options
    }

    /// The day in the form of the credential scope, such as `20150830`.
    var day: String { String(self.timestamp.basicFormat.prefix(8)) }

    /// The credential scope, such as `20150830/eu-west-1/iot/aws4_request`.
    var scope: String { "\(self.day)/\(self.region)/\(self.service)/aws4_request" }

    /// Checks that everything can stand in a header and in a scope.
    func validate() throws(AWSSignerError) {
        guard Self.isToken(self.credentials.accessKeyID) else {
            throw AWSSignerError(
                .invalidCredentials, message: "the access key id is empty or has a character that no header carries, such as a line break")
        }
        guard !self.credentials.secretAccessKey.isEmpty else {
            throw AWSSignerError(.invalidCredentials, message: "the secret access key is empty")
        }
        guard self.credentials.sessionToken.map(Self.isToken) ?? true else {
            throw AWSSignerError(
                .invalidCredentials, message: "the session token is empty or has a character that no header carries, such as a line break")
        }
        for (what, value) in [("region", self.region), ("service", self.service)] where !Self.isToken(value) || value.contains("/") {
            throw AWSSignerError(.invalidContext, message: "\(value.debugDescription) is no \(what)")
        }
        guard self.timestamp.isRepresentable else {
            throw AWSSignerError(.invalidContext, message: "the time is not in the years 1 to 9999")
        }
    }

    /// Whether all characters are visible ASCII, and there is one.
    private static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7e).contains($0) } }
}
