// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where the services of AWS are, by the rules of their models.
///
/// Nearly every host is made of prefix, region and the partition's domain; the few that are not stand here. They are held against botocore's
/// endpoint rule sets, for every service that this package has, in all regions and variants.
enum EndpointRules {
    /// Where a service is, and for which region its requests are signed.
    static func resolve(
        _ service: AWSService, in region: String, variant: AWSEndpointVariant
    ) throws(AWSError) -> (endpoint: AWSEndpoint, signingRegion: String) {
        guard self.isHostLabel(region) else {
            throw AWSError(
                .configuration, code: "InvalidRegion",
                message: "a region is made of letters, digits and hyphens; this is not: \(region.prefix(64).debugDescription)")
        }
        let host = self.host(of: service, in: region, variant: variant)
        let signingRegion = host == Self.globalSTSHost ? "us-east-1" : region
        return (AWSEndpoint(scheme: "https", authority: host), signingRegion)
    }

    private static func host(of service: AWSService, in region: String, variant: AWSEndpointVariant) -> String {
        let partition = AWSPartition(of: region)
        let prefix = service.endpointPrefix
        let isFIPS = variant.contains(.fips)
        let isDualStack = variant.contains(.dualStack)
        switch (prefix, isFIPS, isDualStack) {
        case ("sts", false, false) where region == "aws-global" || variant.contains(.globalSTS) && Self.regionsOfGlobalSTS.contains(region):
            return Self.globalSTSHost
        case ("sqs", true, false), ("sts", true, false), ("cloudformation", true, false):
            // In this partition the plain hosts are the validated ones.
            if partition.name == "aws-us-gov" { return "\(prefix).\(region).\(partition.dnsSuffix)" }
        case ("sns", true, false) where region == "us-gov-east-1" || region == "us-gov-west-1":
            return "\(prefix).\(region).\(partition.dnsSuffix)"
        case ("data-ats.iot", true, false) where Self.regionsOfOldIoTData.contains(region):
            return "data.iot-fips.\(region).\(partition.dnsSuffix)"
        case ("data-ats.iot", false, false) where region == "cn-north-1":
            return "data.ats.iot.\(region).\(partition.dnsSuffix)"
        default: break
        }
        let suffix = isDualStack ? partition.dualStackDNSSuffix : partition.dnsSuffix
        return "\(prefix)\(isFIPS ? "-fips" : "").\(region).\(suffix)"
    }

    /// Whether a text is one label of a host name, so that a region from outside makes no other host.
    private static func isHostLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static let globalSTSHost = "sts.amazonaws.com"
    private static let regionsOfGlobalSTS: Set<String> = [
        "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global", "ca-central-1", "eu-central-1", "eu-north-1",
        "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    ]
    private static let regionsOfOldIoTData: Set<String> = [
        "ca-central-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1",
    ]
}
