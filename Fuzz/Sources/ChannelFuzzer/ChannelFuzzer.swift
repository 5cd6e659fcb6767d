// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import FuzzSupport

/// libFuzzer's entry point: the bytes are a story of a channel, told as ``ChannelStory`` reads it.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var story = ChannelStory(unsafe Script(Script.bytes(start, count)))
    story.run()
    return 0
}
