// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Logging

extension Logger {
    /// A logger that writes nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
