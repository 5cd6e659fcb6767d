// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What CloudFormation knows of the stack (its pseudo parameters).
extension Value where Wrapped == String {
    /// The id of the account the stack is made in.
    public static var accountID: Self { Self(.ref("AWS::AccountId")) }
    /// The partition of the region: `aws`, `aws-cn`, `aws-us-gov`.
    public static var partition: Self { Self(.ref("AWS::Partition")) }
    /// The region the stack is made in, such as `eu-west-1`.
    public static var region: Self { Self(.ref("AWS::Region")) }
    /// The stack's name.
    public static var stackName: Self { Self(.ref("AWS::StackName")) }
    /// The domain of the region: `amazonaws.com`, `amazonaws.com.cn`.
    public static var urlSuffix: Self { Self(.ref("AWS::URLSuffix")) }
}

extension Reference {
    /// Whether it refers to something that every template has.
    var isPseudoParameter: Bool { self.logicalID.hasPrefix("AWS::") }
}
