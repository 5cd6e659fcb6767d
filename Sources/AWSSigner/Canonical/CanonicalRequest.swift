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
        let newline = UInt8(ascii: "\n")
        var text: [UInt8] = []
        text.reserveCapacity(path.count + headers.lines.count + headers.names.utf8.count + 256)
        text += method.rawValue.utf8
        text.append(newline)
        text += path
        text.append(newline)
        text += query.text
        text.append(newline)
        text += headers.lines
        text.append(newline)
        text += headers.names.utf8
        text.append(newline)
        text += payload.text.utf8
        self.text = text
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
