// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension Invoke.Output {
    /// The last 4 KiB of the invocation's log, where ``LogType/tail`` was asked for.
    public var logTail: String? {
        self.logResult.flatMap { Base64.decode($0) }.map { String(decoding: $0, as: UTF8.self) }
    }
}
