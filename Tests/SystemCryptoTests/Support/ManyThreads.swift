// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

/// Holds a digest that many threads make at once to what it is when one makes it alone, for messages of every length up to 63.
func expectSameOnManyThreads(_ digest: @escaping @Sendable ([UInt8]) throws -> SHA256Digest) async throws {
    let messages = (0..<64).map { number in [UInt8](repeating: UInt8(number), count: number) }
    let alone = try messages.map(digest)
    try await withThrowingTaskGroup(of: [SHA256Digest].self) { group in
        for _ in 0..<8 {
            group.addTask { try (0..<50).flatMap { _ in try messages.map(digest) } }
        }
        for try await digests in group { #expect(digests == (0..<50).flatMap { _ in alone }) }
    }
}
