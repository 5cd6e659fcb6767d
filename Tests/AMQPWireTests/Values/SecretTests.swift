// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct SecretTests {
    @Test func `no way of printing a method shows the secret in it`() {
        let response = ConnectionStartOk(clientProperties: [:], mechanism: "PLAIN", response: AMQPSecret(Array("\0me\0tiger".utf8)))
        let methods: [AMQPMethod] = [
            .connectionStartOk(response), .connectionSecureOk(ConnectionSecureOk(response: AMQPSecret(Array("tiger".utf8)))),
            .connectionUpdateSecret(ConnectionUpdateSecret(newSecret: AMQPSecret(Array("tiger".utf8)), reason: "")),
        ]
        let numbers = Array("tiger".utf8).map(String.init).joined(separator: ", ")
        for method in methods {
            var dumped = ""
            dump(method, to: &dumped)
            for text in [String(describing: method), String(reflecting: method), dumped] {
                #expect(!text.contains("tiger") && !text.contains(numbers))
                #expect(!text.contains(Array("tiger".utf8).first.map { "- \($0)\n" } ?? ""))
            }
            #expect(String(describing: method).contains("secret bytes"))
        }
    }
}
