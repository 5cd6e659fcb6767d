// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Runs work to its end, also where this task is cancelled meanwhile: the work is not cancelled then, it is told to drain.
///
/// - Parameters:
///   - work: the work, which has to end soon after its latch is open.
///   - onCancel: called when this task is cancelled, before the latch is opened.
package func withDrain(_ work: @escaping @Sendable (_ stop: Latch) async -> Void, onCancel: @Sendable () -> Void) async {
    let stop = Latch()
    // A task of its own: a child would be cancelled with this one.
    let task = Task { await work(stop) }
    await withTaskCancellationHandler {
        await task.value
    } onCancel: {
        onCancel()
        stop.open()
    }
}
