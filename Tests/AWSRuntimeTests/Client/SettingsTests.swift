// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Testing

@Suite struct SettingsTests {
    static let iotData = AWSService(
        name: "IoT Data Plane", endpointPrefix: "data-ats.iot", signingName: "iotdata", wireProtocol: .restJSON)

    static func configuration(
        _ environment: [String: String], profile: [String: String] = [:], services: [String: [String: String]] = [:]
    ) throws -> AWSConfiguration {
        var settings = AWSSettings(environment: environment, profile: profile, services: services)
        settings.environment["AWS_REGION"] = "eu-west-1"
        return try AWSConfiguration(settings, credentials: EnvironmentCredentialsProvider(environment: environment))
    }

    struct EndpointCase: Sendable {
        var environment: [String: String] = [:]
        var profile: [String: String] = [:]
        var services: [String: [String: String]] = [:]
        var authority: String
    }

    @Test(arguments: [
        EndpointCase(authority: "data-ats.iot.eu-west-1.amazonaws.com"),
        EndpointCase(profile: ["endpoint_url": "http://p:1"], authority: "p:1"),
        EndpointCase(
            profile: ["endpoint_url": "http://p:1"], services: ["iot_data_plane": ["endpoint_url": "http://s:1"]], authority: "s:1"),
        EndpointCase(
            environment: ["AWS_ENDPOINT_URL": "http://e:1"], profile: ["endpoint_url": "http://p:1"],
            services: ["iot_data_plane": ["endpoint_url": "http://s:1"]], authority: "e:1"),
        EndpointCase(
            environment: ["AWS_ENDPOINT_URL": "http://e:1", "AWS_ENDPOINT_URL_IOT_DATA_PLANE": "http://d:1"],
            services: ["iot_data_plane": ["endpoint_url": "http://s:1"]], authority: "d:1"),
        EndpointCase(
            environment: ["AWS_ENDPOINT_URL_IOT_DATA_PLANE": "http://d:1", "AWS_ENDPOINT_URL_IOT": "http://i:1"], authority: "d:1"),
        EndpointCase(
            environment: ["AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_IOT": "http://i:1"], authority: "data-ats.iot.eu-west-1.amazonaws.com"),
        EndpointCase(
            environment: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "http://e:1"],
            profile: ["endpoint_url": "http://p:1"], authority: "data-ats.iot.eu-west-1.amazonaws.com"),
        EndpointCase(
            environment: ["AWS_ENDPOINT_URL": "no URL"], profile: ["ignore_configured_endpoint_urls": "TRUE"],
            authority: "data-ats.iot.eu-west-1.amazonaws.com"),
        EndpointCase(environment: ["AWS_USE_FIPS_ENDPOINT": "true"], authority: "data-ats.iot-fips.eu-west-1.amazonaws.com"),
        EndpointCase(profile: ["use_dualstack_endpoint": "True"], authority: "data-ats.iot.eu-west-1.api.aws"),
        EndpointCase(
            environment: ["AWS_USE_FIPS_ENDPOINT": "false"], profile: ["use_fips_endpoint": "true"],
            authority: "data-ats.iot.eu-west-1.amazonaws.com"),
    ])
    func `an endpoint comes from the nearest setting`(each: EndpointCase) throws {
        let configuration = try Self.configuration(each.environment, profile: each.profile, services: each.services)
        #expect(try configuration.endpoint(of: Self.iotData).endpoint.authority == each.authority)
    }

    @Test(arguments: ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
    func `AWS's own variants and an endpoint of one's own exclude each other`(variable: String) throws {
        let configuration = try Self.configuration([variable: "true", "AWS_ENDPOINT_URL": "http://e:1"])
        #expect(throws: AWSError(.configuration, code: "InvalidEndpoint", message: "")) { try configuration.endpoint(of: Self.iotData) }
    }

    @Test(arguments: [
        ("AWS_MAX_ATTEMPTS", "0"), ("AWS_MAX_ATTEMPTS", "-1"), ("AWS_MAX_ATTEMPTS", "many"), ("AWS_RETRY_MODE", "eager"),
        ("AWS_USE_FIPS_ENDPOINT", "yes"), ("AWS_USE_DUALSTACK_ENDPOINT", "1"), ("AWS_STS_REGIONAL_ENDPOINTS", "global"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "on"),
    ])
    func `a value that its setting does not have is refused`(variable: String, value: String) {
        #expect(throws: AWSError(.configuration, code: "InvalidSetting", message: "")) { try Self.configuration([variable: value]) }
    }

    @Test(arguments: [
        ([:], AWSRetryPolicy()), (["AWS_RETRY_MODE": "adaptive"], AWSRetryPolicy(mode: .adaptive)),
        (["AWS_RETRY_MODE": "Standard", "AWS_MAX_ATTEMPTS": "7"], AWSRetryPolicy(maximumAttempts: 7)),
        (["AWS_RETRY_MODE": "legacy"], AWSRetryPolicy()),
    ])
    func `the retry policy comes from the settings`(environment: [String: String], policy: AWSRetryPolicy) throws {
        #expect(try Self.configuration(environment).retry == policy)
    }

    @Test func `STS is regional unless the settings ask for the old host`() throws {
        let sts = AWSService(name: "STS", endpointPrefix: "sts", wireProtocol: .query(version: "2011-06-15"))
        #expect(try Self.configuration([:]).endpoint(of: sts).endpoint.authority == "sts.eu-west-1.amazonaws.com")
        let legacy = try Self.configuration(["AWS_STS_REGIONAL_ENDPOINTS": "legacy"]).endpoint(of: sts)
        #expect(legacy.endpoint.authority == "sts.amazonaws.com" && legacy.signingRegion == "us-east-1")
    }
}
