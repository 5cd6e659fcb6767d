// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AWSError {
    /// The task was cancelled while it waited for credentials.
    static var cancelledCredentials: AWSError {
        AWSError(.cancelled, code: "Cancelled", message: "the task was cancelled while it waited for credentials")
    }

    /// A source of credentials is not set up, so that the next one may be asked.
    static func noCredentials(_ message: String) -> AWSError { AWSError(.credentials, code: .noCredentials, message: message) }

    /// What a source of credentials is set up with cannot be used.
    static func invalidCredentialsConfiguration(_ message: String) -> AWSError {
        AWSError(.credentials, code: .invalidCredentialsConfiguration, message: message)
    }

    /// A source answered with something that holds no credentials; its bytes may hold parts of some, so none of them is shown.
    static func malformedCredentials(of source: String, because reason: String) -> AWSError {
        AWSError(.credentials, code: .malformedCredentials, message: "the answer of \(source) \(reason)", isRetryable: true)
    }

    /// The same error as one of credentials, whose message says who was asked; a cancellation stays one.
    func asCredentialsError(of source: String) -> AWSError {
        guard self.kind != .cancelled else { return self }
        var error = self
        error.kind = .credentials
        error.message = "\(source): \(self.message)"
        return error
    }
}
