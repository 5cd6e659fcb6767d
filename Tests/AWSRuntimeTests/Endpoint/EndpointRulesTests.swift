// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import JSONCoding
import Testing

/// Endpoints as botocore resolves them; `Scripts/record-aws-endpoints.py` writes the fixture.
@Suite struct EndpointRulesTests {
    static let variants: [(String, AWSEndpointVariant)] = [
        ("plain", []), ("fips", .fips), ("dualStack", .dualStack), ("fipsDualStack", [.fips, .dualStack]),
    ]

    @Test(arguments: Self.variants)
    func `every service is where botocore finds it, in every region`(name: String, variant: AWSEndpointVariant) throws {
        let cases = try #require(try fixture("endpoints")["cases"]?.arrayValue)
        #expect(cases.count > 500)
        for row in cases {
            let prefix = try #require(row["prefix"]?.stringValue)
            let region = try #require(row["region"]?.stringValue)
            let expected = try #require(row[name]?.stringValue)
            let configuration = AWSConfiguration(
                region: region, credentials: EnvironmentCredentialsProvider(environment: [:]),
                endpointVariant: row["legacy"]?.boolValue == true ? variant.union(.globalSTS) : variant)
            let (endpoint, signingRegion) = try configuration.endpoint(
                of: AWSService(name: "Test", endpointPrefix: prefix, wireProtocol: .restJSON))
            #expect(endpoint.scheme == "https")
            #expect((signingRegion == region ? endpoint.authority : "\(endpoint.authority) \(signingRegion)") == expected)
        }
    }

    @Test(arguments: [
        "", "eu west", "evil.example/", "-a", "a.b", "eu-west-1\r\nX: y", "ü", String(repeating: "a", count: 64), "a@b", "a:1",
    ])
    func `a region that is no label of a host name is refused`(region: String) {
        let configuration = AWSConfiguration(region: region, credentials: EnvironmentCredentialsProvider(environment: [:]))
        #expect(throws: AWSError(.configuration, code: "InvalidRegion", message: "")) {
            try configuration.endpoint(of: AWSEndpointTests.iot)
        }
    }
}
