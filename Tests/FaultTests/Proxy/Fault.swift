// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The two ways that bytes take through the proxy.
enum Direction: Hashable, CaseIterable, Sendable {
    case toBroker, toClient

    var opposite: Direction { self == .toBroker ? .toClient : .toBroker }
}

/// What can happen to a link between client and broker.
enum Fault: Hashable, Sendable {
    /// Both ends see a reset at once; what was on its way is lost.
    case reset
    /// Both ends see an orderly end at once; what was on its way is lost.
    case close
    /// A way takes everything and delivers nothing, an end of the stream included: a half-open connection, a host that is gone.
    case silence(Set<Direction>)
    /// A way takes nothing, until it is healed; nothing is lost.
    case stall(Set<Direction>)
}

/// A place in the frames that go one way, counted from now.
struct FramePoint: Hashable, Sendable {
    var direction: Direction
    /// How many whole frames go through before; one that is under way does not count.
    var frames = 0
    /// How many bytes of the frame after those go through, at least one less than it has.
    var bytes = 0
}

/// How a way behaves as long as nothing happens to it.
struct LinkConditions: Hashable, Sendable {
    /// How long each byte takes at least.
    var latency = Duration.zero
    /// How much longer it may take, at random; bytes never overtake each other.
    var jitter = Duration.zero
    /// How many bytes go through in a second; `nil` for as many as come.
    var bytesPerSecond: Int?
}
