// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension StackStatus {
    /// Whether CloudFormation is at work on the stack.
    public var isInProgress: Bool { self != .reviewInProgress && self.rawValue.hasSuffix("_IN_PROGRESS") }

    /// Whether the stack is there as it was last asked for.
    public var isSuccess: Bool { [.createComplete, .updateComplete, .importComplete].contains(self) }
}
