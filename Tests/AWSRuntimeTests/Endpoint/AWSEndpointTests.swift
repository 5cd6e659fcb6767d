// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Testing

@Suite struct AWSEndpointTests {
    static let iot = AWSService(name: "IoT", endpointPrefix: "iot", wireProtocol: .restJSON)

    @Test(arguments: [
        ("https://localhost", "https", "localhost", ""),
        ("http://127.0.0.1:5555", "http", "127.0.0.1:5555", ""),
        ("HTTP://host:80/", "http", "host:80", ""),
        ("https://host/base/path//", "https", "host", "/base/path"),
        ("http://[::1]:4566", "http", "[::1]:4566", ""),
    ])
    func `a URL is read`(url: String, scheme: String, authority: String, basePath: String) throws {
        let endpoint = try AWSEndpoint(url: url)
        #expect(endpoint.scheme == scheme)
        #expect(endpoint.authority == authority)
        #expect(endpoint.basePath == basePath)
    }

    @Test(arguments: [
        "", "localhost", "ftp://host", "https://", "https:///path", "http://user@host", "http://host?x=1", "http://host#x", "http://ho st",
        "http://host\r\nX: y", "http://hôte",
    ])
    func `what is no URL of an endpoint is refused`(url: String) {
        #expect(throws: AWSError(.configuration, code: "InvalidEndpoint", message: "")) { try AWSEndpoint(url: url) }
    }

    @Test(arguments: [
        ("eu-west-1", "https://iot.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://iot.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "https://iot.us-gov-west-1.amazonaws.com"),
    ])
    func `a service is found in the partition of its region`(region: String, url: String) throws {
        #expect(try AWSEndpoint(of: Self.iot, in: region).description == url)
    }

    @Test func `the environment gives region, credentials and endpoints, the service's own before the common one`() async throws {
        let configuration = try AWSConfiguration(environment: [
            "AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "AWS_ENDPOINT_URL_IOT": "http://127.0.0.1:2", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "",
        ])
        #expect(configuration.region == "eu-west-1")
        #expect(try configuration.endpoint(of: Self.iot).endpoint.authority == "127.0.0.1:2")
        let other = AWSService(name: "SQS", endpointPrefix: "sqs", wireProtocol: .json10(targetPrefix: "AmazonSQS"))
        #expect(try configuration.endpoint(of: other).endpoint.authority == "127.0.0.1:1")
        #expect(try await configuration.credentials.credentials().accessKeyID == "AKID")
    }

    @Test func `an environment without a region or with half of the credentials is a typed error`() async throws {
        #expect(throws: AWSError(.configuration, code: "NoRegion", message: "")) { try AWSConfiguration(environment: [:]) }
        await #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) {
            try await EnvironmentCredentialsProvider(environment: ["AWS_ACCESS_KEY_ID": "AKID"]).credentials()
        }
    }

    @Test func `the process's own environment is read`() {
        #expect(ProcessEnvironment.variables["PATH"]?.isEmpty == false)
    }
}
