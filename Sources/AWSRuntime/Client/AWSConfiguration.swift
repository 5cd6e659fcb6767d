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
    /// Where single services are, by endpoint prefix such as `iot`; goes before ``endpoint``.
    public var serviceEndpoints: [String: AWSEndpoint]
    /// When a call is attempted again.
    public var retry: AWSRetryPolicy
    /// How long connecting may take; by default 5 seconds.
    public var connectTimeout: Duration
    /// How long one attempt may take, connecting included; by default 60 seconds.
    public var attemptTimeout: Duration
    /// How connections are secured; by default by the system's trust store.
    public var tls: TLSConfiguration

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - region: the region.
    ///   - credentials: gives the credentials that requests are signed with.
    ///   - endpoint: where all services are, in place of AWS's own endpoints.
    ///   - serviceEndpoints: where single services are, by endpoint prefix.
    ///   - retry: when a call is attempted again.
    ///   - connectTimeout: how long connecting may take.
    ///   - attemptTimeout: how long one attempt may take, connecting included.
    ///   - tls: how connections are secured.
    public init(
        region: String,
        credentials: any AWSCredentialsProvider,
        endpoint: AWSEndpoint? = nil,
        serviceEndpoints: [String: AWSEndpoint] = [:],
        retry: AWSRetryPolicy = AWSRetryPolicy(),
        connectTimeout: Duration = .seconds(5),
        attemptTimeout: Duration = .seconds(60),
        tls: TLSConfiguration = .systemDefault
    ) {
        self.region = region
        self.credentials = credentials
        self.endpoint = endpoint
        self.serviceEndpoints = serviceEndpoints
        self.retry = retry
        self.connectTimeout = connectTimeout
        self.attemptTimeout = attemptTimeout
        self.tls = tls
    }

    /// Makes a configuration of the environment's variables.
    ///
    /// Read are `AWS_REGION` or else `AWS_DEFAULT_REGION`, the variables of ``EnvironmentCredentialsProvider``, `AWS_ENDPOINT_URL`, and
    /// `AWS_ENDPOINT_URL_<SERVICE>` with the service's endpoint prefix in upper case (AWS SDKs and Tools Reference, "Service-specific
    /// endpoints").
    ///
    /// - Parameter environment: the variables; by default those of the process.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/configuration`` when there is no region, or an endpoint is no URL.
    public init(environment: [String: String] = ProcessEnvironment.variables) throws(AWSError) {
        guard let region = ["AWS_REGION", "AWS_DEFAULT_REGION"].lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) else {
            throw AWSError(
                .configuration, code: "NoRegion", message: "the environment has neither AWS_REGION nor AWS_DEFAULT_REGION: set one")
        }
        self.init(region: region, credentials: EnvironmentCredentialsProvider(environment: environment))
        for (name, value) in environment where name.hasPrefix("AWS_ENDPOINT_URL") && !value.isEmpty {
            let endpoint = try AWSEndpoint(url: value)
            let rest = name.dropFirst("AWS_ENDPOINT_URL".count)
            if rest.isEmpty {
                self.endpoint = endpoint
            } else if rest.first == "_" {
                self.serviceEndpoints[rest.dropFirst().lowercased()] = endpoint
            }
        }
    }

    /// Where a service is.
    package func endpoint(of service: AWSService) -> AWSEndpoint {
        self.serviceEndpoints[service.endpointPrefix] ?? self.endpoint ?? AWSEndpoint(of: service, in: self.region)
    }
}
