// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The keys of what the client's log messages carry; neither credentials nor bodies are among the values.
enum AWSLogKeys {
    static let service = "aws.service"
    static let operation = "aws.operation"
    static let invocation = "aws.invocation.id"
    static let attempt = "aws.attempt"
    static let error = "aws.error"
    static let requestID = "aws.request.id"
    static let status = "http.response.status_code"
    static let delay = "aws.retry.after"
}
