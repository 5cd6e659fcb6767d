// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

extension AWSErrorCode {
    /// A certificate is not valid here: its CA is unknown or inactive, or the proof for a CA does not hold.
    public static let certificateValidation: AWSErrorCode = "CertificateValidationException"
    /// A certificate's status does not allow the change.
    public static let certificateState: AWSErrorCode = "CertificateStateException"
    /// A policy has as many versions as it can.
    public static let versionsLimitExceeded: AWSErrorCode = "VersionsLimitExceededException"
    /// A policy document is not one.
    public static let malformedPolicy: AWSErrorCode = "MalformedPolicyException"
    /// The common name of a verification certificate is not the registration code.
    public static let registrationCodeValidation: AWSErrorCode = "RegistrationCodeValidationException"
    /// Another call changes the same provisioning template, or the same resources by one.
    public static let conflictingResourceUpdate: AWSErrorCode = "ConflictingResourceUpdateException"
    /// The input is not one, or the resource is in no state for it.
    public static let invalidRequest: AWSErrorCode = "InvalidRequestException"
}
