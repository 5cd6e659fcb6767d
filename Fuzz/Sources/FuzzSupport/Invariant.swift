// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Ends the program, which libFuzzer reports together with the input, where something is not as it must be.
package func invariant(_ isTrue: Bool, _ text: @autoclosure () -> String, line: UInt = #line) {
    guard !isTrue else { return }
    fatalError("line \(line): \(text())")
}
