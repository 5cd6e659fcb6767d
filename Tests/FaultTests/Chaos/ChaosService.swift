// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

/// One publisher process, which is started again whenever it was killed.
final class ChaosService: Sendable {
    /// The program ended by itself, and not as it should.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        /// The process, from its start to its end.
        var processID: Int32?
        var deaths = 0
        var deathsAtPoints: [String: Int] = [:]
        var isFinished = false
        var failure: Failure?
        var reports: [String] = []
    }

    let conditions: ChaosConditions
    private let arguments: [String]
    private let state = Mutex(State())

    /// A process that is not there yet.
    ///
    /// - Parameters:
    ///   - arguments: of the program, without the file of the conditions.
    ///   - conditions: what is done to it.
    init(_ arguments: [String], conditions: ChaosConditions) {
        self.arguments = arguments
        self.conditions = conditions
    }

    /// How often it was killed.
    var deaths: Int { self.state.withLock { $0.deaths } }
    /// How often it was killed at each point.
    var deathsAtPoints: [String: Int] { self.state.withLock { $0.deathsAtPoints } }
    /// Whether it has done all that it was to do.
    var isFinished: Bool { self.state.withLock { $0.isFinished } }
    /// What it printed, from each start that it did not die of.
    var reports: [String] { self.state.withLock { $0.reports } }

    /// Why it ended before it had done all that; `nil` as long as it did not.
    var failure: Failure? { self.state.withLock { $0.failure } }

    /// Lets the process do one thing, from the start again after each death, until it has done it.
    func run(_ command: String) async throws {
        self.state.withLock { $0.isFinished = false }
        while true {
            let (end, output) = try await self.live(command)
            switch end {
            case .exit(0):
                self.state.withLock {
                    $0.reports.append(output)
                    $0.isFinished = true
                }
                return
            case .signal(SIGKILL): self.state.withLock { $0.deaths += 1 }
            default:
                let failure = Failure(description: "\(command) \(self.arguments) ended with \(end): \(output)")
                self.state.withLock { $0.failure = failure }
                throw failure
            }
        }
    }

    /// Kills the process, if need be when it is there again; returns when it is dead.
    func kill() async throws {
        let deaths = self.deaths
        try await eventually("the process is killed") {
            guard self.deaths == deaths, !self.isFinished else { return true }
            if let processID = self.state.withLock({ $0.processID }) { Glibc.kill(processID, SIGKILL) }
            return false
        }
    }

    /// Kills the process when it passes a point for the n-th time; one that does not come there soon, where it is.
    func kill(at point: String, passage: Int) async throws {
        let deaths = self.deaths
        try self.conditions.kill(at: point, passage: passage)
        let deadline = ContinuousClock.now + .seconds(5)
        while self.deaths == deaths, !self.isFinished, ContinuousClock.now < deadline {
            // It has to be at work to come there.
            try self.conditions.setAllowance(try self.conditions.allowance + 1)
            try await Task.sleep(for: .milliseconds(20))
        }
        try self.conditions.disarm()
        guard self.deaths == deaths else { return self.state.withLock { $0.deathsAtPoints[point, default: 0] += 1 } }
        try await self.kill()
    }

    private enum End: Equatable { case exit(Int32), signal(Int32) }

    private func live(_ command: String) async throws -> (End, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = Self.program
        process.arguments = [command, "conditions=\(self.conditions.path)"] + self.arguments
        process.standardOutput = output
        process.standardError = output
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { process in
                    self.state.withLock { $0.processID = nil }
                    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    let end: End =
                        process.terminationReason == .exit ? .exit(process.terminationStatus) : .signal(process.terminationStatus)
                    continuation.resume(returning: (end, text))
                }
                do {
                    // Under the lock, so that it is not told of its end before its start.
                    try self.state.withLock { state in
                        try process.run()
                        state.processID = process.processIdentifier
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            if let processID = self.state.withLock({ $0.processID }) { Glibc.kill(processID, SIGTERM) }
        }
    }

    /// The program stands beside the tests.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("ChaosPublisher")
}
