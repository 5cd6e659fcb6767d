// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Logging

extension Logger {
    /// A logger that keeps a command's output to what the command prints, errors aside.
    static var quiet: Logger {
        var logger = Logger(label: "lamassu-cloud")
        logger.logLevel = .error
        return logger
    }
}
