// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChaosFault {
    /// The faults of a run, in no order: more than 60 for 50,000 operations, in proportion for fewer, but one of each.
    static func plan(forOperations operations: Int) -> [ChaosFault] {
        self.shares.flatMap { fault, count in Array(repeating: fault, count: max(1, (count * operations + 25_000) / 50_000)) }
    }

    /// The steps of publisher and service between which a publisher is killed, by their names (`FaultPoint`, and `Service` of ChaosPublisher).
    private static let points = [
        // of the publisher
        "prepared", "operated", "completed", "publishing", "published", "settling", "settled",
        // of the service's transaction
        "writing", "written", "enqueued", "committed",
    ]

    /// How often each happens in 50,000 operations.
    private static let shares: [(ChaosFault, Int)] =
        ChaosFault.points.map { (.killAtPoint($0), 2) } + [
            (.killTwice("operated", "resolving"), 2), (.killTwice("committed", "resolved"), 2), (.kill, 6), (.fullDisk, 6), (.clockJump, 6),
            (.ordeal(.kill), 6), (.ordeal(.cutToBroker), 4), (.ordeal(.cutToClient), 4), (.ordeal(.reset), 3), (.ordeal(.close), 2),
            (.ordeal(.silence), 3), (.ordeal(.stall), 1), (.ordeal(.refusal), 3), (.ordeal(.relapse), 2), (.ordeal(.slowness), 1),
            (.ordeal(.forcedClose), 2), (.ordeal(.memoryAlarm), 1),
        ]
}
