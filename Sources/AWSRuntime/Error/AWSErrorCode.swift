// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The code of an error, as the service's model has it; services add new ones at any time.
public struct AWSErrorCode: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The code's text.
    public let rawValue: String

    /// The code of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The code of a text.
    public init(stringLiteral value: String) { self.init(rawValue: value) }

    /// The code's text.
    public var description: String { self.rawValue }

    /// There is no such resource.
    public static let resourceNotFound: AWSErrorCode = "ResourceNotFoundException"
    /// A resource of that name or id exists.
    public static let resourceAlreadyExists: AWSErrorCode = "ResourceAlreadyExistsException"
    /// Something of the resource's quota is used up.
    public static let limitExceeded: AWSErrorCode = "LimitExceededException"
    /// The error has no code of the service: the answer was not one of AWS, or was empty.
    public static let unknown: AWSErrorCode = "UnknownError"

    /// Codes that mean "too fast", after which waiting helps (AWS SDKs and Tools Reference, "Retry behavior").
    private static let throttling: Set<AWSErrorCode> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
        "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
        "KmsThrottled", "KMS.ThrottlingException", "KMSThrottling",
    ]

    /// Codes of faults that pass, whatever their HTTP status.
    private static let transient: Set<AWSErrorCode> = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "InternalFailureException", "ServiceUnavailable",
        "ServiceUnavailableException", "IDPCommunicationError",
    ]

    /// Codes of credentials that were valid once.
    private static let credentialsExpiry: Set<AWSErrorCode> = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]

    /// Codes that say that the time of a request is too far off.
    private static let clockSkew: Set<AWSErrorCode> = [
        "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "BadRequestTime",
    ]

    /// Codes of a refused signature, which a wrong time may have made.
    private static let possibleClockSkew: Set<AWSErrorCode> = [
        "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
    ]

    /// Whether calls come too fast, by code and HTTP status.
    ///
    /// `LimitExceededException` means throttling only where it comes with the status 429: elsewhere it is a quota that waiting does not move.
    package func isThrottling(status: Int?) -> Bool {
        status == 429 || self != .limitExceeded && Self.throttling.contains(self)
    }

    /// Whether a later attempt may succeed, by the code alone.
    package var isTransient: Bool { Self.transient.contains(self) || self.isExpiredCredentials }

    /// Whether the credentials were valid once, and others may be had.
    package var isExpiredCredentials: Bool { Self.credentialsExpiry.contains(self) }

    /// Whether the time of the request is too far off.
    package var isClockSkew: Bool { Self.clockSkew.contains(self) }

    /// Whether the signature was refused, which a wrong time may have made.
    package var mayBeClockSkew: Bool { Self.possibleClockSkew.contains(self) }
}
