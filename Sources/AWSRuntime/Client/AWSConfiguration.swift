// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Transport

/// Where AWS is, who calls it, and how patiently.
public struct AWSConfiguration: Sendable {
    /// The region, such as `eu-west-1`.
    public var region: String
    /// Gives the credentials that requests are signed with.
    public var credentials: any AWSCredentialsProvider
    /// Where all services are, in place of AWS's own endpoints; by default `nil`.
    public var endpoint: AWSEndpoint?
    /// Where single services are; goes before ``endpoint``.
    ///
    /// The key is the service's id in lower case with `_` for each space, as a `services` section of the shared configuration has it: `iot`,
    /// `iot_data_plane`.
    public var serviceEndpoints: [String: AWSEndpoint]
    /// Which of AWS's own hosts are called; by default the plain ones.
    ///
    /// With ``AWSEndpointVariant/fips`` or ``AWSEndpointVariant/dualStack`` an endpoint of one's own is refused, as what it would mean is
    /// not known.
    public var endpointVariant: AWSEndpointVariant
    /// When a call is attempted again.
    public var retry: AWSRetryPolicy
    /// How long connecting may take; by default 5 seconds.
    public var connectTimeout: Duration
    /// How long one attempt may take, connecting included; by default 60 seconds.
    public var attemptTimeout: Duration
    /// How long a whole call may take: credentials, all attempts and the waits between them; by default `nil`, without a limit of its own.
    public var callTimeout: Duration?
    /// How connections are secured; by default by the system's trust store.
    public var tls: TLSConfiguration
    /// What names the application in the user agent, at most 50 characters; by default `nil`.
    public var applicationID: String?
    /// What sees, and may change, every attempt, in this order; by default nothing.
    public var interceptors: [any AWSInterceptor]
    /// Where the process runs, for the user agent.
    var executionEnvironment: String?

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - region: the region.
    ///   - credentials: gives the credentials that requests are signed with.
    ///   - endpoint: where all services are, in place of AWS's own endpoints.
    ///   - serviceEndpoints: where single services are, by service id.
    ///   - endpointVariant: which of AWS's own hosts are called.
    ///   - retry: when a call is attempted again.
    ///   - connectTimeout: how long connecting may take.
    ///   - attemptTimeout: how long one attempt may take, connecting included.
    ///   - callTimeout: how long a whole call may take.
    ///   - tls: how connections are secured.
    ///   - applicationID: what names the application in the user agent.
    ///   - interceptors: what sees, and may change, every attempt.
    public init(
        region: String,
        credentials: any AWSCredentialsProvider,
        endpoint: AWSEndpoint? = nil,
        serviceEndpoints: [String: AWSEndpoint] = [:],
        endpointVariant: AWSEndpointVariant = [],
        retry: AWSRetryPolicy = AWSRetryPolicy(),
        connectTimeout: Duration = .seconds(5),
        attemptTimeout: Duration = .seconds(60),
        callTimeout: Duration? = nil,
        tls: TLSConfiguration = .systemDefault,
        applicationID: String? = nil,
        interceptors: [any AWSInterceptor] = []
    ) {
        self.region = region
        self.credentials = credentials
        self.endpoint = endpoint
        self.serviceEndpoints = serviceEndpoints
        self.endpointVariant = endpointVariant
        self.retry = retry
        self.connectTimeout = connectTimeout
        self.attemptTimeout = attemptTimeout
        self.callTimeout = callTimeout
        self.tls = tls
        self.applicationID = applicationID
        self.interceptors = interceptors
    }

    /// Where a service is, and for which region its requests are signed.
    package func endpoint(of service: AWSService) throws(AWSError) -> (endpoint: AWSEndpoint, signingRegion: String) {
        guard let configured = self.serviceEndpoints[service.settingsKey] ?? self.endpoint else {
            return try EndpointRules.resolve(service, in: self.region, variant: self.endpointVariant)
        }
        guard self.endpointVariant.isDisjoint(with: [.fips, .dualStack]) else {
            throw AWSError(
                .configuration, code: "InvalidEndpoint",
                message: "FIPS and dual-stack hosts are AWS's own: turn the setting off, or remove the endpoint \(configured)")
        }
        return (configured, self.region)
    }
}

extension AWSService {
    /// The service's id as settings name it.
    var settingsKey: String { self.name.lowercased().split(separator: " ", omittingEmptySubsequences: false).joined(separator: "_") }
}
