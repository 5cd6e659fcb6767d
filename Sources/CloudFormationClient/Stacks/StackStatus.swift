// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How far a stack is; AWS may add new statuses.
public struct StackStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The status as AWS writes it.
    public let rawValue: String

    /// The status of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The status as AWS writes it.
    public var description: String { self.rawValue }

    /// Its resources are being made.
    public static let createInProgress = StackStatus(rawValue: "CREATE_IN_PROGRESS")
    /// It was made.
    public static let createComplete = StackStatus(rawValue: "CREATE_COMPLETE")
    /// It could not be made, and what was made is still there.
    public static let createFailed = StackStatus(rawValue: "CREATE_FAILED")
    /// It could not be made, and what was made was taken away; such a stack can only be deleted.
    public static let rollbackComplete = StackStatus(rawValue: "ROLLBACK_COMPLETE")
    /// It could not be made, and what was made could not be taken away; such a stack can only be deleted.
    public static let rollbackFailed = StackStatus(rawValue: "ROLLBACK_FAILED")
    /// It is being updated.
    public static let updateInProgress = StackStatus(rawValue: "UPDATE_IN_PROGRESS")
    /// It was updated.
    public static let updateComplete = StackStatus(rawValue: "UPDATE_COMPLETE")
    /// It could not be updated, and is as it was before.
    public static let updateRollbackComplete = StackStatus(rawValue: "UPDATE_ROLLBACK_COMPLETE")
    /// It was deleted.
    public static let deleteComplete = StackStatus(rawValue: "DELETE_COMPLETE")
    /// A change set wants to make it; it has no resources yet.
    public static let reviewInProgress = StackStatus(rawValue: "REVIEW_IN_PROGRESS")

    /// Whether CloudFormation is at work on the stack; a change that waits for review is not.
    public var isInProgress: Bool { self != .reviewInProgress && self.rawValue.hasSuffix("_IN_PROGRESS") }

    /// Whether the stack is as its last template wants it.
    public var isSuccess: Bool {
        [.createComplete, .updateComplete, StackStatus(rawValue: "IMPORT_COMPLETE")].contains(self)
    }
}
