// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Why a function was not invoked or deployed, or what it failed with.
///
/// Two errors are equal when their codes are.
public struct LambdaError: Error, Sendable, CustomStringConvertible {
    /// What went wrong; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case callFailed, functionFailed, inputNotEncodable, outputNotDecodable, invalidPackage, packageTooLarge, deploymentFailed
            case eventSourceMissing
        }

        private let name: Name

        private init(_ name: Name) { self.name = name }

        /// A call of Lambda failed: see ``LambdaError/cause``.
        public static let callFailed = Code(.callFailed)
        /// The function ran, and failed: see ``LambdaError/failure``.
        public static let functionFailed = Code(.functionFailed)
        /// The input has no JSON form; the function was not invoked.
        public static let inputNotEncodable = Code(.inputNotEncodable)
        /// The function has returned what is not of the type that was expected.
        public static let outputNotDecodable = Code(.outputNotDecodable)
        /// The files make no package: one cannot be read, or has a path that an archive cannot hold.
        public static let invalidPackage = Code(.invalidPackage)
        /// The package is larger than Lambda takes in a call: put it into S3, and deploy it from there.
        public static let packageTooLarge = Code(.packageTooLarge)
        /// Lambda could not make the function usable, or it did not become so in time; the message has Lambda's reason.
        public static let deploymentFailed = Code(.deploymentFailed)

        /// A mapping has no event source ARN by which it could be known; nothing was called.
        public static let eventSourceMissing = Code(.eventSourceMissing)

        /// The code's name.
        public var description: String { self.name.rawValue }
    }

    /// What went wrong.
    public var code: Code
    /// What happened, for a person; holds neither input nor output of a function.
    public var message: String
    /// The error of the call, for ``Code/callFailed``.
    public var cause: AWSError?
    /// What the function failed with, for ``Code/functionFailed``.
    public var failure: FunctionFailure?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what went wrong.
    ///   - message: what happened; no secret belongs in it.
    ///   - cause: the error of the call.
    ///   - failure: what the function failed with.
    public init(_ code: Code, message: String, cause: AWSError? = nil, failure: FunctionFailure? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.failure = failure
    }

    /// A function that was invoked has failed.
    ///
    /// - Parameters:
    ///   - functionName: the function.
    ///   - kind: what Lambda calls the failure.
    ///   - failure: what it failed with.
    init(failureOf functionName: String, _ kind: String, _ failure: FunctionFailure) {
        self.init(
            .functionFailed, message: "\(functionName) failed (\(kind)) with \(failure.type ?? "an error of no type")", failure: failure)
    }

    init(_ error: AWSError) { self.init(.callFailed, message: "\(error)", cause: error) }

    /// Code and message in one line.
    public var description: String { "\(self.code): \(self.message)" }
}

extension LambdaError: Hashable {
    /// Compares the code alone.
    public static func == (left: LambdaError, right: LambdaError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
