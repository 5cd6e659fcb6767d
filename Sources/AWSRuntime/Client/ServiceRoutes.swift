// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the calls of a service have in common: where they go, for which region they are signed, and what they say of the client.
struct ServiceRoute: Sendable {
    let endpoint: AWSEndpoint
    let signingRegion: String
    let userAgent: String
}

/// The routes of the services that a client has called; its configuration never changes, so neither do they.
final class ServiceRoutes: Sendable {
    /// A client calls a few services; were they made up at run time, the routes of further ones are worked out for each call.
    private static let capacity = 32

    private let configuration: AWSConfiguration
    private let userAgent: UserAgent
    private let known = Mutex<[(service: AWSService, route: ServiceRoute)]>([])

    init(_ configuration: AWSConfiguration) {
        self.configuration = configuration
        self.userAgent = UserAgent(configuration)
    }

    /// The route of a service.
    func route(of service: AWSService) throws(AWSError) -> ServiceRoute {
        if let route = self.known.withLock({ $0.first { $0.service == service }?.route }) { return route }
        let (endpoint, signingRegion) = try self.configuration.endpoint(of: service)
        let route = ServiceRoute(endpoint: endpoint, signingRegion: signingRegion, userAgent: self.userAgent.value(for: service))
        // Two calls may find the same route at the same time; it is the first of them that is used.
        self.known.withLock { if $0.count < Self.capacity { $0.append((service, route)) } }
        return route
    }
}
