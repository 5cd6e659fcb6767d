// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// Why a call of AWS failed.
///
/// Two errors are equal when their kinds and codes are.
public struct AWSError: Error, Sendable, CustomStringConvertible {
    /// Where the call failed; a struct, so that a later release can add one without breaking a `switch`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case service, transport, malformedResponse, credentials, invalidRequest, configuration, timedOut, waiter, cancelled
        }

        private let name: Name

        private init(_ name: Name) { self.name = name }

        /// AWS, or something on the way to it, answered with an error status.
        public static let service = Kind(.service)
        /// There was no whole answer: see the message for what happened on the network.
        public static let transport = Kind(.transport)
        /// The answer says success, and its body is not what the operation returns.
        public static let malformedResponse = Kind(.malformedResponse)
        /// There are no credentials to sign with.
        public static let credentials = Kind(.credentials)
        /// The input has no form that can be sent.
        public static let invalidRequest = Kind(.invalidRequest)
        /// The client's configuration cannot be used.
        public static let configuration = Kind(.configuration)
        /// The time of the whole call, or of a wait, was over; whether AWS has acted is unknown.
        public static let timedOut = Kind(.timedOut)
        /// A waiter was told that the state it waits for will not come.
        public static let waiter = Kind(.waiter)
        /// The task was cancelled; whether AWS has acted is unknown.
        public static let cancelled = Kind(.cancelled)

        /// The kind's name.
        public var description: String { self.name.rawValue }
    }

    /// Where the call failed.
    public var kind: Kind
    /// The error's code: the service's own for ``Kind/service``.
    public var code: AWSErrorCode
    /// What happened, for a person; holds no secret.
    ///
    /// Of an error's body that cannot be read it holds at most 512 characters, of an answer of success nothing. Where a service quotes the
    /// request whose signature it refuses, which has the session token, the quotation is left out.
    public var message: String
    /// The HTTP status, where there was an answer.
    public var status: Int?
    /// The id under which AWS logged the request, where there was one.
    public var requestID: String?
    /// The second id of some services, `x-amz-id-2`, which AWS support asks for too; where there was one.
    public var extendedRequestID: String?
    /// The header fields of the answer; empty where there was none.
    public var headers: HTTPFields
    /// The body of the answer, of which the first 64 KiB are kept; ``decoded(as:)`` reads it.
    public var body: [UInt8]
    /// How long AWS asked to wait before another attempt, where it did: `Retry-After` or `x-amz-retry-after`.
    public var retryAfter: Duration?
    /// How often the call was attempted.
    public var attempts: Int
    /// Whether the same call may succeed later.
    public var isRetryable: Bool

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: where the call failed.
    ///   - code: the error's code.
    ///   - message: what happened; no secret belongs in it.
    ///   - isRetryable: whether the same call may succeed later.
    ///   - status: the HTTP status.
    ///   - requestID: the id under which AWS logged the request.
    ///   - retryAfter: how long AWS asked to wait.
    public init(
        _ kind: Kind, code: AWSErrorCode, message: String, isRetryable: Bool = false, status: Int? = nil, requestID: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
        self.status = status
        self.requestID = requestID
        self.retryAfter = retryAfter
        self.headers = [:]
        self.body = []
        self.attempts = 1
    }

    /// The longest body that an error keeps, in bytes.
    package static let maximumBodyBytes = 64 * 1024

    /// Takes the answer that the error came with.
    package mutating func keep(_ response: AWSResponse) {
        self.extendedRequestID = response.header("x-amz-id-2")
        self.headers = response.head.headerFields
        self.body = response.body.count <= Self.maximumBodyBytes ? response.body : Array(response.body.prefix(Self.maximumBodyBytes))
    }

    /// Whether AWS said that calls come too fast.
    public var isThrottling: Bool { self.kind == .service && self.code.isThrottling(status: self.status) }

    /// Why another attempt may succeed; `nil` where none may.
    package var retryReason: RetryReason? {
        self.isThrottling ? .throttling : self.isRetryable ? .transient : nil
    }

    /// Code, message, status, request id and attempts in one line.
    public var description: String {
        var facts = [String(describing: self.kind)]
        if let status { facts.append("HTTP \(status)") }
        if let requestID { facts.append("request \(requestID)") }
        if self.attempts > 1 { facts.append("\(self.attempts) attempts") }
        return "\(self.code): \(self.message) (\(facts.joined(separator: ", ")))"
    }
}

extension AWSError: Hashable {
    /// Compares kind and code alone.
    public static func == (left: AWSError, right: AWSError) -> Bool { left.kind == right.kind && left.code == right.code }

    /// Hashes kind and code alone.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.kind)
        hasher.combine(self.code)
    }
}
