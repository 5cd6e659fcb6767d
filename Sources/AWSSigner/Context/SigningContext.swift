// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Who signs a request, for which service, when and how.
public struct SigningContext: Hashable, Sendable {
    /// Whose signature it is.
    public var credentials: AWSCredentials
    /// The region of the service, such as `eu-west-1`; with ``SigningAlgorithm/v4a`` the regions, such as `eu-west-1,us-*` or `*`.
    public var region: String
    /// The name under which the service signs, such as `iot`; not always the one in its host name.
    public var service: String
    /// When the request is signed; AWS accepts it some minutes before and after.
    public var timestamp: AWSTimestamp
    /// By which algorithm the request is signed; by default ``SigningAlgorithm/v4``.
    public var algorithm: SigningAlgorithm
    /// What the service wants different; by default what ``SigningOptions/forService(_:)`` says.
    public var options: SigningOptions

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - credentials: whose signature it is.
    ///   - region: the region of the service, or the regions where the algorithm takes several.
    ///   - service: the name under which the service signs.
    ///   - timestamp: when the request is signed.
    ///   - algorithm: by which algorithm the request is signed.
    ///   - options: what the service wants different; `nil` for what is known of the service.
    public init(
        credentials: AWSCredentials, region: String, service: String, timestamp: AWSTimestamp, algorithm: SigningAlgorithm = .v4,
        options: SigningOptions? = nil
    ) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.timestamp = timestamp
        self.algorithm = algorithm
        self.options = options ?? .forService(service)
    }

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
        try Self.validate("region", self.region)
        try Self.validate("service", self.service)
        guard self.timestamp.isRepresentable else {
            throw AWSSignerError(.invalidContext, message: "the time is not in the years 1 to 9999")
        }
    }

    private static func validate(_ what: StaticString, _ value: String) throws(AWSSignerError) {
        guard self.isToken(value), !value.utf8.contains(UInt8(ascii: "/")) else {
            throw AWSSignerError(.invalidContext, message: "\(value.debugDescription) is no \(what)")
        }
    }

    /// Whether all characters are visible ASCII, and there is one.
    private static func isToken(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices where bytes[index] < 0x21 || bytes[index] > 0x7e { return false }
        return !bytes.isEmpty
    }
}
