// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

extension AWSErrorCode {
    /// There is no such topic or subscription.
    public static let topicNotFound: AWSErrorCode = "NotFound"
    /// A parameter is not valid; also the answer where a topic or a subscription exists with other attributes.
    public static let invalidParameter: AWSErrorCode = "InvalidParameter"
    /// The caller may not do this.
    public static let authorizationError: AWSErrorCode = "AuthorizationError"
}
