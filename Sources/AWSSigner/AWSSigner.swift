// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// Signs requests to AWS with Signature Version 4 or 4A.
///
/// A signer keeps the keys that it derived last; one serves any number of tasks, credentials and services.
///
/// ```swift
/// try signer.sign(&request, payload: .bytes(body), in: context)
/// ```
///
/// Source: "AWS Signature Version 4 for API requests", AWS Identity and Access Management user guide.
public final class AWSSigner: Sendable {
    private static let longestExpiration = Duration.seconds(604_800)
    private static let ownParameters: Set = [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Region-Set", "X-Amz-SignedHeaders",
        "X-Amz-Security-Token", "X-Amz-Signature",
    ]

    let keys: SigningKeyCache

    /// Makes a signer.
    ///
    /// - Parameter keyCapacity: how many derived keys are kept; at least 1, by default 16. The one used longest ago makes room and is
    ///   overwritten.
    public init(keyCapacity: Int = 16) { self.keys = SigningKeyCache(capacity: max(1, keyCapacity)) }

    /// Signs a request by header fields.
    ///
    /// It sets `X-Amz-Date`, `Authorization`, with temporary credentials `X-Amz-Security-Token`, with ``SigningAlgorithm/v4a``
    /// `X-Amz-Region-Set`, and where the options say so `X-Amz-Content-SHA256`; what an earlier signature set is replaced. All other fields are
    /// signed except those that transports change, such as `User-Agent`.
    ///
    /// - Parameters:
    ///   - request: the request; its authority is signed as `host`, without the port where it is the scheme's own.
    ///   - payload: the body.
    ///   - context: who signs, for which service, when and how.
    /// - Throws: ``AWSSignerError`` for a request, credentials or a context that cannot be signed; the request is unchanged then.
    public func sign(_ request: inout HTTPRequest, payload: SigningPayload, in context: SigningContext) throws(AWSSignerError) {
        _ = try self.signHeaders(&request, payload: payload, in: context)
    }

    /// Signs a request by its query, so that its URL alone is a permission until it expires.
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
    ) throws(AWSSignerError) -> PresignedRequest {
        var copy = request
        _ = try self.signQuery(&copy, payload: payload, expiresIn: expiresIn, in: context)
        return PresignedRequest(request: copy)
    }
}

extension AWSSigner {
    /// What a signature was made of: it may hold a session token.
    package struct Steps: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        let canonicalBytes: [UInt8]
        let signedBytes: [UInt8]
        package let signature: String

        package var canonicalRequest: String { String(decoding: self.canonicalBytes, as: UTF8.self) }
        package var stringToSign: String { String(decoding: self.signedBytes, as: UTF8.self) }

        package var description: String { "Steps(redacted)" }

        package var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// How many derived keys are kept at this moment.
    package var keptKeyCount: Int { self.keys.count }

    package func signHeaders(
        _ request: inout HTTPRequest, payload: SigningPayload, in context: SigningContext
    ) throws(AWSSignerError) -> Steps {
        try context.validate()
        let target = try SigningTarget(of: request)
        let scope = CredentialScope(context)
        var fields = request.headerFields
        // At most the five fields below come to them.
        fields.reserveCapacity(fields.count + 5)
        if fields.contains(where: { Self.isOwn($0.name) }) { fields.removeAll { Self.isOwn($0.name) } }
        fields.append(HTTPField(name: .signingDate, value: scope.timestamp))
        if let token = context.credentials.sessionToken, context.options.signsSessionToken { fields[.securityToken] = token }
        if context.algorithm == .v4a { fields[.regionSet] = context.region }
        if context.options.addsContentDigestHeader { fields[.contentDigest] = payload.text }
        let headers = CanonicalHeaders(fields, host: target.host)
        let canonical = CanonicalRequest(
            method: request.method, path: target.path, query: CanonicalQuery(target.query), headers: headers, payload: payload,
            options: context.options)
        let steps = try self.steps(canonical, scope: scope, in: context)
        fields.append(Self.authorization(steps, headers: headers, scope: scope, in: context))
        if !context.options.signsSessionToken { fields[.securityToken] = context.credentials.sessionToken }
        request.headerFields = fields
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
        let scope = CredentialScope(context)
        let headers = CanonicalHeaders(request.headerFields, host: target.host)
        var query = CanonicalQuery(target.query) { !Self.ownParameters.contains($0) }
        query.add("X-Amz-Algorithm", context.algorithm.description)
        query.add("X-Amz-Credential", "\(context.credentials.accessKeyID)/\(scope.text)")
        query.add("X-Amz-Date", scope.timestamp)
        query.add("X-Amz-Expires", String(expiresIn.components.seconds))
        if context.algorithm == .v4a { query.add("X-Amz-Region-Set", context.region) }
        query.add("X-Amz-SignedHeaders", String(decoding: headers.names, as: UTF8.self))
        let token = context.credentials.sessionToken
        if let token, context.options.signsSessionToken { query.add("X-Amz-Security-Token", token) }
        let canonical = CanonicalRequest(
            method: request.method, path: target.path, query: query, headers: headers, payload: payload, options: context.options)
        let steps = try self.steps(canonical, scope: scope, in: context)
        var path = target.path.isEmpty ? "/" : String(decoding: target.path, as: UTF8.self)
        path += "?" + String(decoding: query.text, as: UTF8.self) + "&X-Amz-Signature=\(steps.signature)"
        if let token, !context.options.signsSessionToken { path += "&X-Amz-Security-Token=\(PercentEncoding.encode(token))" }
        request.path = path
        return steps
    }

    private func steps(
        _ canonical: CanonicalRequest, scope: CredentialScope, in context: SigningContext
    ) throws(AWSSignerError) -> Steps {
        let signedBytes = try canonical.stringToSign(by: context.algorithm, in: scope)
        let signature = try self.keys.key(for: context, in: scope).signature(for: signedBytes)
        return Steps(canonicalBytes: canonical.text, signedBytes: signedBytes, signature: signature)
    }

    /// Whether every signature makes the field anew.
    private static func isOwn(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName.utf8.count {
        case 10: name == .signingDate
        case 13: name == .authorization
        case 16: name == .regionSet
        case 20: name == .securityToken
        default: false
        }
    }

    private static func authorization(
        _ steps: Steps, headers: CanonicalHeaders, scope: CredentialScope, in context: SigningContext
    ) -> HTTPField {
        var value: [UInt8] = []
        value.reserveCapacity(headers.names.count + steps.signature.utf8.count + 160)
        value.append(context.algorithm.description)
        value.append(" Credential=")
        value.append(context.credentials.accessKeyID)
        value.append(UInt8(ascii: "/"))
        value.append(scope.text)
        value.append(", SignedHeaders=")
        value += headers.names
        value.append(", Signature=")
        value.append(steps.signature)
        return HTTPField(name: .authorization, value: String(decoding: value, as: UTF8.self))
    }
}

extension HTTPField.Name {
    // These texts are valid names; a field that is never sent stands in for the case that cannot be.
    static let contentDigest = HTTPField.Name("X-Amz-Content-SHA256") ?? .cookie
    static let decodedContentLength = HTTPField.Name("X-Amz-Decoded-Content-Length") ?? .cookie
    static let trailerNames = HTTPField.Name("X-Amz-Trailer") ?? .cookie
    fileprivate static let signingDate = HTTPField.Name("X-Amz-Date") ?? .cookie
    fileprivate static let securityToken = HTTPField.Name("X-Amz-Security-Token") ?? .cookie
    fileprivate static let regionSet = HTTPField.Name("X-Amz-Region-Set") ?? .cookie
}
