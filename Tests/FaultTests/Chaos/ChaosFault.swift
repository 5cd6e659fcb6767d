// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// What can happen to the publishers, to the broker and to what is between them.
enum ChaosFault: Hashable, Sendable, CustomStringConvertible {
    /// The network or the broker fails; the broker is killed, among others.
    case ordeal(Ordeal)
    /// A publisher is killed when it passes a point.
    case killAtPoint(String)
    /// A publisher is killed at a point, and once more at another while it takes up what the first death left.
    case killTwice(String, String)
    /// A publisher is killed wherever it is.
    case kill
    /// The disk of a database has no room for a while.
    case fullDisk
    /// The clock of the machine jumps, by seconds, hours or days, ahead or back.
    case clockJump

    /// The kind of fault, for the count of each.
    var description: String {
        switch self {
        case .ordeal(.kill): "kill -9 of the broker"
        case .ordeal(.cutToBroker), .ordeal(.cutToClient): "cut within a frame"
        case .ordeal(let ordeal): ordeal.rawValue
        case .killAtPoint: "kill -9 of a publisher at a point"
        case .killTwice: "kill -9 of a publisher, twice"
        case .kill: "kill -9 of a publisher anywhere"
        case .fullDisk: "full disk"
        case .clockJump: "jump of the clock"
        }
    }

    /// Lets it happen, and returns when it is over but for what the publishers make of it.
    func happen(in field: ChaosField, _ generator: inout SeededGenerator) async throws {
        guard let index = field.services.indices.filter({ !field.services[$0].isFinished }).randomElement(using: &generator) else {
            throw ChaosService.Failure(description: "no publisher is at work any more that could meet with \(self)")
        }
        let service = field.services[index]
        switch self {
        case .ordeal(let ordeal): try await ordeal.happen(to: field.proxy, &generator)
        case .killAtPoint(let point): try await service.kill(at: point, passage: Int.random(in: 1...10, using: &generator))
        case .killTwice(let first, let second):
            try await service.kill(at: first, passage: Int.random(in: 1...10, using: &generator))
            try await service.kill(at: second, passage: 1)
        case .kill: try await service.kill()
        case .fullDisk:
            let disk = field.neighbours(of: index).map(\.conditions)
            let before = try disk.map { try $0.refusedWrites }
            for conditions in disk { try conditions.setDisk(.full) }
            // What is there already can be written over for long: then not even that.
            let deadline = ContinuousClock.now + .seconds(2)
            try await eventually("a write finds the disk full") {
                try field.allowMore()
                if ContinuousClock.now > deadline { for conditions in disk { try conditions.setDisk(.frozen) } }
                return try zip(disk, before).contains { try $0.refusedWrites > $1 }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...1_000, using: &generator)))
            for conditions in disk { try conditions.setDisk(.roomy) }
        case .clockJump:
            let seconds = [5, 3_600, 86_400].randomElement(using: &generator) ?? 0
            let offset = Int64(Bool.random(using: &generator) ? seconds : -seconds) * 1_000_000_000
            for service in field.services { try service.conditions.setClock(aheadBy: offset) }
        }
    }
}
