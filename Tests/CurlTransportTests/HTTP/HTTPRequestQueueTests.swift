// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Testing
import Transport

@Suite struct HTTPRequestQueueTests {
    /// A queue of numbers, with steps in a form that can be compared.
    private final class Bench {
        enum Step: Equatable {
            case begin([Int]), resume([Int]), stop(Int), expired([Int]), wait(ContinuousClock.Instant?), finish([Int])
        }

        private var queue: HTTPRequestQueue<Int>
        private var ids: [Int: HTTPRequestQueue<Int>.ID] = [:]
        var now = ContinuousClock.now

        init(maximumRunning: Int, maximumPerHost: Int? = nil) {
            self.queue = HTTPRequestQueue(maximumRunning: maximumRunning, maximumPerHost: maximumPerHost)
        }

        var count: Int { self.queue.count }

        func submit(_ entry: Int, to host: String = "", within: Duration = .seconds(10)) -> HTTPRequestQueue<Int>.Submission {
            let id = HTTPRequestQueue<Int>.ID(UInt64(self.ids.count))
            self.ids[entry] = id
            return self.queue.submit(entry, id: id, host: host, deadline: self.now + within)
        }

        func cancel(_ entry: Int) -> HTTPRequestQueue<Int>.Cancellation { self.ids[entry].map { self.queue.cancel($0) } ?? .tooLate }

        func resume(_ entry: Int) -> Bool { self.ids[entry].map { self.queue.resume($0) } ?? false }

        func shutDown(within patience: Duration = .zero) -> Bool { self.queue.shutDown(deadline: self.now + patience) }

        func ended(_ entry: Int) { if let id = self.ids[entry] { self.queue.ended(id) } }

        func next() -> [Step] {
            switch self.queue.nextStep(now: self.now) {
            case .wait(let deadline): return [.wait(deadline)]
            case .finish(let waiting): return [.finish(waiting)]
            case .work(let work):
                var steps: [Step] = []
                if !work.expired.isEmpty { steps.append(.expired(work.expired)) }
                let entry = { id in self.ids.first { $0.value == id }?.key ?? -1 }
                if !work.resume.isEmpty { steps.append(.resume(work.resume.map(entry))) }
                steps += work.stop.map { .stop(entry($0)) }
                if !work.begin.isEmpty { steps.append(.begin(work.begin.map(\.entry))) }
                return steps
            }
        }
    }

    @Test func `a request wakes the thread only while it waits, and once`() {
        let bench = Bench(maximumRunning: 10)
        #expect(bench.submit(1) == .accepted(wakes: false))
        #expect(bench.next() == [.begin([1])])
        #expect(bench.next() == [.wait(nil)])
        #expect(bench.submit(2) == .accepted(wakes: true))
        #expect(bench.submit(3) == .accepted(wakes: false))
        #expect(bench.next() == [.begin([2, 3])])
    }

    @Test func `requests beyond the bound wait their turn`() {
        let bench = Bench(maximumRunning: 2)
        for entry in 1...4 { _ = bench.submit(entry) }
        #expect(bench.next() == [.begin([1, 2])])
        #expect(bench.next() == [.wait(bench.now + .seconds(10))])
        bench.ended(1)
        #expect(bench.next() == [.begin([3])])
        bench.ended(2)
        bench.ended(3)
        #expect(bench.next() == [.begin([4])])
    }

    @Test func `a request whose time passes while it waits is handed out as expired`() {
        let bench = Bench(maximumRunning: 1)
        _ = bench.submit(1)
        _ = bench.next()
        _ = bench.submit(2, within: .seconds(5))
        _ = bench.submit(3, within: .seconds(2))
        #expect(bench.next() == [.wait(bench.now + .seconds(2))])
        bench.now += .seconds(2)
        #expect(bench.next() == [.expired([3])])
        bench.now += .seconds(3)
        #expect(bench.next() == [.expired([2])])
        #expect(bench.next() == [.wait(nil)])
    }

