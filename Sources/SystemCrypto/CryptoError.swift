// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What went wrong in a cryptographic operation or in reading a key, a certificate or a request.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct CryptoError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case inputTooLarge, malformedPEM, malformedKey, malformedCertificate, malformedSigningRequest
            case unsupportedKey, passphraseMissing, passphraseMismatch
            case hardwareSupportMissing, hardwareKeyUnavailable, keyNotExtractable
            case keyMismatch, signatureMismatch, issuerMismatch, untrustedChain, outsideValidity, certificateNotAllowed
            case invalidArgument, operationFailed
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The input is longer than this module reads, 64 KiB.
        public static let inputTooLarge = Code(.inputTooLarge)
        /// The text is not one PEM block (RFC 7468) of the expected label.
        public static let malformedPEM = Code(.malformedPEM)
        /// The bytes are not a key in the expected encoding.
        public static let malformedKey = Code(.malformedKey)
        /// The bytes are not an X.509 certificate (RFC 5280).
        public static let malformedCertificate = Code(.malformedCertificate)
        /// The bytes are not a certificate signing request (RFC 2986).
        public static let malformedSigningRequest = Code(.malformedSigningRequest)
        /// The key is of a kind or size that this module does not use, or is encrypted in a way it does not read.
        public static let unsupportedKey = Code(.unsupportedKey)
        /// The key is encrypted and no passphrase was given.
        public static let passphraseMissing = Code(.passphraseMissing)
        /// The key was encrypted with another passphrase.
        public static let passphraseMismatch = Code(.passphraseMismatch)
        /// OpenSSL has neither a provider nor an engine for PKCS #11; the message says what to install.
        public static let hardwareSupportMissing = Code(.hardwareSupportMissing)
        /// The key in hardware cannot be reached: no module, no such token or key, or the PIN is another.
        public static let hardwareKeyUnavailable = Code(.hardwareKeyUnavailable)
        /// The key stays in hardware and cannot be written.
        public static let keyNotExtractable = Code(.keyNotExtractable)
        /// The private key does not belong to the certificate.
        public static let keyMismatch = Code(.keyMismatch)
        /// The signature was not made by the key it was checked with, or not over these bytes.
        public static let signatureMismatch = Code(.signatureMismatch)
        /// The certificate names another issuer, or the issuer is no certificate authority.
        public static let issuerMismatch = Code(.issuerMismatch)
        /// No chain of certificates leads to one that is trusted.
        public static let untrustedChain = Code(.untrustedChain)
        /// A certificate of the chain is not valid yet, or no longer.
        public static let outsideValidity = Code(.outsideValidity)
        /// A certificate of the chain does what it is not allowed to, or is too weak.
        public static let certificateNotAllowed = Code(.certificateNotAllowed)
        /// A value that was passed in cannot be used; the message says which and why.
        public static let invalidArgument = Code(.invalidArgument)
        /// OpenSSL could not do it: no memory, or a provider that lacks the algorithm.
        public static let operationFailed = Code(.operationFailed)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, for a person; holds no secret.
    public var message: String
    /// The lines that OpenSSL left in its error queue, oldest first; empty when OpenSSL was not asked.
    public var openSSLErrors: [String]

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened, for a person; no secret belongs in it.
    ///   - openSSLErrors: the lines of OpenSSL's error queue.
    public init(_ code: Code, message: String, openSSLErrors: [String] = []) {
        self.code = code
        self.message = message
        self.openSSLErrors = openSSLErrors
    }

    /// The code, the message and what OpenSSL said.
    public var description: String {
        let head = "\(self.code): \(self.message)"
        return self.openSSLErrors.isEmpty ? head : "\(head) (\(self.openSSLErrors.joined(separator: "; ")))"
    }
}

extension CryptoError: Hashable {
    /// Compares the codes alone.
    public static func == (left: CryptoError, right: CryptoError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
