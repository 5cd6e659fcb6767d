// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where the credentials of a container are: a URL that may only lead to the machine itself, to AWS's own agents, or over TLS.
package struct ContainerCredentialsURL: Hashable, Sendable {
    /// Scheme and authority.
    package var endpoint: AWSEndpoint
    /// Path and query, as they were given.
    package var path: String

    /// The agents of Amazon ECS and of Amazon EKS.
    private static let agents: Set<String> = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

    /// The URL that `AWS_CONTAINER_CREDENTIALS_FULL_URI` holds.
    ///
    /// - Parameter url: over plain HTTP, a loopback address or that of an agent of AWS.
    /// - Throws: ``AWSErrorCode/invalidCredentialsConfiguration``.
    package init(full url: String) throws(AWSError) {
        let start = url.firstRange(of: "://").map(\.upperBound) ?? url.endIndex
        let end = url[start...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        guard let endpoint = try? AWSEndpoint(url: String(url[..<end])), let path = Self.path(url[end...]) else {
            throw .invalidCredentialsConfiguration("AWS_CONTAINER_CREDENTIALS_FULL_URI is no URL")
        }
        self.endpoint = endpoint
        self.path = path
        guard endpoint.scheme == "https" || Self.isTrusted(Self.host(of: endpoint.authority)) else {
            throw .invalidCredentialsConfiguration(
                """
                AWS_CONTAINER_CREDENTIALS_FULL_URI leads to '\(endpoint.authority.prefix(100))' without TLS: allowed are loopback addresses, \
                169.254.170.2, 169.254.170.23 and fd00:ec2::23
                """)
        }
    }

    /// The path that `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` holds, at the agent of Amazon ECS.
    ///
    /// - Parameters:
    ///   - path: starts with `/`.
    ///   - agent: where the agent is.
    /// - Throws: ``AWSErrorCode/invalidCredentialsConfiguration``.
    package init(relative path: String, agent: AWSEndpoint) throws(AWSError) {
        guard path.first == "/", let path = Self.path(path[...]) else {
            throw .invalidCredentialsConfiguration("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path")
        }
        self.endpoint = agent
        self.path = path
    }

    /// The path and query without the fragment; `nil` where a character of it cannot be sent.
    private static func path(_ text: Substring) -> String? {
        let text = text.prefix { $0 != "#" }
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        return text.first == "/" ? String(text) : "/" + text
    }

    /// The host of an authority, without port and brackets.
    private static func host(of authority: String) -> String {
        if authority.first == "[" { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    private static func isTrusted(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "::1" || self.agents.contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        // Four numbers: a name such as 127.0.0.1.example.com is none of this machine.
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
