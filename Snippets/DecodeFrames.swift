// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Writes AMQP frames, and reads them as they might arrive: cut anywhere.

import AMQPWire

var output: [UInt8] = []
let encoder = FrameEncoder()
try encoder.encode(QueueDeclare(queue: "greetings", durable: true), channel: 1, into: &output)
try encoder.encode(
    BasicPublish(routingKey: "greetings"), properties: AMQPProperties(contentType: "text/plain"), body: Array("hello".utf8),
    channel: 1, into: &output)

var decoder = FrameDecoder()
for part in [output.prefix(10), output.dropFirst(10)] {
    let bytes = Array(part)
    var offset = 0
    while let frame = try decoder.next(in: bytes.span, at: &offset) {
        print(frame.channel, frame.payload)
    }
}
