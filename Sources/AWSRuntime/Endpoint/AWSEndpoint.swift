// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where requests go: scheme, authority and a path that all requests start with.
public struct AWSEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// `https`, or `http`.
    public var scheme: String
    /// Host, with the port where it is not the scheme's own.
    public var authority: String
    /// The path before the operation's own; empty, or with a leading and without a trailing slash.
    public var basePath: String

    /// Reads an endpoint from a URL.
    ///
    /// - Parameter url: `https://host`, with port and path where wanted; a query, fragment or user is refused.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/configuration``.
    public init(url: String) throws(AWSError) {
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme = parts[0].lowercased()
        guard parts.count == 2, scheme == "https" || scheme == "http" else { throw Self.refusal(of: url) }
        let rest = parts[1]
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !Self.forbidden.contains($0) }) else {
            throw Self.refusal(of: url)
        }
        self.scheme = scheme
        self.authority = String(authority)
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        self.basePath = String(path)
    }

    package init(scheme: String, authority: String, basePath: String = "") {
        self.scheme = scheme
        self.authority = authority
        self.basePath = basePath
    }

    /// The endpoint of a service in a region, in the partition the region belongs to.
    ///
    /// - Parameters:
    ///   - service: the service.
    ///   - region: the region, such as `eu-west-1`.
    ///   - variant: which of the service's hosts; by default the plain one.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/configuration`` when the region's name can be no part of a host name.
    public init(of service: AWSService, in region: String, variant: AWSEndpointVariant = []) throws(AWSError) {
        self = try EndpointRules.resolve(service, in: region, variant: variant).endpoint
    }

    /// The endpoint as a URL.
    public var description: String { "\(self.scheme)://\(self.authority)\(self.basePath)" }

    private static let forbidden = Array("?#@\\\"<>^`{|}".utf8)

    private static func refusal(of url: String) -> AWSError {
        AWSError(
            .configuration, code: "InvalidEndpoint",
            message: "an endpoint is http:// or https://, a host, and perhaps a port and a path; this is not: \(url.prefix(200))")
    }
}
