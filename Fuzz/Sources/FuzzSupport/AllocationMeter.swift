// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import CAllocationMeter

/// Measures what a piece of work has allocated at a time.
package enum AllocationMeter {
    /// Runs a piece of work and returns the most bytes that it had allocated, and not yet freed, at any time.
    package static func peakBytes(_ work: () -> Void) -> Int {
        allocation_meter_start()
        work()
        return Int(allocation_meter_stop())
    }
}
