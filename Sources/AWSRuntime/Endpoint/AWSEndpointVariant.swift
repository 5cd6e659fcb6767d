// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which of a service's hosts in a region is called.
public struct AWSEndpointVariant: OptionSet, Hashable, Sendable {
    /// The options as bits.
    public let rawValue: UInt8

    /// Takes the options as bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The host whose cryptography is validated by FIPS 140.
    public static let fips = AWSEndpointVariant(rawValue: 1)
    /// The host with addresses of IPv4 and of IPv6.
    public static let dualStack = AWSEndpointVariant(rawValue: 2)
    /// For STS in one of the oldest regions, the one host of all regions, `sts.amazonaws.com`, as the setting `legacy` of
    /// `AWS_STS_REGIONAL_ENDPOINTS` asks for; without effect on other services, and beside the other options.
    public static let globalSTS = AWSEndpointVariant(rawValue: 4)
}
