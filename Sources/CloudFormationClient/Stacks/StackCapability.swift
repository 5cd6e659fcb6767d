// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Something that a template may do only when the request says so; AWS may add new ones.
public struct StackCapability: RawRepresentable, Hashable, Sendable {
    /// The capability as AWS writes it.
    public let rawValue: String

    /// The capability of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Making roles and policies.
    public static let iam = StackCapability(rawValue: "CAPABILITY_IAM")
    /// Making roles and policies whose names the template gives.
    public static let namedIAM = StackCapability(rawValue: "CAPABILITY_NAMED_IAM")
    /// Using macros.
    public static let autoExpand = StackCapability(rawValue: "CAPABILITY_AUTO_EXPAND")
}
