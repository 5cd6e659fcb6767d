// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What is done to one publisher process: the file that it has in memory (Tests/Support/CChaosConditions says what is where in it).
struct ChaosConditions: Sendable {
    private static let size = 96
    let path: String

    init(path: String) throws {
        self.path = path
        try Data(count: Self.size).write(to: URL(fileURLWithPath: path))
    }

    /// Lets the clock of the process be this much ahead of the true one.
    func setClock(aheadBy nanoseconds: Int64) throws { try self.write(nanoseconds, at: 0) }

    /// How full a disk is.
    enum Fullness: Int32 {
        case roomy = 0
        /// No file grows.
        case full = 1
        /// Nothing is written, not even over what is there.
        case frozen = 2
    }

    /// Fills the disk of the process, or makes room.
    func setDisk(_ fullness: Fullness) throws { try self.write(fullness.rawValue, at: 8) }

    /// Lets so many operations succeed, in all lives of the process.
    func setAllowance(_ operations: Int) throws { try self.write(Int64(operations), at: 88) }

    /// How many operations may have succeeded.
    var allowance: Int { get throws { try self.number(at: 88) } }

    /// How many writes found the disk full.
    var refusedWrites: Int { get throws { try self.number(at: 80) } }

    private func number(at offset: Int) throws -> Int {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: self.path))
        return (offset..<offset + 8).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    }

    /// Kills the process when it passes a point for the n-th time from now on.
    ///
    /// - Parameter point: the name of the point, `*` for every point.
    func kill(at point: String, passage: Int) throws {
        try self.disarm()
        var name = Array(point.utf8.prefix(63))
        name += Array(repeating: 0, count: 64 - name.count)
        try self.write(Data(name), at: 16)
        try self.write(Int32(passage), at: 12)
    }

    /// Lets the process pass all points.
    func disarm() throws { try self.write(0 as Int32, at: 12) }

    private func write(_ value: some FixedWidthInteger, at offset: UInt64) throws {
        var rest = value.littleEndian
        var bytes = Data()
        for _ in 0..<value.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
        try self.write(bytes, at: offset)
    }

    private func write(_ bytes: Data, at offset: UInt64) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: self.path))
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        try file.write(contentsOf: bytes)
    }
}
