// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
private import SystemCrypto

/// The form of a request over which the signature is made.
///
/// Source: "Create a signed AWS API request", AWS Identity and Access Management user guide.
struct CanonicalRequest {
    /// The whole text.
    let text: [UInt8]
    /// The names of the signed header fields, joined by semicolons.
    let signedHeaders: String

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - method: the request's method.
    ///   - path: the canonical path.
    ///   - query: the query.
    ///   - headers: the header fields.
    ///   - payload: what stands for the body.
    init(method: HTTPRequest.Method, path: [UInt8], query: CanonicalQuery, headers: CanonicalHeaders, payload: SigningPayload) {
        let parts: [[UInt8]] = [
            Array(method.rawValue.utf8), path, query.text, headers.lines, Array(headers.names.utf8), Array(payload.text.utf8),
        ]
        self.text = Array(parts.joined(separator: [UInt8(ascii: "\n")]))
        self.signedHeaders = headers.names
    }

    /// What is signed in place of the request itself.
    ///
    /// - Parameters:
    ///   - algorithm: by which algorithm it is signed.
    ///   - scope: when and for what.
    /// - Returns: the text.
    func stringToSign(by algorithm: SigningAlgorithm, in scope: CredentialScope) throws(AWSSignerError) -> String {
        do throws(CryptoError) {
            let digest = try SHA256.hash(self.text)
            return "\(algorithm)\n\(scope.timestamp)\n\(scope.text)\n\(digest.hexadecimal)"
        } catch {
            throw AWSSignerError(error)
        }
    }
}
