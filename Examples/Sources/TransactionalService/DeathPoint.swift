// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// A step at which the process can be made to end without any chance to clean up.
enum DeathPoint: String, CaseIterable, ExpressibleByArgument {
    /// The update and the event are written, and the transaction is not committed.
    case beforeCommit = "before-commit"
    /// The transaction is committed, and nobody has been told of the event.
    case afterCommit = "after-commit"
    /// The broker has confirmed the event, and the database does not know it.
    case afterConfirm = "after-confirm"

    /// Ends the process if this is the step that was asked for.
    func reached(_ asked: DeathPoint?) {
        if asked == self { kill(getpid(), SIGKILL) }
    }
}
