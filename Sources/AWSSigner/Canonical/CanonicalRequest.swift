// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
private import SystemCrypto

/// The form of a request over which the signature is made.
///
/// Source: "Create a signed AWS API request", AWS Identity and Access Management user guide.
struct CanonicalRequest {
    private static let newline = UInt8(ascii: "\n")

    /// The whole text.
    let text: [UInt8]

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - method: the request's method.
    ///   - path: the path as it stands on the wire, without the query.
    ///   - query: the canonical query.
    ///   - headers: the header fields.
    ///   - payload: what stands for the body.
    ///   - options: what the service wants different of the path.
    init(
        method: HTTPRequest.Method, path: ArraySlice<UInt8>, query: CanonicalQuery, headers: CanonicalHeaders, payload: SigningPayload,
        options: SigningOptions
    ) {
        // All pieces go into one array: this runs for every request.
        var text: [UInt8] = []
        text.reserveCapacity(2 * path.count + headers.lines.count + headers.names.count + 256)
        text.append(method.rawValue)
        text.append(Self.newline)
        CanonicalPath.append(path, to: &text, options: options)
        text.append(Self.newline)
        text += query.text
        text.append(Self.newline)
        text += headers.lines
        text.append(Self.newline)
        text += headers.names
        text.append(Self.newline)
        payload.append(to: &text)
        self.text = text
    }

    /// What is signed in place of the request itself.
    ///
    /// - Parameters:
    ///   - algorithm: by which algorithm it is signed.
    ///   - scope: when and for what.
    /// - Returns: the text, in ASCII.
    func stringToSign(by algorithm: SigningAlgorithm, in scope: CredentialScope) throws(AWSSignerError) -> [UInt8] {
        let digest: SHA256Digest
        do throws(CryptoError) { digest = try SHA256.hash(self.text) } catch { throw AWSSignerError(error) }
        var text: [UInt8] = []
        text.reserveCapacity(192)
        text.append(algorithm.description)
        text.append(Self.newline)
        text.append(scope.timestamp)
        text.append(Self.newline)
        text.append(scope.text)
        text.append(Self.newline)
        Hexadecimal.append(digest, to: &text)
        return text
    }
}
