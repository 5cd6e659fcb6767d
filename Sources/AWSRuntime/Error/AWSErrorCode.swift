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
    ]

    /// Codes of faults that pass, whatever their HTTP status.
    private static let transient: Set<AWSErrorCode> = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "InternalFailureException", "ServiceUnavailable",
        "ServiceUnavailableException", "ExpiredToken", "ExpiredTokenException", "RequestExpired",
    ]

    /// Whether a later attempt may succeed, by the code alone.
    ///
    /// `LimitExceededException` means throttling only where it comes with the status 429: elsewhere it is a quota that waiting does not move.
    package func isTransient(status: Int) -> Bool {
        if self == .limitExceeded { return status == 429 }
        return Self.throttling.contains(self) || Self.transient.contains(self)
    }
}
