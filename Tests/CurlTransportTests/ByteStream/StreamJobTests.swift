// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct StreamJobTests {
    /// Runs tasks on a stream's thread, and elsewhere when it takes none.
    private final class StreamExecutor: TaskExecutor {
        let stream: any ByteStream
        let refusals = Atomic(0)

        init(_ stream: any ByteStream) { self.stream = stream }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            if self.stream.enqueue(job, for: self) { return }
            self.refusals.add(1, ordering: .relaxed)
            globalConcurrentExecutor.enqueue(job)
        }
    }

    private static var thread: UInt { UInt(bitPattern: ObjectIdentifier(Thread.current)) }

    @Test(arguments: Listener.all)
    func `a task that waits for bytes and sends others stays on the stream's thread`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let ioThread = Mutex<UInt?>(nil)
            let handler = RecordingHandler(onReceive: { _ in ioThread.withLock { $0 = Self.thread } })
            let stream = try await listener.connect("echo", of: server, handler: handler)
            let executor = StreamExecutor(stream)
            await withTaskExecutorPreference(executor) {
                for number in 0..<100 as Range<UInt8> {
                    stream.write([number].span)
                    #expect(await handler.receive(1) == [number])
                    #expect(Self.thread == ioThread.withLock { $0 })
                }
            }
            #expect(executor.refusals.load(ordering: .relaxed) == 0)
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
        }
    }

    @Test func `tasks that yield to each other all day stop no byte`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await Listener.plain.connect("echo", of: server, handler: handler)
            await withTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask(executorPreference: StreamExecutor(stream)) {
                        while !Task.isCancelled { await Task.yield() }
                    }
                }
                for number in 0..<20 as Range<UInt8> {
                    stream.write([number].span)
                    #expect(await handler.receive(1) == [number])
                }
                group.cancelAll()
            }
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
        }
    }

    @Test(arguments: [true, false])
    func `a task outlives the stream whose thread it ran on`(inOrder: Bool) async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await Listener.plain.connect("echo", of: server, handler: handler)
            let executor = StreamExecutor(stream)
            await withTaskExecutorPreference(executor) {
                if inOrder { stream.close() } else { stream.abort() }
                #expect(await handler.receiveUntilClosed().error == nil)
                for _ in 0..<100 { await Task.yield() }
            }
            #expect(executor.refusals.load(ordering: .relaxed) > 0)
        }
    }
}
