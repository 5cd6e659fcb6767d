// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension Invoke.Output {
    /// The last 4 KiB of the invocation's log, where ``LogType/tail`` was asked for.
    public var logTail: String? { decodedLog(self.logResult) }
}

extension InvokeWithResponseStreamCompleteEvent {
    /// The last 4 KiB of the invocation's log, where ``LogType/tail`` was asked for.
    public var logTail: String? { decodedLog(self.logResult) }
}

private func decodedLog(_ text: String?) -> String? {
    text.flatMap { Base64.decode($0) }.map { String(decoding: $0, as: UTF8.self) }
}
