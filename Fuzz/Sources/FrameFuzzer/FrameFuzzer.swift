// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import AMQPWire
private import FuzzSupport

/// libFuzzer's entry point: the first byte says how the others, which are what a peer sent, are cut into pieces.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var script = unsafe Script(Script.bytes(start, count))
    let seed = script.byte()
    FrameCheck.run(on: script.rest(), cutBy: seed)
    return 0
}
