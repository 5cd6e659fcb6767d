// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AWSConfiguration {
    /// Makes a configuration of the environment's variables.
    ///
    /// Read are `AWS_REGION` or else `AWS_DEFAULT_REGION`, the variables of ``EnvironmentCredentialsProvider``, `AWS_ENDPOINT_URL`,
    /// `AWS_ENDPOINT_URL_<SERVICE_ID>`, `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`, `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT`,
    /// `AWS_STS_REGIONAL_ENDPOINTS`, `AWS_RETRY_MODE`, `AWS_MAX_ATTEMPTS`, `AWS_SDK_UA_APP_ID` and `AWS_EXECUTION_ENV`, with the meanings of
    /// the AWS SDKs and Tools Reference.
    ///
    /// - Parameter environment: the variables; by default those of the process.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/configuration`` when there is no region, an endpoint is no URL, or a value is none that
    ///   its setting has.
    public init(environment: [String: String] = ProcessEnvironment.variables) throws(AWSError) {
        try self.init(
            AWSSettings(environment: environment), credentials: EnvironmentCredentialsProvider(environment: environment))
    }

    /// Makes a configuration of settings.
    package init(_ settings: AWSSettings, credentials: any AWSCredentialsProvider) throws(AWSError) {
        guard let region = settings.value("AWS_REGION", "region") ?? settings.value("AWS_DEFAULT_REGION", "region") else {
            throw AWSError(
                .configuration, code: "NoRegion", message: "the environment has neither AWS_REGION nor AWS_DEFAULT_REGION: set one")
        }
        self.init(region: region, credentials: credentials)
        self.retry = try AWSRetryPolicy(settings)
        if try settings.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint") { self.endpointVariant.insert(.fips) }
        if try settings.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint") { self.endpointVariant.insert(.dualStack) }
        switch settings.value("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints")?.lowercased() {
        case "legacy": self.endpointVariant.insert(.globalSTS)
        case "regional", nil: break
        default: throw AWSSettings.refusal("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints", "is neither regional nor legacy")
        }
        self.applicationID = settings.value("AWS_SDK_UA_APP_ID", "sdk_ua_app_id")
        self.executionEnvironment = settings.value("AWS_EXECUTION_ENV", "")
        if try !settings.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
            try self.readEndpoints(settings)
        }
    }

    /// Takes the endpoints: the environment's for one service, the environment's for all, then the profile's likewise.
    private mutating func readEndpoints(_ settings: AWSSettings) throws(AWSError) {
        let variable = "AWS_ENDPOINT_URL"
        let common = settings.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        if common == nil {
            for (service, values) in settings.services {
                if let url = values["endpoint_url"], !url.isEmpty { self.serviceEndpoints[service] = try AWSEndpoint(url: url) }
            }
        }
        if let url = common ?? settings.profile["endpoint_url"], !url.isEmpty { self.endpoint = try AWSEndpoint(url: url) }
        for (name, url) in settings.environment where name.hasPrefix("\(variable)_") && !url.isEmpty {
            self.serviceEndpoints[name.dropFirst(variable.count + 1).lowercased()] = try AWSEndpoint(url: url)
        }
    }
}

extension AWSRetryPolicy {
    /// The policy of `AWS_RETRY_MODE` and `AWS_MAX_ATTEMPTS`; the mode `legacy`, which each SDK has its own of, counts as `standard`.
    package init(_ settings: AWSSettings) throws(AWSError) {
        self.init()
        switch settings.value("AWS_RETRY_MODE", "retry_mode")?.lowercased() {
        case "adaptive": self.mode = .adaptive
        case "standard", "legacy", nil: break
        default: throw AWSSettings.refusal("AWS_RETRY_MODE", "retry_mode", "is neither standard nor adaptive")
        }
        if let count = try settings.count("AWS_MAX_ATTEMPTS", "max_attempts") { self.maximumAttempts = count }
    }
}
