// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSRuntime

/// A good answer to an operation, and what no service should send in its place.
package struct SampleAnswer: Sendable, CustomStringConvertible {
    package let description: String
    private let body: [UInt8]
    private let decode: @Sendable ([UInt8]) throws(AWSError) -> Void

    /// Takes a good answer.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - body: the answer; its last byte is one that it needs.
    package init<Operation: AWSOperation>(_ operation: Operation.Type, _ body: String) {
        self.description = operation.name
        self.body = Array(body.utf8)
        self.decode = { body throws(AWSError) in
            _ = try operation.decode(AWSResponse(head: HTTPResponse(status: .ok), body: body))
        }
    }

    /// The error of decoding bytes, `nil` when they were decoded.
    private func error(of bytes: [UInt8]) -> AWSError? {
        do throws(AWSError) {
            try self.decode(bytes)
            return nil
        } catch {
            return error
        }
    }

    /// The error of the answer itself; `nil` is as it should be.
    package var failure: AWSError? { self.error(of: self.body) }

    /// The errors of all that is shorter, but not empty; each should be of the kind `malformedResponse`.
    package var truncationErrors: [AWSError?] { (1..<self.body.count).map { self.error(of: Array(self.body.prefix($0))) } }

    /// The errors of an answer that a proxy made.
    package var pageErrors: [AWSError?] {
        ["<html><body>502 Bad Gateway</body></html>", "<!DOCTYPE html><html></html>", "OK", "[]", "\u{0}"].map {
            self.error(of: Array($0.utf8))
        }
    }

    /// The errors of the answer with three bytes changed, a thousand times over; any is right that is no trap.
    package var mutationErrors: [AWSError] {
        var generator = SplitMix(state: 1)
        return (0..<1_000).compactMap { _ in
            var changed = self.body
            for _ in 0..<3 { changed[Int(generator.next() % UInt64(changed.count))] = UInt8(truncatingIfNeeded: generator.next()) }
            return self.error(of: changed)
        }
    }

    /// Numbers that look random and are the same in every run.
    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var value = self.state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return value ^ (value >> 31)
        }
    }
}
