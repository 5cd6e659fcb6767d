// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A partition of AWS: regions that share accounts and a domain.
public struct AWSPartition: Hashable, Sendable {
    /// The partition's name, as ARNs have it, such as `aws-cn`.
    public var name: String
    /// The domain of its services.
    public var dnsSuffix: String

    /// The partition a region belongs to, by the region's prefix.
    ///
    /// - Parameter region: the region, such as `cn-north-1`.
    public init(of region: String) {
        if region.hasPrefix("cn-") {
            self.init(name: "aws-cn", dnsSuffix: "amazonaws.com.cn")
        } else if region.hasPrefix("us-gov-") {
            self.init(name: "aws-us-gov", dnsSuffix: "amazonaws.com")
        } else {
            self.init(name: "aws", dnsSuffix: "amazonaws.com")
        }
    }

    private init(name: String, dnsSuffix: String) {
        self.name = name
        self.dnsSuffix = dnsSuffix
    }
}
