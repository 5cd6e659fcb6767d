// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which proxy requests go through.
public struct HTTPProxyChoice: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case environment
        case none
        case proxy(HTTPProxy)
    }

    let kind: Kind

    /// The proxy that the environment names: `https_proxy` (or in capitals), `http_proxy`, `all_proxy`, but for the hosts of `no_proxy`.
    ///
    /// The variables are read at each connect; their URLs may carry credentials. This machine itself, as `localhost` or by an address, and
    /// addresses that only it can reach, such as those of the instance metadata and the container credentials of AWS, are reached directly.
    public static let environment = HTTPProxyChoice(kind: .environment)
    /// None, whatever the environment says.
    public static let none = HTTPProxyChoice(kind: .none)

    /// This one, whatever the environment says.
    ///
    /// - Parameter proxy: the proxy.
    /// - Returns: the choice.
    public static func proxy(_ proxy: HTTPProxy) -> HTTPProxyChoice { HTTPProxyChoice(kind: .proxy(proxy)) }
}