    @Test func `a request that waits is withdrawn, one under way is stopped, one that is done is left alone`() {
        let bench = Bench(maximumRunning: 1)
        _ = bench.submit(1)
        _ = bench.submit(2)
        _ = bench.next()
        guard case .withdrawn(2) = bench.cancel(2) else { return #expect(Bool(false), "it was waiting") }
        guard case .tooLate = bench.cancel(2) else { return #expect(Bool(false), "it is gone") }
        #expect(bench.next() == [.wait(nil)])
        guard case .stopping(wakes: true) = bench.cancel(1) else { return #expect(Bool(false), "it is under way") }
        #expect(bench.next() == [.stop(1)])
        guard case .tooLate = bench.cancel(1) else { return #expect(Bool(false), "it is stopped") }
        #expect(bench.next() == [.wait(nil)])
    }

    @Test func `a request that is done before it could be stopped is not stopped`() {
        let bench = Bench(maximumRunning: 1)
        _ = bench.submit(1)
        _ = bench.next()
        guard case .stopping(wakes: false) = bench.cancel(1) else { return #expect(Bool(false), "it is under way") }
        bench.ended(1)
        #expect(bench.next() == [.wait(nil)])
    }

    @Test func `shutting down hands out what waits and takes no more`() {
        let bench = Bench(maximumRunning: 1)
        for entry in 1...3 { _ = bench.submit(entry) }
        _ = bench.next()
        _ = bench.next()
        #expect(bench.shutDown())
        #expect(bench.next() == [.finish([2, 3])])
        #expect(bench.submit(4) == .shutDown)
        guard case .tooLate = bench.cancel(1) else { return #expect(Bool(false), "the thread ends it") }
    }

    @Test func `a full host lets those for others pass`() {
        let bench = Bench(maximumRunning: 3, maximumPerHost: 1)
        for (entry, host) in [(1, "a"), (2, "a"), (3, "b"), (4, "a"), (5, "c"), (6, "d")] { _ = bench.submit(entry, to: host) }
        #expect(bench.next() == [.begin([1, 3, 5])])
        bench.ended(3)
        #expect(bench.next() == [.begin([6])], "the host of 2 and 4 is full")
        bench.ended(1)
        #expect(bench.next() == [.begin([2])])
        guard case .stopping = bench.cancel(2) else { return #expect(Bool(false), "it is under way") }
        #expect(bench.next() == [.stop(2), .begin([4])])
        #expect(bench.count == 3)
    }

    @Test func `a request that has paused is gone on with while it is under way`() {
        let bench = Bench(maximumRunning: 1)
        _ = bench.submit(1)
        _ = bench.submit(2)
        _ = bench.next()
        #expect(bench.next() == [.wait(bench.now + .seconds(10))])
        #expect(!bench.resume(2), "it has not begun")
        #expect(bench.resume(1))
        #expect(!bench.resume(1), "the thread is on its way")
        bench.ended(1)
        #expect(bench.next() == [.begin([2])])
        #expect(!bench.resume(2), "the thread is running")
        #expect(bench.next() == [.resume([2])])
    }

    @Test func `shutting down with patience lets all that is here end, and takes no more`() {
        let bench = Bench(maximumRunning: 1)
        for entry in 1...2 { _ = bench.submit(entry) }
        _ = bench.next()
        _ = bench.next()
        #expect(bench.shutDown(within: .seconds(5)))
        #expect(bench.submit(3) == .shutDown)
        #expect(bench.next() == [.wait(bench.now + .seconds(5))])
        bench.ended(1)
        #expect(bench.next() == [.begin([2])])
        bench.ended(2)
        #expect(bench.next() == [.finish([])])
        #expect(!bench.shutDown(), "it is over")
    }

    @Test func `patience ends at its deadline, or earlier if it is lost`() {
        for isLost in [false, true] {
            let bench = Bench(maximumRunning: 1)
            for entry in 1...2 { _ = bench.submit(entry) }
            _ = bench.next()
            _ = bench.shutDown(within: .seconds(5))
            #expect(bench.next() == [.wait(bench.now + .seconds(5))])
            if isLost { #expect(bench.shutDown()) } else { bench.now += .seconds(5) }
            #expect(bench.next() == [.finish([2])])
        }
    }
}
