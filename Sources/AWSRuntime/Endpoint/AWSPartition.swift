// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A partition of AWS: regions that share accounts and domains.
public struct AWSPartition: Hashable, Sendable {
    /// The partition's name, as ARNs have it, such as `aws-cn`.
    public let name: String
    /// The domain of its services.
    public let dnsSuffix: String
    /// The domain of its services at which IPv6 is spoken too.
    public let dualStackDNSSuffix: String
    /// What the names of its regions start with, before one word and one number.
    private let regionPrefixes: [String]

    /// The partition a region belongs to, by the form of its name; a name of no known form belongs to `aws`.
    ///
    /// - Parameter region: the region, such as `cn-north-1`.
    public init(of region: String) {
        self = Self.all.first { $0.contains(region) } ?? Self.standard
    }

    private init(_ name: String, _ dnsSuffix: String, dualStack: String, regions: [String]) {
        self.name = name
        self.dnsSuffix = dnsSuffix
        self.dualStackDNSSuffix = dualStack
        self.regionPrefixes = regions
    }

    private func contains(_ region: String) -> Bool {
        guard region != "\(self.name)-global" else { return true }
        return self.regionPrefixes.contains { prefix in
            guard region.hasPrefix(prefix) else { return false }
            let rest = region.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
            return rest.count == 2 && !rest[0].isEmpty && !rest[1].isEmpty && rest[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    private static let standard = AWSPartition(
        "aws", "amazonaws.com", dualStack: "api.aws",
        regions: ["us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"])

    /// All partitions, as the partition table of botocore has them; a fixture recorded from the pinned release holds the tests to it.
    private static let all = [
        standard,
        AWSPartition("aws-cn", "amazonaws.com.cn", dualStack: "api.amazonwebservices.com.cn", regions: ["cn-"]),
        AWSPartition("aws-us-gov", "amazonaws.com", dualStack: "api.aws", regions: ["us-gov-"]),
        AWSPartition("aws-eusc", "amazonaws.eu", dualStack: "api.amazonwebservices.eu", regions: ["eusc-de-"]),
        AWSPartition("aws-iso", "c2s.ic.gov", dualStack: "api.aws.ic.gov", regions: ["us-iso-"]),
        AWSPartition("aws-iso-b", "sc2s.sgov.gov", dualStack: "api.aws.scloud", regions: ["us-isob-"]),
        AWSPartition("aws-iso-e", "cloud.adc-e.uk", dualStack: "api.cloud-aws.adc-e.uk", regions: ["eu-isoe-"]),
        AWSPartition("aws-iso-f", "csp.hci.ic.gov", dualStack: "api.aws.hci.ic.gov", regions: ["us-isof-"]),
    ]
}
