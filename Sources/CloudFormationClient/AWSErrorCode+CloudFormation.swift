// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

extension AWSErrorCode {
    /// The input or the template is not valid; also the answer for a stack that does not exist and for an update that changes nothing.
    public static let validationError: AWSErrorCode = "ValidationError"
    /// A stack of that name exists.
    public static let stackAlreadyExists: AWSErrorCode = "AlreadyExistsException"
    /// The template makes something that the request does not allow it to, such as a role.
    public static let insufficientCapabilities: AWSErrorCode = "InsufficientCapabilitiesException"
}

extension AWSError {
    /// The stack that was asked for does not exist; CloudFormation has no code of its own for it.
    var saysThatStackDoesNotExist: Bool {
        self.code == .validationError && self.message.contains("does not exist")
    }

    /// The update would change nothing; CloudFormation has no code of its own for it.
    var saysThatNothingChanges: Bool {
        self.code == .validationError && self.message.contains("No updates are to be performed")
    }
}
