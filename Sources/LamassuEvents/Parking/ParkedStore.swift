// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Keeps the events of one subscription that are to be tried again later, so that they need not be held unacknowledged meanwhile.
///
/// One subscriber at a time uses a store, and a store serves one subscription: ``lanes()`` begins the use, and ``release()`` ends it.
/// Listing and removing, as an operator does, is allowed at any time. A call returns when its effect is as safe as the store makes anything,
/// with ``isDurable`` on disk.
///
/// Every call may throw: ``LamassuEventsError/Code/parkedStoreFull`` where there is no room,
/// ``LamassuEventsError/Code/parkedStoreInUse`` where another subscriber uses what several processes can reach, the codes of stores such as
/// ``LamassuEventsError/Code/storeFailed`` for everything else. A subscriber that cannot begin receives nothing and tries again; one that
/// cannot park holds the event and tries again.
public protocol ParkedStore: Sendable {
    /// Whether what is parked survives the end of the process, and of the machine.
    var isDurable: Bool { get }

    /// Adds an event behind those of its lane; does nothing where one of that name is there already.
    ///
    /// - Parameter delivery: the event.
    func park(_ delivery: ParkedDelivery) async throws(LamassuEventsError)

    /// Replaces what is known of an event that is in the store; does nothing where it is not there any more.
    ///
    /// - Parameter delivery: the event with its new attempts, reason and times; its place in the lane stays.
    func update(_ delivery: ParkedDelivery) async throws(LamassuEventsError)

    /// Removes an event, because it is done, or because an operator discards it.
    ///
    /// - Parameter id: which event.
    /// - Returns: whether it was there.
    @discardableResult
    func remove(_ id: ParkedDelivery.ID) async throws(LamassuEventsError) -> Bool

    /// The lanes that have events, each with the time of the first of them; what a subscriber reads when it starts.
    ///
    /// - Returns: the lanes, in any order.
    func lanes() async throws(LamassuEventsError) -> [ParkedLane]

    /// The events of a lane, or of all lanes, in the order in which they were parked.
    ///
    /// - Parameters:
    ///   - lane: which lane; `nil` for all of them.
    ///   - limit: how many events are returned at most, the first ones.
    /// - Returns: the events.
    func list(lane: String?, limit: Int) async throws(LamassuEventsError) -> [ParkedDelivery]

    /// Takes note that the subscriber has ended, as the last of its calls: another one may begin. By default it does nothing.
    func release() async
}

extension ParkedStore {
    /// Does nothing, as befits a store that no other subscriber can reach.
    public func release() async {}
}
