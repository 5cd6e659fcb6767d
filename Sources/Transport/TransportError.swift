// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What went wrong below a protocol: in the network, in TLS, or in HTTP framing.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case nameNotResolved, connectionRefused, unreachable, proxyRefused, connectTimedOut, timedOut, cancelled
            case tlsVerificationFailed, tlsHandshakeFailed, tlsConfigurationInvalid
            case connectionClosed, malformedResponse, responseTooLarge, requestBodyUnwanted, invalidRequest, shutDown, resourceExhausted
            case unknown
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The host name has no address, or the resolver did not answer.
        public static let nameNotResolved = Code(.nameNotResolved)
        /// Nobody listens at the address.
        public static let connectionRefused = Code(.connectionRefused)
        /// No route to the address, from here or from the proxy.
        public static let unreachable = Code(.unreachable)
        /// The proxy refuses to make the connection: it wants other credentials, or forbids it.
        public static let proxyRefused = Code(.proxyRefused)
        /// The connection, its TLS handshake included, was not ready before the connect timeout.
        public static let connectTimedOut = Code(.connectTimedOut)
        /// The exchange was not complete before its deadline.
        public static let timedOut = Code(.timedOut)
        /// The task that waited was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The peer's certificate is not trusted, is out of its time, or is not for the name that was asked for.
        public static let tlsVerificationFailed = Code(.tlsVerificationFailed)
        /// The TLS handshake failed for another reason: no common version or cipher, a client certificate missing or refused.
        public static let tlsHandshakeFailed = Code(.tlsHandshakeFailed)
        /// The TLS configuration cannot be used: a file that does not open, a key that does not fit its certificate.
        public static let tlsConfigurationInvalid = Code(.tlsConfigurationInvalid)
        /// The peer closed or reset the connection.
        public static let connectionClosed = Code(.connectionClosed)
        /// The peer's answer is not HTTP as it should be.
        public static let malformedResponse = Code(.malformedResponse)
        /// The answer is longer than the request allowed.
        public static let responseTooLarge = Code(.responseTooLarge)
        /// The peer has answered in full and wants no more of the request's body; the answer tells why.
        public static let requestBodyUnwanted = Code(.requestBodyUnwanted)
        /// The request cannot be sent as it is: a URL that does not parse, a header with a line break.
        public static let invalidRequest = Code(.invalidRequest)
        /// The transport was shut down.
        public static let shutDown = Code(.shutDown)
        /// The system has no memory, descriptor or thread left for it.
        public static let resourceExhausted = Code(.resourceExhausted)
        /// A failure this release knows no code for; the message says what the library below reported.
        public static let unknown = Code(.unknown)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, for a person; holds no secret.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened, for a person; no secret belongs in it.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same attempt may succeed a moment later.
    ///
    /// True says nothing on whether the peer has acted on the first attempt.
    public var isRetryable: Bool {
        switch self.code {
        case .nameNotResolved, .connectionRefused, .unreachable, .connectTimedOut, .timedOut, .connectionClosed, .malformedResponse,
            .resourceExhausted:
            true
        default: false
        }
    }

    /// Whether nothing of the request can have reached the peer's application, so that sending again repeats nothing.
    public var nothingWasSent: Bool {
        switch self.code {
        case .nameNotResolved, .connectionRefused, .unreachable, .proxyRefused, .connectTimedOut, .tlsVerificationFailed,
            .tlsConfigurationInvalid, .invalidRequest:
            true
        default: false
        }
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension TransportError: Hashable {
    /// Compares the codes alone.
    public static func == (left: TransportError, right: TransportError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
