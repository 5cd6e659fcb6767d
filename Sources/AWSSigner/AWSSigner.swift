// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes
private import SystemCrypto

/// Signs requests to AWS with Signature Version 4.
///
/// A signer keeps the keys that it derived last; one serves any number of tasks, credentials and services.
///
/// ```swift
/// try signer.sign(&request, payload: .bytes(body), in: context)
/// ```
///
/// Source: "AWS Signature Version 4 for API requests", AWS Identity and Access Management user guide.
public final class AWSSigner: Sendable {
    static let algorithm = "AWS4-HMAC-SHA256"
    private static let longestExpiration = Duration.seconds(604_800)

    private let keys: SigningKeyCache

    /// Makes a signer.
    ///
    /// - Parameter keyCapacity: how many derived keys are kept; at least 1, by default 16.
    public init(keyCapacity: Int = 16) { self.keys = SigningKeyCache(capacity: max(1, keyCapacity)) }

    /// Signs a request by header fields.
    ///
    /// It sets `X-Amz-Date`, `Authorization`, with temporary credentials `X-Amz-Security-Token`, and where the options say so
    /// `X-Amz-Content-SHA256`; what an earlier signature set is replaced. All other fields are signed except those that transports
    /// change, such as `User-Agent`.
    ///
    /// - Parameters:
    ///   - request: the request; its authority is signed as `host`, without the port where it is the scheme's own.
    ///   - payload: the body.
    ///   - context: who signs, for which service, when and how.
    /// - Throws: ``AWSSignerError`` for a request, credentials or a context that cannot be signed; the request is unchanged then.
    public func sign(_ request: inout HTTPRequest, payload: SigningPayload, in context: SigningContext) throws(AWSSignerError) {
        var copy = request
        _ = try self.signHeaders(&copy, payload: payload, in: context)
        request = copy
    }

    /// Signs a request by its query, so that its URL alone is a permission until it expires.
    ///
    /// The header fields that the request has must be sent with it. The URL is as secret as a password.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - payload: the body.
    ///   - expiresIn: how long the URL is good, from 1 second to 7 days, in whole seconds.
    ///   - context: who signs, for which service, when and how.
    /// - Returns: the request with the signature in the query of its path.
    /// - Throws: ``AWSSignerError``, as ``sign(_:payload:in:)`` and for an expiry that AWS does not allow.
    public func presigned(
        _ request: HTTPRequest, payload: SigningPayload, expiresIn: Duration, in context: SigningContext
    ) throws(AWSSignerError) -> HTTPRequest {
        var copy = request
        _ = try self.signQuery(&copy, payload: payload, expiresIn: expiresIn, in: context)
        return copy
    }
}

extension AWSSigner {
    /// What a signature was made of.
    package struct Steps: Hashable, Sendable {
        package let canonicalRequest: String
        package let stringToSign: String
        package let signature: String
    }

    /// How many derived keys are kept at this moment.
    package var keptKeyCount: Int { self.keys.count }

    package func signHeaders(
        _ request: inout HTTPRequest, payload: SigningPayload, in context: SigningContext
    ) throws(AWSSignerError) -> Steps {
        try context.validate()
        let target = try SigningTarget(of: request)
        request.headerFields[.authorization] = nil
        request.headerFields[.securityToken] = context.options.signsSessionToken ? context.credentials.sessionToken : nil
        request.headerFields[.signingDate] = context.timestamp.basicFormat
        if context.options.addsContentDigestHeader { request.headerFields[.contentDigest] = payload.text }
        let canonical = CanonicalRequest(
            method: request.method, path: CanonicalPath.make(target.path, options: context.options), query: CanonicalQuery(target.query),
            headers: CanonicalHeaders(request.headerFields, host: target.host), payload: payload)
        let steps = try self.steps(canonical, in: context)
        let credential = "\(context.credentials.accessKeyID)/\(context.scope)"
        request.headerFields[.authorization] =
            "\(Self.algorithm) Credential=\(credential), SignedHeaders=\(canonical.signedHeaders), Signature=\(steps.signature)"
        request.headerFields[.securityToken] = context.credentials.sessionToken
        return steps
    }

    package func signQuery(
        _ request: inout HTTPRequest, payload: SigningPayload, expiresIn: Duration, in context: SigningContext
    ) throws(AWSSignerError) -> Steps {
        try context.validate()
        guard expiresIn >= .seconds(1), expiresIn <= Self.longestExpiration else {
            throw AWSSignerError(.invalidExpiration, message: "a URL can be good for 1 second to 7 days, not for \(expiresIn)")
        }
        let target = try SigningTarget(of: request)
        let headers = CanonicalHeaders(request.headerFields, host: target.host)
        let own: Set = [
            "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Security-Token",
            "X-Amz-Signature",
        ]
        var query = CanonicalQuery(target.query) { !own.contains($0) }
        query.add("X-Amz-Algorithm", Self.algorithm)
        query.add("X-Amz-Credential", "\(context.credentials.accessKeyID)/\(context.scope)")
        query.add("X-Amz-Date", context.timestamp.basicFormat)
        query.add("X-Amz-Expires", String(expiresIn.components.seconds))
        query.add("X-Amz-SignedHeaders", headers.names)
        let token = context.credentials.sessionToken
        if let token, context.options.signsSessionToken { query.add("X-Amz-Security-Token", token) }
        let canonical = CanonicalRequest(
            method: request.method, path: CanonicalPath.make(target.path, options: context.options), query: query, headers: headers,
            payload: payload)
        let steps = try self.steps(canonical, in: context)
        var path = target.path.isEmpty ? "/" : String(decoding: target.path, as: UTF8.self)
        path += "?" + String(decoding: query.text, as: UTF8.self) + "&X-Amz-Signature=\(steps.signature)"
        if let token, !context.options.signsSessionToken { path += "&X-Amz-Security-Token=\(PercentEncoding.encode(token))" }
        request.path = path
        return steps
    }

    private func steps(_ canonical: CanonicalRequest, in context: SigningContext) throws(AWSSignerError) -> Steps {
        let stringToSign = try canonical.stringToSign(in: context)
        let key = try self.keys.key(for: context)
        do throws(CryptoError) {
            let code = try key.authenticationCode(for: Array(stringToSign.utf8).span)
            return Steps(
                canonicalRequest: String(decoding: canonical.text, as: UTF8.self), stringToSign: stringToSign, signature: code.hexadecimal)
        } catch {
            throw AWSSignerError(error)
        }
    }
}

extension HTTPField.Name {
    // These texts are valid names; a field that is never sent stands in for the case that cannot be.
    fileprivate static let signingDate = HTTPField.Name("X-Amz-Date") ?? .cookie
    fileprivate static let securityToken = HTTPField.Name("X-Amz-Security-Token") ?? .cookie
    fileprivate static let contentDigest = HTTPField.Name("X-Amz-Content-SHA256") ?? .cookie
}
